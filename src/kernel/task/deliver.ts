import { SA_RESETHAND, SA_RESTART, SIG_DFL, SIG_IGN, SIGKILL, SIGSTOP } from '../../abi/signal.ts';
import { signaledStatus } from '../../abi/wait.ts';
import { endProcess } from './exit.ts';
import { defaultAction, isOrphaned, stopProcess } from './signals.ts';
import type { Task } from './task.ts';
import { INTERRUPTS, RESTARTS } from './waiting-task.ts';

/**
 * Acts on the signals that wait for a task, before its program goes on: handlers run here.
 * @returns false: the task does not go on (it ended or stopped)
 */
export function deliverSignals(task: Task): boolean {
  const { process } = task;
  while (task.signalled) {
    const signal = take(task);
    if (signal === 0) break;
    const action = process.action(signal);
    if (signal !== SIGKILL && signal !== SIGSTOP) {
      if (action.handler === SIG_IGN) continue;
      if (action.handler !== SIG_DFL) {
        runHandler(task, signal);
        continue;
      }
    }
    switch (defaultAction(signal)) {
      case 'term':
      case 'core': {
        const core = defaultAction(signal) === 'core';
        endProcess(process, signaledStatus(signal, core));
        return false;
      }
      case 'stop':
        if (signal !== SIGSTOP && isOrphaned(process.group)) break;
        stopProcess(process, signal);
        return false;
      default:
    }
  }
  return true;
}

function take(task: Task): number {
  const { process } = task;
  if (process.pending.has(SIGKILL)) return SIGKILL;
  for (const set of [task.pending, process.pending]) {
    const signal = set.firstOutside(task.blocked);
    if (signal !== 0) {
      set.delete(signal);
      return signal;
    }
  }
  return 0;
}

/** Calls the handler; a call that was waiting will see that it ran. */
export function runHandler(task: Task, signal: number): void {
  const { process } = task;
  const action = process.action(signal);
  if (typeof action.handler !== 'function') return;
  if (action.flags & SA_RESETHAND) process.actions[signal] = undefined;
  if (task.waiting) task.interrupted = Math.max(task.interrupted, action.flags & SA_RESTART ? RESTARTS : INTERRUPTS);
  try {
    action.handler(signal);
  } catch (error) {
    process.kernel.outside.onPanic(error, `${task.comm}[${process.id}] in the handler of signal ${signal}`);
  }
}
