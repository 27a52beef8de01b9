import type { Regex } from '../../lib/regex/regex.ts';
import type { Substitution } from './script.ts';

/** What `s` makes of a text; it can be done a part at a time. */
export class Replacement {
  /** undefined where nothing was replaced. */
  result: string | undefined;
  private out = '';
  private done = 0;
  private at = 0;
  private count = 0;
  private changed = false;
  private lastEnd = -1;

  constructor(
    private readonly text: string,
    private readonly regex: Regex,
    private readonly sub: Substitution,
  ) {}

  /** Goes on for so many matches. @returns whether all is done */
  run(matches: number): boolean {
    const { text, regex, sub } = this;
    for (let left = matches; this.at <= text.length; left--) {
      if (left === 0) return false;
      const m = regex.exec(text, this.at);
      if (!m) break;
      const [start, end] = [m[0]!, m[1]!];
      // an empty match right after another match is none
      if (start === end && start === this.lastEnd) {
        this.at = start + 1;
        continue;
      }
      this.count++;
      if (this.count >= sub.number) {
        this.out += text.slice(this.done, start) + fill(text, m, sub);
        this.done = end;
        this.changed = true;
        if (!sub.global) break;
      }
      this.lastEnd = end;
      this.at = end > start ? end : end + 1;
    }
    if (this.changed) this.result = this.out + text.slice(this.done);
    return true;
  }
}

/** @returns undefined where nothing was replaced */
export function replaced(text: string, regex: Regex, sub: Substitution): string | undefined {
  const work = new Replacement(text, regex, sub);
  work.run(Number.POSITIVE_INFINITY);
  return work.result;
}

function fill(text: string, m: readonly number[], sub: Substitution): string {
  let out = '';
  let mode: 'U' | 'L' | 'E' = 'E';
  let once: 'u' | 'l' | undefined;
  const add = (piece: string): void => {
    if (piece === '') return;
    let s = mode === 'U' ? piece.toUpperCase() : mode === 'L' ? piece.toLowerCase() : piece;
    if (once) {
      const first = String.fromCodePoint(s.codePointAt(0)!);
      s = (once === 'u' ? first.toUpperCase() : first.toLowerCase()) + s.slice(first.length);
      once = undefined;
    }
    out += s;
  };
  for (const piece of sub.pieces) {
    if (piece.kind === 'text') add(piece.text);
    else if (piece.kind === 'group') {
      const start = m[piece.group * 2] ?? -1;
      if (start >= 0) add(text.slice(start, m[piece.group * 2 + 1]!));
    } else if (piece.how === 'u' || piece.how === 'l') once = piece.how;
    else mode = piece.how;
  }
  return out;
}
