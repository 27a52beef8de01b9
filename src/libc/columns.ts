import { textWidth } from '../lib/wcwidth.ts';

/** A cell of a listing: `text` is printed (perhaps with colours), `plain` has its width. */
export interface Cell {
  text: string;
  plain: string;
}

/** Arranges cells as ls -C (down) or -x (across) does: as many columns as fit, two spaces between. @returns lines */
export function columnsOf(cells: readonly Cell[], width: number, across: boolean, even = false): string {
  const widths = cells.map((cell) => textWidth(cell.plain));
  if (even) widths.fill(Math.max(...widths));
  for (let columns = Math.min(cells.length, Math.max(1, Math.floor(width / 3))); columns > 1; columns--) {
    const rows = Math.ceil(cells.length / columns);
    const index = (row: number, column: number): number => (across ? row * columns + column : column * rows + row);
    const used = across ? columns : Math.ceil(cells.length / rows);
    const columnWidths: number[] = [];
    for (let c = 0; c < used; c++) {
      let most = 0;
      for (let r = 0; r < rows; r++) if (index(r, c) < cells.length) most = Math.max(most, widths[index(r, c)]!);
      columnWidths.push(most);
    }
    if (columnWidths.reduce((n, w) => n + w + 2, even ? 0 : -2) >= width + (even ? 1 : 0)) continue;
    let out = '';
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < used; c++) {
        const at = index(r, c);
        if (at >= cells.length) break;
        const last = c === used - 1 || index(r, c + 1) >= cells.length;
        out += cells[at]!.text + (last ? '' : ' '.repeat(columnWidths[c]! + 2 - textWidth(cells[at]!.plain)));
      }
      out += '\n';
    }
    return out;
  }
  return cells.map((cell) => `${cell.text}\n`).join('');
}
