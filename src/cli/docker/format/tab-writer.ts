/**
 * Go's text/tabwriter with spaces as padding: a cell ends with a tab, and a column is a run of lines that have such a
 * cell there. What stands after the last tab of a line belongs to no column. Widths count characters.
 * @param minWidth narrowest column, with its padding
 * @param padding spaces between a cell and the next
 */
export function alignColumns(text: string, minWidth: number, padding: number): string {
  const complete = text.endsWith('\n');
  const lines = (complete ? text.slice(0, -1) : text).split('\n').map((line) => line.split('\t'));
  const widths: number[][] = lines.map(() => []);
  layOut(lines, widths, 0, lines.length, 0, minWidth, padding);
  const shown = lines.map((cells, i) =>
    cells
      .map((cell, at) =>
        at === cells.length - 1 ? cell : cell + ' '.repeat(Math.max(0, widths[i]![at]! - lengthOf(cell))),
      )
      .join(''),
  );
  return shown.join('\n') + (complete ? '\n' : '');
}

const lengthOf = (cell: string): number => [...cell].length;

/** Gives the cells of column `column` in lines [from, to) their width, and then those right of it, block by block. */
function layOut(
  lines: readonly string[][],
  widths: number[][],
  from: number,
  to: number,
  column: number,
  minWidth: number,
  padding: number,
): void {
  for (let start = from; start < to; start++) {
    if (column >= lines[start]!.length - 1) continue;
    let end = start;
    let width = minWidth;
    let empty = true;
    while (end < to && column < lines[end]!.length - 1) {
      const cell = lengthOf(lines[end]![column]!);
      width = Math.max(width, cell + padding);
      if (cell > 0) empty = false;
      end++;
    }
    if (empty) width = Math.max(minWidth, padding);
    for (let i = start; i < end; i++) widths[i]![column] = width;
    layOut(lines, widths, start, end, column + 1, minWidth, padding);
    start = end - 1;
  }
}
