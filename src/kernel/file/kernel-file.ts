import { O_NONBLOCK } from '../../abi/flags.ts';
import { OpenFile } from '../../vfs/index.ts';
import type { Task } from '../task/task.ts';

/** An open file whose reads and writes may have to wait: pipe, terminal, socket. */
export abstract class KernelFile extends OpenFile {
  get nonblock(): boolean {
    return (this.flags & O_NONBLOCK) !== 0;
  }

  /** Puts a task that polls on the queues that are woken when `poll` may have changed. */
  watch(_task: Task): void {}
}
