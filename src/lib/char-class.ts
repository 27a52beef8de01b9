/** A class of characters: what of ASCII belongs to it, and a pattern for one character of the rest. */
interface CharClass {
  ascii: (code: number) => boolean;
  wide: string | undefined;
}

const digit = (c: number): boolean => c >= 48 && c <= 57;
const upper = (c: number): boolean => c >= 65 && c <= 90;
const lower = (c: number): boolean => c >= 97 && c <= 122;
const alpha = (c: number): boolean => upper(c) || lower(c);
const alnum = (c: number): boolean => alpha(c) || digit(c);
const LETTER = '[\\p{L}\\p{Nd}\\p{Nl}]';
const BLANKS = '\\u1680\\u2000-\\u2006\\u2008-\\u200a\\u205f\\u3000';

/** The classes of POSIX, `[:alpha:]` …, and `word`: letters, digits and `_`. */
const CLASSES: Readonly<Record<string, CharClass>> = {
  alpha: { ascii: alpha, wide: LETTER },
  digit: { ascii: digit, wide: undefined },
  alnum: { ascii: alnum, wide: LETTER },
  word: { ascii: (c) => c === 95 || alnum(c), wide: LETTER },
  upper: { ascii: upper, wide: '\\p{Lu}' },
  lower: { ascii: lower, wide: '\\p{Ll}' },
  space: { ascii: (c) => c === 32 || (c >= 9 && c <= 13), wide: `[${BLANKS}\\u2028\\u2029]` },
  blank: { ascii: (c) => c === 32 || c === 9, wide: `[${BLANKS}]` },
  punct: { ascii: (c) => c > 32 && c < 127 && !alnum(c), wide: '[^\\p{L}\\p{Nd}\\p{Nl}\\p{Z}\\p{C}]' },
  print: { ascii: (c) => c >= 32 && c < 127, wide: '[^\\p{Cc}\\p{Cs}\\p{Cn}\\u2028\\u2029]' },
  graph: { ascii: (c) => c > 32 && c < 127, wide: '[^\\p{Z}\\p{Cc}\\p{Cs}\\p{Cn}]' },
  cntrl: { ascii: (c) => c < 32 || c === 127, wide: '[\\p{Cc}\\u2028\\u2029]' },
  xdigit: { ascii: (c) => digit(c) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102), wide: undefined },
};

/** Bytes that are no UTF-8 (U+DC80..U+DCFF) and other lone surrogates belong to no class. */
const isCharacter = (code: number): boolean => code < 0xd800 || code > 0xdfff;

/** The test of a class of POSIX, or undefined for an unknown name. */
export function classTest(name: string): ((code: number) => boolean) | undefined {
  const found = Object.hasOwn(CLASSES, name) && name !== 'word' ? CLASSES[name] : undefined;
  if (!found) return undefined;
  const { ascii } = found;
  const wide = found.wide === undefined ? undefined : new RegExp(`^${found.wide}$`, 'u');
  return (code) => {
    if (code < 128) return ascii(code);
    return wide !== undefined && isCharacter(code) && wide.test(String.fromCodePoint(code));
  };
}

/**
 * The ranges [low, high, low, high …] of a class (or of `word`) up to `limit` (at most U+D7FF); undefined for an unknown name.
 */
export function classRanges(name: string, limit: number): number[] | undefined {
  const found = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  if (!found) return undefined;
  const ranges: number[] = [];
  for (let c = 0; c <= Math.min(limit, 127); c++) if (found.ascii(c)) ranges.push(c, c);
  if (found.wide === undefined || limit < 128) return ranges;
  let all = '';
  for (let c = 128; c <= limit; c++) all += String.fromCharCode(c);
  for (const match of all.matchAll(new RegExp(`${found.wide}+`, 'gu'))) {
    ranges.push(128 + match.index, 127 + match.index + match[0].length);
  }
  return ranges;
}

const NAMES: Readonly<Record<string, string>> = {
  NUL: '\0',
  tab: '\t',
  newline: '\n',
  'vertical-tab': '\v',
  'form-feed': '\f',
  'carriage-return': '\r',
  space: ' ',
  'exclamation-mark': '!',
  'quotation-mark': '"',
  'number-sign': '#',
  'dollar-sign': '$',
  'percent-sign': '%',
  ampersand: '&',
  apostrophe: "'",
  'left-parenthesis': '(',
  'right-parenthesis': ')',
  asterisk: '*',
  'plus-sign': '+',
  comma: ',',
  hyphen: '-',
  'hyphen-minus': '-',
  period: '.',
  slash: '/',
  colon: ':',
  semicolon: ';',
  'less-than-sign': '<',
  'equals-sign': '=',
  'greater-than-sign': '>',
  'question-mark': '?',
  'left-square-bracket': '[',
  backslash: '\\',
  'right-square-bracket': ']',
  circumflex: '^',
  underscore: '_',
  'grave-accent': '`',
  'left-brace': '{',
  'vertical-line': '|',
  'right-brace': '}',
  tilde: '~',
};

/** The code point of a collating element `[.NAME.]`: one character, or one of POSIX's names. */
export function collatingElement(name: string): number | undefined {
  const char = [...name].length === 1 ? name : Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  return char?.codePointAt(0);
}
