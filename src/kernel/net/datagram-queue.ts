/** A datagram that waits to be read. */
export interface Waiting<From> {
  from: From;
  data: Uint8Array;
  ttl: number;
  /** Monotonic milliseconds. */
  time: number;
}

/** What one datagram costs besides its bytes (the kernel counts its own structures). */
const OVERHEAD = 512;

/** Datagrams of a socket, bounded by its receive buffer. */
export class DatagramQueue<From> {
  #waiting: Waiting<From>[] = [];
  #held = 0;
  dropped = 0;

  get length(): number {
    return this.#waiting.length;
  }

  /** Bytes of the next datagram. */
  get nextSize(): number {
    return this.#waiting[0]?.data.length ?? 0;
  }

  /** Bytes of all. */
  get bytes(): number {
    return this.#held - this.#waiting.length * OVERHEAD;
  }

  /** @returns false where there is no room: the datagram is lost */
  put(datagram: Waiting<From>, limit: number): boolean {
    if (this.#held + datagram.data.length + OVERHEAD > limit && this.#waiting.length > 0) {
      this.dropped++;
      return false;
    }
    this.#held += datagram.data.length + OVERHEAD;
    this.#waiting.push(datagram);
    return true;
  }

  hasRoom(size: number, limit: number): boolean {
    return this.#waiting.length === 0 || this.#held + size + OVERHEAD <= limit;
  }

  take(): Waiting<From> | undefined {
    const first = this.#waiting.shift();
    if (first) this.#held -= first.data.length + OVERHEAD;
    return first;
  }

  clear(): void {
    this.#waiting.length = 0;
    this.#held = 0;
  }
}
