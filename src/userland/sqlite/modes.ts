import type { PackValue } from '../../abi/pack.ts';
import { toHex } from '../../lib/hex.ts';
import { decode } from '../../lib/utf8.ts';
import { textWidth } from '../../lib/wcwidth.ts';
import type { Rows } from './database.ts';

export const MODES = [
  'ascii',
  'box',
  'column',
  'csv',
  'html',
  'insert',
  'json',
  'line',
  'list',
  'markdown',
  'quote',
  'table',
  'tabs',
] as const;
export type Mode = (typeof MODES)[number];

/** How rows are shown. */
export interface Style {
  mode: Mode;
  headers: boolean;
  nullValue: string;
  separator: string;
  rowSeparator: string;
  widths: number[];
  /** Of INSERT. */
  table: string;
}

/** A real number in 15 digits, always with a point, as printf's %!.15g. */
export function realText(n: number): string {
  if (!Number.isFinite(n)) return n > 0 ? 'Inf' : '-Inf';
  const text = n.toPrecision(15);
  const exponent = Number(/e([+-]\d+)$/.exec(n.toExponential(14))?.[1] ?? 0);
  if (exponent < -4 || exponent >= 15) {
    const [digits, e] = n.toExponential(14).split('e') as [string, string];
    const short = digits.replace(/0+$/, '');
    return `${short.endsWith('.') ? `${short}0` : short}e${e[0]}${e.slice(1).padStart(2, '0')}`;
  }
  const short = (text.includes('e') ? String(n) : text).replace(/(\.\d*?)0+$/, '$1');
  return short.endsWith('.') ? `${short}0` : short.includes('.') ? short : `${short}.0`;
}

/** A value as text. @returns undefined: NULL */
export function plainText(value: PackValue): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Uint8Array) return decode(value);
  if (typeof value === 'object') return realText((value as { real: number }).real);
  return String(value);
}

/** A value as SQL. */
export function sqlText(value: PackValue): string {
  if (value === null || value === undefined) return 'NULL';
  if (value instanceof Uint8Array) return `X'${toHex(value)}'`;
  if (typeof value === 'string') return `'${value.replace(/'/g, "''")}'`;
  return plainText(value)!;
}

const csv = (text: string, separator: string): string =>
  text === '' || /["'\s\x80-\uffff]/.test(text) || text.includes(separator) ? `"${text.replace(/"/g, '""')}"` : text;

function json(value: PackValue): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string' || value instanceof Uint8Array) return JSON.stringify(plainText(value));
  return plainText(value)!;
}

const html = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]!);
const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - textWidth(text)));
const middle = (text: string, width: number): string => {
  const left = Math.floor(Math.max(0, width - textWidth(text)) / 2);
  return padded(' '.repeat(left) + text, width);
};

const FRAMES = {
  box: { top: ['┌', '─', '┬', '┐'], under: ['├', '─', '┼', '┤'], bottom: ['└', '─', '┴', '┘'], side: '│' },
  table: { top: ['+', '-', '+', '+'], under: ['+', '-', '+', '+'], bottom: ['+', '-', '+', '+'], side: '|' },
  markdown: { top: undefined, under: ['|', '-', '|', '|'], bottom: undefined, side: '|' },
} as const;

function* framed(
  { columns, rows }: Rows,
  style: Style,
  frame: (typeof FRAMES)[keyof typeof FRAMES],
): Generator<string> {
  const texts = rows.map((row) => row.map((value) => plainText(value) ?? style.nullValue));
  const widths = columns.map((name, i) =>
    Math.max(textWidth(name), ...texts.map((row) => textWidth(row[i]!)), Math.abs(style.widths[i] ?? 0)),
  );
  const line = ([left, fill, cross, right]: readonly string[]): string =>
    `${left}${widths.map((width) => fill!.repeat(width + 2)).join(cross)}${right}\n`;
  if (frame.top) yield line(frame.top);
  yield `${frame.side} ${columns.map((name, i) => middle(name, widths[i]!)).join(` ${frame.side} `)} ${frame.side}\n`;
  yield line(frame.under);
  for (const row of texts)
    yield `${frame.side} ${row.map((text, i) => padded(text, widths[i]!)).join(` ${frame.side} `)} ${frame.side}\n`;
  if (frame.bottom) yield line(frame.bottom);
}

function* inColumns({ columns, rows }: Rows, style: Style): Generator<string> {
  const texts = rows.map((row) => row.map((value) => plainText(value) ?? style.nullValue));
  const widths = columns.map(
    (name, i) =>
      style.widths[i] || Math.max(style.headers ? textWidth(name) : 0, ...texts.map((row) => textWidth(row[i]!)), 1),
  );
  const line = (cells: readonly string[]): string => `${cells.map((text, i) => padded(text, widths[i]!)).join('  ')}\n`;
  if (style.headers) {
    yield line(columns);
    yield line(widths.map((width) => '-'.repeat(width)));
  }
  for (const row of texts) yield line(row);
}

/** The text of a result. */
export function* shown(result: Rows, style: Style): Generator<string> {
  const { columns, rows } = result;
  const { mode, headers, nullValue, separator, rowSeparator } = style;
  const text = (value: PackValue): string => plainText(value) ?? nullValue;
  if (rows.length === 0) return;
  switch (mode) {
    case 'box':
    case 'table':
    case 'markdown':
      yield* framed(result, style, FRAMES[mode]);
      return;
    case 'column':
      yield* inColumns(result, style);
      return;
    case 'json':
      for (const [i, row] of rows.entries())
        yield `${i === 0 ? '[' : ',\n'}{${row.map((value, c) => `${JSON.stringify(columns[c])}:${json(value)}`).join(',')}}`;
      yield ']\n';
      return;
    case 'line': {
      const width = Math.max(5, ...columns.map(textWidth));
      for (const [i, row] of rows.entries())
        yield `${i > 0 ? '\n' : ''}${row.map((value, c) => `${' '.repeat(width - textWidth(columns[c]!))}${columns[c]} = ${text(value)}\n`).join('')}`;
      return;
    }
    case 'insert':
      for (const row of rows)
        yield `INSERT INTO ${style.table}${headers ? `(${columns.join(',')})` : ''} VALUES(${row.map(sqlText).join(',')});\n`;
      return;
    case 'html':
      if (headers) yield `<TR>${columns.map((name) => `<TH>${html(name)}</TH>\n`).join('')}</TR>\n`;
      for (const row of rows) yield `<TR>${row.map((value) => `<TD>${html(text(value))}</TD>\n`).join('')}</TR>\n`;
      return;
    case 'quote':
      if (headers) yield `${columns.map(sqlText).join(separator)}\n`;
      for (const row of rows) yield `${row.map(sqlText).join(separator)}\n`;
      return;
    case 'csv':
      if (headers) yield columns.map((name) => csv(name, separator)).join(separator) + rowSeparator;
      for (const row of rows)
        yield row
          .map((value) => (plainText(value) === undefined ? nullValue : csv(text(value), separator)))
          .join(separator) + rowSeparator;
      return;
    default:
      if (headers) yield columns.join(separator) + rowSeparator;
      for (const row of rows) yield row.map(text).join(separator) + rowSeparator;
  }
}
