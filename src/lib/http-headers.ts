/**
 * The header fields of an HTTP message: names compare without case, order, spelling and repetition are kept as they came.
 * @see RFC 9110 section 5
 */
export class Headers implements Iterable<[string, string]> {
  private readonly fields: [string, string][] = [];

  constructor(init: Iterable<readonly [string, string]> | Readonly<Record<string, string>> = []) {
    const pairs = Symbol.iterator in init ? (init as Iterable<readonly [string, string]>) : Object.entries(init);
    for (const [name, value] of pairs) this.append(name, value);
  }

  get size(): number {
    return this.fields.length;
  }

  /** First value of the field, or undefined. */
  get(name: string): string | undefined {
    const wanted = name.toLowerCase();
    return this.fields.find(([n]) => n.toLowerCase() === wanted)?.[1];
  }

  /** All values of the field, in order. */
  getAll(name: string): string[] {
    const wanted = name.toLowerCase();
    return this.fields.filter(([n]) => n.toLowerCase() === wanted).map(([, v]) => v);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  append(name: string, value: string): void {
    this.fields.push([name, value]);
  }

  /** Replaces the first of this name at its place and drops the others; appends where there is none. */
  set(name: string, value: string): void {
    const wanted = name.toLowerCase();
    const at = this.fields.findIndex(([n]) => n.toLowerCase() === wanted);
    if (at < 0) {
      this.append(name, value);
      return;
    }
    this.fields[at] = [name, value];
    for (let i = this.fields.length - 1; i > at; i--) {
      if (this.fields[i]![0].toLowerCase() === wanted) this.fields.splice(i, 1);
    }
  }

  delete(name: string): void {
    const wanted = name.toLowerCase();
    for (let i = this.fields.length - 1; i >= 0; i--) {
      if (this.fields[i]![0].toLowerCase() === wanted) this.fields.splice(i, 1);
    }
  }

  /** Whether the comma-separated list of the field (Connection, Transfer-Encoding …) holds `token`, without case. */
  hasToken(name: string, token: string): boolean {
    return this.getAll(name).some((v) => v.split(',').some((t) => t.trim().toLowerCase() === token));
  }

  [Symbol.iterator](): Iterator<[string, string]> {
    return this.fields[Symbol.iterator]();
  }
}
