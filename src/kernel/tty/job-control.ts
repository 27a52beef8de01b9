import { BLOCKED, EINTR, EIO } from '../../abi/errno.ts';
import { SIG_IGN, SIGTTIN, SIGTTOU } from '../../abi/signal.ts';
import { isOrphaned, signalGroup } from '../task/signals.ts';
import type { Task } from '../task/task.ts';
import { INTERRUPTS } from '../task/waiting-task.ts';
import type { Tty } from './tty.ts';

const isBackground = (task: Task, tty: Tty): boolean => {
  const { group } = task.process;
  return (
    tty.session !== undefined &&
    group.session === tty.session &&
    tty.foreground !== undefined &&
    tty.foreground !== group
  );
};

const holdsBack = (task: Task, signal: number): boolean =>
  task.blocked.has(signal) || task.process.action(signal).handler === SIG_IGN;

/** The group gets the signal; after it was continued the call is made again. */
function stop(task: Task, signal: number): number {
  if (task.interrupted === INTERRUPTS) return task.endWait(-EINTR);
  signalGroup(task.process.group, signal, 'tty');
  task.wait();
  task.woken = true;
  return BLOCKED;
}

/** May the caller read? @returns 0; otherwise what the call returns (SIGTTIN was sent, or -EIO) */
export function mayRead(task: Task, tty: Tty): number {
  if (!isBackground(task, tty)) return 0;
  if (holdsBack(task, SIGTTIN) || isOrphaned(task.process.group)) return -EIO;
  return stop(task, SIGTTIN);
}

/** May the caller write (with TOSTOP) or change settings? @returns as mayRead, with SIGTTOU */
export function mayChange(task: Task, tty: Tty): number {
  if (!isBackground(task, tty) || holdsBack(task, SIGTTOU)) return 0;
  if (isOrphaned(task.process.group)) return -EIO;
  return stop(task, SIGTTOU);
}
