/** A content, and how many maps have it. */
interface Shared<K, V> {
  map: Map<K, V>;
  users: number;
}

/** A map whose copies share their content until one of them changes. */
export class CowMap<K, V> {
  #content: Shared<K, V>;
  #released = false;

  constructor(from?: CowMap<K, V>) {
    this.#content = from ? from.#content : { map: new Map(), users: 0 };
    this.#content.users++;
  }

  #own(): Map<K, V> {
    if (this.#released || this.#content.users > 1) {
      this.release();
      this.#content = { map: new Map(this.#content.map), users: 1 };
      this.#released = false;
    }
    return this.#content.map;
  }

  /** Says that this map is not going to change any more: whoever else has its content need not copy it. */
  release(): void {
    if (!this.#released) this.#content.users--;
    this.#released = true;
  }

  get size(): number {
    return this.#content.map.size;
  }

  get(key: K): V | undefined {
    return this.#content.map.get(key);
  }

  has(key: K): boolean {
    return this.#content.map.has(key);
  }

  set(key: K, value: V): void {
    this.#own().set(key, value);
  }

  delete(key: K): boolean {
    return this.#content.map.has(key) && this.#own().delete(key);
  }

  clear(): void {
    this.release();
    this.#content = { map: new Map(), users: 1 };
    this.#released = false;
  }

  keys(): MapIterator<K> {
    return this.#content.map.keys();
  }

  values(): MapIterator<V> {
    return this.#content.map.values();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.#content.map[Symbol.iterator]();
  }
}
