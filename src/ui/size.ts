const DECIMAL = ['B', 'kB', 'MB', 'GB', 'TB'];
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
const SHORT = ['B', 'K', 'M', 'G', 'T'];

function scaled(bytes: number, base: number, units: readonly string[], gap: string): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= base && unit < units.length - 1) {
    value /= base;
    unit++;
  }
  const text = unit === 0 ? String(Math.round(value)) : value >= 100 ? value.toFixed(0) : trim(value.toPrecision(3));
  return `${text}${gap}${units[unit]}`;
}

const trim = (text: string) => (text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text);

/** Bytes in thousands: `192 MB`. */
export const decimal = (bytes: number): string => scaled(bytes, 1000, DECIMAL, ' ');

/** Bytes in steps of 1024: `48.1 MiB`. */
export const binary = (bytes: number): string => scaled(bytes, 1024, BINARY, ' ');

/** Bytes in steps of 1024 for narrow places: `9.1M`. */
export function brief(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)}B`;
  const text = scaled(bytes, 1024, SHORT, '');
  return text.replace(/^(\d+\.\d)\d/, '$1');
}

/** Bytes in thousands for narrow places: `118M`, `8.5M`. */
export function briefDecimal(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < SHORT.length - 1) {
    value /= 1000;
    unit++;
  }
  const text = unit > 0 && value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value));
  return `${text}${unit === 1 ? 'k' : SHORT[unit]}`;
}

/** A part of a whole in thousands, in one unit where both are large: `1.3 / 42.9 GB`, `2 MB / 4.1 GB`. */
export function ofTotal(used: number, total: number): string {
  const whole = Math.round((total / 1e9) * 10) / 10;
  return used > 0 && used < 5e7 ? `${briefMega(used)} / ${whole} GB` : `${(used / 1e9).toFixed(1)} / ${whole} GB`;
}

const briefMega = (bytes: number) => `${Math.max(1, Math.round(bytes / 1e6))} MB`;
