import { civilTime, daysFromCivil } from './civil-time.ts';

/** A date with or without a time, as MySQL's functions take it; a time alone counts from no date. */
export interface MysqlDate {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** 0..999999 */
  micro: number;
  /** A time of day was written. */
  timed: boolean;
}

const two = (n: number): string => String(n).padStart(2, '0');
const DATE =
  /^\s*(\d{1,4})[-/.:^@](\d{1,2})[-/.:^@](\d{1,2})(?:[T\s]+(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6})\d*)?)?)?)?(Z|[+-]\d\d:?\d\d)?\s*/;
const COMPACT = /^\s*(\d{4}|\d{2})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)(?:\.(\d{1,6}))?)?\s*$/;

const daysIn = (year: number, month: number): number =>
  daysFromCivil(year, month + 1, 1) - daysFromCivil(year, month, 1);
const century = (year: string): number =>
  year.length > 2 ? Number(year) : Number(year) + (Number(year) < 70 ? 2000 : 1900);

/** Reads a date or a date and time as MySQL takes them: `2024-01-05`, `2024/1/5 10:00`, `20240105`. @returns undefined: it is none */
export function parseDate(text: string): MysqlDate | undefined {
  const found = DATE.exec(text) ?? COMPACT.exec(text);
  if (!found || found[0].trim() !== text.trim()) return undefined;
  const [, year, month, day, hour, minute, second, fraction] = found;
  const date: MysqlDate = {
    year: century(year!),
    month: Number(month),
    day: Number(day),
    hour: Number(hour ?? 0),
    minute: Number(minute ?? 0),
    second: Number(second ?? 0),
    micro: Number((fraction ?? '').padEnd(6, '0')),
    timed: hour !== undefined,
  };
  return isDate(date) ? date : undefined;
}

function isDate({ year, month, day, hour, minute, second }: MysqlDate): boolean {
  if (hour > 23 || minute > 59 || second > 59 || month > 12) return false;
  if (year === 0 && month === 0 && day === 0) return true;
  return month >= 1 && day >= 1 && day <= daysIn(year, month);
}

export const dateText = ({ year, month, day }: MysqlDate): string =>
  `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;

export function clockText({ hour, minute, second, micro }: MysqlDate, scale = 0): string {
  const fraction = scale > 0 ? `.${String(micro).padStart(6, '0').slice(0, scale)}` : '';
  return `${two(hour)}:${two(minute)}:${two(second)}${fraction}`;
}

/** `2024-01-05 10:00:00`, with `scale` digits of the second. */
export const datetimeText = (date: MysqlDate, scale = 0): string => `${dateText(date)} ${clockText(date, scale)}`;

/** Seconds since the Epoch, as if the date were of UTC. */
export const secondsOfDate = (d: MysqlDate): number =>
  daysFromCivil(d.year, d.month, d.day) * 86400 + d.hour * 3600 + d.minute * 60 + d.second;

/** The date of seconds since the Epoch, in UTC. */
export function dateOfSeconds(seconds: number, micro = 0, timed = true): MysqlDate {
  const { year, month, day, hour, minute, second } = civilTime(Math.floor(seconds));
  return { year, month, day, hour, minute, second, micro, timed };
}

/** A time: seconds with sign, and microseconds. `-12:30:00`, `10:00`, `123456`, `2 10:00:00`. */
export function parseTime(text: string): number | undefined {
  const found = /^\s*(-)?(?:(\d+)\s+)?(\d+):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,6})\d*)?)?\s*$/.exec(text);
  if (found) {
    const [, sign, days, hours, minutes, seconds, fraction] = found;
    if (Number(minutes) > 59 || Number(seconds ?? 0) > 59) return undefined;
    const total = (Number(days ?? 0) * 24 + Number(hours)) * 3600 + Number(minutes) * 60 + Number(seconds ?? 0);
    return (sign ? -1 : 1) * (total + Number(`0.${fraction ?? '0'}`));
  }
  const compact = /^\s*(-)?(\d{1,7})(?:\.(\d{1,6}))?\s*$/.exec(text);
  if (!compact) {
    const date = parseDate(text);
    return date?.timed ? date.hour * 3600 + date.minute * 60 + date.second + date.micro / 1e6 : undefined;
  }
  const digits = compact[2]!.padStart(6, '0');
  const [h, m, s] = [Number(digits.slice(0, -4)), Number(digits.slice(-4, -2)), Number(digits.slice(-2))];
  return m > 59 || s > 59
    ? undefined
    : (compact[1] ? -1 : 1) * (h * 3600 + m * 60 + s + Number(`0.${compact[3] ?? '0'}`));
}

/** `-838:59:59` to `838:59:59`. */
export function timeText(seconds: number, scale = 0): string {
  const whole = Math.min(Math.abs(seconds), 3020399);
  const s = Math.floor(whole);
  const fraction =
    scale > 0
      ? `.${String(Math.round((whole - s) * 1e6))
          .padStart(6, '0')
          .slice(0, scale)}`
      : '';
  return `${seconds < 0 ? '-' : ''}${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}${fraction}`;
}

/** Adds `n` months; the day stays within the month. */
export function addMonths(date: MysqlDate, n: number): MysqlDate {
  const months = date.year * 12 + date.month - 1 + n;
  const year = Math.floor(months / 12);
  const month = (((months % 12) + 12) % 12) + 1;
  return { ...date, year, month, day: Math.min(date.day, daysIn(year, month)) };
}

/** Week of the year by MySQL's modes 0 to 7: [year, week]. */
export function weekOf(date: MysqlDate, mode: number): [number, number] {
  const monday = (mode & 1) !== 0;
  const wide = (mode & 2) !== 0;
  const firstDay = ((mode & 4) !== 0) !== !monday;
  const days = daysFromCivil(date.year, date.month, date.day);
  const weekdayOf = (n: number): number => (((n + (monday ? 3 : 4)) % 7) + 7) % 7;
  let year = date.year;
  let first = daysFromCivil(year, 1, 1);
  let weekday = weekdayOf(first);
  let useYear = wide;
  if (date.month === 1 && date.day <= 7 - weekday) {
    if (!useYear && ((firstDay && weekday !== 0) || (!firstDay && weekday >= 4))) return [year, 0];
    useYear = true;
    if ((firstDay && weekday !== 0) || (!firstDay && weekday >= 4)) {
      year--;
      const before = daysFromCivil(year, 1, 1);
      weekday = weekdayOf(before);
      first = before;
    }
  }
  const begins = (firstDay && weekday !== 0) || (!firstDay && weekday >= 4) ? first + 7 - weekday : first - weekday;
  const since = days - begins;
  if (useYear && since >= 52 * 7) {
    const next = daysFromCivil(year + 1, 1, 1);
    const nextWeekday = weekdayOf(next);
    const startsNext = (!firstDay && nextWeekday < 4) || (firstDay && nextWeekday === 0);
    if (startsNext && days >= next - nextWeekday) return [year + 1, 1];
  }
  return [year, Math.floor(since / 7) + 1];
}
