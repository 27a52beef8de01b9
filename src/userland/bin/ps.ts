import { decode } from '../../lib/utf8.ts';
import { textWidth } from '../../lib/wcwidth.ts';
import { Accounts } from '../../libc/accounts.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { COLUMNS, type Column, elapsed, type PsView, psView, sortValue } from '../proc/columns.ts';
import { bsdState, busyboxCommandLine, type ProcessRow, readProcesses, ttyName } from '../proc/processes.ts';
import { type PsOptions, parsePs } from '../proc/ps-options.ts';

const HINT =
  "\nUsage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help <s|l|o|t|m|a>'\n for additional help text.\n\nFor more details see ps(1).\n";

const LAYOUTS: Readonly<Record<PsOptions['layout'], string>> = {
  default: 'pid tname time ucmd',
  full: 'uidname pid ppid c stime tname time cmd',
  long: 'f s uid pid ppid c pri ni addr sz wchan tname time ucmd',
  jobs: 'pid pgid sid tname time ucmd',
  bsd: 'pid tname stat bsdtime command',
  user: 'user pid %cpu %mem vsz rss tname stat start_time bsdtime command',
  'bsd-long': 'f uid pid ppid pri ni vsz rss wchan stat tname bsdtime command',
  'bsd-jobs': 'ppid pid pgid sid tname tpgid stat uid bsdtime command',
  virtual: 'pid tname stat bsdtime maj_flt vsz rss %mem command',
};

export default program({
  name: 'ps',
  at: ['/usr/bin/ps', '/bin/ps'],
  spec: 'procps-ng 4.0.4 ps(1); threads (-L, -T, m), -Z, -M are accepted and do nothing',
  usage: '[options]',
  about: 'Report the processes.',
  options: {},
  raw: true,
  busybox: {
    at: '/bin/ps',
    usage: '[-o COL1,COL2=HEADER] [-T]',
    help: 'Show list of processes\n\n\t-o COL1,COL2=HEADER\tSelect columns for display\n\t-T\t\t\tShow threads\n',
  },
  *main(ctx) {
    return ctx.form === 'busybox' ? yield* busyboxPs(ctx) : yield* procps(ctx);
  },
});

function* procps(ctx: Context): Wait<number> {
  const { sys } = ctx;
  const fail = function* (message: string): Wait<number> {
    yield* ctx.stderr.write(`error: ${message}\n${HINT}`);
    return 1;
  };
  const o = parsePs(ctx.args);
  if (typeof o === 'string') return yield* fail(o);
  if (o.help) {
    yield* ctx.stdout.write(HINT);
    return 0;
  }
  if (o.version) {
    yield* ctx.stdout.write('ps from procps-ng 4.0.4\n');
    return 0;
  }
  const columns: Column[] = [];
  for (const { name, header } of o.format ??
    LAYOUTS[o.layout].split(' ').map((n) => ({ name: n, header: undefined }))) {
    const column = COLUMNS[name.toLowerCase()];
    if (!column) return yield* fail(`unknown user-defined format specifier "${name}"`);
    columns.push(header === undefined ? column : { ...column, header });
  }
  for (const key of o.sort)
    if (!COLUMNS[key.replace(/^[-+]/, '').toLowerCase()]) return yield* fail('unknown sort specifier');
  const all = yield* readProcesses(sys);
  if (all.length === 0) {
    yield* ctx.stderr.write('Error, do this: mount -t proc proc /proc\n');
    return 1;
  }
  const accounts = new Accounts(sys);
  const pidMax = yield* readFile(sys, '/proc/sys/kernel/pid_max');
  const view = psView(
    sys,
    yield* accounts.users(),
    yield* accounts.groups(),
    typeof pidMax === 'number' ? 32768 : Number(decode(pidMax)),
  );
  for (const { kind, values } of o.lists) {
    if (kind !== 'user' && kind !== 'ruser') continue;
    if (values.some((v) => !/^\d+$/.test(v) && !view.users.some((u) => u.name === v)))
      return yield* fail('user name does not exist');
  }
  const own = all.find((p) => p.pid === sys.getpid());
  let rows = all.filter((p) => selected(p, o, own, view) !== o.negate);
  for (const key of [...o.sort].reverse()) {
    const name = key.replace(/^[-+]/, '').toLowerCase();
    const sign = key.startsWith('-') ? -1 : 1;
    rows = [...rows].sort((a, b) => {
      const [x, y] = [sortValue(name, a, view), sortValue(name, b, view)];
      return sign * (x < y ? -1 : x > y ? 1 : 0);
    });
  }
  const prefix = new Map<number, string>();
  if (o.forest) rows = forest(rows, prefix, !o.bsd && ctx.args.some((a) => /^-\w*H/.test(a)));
  const width = screenWidth(ctx, o);
  const head = !o.noHeaders && columns.some((c) => c.header !== '');
  if (head) yield* ctx.stdout.write(`${line(columns, (c) => c.header, view, width)}\n`);
  for (const p of rows) {
    const text = line(columns, (c) => (isCommand(c) ? (prefix.get(p.pid) ?? '') : '') + c.value(p, view), view, width);
    yield* ctx.stdout.write(`${text}\n`);
    if (sys.tick()) yield;
  }
  return rows.length > 0 ? 0 : 1;
}

const isCommand = (c: Column): boolean => c.open === true || c.header === 'CMD';

function screenWidth(ctx: Context, o: PsOptions): number {
  if (o.cols) return o.cols;
  if (o.wide > 1) return Number.POSITIVE_INFINITY;
  const columns = Number(ctx.env.get('COLUMNS'));
  const size = [1, 2, 0].map((fd) => (ctx.sys.isatty(fd) ? ctx.sys.tiocgwinsz(fd) : -1))[0]!;
  const base =
    typeof size === 'object' && size.cols > 0
      ? size.cols
      : columns > 0 && ctx.sys.isatty(1)
        ? columns
        : Number.POSITIVE_INFINITY;
  return o.wide === 1 ? Math.max(132, base) : base;
}

function line(columns: readonly Column[], text: (c: Column) => string, view: PsView, width: number): string {
  let out = '';
  columns.forEach((c, i) => {
    const value = text(c);
    const last = i === columns.length - 1;
    const room = Math.max(c.width || view.pidWidth, c.header.length);
    if (i > 0) out += ' ';
    if (c.right) out += value.padStart(room);
    else if (last) out += value;
    else
      out +=
        c.open || value.length <= room
          ? value.padEnd(room)
          : isCommand(c) || c.header === 'COMMAND'
            ? value.slice(0, room)
            : value;
  });
  return textWidth(out) > width ? out.slice(0, width) : out;
}

function selected(p: ProcessRow, o: PsOptions, own: ProcessRow | undefined, view: PsView): boolean {
  if (o.all) return true;
  const uidOf = (name: string): number =>
    /^\d+$/.test(name) ? Number(name) : (view.users.find((u) => u.name === name)?.uid ?? -1);
  const gidOf = (name: string): number =>
    /^\d+$/.test(name) ? Number(name) : (view.groups.find((g) => g.name === name)?.gid ?? -1);
  for (const { kind, values } of o.lists) {
    const found = values.some((v) => {
      switch (kind) {
        case 'pid':
          return p.pid === Number(v);
        case 'ppid':
          return p.ppid === Number(v);
        case 'session':
          return p.session === Number(v);
        case 'user':
          return p.euid === uidOf(v);
        case 'ruser':
          return p.uid === uidOf(v);
        case 'group':
          return p.egid === gidOf(v);
        case 'rgroup':
          return p.gid === gidOf(v);
        case 'command':
          return p.comm === v.slice(0, 15);
        default:
          return ttyName(p.tty) === v.replace(/^\/dev\//, '');
      }
    });
    if (found) return true;
  }
  if (o.lists.length > 0 && !o.withTty && !o.noLeaders && !o.bsdAll) return false;
  if (o.noLeaders) return p.session !== p.pid;
  if (o.withTty) return p.tty !== 0 && p.session !== p.pid;
  if (o.bsdAll && o.bsdNoTty) return true;
  if (o.bsdAll) return p.tty !== 0;
  if (o.bsdNoTty) return p.euid === own?.euid;
  return p.euid === own?.euid && p.tty === own.tty;
}

/** Children below their parents; `prefix` takes the drawing in front of each command. */
function forest(rows: readonly ProcessRow[], prefix: Map<number, string>, plain: boolean): ProcessRow[] {
  const pids = new Set(rows.map((p) => p.pid));
  const out: ProcessRow[] = [];
  const add = (p: ProcessRow, before: string, depth: number, last: boolean): void => {
    prefix.set(p.pid, plain ? '  '.repeat(depth) : depth === 0 ? '' : `${before} \\_ `);
    out.push(p);
    const children = rows.filter((c) => c.ppid === p.pid && c.pid !== p.pid);
    children.forEach((c, i) => {
      add(c, depth === 0 ? '' : `${before}${last ? '    ' : ' |  '}`, depth + 1, i === children.length - 1);
    });
  };
  const roots = rows.filter((p) => !pids.has(p.ppid) || p.ppid === p.pid);
  for (const [i, p] of roots.entries()) add(p, '', 0, i === roots.length - 1);
  return out;
}

// ---- busybox

interface Applet {
  width: number;
  header: string;
  value(p: ProcessRow, view: PsView): string;
}

const smart = (kib: number): string =>
  kib > 99999 * 1024 ? `${Math.floor(kib / 1048576)}g` : kib > 99999 ? `${Math.floor(kib / 1024)}m` : String(kib);
const user = (uid: number, view: PsView): string => view.users.find((u) => u.uid === uid)?.name ?? String(uid);
const group = (gid: number, view: PsView): string => view.groups.find((g) => g.gid === gid)?.name ?? String(gid);

const APPLET: Readonly<Record<string, Applet>> = {
  user: { header: 'USER', width: 8, value: (p, v) => user(p.euid, v) },
  group: { header: 'GROUP', width: 8, value: (p, v) => group(p.egid, v) },
  comm: { header: 'COMMAND', width: 16, value: (p) => p.comm },
  args: { header: 'COMMAND', width: 256, value: busyboxCommandLine },
  pid: { header: 'PID', width: 5, value: (p) => String(p.pid) },
  ppid: { header: 'PPID', width: 5, value: (p) => String(p.ppid) },
  pgid: { header: 'PGID', width: 5, value: (p) => String(p.pgrp) },
  etime: { header: 'ELAPSED', width: 7, value: (p, v) => elapsed(v.uptime - p.start / 100) },
  nice: { header: 'NI', width: 5, value: (p) => String(p.nice) },
  rgroup: { header: 'RGROUP', width: 8, value: (p, v) => group(p.gid, v) },
  ruser: { header: 'RUSER', width: 8, value: (p, v) => user(p.uid, v) },
  time: { header: 'TIME', width: 5, value: (p, v) => COLUMNS.bsdtime!.value(p, v) },
  tty: { header: 'TT', width: 6, value: (p) => (p.tty === 0 ? '?' : `${p.tty >> 8},${p.tty & 0xff}`) },
  vsz: { header: 'VSZ', width: 4, value: (p) => smart(Math.floor(p.vsize / 1024)) },
  sid: { header: 'SID', width: 5, value: (p) => String(p.session) },
  stat: { header: 'STAT', width: 4, value: (p) => bsdState(p).replace(/[sl+]/g, '') },
  rss: { header: 'RSS', width: 4, value: (p) => smart(Math.floor(p.rss / 1024)) },
};
const RIGHT = new Set(['pid', 'ppid', 'pgid', 'sid', 'etime', 'nice', 'time', 'vsz', 'rss']);

function* busyboxPs(ctx: Context): Wait<number> {
  let format = 'pid,user,time,args';
  let asked = '';
  for (let i = 0; i < ctx.args.length; i++) {
    const word = ctx.args[i]!;
    if (word === '--help') return yield* ctx.usage();
    if (word === '-o') asked += `,${ctx.args[++i] ?? ''}`;
    else if (word.startsWith('-o')) asked += `,${word.slice(2)}`;
  }
  if (asked !== '') format = asked.slice(1);
  const columns: (Applet & { name: string })[] = [];
  for (const item of format.split(/[, ]+/).filter((c) => c !== '')) {
    const [name = '', header] = item.split('=');
    const applet = APPLET[name];
    if (!applet)
      return yield* ctx.die(`bad -o argument '${name}', supported arguments: ${Object.keys(APPLET).join(',')}`);
    columns.push({ ...applet, name, header: header ?? applet.header });
  }
  const accounts = new Accounts(ctx.sys);
  const view = psView(ctx.sys, yield* accounts.users(), yield* accounts.groups(), 32768);
  const size = ctx.sys.isatty(1) ? ctx.sys.tiocgwinsz(1) : -1;
  const width = typeof size === 'object' && size.cols > 0 ? size.cols : Number.POSITIVE_INFINITY;
  const print = (text: (c: Applet) => string, head: boolean): string =>
    columns
      .map((c, i) => {
        const value = text(c).slice(0, c.width === 256 ? undefined : Math.max(c.width, c.header.length));
        if (i === columns.length - 1 && (head || !RIGHT.has(c.name))) return value;
        const room = c.width === 256 ? 27 : Math.max(c.width, c.header.length);
        return RIGHT.has(c.name) && !head ? value.padStart(room) : value.padEnd(room);
      })
      .join(' ')
      .slice(0, width);
  if (columns.some((c) => c.header !== '')) yield* ctx.stdout.write(`${print((c) => c.header, true)}\n`);
  for (const p of yield* readProcesses(ctx.sys)) {
    yield* ctx.stdout.write(`${print((c) => c.value(p, view), false)}\n`);
    if (ctx.sys.tick()) yield;
  }
  return 0;
}
