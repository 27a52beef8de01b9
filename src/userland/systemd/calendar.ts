import { civilTime, daysFromCivil } from '../../lib/civil-time.ts';

const SHORT: Readonly<Record<string, string>> = {
  minutely: '*-*-* *:*:00',
  hourly: '*-*-* *:00:00',
  daily: '*-*-* 00:00:00',
  midnight: '*-*-* 00:00:00',
  monthly: '*-*-01 00:00:00',
  weekly: 'Mon *-*-* 00:00:00',
  yearly: '*-01-01 00:00:00',
  annually: '*-01-01 00:00:00',
  quarterly: '*-01,04,07,10-01 00:00:00',
};
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

type Test = (value: number) => boolean;

/** A time that comes again. @see systemd.time(7), "CALENDAR EVENTS" */
export interface CalendarEvent {
  /** The next moment after `sec`, both seconds since the Epoch, UTC; undefined: there is none within four years. */
  next(sec: number): number | undefined;
}

/** @returns undefined for a text that is none, or that has zones or fractions */
export function parseCalendar(text: string): CalendarEvent | undefined {
  const full = SHORT[text.trim().toLowerCase()] ?? text.trim();
  const match =
    /^(?:([A-Za-z.,-]+)\s+)?(?:(?:([^\s:-]+)-)?([^\s:-]+)-([^\s:-]+)\s*)?(?:\s*([^\s:]+):([^\s:]+)(?::([^\s:]+))?)?(?:\s+UTC)?$/.exec(
      full,
    );
  if (!match) return undefined;
  const [, days, year = '*', month = '*', day = '*', hour = '00', minute = '00', second = '00'] = match;
  const tests = [year, month, day, hour, minute, second].map((field, i) =>
    fieldTest(field, i === 0 ? 1970 : i < 3 ? 1 : 0),
  );
  const weekday = days === undefined ? () => true : dayTest(days);
  if (weekday === undefined || tests.some((test) => test === undefined)) return undefined;
  const [isYear, isMonth, isDay, isHour, isMinute, isSecond] = tests as Test[];
  return {
    next(sec) {
      const from = sec + 1;
      const first = Math.floor(from / 86400);
      for (let d = first; d < first + 4 * 366; d++) {
        const t = civilTime(d * 86400, 0, 0);
        if (!isYear!(t.year) || !isMonth!(t.month) || !isDay!(t.day) || !weekday(t.weekday)) continue;
        for (let m = 0; m < 1440; m++) {
          if (!isHour!(Math.floor(m / 60)) || !isMinute!(m % 60)) continue;
          for (let s = 0; s < 60; s++) {
            const at = daysFromCivil(t.year, t.month, t.day) * 86400 + m * 60 + s;
            if (at >= from && isSecond!(s)) return at;
          }
        }
      }
      return undefined;
    },
  };
}

function fieldTest(field: string, base: number): Test | undefined {
  const parts = field.split(',').map((part): Test | undefined => {
    const match = /^(\*|\d+)(?:\.\.(\d+))?(?:\/(\d+))?$/.exec(part);
    if (!match) return undefined;
    const from = match[1] === '*' ? base : Number(match[1]);
    const to =
      match[2] === undefined ? (match[1] === '*' || match[3] ? Number.POSITIVE_INFINITY : from) : Number(match[2]);
    const step = Number(match[3] ?? 1);
    return (value) => value >= from && value <= to && (value - from) % step === 0;
  });
  if (parts.some((part) => part === undefined)) return undefined;
  return (value) => parts.some((part) => part!(value));
}

function dayTest(text: string): Test | undefined {
  const days = new Set<number>();
  for (const part of text.toLowerCase().split(',')) {
    const [from, to = from] = part.split(/\.\.|-/).map((name) => DAYS.indexOf(name.slice(0, 3)));
    if (from === undefined || to === undefined || from < 0 || to < 0) return undefined;
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === to) break;
    }
  }
  return (value) => days.has(value);
}
