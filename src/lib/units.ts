import { sprintf } from './go-fmt.ts';
import { GoError, GoTyped } from './go-value.ts';
import { quote } from './quote.ts';

const DECIMAL = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];
const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'];

function withUnit(size: number, base: number, units: readonly string[], precision: number): string {
  let n = size;
  let unit = 0;
  while (n >= base && unit < units.length - 1) {
    n /= base;
    unit++;
  }
  return sprintf('%.*g%s', precision, new GoTyped('float64', n), units[unit]);
}

/** Bytes in decimal units: `1.23MB`. `docker images` and `ps -s` use a precision of 3 digits. */
export const humanSize = (bytes: number, precision = 4): string => withUnit(bytes, 1000, DECIMAL, precision);

/** Bytes in binary units: `1.2GiB`. */
export const bytesSize = (bytes: number): string => withUnit(bytes, 1024, BINARY, 4);

/** Parses `64m`, `1.5 GiB`: every unit is binary. @returns bytes. @throws GoError `invalid size: 'lots'`, `invalid suffix: 'xb'` */
export const ramInBytes = (text: string): number => parseSize(text, 1024);

/** Parses `32kb`: every unit is decimal. @returns bytes. @throws GoError as ramInBytes */
export const fromHumanSize = (text: string): number => parseSize(text, 1000);

function parseSize(text: string, base: number): number {
  const separator = text.search(/[0-9. ](?=[^0-9. ]*$)/);
  if (separator < 0) throw new GoError(`invalid size: '${text}'`);
  const digits = text[separator] === ' ' ? text.slice(0, separator) : text.slice(0, separator + 1);
  const size = parseFloat64(digits);
  if (size < 0) throw new GoError(`invalid size: '${text}'`);
  const given = text.slice(separator + 1);
  if (given === '') return Math.trunc(size);
  const suffix = given.length > 3 ? given : given.toLowerCase();
  const bad = new GoError(`invalid suffix: '${suffix}'`);
  if (given.length > 3) throw bad;
  if (suffix[0] === 'b') {
    if (suffix.length > 1) throw bad;
    return Math.trunc(size);
  }
  const power = 'kmgtp'.indexOf(suffix[0]!);
  if (power < 0 || !['', 'b', 'ib'].includes(suffix.slice(1))) throw bad;
  return Math.trunc(size * base ** (power + 1));
}

/** strconv.ParseFloat for decimal numbers. */
export function parseFloat64(text: string): number {
  if (/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(text)) return Number(text);
  throw new GoError(`strconv.ParseFloat: parsing ${quote(text)}: invalid syntax`);
}

/** How long, in words: `Less than a second`, `About a minute`, `3 weeks`. `seconds` may have a fraction. */
export function humanDuration(seconds: number): string {
  const whole = Math.trunc(seconds);
  if (whole < 1) return 'Less than a second';
  if (whole === 1) return '1 second';
  if (whole < 60) return `${whole} seconds`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.trunc(seconds / 3600 + 0.5);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(Math.trunc(seconds / 3600) / 24 / 365)} years`;
}
