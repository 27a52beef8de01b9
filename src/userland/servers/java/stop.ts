import { SIGHUP, SIGINT, SIGTERM } from '../../../abi/signal.ts';
import type { Futex, Sys } from '../../../abi/sys.ts';
import { futexWait, type Wait } from '../../../libc/io.ts';

/** What ends a server of Java: a signal, or itself. */
export class Stop {
  readonly #word: Futex = { value: 0 };
  #status = 0;

  constructor(private readonly sys: Sys) {
    for (const signal of [SIGTERM, SIGINT, SIGHUP]) sys.sigaction(signal, () => this.end(128 + signal));
  }

  /** Ends it with `status`, unless it ends already. */
  end(status: number): void {
    if (this.#word.value !== 0) return;
    this.#status = status;
    this.#word.value = 1;
    this.sys.futexWake(this.#word, 1);
  }

  /** @returns the exit status of the virtual machine: 128 + signal */
  *wait(): Wait<number> {
    while (this.#word.value === 0) yield* futexWait(this.sys, this.#word, 0);
    return this.#status;
  }
}
