import type { Cgroup } from '../../cgroup/cgroup.ts';
import type { Process, Task } from '../../task/task.ts';

/** Path of `cgroup` as it looks from `root` (the reader's cgroup namespace): `/`, `/a/b`, `/../c`. */
export function pathFrom(cgroup: Cgroup<Process>, root: Cgroup<Process>): string {
  const to = cgroup.path.split('/').filter(Boolean);
  const from = root.path.split('/').filter(Boolean);
  let common = 0;
  while (common < from.length && from[common] === to[common]) common++;
  const parts = [...from.slice(common).map(() => '..'), ...to.slice(common)];
  return `/${parts.join('/')}`;
}

/** /proc/PID/cgroup. */
export function cgroupText(process: Process, reader: Task): string {
  const deleted = process.cgroup.removed ? ' (deleted)' : '';
  return `0::${pathFrom(process.cgroup, reader.spaces.cgroup.value)}${deleted}\n`;
}
