import type { LazyDfa } from './dfa.ts';

/** ASCII characters: columns of the table. */
const COLUMNS = 128;
const NEWLINE = 10;
/** Entries of the table that are no state: not known yet, and a match ends before this character. */
const UNKNOWN = -1;
const MATCH = -2;

/**
 * Finds lines in bytes that are all ASCII, where the automaton has one character a byte: a look-up a byte, and no text is
 * made of lines that do not match. Each line is a text of its own: `^` and `$` are its ends, and nothing matches its newline.
 */
export class LineScanner {
  private readonly dfa: LazyDfa;
  /** Row by state: where the state after each character has its row. */
  private table = new Int32Array(COLUMNS * 8).fill(UNKNOWN);
  private start: number;

  /** @param dfa nobody else may use it */
  constructor(dfa: LazyDfa) {
    this.dfa = dfa;
    this.start = this.begin();
  }

  /**
   * Looks for a line that matches, from a line's beginning on.
   * @returns a place in it (its newline or `end` at most), or -1
   */
  find(bytes: Uint8Array, from: number, end: number): number {
    let row = this.start;
    let { table } = this;
    for (let at = from; at < end; at++) {
      const next = table[row + bytes[at]!]!;
      if (next >= 0) {
        row = next;
        continue;
      }
      if (next === MATCH) return at;
      row = this.learn(row, bytes[at]!);
      if (row === MATCH) return at;
      table = this.table;
    }
    if (end > from && bytes[end - 1] !== NEWLINE && (this.dfa.step(row / COLUMNS, -1) & 1) === 1) return end;
    return -1;
  }

  private begin(): number {
    return this.dfa.begin('', 0, true) * COLUMNS;
  }

  /** Fills in an entry. @returns it */
  private learn(row: number, byte: number): number {
    const { dfa } = this;
    let state = row / COLUMNS;
    if (dfa.isFull) {
      this.table = new Int32Array(COLUMNS * 8).fill(UNKNOWN);
      state = dfa.forget(state);
      this.start = this.begin();
    }
    const value = dfa.step(state, byte === NEWLINE ? -1 : byte);
    const entry = (value & 1) === 1 ? MATCH : byte === NEWLINE ? this.start : ((value >> 1) - 1) * COLUMNS;
    const place = state * COLUMNS + byte;
    const rows = Math.max(entry, state * COLUMNS, this.start) + COLUMNS;
    if (rows > this.table.length) {
      const grown = new Int32Array(Math.max(rows, this.table.length * 2)).fill(UNKNOWN);
      grown.set(this.table);
      this.table = grown;
    }
    this.table[place] = entry;
    return entry;
  }
}
