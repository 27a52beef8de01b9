import { encode } from '../../lib/utf8.ts';

/** The text of `l`: unambiguous, folded at `width` columns, with `$` at the end, without a newline. */
export function visible(text: string, width: number): string {
  let out = '';
  let column = 0;
  const bytes = encode(text);
  for (const b of bytes) {
    const named = { 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r', 92: '\\\\' }[b];
    const shown = named ?? (b < 32 || b > 126 ? `\\${b.toString(8).padStart(3, '0')}` : String.fromCharCode(b));
    if (width > 0 && column + shown.length > width - 1 && (column > 0 || width === 1)) {
      out += '\\\n';
      column = 0;
    }
    out += shown;
    column += shown.length;
  }
  return `${out}$`;
}
