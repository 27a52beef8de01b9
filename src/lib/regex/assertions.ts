import type { AssertKind } from './ast.ts';
import type { CharSet } from './char-set.ts';

const NEWLINE = 10;

/** Whether an assertion holds between the characters before and after `pos`. `word` is the set that words are made of. */
export function holds(what: AssertKind, text: string, pos: number, word: CharSet): boolean {
  switch (what) {
    case 'text-start':
      return pos === 0;
    case 'text-end':
      return pos === text.length;
    case 'text-end-newline':
      return pos === text.length || (pos === text.length - 1 && text.charCodeAt(pos) === NEWLINE);
    case 'line-start':
      return pos === 0 || text.charCodeAt(pos - 1) === NEWLINE;
    case 'line-end':
      return pos === text.length || text.charCodeAt(pos) === NEWLINE;
  }
  const before = pos > 0 && word.has(codeBefore(text, pos));
  const after = pos < text.length && word.has(text.codePointAt(pos)!);
  switch (what) {
    case 'word-boundary':
      return before !== after;
    case 'not-word-boundary':
      return before === after;
    case 'word-start':
      return !before && after;
    case 'word-end':
      return before && !after;
  }
}

/** The code point that ends at `pos`. */
export function codeBefore(text: string, pos: number): number {
  const unit = text.charCodeAt(pos - 1);
  if (unit < 0xdc00 || unit > 0xdfff || pos < 2) return unit;
  const whole = text.codePointAt(pos - 2)!;
  return whole > 0xffff ? whole : unit;
}

/** Where the character before `pos` begins. */
export function stepBack(text: string, pos: number): number {
  return codeBefore(text, pos) > 0xffff ? pos - 2 : pos - 1;
}
