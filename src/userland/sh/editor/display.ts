import { wcwidth } from '../../../lib/wcwidth.ts';

/** What begins and ends a piece of a prompt that takes no room (`\[` and `\]`). */
export const INVISIBLE_START = '\x01';
export const INVISIBLE_END = '\x02';

interface Place {
  row: number;
  column: number;
}

/** Draws prompt and line on a terminal of a given width, over as many rows as they need. */
export class Display {
  #prompt = '';
  /** Where the line begins, rows counted from the first row of the prompt. */
  #start: Place = { row: 0, column: 0 };
  /** Where the terminal's cursor is now. */
  #at: Place = { row: 0, column: 0 };
  #drawn: readonly string[] = [];
  #cursor = 0;

  constructor(
    readonly write: (text: string) => void,
    public columns: number,
  ) {}

  /** Shows a prompt at the beginning of a row. Lines of it before the last are drawn once. */
  begin(prompt: string): void {
    const last = prompt.lastIndexOf('\n') + 1;
    if (last > 0) this.write(visible(prompt.slice(0, last)));
    this.#prompt = prompt.slice(last);
    this.#measure();
    this.write(visible(this.#prompt));
    this.#at = { ...this.#start };
    this.#drawn = [];
    this.#cursor = 0;
    this.#settle(this.#start);
  }

  #measure(): void {
    const place = { row: 0, column: 0 };
    for (const c of plain(this.#prompt)) advance(place, c, this.columns);
    this.#start = place;
  }

  /** A cursor that stands behind the last column is put on the next row. */
  #settle(place: Place): void {
    if (place.column < this.columns) return;
    place.row++;
    place.column = 0;
    this.write(' \r');
  }

  /** Shows the line with its cursor. */
  update(cells: readonly string[], cursor: number): void {
    if (this.#append(cells, cursor)) return;
    const common = commonLength(this.#drawn, cells);
    // from the first cell that differs on
    const from = this.#placeOf(cells, common);
    this.#move(from);
    let out = '';
    for (let i = common; i < cells.length; i++) out += shown(cells[i]!);
    const end = this.#placeOf(cells, cells.length);
    this.write(`${out}\x1b[J`);
    this.#at = end;
    if (end.column === 0 && end.row > from.row && cells.length > common && !cells.at(-1)!.includes('\n'))
      this.write(' \r');
    this.#drawn = [...cells];
    this.#cursor = cursor;
    this.#move(this.#placeOf(cells, cursor));
  }

  /** The common case: characters that were added at the end. */
  #append(cells: readonly string[], cursor: number): boolean {
    const before = this.#drawn.length;
    if (cursor !== cells.length || this.#cursor !== before || cells.length <= before) return false;
    for (let i = before - 1; i >= 0; i--) if (this.#drawn[i] !== cells[i]) return false;
    const end = this.#placeOf(cells, cells.length);
    if (end.row !== this.#at.row) return false;
    let out = '';
    for (let i = before; i < cells.length; i++) out += shown(cells[i]!);
    this.write(out);
    this.#at = end;
    this.#drawn = [...cells];
    this.#cursor = cursor;
    return true;
  }

  #placeOf(cells: readonly string[], index: number): Place {
    const place = { ...this.#start };
    for (let i = 0; i < index; i++) {
      if (cells[i] === '\n') {
        place.row++;
        place.column = 0;
      } else for (const c of shown(cells[i]!)) advance(place, c, this.columns);
    }
    if (place.column >= this.columns) {
      place.row++;
      place.column = 0;
    }
    return place;
  }

  #move(to: Place): void {
    const { row, column } = this.#at;
    let out = '';
    if (to.row < row) out += `\x1b[${row - to.row}A`;
    if (to.row > row) out += `\x1b[${to.row - row}B`;
    if (to.column !== column) {
      if (to.column === 0) out += '\r';
      else if (to.column === column - 1) out += '\b';
      else out += `\r\x1b[${to.column}C`;
    }
    this.write(out);
    this.#at = { ...to };
  }

  /** Leaves the line: the cursor goes to the beginning of the row after it. */
  finish(): void {
    this.#move(this.#placeOf(this.#drawn, this.#drawn.length));
    this.write('\n');
  }

  /** Moves behind the line without leaving it. */
  toEnd(): void {
    this.#move(this.#placeOf(this.#drawn, this.#drawn.length));
  }

  /** Draws all anew at the top of a cleared screen. */
  clearScreen(cells: readonly string[], cursor: number): void {
    this.write('\x1b[H\x1b[2J');
    this.again(cells, cursor);
  }

  /** Draws prompt and line again where the terminal's cursor is (beginning of a row). */
  again(cells: readonly string[], cursor: number): void {
    this.write(visible(this.#prompt));
    this.#at = { ...this.#start };
    this.#drawn = [];
    this.#cursor = 0;
    this.update(cells, cursor);
  }

  /** Takes prompt and line away: something else is written in their place. */
  clearLine(): void {
    this.#move({ row: 0, column: 0 });
    this.write('\r\x1b[J');
  }

  /** Puts another prompt before the line (incremental search, arguments). */
  prompt(prompt: string, cells: readonly string[], cursor: number): void {
    this.#move({ row: 0, column: 0 });
    this.write('\x1b[J');
    this.#prompt = prompt;
    this.#measure();
    this.again(cells, cursor);
  }

  get currentPrompt(): string {
    return this.#prompt;
  }

  /** The terminal has another width now. */
  resize(columns: number, cells: readonly string[], cursor: number): void {
    this.#move({ row: 0, column: 0 });
    this.columns = columns;
    this.#measure();
    this.write('\r\x1b[J');
    this.again(cells, cursor);
  }
}

function commonLength(a: readonly string[], b: readonly string[]): number {
  const n = Math.min(a.length, b.length);
  let i = 0;
  while (i < n && a[i] === b[i]) i++;
  return i;
}

function advance(place: Place, c: string, columns: number): void {
  const width = wcwidth(c.codePointAt(0)!);
  if (place.column + width > columns) {
    place.row++;
    place.column = 0;
  }
  place.column += width;
}

/** A cell as it is drawn: control characters as `^X`. */
function shown(cell: string): string {
  if (cell === '\n') return '\n';
  const code = cell.charCodeAt(0);
  if (code === 9) return '        ';
  if (code < 32) return `^${String.fromCharCode(code + 64)}`;
  return code === 127 ? '^?' : cell;
}

/** The prompt as it is written: without the marks. */
export function visible(prompt: string): string {
  return prompt.replaceAll(INVISIBLE_START, '').replaceAll(INVISIBLE_END, '');
}

/** The prompt as it takes room: without what is marked invisible and without control sequences. */
function plain(prompt: string): string {
  return prompt
    .replace(/\x01[^\x02]*\x02/g, '')
    .replace(/\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x01\x02\x07]/g, '');
}
