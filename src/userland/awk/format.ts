import { exponential, generalNumber, toNumber, type Value } from './values.ts';

/** sprintf. @param text makes text of a value as CONVFMT says. @returns undefined where arguments are missing and `strict` */
export function sprintf(
  format: string,
  args: readonly Value[],
  text: (v: Value) => string,
  strict: boolean,
): string | undefined {
  let out = '';
  let next = 0;
  let missing = false;
  const take = (): Value => {
    if (next >= args.length) missing = true;
    return args[next++];
  };
  let at = 0;
  for (;;) {
    const percent = format.indexOf('%', at);
    if (percent < 0) break;
    out += format.slice(at, percent);
    const m = /^%([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d*))?(?:hh|h|ll|l|L|q|j|z|t)?([a-zA-Z%])/.exec(
      format.slice(percent, percent + 40),
    );
    if (!m) {
      out += '%';
      at = percent + 1;
      continue;
    }
    at = percent + m[0].length;
    if (m[4] === '%') {
      out += '%';
      continue;
    }
    let flags = m[1]!;
    let width = m[2] === '*' ? Math.trunc(toNumber(take())) : Number(m[2] ?? 0);
    if (width < 0) {
      flags += '-';
      width = -width;
    }
    let precision = m[3] === undefined ? undefined : m[3] === '*' ? Math.trunc(toNumber(take())) : Number(m[3]);
    if (precision !== undefined && precision < 0) precision = undefined;
    out += one(m[4]!, flags, width, precision, take(), text);
  }
  if (missing && strict) return undefined;
  return out + format.slice(at);
}

function one(
  c: string,
  flags: string,
  width: number,
  precision: number | undefined,
  value: Value,
  text: (v: Value) => string,
): string {
  const pad = (body: string, zero: boolean): string => {
    if (body.length >= width) return body;
    if (flags.includes('-')) return body.padEnd(width);
    if (!zero || !flags.includes('0')) return body.padStart(width);
    const sign = /^(?:[-+ ]|0[xX])?/.exec(body)![0];
    return sign + body.slice(sign.length).padStart(width - sign.length, '0');
  };
  if (c === 's') {
    const s = text(value);
    return pad(precision === undefined ? s : s.slice(0, precision), false);
  }
  if (c === 'c') {
    // a number is a character's code, a text gives its first; none is NUL
    if (value === undefined) return pad('\0', false);
    if (typeof value === 'string') return pad([...value][0] ?? '\0', false);
    return pad(String.fromCodePoint(Math.trunc(toNumber(value)) & 0x1fffff), false);
  }
  const n = toNumber(value);
  const plus = (s: string): string =>
    n < 0 || s.startsWith('-') ? s : flags.includes('+') ? `+${s}` : flags.includes(' ') ? ` ${s}` : s;
  if (!Number.isFinite(n)) return pad(plus(Number.isNaN(n) ? 'nan' : n < 0 ? '-inf' : 'inf'), false);
  switch (c) {
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o': {
      const whole = BigInt(Math.trunc(n));
      const unsigned = c === 'd' || c === 'i' ? whole : whole < 0n ? BigInt.asUintN(64, whole) : whole;
      const base = c === 'o' ? 8 : c === 'x' || c === 'X' ? 16 : 10;
      const magnitude = unsigned < 0n ? -unsigned : unsigned;
      let digits = magnitude.toString(base);
      if (precision !== undefined) digits = digits.padStart(precision, '0');
      if (flags.includes('#') && magnitude !== 0n) digits = (base === 8 ? '0' : base === 16 ? '0x' : '') + digits;
      if (c === 'X') digits = digits.toUpperCase();
      const signed = unsigned < 0n ? `-${digits}` : base === 10 && c !== 'u' ? plus(digits) : digits;
      return pad(signed, precision === undefined);
    }
    case 'f':
    case 'F':
      return pad(plus(fixed(n, precision ?? 6)), true);
    case 'e':
    case 'E': {
      const s = plus(exponential(n, precision ?? 6));
      return pad(c === 'E' ? s.toUpperCase() : s, true);
    }
    case 'g':
    case 'G': {
      const s = plus(generalNumber(n, precision ?? 6, flags.includes('#')));
      return pad(c === 'G' ? s.toUpperCase() : s, true);
    }
    default:
      return `%${c}`;
  }
}

/** toFixed for every magnitude. */
function fixed(n: number, precision: number): string {
  if (Math.abs(n) < 1e21) return n.toFixed(Math.min(100, precision));
  const whole = BigInt(n).toString();
  return precision > 0 ? `${whole}.${'0'.repeat(precision)}` : whole;
}
