/**
 * Packets in flight within one call: what a call sets off runs here in order of arrival, never as deep recursion, and is
 * done before the outermost `run` returns.
 */
export class WorkQueue {
  #jobs: (() => void)[] = [];
  #later: (() => void)[] = [];
  #running = false;

  /** Runs `job` after those that are queued already. */
  run(job: () => void): void {
    this.#jobs.push(job);
    if (!this.#running) this.#drain();
  }

  /** Runs `job` once nothing is in flight any more (timers are armed then: most need none). */
  settle(job: () => void): void {
    this.#later.push(job);
    if (!this.#running) this.#drain();
  }

  #drain(): void {
    this.#running = true;
    try {
      for (;;) {
        for (let i = 0; i < this.#jobs.length; i++) {
          this.#jobs[i]!();
          if (i > 1024) {
            this.#jobs.splice(0, i + 1);
            i = -1;
          }
        }
        this.#jobs.length = 0;
        const later = this.#later.shift();
        if (!later) return;
        later();
      }
    } finally {
      this.#running = false;
    }
  }
}
