import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { Stat } from '../../abi/stat.ts';
import { strftime } from '../../lib/strftime.ts';
import { HeldMemory } from '../../libc/held-memory.ts';
import { openInput } from '../../libc/input.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';
import { localZone } from '../../libc/zone.ts';

const options = {
  columns: { arg: 'COLUMN', help: 'output COLUMN columns and print columns down, unless -a is used' },
  across: { short: 'a', help: 'print columns across rather than down' },
  doubleSpace: { short: 'd', help: 'double space the output' },
  dateFormat: { short: 'D', arg: 'FORMAT', help: 'use FORMAT for the header date' },
  formFeed: { short: 'Ff', help: 'use form feeds instead of newlines to separate pages' },
  header: { short: 'h', arg: 'HEADER', help: 'use a centered HEADER instead of filename in page header' },
  length: { short: 'l', arg: 'PAGE_LENGTH', help: 'set the page length to PAGE_LENGTH (66) lines' },
  merge: { short: 'm', help: 'print all files in parallel, one in each column' },
  numberLines: {
    short: 'n',
    arg: 'SEP[DIGITS]',
    optional: true,
    help: 'number lines, use DIGITS (5) digits, then SEP (TAB)',
  },
  indent: { short: 'o', arg: 'MARGIN', help: 'offset each line with MARGIN (zero) spaces' },
  noFileWarnings: { short: 'r', help: 'omit warning when a file cannot be opened' },
  separator: { short: 's', arg: 'CHAR', optional: true, help: 'separate columns by a single character (TAB)' },
  omitHeader: { short: 't', help: 'omit page headers and trailers' },
  omitPagination: { short: 'T', help: 'likewise, and drop form feeds of the input' },
  width: { short: 'w', arg: 'PAGE_WIDTH', help: 'set page width to PAGE_WIDTH (72) characters' },
} as const;
type Ctx = Context<typeof options>;

/** Lines of a page that header and trailer take. */
const FRAME = 10;

export default program({
  name: 'pr',
  at: ['/usr/bin/pr'],
  spec: 'GNU coreutils 9.4 pr(1); without -c, -e, -i, -J, -N, -S, -v, -W; form feeds of the input are characters',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Paginate or columnate FILE(s) for printing.',
  options,
  rewrite: (argv) => argv.map((arg) => (/^-\d+$/.test(arg) ? `--columns=${arg.slice(1)}` : arg)),
  *main(ctx) {
    const { opts } = ctx;
    for (const [flag, what, text] of [
      ['-l PAGE_LENGTH', 'lines', opts.length],
      ['-w PAGE_WIDTH', 'characters', opts.width],
      ['-o MARGIN', 'line offset', opts.indent],
      ['--columns=COLUMN', 'columns', opts.columns],
    ] as const)
      if (text !== undefined && !(/^\d+$/.test(text) && (flag.startsWith('-o') || Number(text) > 0)))
        return yield* ctx.die(
          `'${flag}' invalid ${flag.startsWith('-o') ? what : `number of ${what}`}: ${localeQuote(text)}`,
        );
    const pages = ctx.args.map((arg) => /^\+(\d+)(?::(\d+))?$/.exec(arg)).find((m) => m !== null);
    const files = ctx.args.filter((arg) => !/^\+\d+(?::\d+)?$/.test(arg));
    const range: [number, number] = [Number(pages?.[1] ?? 1), Number(pages?.[2] ?? Number.POSITIVE_INFINITY)];
    const names = files.length === 0 ? ['-'] : files;
    if (opts.merge && opts.columns !== undefined)
      return yield* ctx.die('cannot specify number of columns when printing in parallel');
    let status = 0;
    const inputs: { name: string; lines: string[]; time: number }[] = [];
    const memory = new HeldMemory(ctx.sys);
    for (const name of names) {
      const words = opts.noFileWarnings ? { ...ctx, *warn() {} } : ctx;
      const input = yield* openInput(words, name);
      if (!input) {
        status = 1;
        continue;
      }
      const st = new Stat();
      ctx.sys.fstat(input.fd, st);
      const lines: string[] = [];
      for (let line: string | undefined; (line = yield* input.line()) !== undefined; ) {
        lines.push(line);
        yield* memory.grow(line.length + 32);
        if (ctx.sys.tick()) yield;
      }
      const time = name === '-' ? ctx.sys.now(CLOCK_REALTIME) / 1000 : st.mtimeSec;
      inputs.push({ name, lines, time: Math.floor(time) });
      if (input !== ctx.stdin) ctx.sys.close(input.fd);
    }
    if (opts.merge && inputs.length > 0)
      yield* print(
        ctx,
        inputs.map(({ lines }) => lines),
        '',
        ctx.sys.now(CLOCK_REALTIME) / 1000,
        range,
      );
    else for (const { name, lines, time } of inputs) yield* print(ctx, [lines], name === '-' ? '' : name, time, range);
    return status;
  },
});

/** Prints one input in one or more columns, or several inputs side by side. */
function* print(
  ctx: Ctx,
  inputs: readonly (readonly string[])[],
  title: string,
  time: number,
  [first, last]: readonly [number, number],
): Wait<void> {
  const { opts, stdout } = ctx;
  const length = Number(opts.length ?? 66);
  const framed = !opts.omitHeader && !opts.omitPagination && length > FRAME;
  const room = Math.max(1, Math.floor((framed ? length - FRAME : length) / (opts.doubleSpace ? 2 : 1)));
  const merged = inputs.length > 1 || opts.merge;
  const columns = merged ? inputs.length : Number(opts.columns ?? 1);
  const width = Number(opts.width ?? 72);
  const margin = ' '.repeat(Number(opts.indent ?? 0));
  const total = merged ? Math.max(...inputs.map((lines) => lines.length)) : inputs[0]!.length;
  const perPage = merged ? room : room * columns;
  const pageCount = Math.ceil(total / perPage);
  if (first > Math.max(1, pageCount)) {
    yield* ctx.warn(`starting page number ${first} exceeds page count ${pageCount}`);
    return;
  }
  const zone = yield* localZone(ctx.sys, ctx.env);
  const date = strftime(opts.dateFormat ?? '%Y-%m-%d %H:%M', time, 0, zone);
  for (let page = first; page <= Math.min(last, pageCount); page++) {
    if (framed) {
      const text = `Page ${page}`;
      const shown = opts.header ?? title;
      const free = Math.max(0, width - date.length - shown.length - text.length);
      const left = Math.max(1, Math.floor(free / 2));
      yield* stdout.write(
        `\n\n${margin}${date}${' '.repeat(left)}${shown}${' '.repeat(Math.max(1, free - left))}${text}\n\n\n`,
      );
    }
    const at = (page - 1) * perPage;
    const rows = merged
      ? Array.from({ length: Math.min(room, total - at) }, (_, i) => inputs.map((lines) => lines[at + i]))
      : arrange(inputs[0]!.slice(at, at + perPage), columns, opts.across);
    for (const [i, row] of rows.entries()) {
      const number = opts.numberLines === undefined ? '' : lineNumber(opts.numberLines, at + i + 1);
      yield* stdout.write(`${margin}${number}${join(row, columns, width, opts)}\n`);
      if (opts.doubleSpace) yield* stdout.write('\n');
      if (ctx.sys.tick()) yield;
    }
    if (!framed) continue;
    const used = rows.length * (opts.doubleSpace ? 2 : 1);
    yield* stdout.write(opts.formFeed ? '\f' : '\n'.repeat(length - FRAME - used + 5));
  }
}

/** Lines in rows of so many columns, down (as even as they go) or across. */
function arrange(lines: readonly string[], columns: number, across: boolean): (string | undefined)[][] {
  if (columns === 1) return lines.map((line) => [line]);
  if (across)
    return Array.from({ length: Math.ceil(lines.length / columns) }, (_, i) =>
      lines.slice(i * columns, (i + 1) * columns),
    );
  const base = Math.floor(lines.length / columns);
  const more = lines.length % columns;
  const starts: number[] = [];
  for (let c = 0, at = 0; c < columns; c++) {
    starts.push(at);
    at += base + (c < more ? 1 : 0);
  }
  return Array.from({ length: base + (more > 0 ? 1 : 0) }, (_, i) =>
    starts.flatMap((start, c) => (i < base + (c < more ? 1 : 0) ? [lines[start + i]] : [])),
  );
}

function lineNumber(style: string, number: number): string {
  const m = /^(\D?)(\d*)$/.exec(style);
  return `${String(number).padStart(Number(m?.[2] || 5))}${m?.[1] || '\t'}`;
}

/** A row: cut to the columns' width and set to it by tabs, or set apart by one character. */
function join(
  row: readonly (string | undefined)[],
  columns: number,
  width: number,
  { separator, merge }: { readonly separator?: string | undefined; readonly merge: boolean },
): string {
  if (columns === 1) return row[0] ?? '';
  if (separator !== undefined) {
    const end = merge ? row.length - 1 : row.findLastIndex((cell) => cell !== undefined);
    return row
      .slice(0, end + 1)
      .map((cell) => cell ?? '')
      .join(separator === '' ? '\t' : separator);
  }
  const wide = Math.max(1, Math.floor((width - (columns - 1)) / columns));
  let out = '';
  let column = 0;
  for (const [i, cell] of row.entries()) {
    // A file of -m that has ended still gets its column's blanks.
    if (cell === '' || (cell === undefined && !merge)) continue;
    const target = i * (wide + 1);
    while (column < target) {
      const stop = column - (column % 8) + 8;
      if (stop <= target && target - column > 1) {
        out += '\t';
        column = stop;
      } else {
        out += ' ';
        column++;
      }
    }
    const shown = cell?.slice(0, wide) ?? '';
    out += shown;
    column += shown.length;
  }
  return out;
}
