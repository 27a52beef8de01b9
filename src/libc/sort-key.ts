import { localeQuote } from './shell-quote.ts';

/** A KEYDEF of sort(1): fields and characters from 0; `to` is the last field, `toChar` 0 its end. */
export interface SortKey {
  from: number;
  fromChar: number;
  to: number;
  toChar: number;
  /** Ordering letters: b d f g h i M n R r V. */
  flags: string;
}

/** Reads `F[.C][OPTS][,F[.C][OPTS]]`. @returns the key, or GNU's message */
export function parseKey(text: string, global: string): SortKey | string {
  const m = /^(\d+)(?:\.(\d+))?([bdfgiMhnRrV]*)(?:,(\d+)(?:\.(\d+))?([bdfgiMhnRrV]*))?$/.exec(text);
  if (!m)
    return /^\d/.test(text)
      ? `stray character in field spec: invalid field specification ${localeQuote(text)}`
      : `invalid number at field start: invalid count at start of ${localeQuote(text)}`;
  if (Number(m[1]) === 0) return `field number is zero: invalid field specification ${localeQuote(text)}`;
  if (m[2] !== undefined && Number(m[2]) === 0)
    return `character offset is zero: invalid field specification ${localeQuote(text)}`;
  const own = (m[3] ?? '') + (m[6] ?? '');
  return {
    from: Number(m[1]) - 1,
    fromChar: m[2] === undefined ? 0 : Number(m[2]) - 1,
    to: m[4] === undefined ? Number.POSITIVE_INFINITY : Number(m[4]) - 1,
    toChar: m[5] === undefined ? 0 : Number(m[5]),
    flags: own === '' ? global : own,
  };
}

const isBlank = (code: number): boolean => code === 32 || code === 9;

/** Where field `n` begins, `line.length` where there are not so many. Without a separator it begins with the blanks before it. */
function fieldStart(line: string, n: number, separator: string | undefined): number {
  let at = 0;
  for (let left = n; left > 0; left--) {
    const end = fieldEnd(line, at, separator);
    if (end >= line.length) return line.length;
    at = separator === undefined ? end : end + separator.length;
  }
  return at;
}

/** Where the field that begins at `start` ends. */
function fieldEnd(line: string, start: number, separator: string | undefined): number {
  if (separator !== undefined) {
    const end = line.indexOf(separator, start);
    return end < 0 ? line.length : end;
  }
  let at = start;
  while (at < line.length && isBlank(line.charCodeAt(at))) at++;
  while (at < line.length && !isBlank(line.charCodeAt(at))) at++;
  return at;
}

/** The part of `line` that a key compares. */
export function keyText(line: string, key: SortKey, separator: string | undefined): string {
  if (key.from === 0 && key.fromChar === 0 && key.to === Number.POSITIVE_INFINITY) return line;
  const skips = key.flags.includes('b');
  const skip = (at: number): number => {
    let i = at;
    while (skips && i < line.length && isBlank(line.charCodeAt(i))) i++;
    return i;
  };
  const start = fieldStart(line, key.from, separator);
  const begin = Math.min(line.length, skip(start) + key.fromChar);
  if (key.to === Number.POSITIVE_INFINITY) return line.slice(begin);
  const last = key.to === key.from ? start : fieldStart(line, key.to, separator);
  const lastEnd = fieldEnd(line, last, separator);
  const end = key.toChar === 0 ? lastEnd : Math.min(lastEnd, skip(last) + key.toChar);
  return line.slice(begin, Math.max(begin, end));
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const HUMAN = 'KMGTPEZY';

/** What gives the number by which keys with these flags are compared; undefined: they are compared as texts. */
export function numberOf(flags: string): ((text: string) => number) | undefined {
  if (flags.includes('n')) return number;
  if (flags.includes('h')) return human;
  if (flags.includes('g')) return general;
  if (flags.includes('M')) return (text) => MONTHS.indexOf(text.trimStart().slice(0, 3).toUpperCase());
  return undefined;
}

/** A key as the text that is compared. */
export function orderText(text: string, flags: string): string {
  if (flags === '' || flags === 'r') return text;
  let out = flags.includes('b') ? text.replace(/^[ \t]+/, '') : text;
  if (flags.includes('d')) out = out.replace(/[^ \tA-Za-z0-9]/g, '');
  if (flags.includes('i')) out = out.replace(/[^ -~]/g, '');
  return flags.includes('f') ? out.toUpperCase() : out;
}

/** Digits that a double holds without loss. */
const DIGITS = 15;

function number(text: string): number {
  let at = 0;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  const negative = text.charCodeAt(at) === 45;
  if (negative) at++;
  let value = 0;
  const first = at;
  for (; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (at - first > DIGITS || text.charCodeAt(at) === 46) {
    const whole = /^\d*\.?\d*/.exec(text.slice(first))![0];
    value = Number(whole) || 0;
  }
  return negative ? -value : value;
}

function human(text: string): number {
  const m = /^[ \t]*(-?\d*\.?\d*)([KkMGTPEZY]?)/.exec(text)!;
  return (Number(m[1] || 0) || 0) * 1024 ** (m[2] ? HUMAN.indexOf(m[2].toUpperCase()) + 1 : 0);
}

/** -g: what is no number comes first, then by value as strtod(3) reads it. */
function general(text: string): number {
  const hex = /^\s*([-+]?)(0x[\da-f]+)/i.exec(text);
  if (hex) return Number(hex[2]) * (hex[1] === '-' ? -1 : 1);
  const value = Number.parseFloat(text);
  return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
}
