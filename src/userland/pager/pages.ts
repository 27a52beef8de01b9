import { wcwidth } from '../../lib/wcwidth.ts';
import type { Wait } from '../../libc/io.ts';
import type { Input } from '../../libc/stdio.ts';
import { TextLines } from '../text-lines.ts';

/** The lines of an input, read as far as they were asked for. */
export class LazyLines {
  readonly known: string[] = [];
  ended = false;
  private readonly lines: TextLines;

  constructor(input: Input) {
    this.lines = new TextLines(input);
  }

  /** Reads until line `n` is known. @returns whether there is one */
  *upTo(n: number): Wait<boolean> {
    while (!this.ended && this.known.length <= n) {
      const line = yield* this.lines.line();
      if (line === undefined) this.ended = true;
      else this.known.push(line);
      if (this.lines.input.sys.tick()) yield;
    }
    return n < this.known.length;
  }
}

/** A line as rows of the screen: tabs expanded, control characters as ^X; escape sequences stay where `raw`. */
export function rowsOf(line: string, cols: number, raw: boolean, chop: boolean): string[] {
  const rows: string[] = [];
  let row = '';
  let width = 0;
  const add = (text: string, w: number): void => {
    if (width + w > cols) {
      rows.push(row);
      row = '';
      width = 0;
    }
    row += text;
    width += w;
  };
  for (let i = 0; i < line.length; ) {
    const sequence = raw ? /^\x1b\[[0-9;]*[mK]/.exec(line.slice(i, i + 20))?.[0] : undefined;
    if (sequence) {
      row += sequence;
      i += sequence.length;
      continue;
    }
    const code = line.codePointAt(i)!;
    const c = String.fromCodePoint(code);
    i += c.length;
    if (c === '\t') for (let n = 8 - (width % 8); n > 0; n--) add(' ', 1);
    else if (code === 27) add('\x1b[7mESC\x1b[27m', 3);
    else if (code < 32 || code === 127) add(`\x1b[7m^${String.fromCharCode((code + 64) & 127)}\x1b[27m`, 2);
    else add(c, wcwidth(code));
  }
  rows.push(row);
  return chop ? rows.slice(0, 1) : rows;
}
