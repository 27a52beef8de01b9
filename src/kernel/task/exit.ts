import { SIGKILL } from '../../abi/signal.ts';
import { signaledStatus } from '../../abi/wait.ts';
import { unpinPath } from '../../vfs/index.ts';
import { ignoresChildren, isOrphaned, notifyParent, releaseOrphans, sendSignal } from './signals.ts';
import { NAMESPACES, type Process, type Task } from './task.ts';

/** Ends a thread's program: its finally blocks run, with a Sys that does nothing any more. Not from within the program. */
export function stopProgram(task: Task): void {
  const { program, kernel, sys } = task;
  task.program = undefined;
  if (sys !== undefined) kernel.killSys(sys);
  if (program === undefined) return;
  try {
    program.return(0);
  } catch (error) {
    kernel.outside.onPanic(error, `${task.comm}[${task.process.id}] while it was killed`);
  }
}

/** One thread leaves; the process lives on. */
export function endThread(task: Task): void {
  if (task.dead) return;
  task.dead = true;
  task.leaveQueues();
  task.stopTimer();
  task.kernel.tasks--;
  stopProgram(task);
  task.kernel.taskGone(task);
  const { process } = task;
  const at = process.threads.indexOf(task);
  if (at > 0) {
    for (const name of NAMESPACES) task.spaces[name].release();
    process.threads.splice(at, 1);
    process.cgroup.addTasks(-1);
    task.tid.task = undefined;
    task.tid.release();
  }
}

/**
 * Ends a process with a wait status (abi/wait.ts): threads, descriptors, children, terminal; then it is a zombie, or
 * gone. Not from within one of its programs.
 */
export function endProcess(process: Process, status: number): void {
  if (process.zombie || process.reaped) return;
  process.dying = status;
  const leader = process.leader;
  for (const task of process.threads.slice(1)) endThread(task);
  endThread(leader);
  const { kernel } = process;
  if (process.alarm) kernel.timers.cancel(process.alarm);
  process.fds.closeAll(leader);
  if (process.isInit) endNamespace(process);
  leaveSession(process);
  giveChildrenAway(process);
  unpinPath(process.cwd);
  unpinPath(process.root);
  if (process.exe) unpinPath(process.exe);
  for (const name of NAMESPACES) leader.spaces[name].release();
  if (process.charged > 0) process.cgroup.chargeMemory(-process.charged);
  process.charged = 0;
  process.cgroup.addTasks(-1);
  process.cgroup.removeMember(process);
  process.zombie = true;
  process.stopSignal = 0;
  releaseOrphans(process.group, process);
  process.ended.wakeAll();
  const { parent } = process;
  if (parent === undefined) {
    reap(process);
    kernel.initDied(process);
    return;
  }
  notifyParent(process, false);
  if (ignoresChildren(parent) || parent.zombie) reap(process);
}

/** A zombie goes: its number is free. Its times count for the parent. */
export function reap(process: Process): void {
  if (process.reaped) return;
  process.reaped = true;
  const { parent } = process;
  if (parent) {
    parent.childUserTime += process.userTime + process.childUserTime;
    parent.childSystemTime += process.systemTime + process.childSystemTime;
    parent.children.delete(process);
  }
  process.group.remove(process);
  // tables of the engine may keep what was in them for a while: a process that is gone holds nothing big
  process.actions = [];
  process.leader.sys = undefined;
  process.pid.task = undefined;
  process.pid.release();
}

/** Process 1 of a pid namespace ended: the kernel kills all others of it. */
function endNamespace(init: Process): void {
  const { ns } = init.pid;
  ns.dead = true;
  if (ns.parent === undefined) return;
  for (const pid of [...ns.all()]) {
    const process = pid.task?.process;
    if (process && process !== init) endProcess(process, signaledStatus(SIGKILL));
  }
}

function leaveSession(process: Process): void {
  const { session } = process;
  if (session.pid !== process.pid) return;
  session.tty?.disassociate();
}

/** Who adopts the children: the nearest ancestor that is a subreaper, or process 1 of the namespace (prctl(2)). */
function reaperOf(process: Process): Process | undefined {
  const { ns } = process.pid;
  for (let at = process.parent; at !== undefined && at.pid.ns === ns; at = at.parent) {
    if (at.subreaper && at.dying === undefined) return at;
  }
  const init = ns.find(1)?.task?.process;
  return init !== undefined && init !== process && init.dying === undefined ? init : undefined;
}

function giveChildrenAway(process: Process): void {
  if (process.children.size === 0) return;
  const reaper = reaperOf(process);
  for (const child of [...process.children]) {
    process.children.delete(child);
    const mattered = !child.zombie && !isOrphaned(child.group);
    child.parent = reaper;
    reaper?.children.add(child);
    if (child.parentDeathSignal !== 0) sendSignal(child, child.parentDeathSignal, process.pid.ns);
    if (mattered) releaseOrphans(child.group, process);
    if (!child.zombie) continue;
    if (reaper === undefined || ignoresChildren(reaper)) reap(child);
    else notifyParent(child, false);
  }
}
