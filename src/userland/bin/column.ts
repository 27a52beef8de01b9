import { textWidth } from '../../lib/wcwidth.ts';
import { eachInput } from '../../libc/input.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'column',
  at: ['/usr/bin/column'],
  spec: 'util-linux 2.39 column(1): -t with -s, -o, -N, -R, -l; columns without -t; JSON and trees are missing',
  version: 'from util-linux 2.39.3',
  usage: '[options] [<file>...]',
  about: 'Columnate lists.',
  options: {
    table: { short: 't', help: 'create a table' },
    separator: { short: 's', arg: 'string', help: 'possible table delimiters' },
    outputSeparator: { short: 'o', arg: 'string', help: 'columns separator for table output; default is two spaces' },
    tableColumns: { short: 'N', arg: 'names', help: 'comma separated columns names' },
    tableRight: { short: 'R', arg: 'columns', help: 'right align text in these columns' },
    tableColumnsLimit: { short: 'l', arg: 'num', help: 'maximal number of input columns' },
    outputWidth: { short: 'c', arg: 'width', help: 'width of output in number of characters' },
    fillrows: { short: 'x', help: 'fill rows before columns' },
    keepEmptyLines: { short: 'L', help: "don't ignore empty lines" },
  },
  *main(ctx) {
    const { opts } = ctx;
    const lines: string[] = [];
    const status = yield* eachInput(ctx, ctx.args, function* (input) {
      for (let line; (line = yield* input.line()) !== undefined; ) {
        if (line.trim() !== '' || opts.keepEmptyLines) lines.push(line);
        if (ctx.sys.tick()) yield;
      }
    });
    if (!opts.table) {
      const size = ctx.sys.isatty(1) ? ctx.sys.tiocgwinsz(1) : -1;
      const width = Number(opts.outputWidth ?? (typeof size === 'object' ? size.cols : (ctx.env.get('COLUMNS') ?? 80)));
      yield* ctx.stdout.write(filled(lines, width, opts.fillrows));
      return status;
    }
    const limit = Number(opts.tableColumnsLimit ?? 0);
    const rows = lines.map((line) => {
      const cells =
        opts.separator === undefined
          ? line.trim().split(/[ \t]+/)
          : line.split(new RegExp(`[${opts.separator.replace(/[\]\\^-]/g, '\\$&')}]`));
      return limit > 0 && cells.length > limit
        ? [...cells.slice(0, limit - 1), cells.slice(limit - 1).join(opts.separator ?? ' ')]
        : cells;
    });
    const names = opts.tableColumns?.split(',');
    if (names) rows.unshift(names);
    const widths: number[] = [];
    for (const row of rows)
      for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, textWidth(cell));
    const right = new Set(
      (opts.tableRight ?? '').split(',').map((r) => (/^\d+$/.test(r) ? Number(r) - 1 : (names?.indexOf(r) ?? -1))),
    );
    const between = opts.outputSeparator ?? '  ';
    for (const row of rows) {
      const cells = row.map((cell, i) => {
        const fill = ' '.repeat(widths[i]! - textWidth(cell));
        if (right.has(i)) return fill + cell;
        return i === widths.length - 1 || (i === row.length - 1 && i === widths.length - 1) ? cell : cell + fill;
      });
      while (cells.length < widths.length)
        cells.push(' '.repeat(cells.length === widths.length - 1 ? 0 : widths[cells.length]!));
      yield* ctx.stdout.write(`${cells.join(between)}\n`);
    }
    return status;
  },
});

/** Entries side by side at tab stops; `across`: row by row. */
function filled(entries: readonly string[], width: number, across: boolean): string {
  const cell = (Math.max(0, ...entries.map(textWidth)) + 8) & ~7;
  const columns = Math.max(1, Math.floor(width / cell));
  const rows = Math.ceil(entries.length / columns);
  let out = '';
  for (let r = 0; r < rows; r++) {
    const line: string[] = [];
    for (let c = 0; c < columns; c++) {
      const entry = entries[across ? r * columns + c : c * rows + r];
      if (entry !== undefined) line.push(entry);
    }
    out += `${line.map((entry, i) => (i === line.length - 1 ? entry : entry + '\t'.repeat(Math.ceil((cell - textWidth(entry)) / 8)))).join('')}\n`;
  }
  return out;
}
