/** What can wait: a task. */
export interface Sleeper {
  /** The queues that it is on. */
  readonly queues: WaitQueue[];
  /** It leaves all queues and runs again. */
  wake(): void;
}

/**
 * Tasks that wait for one thing. A call that has to wait puts its task on one or more queues and returns BLOCKED; waking
 * takes it from all of them, and the program makes the call again. So a wake-up too many does no harm.
 */
export class WaitQueue {
  readonly #sleepers: Set<Sleeper> = new Set();

  get empty(): boolean {
    return this.#sleepers.size === 0;
  }

  add(sleeper: Sleeper): void {
    if (this.#sleepers.has(sleeper)) return;
    this.#sleepers.add(sleeper);
    sleeper.queues.push(this);
  }

  remove(sleeper: Sleeper): void {
    this.#sleepers.delete(sleeper);
  }

  wakeAll(): void {
    // waking takes them from the set, and adds none
    for (const sleeper of this.#sleepers) sleeper.wake();
  }

  /** Wakes up to `count`, in the order in which they came. @returns how many */
  wake(count: number): number {
    let woken = 0;
    for (const sleeper of this.#sleepers) {
      if (woken >= count) break;
      woken++;
      sleeper.wake();
    }
    return woken;
  }
}
