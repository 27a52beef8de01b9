import { civilTime } from '../../lib/civil-time.ts';

/** One job: when, as whom, what. @see crontab(5) */
export interface CronJob {
  /** Minute, hour, day of month, month, day of week (0 Sunday); undefined for @reboot. */
  fields: readonly ReadonlySet<number>[] | undefined;
  /** Both days were restricted: one of them is enough. */
  eitherDay: boolean;
  user: string | undefined;
  command: string;
  /** Assignments above it. */
  env: ReadonlyMap<string, string>;
}

const RANGES: readonly (readonly [number, number])[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
];
const WORDS = ['minute', 'hour', 'day-of-month', 'month', 'day-of-week'] as const;
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS = 'sun mon tue wed thu fri sat'.split(' ');
const SHORT: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** What is wrong with a line: `"file":LINE: bad minute`. */
export interface CronProblem {
  line: number;
  message: string;
}

/** Reads a table of jobs. @param system with a user in each line (/etc/crontab, /etc/cron.d) */
export function parseCrontab(text: string, system: boolean): { jobs: CronJob[]; problems: CronProblem[] } {
  const jobs: CronJob[] = [];
  const problems: CronProblem[] = [];
  const env = new Map<string, string>();
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const assignment = /^([A-Za-z_]\w*|"[^"]*")\s*=\s*(.*)$/.exec(line);
    if (assignment) {
      env.set(assignment[1]!.replaceAll('"', ''), assignment[2]!.replace(/^(["'])(.*)\1$/, '$2'));
      continue;
    }
    const job = parseJob(line, system, new Map(env));
    if (typeof job === 'string') problems.push({ line: i + 1, message: job });
    else jobs.push(job);
  }
  return { jobs, problems };
}

function parseJob(line: string, system: boolean, env: ReadonlyMap<string, string>): CronJob | string {
  const at = /^(@\w+)\s+(.*)$/.exec(line);
  let rest: string;
  let fields: Set<number>[] | undefined;
  let words: string[] = [];
  if (at?.[1] === '@reboot') rest = at[2]!;
  else {
    if (at && !SHORT[at[1]!]) return 'bad time specifier';
    const match = /^(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\S+)(?:\s+([\s\S]*))?$/.exec(
      at ? `${SHORT[at[1]!]} ${at[2]}` : line,
    );
    if (!match) return `bad ${WORDS[Math.min(4, line.split(/\s+/).length - 1)]}`;
    words = match.slice(1, 6);
    fields = [];
    for (const [i, word] of words.entries()) {
      const values = parseField(word, i);
      if (!values) return `bad ${WORDS[i]}`;
      fields.push(values);
    }
    rest = match[6] ?? '';
  }
  let user: string | undefined;
  if (system) {
    const match = /^(\S+)\s+(.*)$/.exec(rest);
    if (!match) return 'bad username';
    [, user, rest] = match as unknown as [string, string, string];
  }
  if (rest === '') return 'bad command';
  const eitherDay = fields !== undefined && !words[2]!.startsWith('*') && !words[4]!.startsWith('*');
  return { fields, eitherDay, user, command: rest, env };
}

function parseField(text: string, at: number): Set<number> | undefined {
  const [low, high] = RANGES[at]!;
  const values = new Set<number>();
  const number = (word: string): number => {
    const names = at === 3 ? MONTHS : at === 4 ? DAYS : [];
    const named = names.indexOf(word.toLowerCase());
    if (named >= 0) return named + (at === 3 ? 1 : 0);
    return /^\d+$/.test(word) ? Number(word) : Number.NaN;
  };
  for (const part of text.split(',')) {
    const match = /^(\*|[A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?(?:\/(\d+))?$/.exec(part);
    if (!match) return undefined;
    const from = match[1] === '*' ? low : number(match[1]!);
    const to =
      match[1] === '*' ? high : match[2] === undefined ? (match[3] === undefined ? from : high) : number(match[2]);
    const step = Number(match[3] ?? 1);
    if (!(from >= low && to <= high && from <= to) || step === 0) return undefined;
    for (let value = from; value <= to; value += step) values.add(at === 4 && value === 7 ? 0 : value);
  }
  return values;
}

/** Is the job due in the minute that begins at `sec`, on a clock `offset` seconds east of UTC? */
export function isDue(job: CronJob, sec: number, offset: number): boolean {
  if (!job.fields) return false;
  const t = civilTime(sec, 0, offset);
  const [minute, hour, day, month, weekday] = job.fields;
  if (!minute!.has(t.minute) || !hour!.has(t.hour) || !month!.has(t.month)) return false;
  const [onDay, onWeekday] = [day!.has(t.day), weekday!.has(t.weekday)];
  return job.eitherDay ? onDay || onWeekday : onDay && onWeekday;
}
