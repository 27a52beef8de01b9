/** A place in the text. */
export interface Place {
  row: number;
  col: number;
}

interface Snapshot {
  lines: string[];
  at: Place;
}

const UNDO_MAX = 200;

/** The text that is edited, with its history. There is always one line. */
export class Buffer {
  lines: string[] = [''];
  changed = false;
  private undos: Snapshot[] = [];
  private redos: Snapshot[] = [];

  line(row: number): string {
    return this.lines[row] ?? '';
  }

  /** Remembers the text before a change. */
  checkpoint(at: Place): void {
    this.undos.push({ lines: [...this.lines], at: { ...at } });
    if (this.undos.length > UNDO_MAX) this.undos.shift();
    this.redos = [];
    this.changed = true;
  }

  /** @returns where the cursor goes, undefined where nothing is left */
  undo(at: Place): Place | undefined {
    return this.swap(this.undos, this.redos, at);
  }

  redo(at: Place): Place | undefined {
    return this.swap(this.redos, this.undos, at);
  }

  private swap(from: Snapshot[], to: Snapshot[], at: Place): Place | undefined {
    const last = from.pop();
    if (!last) return undefined;
    to.push({ lines: this.lines, at: { ...at } });
    this.lines = last.lines;
    this.changed = true;
    return last.at;
  }

  /** Text from `a` up to `b`, which is not part of it. */
  textBetween(a: Place, b: Place): string {
    if (a.row === b.row) return this.line(a.row).slice(a.col, b.col);
    return [
      this.line(a.row).slice(a.col),
      ...this.lines.slice(a.row + 1, b.row),
      this.line(b.row).slice(0, b.col),
    ].join('\n');
  }

  remove(a: Place, b: Place): void {
    const joined = this.line(a.row).slice(0, a.col) + this.line(b.row).slice(b.col);
    this.lines.splice(a.row, b.row - a.row + 1, joined);
  }

  removeLines(from: number, to: number): string[] {
    const gone = this.lines.splice(from, to - from + 1);
    if (this.lines.length === 0) this.lines.push('');
    return gone;
  }

  /** Puts text in. @returns the place after it */
  insert(at: Place, text: string): Place {
    const line = this.line(at.row);
    const parts = text.split('\n');
    const tail = line.slice(at.col);
    if (parts.length === 1) {
      this.lines[at.row] = line.slice(0, at.col) + text + tail;
      return { row: at.row, col: at.col + text.length };
    }
    const last = parts.at(-1)!;
    this.lines.splice(at.row, 1, line.slice(0, at.col) + parts[0], ...parts.slice(1, -1), last + tail);
    return { row: at.row + parts.length - 1, col: last.length };
  }
}
