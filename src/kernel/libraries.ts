import { EIO } from '../abi/errno.ts';
import type { Library } from '../abi/library.ts';
import type { Task } from './task/task.ts';
import { WaitQueue } from './wait-queue.ts';

/** A library on its way. */
interface Loading {
  queue: WaitQueue;
  tasks: Set<Task>;
}

/** The parts of programs that were loaded when they were first needed, and those on their way. */
export class Libraries {
  readonly #loaded: Map<Library<object>, object> = new Map();
  readonly #loading: Map<Library<object>, Loading> = new Map();
  /** Tasks whose library could not be loaded: each is told once; whoever asks again tries again. */
  readonly #failed: WeakMap<Task, Library<object>> = new WeakMap();

  /** @returns what the library holds, BLOCKED while it is loaded, or -EIO where it cannot be */
  open(task: Task, library: Library<object>): object | number {
    task.uninterruptible = false;
    const loaded = this.#loaded.get(library);
    if (loaded) return loaded;
    if (this.#failed.get(task) === library) {
      this.#failed.delete(task);
      return -EIO;
    }
    const { queue, tasks } = this.#loading.get(library) ?? this.#load(task, library);
    tasks.add(task);
    // a page fault
    task.uninterruptible = true;
    return task.block(queue);
  }

  #load(task: Task, library: Library<object>): Loading {
    const loading: Loading = { queue: new WaitQueue(), tasks: new Set() };
    this.#loading.set(library, loading);
    const { kernel } = task;
    const release = kernel.hold();
    const done = (held: object | undefined): void => {
      this.#loading.delete(library);
      if (held) this.#loaded.set(library, held);
      else for (const waiting of loading.tasks) this.#failed.set(waiting, library);
      release();
      loading.queue.wakeAll();
      kernel.run.kick();
    };
    const arriving = library.load();
    (kernel.outside.settle?.(arriving) ?? arriving).then(done, (error: unknown) => {
      kernel.outside.onPanic(error, `loading of ${library.name}`);
      done(undefined);
    });
    return loading;
  }
}
