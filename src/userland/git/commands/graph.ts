export interface GraphBlock {
  id: string;
  parents: readonly string[];
  text: string;
}

/**
 * Draws the lines of history left of the commits: `*` a commit, `|\` a merge, `|/` where lines of one parent meet.
 * @param tight one line a commit: no blank line between
 */
export function drawGraph(blocks: readonly GraphBlock[], tight: boolean): string {
  let columns: string[] = [];
  let out = '';
  for (const [n, block] of blocks.entries()) {
    let at = columns.indexOf(block.id);
    if (at < 0) at = columns.push(block.id) - 1;
    const next = [...columns];
    next.splice(at, 1, ...block.parents);
    const rows: string[] = [];
    if (block.parents.length > 1) rows.push(mergeRow(columns.length, at, block.parents.length));
    rows.push(...collapse(next));
    const wide = Math.max(columns.length, columns.length - 1 + Math.max(1, block.parents.length)) * 2;
    const head = columns.map((_, i) => (i === at ? '*' : '|')).join(' ');
    const lines = block.text.replace(/\n$/, '').split('\n');
    out += `${head.padEnd(wide)}${lines[0]}\n`;
    const steady = bars(next.length);
    const rest = lines.slice(1);
    while (rows.length > 0 || rest.length > 0) {
      const row = rows.shift() ?? steady;
      out += `${rest.length > 0 ? row.padEnd(wide) : row}${rest.shift() ?? ''}\n`;
    }
    columns = next;
    if (!tight && n < blocks.length - 1) out += `${steady.padEnd(wide)}\n`;
  }
  return out;
}

const bars = (count: number): string => '| '.repeat(count);

/** `|\  ` below a merge; what stands right of it moves away. */
function mergeRow(count: number, at: number, parents: number): string {
  const cells = Array.from({ length: count }, (_, i) =>
    i < at ? '| ' : i === at ? `|${'\\ '.repeat(parents - 1)}` : '\\ ',
  );
  return `${cells.join('')} `;
}

/** Lines that wait for the same commit become one, from right to left. @returns the rows that show it; `columns` is changed */
function collapse(columns: string[]): string[] {
  const rows: string[] = [];
  for (;;) {
    const from = columns.findIndex((id, i) => columns.indexOf(id) !== i);
    if (from < 0) return rows;
    const to = columns.indexOf(columns[from]!);
    const count = columns.length;
    for (let position = from; position > to; position--) {
      const cells = Array<string>(count * 2).fill(' ');
      for (let i = 0; i < count; i++) {
        if (i === from) cells[2 * position - 1] = '/';
        else if (i < from) cells[2 * i] = '|';
        else cells[position === from ? 2 * i - 1 : 2 * (i - 1)] = position === from ? '/' : '|';
      }
      rows.push(cells.join(''));
    }
    columns.splice(from, 1);
  }
}
