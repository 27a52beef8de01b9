import { POLLERR, POLLHUP, POLLNVAL } from '../../abi/flags.ts';
import type { PollFd } from '../../abi/sys.ts';
import { KernelFile } from '../file/kernel-file.ts';
import { EventsFile } from '../fs/cgroup/cgroup-fs.ts';
import type { Task } from '../task/task.ts';

/** poll(2). */
export function poll(task: Task, fds: PollFd[], timeout: number): number {
  const { run } = task.kernel;
  if (--run.budget < 0 && run.expired()) return task.preempt();
  const table = task.process.fds;
  let ready = 0;
  for (const entry of fds) {
    entry.revents = 0;
    if (entry.fd < 0) continue;
    const file = table.get(entry.fd);
    entry.revents = file === undefined ? POLLNVAL : file.poll(task) & (entry.events | POLLERR | POLLHUP);
    if (entry.revents !== 0) ready++;
  }
  if (ready > 0 || timeout === 0) return ready;
  if (timeout > 0 && task.expires(timeout, 'poll')) return 0;
  const r = task.blockInterruptibly(undefined);
  if (r < 0 && task.waiting) {
    for (const entry of fds) {
      const file = entry.fd < 0 ? undefined : table.get(entry.fd);
      if (file instanceof KernelFile || file instanceof EventsFile) file.watch(task);
    }
  }
  return r;
}
