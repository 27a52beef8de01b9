import { EINVAL, EPERM } from '../../abi/errno.ts';
import { MS_BIND, MS_MOVE, MS_PRIVATE, MS_REC, MS_REMOUNT, MS_SHARED, MS_SLAVE } from '../../abi/flags.ts';
import * as vfs from '../../vfs/index.ts';
import { NamespaceInode } from '../fs/proc/namespaces.ts';
import type { Namespace } from '../ns/namespace.ts';
import { visibleProcesses } from '../task/find.ts';
import type { Process, Task } from '../task/task.ts';

const PROPAGATION = MS_PRIVATE | MS_SLAVE | MS_SHARED | (1 << 17);

/** mount(2). Every mount is private: the propagation flags are taken and change nothing. */
export function mount(task: Task, source: string, target: string, type: string, flags: number, data = ''): number {
  if (!task.capable('CAP_SYS_ADMIN')) return -EPERM;
  if (flags & MS_REMOUNT) return vfs.remount(task, target, flags, (flags & MS_BIND) !== 0, (flags & MS_REC) !== 0);
  if (flags & MS_BIND) return bind(task, source, target, (flags & MS_REC) !== 0);
  if (flags & PROPAGATION) {
    const place = vfs.resolve(task, target);
    if (typeof place === 'number') return place;
    return place.dentry === place.mount.root ? 0 : -EINVAL;
  }
  if (flags & MS_MOVE) return vfs.moveMount(task, source, target);
  const fs = task.kernel.makeFileSystem(task, type, source, data);
  return typeof fs === 'number' ? fs : vfs.mountFileSystem(task, fs, source, target, flags);
}

/** A bind mount of /proc/PID/ns/NAME keeps the namespace alive. */
function bind(task: Task, source: string, target: string, recursive: boolean): number {
  const r = vfs.bindMount(task, source, target, recursive);
  if (r === 0) namespaceAt(task, target)?.hold();
  return r;
}

/** The namespace that is mounted at `path`. */
function namespaceAt(task: Task, path: string): Namespace<unknown> | undefined {
  const place = vfs.resolve(task, path);
  if (typeof place === 'number' || place.dentry !== place.mount.root) return undefined;
  return place.inode instanceof NamespaceInode ? place.inode.namespace : undefined;
}

export function umount2(task: Task, target: string, flags: number): number {
  if (!task.capable('CAP_SYS_ADMIN')) return -EPERM;
  const namespace = namespaceAt(task, target);
  const r = vfs.umount(task, target, flags);
  if (r === 0) namespace?.release();
  return r;
}

/** pivot_root(2): whoever has the old root as root or working directory is moved to the new one. */
export function pivotRoot(task: Task, newRoot: string, putOld: string): number {
  const moved = vfs.pivotRoot(task, newRoot, putOld);
  if (typeof moved === 'number') return moved;
  for (const process of allProcesses(task)) {
    if (process.ns.mnt.value !== task.ns) continue;
    for (const which of ['root', 'cwd'] as const) {
      if (!vfs.samePath(process[which], moved.from)) continue;
      vfs.pinPath(moved.to);
      vfs.unpinPath(process[which]);
      process[which] = moved.to;
    }
  }
  return 0;
}

function* allProcesses(task: Task): Generator<Process> {
  const init = task.kernel.pidNs.find(1)?.task;
  if (init) yield* visibleProcesses(init);
}
