import type { Instant } from './date-parse.ts';

/**
 * The dates that busybox' date -d and touch -d take: `HH:MM[:SS]`, `[[YYYY.]MM.DD-]HH:MM[:SS]`, `YYYY-MM-DD[ HH:MM[:SS]]`,
 * `[[[[CC]YY]MM]DD]hhmm[.ss]`, `@SECONDS`.
 * @param now seconds since the Epoch
 * @param zone seconds east of UTC
 * @returns undefined where the text is no date
 */
export function parseBusyboxDate(text: string, now: number, zone = 0): Instant | undefined {
  const epoch = /^@(-?\d+)$/.exec(text);
  if (epoch) return { sec: Number(epoch[1]), nsec: 0 };
  const today = new Date((now + zone) * 1000);
  const fields = [today.getUTCFullYear(), today.getUTCMonth() + 1, today.getUTCDate(), 0, 0, 0];
  const set = (from: number, values: readonly (string | undefined)[]): void => {
    for (const [i, value] of values.entries()) if (value !== undefined) fields[from + i] = Number(value);
  };
  const clock = '(\\d{1,2}):(\\d{1,2})(?::(\\d{1,2}))?';
  let m: RegExpExecArray | null;
  if ((m = new RegExp(`^${clock}$`).exec(text))) set(3, m.slice(1));
  else if ((m = new RegExp(`^(?:(\\d{4})\\.)?(\\d{1,2})\\.(\\d{1,2})-${clock}$`).exec(text))) set(0, m.slice(1));
  else if ((m = new RegExp(`^(\\d{4})-(\\d{1,2})-(\\d{1,2})(?: ${clock})?$`).exec(text))) set(0, m.slice(1));
  else if ((m = /^(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(text))) {
    const digits = text.replace(/\..*/, '');
    const parts = digits.match(/\d\d/g)!;
    set(5 - 2, parts.slice(-2));
    if (parts.length > 2) set(2, [parts.at(-3)]);
    if (parts.length > 3) set(1, [parts.at(-4)]);
    if (parts.length === 6) set(0, [`${parts[0]}${parts[1]}`]);
    if (parts.length === 5) set(0, [String(Math.floor(fields[0]! / 100) * 100 + Number(parts[0]))]);
    set(5, [m[7]]);
  } else return undefined;
  const [year, month, day, hour, minute, second] = fields as [number, number, number, number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined;
  return { sec: Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - zone, nsec: 0 };
}
