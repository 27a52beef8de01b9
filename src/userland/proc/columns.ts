import { CLOCK_REALTIME } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import type { Group, Passwd } from '../../libc/accounts.ts';
import { calendar, DAY_NAMES, MONTH_NAMES, two } from '../../libc/clock-text.ts';
import { bsdState, commandLine, type ProcessRow, ttyName } from './processes.ts';

/** What the columns need to know besides the process. */
export interface PsView {
  /** Seconds since the Epoch. */
  now: number;
  uptime: number;
  memory: number;
  users: readonly Passwd[];
  groups: readonly Group[];
  pidWidth: number;
}

export interface Column {
  header: string;
  width: number;
  right?: true;
  /** Takes the rest of the line. */
  open?: true;
  value(p: ProcessRow, view: PsView): string;
}

export function psView(sys: Sys, users: readonly Passwd[], groups: readonly Group[], pidMax: number): PsView {
  const info = sys.sysinfo();
  return {
    now: sys.now(CLOCK_REALTIME) / 1000,
    uptime: info.uptime,
    memory: info.totalram,
    users,
    groups,
    pidWidth: Math.max(5, String(pidMax - 1).length),
  };
}

const userOf = (uid: number, view: PsView): string => {
  const name = view.users.find((u) => u.uid === uid)?.name ?? String(uid);
  return name.length > 8 ? `${name.slice(0, 7)}+` : name;
};
const groupOf = (gid: number, view: PsView): string => view.groups.find((g) => g.gid === gid)?.name ?? String(gid);

const ticks = (p: ProcessRow): number => p.utime + p.stime;
const age = (p: ProcessRow, view: PsView): number => Math.max(0, view.uptime - p.start / 100);
/** CPU share in tenths of a percent. */
const cpu = (p: ProcessRow, view: PsView): number => {
  const seconds = age(p, view);
  return seconds > 0 ? Math.floor((ticks(p) * 10) / seconds) : 0;
};
const tenths = (n: number): string => (n > 999 ? String(Math.floor(n / 10)) : `${Math.floor(n / 10)}.${n % 10}`);

/** [[dd-]hh:]mm:ss */
export function elapsed(seconds: number): string {
  const s = Math.floor(seconds);
  const days = Math.floor(s / 86400);
  const hours = Math.floor(s / 3600) % 24;
  const rest = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  if (days > 0) return `${days}-${two(hours)}:${rest}`;
  return hours > 0 ? `${two(hours)}:${rest}` : rest;
}

function cpuTime(p: ProcessRow): string {
  const s = Math.floor(ticks(p) / 100);
  const days = Math.floor(s / 86400);
  const text = `${two(Math.floor(s / 3600) % 24)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  return days > 0 ? `${days}-${text}` : text;
}

function bsdTime(p: ProcessRow): string {
  const s = Math.floor(ticks(p) / 100);
  return `${Math.floor(s / 60)}:${two(s % 60)}`;
}

const startSecond = (p: ProcessRow, view: PsView): number => Math.floor(view.now - view.uptime + p.start / 100);

function startTime(p: ProcessRow, view: PsView): string {
  const at = startSecond(p, view);
  const c = calendar(at);
  const today = calendar(view.now);
  if (c.year === today.year && c.yearday === today.yearday) return `${two(c.hour)}:${two(c.minute)}`;
  if (c.year === today.year) return `${MONTH_NAMES[c.month - 1]!.slice(0, 3)}${two(c.day)}`;
  return String(c.year);
}

function started(p: ProcessRow, view: PsView): string {
  const at = startSecond(p, view);
  const c = calendar(at);
  if (view.now - at < 86400) return `${two(c.hour)}:${two(c.minute)}:${two(c.second)}`;
  return `${MONTH_NAMES[c.month - 1]!.slice(0, 3)} ${two(c.day)}`;
}

function longStart(p: ProcessRow, view: PsView): string {
  const c = calendar(startSecond(p, view));
  return `${DAY_NAMES[c.weekday]!.slice(0, 3)} ${MONTH_NAMES[c.month - 1]!.slice(0, 3)} ${String(c.day).padStart(2)} ${two(c.hour)}:${two(c.minute)}:${two(c.second)} ${c.year}`;
}

const comm = (p: ProcessRow): string => (p.state === 'Z' ? `${p.comm} <defunct>` : p.comm);
const wide = (header: string, value: Column['value'], width: number): Column => ({ header, width, open: true, value });
const left = (header: string, width: number, value: Column['value']): Column => ({ header, width, value });
const right = (header: string, width: number, value: Column['value']): Column => ({
  header,
  width,
  right: true,
  value,
});
const pidOf = (header: string, value: (p: ProcessRow) => number): Column => right(header, 0, (p) => String(value(p)));
const kib = (bytes: number): string => String(Math.floor(bytes / 1024));

/** Columns of ps -o by their names. A width of 0 is that of a pid. */
export const COLUMNS: Readonly<Record<string, Column>> = {
  pid: pidOf('PID', (p) => p.pid),
  tgid: pidOf('TGID', (p) => p.pid),
  lwp: pidOf('LWP', (p) => p.pid),
  spid: pidOf('SPID', (p) => p.pid),
  tid: pidOf('TID', (p) => p.pid),
  ppid: pidOf('PPID', (p) => p.ppid),
  pgid: pidOf('PGID', (p) => p.pgrp),
  pgrp: pidOf('PGRP', (p) => p.pgrp),
  sid: pidOf('SID', (p) => p.session),
  sess: pidOf('SESS', (p) => p.session),
  session: pidOf('SESS', (p) => p.session),
  tpgid: pidOf('TPGID', (p) => p.tpgid),
  user: left('USER', 8, (p, v) => userOf(p.euid, v)),
  euser: left('EUSER', 8, (p, v) => userOf(p.euid, v)),
  uname: left('USER', 8, (p, v) => userOf(p.euid, v)),
  ruser: left('RUSER', 8, (p, v) => userOf(p.uid, v)),
  uidname: left('UID', 8, (p, v) => userOf(p.euid, v)),
  uid: right('UID', 5, (p) => String(p.euid)),
  euid: right('EUID', 5, (p) => String(p.euid)),
  ruid: right('RUID', 5, (p) => String(p.uid)),
  gid: right('GID', 5, (p) => String(p.egid)),
  egid: right('EGID', 5, (p) => String(p.egid)),
  rgid: right('RGID', 5, (p) => String(p.gid)),
  group: left('GROUP', 8, (p, v) => groupOf(p.egid, v)),
  egroup: left('EGROUP', 8, (p, v) => groupOf(p.egid, v)),
  rgroup: left('RGROUP', 8, (p, v) => groupOf(p.gid, v)),
  '%cpu': right('%CPU', 4, (p, v) => tenths(cpu(p, v))),
  pcpu: right('%CPU', 4, (p, v) => tenths(cpu(p, v))),
  c: right('C', 2, (p, v) => String(Math.min(99, Math.floor(cpu(p, v) / 10)))),
  cp: right('CP', 3, (p, v) => String(Math.min(999, cpu(p, v)))),
  '%mem': right('%MEM', 4, (p, v) => tenths(Math.floor((p.rss * 1000) / v.memory))),
  pmem: right('%MEM', 4, (p, v) => tenths(Math.floor((p.rss * 1000) / v.memory))),
  vsz: right('VSZ', 6, (p) => kib(p.vsize)),
  vsize: right('VSZ', 6, (p) => kib(p.vsize)),
  rss: right('RSS', 5, (p) => kib(p.rss)),
  rssize: right('RSS', 5, (p) => kib(p.rss)),
  rsz: right('RSZ', 5, (p) => kib(p.rss)),
  size: right('SIZE', 5, (p) => kib(p.rss)),
  sz: right('SZ', 5, (p) => String(Math.floor(p.vsize / 4096))),
  tt: left('TT', 8, (p) => ttyName(p.tty)),
  tty: left('TT', 8, (p) => ttyName(p.tty)),
  tname: left('TTY', 8, (p) => ttyName(p.tty)),
  stat: left('STAT', 4, bsdState),
  s: left('S', 1, (p) => p.state),
  state: left('S', 1, (p) => p.state),
  start: right('STARTED', 8, started),
  start_time: left('START', 5, startTime),
  stime: left('STIME', 5, startTime),
  bsdstart: right('START', 6, startTime),
  lstart: right('STARTED', 24, longStart),
  bsdtime: right('TIME', 6, bsdTime),
  time: right('TIME', 8, cpuTime),
  cputime: right('TIME', 8, cpuTime),
  times: right('TIME', 8, (p) => String(Math.floor(ticks(p) / 100))),
  cputimes: right('TIME', 8, (p) => String(Math.floor(ticks(p) / 100))),
  etime: right('ELAPSED', 11, (p, v) => elapsed(age(p, v))),
  etimes: right('ELAPSED', 7, (p, v) => String(Math.floor(age(p, v)))),
  args: wide('COMMAND', commandLine, 27),
  command: wide('COMMAND', commandLine, 27),
  cmd: wide('CMD', commandLine, 27),
  comm: left('COMMAND', 15, comm),
  ucmd: left('CMD', 15, comm),
  ucomm: left('COMMAND', 15, comm),
  fname: left('COMMAND', 8, (p) => p.comm.slice(0, 8)),
  exe: wide('EXE', (p) => p.argv[0] ?? '-', 27),
  ni: right('NI', 3, (p) => String(p.nice)),
  nice: right('NI', 3, (p) => String(p.nice)),
  pri: right('PRI', 3, (p) => String(39 - p.priority)),
  priority: right('PRI', 3, (p) => String(p.priority)),
  opri: right('PRI', 3, (p) => String(60 + p.priority)),
  f: right('F', 1, (p) => ((p.flags >> 6) & 7).toString(8)),
  flags: right('F', 1, (p) => ((p.flags >> 6) & 7).toString(8)),
  wchan: left('WCHAN', 6, () => '-'),
  addr: left('ADDR', 4, () => '-'),
  nlwp: right('NLWP', 4, (p) => String(p.threads)),
  thcount: right('THCNT', 5, (p) => String(p.threads)),
  psr: right('PSR', 3, (p) => String(p.processor)),
  cls: right('CLS', 3, () => 'TS'),
  class: right('CLS', 3, () => 'TS'),
  rtprio: right('RTPRIO', 6, () => '-'),
  min_flt: right('MINFL', 6, (p) => String(p.minflt)),
  maj_flt: right('MAJFL', 6, (p) => String(p.majflt)),
};

/** What --sort compares by a column's name; text columns compare as text. */
export function sortValue(name: string, p: ProcessRow, view: PsView): number | string {
  switch (name) {
    case '%cpu':
    case 'pcpu':
    case 'c':
      return cpu(p, view);
    case '%mem':
    case 'pmem':
    case 'rss':
    case 'rsz':
      return p.rss;
    case 'time':
    case 'cputime':
    case 'bsdtime':
      return ticks(p);
    case 'start':
    case 'start_time':
    case 'lstart':
    case 'stime':
      return p.start;
    case 'etime':
    case 'etimes':
      return -p.start;
    default: {
      const text = COLUMNS[name]!.value(p, view);
      return /^-?\d+$/.test(text) ? Number(text) : text;
    }
  }
}
