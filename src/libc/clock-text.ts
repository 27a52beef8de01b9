/** Calendar fields of a time, UTC. Month 1..12, weekday 0 (Sunday)..6. */
export interface Calendar {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  weekday: number;
  yearday: number;
}

export const MONTH_NAMES = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const DAY_NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** Breaks seconds since the Epoch up, as gmtime(3). */
export function calendar(sec: number): Calendar {
  const d = new Date(sec * 1000);
  const year = d.getUTCFullYear();
  return {
    year,
    month: d.getUTCMonth() + 1,
    day: d.getUTCDate(),
    hour: d.getUTCHours(),
    minute: d.getUTCMinutes(),
    second: d.getUTCSeconds(),
    weekday: d.getUTCDay(),
    yearday: Math.floor((Date.UTC(year, d.getUTCMonth(), d.getUTCDate()) - Date.UTC(year, 0, 1)) / 86_400_000) + 1,
  };
}

export const two = (n: number): string => String(n).padStart(2, '0');

/** The date column of ls -l: with the clock for the last half year, else with the year. */
export function listDate(sec: number, now: number): string {
  const c = calendar(sec);
  const recent = sec <= now && now - sec < 31556952 / 2;
  const head = `${MONTH_NAMES[c.month - 1]!.slice(0, 3)} ${String(c.day).padStart(2)}`;
  return recent ? `${head} ${two(c.hour)}:${two(c.minute)}` : `${head}  ${c.year}`;
}

/** `2026-11-25 13:20:01.123456789 +0000` */
export function fullTime(sec: number, nsec: number): string {
  const c = calendar(sec);
  return `${c.year}-${two(c.month)}-${two(c.day)} ${two(c.hour)}:${two(c.minute)}:${two(c.second)}.${String(nsec).padStart(9, '0')} +0000`;
}
