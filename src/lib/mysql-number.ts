/** A DOUBLE as MySQL writes it: up to 17 digits, exponents from 1e15 on. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '1.7976931348623157e308' : '-1.7976931348623157e308';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e15 || size < 1e-15)) return value.toExponential().replace('e+', 'e');
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/0+$/, '') : text;
}

/** A FLOAT: six digits that count. */
export function floatText(value: number): string {
  return doubleText(Number(Math.fround(value).toPrecision(6)));
}

/** Rounds half away from zero at `digits` after the point (before it where negative). */
export function roundAway(value: number, digits: number): number {
  if (!Number.isFinite(value)) return value;
  const moved = Number(
    `${Math.abs(value)}e${digits}`.replace(/e([+-]?\d+)e(.+)/, (_, a, b) => `e${Number(a) + Number(b)}`),
  );
  const rounded = Math.floor(moved + 0.5);
  return (
    Math.sign(value) *
    Number(`${rounded}e${-digits}`.replace(/e([+-]?\d+)e(.+)/, (_, a, b) => `e${Number(a) + Number(b)}`))
  );
}

/** A DECIMAL with so many digits after the point. */
export function decimalText(value: number, scale: number): string {
  const text = roundAway(value, scale).toFixed(scale);
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}

/** The number that a text begins with, 0 where there is none. */
export function leadingNumber(text: string): number {
  const found = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/.exec(text);
  return found ? Number(found[0]) : 0;
}
