import type { Sys } from '../../../abi/sys.ts';
import type { Wait } from '../../../libc/io.ts';
import { Condition } from '../../../libc/sync.ts';

/** Something that a thread of its own does meanwhile. */
export class Background<T> {
  #result: { value: T } | { error: unknown } | undefined;
  readonly #changed = new Condition();

  constructor(sys: Sys, body: (sys: Sys) => Wait<T>) {
    const settle = (own: Sys, result: { value: T } | { error: unknown }): void => {
      this.#result = result;
      this.#changed.notify(own);
    };
    sys.thread(function* (own) {
      try {
        settle(own, { value: yield* body(own) });
      } catch (error) {
        settle(own, { error });
      }
      return 0;
    });
  }

  get done(): boolean {
    return this.#result !== undefined;
  }

  /** Waits for its end. Throws what it threw. */
  *join(sys: Sys): Wait<T> {
    while (!this.#result) yield* this.#changed.wait(sys);
    if ('error' in this.#result) throw this.#result.error;
    return this.#result.value;
  }
}
