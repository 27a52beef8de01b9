import type { Sys } from '../../abi/sys.ts';

/** The error of a step that was ended because another failed, or because the client went, as BuildKit has it. */
export const CANCELED = 'context canceled';

/** Ends what a build runs, once there is no use for it any more. */
export class BuildControl {
  #cancelled = false;
  readonly #running = new Set<(sys: Sys) => void>();

  get cancelled(): boolean {
    return this.#cancelled;
  }

  /** Something begins that `kill` ends; it is ended at once where the build is over. */
  add(sys: Sys, kill: (sys: Sys) => void): void {
    this.#running.add(kill);
    if (this.#cancelled) kill(sys);
  }

  remove(kill: (sys: Sys) => void): void {
    this.#running.delete(kill);
  }

  /** Ends all that runs; nothing more is begun. */
  cancel(sys: Sys): void {
    this.#cancelled = true;
    for (const kill of this.#running) kill(sys);
  }
}
