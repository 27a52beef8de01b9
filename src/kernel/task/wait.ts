import { ECHILD, EINVAL } from '../../abi/errno.ts';
import { WCONTINUED, WNOHANG, WUNTRACED } from '../../abi/flags.ts';
import { CONTINUED_STATUS, stoppedStatus, type WaitResult } from '../../abi/wait.ts';
import { reap } from './exit.ts';
import type { Process, Task } from './task.ts';

/** waitpid(2). May block. */
export function waitForChild(task: Task, pid: number, options: number, out: WaitResult): number {
  if (options & ~(WNOHANG | WUNTRACED | WCONTINUED)) return -EINVAL;
  const { process } = task;
  let any = false;
  for (const child of process.children) {
    if (!matches(process, child, pid)) continue;
    any = true;
    const found = report(process, child, options, out);
    if (found !== 0) return found;
  }
  if (!any) return -ECHILD;
  if (options & WNOHANG) return 0;
  return task.block(process.childChanged);
}

function matches(process: Process, child: Process, pid: number): boolean {
  if (pid === -1) return true;
  const { ns } = process.pid;
  if (pid > 0) return child.pid.in(ns) === pid;
  if (pid === 0) return child.group === process.group;
  return child.group.pid.in(ns) === -pid;
}

function report(process: Process, child: Process, options: number, out: WaitResult): number {
  const number = child.pid.in(process.pid.ns);
  let status: number;
  if (child.zombie) {
    status = child.dying!;
    reap(child);
  } else if ((options & WUNTRACED) !== 0 && child.stopSignal !== 0 && !child.stopReported) {
    child.stopReported = true;
    status = stoppedStatus(child.stopSignal);
  } else if ((options & WCONTINUED) !== 0 && child.continuedPending) {
    child.continuedPending = false;
    status = CONTINUED_STATUS;
  } else return 0;
  out.pid = number;
  out.status = status;
  out.userTime = child.userTime + child.childUserTime;
  out.systemTime = child.systemTime + child.childSystemTime;
  return number;
}
