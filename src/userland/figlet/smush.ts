import { STANDARD } from './standard.ts';

/** Rows of a letter. */
const HEIGHT = 6;
const HARD = '$';

/** How letters are put together: they grow into each other, touch, overlap by one, or keep their whole width. */
export type Layout = 'smush' | 'kern' | 'overlap' | 'full';

const CLASSES = ['|', '/\\', '[]', '{}', '()', '<>'];
const PAIRS = ['[]', '][', '{}', '}{', '()', ')('];

/** What two characters on one place become; undefined: they cannot share it. */
function shared(left: string, right: string, layout: Layout, narrow: boolean): string | undefined {
  if (left === ' ') return right;
  if (right === ' ') return left;
  if (narrow || layout === 'kern' || layout === 'full') return undefined;
  if (layout === 'overlap') return left === HARD ? right : right === HARD ? left : right;
  if (left === HARD || right === HARD) return undefined;
  if (left === right) return left;
  if (left === '_' && '|/\\[]{}()<>'.includes(right)) return right;
  if (right === '_' && '|/\\[]{}()<>'.includes(left)) return left;
  const a = CLASSES.findIndex((c) => c.includes(left));
  const b = CLASSES.findIndex((c) => c.includes(right));
  if (a >= 0 && b >= 0 && a !== b) return a < b ? right : left;
  return PAIRS.includes(left + right) ? '|' : undefined;
}

/** A line of letters that grows to the right. */
export class LetterLine {
  private rows: string[] = Array<string>(HEIGHT).fill('');
  private lastWidth = 0;

  constructor(private readonly layout: Layout) {}

  get width(): number {
    return this.rows[0]!.length;
  }

  /** A copy that goes on on its own. */
  copy(): LetterLine {
    const other = new LetterLine(this.layout);
    other.rows = [...this.rows];
    other.lastWidth = this.lastWidth;
    return other;
  }

  /** Adds a letter; one that the font lacks is left out. */
  add(letter: string): void {
    const glyph = STANDARD[letter]?.split('\n');
    if (!glyph) return;
    const width = glyph[0]!.length;
    const narrow = this.lastWidth < 2 || width < 2;
    const amount = this.layout === 'full' ? 0 : this.overlap(glyph, width, narrow);
    this.rows = this.rows.map((row, i) => {
      let joined = row.slice(0, Math.max(0, row.length - amount));
      for (let k = 0; k < amount; k++) {
        const at = row.length - amount + k;
        const left = at < 0 ? ' ' : row[at]!;
        if (at >= 0) joined += shared(left, glyph[i]![k] ?? ' ', this.layout, narrow) ?? left;
      }
      return joined + glyph[i]!.slice(amount);
    });
    this.lastWidth = width;
  }

  /** By how many columns a letter may move to the left. */
  private overlap(glyph: readonly string[], width: number, narrow: boolean): number {
    let most = width;
    for (const [i, row] of this.rows.entries()) {
      let end = row.length - 1;
      while (end > 0 && row[end] === ' ') end--;
      const left = row[Math.max(0, end)] ?? '';
      const begin = glyph[i]!.search(/[^ ]/);
      const start = begin < 0 ? width : begin;
      let amount = start + row.length - 1 - Math.max(0, end);
      if (left === '' || left === ' ') amount++;
      else if (begin >= 0 && shared(left, glyph[i]![start]!, this.layout, narrow) !== undefined) amount++;
      most = Math.min(most, amount);
    }
    return Math.min(most, Math.max(this.width, most));
  }

  /** @param shift how many columns it stands to the right */
  text(shift: number): string {
    const blank = ' '.repeat(Math.max(0, shift));
    return this.rows.map((row) => `${blank}${row.replaceAll(HARD, ' ')}\n`).join('');
  }
}
