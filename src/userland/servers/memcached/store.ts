/** An item: its bytes, and what the client wants to know of it again. */
export interface Item {
  flags: number;
  data: Uint8Array;
  /** Seconds since the start at which it ends; Infinity for never. */
  ends: number;
  cas: number;
}

/** Bytes that an item takes beside key and data. @see memcached's struct _stritem */
const ITEM_HEAD = 56;
/** Expiry times above this are seconds since the Epoch. @see protocol.txt, "Expiration times" */
const RELATIVE_MAX = 60 * 60 * 24 * 30;

const sizeOf = (key: string, item: Item): number => ITEM_HEAD + key.length + 1 + item.data.length + 2;

/** What the server counts of its items. */
export interface Counts {
  total: number;
  evictions: number;
  expired: number;
}

/** The items of a server, the one used last at the end; those used longest ago make room. */
export class Store {
  readonly counts: Counts = { total: 0, evictions: 0, expired: 0 };
  readonly #items = new Map<string, Item>();
  #bytes = 0;
  #cas = 0;
  /** Items of before this time are gone, once it has come. */
  #flushAt = Number.POSITIVE_INFINITY;

  /**
   * @param limit bytes that all items may take
   * @param now seconds since the start
   * @param epoch seconds since the Epoch at the start
   * @param keepsAll nothing is taken away to make room
   */
  constructor(
    public limit: number,
    readonly now: () => number,
    readonly epoch: number,
    readonly keepsAll = false,
  ) {}

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#items.size;
  }

  /** When an item ends whose command says `seconds`. */
  ends(seconds: number): number {
    if (seconds === 0) return Number.POSITIVE_INFINITY;
    if (seconds < 0) return Number.NEGATIVE_INFINITY;
    return seconds > RELATIVE_MAX ? seconds - this.epoch : this.now() + seconds;
  }

  /** @returns the item, which is then the one used last */
  get(key: string): Item | undefined {
    if (this.now() >= this.#flushAt) {
      this.#items.clear();
      this.#bytes = 0;
      this.#flushAt = Number.POSITIVE_INFINITY;
    }
    const item = this.#items.get(key);
    if (!item) return undefined;
    if (item.ends <= this.now()) {
      this.counts.expired++;
      this.delete(key);
      return undefined;
    }
    this.#items.delete(key);
    this.#items.set(key, item);
    return item;
  }

  /** Puts an item, and takes others away as long as there is no room. @returns whether there was room */
  set(key: string, flags: number, data: Uint8Array, ends: number): boolean {
    this.delete(key);
    if (this.keepsAll && this.#bytes + data.length + key.length + ITEM_HEAD > this.limit) return false;
    const item = { flags, data, ends, cas: ++this.#cas };
    this.#items.set(key, item);
    this.#bytes += sizeOf(key, item);
    this.counts.total++;
    for (const oldest of this.#items.keys()) {
      if (this.#bytes <= this.limit || oldest === key) break;
      this.delete(oldest);
      this.counts.evictions++;
    }
    return true;
  }

  delete(key: string): boolean {
    const item = this.#items.get(key);
    if (!item) return false;
    this.#items.delete(key);
    this.#bytes -= sizeOf(key, item);
    return true;
  }

  /** All items of now are gone, at once or after `seconds`. */
  flush(seconds: number): void {
    this.#flushAt = this.now() + Math.max(0, seconds);
  }
}
