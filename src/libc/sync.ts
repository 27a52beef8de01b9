import type { Futex, Sys } from '../abi/sys.ts';
import { futexWait, type Wait } from './io.ts';

/** Mutual exclusion between threads of one process, first come first served as far as the kernel wakes them. */
export class Mutex {
  #word: Futex = { value: 0 };

  *lock(sys: Sys): Wait<void> {
    while (this.#word.value !== 0) yield* futexWait(sys, this.#word, 1);
    this.#word.value = 1;
  }

  unlock(sys: Sys): void {
    this.#word.value = 0;
    sys.futexWake(this.#word, 1);
  }

  /** Runs `body` under the lock, which is given back however it ends. */
  *with<T>(sys: Sys, body: () => Wait<T>): Wait<T> {
    yield* this.lock(sys);
    try {
      return yield* body();
    } finally {
      this.unlock(sys);
    }
  }
}

/** A condition that threads wait for: `notify` wakes all, each looks again. */
export class Condition {
  #word: Futex = { value: 0 };

  /** Waits for the next `notify`. @returns 0, -EINTR, or -ETIMEDOUT after `timeout` ms */
  *wait(sys: Sys, timeout?: number): Wait<number> {
    return yield* futexWait(sys, this.#word, this.#word.value, timeout);
  }

  notify(sys: Sys): void {
    this.#word.value++;
    sys.futexWake(this.#word, Number.MAX_SAFE_INTEGER);
  }
}

/** A queue between threads of one process; with a capacity, senders wait. */
export class Channel<T> {
  #items: T[] = [];
  #closed = false;
  #changed = new Condition();

  constructor(readonly capacity: number = Number.POSITIVE_INFINITY) {}

  *send(sys: Sys, item: T): Wait<boolean> {
    while (this.#items.length >= this.capacity && !this.#closed) yield* this.#changed.wait(sys);
    if (this.#closed) return false;
    this.#items.push(item);
    this.#changed.notify(sys);
    return true;
  }

  /** Sends without waiting. @returns false where it is full or closed */
  offer(sys: Sys, item: T): boolean {
    if (this.#closed || this.#items.length >= this.capacity) return false;
    this.#items.push(item);
    this.#changed.notify(sys);
    return true;
  }

  /** @returns the next item; undefined once closed and empty, or after `timeout` ms */
  *receive(sys: Sys, timeout?: number): Wait<T | undefined> {
    while (this.#items.length === 0) {
      if (this.#closed) return undefined;
      if ((yield* this.#changed.wait(sys, timeout)) < 0 && timeout !== undefined) return undefined;
    }
    const item = this.#items.shift();
    this.#changed.notify(sys);
    return item;
  }

  close(sys: Sys): void {
    this.#closed = true;
    this.#changed.notify(sys);
  }

  get closed(): boolean {
    return this.#closed;
  }
}
