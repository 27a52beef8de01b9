import { EINTR, EINVAL, EPERM, ESRCH } from '../../abi/errno.ts';
import {
  SIG_DFL,
  SIG_IGN,
  SIGALRM,
  SIGCONT,
  SIGKILL,
  SIGRTMAX,
  SIGSTOP,
  type SignalHandler,
} from '../../abi/signal.ts';
import type { Tracer } from '../../abi/trace.ts';
import { isSubset } from '../task/capabilities.ts';
import { runHandler } from '../task/deliver.ts';
import { findGroup, findProcess, visibleProcesses } from '../task/find.ts';
import { SignalSet } from '../task/signal-set.ts';
import { defaultAction, sendSignal } from '../task/signals.ts';
import type { Process, Task } from '../task/task.ts';

function maySignal(task: Task, target: Process, signal: number): boolean {
  if (target === task.process || task.capable('CAP_KILL')) return true;
  const { uid, euid } = task.cred;
  const { uid: targetUid, suid } = target.cred;
  if (uid === targetUid || uid === suid || euid === targetUid || euid === suid) return true;
  return signal === SIGCONT && target.session === task.process.session;
}

/** kill(2). */
export function kill(task: Task, pid: number, signal: number): number {
  if (signal < 0 || signal > SIGRTMAX) return -EINVAL;
  if (pid > 0) {
    const target = findProcess(task, pid);
    return target === undefined ? -ESRCH : send(task, target, signal);
  }
  let targets: Process[];
  if (pid === -1) {
    targets = [...visibleProcesses(task)].filter((p) => p !== task.process && p.pid.in(task.process.pid.ns) !== 1);
  } else {
    const group = findGroup(task, -pid);
    if (group === undefined) return -ESRCH;
    targets = [...group.members];
  }
  let result = -ESRCH;
  for (const target of targets) {
    const r = send(task, target, signal);
    if (r === 0 || result === -ESRCH) result = r;
  }
  return result;
}

function send(task: Task, target: Process, signal: number): number {
  if (!maySignal(task, target, signal)) return -EPERM;
  if (signal === 0) return 0;
  sendSignal(target, signal, task.process.pid.ns);
  if (target === task.process) actOnSelf(task, signal);
  return 0;
}

/** ptrace(2), as far as strace needs it. */
export function ptrace(task: Task, pid: number, tracer: Tracer | undefined): number {
  const target = findProcess(task, pid);
  if (target === undefined) return -ESRCH;
  if (target === task.process) return -EPERM;
  const { cred } = task;
  const same = cred.euid === target.cred.uid && cred.euid === target.cred.suid;
  if (!task.capable('CAP_SYS_PTRACE') && !(same && target.dumpable && isSubset(target.cred.permitted, cred.permitted)))
    return -EPERM;
  task.kernel.watch(target, tracer, task.process.pid.ns);
  return 0;
}

/** At least one signal that a process sends to itself is delivered before kill(2) returns. */
function actOnSelf(task: Task, signal: number): void {
  const { process } = task;
  if (!process.pending.has(signal) || task.blocked.has(signal)) return;
  if (typeof process.action(signal).handler === 'function') {
    process.pending.delete(signal);
    runHandler(task, signal);
  }
}

/** sigaction(2). */
export function sigaction(task: Task, signal: number, handler: SignalHandler, flags = 0): SignalHandler | number {
  if (signal < 1 || signal > SIGRTMAX || signal === SIGKILL || signal === SIGSTOP) return -EINVAL;
  const { process } = task;
  const old = process.action(signal).handler;
  process.actions[signal] = handler === SIG_DFL && flags === 0 ? undefined : { handler, flags };
  const drops = handler === SIG_IGN || (handler === SIG_DFL && defaultAction(signal) === 'ignore');
  if (drops) {
    process.pending.delete(signal);
    for (const thread of process.threads) thread.pending.delete(signal);
  }
  return old;
}

/** sigprocmask(2). SIGKILL and SIGSTOP are left out silently. */
export function sigprocmask(
  task: Task,
  how: 'block' | 'unblock' | 'set',
  signals: Iterable<number>,
): ReadonlySet<number> {
  const old = new Set(task.blocked.values());
  const next = how === 'set' ? new SignalSet() : task.blocked.copy();
  for (const signal of signals) {
    if (how === 'unblock') next.delete(signal);
    else if (signal !== SIGKILL && signal !== SIGSTOP) next.add(signal);
  }
  task.blocked = next;
  if (task.signalled) task.kernel.run.budget = 0;
  return old;
}

/** pause(2); with a mask sigsuspend(2). */
export function pause(task: Task, mask?: Iterable<number>): number {
  if (mask !== undefined && task.savedMask === undefined) {
    task.savedMask = task.blocked;
    task.blocked = SignalSet.of(mask);
  }
  const r = task.blockInterruptibly(undefined);
  if (r === -EINTR && task.savedMask !== undefined) {
    task.blocked = task.savedMask;
    task.savedMask = undefined;
  }
  return r;
}

/** setitimer(2), ITIMER_REAL. */
export function alarm(task: Task, ms: number, interval = 0): number {
  const { process, kernel } = task;
  const now = kernel.clock.monotonic();
  const old = process.alarm;
  const left = old === undefined || old.index < 0 ? 0 : Math.max(0, old.at - now);
  if (old) kernel.timers.cancel(old);
  process.alarm = undefined;
  process.alarmInterval = interval;
  if (ms > 0) arm(process, now + ms);
  return left;
}

function arm(process: Process, at: number): void {
  process.alarm = process.kernel.timers.add(at, () => {
    process.alarm = undefined;
    if (process.alarmInterval > 0) arm(process, at + process.alarmInterval);
    sendSignal(process, SIGALRM, 'kernel');
  });
}
