/** How far behind the last place of the table one may lie that is still put into it. */
const NEAR = 1024;

/**
 * Things by their number, most of them close together: a table from 0 on, and a map for those that lie far behind it, so that
 * a byte at 10 TB takes no more room than one at the begin.
 */
export class ChunkList<T> {
  /** One more than the highest number that was given. */
  length = 0;
  readonly #table: (T | undefined)[] = [];
  #far: Map<number, T> | undefined;

  get(index: number): T | undefined {
    return index < this.#table.length ? this.#table[index] : this.#far?.get(index);
  }

  /** @param item undefined: there is nothing */
  set(index: number, item: T | undefined): void {
    if (index >= this.length) this.length = index + 1;
    const table = this.#table;
    if (index < table.length) {
      table[index] = item;
      return;
    }
    if (index > table.length + NEAR) {
      this.#setFar(index, item);
      return;
    }
    for (let i = table.length; i < index; i++) table.push(this.#takeFar(i));
    this.#far?.delete(index);
    table.push(item);
  }

  #setFar(index: number, item: T | undefined): void {
    if (item === undefined) this.#far?.delete(index);
    else {
      this.#far ??= new Map();
      this.#far.set(index, item);
    }
  }

  #takeFar(index: number): T | undefined {
    const item = this.#far?.get(index);
    if (item !== undefined) this.#far!.delete(index);
    return item;
  }

  /** Forgets all from `length` on. */
  cut(length: number): void {
    if (length >= this.length) return;
    this.length = length;
    if (this.#table.length > length) this.#table.length = length;
    for (const index of this.#far?.keys() ?? []) if (index >= length) this.#far!.delete(index);
  }

  /** Makes it longer, by nothing. */
  extend(length: number): void {
    if (length > this.length) this.length = length;
  }

  /** What there is, in the order of its numbers. @param from the first number that is looked at */
  *present(from = 0): Generator<[number, T], void, void> {
    for (let i = from; i < this.#table.length; i++) {
      const item = this.#table[i];
      if (item !== undefined) yield [i, item];
    }
    if (!this.#far) return;
    for (const index of [...this.#far.keys()].sort((a, b) => a - b))
      if (index >= from) yield [index, this.#far.get(index)!];
  }

  /** A list with the same numbers. */
  map(make: (item: T) => T): ChunkList<T> {
    const list = new ChunkList<T>();
    for (const [index, item] of this.present()) list.set(index, make(item));
    list.extend(this.length);
    return list;
  }
}
