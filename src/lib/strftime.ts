import { type CivilTime, civilTime, daysFromCivil } from './civil-time.ts';
import { UTC, type Zone, type ZoneTime } from './timezone.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = 'January February March April May June July August September October November December'.split(' ');

interface Moment {
  sec: number;
  t: CivilTime;
  zone: ZoneTime;
}

/** A conversion: its text, or a number with its width and what fills it up. */
type Field = string | { value: number; width: number; fill: '0' | ' ' };

const number = (value: number, width: number, fill: '0' | ' ' = '0'): Field => ({ value, width, fill });
const hour12 = (hour: number): number => (hour % 12 === 0 ? 12 : hour % 12);

const FIELDS: Readonly<Record<string, (m: Moment) => Field>> = {
  a: ({ t }) => DAYS[t.weekday]!.slice(0, 3),
  A: ({ t }) => DAYS[t.weekday]!,
  b: ({ t }) => MONTHS[t.month - 1]!.slice(0, 3),
  B: ({ t }) => MONTHS[t.month - 1]!,
  c: (m) => strftimeOf('%a %b %e %H:%M:%S %Y', m),
  C: ({ t }) => number(Math.floor(t.year / 100), 2),
  d: ({ t }) => number(t.day, 2),
  D: (m) => strftimeOf('%m/%d/%y', m),
  e: ({ t }) => number(t.day, 2, ' '),
  F: (m) => strftimeOf('%Y-%m-%d', m),
  g: ({ t }) => number(isoWeek(t).year % 100, 2),
  G: ({ t }) => number(isoWeek(t).year, 4),
  h: ({ t }) => MONTHS[t.month - 1]!.slice(0, 3),
  H: ({ t }) => number(t.hour, 2),
  I: ({ t }) => number(hour12(t.hour), 2),
  j: ({ t }) => number(t.yearday, 3),
  k: ({ t }) => number(t.hour, 2, ' '),
  l: ({ t }) => number(hour12(t.hour), 2, ' '),
  m: ({ t }) => number(t.month, 2),
  M: ({ t }) => number(t.minute, 2),
  n: () => '\n',
  N: ({ t }) => number(t.nsec, 9),
  p: ({ t }) => (t.hour < 12 ? 'AM' : 'PM'),
  P: ({ t }) => (t.hour < 12 ? 'am' : 'pm'),
  q: ({ t }) => number(Math.ceil(t.month / 3), 1),
  r: (m) => strftimeOf('%I:%M:%S %p', m),
  R: (m) => strftimeOf('%H:%M', m),
  s: ({ sec }) => number(sec, 1),
  S: ({ t }) => number(t.second, 2),
  t: () => '\t',
  T: (m) => strftimeOf('%H:%M:%S', m),
  u: ({ t }) => number(t.weekday === 0 ? 7 : t.weekday, 1),
  U: ({ t }) => number(Math.floor((t.yearday + 6 - t.weekday) / 7), 2),
  V: ({ t }) => number(isoWeek(t).week, 2),
  w: ({ t }) => number(t.weekday, 1),
  W: ({ t }) => number(Math.floor((t.yearday + 6 - ((t.weekday + 6) % 7)) / 7), 2),
  x: (m) => strftimeOf('%m/%d/%y', m),
  X: (m) => strftimeOf('%H:%M:%S', m),
  y: ({ t }) => number(((t.year % 100) + 100) % 100, 2),
  Y: ({ t }) => number(t.year, t.year < 0 ? 5 : 1),
  Z: ({ zone }) => zone.abbreviation,
  '%': () => '%',
  '+': (m) => strftimeOf('%a %b %e %H:%M:%S %Z %Y', m),
};

/**
 * strftime(3) in the C locale with GNU's additions: `%N`, `%:z`, flags `-_0^#+`, widths. An unknown conversion stays as it is.
 * @param sec seconds since the Epoch
 */
export function strftime(format: string, sec: number, nsec = 0, zone: Zone = UTC): string {
  const at = zone.at(sec);
  return strftimeOf(format, { sec, t: civilTime(sec, nsec, at.offset), zone: at });
}

function strftimeOf(format: string, moment: Moment): string {
  return format.replace(
    /%([-_0^#+]*)(\d*)([EO]?)(:{1,3}z|z|[a-zA-Z%+])/g,
    (all, flags: string, width: string, _modifier, name: string) => {
      if (name.endsWith('z')) return zoneText(name, moment.zone.offset, flags, Number(width || 0));
      const make = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined;
      if (!make) return all;
      return render(make(moment), name, flags, width);
    },
  );
}

function render(field: Field, name: string, flags: string, width: string): string {
  const flag = [...flags].reverse().find((f) => '-_0+'.includes(f));
  let text: string;
  if (typeof field === 'string') {
    text = field;
    if (flags.includes('^')) text = text.toUpperCase();
    if (flags.includes('#')) text = name === 'p' || name === 'Z' ? text.toLowerCase() : text.toUpperCase();
    return text.padStart(Number(width || 0), flag === '0' ? '0' : ' ');
  }
  const fill = flag === '_' ? ' ' : flag === '0' || flag === '+' ? '0' : field.fill;
  if (name === 'N') {
    const digits = String(field.value)
      .padStart(9, '0')
      .slice(0, width === '' ? 9 : Number(width));
    const all = digits.padEnd(Number(width || 0), '0');
    const short = all.replace(/0+$/, '') || '0';
    if (flag === '-' && width !== '') return short;
    return flag === '_' ? short.padEnd(all.length) : all;
  }
  const sign = field.value < 0 ? '-' : '';
  const digits = String(Math.abs(field.value));
  if (flag === '-' && width === '') return sign + digits;
  const least = (width === '' ? field.width : Number(width)) - sign.length;
  return fill === '0' ? sign + digits.padStart(least, '0') : (sign + digits).padStart(least + sign.length, ' ');
}

/** `+hhmm`, `+hh:mm`, `+hh:mm:ss`, or as short as it can be. */
function zoneText(name: string, offset: number, flags: string, width: number): string {
  const sign = offset < 0 ? '-' : '+';
  const size = Math.abs(offset);
  const two = (n: number): string => String(n).padStart(2, '0');
  const h = two(Math.floor(size / 3600));
  const m = two(Math.floor(size / 60) % 60);
  const s = two(size % 60);
  const colons = name.length - 1;
  let text = colons === 0 ? `${h}${m}` : colons === 1 ? `${h}:${m}` : `${h}:${m}:${s}`;
  if (colons === 3) text = h + (m !== '00' || s !== '00' ? `:${m}` : '') + (s !== '00' ? `:${s}` : '');
  if (flags.includes('-')) text = text.replace(/^0/, '');
  return sign + text.padStart(width - 1, flags.includes('_') ? ' ' : '0');
}

/** Week of ISO 8601: the first one has the year's first Thursday. */
function isoWeek(t: CivilTime): { year: number; week: number } {
  const day = daysFromCivil(t.year, t.month, t.day);
  const thursday = day - ((t.weekday + 6) % 7) + 3;
  const { year } = civilTime(thursday * 86400);
  return { year, week: Math.floor((thursday - daysFromCivil(year, 1, 1)) / 7) + 1 };
}
