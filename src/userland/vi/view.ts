import { wcwidth } from '../../lib/wcwidth.ts';
import type { Buffer, Place } from './buffer.ts';

/** Columns that text takes on the screen: tabs to the next multiple of eight, control characters as ^X. */
export function shownText(line: string): string {
  let out = '';
  let column = 0;
  for (const c of line) {
    const code = c.codePointAt(0)!;
    if (c === '\t') {
      const room = 8 - (column % 8);
      out += ' '.repeat(room);
      column += room;
    } else if (code < 32) {
      out += `^${String.fromCharCode(code + 64)}`;
      column += 2;
    } else {
      out += c;
      column += wcwidth(code);
    }
  }
  return out;
}

export const columnOf = (line: string, col: number): number =>
  [...shownText(line.slice(0, col))].reduce((n, c) => n + wcwidth(c.codePointAt(0)!), 0);

/** What of the text is on the screen. */
export class View {
  top = 0;
  left = 0;
  numbers = false;

  /** The whole screen as text with escape sequences; the last row is `status`. */
  draw(
    buffer: Buffer,
    at: Place,
    size: { rows: number; cols: number },
    status: string,
    inStatus: number | undefined,
  ): string {
    const height = size.rows - 1;
    if (at.row < this.top) this.top = at.row;
    if (at.row >= this.top + height) this.top = at.row - height + 1;
    const gutter = this.numbers ? Math.max(3, String(buffer.lines.length).length) + 1 : 0;
    const width = size.cols - gutter;
    const column = columnOf(buffer.line(at.row), at.col);
    if (column < this.left) this.left = column;
    if (column >= this.left + width) this.left = column - width + 1;
    let out = '\x1b[?25l\x1b[H';
    for (let i = 0; i < height; i++) {
      const row = this.top + i;
      const inside = row < buffer.lines.length;
      const number = gutter > 0 && inside ? `${String(row + 1).padStart(gutter - 1)} ` : '';
      out += `${inside ? number + [...shownText(buffer.line(row))].slice(this.left, this.left + width).join('') : '~'}\x1b[K\r\n`;
    }
    out += `${status.slice(0, size.cols - 1)}\x1b[K`;
    const cursor =
      inStatus === undefined
        ? `\x1b[${at.row - this.top + 1};${column - this.left + gutter + 1}H`
        : `\x1b[${size.rows};${inStatus + 1}H`;
    return `${out}${cursor}\x1b[?25h`;
  }
}
