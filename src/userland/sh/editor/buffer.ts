import { wcwidth } from '../../../lib/wcwidth.ts';

interface State {
  cells: string[];
  cursor: number;
}

const MAX_UNDO = 1000;

/** The line that is edited: cells (a character with what combines with it) and a cursor between them, with undo. */
export class Buffer {
  cells: string[] = [];
  cursor = 0;
  mark = 0;
  #undo: State[] = [];
  /** What the last change was, so that typing is undone in runs. */
  #kind = '';

  get text(): string {
    return this.cells.join('');
  }

  get length(): number {
    return this.cells.length;
  }

  before(): string {
    return this.cells.slice(0, this.cursor).join('');
  }

  /** Notes the state for undo. Runs of one `kind` count as one change; '' never does. */
  save(kind = ''): void {
    if (kind !== '' && kind === this.#kind) return;
    this.#kind = kind;
    this.#undo.push({ cells: [...this.cells], cursor: this.cursor });
    if (this.#undo.length > MAX_UNDO) this.#undo.shift();
  }

  /** The next change begins an undo step of its own. */
  breakRun(): void {
    this.#kind = '';
  }

  /** @returns false where there is nothing to undo */
  undo(): boolean {
    const state = this.#undo.pop();
    if (!state) return false;
    this.cells = state.cells;
    this.cursor = state.cursor;
    this.#kind = '';
    return true;
  }

  undoAll(): void {
    while (this.undo());
  }

  clear(): void {
    this.cells = [];
    this.cursor = 0;
    this.mark = 0;
    this.#undo = [];
    this.#kind = '';
  }

  set(text: string, cursor = Number.POSITIVE_INFINITY): void {
    this.cells = cellsOf(text);
    this.cursor = Math.min(cursor, this.cells.length);
  }

  insert(text: string): void {
    const cells = cellsOf(text);
    // a combining character joins the cell before it
    const first = cells[0];
    if (
      first !== undefined &&
      this.cursor > 0 &&
      wcwidth(first.codePointAt(0)!) === 0 &&
      first.codePointAt(0)! > 0x2ff
    ) {
      this.cells[this.cursor - 1] += first;
      cells.shift();
    }
    this.cells.splice(this.cursor, 0, ...cells);
    this.cursor += cells.length;
  }

  /** Takes out the cells between two places. @returns their text */
  remove(from: number, to: number): string {
    const text = this.cells.slice(from, to).join('');
    this.cells.splice(from, to - from);
    if (this.cursor >= to) this.cursor -= to - from;
    else if (this.cursor > from) this.cursor = from;
    return text;
  }

  // ---- words

  #isWord(i: number): boolean {
    return /[\p{L}\p{N}]/u.test(this.cells[i] ?? '');
  }

  wordForward(from = this.cursor): number {
    let i = from;
    while (i < this.length && !this.#isWord(i)) i++;
    while (i < this.length && this.#isWord(i)) i++;
    return i;
  }

  wordBackward(from = this.cursor): number {
    let i = from;
    while (i > 0 && !this.#isWord(i - 1)) i--;
    while (i > 0 && this.#isWord(i - 1)) i--;
    return i;
  }

  /** Beginning of the blank-separated word before the cursor. */
  blankWordBackward(from = this.cursor): number {
    let i = from;
    while (i > 0 && /\s/.test(this.cells[i - 1]!)) i--;
    while (i > 0 && !/\s/.test(this.cells[i - 1]!)) i--;
    return i;
  }

  /** Replaces the word at the cursor by what `change` makes of it. */
  changeWord(change: (word: string) => string): void {
    let from = this.cursor;
    while (from < this.length && !this.#isWord(from)) from++;
    const to = this.wordForward();
    const cells = cellsOf(change(this.cells.slice(from, to).join('')));
    this.cells.splice(from, to - from, ...cells);
    this.cursor = from + cells.length;
  }

  transposeChars(): boolean {
    if (this.cursor === 0 || this.length < 2) return false;
    const at = this.cursor === this.length ? this.cursor - 1 : this.cursor;
    const [a, b] = [this.cells[at - 1]!, this.cells[at]!];
    this.cells[at - 1] = b;
    this.cells[at] = a;
    this.cursor = at + 1;
    return true;
  }

  transposeWords(): boolean {
    const endSecond = this.wordForward();
    const startSecond = this.wordBackward(endSecond);
    const startFirst = this.wordBackward(startSecond);
    const endFirst = this.wordForward(startFirst);
    if (startFirst === startSecond || endFirst > startSecond) return false;
    const first = this.cells.slice(startFirst, endFirst);
    const middle = this.cells.slice(endFirst, startSecond);
    const second = this.cells.slice(startSecond, endSecond);
    this.cells.splice(startFirst, endSecond - startFirst, ...second, ...middle, ...first);
    this.cursor = endSecond;
    return true;
  }
}

/** Splits text into characters, each with the zero-width ones behind it. */
export function cellsOf(text: string): string[] {
  const cells: string[] = [];
  for (const c of text) {
    const code = c.codePointAt(0)!;
    if (cells.length > 0 && code > 0x2ff && wcwidth(code) === 0) cells[cells.length - 1] += c;
    else cells.push(c);
  }
  return cells;
}
