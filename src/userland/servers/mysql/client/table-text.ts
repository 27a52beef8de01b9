import { textWidth } from '../../../../lib/wcwidth.ts';
import type { Answer, Field } from './connection.ts';

const NOT_NULL = 1;
/** Types whose values stand at the right: numbers. */
const NUMBERS = [0, 1, 2, 3, 4, 5, 8, 9, 13, 246];

const isNumber = ({ type }: Field): boolean => NUMBERS.includes(type);
/** What would break a row is shown as MySQL does: NUL as a blank. */
const shown = (value: string | undefined): string => (value === undefined ? 'NULL' : value.replace(/\0/g, ' '));

/** A table with lines around. */
export function* tableText({ fields, rows }: Answer, names: boolean): Generator<string> {
  const widths = fields!.map((field, i) => {
    let width = names ? textWidth(field.name) : 0;
    for (const row of rows) width = Math.max(width, row[i] === undefined ? 4 : textWidth(row[i]));
    return (field.flags & NOT_NULL) === 0 ? Math.max(width, 4) : width;
  });
  const line = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  const padded = (text: string, width: number, right: boolean): string => {
    const blanks = ' '.repeat(Math.max(0, width - textWidth(text)));
    return right ? ` ${blanks}${text} ` : ` ${text}${blanks} `;
  };
  yield line;
  if (names) {
    yield `|${fields!.map(({ name }, i) => padded(name, widths[i]!, false)).join('|')}|\n`;
    yield line;
  }
  for (const row of rows)
    yield `|${row.map((value, i) => padded(shown(value), widths[i]!, isNumber(fields![i]!) && value !== undefined ? true : isNumber(fields![i]!))).join('|')}|\n`;
  yield line;
}

/** A value a line, as \G shows it. */
export function* verticalText({ fields, rows }: Answer, names: boolean): Generator<string> {
  const width = Math.max(0, ...fields!.map(({ name }) => textWidth(name)));
  for (const [n, row] of rows.entries()) {
    yield `*************************** ${n + 1}. row ***************************\n`;
    for (const [i, value] of row.entries()) {
      const { name } = fields![i]!;
      yield names ? `${' '.repeat(width - textWidth(name))}${name}: ${shown(value)}\n` : `${shown(value)}\n`;
    }
  }
}

const escaped = (text: string): string =>
  text.replace(/[\0\t\n\\]/g, (c) => ({ '\0': '\\0', '\t': '\\t', '\n': '\\n', '\\': '\\\\' })[c]!);

/** Values with tabs between. @param raw special characters stay as they are */
export function* batchText({ fields, rows }: Answer, names: boolean, raw: boolean): Generator<string> {
  if (names) yield `${fields!.map(({ name }) => name).join('\t')}\n`;
  for (const row of rows)
    yield `${row.map((value) => (value === undefined ? 'NULL' : raw ? value : escaped(value))).join('\t')}\n`;
}

const markup = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);

export function* htmlText({ fields, rows }: Answer, names: boolean): Generator<string> {
  yield '<TABLE BORDER=1>';
  if (names) yield `<TR>${fields!.map(({ name }) => `<TH>${markup(name)}</TH>`).join('')}</TR>`;
  for (const row of rows) yield `<TR>${row.map((value) => `<TD>${markup(value ?? 'NULL')}</TD>`).join('')}</TR>`;
  yield '</TABLE>\n';
}

export function* xmlText({ fields, rows }: Answer, statement: string): Generator<string> {
  yield `<?xml version="1.0"?>\n\n<resultset statement="${markup(statement)}\n" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n`;
  for (const [i, row] of rows.entries())
    yield `${i > 0 ? '\n' : ''}  <row>\n${row.map((value, c) => (value === undefined ? `\t<field name="${markup(fields![c]!.name)}" xsi:nil="true" />\n` : `\t<field name="${markup(fields![c]!.name)}">${markup(value)}</field>\n`)).join('')}  </row>\n`;
  yield '</resultset>\n';
}
