import { EBADF, EINVAL, EPERM } from '../../abi/errno.ts';
import { type MountNamespace, namespaceRoot, OpenFile, type Path, pinPath, unpinPath } from '../../vfs/index.ts';
import type { Namespaces, Process, Task } from '../task/task.ts';
import { NAMESPACE_FLAGS, type Namespace } from './namespace.ts';
import type { PidNamespace } from './pid.ts';
import { setNamespaces } from './unshare.ts';

/** An open /proc/PID/ns/NAME: it keeps the namespace alive. */
export class NamespaceFile extends OpenFile {
  readonly namespace: Namespace<unknown>;
  constructor(path: Path, flags: number, namespace: Namespace<unknown>) {
    super(path, flags);
    this.namespace = namespace;
    namespace.hold();
  }

  override release(): void {
    this.namespace.release();
  }
}

/** setns(2). `type`: CLONE_NEW* that it must be, 0 for any. */
export function setns(task: Task, fd: number, type: number): number {
  const file = task.process.fds.get(fd);
  if (file === undefined) return -EBADF;
  if (!(file instanceof NamespaceFile)) return -EINVAL;
  const { namespace } = file;
  if (type !== 0 && NAMESPACE_FLAGS[namespace.type] !== type) return -EINVAL;
  if (!task.capable('CAP_SYS_ADMIN')) return -EPERM;
  if (namespace.type === 'user') return -EINVAL;
  const { process } = task;
  if (namespace.type === 'pid' && !isBelow(namespace.value as PidNamespace<Task>, process.pid.ns)) return -EINVAL;
  setNamespaces(task, { ...task.spaces, [namespace.type]: namespace } as Namespaces);
  if (namespace.type === 'mnt') enterRoot(process, namespace.value as MountNamespace);
  return 0;
}

function isBelow(ns: PidNamespace<Task>, top: PidNamespace<Task>): boolean {
  for (let at: PidNamespace<Task> | undefined = ns; at !== undefined; at = at.parent) if (at === top) return true;
  return false;
}

function enterRoot(process: Process, ns: MountNamespace): void {
  const root = namespaceRoot(ns);
  for (const which of ['root', 'cwd'] as const) {
    pinPath(root);
    unpinPath(process[which]);
    process[which] = root;
  }
}
