import { civilTime, daysInMonth, secondsOf } from '../../../lib/civil-time.ts';

/** A moment: microseconds since the Epoch, UTC. */
const PATTERN =
  /^\s*(\d{4,})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?\s*$/i;

/** @returns microseconds since the Epoch; undefined: it is none */
export function parseMoment(text: string, now: number): number | undefined {
  const word = text.trim().toLowerCase();
  const day = Math.floor(now / 86400000) * 86400000;
  if (word === 'now') return now * 1000;
  if (word === 'today') return day * 1000;
  if (word === 'tomorrow') return (day + 86400000) * 1000;
  if (word === 'yesterday') return (day - 86400000) * 1000;
  if (word === 'epoch') return 0;
  const m = PATTERN.exec(text);
  if (!m) return undefined;
  const [year, month, date] = [Number(m[1]), Number(m[2]), Number(m[3])];
  if (month < 1 || month > 12 || date < 1 || date > daysInMonth(year, month)) return undefined;
  const [hour, minute, second] = [Number(m[4] ?? 0), Number(m[5] ?? 0), Number(m[6] ?? 0)];
  if (hour > 24 || minute > 59 || second > 60) return undefined;
  const micros = Number((m[7] ?? '').padEnd(6, '0').slice(0, 6));
  const zone = /^([+-])(\d{2}):?(\d{2})?$/.exec(m[8] ?? '');
  const offset = zone ? (Number(zone[2]) * 60 + Number(zone[3] ?? 0)) * (zone[1] === '-' ? -60 : 60) : 0;
  return (secondsOf(year, month, date, hour, minute, second) - offset) * 1e6 + micros;
}

export interface Moment {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  micros: number;
}

export function fields(micros: number): Moment {
  const sec = Math.floor(micros / 1e6);
  const t = civilTime(sec);
  return {
    year: t.year,
    month: t.month,
    day: t.day,
    hour: t.hour,
    minute: t.minute,
    second: t.second,
    micros: Math.round(micros - sec * 1e6),
  };
}

const two = (n: number): string => String(n).padStart(2, '0');

/** As PostgreSQL writes a moment with DateStyle ISO. */
export function momentText(micros: number, type: 'date' | 'timestamp' | 'timestamptz'): string {
  const t = fields(micros);
  const date = `${String(t.year).padStart(4, '0')}-${two(t.month)}-${two(t.day)}`;
  if (type === 'date') return date;
  const fraction = t.micros === 0 ? '' : `.${String(t.micros).padStart(6, '0').replace(/0+$/, '')}`;
  return `${date} ${two(t.hour)}:${two(t.minute)}:${two(t.second)}${fraction}${type === 'timestamptz' ? '+00' : ''}`;
}

export interface Interval {
  months: number;
  days: number;
  micros: number;
}

const UNITS: Readonly<Record<string, [keyof Interval, number]>> = {
  microsecond: ['micros', 1],
  millisecond: ['micros', 1000],
  second: ['micros', 1e6],
  sec: ['micros', 1e6],
  s: ['micros', 1e6],
  minute: ['micros', 6e7],
  min: ['micros', 6e7],
  hour: ['micros', 3.6e9],
  h: ['micros', 3.6e9],
  day: ['days', 1],
  d: ['days', 1],
  week: ['days', 7],
  month: ['months', 1],
  mon: ['months', 1],
  year: ['months', 12],
  y: ['months', 12],
  decade: ['months', 120],
  century: ['months', 1200],
};

/** @returns undefined: it is none */
export function parseInterval(text: string): Interval | undefined {
  const out: Interval = { months: 0, days: 0, micros: 0 };
  const rest = text.replace(
    /([+-]?\d+(?:\.\d+)?)\s*([a-z]+)|([+-]?)(\d+):(\d{2})(?::(\d{2}(?:\.\d+)?))?/gi,
    (whole, n, unit, sign, h, m, s) => {
      if (unit === undefined) {
        out.micros += (Number(h) * 3600 + Number(m) * 60 + Number(s ?? 0)) * 1e6 * (sign === '-' ? -1 : 1);
        return '';
      }
      const word = String(unit).toLowerCase();
      const found = UNITS[word] ?? UNITS[word.replace(/s$/, '')];
      if (!found) return whole;
      out[found[0]] += Number(n) * found[1];
      return '';
    },
  );
  return rest.trim() === '' && text.trim() !== '' ? out : undefined;
}

const plural = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`;

export function intervalText({ months, days, micros }: Interval): string {
  const parts: string[] = [];
  const years = Math.trunc(months / 12);
  if (years !== 0) parts.push(plural(years, 'year'));
  if (months % 12 !== 0) parts.push(plural(months % 12, 'mon'));
  if (days !== 0) parts.push(plural(days, 'day'));
  if (micros !== 0 || parts.length === 0) {
    const whole = Math.abs(micros);
    const fraction =
      whole % 1e6 === 0
        ? ''
        : `.${String(whole % 1e6)
            .padStart(6, '0')
            .replace(/0+$/, '')}`;
    const sec = Math.floor(whole / 1e6);
    parts.push(
      `${micros < 0 ? '-' : ''}${two(Math.floor(sec / 3600))}:${two(Math.floor(sec / 60) % 60)}:${two(sec % 60)}${fraction}`,
    );
  }
  return parts.join(' ');
}

export function addInterval(micros: number, { months, days, micros: more }: Interval, sign: number): number {
  let at = micros;
  if (months !== 0) {
    const t = fields(at);
    const count = t.year * 12 + t.month - 1 + sign * months;
    const [year, month] = [Math.floor(count / 12), (count % 12) + 1];
    const day = Math.min(t.day, daysInMonth(year, month));
    at = secondsOf(year, month, day, t.hour, t.minute, t.second) * 1e6 + t.micros;
  }
  return at + sign * (days * 8.64e10 + more);
}

/** The part of a moment that EXTRACT names. @returns undefined: there is no such part */
export function extract(field: string, micros: number): number | undefined {
  const t = fields(micros);
  const days = Math.floor(micros / 8.64e10);
  const dow = (((days + 4) % 7) + 7) % 7;
  switch (field.toLowerCase()) {
    case 'year':
      return t.year;
    case 'month':
      return t.month;
    case 'day':
      return t.day;
    case 'hour':
      return t.hour;
    case 'minute':
      return t.minute;
    case 'second':
      return t.second + t.micros / 1e6;
    case 'quarter':
      return Math.ceil(t.month / 3);
    case 'dow':
      return dow;
    case 'isodow':
      return dow === 0 ? 7 : dow;
    case 'doy':
      return days - Math.floor(secondsOf(t.year, 1, 1) / 86400) + 1;
    case 'epoch':
      return micros / 1e6;
    case 'week': {
      const thursday = days - ((dow + 6) % 7) + 3;
      const first = Math.floor(secondsOf(fields(thursday * 8.64e10).year, 1, 1) / 86400);
      return Math.floor((thursday - first) / 7) + 1;
    }
    default:
      return undefined;
  }
}

/** date_trunc. */
export function truncate(unit: string, micros: number): number | undefined {
  const t = fields(micros);
  const at = (...parts: [number, number, number, number?, number?, number?]): number => secondsOf(...parts) * 1e6;
  switch (unit.toLowerCase()) {
    case 'year':
      return at(t.year, 1, 1);
    case 'quarter':
      return at(t.year, Math.floor((t.month - 1) / 3) * 3 + 1, 1);
    case 'month':
      return at(t.year, t.month, 1);
    case 'week':
      return at(t.year, t.month, t.day) - ((extract('isodow', micros) ?? 1) - 1) * 8.64e10;
    case 'day':
      return at(t.year, t.month, t.day);
    case 'hour':
      return at(t.year, t.month, t.day, t.hour);
    case 'minute':
      return at(t.year, t.month, t.day, t.hour, t.minute);
    case 'second':
      return at(t.year, t.month, t.day, t.hour, t.minute, t.second);
    default:
      return undefined;
  }
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** to_char of a moment. */
export function momentPattern(micros: number, pattern: string): string {
  const t = fields(micros);
  const day = DAYS[extract('dow', micros) ?? 0]!;
  const month = MONTHS[t.month - 1]!;
  return pattern.replace(
    /"([^"]*)"|YYYY|YY|MM|Month|MONTH|month|Mon|MON|mon|DDD|DD|Day|DAY|day|Dy|DY|dy|HH24|HH12|HH|MI|SS|MS|US|AM|PM|am|pm|Q|WW|IW|FM|TZ/g,
    (word: string, quoted: string | undefined) => {
      if (quoted !== undefined) return quoted;
      const named: Readonly<Record<string, string>> = {
        YYYY: String(t.year).padStart(4, '0'),
        YY: two(t.year % 100),
        MM: two(t.month),
        Month: pattern.includes('FM') ? month : month.padEnd(9),
        MONTH: month.toUpperCase().padEnd(9),
        month: month.toLowerCase().padEnd(9),
        Mon: month.slice(0, 3),
        MON: month.slice(0, 3).toUpperCase(),
        mon: month.slice(0, 3).toLowerCase(),
        DDD: String(extract('doy', micros)).padStart(3, '0'),
        DD: two(t.day),
        Day: pattern.includes('FM') ? day : day.padEnd(9),
        DAY: day.toUpperCase().padEnd(9),
        day: day.toLowerCase().padEnd(9),
        Dy: day.slice(0, 3),
        DY: day.slice(0, 3).toUpperCase(),
        dy: day.slice(0, 3).toLowerCase(),
        HH24: two(t.hour),
        HH12: two(t.hour % 12 || 12),
        HH: two(t.hour % 12 || 12),
        MI: two(t.minute),
        SS: two(t.second),
        MS: String(Math.floor(t.micros / 1000)).padStart(3, '0'),
        US: String(t.micros).padStart(6, '0'),
        Q: String(Math.ceil(t.month / 3)),
        WW: two(Math.ceil((extract('doy', micros) ?? 1) / 7)),
        IW: two(extract('week', micros) ?? 1),
        FM: '',
        TZ: 'UTC',
      };
      const half = t.hour < 12 ? 'am' : 'pm';
      return named[word] ?? (word === word.toUpperCase() ? half.toUpperCase() : half);
    },
  );
}
