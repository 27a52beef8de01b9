import type { PackFrame } from '../abi/pack.ts';

/** What the build made of the packs (public/packs/index.json): the script of each, and the files that belong to it by their names. */
export type PackIndex = Readonly<Record<string, { script: string; files: Readonly<Record<string, string>> }>>;

/** The messages of a pack's worker: they come when they like and are taken one at a time. */
export class PackQueue {
  readonly #frames: PackFrame[] = [];
  readonly #onWait: ((waiting: boolean) => void) | undefined;
  #waiting: { resolve: (frame: PackFrame) => void; reject: (error: Error) => void } | undefined;
  #ended: Error | undefined;

  /** @param onWait hears when somebody begins and ends to wait */
  constructor(onWait?: (waiting: boolean) => void) {
    this.#onWait = onWait;
  }

  add(frame: PackFrame): void {
    const { resolve } = this.#take() ?? {};
    if (resolve) resolve(frame);
    else this.#frames.push(frame);
  }

  /** There will be no more. */
  end(error: Error): void {
    this.#ended ??= error;
    this.#take()?.reject(this.#ended);
  }

  next(): Promise<PackFrame> {
    const frame = this.#frames.shift();
    if (frame) return Promise.resolve(frame);
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#onWait?.(true);
    });
  }

  #take(): { resolve: (frame: PackFrame) => void; reject: (error: Error) => void } | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) this.#onWait?.(false);
    return waiting;
  }
}
