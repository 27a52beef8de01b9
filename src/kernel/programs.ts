import { ENOEXEC } from '../abi/errno.ts';
import type { Entry } from '../abi/sys.ts';
import type { Outside } from './outside.ts';
import type { Task } from './task/task.ts';
import { WaitQueue } from './wait-queue.ts';

/** The programs that were loaded, and those on their way. */
export class Programs {
  readonly #loaded: Map<string, Entry> = new Map();
  readonly #loading: Map<string, WaitQueue> = new Map();
  readonly #missing: Set<string> = new Set();

  /** @returns the entry, BLOCKED while it is loaded, or -ENOEXEC where there is none of that name */
  load(task: Task, name: string): Entry | number {
    task.uninterruptible = false;
    const loaded = this.#loaded.get(name);
    if (loaded) return loaded;
    if (this.#missing.has(name)) return -ENOEXEC;
    const loading = this.#loading.get(name);
    if (loading) {
      task.uninterruptible = true;
      return task.block(loading);
    }
    const { outside } = task.kernel;
    const found = outside.loadProgram(name);
    if (found === undefined) return -ENOEXEC;
    if (typeof found === 'function') {
      this.#loaded.set(name, found);
      return found;
    }
    const queue = this.#wait(task, outside, name, found);
    task.uninterruptible = true;
    return task.block(queue);
  }

  #wait(task: Task, outside: Outside, name: string, promise: Promise<Entry | undefined>): WaitQueue {
    const queue = new WaitQueue();
    this.#loading.set(name, queue);
    const { kernel } = task;
    const release = kernel.hold();
    const done = (entry: Entry | undefined): void => {
      this.#loading.delete(name);
      if (entry) this.#loaded.set(name, entry);
      else this.#missing.add(name);
      release();
      queue.wakeAll();
      kernel.run.kick();
    };
    (outside.settle?.(promise) ?? promise).then(done, (error: unknown) => {
      outside.onPanic(error, `loading of program ${name}`);
      done(undefined);
    });
    return queue;
  }
}
