import { EAGAIN, ENOMEM } from '../../abi/errno.ts';
import { CLONE_NEWPID, RLIMIT_NPROC } from '../../abi/flags.ts';
import type { Entry } from '../../abi/sys.ts';
import { pinPath } from '../../vfs/index.ts';
import type { Cgroup } from '../cgroup/cgroup.ts';
import { Namespace } from '../ns/namespace.ts';
import { PidNamespace } from '../ns/pid.ts';
import { type Namespaces, PROCESS_MEMORY, Process, Task } from './task.ts';

/** May one more task begin in `cgroup`? @returns 0, or -EAGAIN */
function admit(task: Task, cgroup: Cgroup<Process>): number {
  const { process, kernel } = task;
  if (kernel.tasks >= kernel.config.threadsMax) return -EAGAIN;
  const limit = process.limit(RLIMIT_NPROC);
  if (limit !== Number.POSITIVE_INFINITY && process.cred.uid !== 0) {
    let count = 0;
    for (const pid of kernel.pidNs.all()) if (pid.task?.process.cred.uid === process.cred.uid) count++;
    if (count >= limit) return -EAGAIN;
  }
  return cgroup.admits(1) ? 0 : -EAGAIN;
}

/**
 * fork(2): a child with copies of everything, not started yet.
 * @param flags CLONE_NEWPID counts here; the other namespaces are made by the caller in the child
 * @returns the child, -EAGAIN, or -ENOMEM in a pid namespace whose process 1 is gone
 */
export function forkProcess(task: Task, flags: number, cgroup: Cgroup<Process>): Process | number {
  const { process: parent, kernel } = task;
  const refused = admit(task, cgroup);
  if (refused < 0) return refused;
  let pidNs = task.spaces.pid;
  if (pidNs.value.dead) return -ENOMEM;
  if (flags & CLONE_NEWPID) {
    const ns = new PidNamespace<Task>(pidNs.value, kernel.config.pidMax);
    pidNs = new Namespace('pid', kernel.nextNamespaceIno(), ns);
  }
  const child = new Process(kernel, pidNs.value.allocate(), {
    parent,
    group: parent.group,
    cred: parent.cred,
    fds: parent.fds.copy(),
    root: parent.root,
    cwd: parent.cwd,
    pidNs,
    cgroup,
    // setrlimit puts a new one in its place
    limits: parent.limits.slice(),
    image: parent.image,
    argv: parent.argv,
    envp: parent.envp,
  });
  pinPath(child.root);
  pinPath(child.cwd);
  if (parent.exe) pinPath(parent.exe);
  child.exe = parent.exe;
  child.umask = parent.umask;
  child.nice = parent.nice;
  child.actions = [...parent.actions];
  child.dumpable = parent.dumpable;
  child.seccomp = parent.seccomp;
  child.oomScoreAdj = parent.oomScoreAdj;
  parent.children.add(child);
  child.group.add(child);
  cgroup.addMember(child);
  cgroup.chargeMemory(PROCESS_MEMORY);
  child.charged = PROCESS_MEMORY;
  const spaces = pidNs === task.spaces.pid ? task.spaces : { ...task.spaces, pid: pidNs };
  const leader = addTask(child, child.pid, spaces, task.comm);
  leader.blocked = (task.savedMask ?? task.blocked).copy();
  kernel.forks++;
  return child;
}

function addTask(process: Process, tid: Process['pid'], spaces: Namespaces, comm: string): Task {
  const task = new Task(tid, process, spaces, comm);
  process.threads.push(task);
  process.cgroup.addTasks(1);
  process.kernel.tasks++;
  return task;
}

/** Gives a task its program; it runs when its turn comes. */
export function startTask(task: Task, entry: Entry): void {
  const { process, kernel } = task;
  task.sys = kernel.makeSys(task, process.image, process.argv, process.envp);
  task.program = entry(task.sys);
  kernel.run.enqueue(task, 'new');
}

/** clone(CLONE_THREAD): one more thread of the caller's process. @returns it, or -EAGAIN */
export function addThread(task: Task, entry: Entry): Task | number {
  const { process } = task;
  const refused = admit(task, process.cgroup);
  if (refused < 0) return refused;
  const thread = addTask(process, process.pid.ns.allocate(), task.spaces, task.comm);
  thread.blocked = task.blocked.copy();
  startTask(thread, entry);
  return thread;
}
