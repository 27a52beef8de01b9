import { encode } from '../../../lib/utf8.ts';
import { ELEMENT } from './element.ts';

const BUCKETS = 1024;

/** The hash by which bash orders associative arrays (FNV-1 of the key's bytes). */
function bucket(key: string): number {
  let hash = 2166136261;
  for (const byte of encode(key)) hash = Math.imul(hash, 16777619) ^ ((byte << 24) >> 24);
  return (hash >>> 0) % BUCKETS;
}

/** An associative array, whose elements come in the order of bash's hash table. */
export class AssocArray extends Map<string, string> {
  #order: string[] | undefined;
  #weight = 0;

  /** About how many bytes the elements take. */
  get weight(): number {
    return this.#weight;
  }

  override set(key: string, value: string): this {
    const before = this.get(key);
    if (before === undefined) {
      this.#order = undefined;
      this.#weight += ELEMENT + key.length + value.length;
    } else this.#weight += value.length - before.length;
    return super.set(key, value);
  }

  override delete(key: string): boolean {
    const before = this.get(key);
    if (before !== undefined) this.#weight -= ELEMENT + key.length + before.length;
    this.#order = undefined;
    return super.delete(key);
  }

  override clear(): void {
    this.#order = undefined;
    this.#weight = 0;
    super.clear();
  }

  #keys(): string[] {
    // within a bucket the newest comes first
    this.#order ??= [...super.keys()]
      .reverse()
      .map((key): [number, string] => [bucket(key), key])
      .sort((a, b) => a[0] - b[0])
      .map(([, key]) => key);
    return this.#order;
  }

  override *keys(): MapIterator<string> {
    yield* this.#keys();
  }

  override *values(): MapIterator<string> {
    for (const key of this.#keys()) yield this.get(key)!;
  }

  override *entries(): MapIterator<[string, string]> {
    for (const key of this.#keys()) yield [key, this.get(key)!];
  }

  override [Symbol.iterator](): MapIterator<[string, string]> {
    return this.entries();
  }

  clone(): AssocArray {
    const copy = new AssocArray();
    for (const key of super.keys()) copy.set(key, this.get(key)!);
    return copy;
  }
}
