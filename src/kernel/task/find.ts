import type { Process, ProcessGroup, Task } from './task.ts';

/** The process that the caller knows as `pid`; 0: itself. */
export function findProcess(task: Task, pid: number): Process | undefined {
  if (pid === 0) return task.process;
  return task.process.pid.ns.find(pid)?.task?.process;
}

/** The process group that the caller knows as `pgid`; 0: its own. */
export function findGroup(task: Task, pgid: number): ProcessGroup | undefined {
  if (pgid === 0) return task.process.group;
  const { ns } = task.process.pid;
  const pid = ns.find(pgid);
  if (pid === undefined) return undefined;
  const leader = pid.task?.process;
  if (leader?.group.pid === pid) return leader.group;
  for (const other of ns.all()) {
    const group = other.task?.process.group;
    if (group?.pid === pid) return group;
  }
  return undefined;
}

/** Every process that the caller can see, in the order of their birth. */
export function* visibleProcesses(task: Task): Generator<Process> {
  for (const pid of task.process.pid.ns.all()) {
    const process = pid.task?.process;
    if (process !== undefined && process.pid === pid) yield process;
  }
}
