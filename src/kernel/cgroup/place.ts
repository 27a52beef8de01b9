import { EBADF, ENOENT } from '../../abi/errno.ts';
import { resolve } from '../../vfs/index.ts';
import type { Process, Task } from '../task/task.ts';
import type { Cgroup } from './cgroup.ts';

/** An inode of the cgroup filesystem that stands for a group. */
export interface CgroupDirectory {
  readonly cgroup: Cgroup<Process>;
}

/** The group whose directory `path` names. @returns -EBADF where it is none */
export function cgroupAt(task: Task, path: string): Cgroup<Process> | number {
  const place = resolve(task, path);
  if (typeof place === 'number') return place;
  const { cgroup } = place.inode as unknown as Partial<CgroupDirectory>;
  if (cgroup === undefined) return -EBADF;
  return cgroup.removed ? -ENOENT : cgroup;
}

/** Moves a process to another group, with its charges. */
export function moveToCgroup(process: Process, to: Cgroup<Process>): void {
  const from = process.cgroup;
  if (from === to) return;
  from.chargeMemory(-process.charged);
  from.addTasks(-process.threads.length);
  from.removeMember(process);
  process.cgroup = to;
  to.addMember(process);
  to.addTasks(process.threads.length);
  to.chargeMemory(process.charged);
}
