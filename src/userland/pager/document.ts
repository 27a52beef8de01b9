import { decode } from '../../lib/utf8.ts';
import { wcwidth } from '../../lib/wcwidth.ts';
import type { Wait } from '../../libc/io.ts';
import type { Input } from '../../libc/stdio.ts';

/** Text that is read as far as it is needed, and its rows on a screen of some width. */
export class PagedDocument {
  readonly lines: string[] = [];
  /** Everything is read. */
  whole = false;
  #rest = '';

  constructor(readonly input: Input) {}

  /** Reads until line `count` - 1 is there, or the end. */
  *need(count: number): Wait<void> {
    while (!this.whole && this.lines.length < count) {
      const part = yield* this.input.chunk();
      if (part === undefined) {
        this.whole = true;
        if (this.#rest !== '') this.lines.push(this.#rest);
        this.#rest = '';
        return;
      }
      const pieces = (this.#rest + decode(part)).split('\n');
      this.#rest = pieces.pop()!;
      for (const piece of pieces) this.lines.push(piece);
      if (this.input.sys.tick()) yield;
    }
  }

  *needAll(): Wait<void> {
    yield* this.need(Number.POSITIVE_INFINITY);
  }
}

/** A line as rows of the screen: tabs at 8, control characters as ^X; escape sequences of colours only with `raw`. */
export function screenRows(line: string, cols: number, raw: boolean, chop: boolean): string[] {
  const rows: string[] = [];
  let row = '';
  let width = 0;
  const put = (text: string, cells: number): void => {
    if (width + cells > cols) {
      rows.push(row);
      row = '';
      width = 0;
    }
    row += text;
    width += cells;
  };
  for (let i = 0; i < line.length; ) {
    const code = line.codePointAt(i)!;
    const c = String.fromCodePoint(code);
    i += c.length;
    if (code === 9) {
      const n = 8 - (width % 8);
      for (let k = 0; k < n; k++) put(' ', 1);
    } else if (code === 27) {
      const m = raw ? /^\x1b\[[0-9;]*m/.exec(line.slice(i - 1)) : null;
      if (m) {
        row += m[0];
        i += m[0].length - 1;
      } else put('\x1b[7mESC\x1b[27m', 3);
    } else if (code === 13 && i === line.length) continue;
    else if (code < 32 || code === 127) put(`\x1b[7m^${String.fromCharCode(code ^ 64)}\x1b[27m`, 2);
    else if (code >= 0xdc80 && code <= 0xdcff) put(`\x1b[7m<${(code & 255).toString(16).toUpperCase()}>\x1b[27m`, 4);
    else put(c, wcwidth(code));
    if (chop && rows.length > 0) return [rows[0]!];
  }
  rows.push(row);
  return rows;
}
