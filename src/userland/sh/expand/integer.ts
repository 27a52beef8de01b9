/**
 * 64-bit two's complement integers as the shells compute with: a number as long as it is exact, else a bigint. Every
 * operation gives the canonical form.
 */
export type Int = number | bigint;

export function canonical(value: bigint): Int {
  const wrapped = BigInt.asIntN(64, value);
  return wrapped >= -9007199254740991n && wrapped <= 9007199254740991n ? Number(wrapped) : wrapped;
}

const small = (a: Int, b: Int): boolean => typeof a === 'number' && typeof b === 'number';

export function add(a: Int, b: Int): Int {
  if (small(a, b)) {
    const r = (a as number) + (b as number);
    if (Number.isSafeInteger(r)) return r;
  }
  return canonical(BigInt(a) + BigInt(b));
}

export function subtract(a: Int, b: Int): Int {
  if (small(a, b)) {
    const r = (a as number) - (b as number);
    if (Number.isSafeInteger(r)) return r;
  }
  return canonical(BigInt(a) - BigInt(b));
}

export function multiply(a: Int, b: Int): Int {
  if (small(a, b)) {
    const r = (a as number) * (b as number);
    if (Number.isSafeInteger(r)) return r === 0 ? 0 : r;
  }
  return canonical(BigInt(a) * BigInt(b));
}

/** `b` is not zero. Truncates towards zero. */
export function divide(a: Int, b: Int): Int {
  if (small(a, b)) return Math.trunc((a as number) / (b as number)) + 0;
  return canonical(BigInt(a) / BigInt(b));
}

export function remainder(a: Int, b: Int): Int {
  if (small(a, b)) return ((a as number) % (b as number)) + 0;
  return canonical(BigInt(a) % BigInt(b));
}

export function power(a: Int, b: Int): Int {
  if (small(a, b)) {
    const r = (a as number) ** (b as number);
    if (Number.isSafeInteger(r)) return r;
  }
  let result = 1n;
  let base = BigInt.asIntN(64, BigInt(a));
  for (let e = BigInt(b); e > 0n; e >>= 1n) {
    if (e & 1n) result = BigInt.asIntN(64, result * base);
    base = BigInt.asIntN(64, base * base);
  }
  return canonical(result);
}

export function negate(a: Int): Int {
  return typeof a === 'number' ? (a === 0 ? 0 : -a) : canonical(-a);
}

const is32 = (a: Int): a is number => typeof a === 'number' && a === (a | 0);

export function bitAnd(a: Int, b: Int): Int {
  return is32(a) && is32(b) ? a & b : canonical(BigInt(a) & BigInt(b));
}
export function bitOr(a: Int, b: Int): Int {
  return is32(a) && is32(b) ? a | b : canonical(BigInt(a) | BigInt(b));
}
export function bitXor(a: Int, b: Int): Int {
  return is32(a) && is32(b) ? a ^ b : canonical(BigInt(a) ^ BigInt(b));
}
export function bitNot(a: Int): Int {
  return is32(a) ? ~a : canonical(~BigInt(a));
}
/** Shift counts are taken modulo 64, as x86-64 does. */
export function shiftLeft(a: Int, b: Int): Int {
  return canonical(BigInt(a) << (BigInt(b) & 63n));
}
export function shiftRight(a: Int, b: Int): Int {
  if (is32(a) && is32(b) && b >= 0 && b < 32) return a >> b;
  return canonical(BigInt(a) >> (BigInt(b) & 63n));
}

export function compare(a: Int, b: Int): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Digits in `base` (2..36) to a value that wraps at 64 bits. */
export function parseDigits(digits: string, base: number): Int {
  if (digits.length <= 10) return Number.parseInt(digits, base);
  let value = 0n;
  for (const digit of digits) value = BigInt.asIntN(64, value * BigInt(base) + BigInt(Number.parseInt(digit, 36)));
  return canonical(value);
}

/** A decimal integer literal with sign and blanks around it. @returns undefined where the text is none, `'range'` beyond 64 bits */
export function parseDecimal(text: string): Int | undefined | 'range' {
  const m = /^\s*([-+]?)(\d+)\s*$/.exec(text);
  if (!m) return undefined;
  if (m[2]!.length <= 15) {
    const value = Number(m[2]);
    return m[1] === '-' && value !== 0 ? -value : value;
  }
  const big = BigInt(m[2]!) * (m[1] === '-' ? -1n : 1n);
  if (big > 9223372036854775807n || big < -9223372036854775808n) return 'range';
  return canonical(big);
}
