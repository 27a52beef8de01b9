import { ESRCH } from '../../abi/errno.ts';
import { decode } from '../../lib/utf8.ts';
import { execCommand } from '../../libc/exec-command.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';

/** Resources: option, letter, RLIMIT number, name in /proc/PID/limits, description, unit. */
const RESOURCES = [
  ['as', 'v', 9, 'address space', 'address space limit', 'bytes'],
  ['core', 'c', 4, 'core file size', 'max core file size', 'bytes'],
  ['cpu', 't', 0, 'cpu time', 'CPU time', 'seconds'],
  ['data', 'd', 2, 'data size', 'max data size', 'bytes'],
  ['fsize', 'f', 1, 'file size', 'max file size', 'bytes'],
  ['locks', 'x', 10, 'file locks', 'max number of file locks held', 'locks'],
  ['memlock', 'l', 8, 'locked memory', 'max locked-in-memory address space', 'bytes'],
  ['msgqueue', 'q', 12, 'msgqueue size', 'max bytes in POSIX mqueues', 'bytes'],
  ['nice', 'e', 13, 'nice priority', 'max nice prio allowed to raise', ''],
  ['nofile', 'n', 7, 'open files', 'max number of open files', 'files'],
  ['nproc', 'u', 6, 'processes', 'max number of processes', 'processes'],
  ['rss', 'm', 5, 'resident set', 'max resident set size', 'bytes'],
  ['rtprio', 'r', 14, 'realtime priority', 'max real-time priority', ''],
  ['rttime', 'y', 15, 'realtime timeout', 'timeout for real-time tasks', 'microsecs'],
  ['sigpending', 'i', 11, 'pending signals', 'max number of pending signals', 'signals'],
  ['stack', 's', 3, 'stack size', 'max stack size', 'bytes'],
] as const;
type Resource = (typeof RESOURCES)[number];

const limit = (short: string, help: string) => ({ short, arg: 'limit', optional: true, help }) as const;

const options = {
  pid: { short: 'p', arg: 'pid', help: 'process id' },
  output: { short: 'o', arg: 'list', help: 'define which output columns to use' },
  noheadings: { help: "don't print headings" },
  raw: { help: 'use the raw output format' },
  verbose: { help: 'verbose output' },
  core: limit('c', 'maximum size of core files created'),
  data: limit('d', "maximum size of a process's data segment"),
  nice: limit('e', 'maximum nice priority allowed to raise'),
  fsize: limit('f', 'maximum size of files written by the process'),
  sigpending: limit('i', 'maximum number of pending signals'),
  memlock: limit('l', 'maximum size a process may lock into memory'),
  rss: limit('m', 'maximum resident set size'),
  nofile: limit('n', 'maximum number of open files'),
  msgqueue: limit('q', 'maximum bytes in POSIX message queues'),
  rtprio: limit('r', 'maximum real-time scheduling priority'),
  stack: limit('s', 'maximum stack size'),
  cpu: limit('t', 'maximum amount of CPU time in seconds'),
  nproc: limit('u', 'maximum number of user processes'),
  as: limit('v', 'size of virtual memory'),
  locks: limit('x', 'maximum number of file locks'),
  rttime: limit('y', 'CPU time in microseconds under real-time scheduling'),
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'prlimit',
  at: ['/usr/bin/prlimit'],
  style: 'util-linux',
  spec: 'util-linux 2.39 prlimit(1); limits of another process are shown and not set',
  version: 'from util-linux 2.39.3',
  usage: '[options] [--<resource>=<limit>] [-p PID]\n[options] [--<resource>=<limit>] COMMAND',
  about: 'Show or change the resource limits of a process.',
  options,
  stopAtOperand: true,
  *main(ctx) {
    const { opts, sys } = ctx;
    const pid = opts.pid;
    if (pid !== undefined && !/^\d+$/.test(pid)) return yield* ctx.die(`invalid PID argument: '${pid}'`);
    const chosen: Resource[] = [];
    for (const { key, value } of ctx.order) {
      const resource = RESOURCES.find(([name]) => name === key);
      if (!resource) continue;
      if (value === '' || value === undefined) chosen.push(resource);
      else if (pid !== undefined && Number(pid) !== sys.getpid())
        return yield* ctx.die(
          `failed to set the ${key.toUpperCase()} resource limit: ${ctx.strerror(yield* exists(ctx, pid))}`,
        );
      else yield* set(ctx, resource, value);
    }
    if (ctx.args.length > 0 && chosen.length === 0)
      return yield* execCommand(ctx, ctx.args, sys.envp, `failed to execute ${ctx.args[0]}`);
    const set_ = ctx.order.some(({ key, value }) => value && RESOURCES.some(([name]) => name === key));
    if (chosen.length > 0 || !set_) yield* show(ctx, chosen.length > 0 ? chosen : RESOURCES);
    return ctx.args.length > 0 ? yield* execCommand(ctx, ctx.args, sys.envp, `failed to execute ${ctx.args[0]}`) : 0;
  },
});

/** @returns why another process' limits cannot be set: there is none, or it is not allowed */
function* exists(ctx: Ctx, pid: string): Wait<number> {
  const bytes = yield* readFile(ctx.sys, `/proc/${pid}/limits`);
  return typeof bytes === 'number' ? ESRCH : 1;
}

function* set(ctx: Ctx, [name, , number]: Resource, text: string): Wait<void> {
  const m = /^(?:(\d+|unlimited)?(:)?(\d+|unlimited)?)$/.exec(text);
  const old = ctx.sys.getrlimit(number);
  if (!m || typeof old === 'number') return yield* ctx.die(`failed to parse ${name.toUpperCase()} limit`);
  const value = (word: string | undefined): number | undefined =>
    word === undefined ? undefined : word === 'unlimited' ? Number.POSITIVE_INFINITY : Number(word);
  const soft = value(m[1]) ?? old.soft;
  const hard = m[2] === undefined ? soft : (value(m[3]) ?? old.hard);
  if (soft > hard) yield* ctx.die(`the soft limit ${name.toUpperCase()} cannot exceed the hard limit`);
  const r = ctx.sys.setrlimit(number, { soft, hard });
  if (r < 0) yield* ctx.die(`failed to set the ${name.toUpperCase()} resource limit: ${ctx.strerror(r)}`);
  if (ctx.opts.verbose) {
    const show = (n: number): string => (Number.isFinite(n) ? String(n) : 'unlimited');
    yield* ctx.stdout.write(
      `New ${name.toUpperCase()} limit for pid ${ctx.sys.getpid()}: <${show(soft)}:${show(hard)}>\n`,
    );
  }
}

const COLUMNS = ['RESOURCE', 'DESCRIPTION', 'SOFT', 'HARD', 'UNITS'];

function* show(ctx: Ctx, resources: readonly Resource[]): Wait<void> {
  const { opts } = ctx;
  const columns = opts.output === undefined ? COLUMNS : opts.output.toUpperCase().split(',');
  const unknown = columns.findIndex((column) => !COLUMNS.includes(column));
  if (unknown >= 0) return yield* ctx.die(`unknown column: ${opts.output!.split(',')[unknown]}`);
  const bytes = yield* readFile(ctx.sys, `/proc/${opts.pid ?? 'self'}/limits`);
  if (typeof bytes === 'number')
    return yield* ctx.die(`failed to get the ${resources[0]![0].toUpperCase()} resource limit: ${ctx.strerror(ESRCH)}`);
  const text = decode(bytes);
  const rows = resources.map(([name, , , row, description, unit]) => {
    const m = new RegExp(`^Max ${row} +(\\S+) +(\\S+)`, 'm').exec(text);
    const all = [name.toUpperCase(), description, m?.[1] ?? 'unlimited', m?.[2] ?? 'unlimited', unit];
    return columns.map((column) => all[COLUMNS.indexOf(column)]!);
  });
  if (!opts.noheadings) rows.unshift(columns);
  if (opts.raw) {
    for (const row of rows) yield* ctx.stdout.write(`${row.map((cell) => cell.replaceAll(' ', '\\x20')).join(' ')}\n`);
    return;
  }
  const widths = columns.map((column, i) => Math.max(column.length, ...rows.map((row) => row[i]!.length)));
  for (const row of rows) {
    const cells = row.map((cell, i) => {
      if (columns[i] === 'SOFT' || columns[i] === 'HARD') return cell.padStart(widths[i]!);
      return i === columns.length - 1 ? cell : cell.padEnd(widths[i]!);
    });
    yield* ctx.stdout.write(`${cells.join(' ')}\n`);
  }
}
