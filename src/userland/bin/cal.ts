import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { calendar, MONTH_NAMES } from '../../libc/clock-text.ts';
import { basename } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';

const options = {
  three: { short: '3', long: false, help: 'the month before, this one and the next' },
  one: { short: '1', long: false, help: 'one month (default)' },
  year: { short: 'y', long: false, help: 'the whole year' },
  julian: { short: 'j', long: false, help: 'number the days of the year' },
  monday: { short: 'M', long: false, busybox: false, help: 'weeks begin on Monday' },
  sunday: { short: 'S', long: false, busybox: false, help: 'weeks begin on Sunday' },
  busyboxMonday: { short: 'm', long: false, busybox: 'only', help: 'Week starts on Monday' },
  month: { short: 'm', long: false, arg: 'month', busybox: false, help: 'the month' },
  after: { short: 'A', long: false, arg: 'months', busybox: false, help: 'so many months after it too' },
  before: { short: 'B', long: false, arg: 'months', busybox: false, help: 'so many months before it too' },
  current: { short: 'd', long: false, arg: 'yyyy-mm', busybox: false, help: 'as if this were the month' },
  noHighlight: { short: 'h', long: false, busybox: false, help: 'do not highlight today' },
  weeks: { short: 'w', long: false, busybox: false, help: 'numbers of the weeks (ncal)' },
  classic: { short: 'C', long: false, busybox: false, help: "cal's layout" },
  ncal: { short: 'N', long: false, busybox: false, help: "ncal's layout" },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'cal',
  at: ['/usr/bin/cal', '/usr/bin/ncal'],
  spec: 'cal(1) of bsdmainutils 12 (Debian: ncal) and of busybox; without Easter, -p, -s and -b',
  usage: '[-3hjy] [-A number] [-B number] [[month] year]',
  about: 'Display a calendar.',
  options,
  busybox: {
    at: '/usr/bin/cal',
    long: [],
    usage: '[-jmy] [[MONTH] YEAR]',
    help: 'Display a calendar\n\n\t-j\tUse julian dates\n\t-m\tWeek starts on Monday\n\t-y\tDisplay the entire year\n',
  },
  usageStatus: 64,
  *main(ctx) {
    const { opts, args, form } = ctx;
    const gnu = form === 'gnu';
    if (args.length > 2) return yield* ctx.usage();
    const now = calendar(Math.floor(ctx.sys.now(CLOCK_REALTIME) / 1000));
    let [year, month] = [now.year, now.month];
    const given = opts.current === undefined ? null : /^(\d{1,4})-(\d{1,2})$/.exec(opts.current);
    if (given) [year, month] = [Number(given[1]), Number(given[2])];
    const yearText = args.at(-1);
    if (yearText !== undefined) {
      if (!/^\d+$/.test(yearText))
        return yield* ctx.die(gnu ? `not a valid year ${yearText}` : `invalid number '${yearText}'`, gnu ? 64 : 1);
      year = Number(yearText);
      if (year < 1 || year > 9999)
        return yield* ctx.die(
          gnu ? `year \`${year}' not in range 1..9999` : `number ${year} is not in 1..9999 range`,
          gnu ? 64 : 1,
        );
    }
    const monthText = opts.month ?? (args.length === 2 ? args[0] : undefined);
    if (monthText !== undefined) {
      const named = gnu
        ? MONTH_NAMES.findIndex((m) => monthText.length > 2 && m.toLowerCase().startsWith(monthText.toLowerCase()))
        : -1;
      month = named >= 0 ? named + 1 : Number(monthText);
      if (!Number.isInteger(month) || month < 1 || month > 12)
        return yield* ctx.die(
          gnu
            ? `${monthText} is neither a month number (1..12) nor a name`
            : `number ${monthText} is not in 1..12 range`,
          gnu ? 64 : 1,
        );
    }
    const wholeYear = opts.year || (args.length === 1 && opts.month === undefined);
    const before = wholeYear ? month - 1 : opts.three ? 1 : Number(opts.before ?? 0);
    const after = wholeYear ? 12 - month : opts.three ? 1 : Number(opts.after ?? 0);
    const today =
      gnu && !opts.noHighlight && ctx.sys.isatty(1) ? { year: now.year, month: now.month, day: now.day } : undefined;
    const layout: Layout = {
      julian: opts.julian,
      monday: opts.monday || opts.busyboxMonday,
      year: wholeYear,
      trim: !gnu,
      weeks: opts.weeks,
      today,
    };
    const months: [number, number][] = [];
    for (let m = -before; m <= after; m++) {
      const index = year * 12 + month - 1 + m;
      months.push([Math.floor(index / 12), (index % 12) + 1]);
    }
    const sideways = (basename(ctx.sys.argv[0] ?? '') === 'ncal' && !opts.classic) || opts.ncal;
    yield* ctx.stdout.write(sideways && gnu ? ncalText(months, layout, wholeYear) : calText(ctx, months, layout, year));
    return 0;
  },
});

interface Layout {
  julian: boolean;
  monday: boolean;
  year: boolean;
  /** Without blanks at the ends of lines. */
  trim: boolean;
  weeks: boolean;
  today: { year: number; month: number; day: number } | undefined;
}

const isLeap = (year: number): boolean =>
  year <= 1752 ? year % 4 === 0 : year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const monthLength = (year: number, month: number): number =>
  LENGTHS[month - 1]! + (month === 2 && isLeap(year) ? 1 : 0);

/** The days of a month, of September 1752 as they were in Britain. */
function daysOf(year: number, month: number): number[] {
  const all = Array.from({ length: monthLength(year, month) }, (_, i) => i + 1);
  return year === 1752 && month === 9 ? all.filter((day) => day < 3 || day > 13) : all;
}

/** 0 is Sunday. */
function weekday(year: number, month: number, day: number): number {
  const old = year < 1752 || (year === 1752 && (month < 9 || (month === 9 && day < 14)));
  const y = month < 3 ? year - 1 : year;
  const m = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4][month - 1]!;
  const base = y + Math.floor(y / 4) + m + day;
  return old ? (base + 5) % 7 : (base - Math.floor(y / 100) + Math.floor(y / 400)) % 7;
}

function dayOfYear(year: number, month: number, day: number): number {
  let n = day;
  for (let m = 1; m < month; m++) n += daysOf(year, m).length;
  return year === 1752 && month === 9 && day > 2 ? n - 11 : n;
}

function cell(year: number, month: number, day: number, layout: Layout): string {
  const text = layout.julian ? String(dayOfYear(year, month, day)).padStart(3) : String(day).padStart(2);
  const { today } = layout;
  const lit = today && today.year === year && today.month === month && today.day === day;
  return lit ? `\x1b[7m${text}\x1b[27m` : text;
}

/** Days in cells, by column of the first week and on. */
function cells(year: number, month: number, layout: Layout): string[] {
  const first = (weekday(year, month, 1) + (layout.monday ? 6 : 0)) % 7;
  return [...Array<string>(first).fill(''), ...daysOf(year, month).map((day) => cell(year, month, day, layout))];
}

function center(text: string, width: number, trim: boolean): string {
  const left = Math.floor((width - text.length) / 2);
  const out = ' '.repeat(Math.max(0, left)) + text;
  return trim ? out : out.padEnd(width);
}

function calText(ctx: Pick<Ctx, 'form'>, months: readonly [number, number][], layout: Layout, year: number): string {
  const wide = layout.julian ? 3 : 2;
  const width = wide * 7 + 6;
  const perRow = layout.julian && layout.year ? 2 : 3;
  const gap = '  ';
  const names = ['Su', 'Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa'];
  if (layout.monday) names.push(names.shift()!);
  const heading = names.map((name) => name.padStart(wide)).join(' ');
  const busybox = ctx.form === 'busybox';
  let out = '';
  if (layout.year) {
    const all = perRow * width + (perRow - 1) * 2;
    out += busybox
      ? `${center(String(year), all, false)}\n\n`
      : `${' '.repeat(Math.floor((all - 4) / 2) - 2)}${year}\n`;
  }
  for (let i = 0; i < months.length; i += perRow) {
    const group = months.slice(i, i + perRow);
    const line = (parts: readonly string[]): string => {
      const text = parts.map((part) => part.padEnd(width + lit(part))).join(gap);
      if (busybox) return `${layout.trim ? text.replace(/ +$/, '') : text}\n`;
      return `${text}  \n`;
    };
    const titles = group.map(([y, m]) =>
      center(layout.year ? MONTH_NAMES[m - 1]! : `${MONTH_NAMES[m - 1]} ${y}`, width, false),
    );
    out += busybox && layout.year ? `${titles.join(gap)}\n` : line(titles);
    out += line(group.map(() => heading));
    const all = group.map(([y, m]) => cells(y, m, layout));
    for (let week = 0; week < 6; week++) {
      const parts = all.map((days) => {
        const row = days.slice(week * 7, week * 7 + 7);
        return row.map((day) => day.padStart(wide)).join(' ');
      });
      const blank = parts.every((part) => part.trim() === '');
      out += busybox && blank ? `${' '.repeat(layout.year ? 79 : width + 1)}\n` : line(parts);
    }
    if (layout.year && i + perRow < months.length) out += busybox ? '' : '\n';
  }
  return out;
}

/** How much longer a text is than it looks. */
const lit = (text: string): number => (text.includes('\x1b') ? 9 : 0);

/** Weeks as columns. */
function ncalText(months: readonly [number, number][], layout: Layout, wholeYear: boolean): string {
  const wide = layout.julian ? 3 : 2;
  const names = ['Su', 'Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa'];
  if (layout.monday) names.push(names.shift()!);
  const width = (wide + 1) * 6;
  let out = '';
  const perRow = wholeYear ? 4 : months.length;
  if (wholeYear) out += `${' '.repeat(34)}${months[0]![0]}\n`;
  for (let i = 0; i < months.length; i += perRow) {
    const group = months.slice(i, i + perRow);
    const titles = group.map(([y, m]) =>
      center(wholeYear ? MONTH_NAMES[m - 1]! : `${MONTH_NAMES[m - 1]} ${y}`, width, false),
    );
    out += `  ${titles.join('')}  \n`;
    const all = group.map(([y, m]) => cells(y, m, layout));
    for (let day = 0; day < 7; day++) {
      const rows = all.map((days) => {
        let row = '';
        for (let week = 0; week < 6; week++) row += ` ${(days[week * 7 + day] ?? '').padStart(wide)}`;
        return row.padEnd(width + lit(row));
      });
      out += `${names[day]}${rows.join('')}\n`;
    }
    if (layout.weeks) {
      const numbers = group.map(([y, m]) => weekNumbers(y, m, wide).padEnd(width));
      out += `  ${numbers.join('')}\n`;
    }
  }
  return out;
}

function weekNumbers(year: number, month: number, wide: number): string {
  const first = weekday(year, month, 1);
  const weeks = Math.ceil((first + daysOf(year, month).length) / 7);
  const begin = Math.ceil((dayOfYear(year, month, 1) + weekday(year, 1, 1)) / 7);
  return Array.from({ length: weeks }, (_, i) => ` ${String(begin + i).padStart(wide)}`).join('');
}
