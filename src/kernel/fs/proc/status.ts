import { CAPABILITIES } from '../../../abi/credentials.ts';
import { major, minor } from '../../../abi/stat.ts';
import { allowedCpus, formatCpus } from '../../cgroup/cpuset.ts';
import type { PidNamespace } from '../../ns/pid.ts';
import { capsToHex } from '../../task/capabilities.ts';
import { SignalSet } from '../../task/signal-set.ts';
import type { Process, Task } from '../../task/task.ts';

/** Bytes of address space beyond what is resident: code and libraries that are mapped. */
const MAPPED = 4_325_376;
/** Clock ticks a second (sysconf(_SC_CLK_TCK)). */
export const TICKS = 100;

export const stateOf = (task: Task): 'R' | 'S' | 'D' | 'T' | 'Z' => {
  const { process } = task;
  if (process.zombie) return 'Z';
  if (process.stopSignal !== 0) return 'T';
  if (!task.parked) return 'R';
  return task.uninterruptible ? 'D' : 'S';
};

const STATE_NAMES = { R: 'running', S: 'sleeping', D: 'disk sleep', T: 'stopped', Z: 'zombie' } as const;

const parentIn = (process: Process, ns: PidNamespace<Task>): number => process.parent?.pid.in(ns) ?? 0;

export const residentOf = (process: Process): number => (process.zombie ? 0 : process.charged);
export const virtualOf = (process: Process): number => (process.zombie ? 0 : process.charged + MAPPED);

function ignoredAndCaught(process: Process): [string, string] {
  const ignored = new SignalSet();
  const caught = new SignalSet();
  process.actions.forEach((action, signal) => {
    if (action?.handler === 1) ignored.add(signal);
    else if (typeof action?.handler === 'function') caught.add(signal);
  });
  return [ignored.toHex(), caught.toHex()];
}

/** /proc/PID/status (proc_pid_status(5)). */
export function statusText(task: Task, ns: PidNamespace<Task>): string {
  const { process } = task;
  const { cred } = process;
  const [ignored, caught] = ignoredAndCaught(process);
  const cpus = allowedCpus(process);
  const state = stateOf(task);
  const numbers = (pid: Process['pid']): string => pid.numbers.slice(ns.level).join('\t');
  const kb = (bytes: number): string => `${String(Math.ceil(bytes / 1024)).padStart(8)} kB`;
  const rows: [string, string][] = [
    ['Name', task.comm],
    ['Umask', process.umask.toString(8).padStart(4, '0')],
    ['State', `${state} (${STATE_NAMES[state]})`],
    ['Tgid', String(process.pid.in(ns))],
    ['Ngid', '0'],
    ['Pid', String(task.tid.in(ns))],
    ['PPid', String(parentIn(process, ns))],
    ['TracerPid', '0'],
    ['Uid', [cred.uid, cred.euid, cred.suid, cred.euid].join('\t')],
    ['Gid', [cred.gid, cred.egid, cred.sgid, cred.egid].join('\t')],
    ['FDSize', String(process.zombie ? 0 : Math.max(64, process.fds.size))],
    ['Groups', `${cred.groups.join(' ')} `],
    ['NStgid', numbers(process.pid)],
    ['NSpid', numbers(task.tid)],
    ['NSpgid', numbers(process.group.pid)],
    ['NSsid', numbers(process.session.pid)],
  ];
  if (!process.zombie) {
    rows.push(
      ['VmPeak', kb(virtualOf(process))],
      ['VmSize', kb(virtualOf(process))],
      ['VmLck', kb(0)],
      ['VmPin', kb(0)],
      ['VmHWM', kb(residentOf(process))],
      ['VmRSS', kb(residentOf(process))],
      ['RssAnon', kb(residentOf(process))],
      ['RssFile', kb(0)],
      ['RssShmem', kb(0)],
      ['VmData', kb(residentOf(process))],
      ['VmStk', kb(135_168)],
      ['VmSwap', kb(0)],
    );
  }
  rows.push(
    ['CoreDumping', '0'],
    ['Threads', String(Math.max(1, process.threads.length))],
    ['SigQ', `0/${process.limit(11)}`],
    ['SigPnd', task.pending.toHex()],
    ['ShdPnd', process.pending.toHex()],
    ['SigBlk', task.blocked.toHex()],
    ['SigIgn', ignored],
    ['SigCgt', caught],
    ['CapInh', capsToHex(cred.inheritable, CAPABILITIES)],
    ['CapPrm', capsToHex(cred.permitted, CAPABILITIES)],
    ['CapEff', capsToHex(cred.effective, CAPABILITIES)],
    ['CapBnd', capsToHex(cred.bounding, CAPABILITIES)],
    ['CapAmb', capsToHex(cred.ambient, CAPABILITIES)],
    ['NoNewPrivs', cred.noNewPrivs ? '1' : '0'],
    ['Seccomp', String(process.seccomp)],
    ['Seccomp_filters', process.seccomp === 2 ? '1' : '0'],
    ['Cpus_allowed', cpus.reduce((mask, cpu) => mask + 2 ** cpu, 0).toString(16)],
    ['Cpus_allowed_list', formatCpus(cpus)],
    ['Mems_allowed_list', '0'],
    ['voluntary_ctxt_switches', String(task.voluntarySwitches)],
    ['nonvoluntary_ctxt_switches', String(task.involuntarySwitches)],
  );
  return rows.map(([name, value]) => `${name}:\t${value}\n`).join('');
}

/** A device number as the 8 or 16 bits of stat's tty_nr. */
const ttyNumber = (dev: number): number => major(dev) * 256 + (minor(dev) & 0xff);

/** /proc/PID/stat (proc_pid_stat(5)): 52 fields. */
export function statText(task: Task, ns: PidNamespace<Task>): string {
  const { process } = task;
  const ticks = (ms: number): number => Math.floor((ms * TICKS) / 1000);
  const { tty } = process.session;
  const fields: (number | string)[] = [
    task.tid.in(ns),
    `(${task.comm})`,
    stateOf(task),
    parentIn(process, ns),
    process.group.pid.in(ns),
    process.session.pid.in(ns),
    tty === undefined ? 0 : ttyNumber(tty.dev),
    tty?.foreground === undefined ? -1 : tty.foreground.pid.in(ns),
    process.isInit ? 0x40400100 : 0x40400000,
    0,
    0,
    0,
    0,
    ticks(process.userTime),
    ticks(process.systemTime),
    ticks(process.childUserTime),
    ticks(process.childSystemTime),
    20 + process.nice,
    process.nice,
    Math.max(1, process.threads.length),
    0,
    ticks(process.startTime),
    virtualOf(process),
    Math.ceil(residentOf(process) / 4096),
    '18446744073709551615',
    ...Array<number>(11).fill(0),
    0,
    17,
    ...Array<number>(12).fill(0),
  ];
  fields[37] = 17;
  fields.length = 51;
  return `${fields.join(' ')} ${process.dying ?? 0}\n`;
}

export function statmText(process: Process): string {
  const pages = (bytes: number): number => Math.ceil(bytes / 4096);
  const resident = pages(residentOf(process));
  return `${pages(virtualOf(process))} ${resident} 0 1 0 ${resident} 0\n`;
}

const LIMIT_ROWS: readonly (readonly [name: string, resource: number, unit: string])[] = [
  ['Max cpu time', 0, 'seconds'],
  ['Max file size', 1, 'bytes'],
  ['Max data size', 2, 'bytes'],
  ['Max stack size', 3, 'bytes'],
  ['Max core file size', 4, 'bytes'],
  ['Max resident set', 5, 'bytes'],
  ['Max processes', 6, 'processes'],
  ['Max open files', 7, 'files'],
  ['Max locked memory', 8, 'bytes'],
  ['Max address space', 9, 'bytes'],
  ['Max file locks', 10, 'locks'],
  ['Max pending signals', 11, 'signals'],
  ['Max msgqueue size', 12, 'bytes'],
  ['Max nice priority', 13, ''],
  ['Max realtime priority', 14, ''],
  ['Max realtime timeout', 15, 'us'],
];

/** /proc/PID/limits. */
export function limitsText(process: Process): string {
  const value = (limit: number): string => (limit === Number.POSITIVE_INFINITY ? 'unlimited' : String(limit));
  const head = `${'Limit'.padEnd(26)}${'Soft Limit'.padEnd(21)}${'Hard Limit'.padEnd(21)}Units     \n`;
  const rows = LIMIT_ROWS.map(([name, resource, unit]) => {
    const { soft, hard } = process.limits[resource]!;
    return `${name.padEnd(26)}${value(soft).padEnd(21)}${value(hard).padEnd(21)}${unit.padEnd(10)}\n`;
  });
  return head + rows.join('');
}
