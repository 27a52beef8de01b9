import { EINVAL, EPERM } from '../../abi/errno.ts';
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
} from '../../abi/flags.ts';
import { cloneNamespace, destroyNamespace, type MountNamespace, pinPath, unpinPath } from '../../vfs/index.ts';
import { NAMESPACES, type Namespaces, type Process, type Task } from '../task/task.ts';
import { Namespace } from './namespace.ts';
import { PidNamespace } from './pid.ts';

const ALL = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP | CLONE_NEWPID;

/** Gives a thread other namespaces. Mounts are those of all its threads: they share root and working directory. */
export function setNamespaces(task: Task, next: Namespaces): void {
  const { mnt } = next;
  if (mnt !== task.spaces.mnt) {
    for (const other of task.process.threads) if (other !== task) replace(other, { ...other.spaces, mnt });
  }
  replace(task, next);
}

function replace(task: Task, next: Namespaces): void {
  const old = task.spaces;
  for (const name of NAMESPACES) next[name].hold();
  task.spaces = next;
  for (const name of NAMESPACES) old[name].release();
}

/** A copy of the mounts; root and working directory of the process go along. */
function newMounts(process: Process): Namespace<MountNamespace> {
  const { ns, translate } = cloneNamespace(process.ns.mnt.value);
  for (const which of ['root', 'cwd'] as const) {
    const moved = translate(process[which]);
    pinPath(moved);
    unpinPath(process[which]);
    process[which] = moved;
  }
  return new Namespace('mnt', process.kernel.nextNamespaceIno(), ns, destroyNamespace);
}

/**
 * Namespaces of its own for a thread, all but pid (a fork makes that one).
 * @param flags CLONE_NEW*
 */
export function unshareNamespaces(task: Task, flags: number): number {
  const { process, kernel } = task;
  const next: { -readonly [K in keyof Namespaces]: Namespaces[K] } = { ...task.spaces };
  if ((flags & ALL & ~CLONE_NEWPID) === 0) return 0;
  if (flags & CLONE_NEWNS) next.mnt = newMounts(process);
  if (flags & CLONE_NEWUTS) next.uts = new Namespace('uts', kernel.nextNamespaceIno(), { ...task.spaces.uts.value });
  if (flags & CLONE_NEWIPC) next.ipc = new Namespace('ipc', kernel.nextNamespaceIno(), { settings: new Map() });
  if (flags & CLONE_NEWNET) next.net = kernel.newNetNamespace();
  if (flags & CLONE_NEWCGROUP) next.cgroup = new Namespace('cgroup', kernel.nextNamespaceIno(), process.cgroup);
  setNamespaces(task, next);
  return 0;
}

/** unshare(2). A new pid namespace is for the children to come. */
export function unshare(task: Task, flags: number): number {
  if (flags & ~ALL) return -EINVAL;
  if (flags !== 0 && !task.capable('CAP_SYS_ADMIN')) return -EPERM;
  const { kernel } = task;
  if (flags & CLONE_NEWPID) {
    const ns = new PidNamespace<Task>(task.spaces.pid.value, kernel.config.pidMax);
    setNamespaces(task, { ...task.spaces, pid: new Namespace('pid', kernel.nextNamespaceIno(), ns) });
  }
  return unshareNamespaces(task, flags);
}
