import { BLOCKED, EACCES, EINVAL, ENOENT, EPERM, ESRCH } from '../../abi/errno.ts';
import { RLIMIT_NOFILE } from '../../abi/flags.ts';
import type { Entry, ForkOptions, Rlimit, SpawnActions } from '../../abi/sys.ts';
import { exitedStatus, type WaitResult } from '../../abi/wait.ts';
import { resolveDirectory, type VfsContext } from '../../vfs/index.ts';
import { cgroupAt } from '../cgroup/place.ts';
import { unshareNamespaces } from '../ns/unshare.ts';
import { commitExec, cutComm, execute, prepareExec } from '../task/exec.ts';
import { endProcess } from '../task/exit.ts';
import { findGroup, findProcess } from '../task/find.ts';
import { addThread, forkProcess, startTask } from '../task/fork.ts';
import { type Process, ProcessGroup, Session, type Task } from '../task/task.ts';
import { TaskView } from '../task/task-view.ts';
import { waitForChild } from '../task/wait.ts';
import { dup2 } from './files.ts';
import { moveTo } from './names.ts';

/** fork(2). */
export function fork(task: Task, entry: Entry, options: ForkOptions = {}): number {
  const flags = options.flags ?? 0;
  if (flags !== 0 && !task.capable('CAP_SYS_ADMIN')) return -EPERM;
  let { cgroup } = task.process;
  if (options.cgroup !== undefined) {
    const found = cgroupAt(task, options.cgroup);
    if (typeof found === 'number') return found;
    cgroup = found;
  }
  const child = forkProcess(task, flags, cgroup);
  if (typeof child === 'number') return child;
  const failed = unshareNamespaces(child.leader, flags);
  if (failed < 0) {
    abandon(child);
    return failed;
  }
  startTask(child.leader, entry);
  return child.pid.in(task.process.pid.ns);
}

/** Undoes a fork whose child has not begun. */
function abandon(child: Process): void {
  child.parent?.children.delete(child);
  child.parent = child.kernel.pidNs.find(1)?.task?.process;
  child.parent?.children.add(child);
  endProcess(child, 0);
}

/** clone(CLONE_THREAD). */
export function thread(task: Task, entry: Entry): number {
  const made = addThread(task, entry);
  return typeof made === 'number' ? made : made.tid.in(task.process.pid.ns);
}

export const execve = execute;

/** posix_spawn(3): the executable is found and loaded before there is a child, so that its errors are the caller's. */
export function spawn(
  task: Task,
  path: string,
  argv: readonly string[],
  envp: readonly string[],
  actions: SpawnActions = {},
): number {
  let ctx: VfsContext = task;
  if (actions.cwd !== undefined) {
    const cwd = resolveDirectory(task, actions.cwd);
    if (typeof cwd === 'number') return cwd;
    ctx = new TaskView(task, { cwd });
  }
  const prepared = prepareExec(task, path, argv, envp, ctx);
  if (typeof prepared === 'number') return prepared;
  const child = forkProcess(task, 0, task.process.cgroup);
  if (typeof child === 'number') return child;
  const { leader } = child;
  const failed = act(task, leader, actions);
  if (failed < 0) {
    abandon(child);
    return failed;
  }
  commitExec(leader, prepared);
  leader.nextImage = undefined;
  leader.program = prepared.entry(leader.sys!);
  task.kernel.run.enqueue(leader, 'new');
  return child.pid.in(task.process.pid.ns);
}

function act(parent: Task, child: Task, actions: SpawnActions): number {
  if (actions.setsid) {
    const r = setsid(child);
    if (r < 0) return r;
  }
  if (actions.pgid !== undefined) {
    const group = actions.pgid === 0 ? child.process.pid.in(parent.process.pid.ns) : actions.pgid;
    const r = joinGroup(parent, child.process, group);
    if (r < 0) return r;
  }
  if (actions.cwd !== undefined) {
    const cwd = resolveDirectory(child, actions.cwd);
    if (typeof cwd === 'number') return cwd;
    moveTo(child, 'cwd', cwd);
  }
  for (const [from, to] of actions.dup2 ?? []) {
    if (from === to) {
      if (child.process.fds.get(from) === undefined) return -9;
      child.process.fds.setCloexec(from, false);
      continue;
    }
    const r = dup2(child, from, to);
    if (r < 0) return r;
  }
  return 0;
}

/** exit_group(2). */
export function exit(task: Task, status: number): number {
  task.process.dying ??= exitedStatus(status);
  if (task.sys) task.kernel.silenceSys(task.sys);
  task.kernel.run.budget = 0;
  return BLOCKED;
}

export const waitpid = (task: Task, pid: number, options: number, out: WaitResult): number =>
  waitForChild(task, pid, options, out);

export const getpid = (task: Task): number => task.process.pid.in(task.process.pid.ns);
export const gettid = (task: Task): number => task.tid.in(task.process.pid.ns);
export const getppid = (task: Task): number => task.process.parent?.pid.in(task.process.pid.ns) ?? 0;

export function getpgid(task: Task, pid: number): number {
  const process = findProcess(task, pid);
  return process === undefined ? -ESRCH : process.group.pid.in(task.process.pid.ns);
}

export function getsid(task: Task, pid: number): number {
  const process = findProcess(task, pid);
  return process === undefined ? -ESRCH : process.session.pid.in(task.process.pid.ns);
}

/** setpgid(2). */
export function setpgid(task: Task, pid: number, pgid: number): number {
  if (pgid < 0) return -EINVAL;
  const process = findProcess(task, pid);
  if (process === undefined) return -ESRCH;
  const self = task.process;
  if (process !== self) {
    if (process.parent !== self) return -ESRCH;
    if (process.session !== self.session) return -EPERM;
    if (process.execed) return -EACCES;
  }
  if (process.session.pid === process.pid) return -EPERM;
  return joinGroup(task, process, pgid === 0 ? process.pid.in(self.pid.ns) : pgid);
}

function joinGroup(task: Task, process: Process, pgid: number): number {
  const { ns } = task.process.pid;
  if (process.group.pid.in(ns) === pgid) return 0;
  const { session } = process;
  let group: ProcessGroup;
  if (process.pid.in(ns) === pgid) {
    group = [...session.groups].find((g) => g.pid === process.pid) ?? new ProcessGroup(process.pid, session);
  } else {
    const found = findGroup(task, pgid);
    if (found === undefined || found.session !== session) return -EPERM;
    group = found;
  }
  const old = process.group;
  process.group = group;
  group.add(process);
  old.remove(process);
  return 0;
}

/** setsid(2). */
export function setsid(task: Task): number {
  const { process } = task;
  for (const group of process.session.groups) if (group.pid === process.pid) return -EPERM;
  const old = process.group;
  const session = new Session(process.pid);
  process.group = new ProcessGroup(process.pid, session);
  process.group.add(process);
  old.remove(process);
  return process.pid.in(process.pid.ns);
}

export function nice(task: Task, increment: number): number {
  const { process } = task;
  return setNice(task, process, process.nice + increment) || process.nice;
}

/** @returns nice value, -20..19, or -ESRCH */
export function getpriority(task: Task, pid: number): number {
  return findProcess(task, pid)?.nice ?? -ESRCH;
}

export function setpriority(task: Task, pid: number, value: number): number {
  const process = findProcess(task, pid);
  if (process === undefined) return -ESRCH;
  const { cred } = task;
  if (cred.euid !== process.cred.uid && cred.euid !== process.cred.euid && !task.capable('CAP_SYS_NICE')) return -EPERM;
  return setNice(task, process, value) && -EACCES;
}

function setNice(task: Task, process: Process, value: number): number {
  const wanted = Math.max(-20, Math.min(19, value));
  if (wanted < process.nice && !task.capable('CAP_SYS_NICE')) return -EPERM;
  process.nice = wanted;
  return 0;
}

export function times(task: Task): { user: number; system: number; childUser: number; childSystem: number } {
  const { userTime, systemTime, childUserTime, childSystemTime } = task.process;
  return { user: userTime, system: systemTime, childUser: childUserTime, childSystem: childSystemTime };
}

export function getrlimit(task: Task, resource: number): Rlimit | number {
  const limit = task.process.limits[resource];
  return limit === undefined ? -EINVAL : { ...limit };
}

/** Descriptors that nobody may exceed (fs.nr_open). */
const NR_OPEN = 1_048_576;

export function setrlimit(task: Task, resource: number, limit: Rlimit): number {
  const old = task.process.limits[resource];
  if (old === undefined || limit.soft > limit.hard) return -EINVAL;
  if (resource === RLIMIT_NOFILE && limit.hard > NR_OPEN) return -EPERM;
  if (limit.hard > old.hard && !task.capable('CAP_SYS_RESOURCE')) return -EPERM;
  task.process.limits[resource] = { ...limit };
  return 0;
}

/** prctl(2). */
export function prctl(
  task: Task,
  option: 'name' | 'cmdline' | 'pdeathsig' | 'subreaper' | 'dumpable' | 'seccomp',
  value: string | number,
): number {
  const { process } = task;
  switch (option) {
    case 'name':
      task.comm = cutComm(String(value));
      return 0;
    case 'cmdline':
      process.argv = [String(value)];
      return 0;
    case 'pdeathsig':
      if (typeof value !== 'number' || value < 0 || value > 64) return -EINVAL;
      process.parentDeathSignal = value;
      return 0;
    case 'subreaper':
      process.subreaper = Boolean(value);
      return 0;
    case 'dumpable':
      process.dumpable = Boolean(value);
      return 0;
    case 'seccomp':
      if (value !== 0 && value !== 2) return -EINVAL;
      process.seccomp = Math.max(process.seccomp, value);
      return 0;
    default:
      return -ENOENT;
  }
}
