/** A value by its kind. Members keep the order in which they came. */
export type Value =
  | { kind: 'string'; data: string }
  | { kind: 'list'; data: string[] }
  | { kind: 'hash'; data: Map<string, string> }
  | { kind: 'set'; data: Set<string> }
  | { kind: 'zset'; data: Map<string, number> };

export type Kind = Value['kind'];

/** A value and the time (ms since the Epoch) after which it is gone. */
interface Entry {
  value: Value;
  expires: number | undefined;
}

/** About what an entry and an item of a value take besides their bytes. */
const ENTRY = 64;
const ITEM = 16;

/** One of the numbered databases. Expired keys are removed when they are met. */
export class Database {
  readonly #entries = new Map<string, Entry>();
  /** Counts the changes of each key that somebody watches. */
  readonly #versions = new Map<string, number>();

  constructor(
    readonly now: () => number,
    /** Told of every key that expires. */
    readonly onExpire: (key: string) => void,
  ) {}

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (!entry || entry.expires === undefined || entry.expires > this.now()) return entry;
    this.#entries.delete(key);
    this.touch(key);
    this.onExpire(key);
    return undefined;
  }

  get(key: string): Value | undefined {
    return this.#live(key)?.value;
  }

  /** Sets a value; its time to live ends unless `keep`. */
  set(key: string, value: Value, keep = false): void {
    const expires = keep ? this.#live(key)?.expires : undefined;
    this.#entries.set(key, { value, expires });
    this.touch(key);
  }

  delete(key: string): boolean {
    const there = this.#live(key) !== undefined;
    if (there) {
      this.#entries.delete(key);
      this.touch(key);
    }
    return there;
  }

  /** The key changed: those who watch it will see. */
  touch(key: string): void {
    const version = this.#versions.get(key);
    if (version !== undefined) this.#versions.set(key, version + 1);
  }

  /** A number that changes with the key from now on. */
  version(key: string): number {
    this.#live(key);
    const version = this.#versions.get(key) ?? 0;
    this.#versions.set(key, version);
    return version;
  }

  /** Time at which a key expires; undefined for never. */
  expiry(key: string): number | undefined {
    return this.#live(key)?.expires;
  }

  expire(key: string, at: number | undefined): void {
    const entry = this.#live(key);
    if (!entry) return;
    entry.expires = at;
    this.touch(key);
  }

  keys(): string[] {
    return [...this.#entries.keys()].filter((key) => this.#live(key));
  }

  get size(): number {
    return this.keys().length;
  }

  /** About the bytes that keys and values take. */
  measure(): number {
    let bytes = 0;
    for (const [key, { value }] of this.#entries) {
      bytes += ENTRY + key.length;
      if (value.kind === 'string') bytes += value.data.length;
      else
        for (const item of value.data)
          bytes += ITEM + (typeof item === 'string' ? item.length : item[0].length + String(item[1]).length);
    }
    return bytes;
  }

  get expiring(): number {
    return this.keys().filter((key) => this.expiry(key) !== undefined).length;
  }

  clear(): void {
    for (const key of this.#entries.keys()) this.touch(key);
    this.#entries.clear();
  }
}
