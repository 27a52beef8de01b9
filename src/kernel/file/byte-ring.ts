/** Most pipes carry a few bytes: arrays up to this size are the cheapest that there are. */
const SMALLEST = 64;

/** A bounded queue of bytes that grows as needed. */
export class ByteRing {
  readonly capacity: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #length = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get length(): number {
    return this.#length;
  }

  get room(): number {
    return this.capacity - this.#length;
  }

  /** Takes what there is room for. @returns bytes taken */
  write(from: Uint8Array): number {
    const n = Math.min(from.length, this.room);
    if (n === 0) return 0;
    if (this.#length + n > this.#bytes.length) this.#grow(this.#length + n);
    const size = this.#bytes.length;
    const end = (this.#start + this.#length) % size;
    const first = Math.min(n, size - end);
    this.#bytes.set(first === from.length ? from : from.subarray(0, first), end);
    if (first < n) this.#bytes.set(from.subarray(first, n), 0);
    this.#length += n;
    return n;
  }

  /** Fills `into` as far as there is something. @returns bytes given */
  read(into: Uint8Array): number {
    const n = Math.min(into.length, this.#length);
    if (n === 0) return 0;
    const size = this.#bytes.length;
    const first = Math.min(n, size - this.#start);
    into.set(this.#bytes.subarray(this.#start, this.#start + first), 0);
    if (first < n) into.set(this.#bytes.subarray(0, n - first), first);
    this.#start = (this.#start + n) % size;
    this.#length -= n;
    if (this.#length === 0) this.#start = 0;
    return n;
  }

  clear(): void {
    this.#start = this.#length = 0;
  }

  #grow(need: number): void {
    let size = Math.max(SMALLEST, this.#bytes.length);
    while (size < need) size *= 4;
    const bigger = new Uint8Array(Math.min(size, this.capacity));
    const length = this.#length;
    this.read(bigger);
    this.#bytes = bigger;
    this.#start = 0;
    this.#length = length;
  }
}
