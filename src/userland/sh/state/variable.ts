import type { AssocArray } from './assoc.ts';
import { ELEMENT } from './element.ts';

export const EXPORT = 1;
export const READONLY = 2;
export const INTEGER = 4;
export const LOWER = 8;
export const UPPER = 16;
export const NAMEREF = 32;
export const CAPITALIZE = 64;
export const TRACE = 128;
/** The value is worked out when it is read (RANDOM, LINENO). */
export const DYNAMIC = 256;
/** Setting it has an effect in the shell (PATH, IFS, OPTIND). */
export const WATCHED = 512;
/** Declared with `local` in the running function. */
export const LOCAL = 1024;

/** An indexed array: sparse, in order of its indices. */
export class IndexedArray {
  #map = new Map<number, string>();
  #sorted = true;
  #max = -1;
  #weight = 0;

  /** About how many bytes the elements take. */
  get weight(): number {
    return this.#weight;
  }

  get size(): number {
    return this.#map.size;
  }

  get(index: number): string | undefined {
    return this.#map.get(index);
  }

  set(index: number, value: string): void {
    if (index > this.#max) {
      this.#max = index;
      this.#weight += ELEMENT + value.length;
    } else {
      const before = this.#map.get(index);
      if (before === undefined) this.#sorted = false;
      this.#weight += value.length - (before === undefined ? -ELEMENT : before.length);
    }
    this.#map.set(index, value);
  }

  delete(index: number): void {
    const before = this.#map.get(index);
    if (before !== undefined) this.#weight -= ELEMENT + before.length;
    this.#map.delete(index);
    if (index === this.#max) this.#max = this.#map.size === 0 ? -1 : Math.max(...this.keys());
  }

  /** The highest index in use, -1 where it is empty. */
  get max(): number {
    return this.#max;
  }

  #sort(): void {
    if (this.#sorted) return;
    this.#map = new Map([...this.#map].sort((a, b) => a[0] - b[0]));
    this.#sorted = true;
  }

  keys(): number[] {
    this.#sort();
    return [...this.#map.keys()];
  }

  values(): string[] {
    this.#sort();
    return [...this.#map.values()];
  }

  entries(): [number, string][] {
    this.#sort();
    return [...this.#map];
  }

  clone(): IndexedArray {
    const copy = new IndexedArray();
    copy.#map = new Map(this.#map);
    copy.#sorted = this.#sorted;
    copy.#max = this.#max;
    copy.#weight = this.#weight;
    return copy;
  }

  static of(values: readonly string[]): IndexedArray {
    const array = new IndexedArray();
    for (let i = 0; i < values.length; i++) array.set(i, values[i]!);
    return array;
  }
}

/** A shell variable. It belongs to one store, which copies it before it changes one that it shares. */
export class Variable {
  flags = 0;
  array: IndexedArray | undefined;
  assoc: AssocArray | undefined;
  /** An array was assigned, be it an empty one. */
  assigned = false;
  /** Bytes that were charged for its elements. */
  charged = 0;

  constructor(
    public owner: object,
    /** Undefined: declared but unset. */
    public value: string | undefined,
  ) {}

  clone(owner: object): Variable {
    const copy = new Variable(owner, this.value);
    copy.flags = this.flags;
    copy.assigned = this.assigned;
    copy.array = this.array?.clone();
    copy.assoc = this.assoc?.clone();
    return copy;
  }

  /** True where neither a value nor an element is set. */
  get unset(): boolean {
    if (this.array) return this.array.size === 0;
    if (this.assoc) return this.assoc.size === 0;
    return this.value === undefined && (this.flags & DYNAMIC) === 0;
  }
}
