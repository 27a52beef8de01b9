/** Bytes handed to the screen at once: some milliseconds of its work, so that a flush takes effect soon. */
const STEP = 16 * 1024;

/**
 * Output on its way to the screen. The screen gets a step at a time; what waits can be dropped. Every byte that came is
 * acknowledged once, when it was shown or dropped, so that the machine knows how much it may send.
 */
export class OutputQueue {
  readonly #write: (bytes: Uint8Array, shown: () => void) => void;
  readonly #ack: (bytes: number) => void;
  #waiting: Uint8Array[] = [];
  #busy = false;

  /**
   * @param write shows bytes and calls back when it has
   * @param ack tells the machine how many bytes are done
   */
  constructor(write: (bytes: Uint8Array, shown: () => void) => void, ack: (bytes: number) => void) {
    this.#write = write;
    this.#ack = ack;
  }

  push(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#step();
  }

  /** Drops what waits. What the screen has already got is shown. */
  flush(): void {
    const dropped = this.#waiting.reduce((sum, bytes) => sum + bytes.length, 0);
    this.#waiting = [];
    if (dropped > 0) this.#ack(dropped);
  }

  #step(): void {
    if (this.#busy) return;
    const first = this.#waiting.shift();
    if (first === undefined) return;
    const part = first.length > STEP ? first.subarray(0, STEP) : this.#gather(first);
    if (first.length > STEP) this.#waiting.unshift(first.subarray(STEP));
    this.#busy = true;
    this.#write(part, () => {
      this.#busy = false;
      this.#ack(part.length);
      this.#step();
    });
  }

  /** Joins small pieces, so that a thousand short lines are not a thousand writes. */
  #gather(first: Uint8Array): Uint8Array {
    let length = first.length;
    let count = 0;
    while (count < this.#waiting.length && length + this.#waiting[count]!.length <= STEP)
      length += this.#waiting[count++]!.length;
    if (count === 0) return first;
    const joined = new Uint8Array(length);
    joined.set(first);
    let at = first.length;
    for (const piece of this.#waiting.splice(0, count)) {
      joined.set(piece, at);
      at += piece.length;
    }
    return joined;
  }
}
