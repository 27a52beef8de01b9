import {
  SA_NOCLDSTOP,
  SA_NOCLDWAIT,
  SIG_DFL,
  SIG_IGN,
  SIGCHLD,
  SIGCONT,
  SIGHUP,
  SIGKILL,
  SIGSTOP,
  SIGTSTP,
  SIGTTIN,
  SIGTTOU,
  SIGURG,
  SIGWINCH,
  type SignalHandler,
} from '../../abi/signal.ts';
import type { PidNamespace } from '../ns/pid.ts';
import type { Process, ProcessGroup, Task } from './task.ts';

/** SIGQUIT, ILL, TRAP, ABRT, BUS, FPE, SEGV, XCPU, XFSZ, SYS. */
const DUMPS_CORE = new Set([3, 4, 5, 6, 7, 8, 11, 24, 25, 31]);
const STOPS = new Set([SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU]);
const IGNORED = new Set([SIGCHLD, SIGURG, SIGWINCH]);

export type DefaultAction = 'term' | 'core' | 'stop' | 'cont' | 'ignore';

/** What a signal does to a process that has no handler for it (signal(7)). */
export function defaultAction(signal: number): DefaultAction {
  if (STOPS.has(signal)) return 'stop';
  if (IGNORED.has(signal)) return 'ignore';
  if (signal === SIGCONT) return 'cont';
  return DUMPS_CORE.has(signal) ? 'core' : 'term';
}

/** Where a signal comes from: a pid namespace (that of the sender), or the kernel itself, whose SIGKILL nobody resists. */
export type SignalOrigin = PidNamespace<Task> | 'kernel' | 'tty';

/** Sends a signal to a process, or to one thread of it. */
export function sendSignal(process: Process, signal: number, origin: SignalOrigin, thread?: Task): void {
  if (process.zombie || process.reaped || process.dying !== undefined) return;
  if (signal === SIGCONT) {
    for (const stop of STOPS) discard(process, stop);
    continueProcess(process);
  } else if (STOPS.has(signal)) discard(process, SIGCONT);
  const { handler } = process.action(signal);
  const unblocked = thread === undefined ? process.threads.find((t) => !t.blocked.has(signal)) : thread;
  const held = unblocked === undefined || unblocked.blocked.has(signal);
  if (process.isInit && handler === SIG_DFL && !overrules(process, signal, origin)) return;
  if (!held && (handler === SIG_IGN || (handler === SIG_DFL && isNoop(signal)))) return;
  (thread ?? process).pending.add(signal);
  if (signal === SIGKILL) {
    process.stopSignal = 0;
    for (const task of process.threads) signalWake(task);
  } else if (!held) signalWake(unblocked);
  if (!held && isFatal(signal, handler)) silence(process);
}

const isFatal = (signal: number, handler: SignalHandler): boolean => {
  const action = defaultAction(signal);
  return signal === SIGKILL || (handler === SIG_DFL && (action === 'term' || action === 'core'));
};

/** The program that runs now sent its own death: nothing that it does before it yields has an effect any more. */
function silence(process: Process): void {
  const { current } = process.kernel.run;
  if (current?.process === process && current.sys) process.kernel.silenceSys(current.sys);
}

const isNoop = (signal: number): boolean => {
  const action = defaultAction(signal);
  return action === 'ignore' || action === 'cont';
};

/** A namespace's process 1 is killed or stopped only from above it (pid_namespaces(7)). */
function overrules(process: Process, signal: number, origin: SignalOrigin): boolean {
  if (signal !== SIGKILL && signal !== SIGSTOP) return false;
  if (origin === 'kernel') return true;
  return origin !== 'tty' && origin.level < process.pid.ns.level;
}

function discard(process: Process, signal: number): void {
  process.pending.delete(signal);
  for (const task of process.threads) task.pending.delete(signal);
}

function signalWake(task: Task): void {
  const { run } = task.kernel;
  if (task === run.current) run.budget = 0;
  else if (task.parked) task.wake();
  else if (!task.queued && !task.dead) run.enqueue(task, 'woken');
}

/** Ends a stop by a signal; the parent learns of it. */
export function continueProcess(process: Process): void {
  if (process.stopSignal === 0) return;
  process.stopSignal = 0;
  process.stopReported = true;
  process.continuedPending = true;
  resume(process);
  notifyParent(process, true);
}

/** Puts the threads of a process that was held back on the run queue. */
export function resume(process: Process): void {
  const { run } = process.kernel;
  for (const task of process.threads)
    if (!task.parked && !task.queued && task !== run.current) run.enqueue(task, 'woken');
}

/** The process stops by `signal`. */
export function stopProcess(process: Process, signal: number): void {
  process.stopSignal = signal;
  process.stopReported = false;
  process.continuedPending = false;
  notifyParent(process, true);
}

/** SIGCHLD, and waitpid(2) looks again. @param stop it is about a stop or continuation, not about the end */
export function notifyParent(process: Process, stop: boolean): void {
  const { parent } = process;
  if (parent === undefined) return;
  const { flags } = parent.action(SIGCHLD);
  if (!(stop && (flags & SA_NOCLDSTOP) !== 0)) sendSignal(parent, SIGCHLD, 'kernel');
  parent.childChanged.wakeAll();
}

/** The parent does not want zombies (sigaction(2), SA_NOCLDWAIT). */
export function ignoresChildren(parent: Process): boolean {
  const { handler, flags } = parent.action(SIGCHLD);
  return handler === SIG_IGN || (flags & SA_NOCLDWAIT) !== 0;
}

export function signalGroup(group: ProcessGroup, signal: number, origin: SignalOrigin): void {
  for (const process of [...group.members]) sendSignal(process, signal, origin);
}

/** No member has a parent in another group of the session: nobody there could continue it (setpgid(2)). */
export function isOrphaned(group: ProcessGroup, without?: Process): boolean {
  for (const process of group.members) {
    if (process === without || process.zombie) continue;
    const { parent } = process;
    if (parent === undefined || parent.pid.numbers[0] === 1) continue;
    if (parent.group !== group && parent.session === group.session) return false;
  }
  return true;
}

/** A group that has just become an orphan and has stopped members gets SIGHUP and SIGCONT (POSIX, _exit). */
export function releaseOrphans(group: ProcessGroup, without: Process): void {
  if (!isOrphaned(group, without)) return;
  let stopped = false;
  for (const process of group.members) if (process.stopSignal !== 0) stopped = true;
  if (!stopped) return;
  signalGroup(group, SIGHUP, 'kernel');
  signalGroup(group, SIGCONT, 'kernel');
}
