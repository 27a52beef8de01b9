import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { listDir } from '../../libc/paths.ts';

/** A process as /proc/PID/{stat,status,cmdline} describe it. Times are clock ticks of 1/100 s, sizes bytes. */
export interface ProcessRow {
  pid: number;
  comm: string;
  state: string;
  ppid: number;
  pgrp: number;
  session: number;
  tty: number;
  tpgid: number;
  flags: number;
  minflt: number;
  majflt: number;
  utime: number;
  stime: number;
  cutime: number;
  cstime: number;
  priority: number;
  nice: number;
  threads: number;
  /** Ticks after boot. */
  start: number;
  vsize: number;
  /** Bytes. */
  rss: number;
  processor: number;
  uid: number;
  euid: number;
  gid: number;
  egid: number;
  argv: string[];
}

/** One process. @returns undefined where it is not there (any more) */
export function* readProcess(sys: Sys, pid: number): Wait<ProcessRow | undefined> {
  const stat = yield* readFile(sys, `/proc/${pid}/stat`);
  const status = yield* readFile(sys, `/proc/${pid}/status`);
  const cmdline = yield* readFile(sys, `/proc/${pid}/cmdline`);
  if (typeof stat === 'number' || typeof status === 'number') return undefined;
  const text = decode(stat);
  const close = text.lastIndexOf(')');
  const f = text
    .slice(close + 2)
    .split(' ')
    .map(Number);
  const ids = (name: string): number[] =>
    (new RegExp(`^${name}:\\t(.*)$`, 'm').exec(decode(status))?.[1] ?? '0\t0').split('\t').map(Number);
  const [uid = 0, euid = 0] = ids('Uid');
  const [gid = 0, egid = 0] = ids('Gid');
  return {
    pid,
    comm: text.slice(text.indexOf('(') + 1, close),
    state: text[close + 2]!,
    ppid: f[1]!,
    pgrp: f[2]!,
    session: f[3]!,
    tty: f[4]!,
    tpgid: f[5]!,
    flags: f[6]!,
    minflt: f[7]!,
    majflt: f[9]!,
    utime: f[11]!,
    stime: f[12]!,
    cutime: f[13]!,
    cstime: f[14]!,
    priority: f[15]!,
    nice: f[16]!,
    threads: f[17]!,
    start: f[19]!,
    vsize: f[20]!,
    rss: f[21]! * 4096,
    processor: f[36] ?? 0,
    uid,
    euid,
    gid,
    egid,
    argv: typeof cmdline === 'number' ? [] : decode(cmdline).split('\0').slice(0, -1),
  };
}

/** Every process that /proc shows, by pid. */
export function* readProcesses(sys: Sys): Wait<ProcessRow[]> {
  const names = listDir(sys, '/proc');
  if (typeof names === 'number') return [];
  const rows: ProcessRow[] = [];
  for (const pid of names
    .filter((n) => /^\d+$/.test(n))
    .map(Number)
    .sort((a, b) => a - b)) {
    const row = yield* readProcess(sys, pid);
    if (row) rows.push(row);
    if (sys.tick()) yield;
  }
  return rows;
}

/** Name of a terminal by its number in /proc/PID/stat, `?` where there is none. */
export function ttyName(tty: number): string {
  if (tty === 0) return '?';
  const major = tty >> 8;
  const minor = tty & 0xff;
  if (major >= 136 && major <= 143) return `pts/${(major - 136) * 256 + minor}`;
  if (major === 4) return minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`;
  if (major === 5 && minor === 1) return 'console';
  return '?';
}

/** The command line as ps prints it, `[comm]` for a process without one. */
export function commandLine(p: ProcessRow): string {
  const text = p.argv.join(' ').replace(/[\x00-\x1f\x7f]/g, '?');
  if (p.state === 'Z') return `[${p.comm}] <defunct>`;
  return text === '' ? `[${p.comm}]` : text;
}

/** busybox's: `{comm} argv` where the program's name is another than argv[0]'s. */
export function busyboxCommandLine(p: ProcessRow): string {
  if (p.argv.length === 0 || p.state === 'Z') return `[${p.comm}]`;
  const first = p.argv[0]!.replace(/^-/, '');
  const base = first.slice(first.lastIndexOf('/') + 1).split(' ')[0]!;
  const text = p.argv.join(' ').replace(/[\x00-\x1f\x7f]/g, ' ');
  return base.startsWith(p.comm) ? text : `{${p.comm}} ${text}`;
}

/** State with the letters of BSD: session leader, threads, foreground, nice. */
export function bsdState(p: ProcessRow): string {
  return (
    p.state +
    (p.nice < 0 ? '<' : p.nice > 0 ? 'N' : '') +
    (p.session === p.pid ? 's' : '') +
    (p.threads > 1 ? 'l' : '') +
    (p.tty !== 0 && p.tpgid === p.pgrp ? '+' : '')
  );
}
