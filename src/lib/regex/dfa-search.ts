import type { CharSet } from './char-set.ts';
import { DEAD, type LazyDfa } from './dfa.ts';

export interface DfaSearchOptions {
  /** What a match may begin with, where it cannot be empty. */
  first: CharSet | undefined;
  /** Whether a match exists is all that is asked: then its start and end are not looked for. */
  onlyTest?: boolean;
  /** A match is known to begin where the search does. */
  startsHere?: boolean;
}

/** A search for the leftmost, longest match with the automaton; it can stop after some characters and go on. */
export class DfaSearch {
  private phase: 'exists' | 'starts';
  private state = -1;
  private pos: number;
  private start: number;
  private end = -1;
  private readonly dfa: LazyDfa;
  private readonly text: string;
  private readonly options: DfaSearchOptions;

  constructor(dfa: LazyDfa, text: string, from: number, options: DfaSearchOptions) {
    this.dfa = dfa;
    this.text = text;
    this.pos = this.start = from;
    this.options = options;
    this.phase = options.startsHere ? 'starts' : 'exists';
  }

  /** Goes on for about so many characters. @returns [start, end], null where there is none, or `more` */
  run(steps: number): [number, number] | null | 'more' {
    let left = steps;
    while (left > 0) {
      if (this.phase === 'exists') {
        const found = this.seek(left);
        if (found === 'more') return 'more';
        if (!found) return null;
        if (this.options.onlyTest) return [-1, -1];
        left -= this.pos - this.start + 1;
        this.phase = 'starts';
        this.state = -1;
        continue;
      }
      if (this.state < 0) {
        left -= this.skip() + 1;
        if (this.start > this.text.length) return null;
        this.state = this.dfa.begin(this.text, this.start, false);
        this.pos = this.start;
        this.end = -1;
      }
      const before = this.pos;
      if (!this.extend(left)) return 'more';
      left -= this.pos - before + 1;
      if (this.end >= 0) return [this.start, this.end];
      this.state = -1;
      this.start += this.start < this.text.length && this.text.codePointAt(this.start)! > 0xffff ? 2 : 1;
    }
    return 'more';
  }

  /** Whether a match begins at or after the start. */
  private seek(limit: number): boolean | 'more' {
    const { dfa, text } = this;
    if (this.state < 0) this.state = dfa.begin(text, this.pos, true);
    const stop = Math.min(text.length, this.pos + limit);
    while (this.pos <= text.length) {
      if (this.pos >= stop && stop < text.length) return 'more';
      const code = this.pos < text.length ? text.codePointAt(this.pos)! : -1;
      const value = dfa.step(this.state, code);
      if (value & 1) return true;
      if (value >= DEAD || code < 0) return false;
      this.state = (value >> 1) - 1;
      this.pos += code > 0xffff ? 2 : 1;
      if (dfa.isFull) this.state = dfa.forget(this.state);
    }
    return false;
  }

  /** Goes to the next place where a match may begin. @returns how far that is */
  private skip(): number {
    const { text } = this;
    const { first } = this.options;
    const before = this.start;
    if (!first) return 0;
    while (this.start < text.length && !first.has(text.codePointAt(this.start)!)) this.start++;
    if (this.start === text.length) this.start++;
    return this.start - before;
  }

  /** The longest match from the start. @returns false where the steps do not reach */
  private extend(limit: number): boolean {
    const { dfa, text } = this;
    const stop = this.pos + limit;
    for (;;) {
      if (this.pos > stop) return false;
      const code = this.pos < text.length ? text.codePointAt(this.pos)! : -1;
      const value = dfa.step(this.state, code);
      if (value & 1) this.end = this.pos;
      if (value >= DEAD || code < 0) return true;
      this.state = (value >> 1) - 1;
      this.pos += code > 0xffff ? 2 : 1;
      if (dfa.isFull) this.state = dfa.forget(this.state);
    }
  }
}
