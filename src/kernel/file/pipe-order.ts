/** Anything that waits for its turn. */
interface Member {
  /** Told when its turn has come. */
  readonly readable: { wakeAll(): void };
}

/**
 * The order in which bytes were written to several pipes: runs of bytes of one pipe. A pipe that is not first has to wait until the
 * runs before its own are read.
 */
export class PipeOrder<P extends Member> {
  readonly #runs: { pipe: P; length: number }[] = [];

  wrote(pipe: P, length: number): void {
    const last = this.#runs.at(-1);
    if (last?.pipe === pipe) last.length += length;
    else this.#runs.push({ pipe, length });
  }

  /** How many bytes of `pipe` may be read now. */
  turn(pipe: P): number {
    const first = this.#runs[0];
    return first?.pipe === pipe ? first.length : 0;
  }

  hasRead(length: number): void {
    const first = this.#runs[0]!;
    first.length -= length;
    if (first.length > 0) return;
    this.#runs.shift();
    this.#runs[0]?.pipe.readable.wakeAll();
  }

  /** Nobody reads `pipe` any more. */
  drop(pipe: P): void {
    for (let i = this.#runs.length - 1; i >= 0; i--) if (this.#runs[i]!.pipe === pipe) this.#runs.splice(i, 1);
    this.#runs[0]?.pipe.readable.wakeAll();
  }
}
