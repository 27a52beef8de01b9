import type { Buffer, Place } from './buffer.ts';

/** Where a motion goes; how an operator takes it. */
export interface Motion extends Place {
  linewise?: boolean;
  /** The character at the end belongs to it. */
  inclusive?: boolean;
}

const kind = (c: string | undefined, big: boolean): number =>
  c === undefined || /\s/.test(c) ? 0 : big || /\w/.test(c) ? 1 : 2;

/** The begin of the next word. */
export function nextWord(b: Buffer, from: Place, big: boolean): Place {
  let { row, col } = from;
  const here = kind(b.line(row)[col], big);
  if (here !== 0) while (kind(b.line(row)[col], big) === here && col < b.line(row).length) col++;
  for (;;) {
    while (col < b.line(row).length && kind(b.line(row)[col], big) === 0) col++;
    if (col < b.line(row).length) return { row, col };
    if (row >= b.lines.length - 1) return { row, col: Math.max(0, b.line(row).length) };
    row++;
    col = 0;
    if (b.line(row) === '') return { row, col };
  }
}

export function previousWord(b: Buffer, from: Place, big: boolean): Place {
  let { row, col } = from;
  for (;;) {
    col--;
    while (col >= 0 && kind(b.line(row)[col], big) === 0) col--;
    if (col >= 0) break;
    if (row === 0) return { row: 0, col: 0 };
    row--;
    col = b.line(row).length;
    if (col === 0) return { row, col };
  }
  const k = kind(b.line(row)[col], big);
  while (col > 0 && kind(b.line(row)[col - 1], big) === k) col--;
  return { row, col };
}

export function wordEnd(b: Buffer, from: Place, big: boolean): Place {
  let { row, col } = from;
  col++;
  for (;;) {
    while (col < b.line(row).length && kind(b.line(row)[col], big) === 0) col++;
    if (col < b.line(row).length) break;
    if (row >= b.lines.length - 1) return { row, col: Math.max(0, b.line(row).length - 1) };
    row++;
    col = 0;
  }
  const k = kind(b.line(row)[col], big);
  while (kind(b.line(row)[col + 1], big) === k && col + 1 < b.line(row).length) col++;
  return { row, col };
}

export function paragraph(b: Buffer, from: Place, by: 1 | -1): Place {
  let row = from.row;
  while (row >= 0 && row < b.lines.length && b.line(row) === '') row += by;
  while (row > 0 && row < b.lines.length - 1 && b.line(row) !== '') row += by;
  const end = Math.max(0, Math.min(b.lines.length - 1, row));
  return { row: end, col: by > 0 && b.line(end) !== '' ? b.line(end).length : 0 };
}

/** f, F, t and T. @returns the column, or undefined */
export function findChar(line: string, col: number, key: 'f' | 'F' | 't' | 'T', c: string): number | undefined {
  if (key === 'f' || key === 't') {
    const at = line.indexOf(c, col + 1 + (key === 't' && line[col + 1] === c ? 0 : 0));
    return at < 0 ? undefined : key === 't' ? at - 1 : at;
  }
  const at = col > 0 ? line.lastIndexOf(c, col - 1) : -1;
  return at < 0 ? undefined : key === 'T' ? at + 1 : at;
}

/** The bracket that belongs to the first one at or after the cursor. */
export function matching(b: Buffer, from: Place): Place | undefined {
  const pairs = '()[]{}';
  const line = b.line(from.row);
  let col = from.col;
  while (col < line.length && !pairs.includes(line[col]!)) col++;
  if (col >= line.length) return undefined;
  const at = pairs.indexOf(line[col]!);
  const other = pairs[at ^ 1]!;
  const by = at % 2 === 0 ? 1 : -1;
  let depth = 0;
  let row = from.row;
  for (;;) {
    const c = b.line(row)[col];
    if (c === line[from.col] || c === pairs[at]) depth++;
    else if (c === other && --depth === 0) return { row, col };
    col += by;
    while (col < 0 || col >= b.line(row).length) {
      row += by;
      if (row < 0 || row >= b.lines.length) return undefined;
      col = by > 0 ? 0 : b.line(row).length - 1;
      if (b.line(row) !== '') break;
    }
  }
}
