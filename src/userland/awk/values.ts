/** Text from outside that looks like a number: compares as one, prints as it was. */
export class StrNum {
  constructor(
    readonly s: string,
    readonly n: number,
  ) {}
}

/** undefined: never set; both 0 and ''. */
export type Value = number | string | StrNum | undefined;
export type AwkArray = Map<string, Value>;

const NUMBER = /^[ \t\n\r\f\v]*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/;
const WHOLE = /^[ \t\n\r\f\v]*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[ \t\n\r\f\v]*$/;

export function stringToNumber(s: string): number {
  const c = s.charCodeAt(0);
  if (c > 57 || Number.isNaN(c)) return 0;
  const m = NUMBER.exec(s);
  return m ? Number(m[0]) : 0;
}

/** Digits that make a number without loss. */
const DIGITS = 15;

/** The number of a text that is nothing but some digits; -1: it is not. */
function plainDigits(s: string): number {
  if (s.length > DIGITS) return -1;
  let n = 0;
  for (let i = 0; i < s.length; i++) {
    const digit = s.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    n = n * 10 + digit;
  }
  return n;
}

/** Text from input as a value. */
export function fromInput(s: string): Value {
  const c = s.charCodeAt(0);
  if (c > 57 || Number.isNaN(c)) return s;
  const digits = plainDigits(s);
  if (digits >= 0) return new StrNum(s, digits);
  return WHOLE.test(s) ? new StrNum(s, Number(s)) : s;
}

export function toNumber(v: Value): number {
  if (typeof v === 'number') return v;
  if (v === undefined) return 0;
  return typeof v === 'string' ? stringToNumber(v) : v.n;
}

export function toBoolean(v: Value): boolean {
  if (typeof v === 'number') return v !== 0;
  if (v === undefined) return false;
  return typeof v === 'string' ? v !== '' : v.n !== 0;
}

/** A number as text; `format` is CONVFMT or OFMT, for what is no whole number up to `maxInteger`. */
export function numberText(n: number, format: string, maxInteger: number): string {
  if (Number.isInteger(n)) {
    if (Math.abs(n) <= maxInteger) return n === 0 ? '0' : String(n);
  } else if (Number.isNaN(n)) return '-nan';
  else if (n === Number.POSITIVE_INFINITY) return 'inf';
  else if (n === Number.NEGATIVE_INFINITY) return '-inf';
  if (format === '%.6g') return generalNumber(n, 6, false);
  return formatNumberWith(format, n);
}

function formatNumberWith(format: string, n: number): string {
  const m = /^(.*?)%([-+ #0]*)(\d*)(?:\.(\d+))?([a-zA-Z])(.*)$/s.exec(format);
  if (!m) return generalNumber(n, 6, false);
  const precision = m[4] === undefined ? 6 : Number(m[4]);
  const body =
    m[5] === 'd' || m[5] === 'i'
      ? String(Math.trunc(n))
      : m[5] === 'f'
        ? n.toFixed(Math.min(100, precision))
        : m[5] === 'e'
          ? exponential(n, precision)
          : generalNumber(n, precision, false);
  const width = Number(m[3]);
  return m[1] + (m[2]!.includes('-') ? body.padEnd(width) : body.padStart(width)) + m[6];
}

/** C's %e. */
export function exponential(n: number, precision: number): string {
  return n.toExponential(Math.min(100, precision)).replace(/e([-+])(\d)$/, 'e$10$2');
}

/** C's %g; `keep`: trailing zeros stay (the flag #). */
export function generalNumber(n: number, precision: number, keep: boolean): string {
  if (Number.isNaN(n)) return '-nan';
  if (!Number.isFinite(n)) return n < 0 ? '-inf' : 'inf';
  const digits = Math.max(1, Math.min(100, precision));
  if (n === 0) return Object.is(n, -0) ? '-0' : '0';
  const e = n.toExponential(digits - 1);
  const power = Number(e.slice(e.indexOf('e') + 1));
  if (power < -4 || power >= digits) {
    const [mantissa, exponent] = e.split('e') as [string, string];
    const m = keep || !mantissa.includes('.') ? mantissa : mantissa.replace(/\.?0+$/, '');
    return `${m}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  }
  const fixed = n.toFixed(Math.min(100, Math.max(0, digits - 1 - power)));
  return keep || !fixed.includes('.') ? fixed : fixed.replace(/\.?0+$/, '');
}

export const compareStrings = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
