/** A decimal fixed-point number: `digits` / 10^`scale`. */
export interface Decimal {
  digits: bigint;
  scale: number;
}

export const decimal = (digits: bigint | number, scale = 0): Decimal => ({ digits: BigInt(digits), scale });
const ten = (n: number): bigint => 10n ** BigInt(n);

/** The same number with another scale, cut off. */
export function rescale(a: Decimal, scale: number): Decimal {
  if (scale >= a.scale) return { digits: a.digits * ten(scale - a.scale), scale };
  return { digits: a.digits / ten(a.scale - scale), scale };
}

function aligned(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [rescale(a, scale).digits, rescale(b, scale).digits, scale];
}

export function add(a: Decimal, b: Decimal): Decimal {
  const [x, y, scale] = aligned(a, b);
  return { digits: x + y, scale };
}

export const negate = (a: Decimal): Decimal => ({ digits: -a.digits, scale: a.scale });

export function compareDecimals(a: Decimal, b: Decimal): number {
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

export function multiply(a: Decimal, b: Decimal, scale: number): Decimal {
  const product = { digits: a.digits * b.digits, scale: a.scale + b.scale };
  return rescale(product, Math.min(product.scale, Math.max(scale, a.scale, b.scale)));
}

/** @returns undefined where `b` is zero */
export function divide(a: Decimal, b: Decimal, scale: number): Decimal | undefined {
  if (b.digits === 0n) return undefined;
  return { digits: (a.digits * ten(scale + b.scale)) / (b.digits * ten(a.scale)), scale };
}

export function remainder(a: Decimal, b: Decimal, scale: number): Decimal | undefined {
  const quotient = divide(a, b, scale);
  if (!quotient) return undefined;
  const wanted = Math.max(scale + b.scale, a.scale);
  const product = { digits: quotient.digits * b.digits, scale: quotient.scale + b.scale };
  return rescale(add(a, negate(product)), wanted);
}

export function power(a: Decimal, exponent: Decimal, scale: number): Decimal | undefined {
  const n = Number(rescale(exponent, 0).digits);
  if (n < 0) {
    const whole = { digits: a.digits ** BigInt(-n), scale: a.scale * -n };
    return divide(decimal(1), whole, scale);
  }
  const whole = { digits: a.digits ** BigInt(n), scale: a.scale * n };
  return rescale(whole, Math.min(whole.scale, Math.max(scale, a.scale)));
}

/** @returns undefined where `a` is negative */
export function squareRoot(a: Decimal, scale: number): Decimal | undefined {
  if (a.digits < 0n) return undefined;
  const wanted = Math.max(scale, a.scale);
  const square = rescale(a, wanted * 2).digits;
  if (square === 0n) return decimal(0);
  let x = ten(Math.ceil(square.toString().length / 2));
  for (;;) {
    const next = (x + square / x) / 2n;
    if (next >= x) return { digits: x, scale: wanted };
    x = next;
  }
}

const DIGITS = '0123456789ABCDEF';

export function readDecimal(text: string, base: number): Decimal {
  const [whole = '', fraction = ''] = text.split('.');
  if (base === 10) return { digits: BigInt(`${whole}${fraction}` || '0'), scale: fraction.length };
  const value = (c: string): number => DIGITS.indexOf(c);
  let digits = 0n;
  for (const c of whole)
    digits = digits * BigInt(base) + BigInt(whole.length === 1 ? value(c) : Math.min(value(c), base - 1));
  if (fraction === '') return { digits, scale: 0 };
  let numerator = 0n;
  for (const c of fraction) numerator = numerator * BigInt(base) + BigInt(Math.min(value(c), base - 1));
  const part = (numerator * ten(fraction.length)) / BigInt(base) ** BigInt(fraction.length);
  return { digits: digits * ten(fraction.length) + part, scale: fraction.length };
}

/** As bc prints it: no zero before the point, at most 69 characters a line. */
export function showDecimal(a: Decimal, base: number): string {
  const text = base === 10 ? plain(a) : based(a, base);
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += 68) lines.push(text.slice(at, at + 68));
  return text.length <= 69 ? text : lines.join('\\\n');
}

function plain(a: Decimal): string {
  const sign = a.digits < 0n ? '-' : '';
  const digits = (a.digits < 0n ? -a.digits : a.digits).toString().padStart(a.scale + 1, '0');
  if (a.digits === 0n) return '0';
  const whole = digits.slice(0, digits.length - a.scale);
  const fraction = a.scale > 0 ? `.${digits.slice(digits.length - a.scale)}` : '';
  return `${sign}${whole === '0' && fraction !== '' ? '' : whole}${fraction}`;
}

function based(a: Decimal, base: number): string {
  const sign = a.digits < 0n ? '-' : '';
  const size = a.digits < 0n ? -a.digits : a.digits;
  let whole = size / ten(a.scale);
  let rest = size % ten(a.scale);
  const digit = (n: number): string =>
    base <= 16 ? DIGITS[n]! : ` ${String(n).padStart(String(base - 1).length, '0')}`;
  let text = '';
  while (whole > 0n) {
    text = digit(Number(whole % BigInt(base))) + text;
    whole /= BigInt(base);
  }
  if (a.scale === 0) return sign + (text === '' ? '0' : text);
  let fraction = '';
  for (let reach = 1n; reach < ten(a.scale); reach *= BigInt(base)) {
    rest *= BigInt(base);
    fraction += digit(Number(rest / ten(a.scale)));
    rest %= ten(a.scale);
  }
  return `${sign}${text}.${fraction}`;
}
