/** The fields of a record that are separated by blanks, found as far as they are asked for. */
export class BlankFields {
  private text = '';
  private at = 0;
  private end = 0;
  /** Where field n begins and ends, in turn. */
  private readonly bounds: number[] = [];
  private found = 0;
  private complete = true;

  /** The record is the part of `text` from `start` to `end`. */
  begin(text: string, start: number, end: number): void {
    this.text = text;
    this.at = start;
    this.end = end;
    this.found = 0;
    this.complete = false;
  }

  /** @param n from 1. @returns undefined where there are not so many */
  get(n: number): string | undefined {
    if (n > this.found && !this.scan(n)) return undefined;
    return this.text.slice(this.bounds[n * 2 - 2], this.bounds[n * 2 - 1]);
  }

  get count(): number {
    this.scan(Number.POSITIVE_INFINITY);
    return this.found;
  }

  all(): string[] {
    const out: string[] = [];
    for (let n = 1; n <= this.count; n++) out.push(this.get(n)!);
    return out;
  }

  /** Finds fields up to the `n`th. @returns whether it exists */
  private scan(n: number): boolean {
    const { text, bounds, end } = this;
    let { at } = this;
    while (this.found < n && !this.complete) {
      let c = at < end ? text.charCodeAt(at) : 0;
      while (at < end && (c === 32 || c === 9 || c === 10)) c = text.charCodeAt(++at);
      if (at >= end) {
        this.complete = true;
        break;
      }
      const start = at;
      while (at < end && c !== 32 && c !== 9 && c !== 10) c = text.charCodeAt(++at);
      bounds[this.found * 2] = start;
      bounds[this.found * 2 + 1] = at;
      this.found++;
    }
    this.at = at;
    return this.found >= n;
  }
}
