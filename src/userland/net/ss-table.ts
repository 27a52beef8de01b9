/** A column of ss(8)'s output. */
export interface Column {
  title: string;
  right: boolean;
  /** What stands before it. */
  gap: string;
}

/**
 * Rows in columns as wide as their longest cell. On a terminal (`width`) what is left of the line is shared among the
 * columns. Columns that are undefined are left out.
 */
export function renderTable(
  columns: readonly (Column | undefined)[],
  rows: readonly string[][],
  width?: number,
): string {
  const shown = columns.flatMap((column, i) => (column ? [{ column, i }] : []));
  const titles = columns.map((column) => column?.title ?? '');
  const header = titles.some((title) => title !== '');
  const all = header ? [titles, ...rows] : rows;
  if (all.length === 0) return '';
  const widths = shown.map(({ column, i }, at) => {
    const longest = Math.max(...all.map((row) => row[i]!.length));
    return longest === 0 ? 0 : longest + (at === 0 ? 0 : column.gap.length);
  });
  if (width !== undefined) spread(widths, width);
  return all
    .map((row) => {
      const cells = shown.map(({ column, i }, at) => {
        const gap = at === 0 || widths[at] === 0 ? '' : column.gap;
        const room = widths[at]! - gap.length;
        return gap + (column.right ? row[i]!.padStart(room) : row[i]!.padEnd(room));
      });
      return `${cells.join('')}\n`;
    })
    .join('');
}

/** Gives the columns, the last ones first, what is left of a line of `width`. */
function spread(widths: number[], width: number): void {
  const used = widths.reduce((sum, w) => sum + w, 0);
  const some = widths.filter((w) => w > 0).length;
  if (used >= width || some === 0) return;
  const each = Math.floor((width - used) / some);
  let rest = (width - used) % some;
  for (let i = widths.length - 1; i >= 0; i--) {
    if (widths[i] === 0) continue;
    widths[i] = widths[i]! + each + (rest > 0 ? 1 : 0);
    rest--;
  }
}
