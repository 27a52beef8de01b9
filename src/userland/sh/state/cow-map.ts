/** A map whose copies share their content until one of them changes. */
export class CowMap<K, V> {
  #map: Map<K, V>;
  #shared = false;

  constructor(from?: CowMap<K, V>) {
    if (from) {
      this.#map = from.#map;
      this.#shared = true;
      from.#shared = true;
    } else this.#map = new Map();
  }

  #own(): Map<K, V> {
    if (this.#shared) {
      this.#map = new Map(this.#map);
      this.#shared = false;
    }
    return this.#map;
  }

  get size(): number {
    return this.#map.size;
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  set(key: K, value: V): void {
    this.#own().set(key, value);
  }

  delete(key: K): boolean {
    return this.#map.has(key) && this.#own().delete(key);
  }

  clear(): void {
    this.#map = new Map();
    this.#shared = false;
  }

  keys(): MapIterator<K> {
    return this.#map.keys();
  }

  values(): MapIterator<V> {
    return this.#map.values();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.#map[Symbol.iterator]();
  }
}
