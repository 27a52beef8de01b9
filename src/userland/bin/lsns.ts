import { isDirectory, Stat } from '../../abi/stat.ts';
import { decode } from '../../lib/utf8.ts';
import { Accounts } from '../../libc/accounts.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { listDir } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';

const options = {
  json: { short: 'J', help: 'use JSON output format' },
  list: { short: 'l', help: 'use list format output' },
  noheadings: { short: 'n', help: "don't print headings" },
  output: { short: 'o', arg: 'list', help: 'define which output columns to use' },
  task: { short: 'p', arg: 'pid', help: 'print process namespaces' },
  raw: { short: 'r', help: 'use the raw output format' },
  notruncate: { short: 'u', help: "don't truncate text in columns" },
  nowrap: { short: 'W', help: "don't use multi-line representation" },
  type: { short: 't', arg: 'name', many: true, help: 'namespace type (mnt, net, ipc, user, pid, uts, cgroup, time)' },
} as const;
type Ctx = Context<typeof options>;

const TYPES = ['mnt', 'net', 'ipc', 'user', 'pid', 'uts', 'cgroup', 'time'];
const COLUMNS = ['NS', 'TYPE', 'PATH', 'NPROCS', 'PID', 'PPID', 'COMMAND', 'UID', 'USER'];
const NUMBERS = new Set(['NS', 'NPROCS', 'PID', 'PPID', 'UID']);

interface Namespace {
  id: number;
  type: string;
  pids: number[];
}

export default program({
  name: 'lsns',
  at: ['/usr/bin/lsns'],
  style: 'util-linux',
  spec: 'util-linux 2.39 lsns(8); without trees and the columns of parents, owners and nsfs',
  version: 'from util-linux 2.39.3',
  usage: '[options] [<namespace>]',
  about: 'List system namespaces.',
  options,
  *main(ctx) {
    const { opts } = ctx;
    const bad = opts.type.find((type) => !TYPES.includes(type));
    if (bad !== undefined) return yield* ctx.die(`unknown namespace type: ${bad}`);
    if (opts.task !== undefined && !/^\d+$/.test(opts.task))
      return yield* ctx.die(`invalid PID argument: '${opts.task}'`);
    const wanted = ctx.args[0];
    if (wanted !== undefined && !/^\d+$/.test(wanted)) return yield* ctx.die(`invalid namespace argument: '${wanted}'`);
    let columns = ['NS', 'TYPE', 'NPROCS', 'PID', 'USER', 'COMMAND'];
    if (wanted !== undefined) columns = ['PID', 'PPID', 'USER', 'COMMAND'];
    if (opts.output !== undefined) {
      const asked = opts.output.toUpperCase().split(',');
      columns = asked[0]!.startsWith('+') ? [...columns, asked[0]!.slice(1), ...asked.slice(1)] : asked;
    }
    const unknown = opts.output?.split(',').find((name) => !COLUMNS.includes(name.replace(/^\+/, '').toUpperCase()));
    if (unknown !== undefined) return yield* ctx.die(`unknown column: ${unknown}`);
    const all = namespaces(ctx, opts.type.length > 0 ? opts.type : TYPES);
    const shown = all.filter(
      ({ id, pids }) =>
        (wanted === undefined || id === Number(wanted)) &&
        (opts.task === undefined || pids.includes(Number(opts.task))),
    );
    if (wanted !== undefined && shown.length === 0) return yield* ctx.die(`not found namespace: ${wanted}`);
    const rows: string[][] = [];
    const accounts = new Accounts(ctx.sys);
    for (const ns of shown)
      for (const pid of wanted === undefined ? [ns.pids[0]!] : ns.pids)
        rows.push(yield* rowOf(ctx, accounts, ns, pid, columns));
    yield* ctx.stdout.write(opts.json ? jsonOf(columns, rows) : table(ctx, columns, rows));
    return 0;
  },
});

/** All namespaces that processes are in, by number, each with its processes by number. */
function namespaces(ctx: Ctx, types: readonly string[]): Namespace[] {
  const names = listDir(ctx.sys, '/proc');
  const pids = (typeof names === 'number' ? [] : names).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = new Map<string, Namespace>();
  for (const pid of pids.sort((a, b) => a - b))
    for (const type of types) {
      const link = ctx.sys.readlink(`/proc/${pid}/ns/${type}`);
      const id = typeof link === 'string' ? Number(/\[(\d+)\]/.exec(link)?.[1]) : Number.NaN;
      if (Number.isNaN(id)) continue;
      const key = `${type} ${id}`;
      const known = found.get(key);
      if (known) known.pids.push(pid);
      else found.set(key, { id, type, pids: [pid] });
    }
  return [...found.values()].sort((a, b) => a.id - b.id);
}

function* rowOf(ctx: Ctx, accounts: Accounts, ns: Namespace, pid: number, columns: readonly string[]): Wait<string[]> {
  const read = function* (file: string): Wait<string> {
    const bytes = yield* readFile(ctx.sys, `/proc/${pid}/${file}`);
    return typeof bytes === 'number' ? '' : decode(bytes);
  };
  const st = new Stat();
  const uid = ctx.sys.stat(`/proc/${pid}`, st) === 0 && isDirectory(st.mode) ? st.uid : 0;
  const command = (yield* read('cmdline')).replace(/\0+$/, '').replaceAll('\0', ' ');
  const values: Readonly<Record<string, string>> = {
    NS: String(ns.id),
    TYPE: ns.type,
    PATH: `/proc/${pid}/ns/${ns.type}`,
    NPROCS: String(ns.pids.length),
    PID: String(pid),
    PPID: /^\d+ \(.*\) \S (\d+)/s.exec(yield* read('stat'))?.[1] ?? '0',
    COMMAND: command === '' ? (yield* read('comm')).trim() : command,
    UID: String(uid),
    USER: yield* accounts.userName(uid),
  };
  return columns.map((column) => values[column]!);
}

function jsonOf(columns: readonly string[], rows: readonly string[][]): string {
  const items = rows.map((row) => {
    const fields = row.map((cell, i) => {
      const value = NUMBERS.has(columns[i]!) ? cell : JSON.stringify(cell);
      return `         "${columns[i]!.toLowerCase()}": ${value}`;
    });
    return `{\n${fields.join(',\n')}\n      }`;
  });
  return `{\n   "namespaces": [\n      ${items.join(',')}\n   ]\n}\n`;
}

function table(ctx: Ctx, columns: readonly string[], rows: readonly string[][]): string {
  const { opts } = ctx;
  const all = opts.noheadings ? rows : [[...columns], ...rows];
  if (opts.raw) return all.map((row) => `${row.map((cell) => cell.replaceAll(' ', '\\x20')).join(' ')}\n`).join('');
  const widths = columns.map((_, i) => Math.max(columns[i]!.length, ...all.map((row) => row[i]!.length)));
  const size = ctx.sys.isatty(1) ? ctx.sys.tiocgwinsz(1) : -1;
  const most = typeof size === 'object' && size.cols > 0 && !opts.notruncate ? size.cols : Number.POSITIVE_INFINITY;
  return all
    .map((row) => {
      const cells = row.map((cell, i) => {
        if (NUMBERS.has(columns[i]!)) return cell.padStart(widths[i]!);
        return i === columns.length - 1 ? cell : cell.padEnd(widths[i]!);
      });
      return `${cells.join(' ').slice(0, most)}\n`;
    })
    .join('');
}
