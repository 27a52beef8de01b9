import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { Stat } from '../../abi/stat.ts';
import { strftime } from '../../lib/strftime.ts';
import { readFile, sleep, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { localZone } from '../../libc/zone.ts';
import { bootId, type JournalRecord, journalDirectory, journalFiles, PRIORITIES } from '../systemd/journal.ts';
import {
  type JournalFilter,
  parseMoment,
  readJournal,
  type ShortStyle,
  shortLine,
  timeOf,
} from '../systemd/journal-read.ts';
import { page } from '../systemd/pager.ts';
import { bytesText } from '../systemd/systemctl-status.ts';
import { unitName } from '../systemd/unit-load.ts';

const options = {
  unit: { short: 'u', arg: 'UNIT', many: true, help: 'Show logs from the specified unit' },
  identifier: { short: 't', arg: 'STRING', many: true, help: 'Show entries with the specified syslog identifier' },
  priority: { short: 'p', arg: 'RANGE', help: 'Show entries within the specified priority range' },
  grep: { short: 'g', arg: 'PATTERN', help: 'Show entries with MESSAGE matching PATTERN' },
  caseSensitive: { arg: 'BOOL', optional: true, help: 'Force case sensitive or insensitive matching' },
  since: { short: 'S', arg: 'DATE', help: 'Show entries not older than the specified date' },
  until: { short: 'U', arg: 'DATE', help: 'Show entries not newer than the specified date' },
  boot: { short: 'b', arg: 'ID', optional: true, help: 'Show the current boot or the specified boot' },
  dmesg: { short: 'k', help: 'Show kernel message log from the current boot' },
  output: { short: 'o', arg: 'STRING', help: 'Change journal output mode' },
  lines: { short: 'n', arg: 'INTEGER', optional: true, help: 'Number of journal entries to show' },
  reverse: { short: 'r', help: 'Show the newest entries first' },
  follow: { short: 'f', help: 'Follow the journal' },
  pagerEnd: { short: 'e', help: 'Immediately jump to the end in the pager' },
  catalog: { short: 'x', help: 'Add message explanations where available' },
  noTail: { help: 'Show all lines, even in follow mode' },
  noPager: { help: 'Do not pipe output into a pager' },
  noHostname: { help: 'Suppress output of hostname field' },
  utc: { help: 'Express time in Coordinated Universal Time (UTC)' },
  quiet: { short: 'q', help: 'Do not show info messages and privilege warning' },
  all: { short: 'a', help: 'Show all fields, including long and unprintable' },
  full: { short: 'l', help: 'Ellipsize no fields' },
  listBoots: { help: 'Show terse information about recorded boots' },
  diskUsage: { help: 'Show total disk usage of all journal files' },
  vacuumSize: { arg: 'BYTES', help: 'Reduce disk usage below specified size' },
  vacuumTime: { arg: 'TIME', help: 'Remove journal files older than specified time' },
  rotate: { help: 'Request immediate rotation of the journal files' },
  flush: { help: 'Flush all journal data from /run into /var' },
  sync: { help: 'Synchronize unwritten journal messages to disk' },
} as const;
type Ctx = Context<typeof options>;

/** Looks for new records this often, milliseconds. */
const FOLLOW_EVERY = 250;
const NEWLINE_MODES = ['verbose', 'json-pretty'];

export default program({
  name: 'journalctl',
  at: ['/usr/bin/journalctl'],
  spec: 'systemd 255 journalctl(1); without cursors, namespaces, fields lists, message explanations (-x shows the messages)',
  version: '255 (255.4-1ubuntu8.10)',
  usage: '[OPTIONS...] [MATCHES...]',
  about: 'Query the journal.',
  options,
  hint: () => '',
  // -n takes a number only where it stands beside it, or is the next word and one.
  rewrite: (argv) =>
    argv.flatMap((word, i) => (numberAfter(argv, i) ? [] : [numberAfter(argv, i + 1) ? word + argv[i + 1]! : word])),
  *main(ctx) {
    const filter = yield* filterOf(ctx);
    if (typeof filter === 'string') {
      yield* ctx.stderr.write(`${filter}\n`);
      return 1;
    }
    const { opts } = ctx;
    if (opts.diskUsage) return yield* diskUsage(ctx);
    if (opts.listBoots) return yield* listBoots(ctx);
    if (opts.rotate || opts.flush || opts.sync) return 0;
    if (opts.vacuumSize !== undefined || opts.vacuumTime !== undefined) return yield* vacuum(ctx);
    return yield* showRecords(ctx, filter);
  },
});

/** The word at `i` is the number of a `-n` (alone or last of a cluster) before it. */
const numberAfter = (argv: readonly string[], i: number): boolean =>
  i > 0 && i < argv.length && /^-[a-z]*n$/.test(argv[i - 1]!) && /^(?:\+?\d+|all)$/.test(argv[i]!);

function* filterOf(ctx: Ctx): Wait<JournalFilter | string> {
  const { opts } = ctx;
  const zone = yield* localZone(ctx.sys, opts.utc ? new Map([['TZ', 'UTC']]) : ctx.env);
  const now = ctx.sys.now(CLOCK_REALTIME);
  const filter: JournalFilter = {};
  if (opts.unit.length > 0) filter.units = opts.unit.map(unitName);
  if (opts.identifier.length > 0) filter.identifiers = opts.identifier;
  for (const key of ['since', 'until'] as const) {
    const text = opts[key];
    if (text === undefined) continue;
    const moment = parseMoment(text, now, zone);
    if (moment === undefined) return `Failed to parse timestamp: ${text}`;
    filter[key] = moment;
  }
  if (opts.priority !== undefined) {
    const [low, high] = opts.priority.split('..').map((word) => priorityOf(word));
    if (low === undefined || low < 0 || (high !== undefined && high < 0)) return `Unknown log level ${opts.priority}`;
    filter.priority = high === undefined ? [low, 0] : [Math.max(low, high), Math.min(low, high)];
  }
  if (opts.boot !== undefined || opts.dmesg) {
    const boots = yield* bootsOf(ctx);
    const which = opts.boot === undefined || opts.boot === '' ? 0 : Number(opts.boot);
    const boot = Number.isNaN(which) ? opts.boot : which <= 0 ? boots.at(which - 1) : boots[which - 1];
    if (boot === undefined)
      return `Data from the specified boot (${opts.boot}) is not available: No such boot ID in journal`;
    filter.boot = boot;
  }
  if (opts.dmesg) filter.kernel = true;
  if (opts.grep !== undefined) {
    try {
      filter.pattern = new RegExp(opts.grep, opts.grep === opts.grep.toLowerCase() ? 'i' : '');
    } catch {
      return `Bad pattern "${opts.grep}": invalid regular expression`;
    }
  }
  const fields = new Map<string, string[]>();
  for (const word of ctx.args) {
    const match = /^([A-Z_][A-Z0-9_]*)=(.*)$/s.exec(word);
    if (match) fields.set(match[1]!, [...(fields.get(match[1]!) ?? []), match[2]!]);
    else if (word.startsWith('/')) fields.set('SYSLOG_IDENTIFIER', [word.slice(word.lastIndexOf('/') + 1)]);
    else if (word !== '+') return `Failed to add match '${word}': Invalid argument`;
  }
  if (fields.size > 0) filter.fields = fields;
  return filter;
}

function priorityOf(word: string): number {
  if (/^[0-7]$/.test(word)) return Number(word);
  const alias: Readonly<Record<string, string>> = { error: 'err', warn: 'warning', panic: 'emerg' };
  return PRIORITIES.indexOf((alias[word] ?? word) as (typeof PRIORITIES)[number]);
}

/** Ids of the boots that left records, the oldest first; the present one last. */
function* bootsOf(ctx: Ctx): Wait<string[]> {
  const ids = new Set((yield* readJournal(ctx.sys, {})).map((record) => record._BOOT_ID));
  const present = yield* bootId(ctx.sys);
  ids.delete(present);
  return [...ids, present];
}

function* showRecords(ctx: Ctx, filter: JournalFilter): Wait<number> {
  const { opts, sys } = ctx;
  const mode = opts.output ?? 'short';
  const known =
    /^(?:short(?:-(?:iso|precise|iso-precise|full|unix|monotonic))?|cat|json|json-pretty|json-sse|verbose|with-unit|export)$/;
  if (!known.test(mode)) {
    yield* ctx.stderr.write(`Unknown output format '${mode}'.\n`);
    return 1;
  }
  const colour = sys.isatty(1) && !ctx.env.has('NO_COLOR');
  const style: ShortStyle = {
    zone: yield* localZone(sys, opts.utc ? new Map([['TZ', 'UTC']]) : ctx.env),
    output: mode,
    hostname: !opts.noHostname,
    paint: (code, text) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text),
  };
  let records = yield* readJournal(sys, filter);
  const first = opts.lines?.startsWith('+') === true;
  const limit = countOf(ctx);
  if (limit === undefined) {
    yield* ctx.stderr.write(`Failed to parse lines '${opts.lines}'\n`);
    return 1;
  }
  if (Number.isFinite(limit)) records = first ? records.slice(0, limit) : limit === 0 ? [] : records.slice(-limit);
  if (opts.reverse) records.reverse();
  if (records.length === 0 && !opts.follow && !opts.quiet) {
    yield* ctx.stdout.write('-- No entries --\n');
    return 0;
  }
  const text = render(records, mode, style);
  if (!opts.follow) {
    yield* page(ctx, text, { pager: !opts.noPager, toEnd: opts.pagerEnd });
    return 0;
  }
  yield* ctx.stdout.write(text);
  yield* ctx.stdout.flush();
  return yield* follow(ctx, filter, mode, style);
}

function countOf({ opts }: Ctx): number | undefined {
  if (opts.lines === undefined)
    return opts.follow && !opts.noTail ? 10 : opts.pagerEnd ? 1000 : Number.POSITIVE_INFINITY;
  if (opts.lines === '') return 10;
  if (opts.lines === 'all') return Number.POSITIVE_INFINITY;
  return /^\+?\d+$/.test(opts.lines) ? Number(opts.lines) : undefined;
}

function render(records: readonly JournalRecord[], mode: string, style: ShortStyle): string {
  let out = '';
  let boot: string | undefined;
  for (const record of records) {
    if (boot !== undefined && boot !== record._BOOT_ID && mode.startsWith('short'))
      out += `-- Boot ${record._BOOT_ID} --\n`;
    boot = record._BOOT_ID;
    out += `${recordText(record, mode, style)}\n`;
  }
  return out;
}

function recordText(record: JournalRecord, mode: string, style: ShortStyle): string {
  if (mode === 'cat') return record.MESSAGE;
  if (mode === 'json') return JSON.stringify(record);
  if (mode === 'json-sse') return `data: ${JSON.stringify(record)}\n`;
  if (mode === 'json-pretty') return JSON.stringify(record, undefined, '\t').replace(/^(\t".*?"): /gm, '$1 : ');
  const fields = Object.entries(record) as [string, string][];
  if (mode === 'export') return `${fields.map(([name, value]) => `${name}=${value}`).join('\n')}\n`;
  if (!NEWLINE_MODES.includes(mode)) return shortLine(record, style);
  const at = timeOf(record);
  const head = `${strftime('%a %Y-%m-%d %H:%M:%S', Math.floor(at / 1000), 0, style.zone)}.${String(Number(record.__REALTIME_TIMESTAMP) % 1e6).padStart(6, '0')} ${strftime('%Z', Math.floor(at / 1000), 0, style.zone)}`;
  const rest = fields.filter(([name]) => !name.startsWith('__')).map(([name, value]) => `    ${name}=${value}`);
  return `${head} [b=${record._BOOT_ID}]\n${rest.join('\n')}`;
}

/** Shows what comes until it is ended by a signal. */
function* follow(ctx: Ctx, filter: JournalFilter, mode: string, style: ShortStyle): Wait<number> {
  const { sys } = ctx;
  const file = journalFiles(yield* journalDirectory(sys))[1]!;
  const st = new Stat();
  const size = (): number => (sys.stat(file, st) === 0 ? st.size : 0);
  let seen = size();
  const shown = new Set((yield* readJournal(sys, filter)).map(keyOf));
  for (;;) {
    yield* sleep(sys, FOLLOW_EVERY);
    const now = size();
    if (now === seen) continue;
    seen = now;
    const fresh = (yield* readJournal(sys, filter)).filter((record) => !shown.has(keyOf(record)));
    for (const record of fresh) shown.add(keyOf(record));
    yield* ctx.stdout.write(render(fresh, mode, style));
    yield* ctx.stdout.flush();
  }
}

const keyOf = (record: JournalRecord): string => `${record.__REALTIME_TIMESTAMP} ${record._PID} ${record.MESSAGE}`;

function* diskUsage(ctx: Ctx): Wait<number> {
  const st = new Stat();
  let total = 0;
  for (const path of journalFiles(yield* journalDirectory(ctx.sys))) if (ctx.sys.stat(path, st) === 0) total += st.size;
  yield* ctx.stdout.write(`Archived and active journals take up ${bytesText(total)} in the file system.\n`);
  return 0;
}

function* listBoots(ctx: Ctx): Wait<number> {
  const records = yield* readJournal(ctx.sys, {});
  const boots = yield* bootsOf(ctx);
  const zone = yield* localZone(ctx.sys, ctx.env);
  const time = (record: JournalRecord | undefined): string =>
    record === undefined ? '' : strftime('%a %Y-%m-%d %H:%M:%S %Z', Math.floor(timeOf(record) / 1000), 0, zone);
  const width = time(records[0]).length;
  yield* ctx.stdout.write(`IDX ${'BOOT ID'.padEnd(32)} ${'FIRST ENTRY'.padEnd(width)} LAST ENTRY\n`);
  for (const [i, boot] of boots.entries()) {
    const own = records.filter((record) => record._BOOT_ID === boot);
    const index = String(i - boots.length + 1).padStart(3);
    yield* ctx.stdout.write(`${index} ${boot} ${time(own[0]).padEnd(width)} ${time(own.at(-1))}\n`);
  }
  return 0;
}

/** Removes the archived journal: the only part that can go. */
function* vacuum(ctx: Ctx): Wait<number> {
  const directory = yield* journalDirectory(ctx.sys);
  const archived = journalFiles(directory)[0]!;
  const bytes = yield* readFile(ctx.sys, archived);
  const freed = typeof bytes === 'number' ? 0 : bytes.length;
  if (freed > 0) {
    ctx.sys.unlink(archived);
    yield* ctx.stderr.write(`Deleted archived journal ${archived} (${bytesText(freed)}).\n`);
  }
  yield* ctx.stderr.write(
    `Vacuuming done, freed ${freed === 0 ? '0B' : bytesText(freed)} of archived journals from ${directory}.\n`,
  );
  return 0;
}
