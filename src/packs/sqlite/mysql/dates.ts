import { daysFromCivil } from '../../../lib/civil-time.ts';
import {
  addMonths,
  clockText,
  dateOfSeconds,
  dateText,
  datetimeText,
  type MysqlDate,
  parseDate,
  parseTime,
  secondsOfDate,
  timeText,
  weekOf,
} from '../../../lib/mysql-date.ts';
import { loose, number, type SqlFunction, strict, text, type Value } from './values.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const two = (n: number): string => String(n).padStart(2, '0');
const weekday = (d: MysqlDate): number => (((daysFromCivil(d.year, d.month, d.day) + 4) % 7) + 7) % 7;
const dayOfYear = (d: MysqlDate): number => daysFromCivil(d.year, d.month, d.day) - daysFromCivil(d.year, 1, 1) + 1;
/** TO_DAYS of 1970-01-01. */
const EPOCH = 719528;

const dateOf = (value: Value): MysqlDate | undefined => (value === null ? undefined : parseDate(text(value)));

/** One conversion of DATE_FORMAT. */
function formatted(d: MysqlDate, c: string): string {
  const hour12 = d.hour % 12 === 0 ? 12 : d.hour % 12;
  const suffix =
    d.day % 10 > 3 || d.day % 10 === 0 || Math.floor(d.day / 10) === 1 ? 'th' : ['st', 'nd', 'rd'][(d.day % 10) - 1];
  switch (c) {
    case 'Y':
      return String(d.year).padStart(4, '0');
    case 'y':
      return two(d.year % 100);
    case 'm':
      return two(d.month);
    case 'c':
      return String(d.month);
    case 'M':
      return MONTHS[d.month - 1] ?? '';
    case 'b':
      return (MONTHS[d.month - 1] ?? '').slice(0, 3);
    case 'd':
      return two(d.day);
    case 'e':
      return String(d.day);
    case 'D':
      return `${d.day}${suffix}`;
    case 'H':
      return two(d.hour);
    case 'k':
      return String(d.hour);
    case 'h':
    case 'I':
      return two(hour12);
    case 'l':
      return String(hour12);
    case 'i':
      return two(d.minute);
    case 's':
    case 'S':
      return two(d.second);
    case 'f':
      return String(d.micro).padStart(6, '0');
    case 'p':
      return d.hour < 12 ? 'AM' : 'PM';
    case 'r':
      return `${two(hour12)}:${two(d.minute)}:${two(d.second)} ${d.hour < 12 ? 'AM' : 'PM'}`;
    case 'T':
      return clockText(d);
    case 'W':
      return DAYS[weekday(d)]!;
    case 'a':
      return DAYS[weekday(d)]!.slice(0, 3);
    case 'w':
      return String(weekday(d));
    case 'j':
      return String(dayOfYear(d)).padStart(3, '0');
    case 'U':
      return two(weekOf(d, 0)[1]);
    case 'u':
      return two(weekOf(d, 1)[1]);
    case 'V':
      return two(weekOf(d, 2)[1]);
    case 'v':
      return two(weekOf(d, 3)[1]);
    case 'X':
      return String(weekOf(d, 2)[0]);
    case 'x':
      return String(weekOf(d, 3)[0]);
    default:
      return c;
  }
}

const format = (d: MysqlDate, pattern: string): string => pattern.replace(/%(.)/gs, (_, c: string) => formatted(d, c));

const READERS: Readonly<
  Record<string, [string, (d: MysqlDate & { pm?: boolean; yday?: number }, found: string) => void]>
> = {
  Y: ['\\d{1,4}', (d, s) => void (d.year = Number(s))],
  y: ['\\d{1,2}', (d, s) => void (d.year = Number(s) + (Number(s) < 70 ? 2000 : 1900))],
  m: ['\\d{1,2}', (d, s) => void (d.month = Number(s))],
  c: ['\\d{1,2}', (d, s) => void (d.month = Number(s))],
  d: ['\\d{1,2}', (d, s) => void (d.day = Number(s))],
  e: ['\\d{1,2}', (d, s) => void (d.day = Number(s))],
  D: ['\\d{1,2}(?:st|nd|rd|th)', (d, s) => void (d.day = Number.parseInt(s, 10))],
  M: ['[A-Za-z]+', (d, s) => void (d.month = MONTHS.findIndex((m) => m.toLowerCase() === s.toLowerCase()) + 1)],
  b: [
    '[A-Za-z]{3}',
    (d, s) => void (d.month = MONTHS.findIndex((m) => m.slice(0, 3).toLowerCase() === s.toLowerCase()) + 1),
  ],
  H: ['\\d{1,2}', (d, s) => void ([d.hour, d.timed] = [Number(s), true])],
  k: ['\\d{1,2}', (d, s) => void ([d.hour, d.timed] = [Number(s), true])],
  h: ['\\d{1,2}', (d, s) => void ([d.hour, d.timed] = [Number(s), true])],
  I: ['\\d{1,2}', (d, s) => void ([d.hour, d.timed] = [Number(s), true])],
  l: ['\\d{1,2}', (d, s) => void ([d.hour, d.timed] = [Number(s), true])],
  i: ['\\d{1,2}', (d, s) => void ([d.minute, d.timed] = [Number(s), true])],
  s: ['\\d{1,2}', (d, s) => void ([d.second, d.timed] = [Number(s), true])],
  S: ['\\d{1,2}', (d, s) => void ([d.second, d.timed] = [Number(s), true])],
  f: ['\\d{1,6}', (d, s) => void ([d.micro, d.timed] = [Number(s.padEnd(6, '0')), true])],
  p: ['[AaPp][Mm]', (d, s) => void (d.pm = /p/i.test(s))],
  W: ['[A-Za-z]+', () => {}],
  a: ['[A-Za-z]{3}', () => {}],
  j: ['\\d{1,3}', (d, s) => void (d.yday = Number(s))],
};

function strToDate(value: string, pattern: string): Value {
  const readers: ((d: MysqlDate, found: string) => void)[] = [];
  const whole = pattern.replace(/%T/g, '%H:%i:%s').replace(/%r/g, '%I:%i:%s %p');
  const source = whole.replace(/%(.)|([\\^$.*+?()[\]{}|])|\s+/gs, (all, c?: string, special?: string) => {
    if (special !== undefined) return `\\${special}`;
    if (c === undefined) return '\\s*';
    const reader = READERS[c];
    if (!reader) return all.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    readers.push(reader[1]);
    return `(${reader[0]})`;
  });
  const found = new RegExp(`^\\s*${source}`, 's').exec(value);
  if (!found) return null;
  const date: MysqlDate & { pm?: boolean; yday?: number } = {
    year: 0,
    month: 0,
    day: 0,
    hour: 0,
    minute: 0,
    second: 0,
    micro: 0,
    timed: false,
  };
  for (const [i, read] of readers.entries()) read(date, found[i + 1]!);
  if (date.pm !== undefined) date.hour = (date.hour % 12) + (date.pm ? 12 : 0);
  if (date.yday !== undefined && date.year > 0)
    Object.assign(date, dateOfSeconds((daysFromCivil(date.year, 1, 1) + date.yday - 1) * 86400), { timed: date.timed });
  const dated = /%[YymcdeDMbj]/.test(whole);
  if (!dated) return clockText(date);
  if (!parseDate(datetimeText(date))) return null;
  return date.timed ? datetimeText(date, whole.includes('%f') ? 6 : 0) : dateText(date);
}

/** Seconds of units that are always as long. */
const SECONDS: Readonly<Record<string, number>> = {
  MICROSECOND: 1e-6,
  SECOND: 1,
  MINUTE: 60,
  HOUR: 3600,
  DAY: 86400,
  WEEK: 604800,
};
const MONTHLY: Readonly<Record<string, number>> = { MONTH: 1, QUARTER: 3, YEAR: 12 };

/** An interval in months and seconds; of a unit of two (`1:30` MINUTE_SECOND) both count. */
function interval(value: Value, unit: string): { months: number; seconds: number } {
  const single = SECONDS[unit];
  if (single !== undefined)
    return { months: 0, seconds: (unit === 'SECOND' ? number(value) : Math.round(number(value))) * single };
  const monthly = MONTHLY[unit];
  if (monthly !== undefined) return { months: Math.round(number(value)) * monthly, seconds: 0 };
  const written = text(value);
  const sign = written.trim().startsWith('-') ? -1 : 1;
  const parts = (written.match(/\d+/g) ?? []).map(Number);
  if (unit === 'YEAR_MONTH')
    return { months: sign * ((parts.length > 1 ? parts.shift()! : 0) * 12 + (parts[0] ?? 0)), seconds: 0 };
  const [from, to] = unit.split('_') as [string, string];
  const order = ['DAY', 'HOUR', 'MINUTE', 'SECOND', 'MICROSECOND'];
  const units = order.slice(order.indexOf(from), order.indexOf(to) + 1);
  const used = units.slice(units.length - parts.length);
  return { months: 0, seconds: sign * used.reduce((n, u, i) => n + (parts[i] ?? 0) * SECONDS[u]!, 0) };
}

function addInterval(value: Value, amount: Value, unit: string, sign: number): Value {
  const written = text(value);
  const { months, seconds } = interval(amount, unit);
  const date = parseDate(written);
  if (!date) {
    const time = /^\s*-?\d+:\d/.test(written) ? parseTime(written) : undefined;
    return time === undefined || months !== 0 ? null : timeText(time + sign * seconds);
  }
  const moved = addMonths(date, sign * months);
  const total = secondsOfDate(moved) * 1e6 + moved.micro + Math.round(sign * seconds * 1e6);
  const micro = ((total % 1e6) + 1e6) % 1e6;
  const out = dateOfSeconds(Math.floor(total / 1e6), micro);
  if (out.year < 0 || out.year > 9999) return null;
  const timed = date.timed || /HOUR|MINUTE|SECOND/.test(unit);
  return timed ? datetimeText(out, micro > 0 ? 6 : 0) : dateText(out);
}

function part(unit: string, value: Value): Value {
  const written = text(value);
  if (
    /HOUR|MINUTE|SECOND/.test(unit) &&
    !unit.includes('DAY') &&
    (/^\s*-?\d+:\d/.test(written) || !parseDate(written))
  ) {
    const time = parseTime(written);
    if (time === undefined) return null;
    const s = Math.floor(Math.abs(time));
    return (
      {
        HOUR: Math.floor(s / 3600),
        MINUTE: Math.floor(s / 60) % 60,
        SECOND: s % 60,
        MICROSECOND: Math.round((Math.abs(time) - s) * 1e6),
      }[unit] ?? null
    );
  }
  const d = parseDate(written);
  if (!d) return null;
  switch (unit) {
    case 'YEAR':
      return d.year;
    case 'QUARTER':
      return Math.ceil(d.month / 3);
    case 'MONTH':
      return d.month;
    case 'WEEK':
      return weekOf(d, 0)[1];
    case 'DAY':
      return d.day;
    case 'HOUR':
      return d.hour;
    case 'MINUTE':
      return d.minute;
    case 'SECOND':
      return d.second;
    case 'MICROSECOND':
      return d.micro;
    case 'DAYOFWEEK':
      return weekday(d) + 1;
    case 'WEEKDAY':
      return (weekday(d) + 6) % 7;
    case 'DAYOFYEAR':
      return dayOfYear(d);
    case 'TO_DAYS':
      return daysFromCivil(d.year, d.month, d.day) + EPOCH;
    case 'YEAR_MONTH':
      return d.year * 100 + d.month;
    case 'DAY_HOUR':
      return d.day * 100 + d.hour;
    case 'HOUR_MINUTE':
      return d.hour * 100 + d.minute;
    case 'MINUTE_SECOND':
      return d.minute * 100 + d.second;
    case 'DAY_MINUTE':
      return (d.day * 100 + d.hour) * 100 + d.minute;
    case 'DAY_SECOND':
      return ((d.day * 100 + d.hour) * 100 + d.minute) * 100 + d.second;
    case 'HOUR_SECOND':
      return (d.hour * 100 + d.minute) * 100 + d.second;
    default:
      return null;
  }
}

function difference(unit: string, from: Value, to: Value): Value {
  const [a, b] = [dateOf(from), dateOf(to)];
  if (!a || !b) return null;
  const seconds = secondsOfDate(b) - secondsOfDate(a) + (b.micro - a.micro) / 1e6;
  const single = SECONDS[unit];
  if (single !== undefined) return Math.trunc(Math.round(seconds * 1e6) / (single * 1e6));
  const [early, late] = seconds < 0 ? [b, a] : [a, b];
  let months = (late.year - early.year) * 12 + late.month - early.month;
  const rest = (d: MysqlDate): number => ((d.day * 24 + d.hour) * 60 + d.minute) * 60 + d.second + d.micro / 1e6;
  if (rest(late) < rest(early)) months--;
  return Math.trunc((seconds < 0 ? -months : months) / (MONTHLY[unit] ?? 1));
}

function addTime(a: Value, b: Value, sign: number): Value {
  const time = parseTime(text(b));
  if (time === undefined) return null;
  const date = parseDate(text(a));
  if (date?.timed) {
    const total = secondsOfDate(date) + sign * time;
    return datetimeText(dateOfSeconds(Math.floor(total)));
  }
  const base = parseTime(text(a));
  return base === undefined ? null : timeText(base + sign * time);
}

/** Functions of dates and times; the zone is UTC. @param now milliseconds since the Epoch */
export const dateFunctions = (now: () => number): Readonly<Record<string, SqlFunction>> => ({
  my_now: loose([0, 1], (scale) => {
    const ms = Math.floor(now());
    return datetimeText(dateOfSeconds(Math.floor(ms / 1000), (ms % 1000) * 1000), number(scale ?? 0));
  }),
  my_date_format: strict(2, (d, pattern) => {
    const date = dateOf(d!);
    return date ? format(date, text(pattern!)) : null;
  }),
  my_time_format: strict(2, (t, pattern) => {
    const time = parseTime(text(t!));
    if (time === undefined) return null;
    const s = Math.floor(Math.abs(time));
    return format(
      {
        year: 0,
        month: 0,
        day: 0,
        hour: Math.floor(s / 3600),
        minute: Math.floor(s / 60) % 60,
        second: s % 60,
        micro: 0,
        timed: true,
      },
      text(pattern!),
    );
  }),
  my_str_to_date: strict(2, (s, pattern) => strToDate(text(s!), text(pattern!))),
  my_date_add: strict(3, (d, n, unit) => addInterval(d!, n!, text(unit!), 1)),
  my_date_sub: strict(3, (d, n, unit) => addInterval(d!, n!, text(unit!), -1)),
  my_part: strict(2, (unit, d) => part(text(unit!), d!)),
  my_week: strict(2, (d, mode) => {
    const date = dateOf(d!);
    return date ? weekOf(date, number(mode!))[1] : null;
  }),
  my_yearweek: strict(2, (d, mode) => {
    const date = dateOf(d!);
    if (!date) return null;
    const [year, week] = weekOf(date, number(mode!) | 2);
    return year * 100 + week;
  }),
  my_dayname: strict(1, (d) => {
    const date = dateOf(d!);
    return date ? DAYS[weekday(date)]! : null;
  }),
  my_monthname: strict(1, (d) => {
    const date = dateOf(d!);
    return date ? (MONTHS[date.month - 1] ?? null) : null;
  }),
  my_last_day: strict(1, (d) => {
    const date = dateOf(d!);
    return date ? dateText(dateOfSeconds((daysFromCivil(date.year, date.month + 1, 1) - 1) * 86400)) : null;
  }),
  my_datediff: strict(2, (a, b) => {
    const [x, y] = [dateOf(a!), dateOf(b!)];
    return x && y ? daysFromCivil(x.year, x.month, x.day) - daysFromCivil(y.year, y.month, y.day) : null;
  }),
  my_timestampdiff: strict(3, (unit, a, b) => difference(text(unit!), a!, b!)),
  my_unix_timestamp: strict([0, 1], (d) => {
    if (d === undefined) return Math.floor(now() / 1000);
    const date = dateOf(d);
    return date ? secondsOfDate(date) + date.micro / 1e6 : 0;
  }),
  my_from_unixtime: strict(1, (n) => (number(n!) < 0 ? null : datetimeText(dateOfSeconds(Math.floor(number(n!)))))),
  my_from_days: strict(1, (n) => dateText(dateOfSeconds((number(n!) - EPOCH) * 86400))),
  my_makedate: strict(2, (year, day) =>
    number(day!) < 1 ? null : dateText(dateOfSeconds((daysFromCivil(number(year!), 1, 1) + number(day!) - 1) * 86400)),
  ),
  my_maketime: strict(3, (h, m, s) =>
    number(m!) > 59 || number(s!) > 59
      ? null
      : timeText(Math.sign(number(h!) || 1) * (Math.abs(number(h!)) * 3600 + number(m!) * 60 + number(s!))),
  ),
  my_sec_to_time: strict(1, (n) => timeText(number(n!))),
  my_time_to_sec: strict(1, (t) => {
    const time = parseTime(text(t!));
    return time === undefined ? null : Math.trunc(time);
  }),
  my_addtime: strict(2, (a, b) => addTime(a!, b!, 1)),
  my_subtime: strict(2, (a, b) => addTime(a!, b!, -1)),
  my_timediff: strict(2, (a, b) => {
    const [x, y] = [dateOf(a!), dateOf(b!)];
    if (x?.timed && y?.timed) return timeText(secondsOfDate(x) - secondsOfDate(y));
    const [s, t] = [parseTime(text(a!)), parseTime(text(b!))];
    return s === undefined || t === undefined ? null : timeText(s - t);
  }),
  my_date: strict(1, (d) => {
    const date = dateOf(d!);
    return date ? dateText(date) : null;
  }),
  my_datetime: strict(1, (d) => {
    const date = dateOf(d!);
    return date ? datetimeText(date, date.micro > 0 ? 6 : 0) : null;
  }),
  my_time: strict(1, (t) => {
    const date = parseDate(text(t!));
    if (date && /[-/]/.test(text(t!))) return clockText(date);
    const time = parseTime(text(t!));
    return time === undefined ? null : timeText(time);
  }),
  my_convert_tz: strict(3, (d, from, to) => {
    const date = dateOf(d!);
    const offset = (zone: string): number | undefined => {
      if (/^(SYSTEM|UTC|GMT)$/i.test(zone)) return 0;
      const found = /^([+-])(\d{1,2}):(\d\d)$/.exec(zone);
      return found ? (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 3600 + Number(found[3]) * 60) : undefined;
    };
    const [a, b] = [offset(text(from!)), offset(text(to!))];
    return date && a !== undefined && b !== undefined ? datetimeText(dateOfSeconds(secondsOfDate(date) - a + b)) : null;
  }),
});
