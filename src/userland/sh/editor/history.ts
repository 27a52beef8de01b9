/** The lines that were entered, and a place among them. */
export class History {
  /** With the time of each, where it is known (seconds). */
  entries: { text: string; time: number | undefined }[] = [];
  /** Number of the first entry: history numbers begin at 1 and go on when old entries are dropped. */
  base = 1;
  /** How many entries came from the file (the rest is appended to it). */
  loaded = 0;
  /** Most entries; -1: no limit. */
  limit = 500;

  add(text: string, time?: number): void {
    this.entries.push({ text, time });
    this.#trim();
  }

  #trim(): void {
    while (this.limit >= 0 && this.entries.length > this.limit) {
      this.entries.shift();
      this.base++;
      if (this.loaded > 0) this.loaded--;
    }
  }

  get length(): number {
    return this.entries.length;
  }

  at(index: number): string | undefined {
    return this.entries[index]?.text;
  }

  /** By number, as `!n` and `history` show it. */
  byNumber(n: number): string | undefined {
    return this.entries[n - this.base]?.text;
  }

  get nextNumber(): number {
    return this.base + this.entries.length;
  }

  delete(index: number): boolean {
    if (index < 0 || index >= this.entries.length) return false;
    this.entries.splice(index, 1);
    if (index < this.loaded) this.loaded--;
    return true;
  }

  clear(): void {
    this.base = 1;
    this.entries = [];
    this.loaded = 0;
  }

  /** Reads a history file's text. */
  load(text: string): void {
    let time: number | undefined;
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const stamp = /^#(\d+)$/.exec(line);
      if (stamp) {
        time = Number(stamp[1]);
        continue;
      }
      this.entries.push({ text: line, time });
      time = undefined;
    }
    this.#trim();
    this.loaded = this.entries.length;
  }

  /** The text of a history file; from entry `from` on. */
  save(from: number, stamps: boolean): string {
    return this.entries
      .slice(from)
      .map((e) => `${stamps && e.time !== undefined ? `#${e.time}\n` : ''}${e.text}\n`)
      .join('');
  }

  /** The newest entry before `before` that `test` accepts, -1 where there is none. */
  search(before: number, test: (text: string) => boolean): number {
    for (let i = Math.min(before, this.entries.length) - 1; i >= 0; i--) if (test(this.entries[i]!.text)) return i;
    return -1;
  }

  searchForward(after: number, test: (text: string) => boolean): number {
    for (let i = after + 1; i < this.entries.length; i++) if (test(this.entries[i]!.text)) return i;
    return -1;
  }
}

/** Splits a line into words as history designators count them. */
export function historyWords(line: string): string[] {
  return (
    line.match(/(?:\\.|"(?:\\.|[^"\\])*"?|'[^']*'?|`[^`]*`?|[^\s\\"'`;&|<>()])+|&&|\|\||;;|>>|<<<?|[;&|<>()]/g) ?? []
  );
}
