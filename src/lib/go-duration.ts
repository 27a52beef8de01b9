import { GoError } from './go-value.ts';
import { quoteToAscii } from './quote.ts';

export const NANOSECOND = 1;
export const MICROSECOND = 1e3;
export const MILLISECOND = 1e6;
export const SECOND = 1e9;
export const MINUTE = 60e9;
export const HOUR = 3600e9;

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  '\u00b5s': 1_000n,
  '\u03bcs': 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const MAX = 2n ** 63n;

/**
 * Go's time.ParseDuration: `1h30m`, `1.5s`, `-10ms`.
 * @returns nanoseconds (exact up to 104 days)
 * @throws GoError `time: invalid duration "x"`, `time: missing unit in duration "5"`, `time: unknown unit "x" in duration "5x"`
 */
export function parseDuration(text: string): number {
  const invalid = new GoError(`time: invalid duration ${quoteToAscii(text)}`);
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  let rest = text.slice(sign.length);
  if (rest === '0') return 0;
  if (rest === '') throw invalid;
  let total = 0n;
  while (rest !== '') {
    const number = /^(\d*)(?:\.(\d*))?/.exec(rest)!;
    if (!number[1] && !number[2]) throw invalid;
    rest = rest.slice(number[0].length);
    const unit = /^[^.\d]*/.exec(rest)![0];
    if (unit === '') throw new GoError(`time: missing unit in duration ${quoteToAscii(text)}`);
    const scale = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
    if (scale === undefined) {
      throw new GoError(`time: unknown unit ${quoteToAscii(unit)} in duration ${quoteToAscii(text)}`);
    }
    rest = rest.slice(unit.length);
    total += BigInt(number[1] || '0') * scale;
    const fraction = (number[2] ?? '').slice(0, 18);
    if (fraction) total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    if (total > MAX || (total === MAX && sign !== '-')) throw invalid;
  }
  const value = Number(total);
  return sign === '-' && value !== 0 ? -value : value;
}

/** Go's Duration.String: `1h0m0s`, `1.5s`, `300ms`, `0s`. `nanoseconds` is a whole number. */
export function formatDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s';
  const sign = nanoseconds < 0 ? '-' : '';
  const n = Math.abs(nanoseconds);
  if (n < MICROSECOND) return `${sign}${n}ns`;
  if (n < MILLISECOND) return `${sign}${withFraction(n, MICROSECOND)}µs`;
  if (n < SECOND) return `${sign}${withFraction(n, MILLISECOND)}ms`;
  const seconds = Math.floor(n / SECOND);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const rest = withFraction((seconds % 60) * SECOND + (n % SECOND), SECOND);
  if (minutes === 0) return `${sign}${rest}s`;
  return hours === 0 ? `${sign}${minutes}m${rest}s` : `${sign}${hours}h${minutes % 60}m${rest}s`;
}

/** `n / unit` as an exact decimal without trailing zeros. */
function withFraction(n: number, unit: number): string {
  const digits = String(n % unit).padStart(Math.round(Math.log10(unit)), '0');
  return `${Math.floor(n / unit)}.${digits}`.replace(/\.?0+$/, '');
}
