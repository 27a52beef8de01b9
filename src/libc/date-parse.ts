/** A point in time. */
export interface Instant {
  sec: number;
  nsec: number;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const SECONDS: Readonly<Record<string, number>> = {
  sec: 1,
  second: 1,
  min: 60,
  minute: 60,
  hour: 3600,
  day: 86400,
  week: 604800,
  fortnight: 1209600,
};
const ZONES: Readonly<Record<string, number>> = {
  utc: 0,
  gmt: 0,
  z: 0,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  cet: 1,
  cest: 2,
};

/**
 * Dates as `date -d` and `touch -d` take them: ISO 8601, RFC 2822, `@SECONDS`, `Jan 2 2024 10:00`, `yesterday`,
 * `2 days ago`, `next week`, and these combined. Times without a zone are taken at `zone` seconds east of UTC.
 * @param now seconds since the Epoch
 * @returns undefined where the text is no date
 * @see GNU coreutils manual, "Date input formats"
 */
export function parseDate(text: string, now: number, zone = 0): Instant | undefined {
  const epoch = /^@(-?\d+)(?:[.,](\d{1,9})\d*)?$/.exec(text.trim());
  if (epoch) return { sec: Number(epoch[1]), nsec: Number((epoch[2] ?? '').padEnd(9, '0')) };
  const p = new DateParser(now, zone);
  let rest = text
    .trim()
    .toLowerCase()
    .replace(/\([^)]*\)/g, ' ')
    .trim();
  while (rest !== '') {
    const used = p.take(rest);
    if (used === 0) return undefined;
    rest = rest.slice(used).replace(/^[\s,]+/, '');
  }
  return p.result();
}

class DateParser {
  private year: number;
  private month: number;
  private day: number;
  private seconds: number | undefined;
  private nsec = 0;
  private zone: number;
  private shift = 0;
  private months = 0;
  private weekday: number | undefined;
  private hasDate = false;
  private hasYear = false;
  private hasTime = false;
  private readonly nowOfDay: number;

  constructor(now: number, zone: number) {
    const local = new Date((now + zone) * 1000);
    this.year = local.getUTCFullYear();
    this.month = local.getUTCMonth();
    this.day = local.getUTCDate();
    this.zone = zone;
    this.nowOfDay = now + zone - Math.floor((now + zone) / 86400) * 86400;
  }

  /** Reads one item at the start of `s`. @returns its length, 0 where there is none */
  take(s: string): number {
    let m = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:t(?=\d))?/.exec(s) ?? undefined;
    if (m) return this.dated(m, 1, 2, 3);
    if ((m = /^(\d{4})(\d\d)(\d\d)(?![\d:])(?:t(?=\d))?/.exec(s) ?? undefined)) return this.dated(m, 1, 2, 3);
    if ((m = /^(\d{4})\/(\d{1,2})\/(\d{1,2})/.exec(s) ?? undefined)) return this.dated(m, 1, 2, 3);
    if ((m = /^(\d{1,2})\/(\d{1,2})(?:\/(\d{2,4}))?/.exec(s) ?? undefined))
      return this.date(m[3] ? Number(m[3]) : this.year, Number(m[1]), Number(m[2]), m[0].length);
    if ((m = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(am|pm)?/.exec(s) ?? undefined)) return this.clock(m);
    if ((m = /^(\d{1,2})\s*(am|pm)\b/.exec(s) ?? undefined))
      return this.clock([m[0], m[1]!, '0', undefined, undefined, m[2]]);
    if ((m = /^([-+])(\d\d):?(\d\d)?(?!\d|\s*[a-z])/.exec(s) ?? undefined) && this.seconds !== undefined) {
      this.zone = (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 3600 + Number(m[3] ?? 0) * 60);
      return m[0].length;
    }
    if (
      (m = /^(\d{1,2})[\s-]*([a-z]{3,9})\.?(?:[\s,-]+(\d{4}))?(?![a-z:])/.exec(s) ?? undefined) &&
      monthOf(m[2]!) >= 0
    )
      return this.date(m[3] ? Number(m[3]) : this.year, monthOf(m[2]!) + 1, Number(m[1]), m[0].length);
    if (
      (m = /^([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?![\d:])(?:[\s,]+(\d{4})(?!:))?/.exec(s) ?? undefined) &&
      monthOf(m[1]!) >= 0
    )
      return this.date(m[3] ? Number(m[3]) : this.year, monthOf(m[1]!) + 1, Number(m[2]), m[0].length);
    if (
      (m =
        /^([-+]?\s*\d+|next|last|this|an?)?\s*(second|sec|minute|min|hour|day|week|fortnight|month|year)s?\b(\s+ago\b)?/.exec(
          s,
        ) ?? undefined)
    )
      return this.relative(m);
    if (
      (m =
        /^(first|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth)\s+(?=[a-z])/.exec(s) ??
        undefined)
    ) {
      const rest = s.slice(m[0].length);
      const used = this.take(`${ORDINALS.indexOf(m[1]!) + 1} ${rest}`);
      return used === 0 ? 0 : used - String(ORDINALS.indexOf(m[1]!) + 1).length - 1 + m[0].length;
    }
    if ((m = /^(yesterday|tomorrow|today|now|midnight|noon)\b/.exec(s) ?? undefined)) return this.word(m[1]!);
    if ((m = /^(next\s+|last\s+)?(sun|mon|tue|wed|thu|fri|sat)[a-z]*\b/.exec(s) ?? undefined)) {
      this.weekday = DAYS.indexOf(m[2]!);
      if (m[1]?.startsWith('last')) this.shift -= 604800;
      return m[0].length;
    }
    if ((m = /^([a-z]+)\b/.exec(s) ?? undefined) && ZONES[m[1]!] !== undefined) {
      this.zone = ZONES[m[1]!]! * 3600;
      return m[0].length;
    }
    if ((m = /^(\d{4})\b/.exec(s) ?? undefined) && this.hasDate && (!this.hasYear || this.hasTime)) {
      this.year = Number(m[1]);
      this.hasYear = true;
      return m[0].length;
    }
    if ((m = /^(\d{1,2})(\d\d)?(?![\d:/a-z.-])/.exec(s) ?? undefined) && !this.hasTime)
      return this.clock([m[0], m[1], m[2] ?? '0']);
    return 0;
  }

  /** A date with its year, whose parts are these groups. */
  private dated(m: RegExpExecArray, year: number, month: number, day: number): number {
    this.hasYear = true;
    return this.date(Number(m[year]), Number(m[month]), Number(m[day]), m[0].length);
  }

  private date(year: number, month: number, day: number, used: number): number {
    if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return 0;
    this.year = year < 69 ? 2000 + year : year < 100 ? 1900 + year : year;
    this.month = month - 1;
    this.day = day;
    this.hasDate = true;
    this.seconds ??= 0;
    return used;
  }

  private clock(m: ArrayLike<string | undefined>): number {
    let hour = Number(m[1]);
    const minute = Number(m[2]);
    const second = Number(m[3] ?? 0);
    if (m[5] === 'pm' && hour < 12) hour += 12;
    if (m[5] === 'am' && hour === 12) hour = 0;
    if (hour > 23 || minute > 59 || second > 60) return 0;
    this.hasTime = true;
    this.seconds = hour * 3600 + minute * 60 + second;
    this.nsec = Number((m[4] ?? '').slice(0, 9).padEnd(9, '0'));
    return m[0]!.length;
  }

  private relative(m: RegExpExecArray): number {
    const word = m[1]?.replace(/\s/g, '');
    let count =
      word === undefined || word === 'a' || word === 'an' || word === 'next'
        ? 1
        : word === 'last'
          ? -1
          : word === 'this'
            ? 0
            : Number(word);
    if (m[3]) count = -count;
    const unit = m[2]!;
    if (unit === 'month') this.months += count;
    else if (unit === 'year') this.months += 12 * count;
    else this.shift += count * SECONDS[unit]!;
    return m[0].length;
  }

  private word(word: string): number {
    if (word === 'yesterday') this.shift -= 86400;
    if (word === 'tomorrow') this.shift += 86400;
    if (word === 'midnight') this.seconds = 0;
    if (word === 'noon') this.seconds = 43200;
    return word.length;
  }

  result(): Instant {
    let days = Date.UTC(this.year, this.month + this.months, this.day) / 86_400_000;
    if (this.weekday !== undefined) {
      const today = (((days + 4) % 7) + 7) % 7;
      days += (this.weekday - today + 7) % 7;
      this.seconds ??= 0;
    }
    return { sec: days * 86400 + Math.floor(this.seconds ?? this.nowOfDay) - this.zone + this.shift, nsec: this.nsec };
  }
}

const ORDINALS = [
  'first',
  '',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
  'eleventh',
  'twelfth',
];

/** Days of a month from 1. */
const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

function monthOf(word: string): number {
  return word.length < 3 ? -1 : MONTHS.findIndex((month) => word.startsWith(month));
}
