import { localeQuote } from './shell-quote.ts';

const CLASSES: Readonly<Record<string, (c: number) => boolean>> = {
  alnum: (c) => isAlpha(c) || isDigit(c),
  alpha: (c) => isAlpha(c),
  blank: (c) => c === 32 || c === 9,
  cntrl: (c) => c < 32 || c === 127,
  digit: (c) => isDigit(c),
  graph: (c) => c > 32 && c < 127,
  lower: (c) => c >= 97 && c <= 122,
  print: (c) => c >= 32 && c < 127,
  punct: (c) => c > 32 && c < 127 && !isAlpha(c) && !isDigit(c),
  space: (c) => c === 32 || (c >= 9 && c <= 13),
  upper: (c) => c >= 65 && c <= 90,
  xdigit: (c) => isDigit(c) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102),
};

const isDigit = (c: number): boolean => c >= 48 && c <= 57;
const isAlpha = (c: number): boolean => (c >= 65 && c <= 90) || (c >= 97 && c <= 122);
const ESCAPES: Readonly<Record<number, number>> = { 97: 7, 98: 8, 102: 12, 110: 10, 114: 13, 116: 9, 118: 11, 92: 92 };

/** A set of tr(1), expanded to bytes; `fill` is where a `[c*]` may grow. */
export interface TrSet {
  bytes: number[];
  fill: { at: number; byte: number } | undefined;
  /** Where `[:upper:]` or `[:lower:]` stands in it: places of `bytes`. */
  cases: number[];
  /** Another class, or an equivalence, stands in it. */
  hasClass: boolean;
  hasEquivalence: boolean;
  /** The last item is a class. */
  endsWithClass: boolean;
  /** What it says in a way that others read otherwise. */
  warnings: string[];
}

/** Expands the notation of tr's SETs. @returns the set, or the message of what is wrong */
export function parseTrSet(text: Uint8Array): TrSet | string {
  const set: TrSet = {
    bytes: [],
    fill: undefined,
    cases: [],
    hasClass: false,
    hasEquivalence: false,
    endsWithClass: false,
    warnings: [],
  };
  const one = (at: number): [byte: number, next: number] => {
    const byte = text[at]!;
    if (byte === 92 && at + 1 >= text.length)
      set.warnings.push('warning: an unescaped backslash at end of string is not portable');
    if (byte !== 92 || at + 1 >= text.length) return [byte, at + 1];
    let digits = 0;
    let value = 0;
    while (
      digits < 3 &&
      at + 1 + digits < text.length &&
      text[at + 1 + digits]! >= 48 &&
      text[at + 1 + digits]! <= 55
    ) {
      value = value * 8 + text[at + 1 + digits]! - 48;
      digits++;
    }
    if (value > 255) {
      const [all, head, tail] = [value.toString(8), (value >> 3).toString(8).padStart(3, '0'), value & 7];
      set.warnings.push(
        `warning: the ambiguous octal escape \\${all} is being\n\tinterpreted as the 2-byte sequence \\${head}, ${tail}`,
      );
      return [value >> 3, at + digits];
    }
    if (digits > 0) return [value & 255, at + 1 + digits];
    return [ESCAPES[text[at + 1]!] ?? text[at + 1]!, at + 2];
  };
  const rest = (at: number): string => String.fromCharCode(...text.subarray(at, at + 64));
  let i = 0;
  while (i < text.length) {
    set.endsWithClass = false;
    const bracket = /^\[(?::([a-z]+):|=(.)=|(.)\*(\d*))\]/s.exec(text[i] === 91 ? rest(i) : '');
    const count = bracket ? null : /^\[.\*([^\]]+)\]/s.exec(text[i] === 91 ? rest(i) : '');
    if (count) return `invalid repeat count ${localeQuote(count[1]!)} in [c*n] construct`;
    if (bracket) {
      i += bracket[0].length;
      if (bracket[1] !== undefined) {
        const test = CLASSES[bracket[1]];
        if (!test) return `invalid character class ${localeQuote(bracket[1])}`;
        if (bracket[1] === 'upper' || bracket[1] === 'lower') set.cases.push(set.bytes.length);
        else set.hasClass = true;
        set.endsWithClass = true;
        for (let c = 0; c < 256; c++) if (test(c)) set.bytes.push(c);
      } else if (bracket[2] !== undefined) {
        set.hasEquivalence = true;
        set.bytes.push(bracket[2].charCodeAt(0));
      } else {
        const byte = bracket[3]!.charCodeAt(0);
        const count = bracket[4]!.startsWith('0') ? Number.parseInt(bracket[4]!, 8) : Number(bracket[4]);
        if (count === 0) set.fill = { at: set.bytes.length, byte };
        else for (let n = 0; n < count; n++) set.bytes.push(byte);
      }
      continue;
    }
    const [from, next] = one(i);
    if (text[next] === 45 && next + 1 < text.length) {
      const [to, after] = one(next + 1);
      if (to < from)
        return `range-endpoints of '${String.fromCharCode(from)}-${String.fromCharCode(to)}' are in reverse collating sequence order`;
      for (let c = from; c <= to; c++) set.bytes.push(c);
      i = after;
    } else {
      set.bytes.push(from);
      i = next;
    }
  }
  return set;
}
