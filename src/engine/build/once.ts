import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import { Condition } from '../../libc/sync.ts';

/** Something that several threads want and that is done once: the first one does it, the others wait. */
export class Once<T> {
  #state: 'idle' | 'running' | 'done' | 'failed' = 'idle';
  #value: T | undefined;
  #error: unknown;
  readonly #changed = new Condition();

  get settled(): boolean {
    return this.#state === 'done' || this.#state === 'failed';
  }

  /** @throws what `body` threw */
  *get(sys: Sys, body: () => Wait<T>): Wait<T> {
    if (this.#state === 'idle') {
      this.#state = 'running';
      try {
        this.#value = yield* body();
        this.#state = 'done';
      } catch (error) {
        this.#error = error;
        this.#state = 'failed';
      }
      this.#changed.notify(sys);
    }
    while (!this.settled) yield* this.#changed.wait(sys);
    if (this.#state === 'failed') throw this.#error;
    return this.#value as T;
  }
}

/** Runs all at the same time, each in a thread but the first. @throws the first error, once all have ended */
export function* together(sys: Sys, jobs: readonly ((sys: Sys) => Wait<void>)[]): Wait<void> {
  const ended = new Condition();
  let running = Math.max(0, jobs.length - 1);
  const errors: unknown[] = [];
  for (const job of jobs.slice(1)) {
    sys.thread(function* (own) {
      try {
        yield* job(own);
      } catch (error) {
        errors.push(error);
      }
      running--;
      ended.notify(own);
      return 0;
    });
  }
  try {
    if (jobs[0]) yield* jobs[0](sys);
  } catch (error) {
    errors.push(error);
  }
  while (running > 0) yield* ended.wait(sys);
  const [first] = errors;
  if (first !== undefined) throw first;
}
