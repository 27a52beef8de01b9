/** The names of POSIX's character classes: `[:alpha:]` … */
export type ClassName = keyof typeof CLASSES;

const test =
  (ascii: (c: number) => boolean, wide: RegExp | undefined) =>
  (code: number): boolean =>
    code < 128 ? ascii(code) : wide !== undefined && isCharacter(code) && wide.test(String.fromCodePoint(code));

/** Bytes that are no UTF-8 (U+DC80..U+DCFF) and other lone surrogates belong to no class. */
const isCharacter = (code: number): boolean => code < 0xd800 || code > 0xdfff;

const digit = (c: number): boolean => c >= 48 && c <= 57;
const upper = (c: number): boolean => c >= 65 && c <= 90;
const lower = (c: number): boolean => c >= 97 && c <= 122;
const alpha = (c: number): boolean => upper(c) || lower(c);

const CLASSES = {
  alpha: test(alpha, /[\p{L}\p{Nd}\p{Nl}]/u),
  digit: test(digit, undefined),
  alnum: test((c) => alpha(c) || digit(c), /[\p{L}\p{Nd}\p{Nl}]/u),
  upper: test(upper, /\p{Lu}/u),
  lower: test(lower, /\p{Ll}/u),
  space: test((c) => c === 32 || (c >= 9 && c <= 13), /[\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]/),
  blank: test((c) => c === 32 || c === 9, /[\u1680\u2000-\u2006\u2008-\u200a\u205f\u3000]/),
  punct: test((c) => c > 32 && c < 127 && !alpha(c) && !digit(c), /[^\p{L}\p{Nd}\p{Nl}\p{Z}\p{C}]/u),
  print: test((c) => c >= 32 && c < 127, /[^\p{Cc}\p{Cs}\p{Cn}\u2028\u2029]/u),
  graph: test((c) => c > 32 && c < 127, /[^\p{Z}\p{Cc}\p{Cs}\p{Cn}]/u),
  cntrl: test((c) => c < 32 || c === 127, /[\p{Cc}\u2028\u2029]/u),
  xdigit: test((c) => digit(c) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102), undefined),
} as const;

/** The test of a class, or undefined for an unknown name. */
export function classTest(name: string): ((code: number) => boolean) | undefined {
  return Object.hasOwn(CLASSES, name) ? CLASSES[name as ClassName] : undefined;
}

/** Letters, digits and `_`: what GNU's `\w` means. */
export const isWord = (code: number): boolean => code === 95 || CLASSES.alnum(code);

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
