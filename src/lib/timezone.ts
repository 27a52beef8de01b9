import { civilTime, daysFromCivil } from './civil-time.ts';

/** What a zone says about one moment. */
export interface ZoneTime {
  /** Seconds east of UTC. */
  offset: number;
  /** `UTC`, `CET`, `+03` */
  abbreviation: string;
  isDst: boolean;
}

export interface Zone {
  /** The zone's rule at `sec` seconds since the Epoch. */
  at(sec: number): ZoneTime;
}

/** Coordinated Universal Time. */
export const UTC: Zone = { at: () => ({ offset: 0, abbreviation: 'UTC', isDst: false }) };

interface Transition {
  month: number;
  week: number;
  weekday: number;
  /** Seconds after midnight, local time before the change. */
  time: number;
}

/**
 * Parses the value of TZ in the form of POSIX: `UTC0`, `CET-1CEST,M3.5.0,M10.5.0/3`, `<+03>-3` (rules only of the form Mm.w.d).
 * A TZif file has this in its last line.
 * @returns undefined for anything else
 */
export function parsePosixZone(text: string): Zone | undefined {
  const name = '([A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)';
  const time = '([+-]?\\d{1,3}(?::\\d{1,2}){0,2})';
  const rule = `M(\\d+)\\.(\\d)\\.(\\d)(?:/${time})?`;
  const match = new RegExp(`^${name}${time}(?:${name}${time}?(?:,${rule},${rule})?)?$`).exec(text);
  if (!match) return undefined;
  const standard: ZoneTime = { offset: -seconds(match[2]!), abbreviation: bare(match[1]!), isDst: false };
  if (match[3] === undefined) return { at: () => standard };
  const offset = match[4] === undefined ? standard.offset + 3600 : -seconds(match[4]);
  const summer: ZoneTime = { offset, abbreviation: bare(match[3]), isDst: true };
  const start = transition(match, 5, { month: 3, week: 2, weekday: 0, time: 7200 });
  const end = transition(match, 9, { month: 11, week: 1, weekday: 0, time: 7200 });
  return {
    at: (sec) => {
      const { year } = civilTime(sec, 0, standard.offset);
      const from = moment(year, start) - standard.offset;
      const to = moment(year, end) - summer.offset;
      const inSummer = from < to ? sec >= from && sec < to : sec >= from || sec < to;
      return inSummer ? summer : standard;
    },
  };
}

const bare = (name: string): string => name.replace(/[<>]/g, '');

function seconds(text: string): number {
  const [h = 0, m = 0, s = 0] = text.replace(/^[+-]/, '').split(':').map(Number);
  return (text[0] === '-' ? -1 : 1) * (h * 3600 + m * 60 + s);
}

function transition(match: RegExpExecArray, at: number, otherwise: Transition): Transition {
  if (match[at] === undefined) return otherwise;
  const time = match[at + 3] === undefined ? 7200 : seconds(match[at + 3]!);
  return { month: Number(match[at]), week: Number(match[at + 1]), weekday: Number(match[at + 2]), time };
}

/** Seconds of the change on the local clock. */
function moment(year: number, { month, week, weekday, time }: Transition): number {
  const first = daysFromCivil(year, month, 1);
  const firstWeekday = (((first + 4) % 7) + 7) % 7;
  let day = first + ((weekday - firstWeekday + 7) % 7) + (week - 1) * 7;
  const next = daysFromCivil(year, month + 1, 1);
  while (day >= next) day -= 7;
  return day * 86400 + time;
}

const ZONES: Readonly<Record<string, string>> = {
  UTC: 'UTC0',
  'Etc/UTC': 'UTC0',
  GMT: 'GMT0',
  'Asia/Shanghai': 'CST-8',
  'Asia/Hong_Kong': 'HKT-8',
  'Asia/Taipei': 'CST-8',
  'Asia/Singapore': '<+08>-8',
  'Asia/Tokyo': 'JST-9',
  'Asia/Seoul': 'KST-9',
  'Asia/Kolkata': 'IST-5:30',
  'Asia/Dubai': '<+04>-4',
  'Europe/London': 'GMT0BST,M3.5.0/1,M10.5.0',
  'Europe/Berlin': 'CET-1CEST,M3.5.0,M10.5.0/3',
  'Europe/Paris': 'CET-1CEST,M3.5.0,M10.5.0/3',
  'Europe/Madrid': 'CET-1CEST,M3.5.0,M10.5.0/3',
  'Europe/Rome': 'CET-1CEST,M3.5.0,M10.5.0/3',
  'Europe/Moscow': 'MSK-3',
  'Europe/Kiev': 'EET-2EEST,M3.5.0/3,M10.5.0/4',
  'America/New_York': 'EST5EDT,M3.2.0,M11.1.0',
  'America/Chicago': 'CST6CDT,M3.2.0,M11.1.0',
  'America/Denver': 'MST7MDT,M3.2.0,M11.1.0',
  'America/Los_Angeles': 'PST8PDT,M3.2.0,M11.1.0',
  'America/Sao_Paulo': '<-03>3',
  'Australia/Sydney': 'AEST-10AEDT,M10.1.0,M4.1.0/3',
};

/** Names of the zones whose present rule is known here. */
export const zoneNames = (): string[] => Object.keys(ZONES);

/** A zone by its name in the tz database, or by its rule; of the names, those that are known here. */
export function zoneByName(name: string): Zone | undefined {
  return parsePosixZone(Object.hasOwn(ZONES, name) ? ZONES[name]! : name);
}
