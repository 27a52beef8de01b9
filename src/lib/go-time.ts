import { civilTime, daysInMonth, secondsOf } from './civil-time.ts';
import { parseDuration } from './go-duration.ts';
import { GoError } from './go-value.ts';
import { quote } from './quote.ts';

/** A point in time: seconds since the Epoch and nanoseconds within the second. */
export interface Instant {
  sec: number;
  nsec: number;
}

/** Go's zero time, as the API shows what has not happened. */
export const ZERO_TIME = '0001-01-01T00:00:00Z';

const two = (n: number): string => String(n).padStart(2, '0');

/** time.RFC3339Nano in UTC: the fraction without trailing zeros, and none where it is zero. */
export function formatRfc3339Nano(sec: number, nsec: number): string {
  const fraction = nsec === 0 ? '' : `.${String(nsec).padStart(9, '0')}`.replace(/0+$/, '');
  return `${dateAndTime(sec)}${fraction}Z`;
}

/** RFC 3339 with all nine digits, as log lines have it (jsonlog's and the CLI's `--timestamps`). */
export const formatRfc3339NanoFixed = (sec: number, nsec: number): string =>
  `${dateAndTime(sec)}.${String(nsec).padStart(9, '0')}Z`;

/** RFC 3339 in whole seconds, UTC. */
export const formatRfc3339 = (sec: number): string => `${dateAndTime(sec)}Z`;

function dateAndTime(sec: number): string {
  const t = civilTime(sec);
  const date = `${String(t.year).padStart(4, '0')}-${two(t.month)}-${two(t.day)}`;
  return `${date}T${two(t.hour)}:${two(t.minute)}:${two(t.second)}`;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const DAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');

/** time.ANSIC in UTC: `Fri May 30 12:07:14 2025`. */
export function formatAnsic(sec: number): string {
  const t = civilTime(sec);
  const time = `${two(t.hour)}:${two(t.minute)}:${two(t.second)}`;
  return `${DAYS[t.weekday]} ${MONTHS[t.month - 1]} ${String(t.day).padStart(2)} ${time} ${t.year}`;
}

/** HTTP's date: `Fri, 30 May 2025 12:07:14 GMT`. */
export function formatHttpDate(sec: number): string {
  const t = civilTime(sec);
  const time = `${two(t.hour)}:${two(t.minute)}:${two(t.second)}`;
  return `${DAYS[t.weekday]}, ${two(t.day)} ${MONTHS[t.month - 1]} ${t.year} ${time} GMT`;
}

/** Go's Time.String in UTC: `2025-05-30 12:07:14.5 +0000 UTC`. */
export function formatGoTime(sec: number, nsec: number): string {
  return formatRfc3339Nano(sec, nsec).replace('T', ' ').replace('Z', ' +0000 UTC');
}

/** Reads RFC 3339 with any fraction. @throws GoError `parsing time "x" as "2006-01-02T15:04:05Z07:00": …` */
export const parseRfc3339 = (text: string): Instant => parseGoTime('2006-01-02T15:04:05Z07:00', text);

/** The elements of Go's layouts that are known here: name in the layout, digits, and what is out of range. */
const ELEMENTS: readonly [string, RegExp, string][] = [
  ['2006', /^\d{4}/, 'year'],
  ['01', /^\d{2}/, 'month'],
  ['02', /^\d{2}/, 'day'],
  ['15', /^\d{2}/, 'hour'],
  ['04', /^\d{2}/, 'minute'],
  ['05', /^\d{2}/, 'second'],
  ['.999999999', /^(?:[.,]\d+)?/, 'fraction'],
  ['Z07:00', /^(?:Z|[+-]\d{2}:\d{2})/, 'zone'],
];

/**
 * Go's time.ParseInLocation for layouts of the elements above.
 * @param offset seconds east of UTC that a text without a zone is in
 * @throws GoError with Go's text
 */
export function parseGoTime(layout: string, text: string, offset = 0): Instant {
  const found: Record<string, string> = {};
  let rest = text;
  let left = layout;
  const head = `parsing time ${quote(text)} as ${quote(layout)}`;
  while (left !== '') {
    const element = ELEMENTS.find(([name]) => left.startsWith(name));
    if (!element) {
      if (rest[0] !== left[0]) throw new GoError(`${head}: cannot parse ${quote(rest)} as ${quote(literal(left))}`);
      rest = rest.slice(1);
      left = left.slice(1);
      continue;
    }
    const [name, shape, key] = element;
    const match = shape.exec(rest);
    if (!match) throw new GoError(`${head}: cannot parse ${quote(rest)} as ${quote(name)}`);
    found[key] = match[0];
    rest = rest.slice(match[0].length);
    left = left.slice(name.length);
    // A fraction after the seconds is taken even where the layout has none.
    const fraction = key === 'second' && !left.startsWith('.9') ? /^[.,]\d+/.exec(rest)?.[0] : undefined;
    if (fraction) {
      found.fraction = fraction;
      rest = rest.slice(fraction.length);
    }
  }
  if (rest !== '') throw new GoError(`parsing time ${quote(text)}: extra text: ${quote(rest)}`);
  return instantOf(found, text, offset);
}

/** The literal text of a layout up to its next element. */
function literal(layout: string): string {
  for (let i = 0; i < layout.length; i++) {
    if (ELEMENTS.some(([name]) => layout.startsWith(name, i))) return layout.slice(0, i);
  }
  return layout;
}

function instantOf(found: Readonly<Record<string, string>>, text: string, offset: number): Instant {
  const number = (key: string, otherwise: number): number =>
    found[key] === undefined ? otherwise : Number(found[key]);
  const year = number('year', 0);
  const month = number('month', 1);
  const day = number('day', 1);
  const hour = number('hour', 0);
  const minute = number('minute', 0);
  const second = number('second', 0);
  const check = (key: string, ok: boolean): void => {
    if (!ok) throw new GoError(`parsing time ${quote(text)}: ${key} out of range`);
  };
  check('month', month >= 1 && month <= 12);
  check('hour', hour < 24);
  check('minute', minute < 60);
  check('second', second < 60);
  check('day', day >= 1 && day <= daysInMonth(year, month));
  const nsec = Number((found.fraction ?? '').slice(1, 10).padEnd(9, '0'));
  return { sec: secondsOf(year, month, day, hour, minute, second) - zoneOffset(found.zone, offset), nsec };
}

function zoneOffset(zone: string | undefined, offset: number): number {
  if (zone === undefined) return offset;
  if (zone === 'Z') return 0;
  const size = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(4, 6)) * 60;
  return zone[0] === '-' ? -size : size;
}

/**
 * What the CLI makes of `--since` and `--until`: a duration before `now`, one of several date formats, or seconds.
 * @param offset seconds east of UTC of the local zone
 * @returns the value for the API: seconds, or `SECONDS.NANOSECONDS`
 * @throws GoError `failed to parse value as time or duration: "x"`, or time.Parse's text
 * @see moby api/types/time GetTimestamp
 */
export function getTimestamp(value: string, now: Instant, offset = 0): string {
  const ago = value === '0' ? undefined : durationOrUndefined(value);
  if (ago !== undefined) {
    const nanoseconds = now.nsec - (ago % 1e9);
    return String(now.sec - Math.trunc(ago / 1e9) + Math.floor(nanoseconds / 1e9));
  }
  const local = !(/[zZ+]/.test(value) || value.split('-').length - 1 === 3);
  try {
    const t = parseGoTime(layoutFor(value, local), value, offset);
    return `${t.sec}.${String(t.nsec).padStart(9, '0')}`;
  } catch (error) {
    if (!(error instanceof GoError) || value.includes('-')) throw error;
    if (!/^[+-]?\d+(\.[+-]?\d+)?$/.test(value)) {
      throw new GoError(`failed to parse value as time or duration: ${quote(value)}`);
    }
    return value;
  }
}

function durationOrUndefined(value: string): number | undefined {
  try {
    return parseDuration(value);
  } catch {
    return undefined;
  }
}

function layoutFor(value: string, local: boolean): string {
  const zone = local ? '' : 'Z07:00';
  if (value.includes('.')) return `2006-01-02T15:04:05.999999999${zone}`;
  if (!value.includes('T')) return `2006-01-02${zone}`;
  let colons = value.split(':').length - 1;
  if (!local && !/[zZ]/.test(value) && colons > 0) colons--;
  return `2006-01-02T15${colons > 0 ? ':04' : ''}${colons > 1 ? ':05' : ''}${zone}`;
}

/**
 * Reads the `SECONDS[.NANOSECONDS]` of the API's since and until.
 * @returns undefined where it is none
 */
export function parseTimestamp(value: string): Instant | undefined {
  const match = /^(-?\d{1,15})(?:\.(\d+))?$/.exec(value);
  if (!match) return undefined;
  const digits = match[2] ?? '';
  return { sec: Number(match[1]), nsec: Math.trunc(Number(digits || '0') * 10 ** (9 - digits.length)) };
}
