import { openInput } from '../../libc/input.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, exitWith, program } from '../../libc/program.ts';
import { localeQuote, shellQuote } from '../../libc/shell-quote.ts';
import type { Input } from '../../libc/stdio.ts';

const options = {
  unpaired: {
    short: 'a',
    long: false,
    arg: 'FILENUM',
    many: true,
    help: 'also print unpairable lines from file FILENUM',
  },
  onlyUnpaired: {
    short: 'v',
    long: false,
    arg: 'FILENUM',
    many: true,
    help: 'like -a FILENUM, but suppress joined output lines',
  },
  empty: { short: 'e', long: false, arg: 'STRING', help: 'replace missing input fields with STRING' },
  ignoreCase: { short: 'i', help: 'ignore differences in case when comparing fields' },
  field: { short: 'j', long: false, arg: 'FIELD', help: "equivalent to '-1 FIELD -2 FIELD'" },
  first: { short: '1', long: false, arg: 'FIELD', help: 'join on this FIELD of file 1' },
  second: { short: '2', long: false, arg: 'FIELD', help: 'join on this FIELD of file 2' },
  format: { short: 'o', long: false, arg: 'FORMAT', many: true, help: 'obey FORMAT while constructing output line' },
  separator: { short: 't', long: false, arg: 'CHAR', help: 'use CHAR as input and output field separator' },
  checkOrder: { help: 'check that the input is correctly sorted' },
  nocheckOrder: { help: 'do not check that the input is correctly sorted' },
  header: { help: 'treat the first line in each file as field headers' },
  zeroTerminated: { short: 'z', help: 'line delimiter is NUL, not newline' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'join',
  at: ['/usr/bin/join'],
  spec: 'GNU coreutils 9.4 join(1), C locale',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... FILE1 FILE2',
  about: 'For each pair of input lines with identical join fields, write a line to standard output.',
  options,
  *main(ctx) {
    const [a, b] = ctx.args;
    if (a === undefined || b === undefined)
      return yield* ctx.usage(a === undefined ? 'missing operand' : `missing operand after ${localeQuote(a)}`);
    if (ctx.args.length > 2) return yield* ctx.usage(`extra operand ${shellQuote(ctx.args[2]!)}`);
    const wrong = misused(ctx.opts);
    if (wrong !== undefined) return yield* ctx.die(wrong);
    if (a === '-' && b === '-') return yield* ctx.die('both files cannot be standard input');
    const left = yield* openInput(ctx, a);
    if (!left) return 1;
    const right = yield* openInput(ctx, b);
    if (!right) return 1;
    return yield* new Join(ctx, [a, b]).run(new Side(ctx, left, 1), new Side(ctx, right, 2));
  },
});

/** What is wrong with the options' values. */
function misused(opts: Ctx['opts']): string | undefined {
  for (const text of [...opts.unpaired, ...opts.onlyUnpaired])
    if (text !== '1' && text !== '2') return `invalid field number: ${localeQuote(text)}`;
  for (const text of [opts.first, opts.second, opts.field])
    if (text !== undefined && !(/^\d+$/.test(text) && Number(text) > 0))
      return `invalid field number: ${localeQuote(text)}`;
  if (opts.separator !== undefined && opts.separator !== '\\0' && [...opts.separator].length > 1)
    return `multi-character tab ${localeQuote(opts.separator)}`;
  for (const field of opts.format.join(',').split(/[ ,]+/)) {
    if (field === '' || field === '0' || field === 'auto') continue;
    if (!/^[12]/.test(field)) return `invalid file number in field spec: ${localeQuote(field)}`;
    if (!/^[12]\.\d+$/.test(field)) return `invalid field specifier: ${localeQuote(field)}`;
    if (/^..0+$/.test(field)) return `invalid field number: ${localeQuote(field.slice(2))}`;
  }
  return undefined;
}

interface Row {
  key: string;
  fields: string[];
  number: number;
  line: string;
}

/** One of the two inputs: the rows of equal key that are next. */
class Side {
  private ahead: Row | undefined;
  private number = 0;
  private readonly at: number;
  private started = false;

  constructor(
    private readonly ctx: Ctx,
    private readonly input: Input,
    which: 1 | 2,
  ) {
    const { opts } = ctx;
    this.at = Number((which === 1 ? opts.first : opts.second) ?? opts.field ?? 1) - 1;
  }

  *row(): Wait<Row | undefined> {
    const { opts } = this.ctx;
    const line = yield* this.input.line(opts.zeroTerminated ? 0 : 10);
    if (line === undefined) return undefined;
    const fields =
      opts.separator === undefined
        ? line.split(/[ \t\n]+/).filter((f, i) => i > 0 || f !== '')
        : opts.separator === ''
          ? [line]
          : line.split(opts.separator === '\\0' ? '\0' : opts.separator);
    const key = fields[this.at] ?? '';
    return { key: opts.ignoreCase ? key.toLowerCase() : key, fields, number: ++this.number, line };
  }

  get keyField(): number {
    return this.at;
  }

  /** The next rows that have one key. `disorder` is told of a row that is out of order. */
  *group(disorder: (row: Row) => Wait<void>): Wait<Row[]> {
    if (!this.started) this.ahead = yield* this.row();
    this.started = true;
    const rows: Row[] = [];
    while (this.ahead && (rows.length === 0 || this.ahead.key === rows[0]!.key)) {
      rows.push(this.ahead);
      const next: Row | undefined = yield* this.row();
      if (next && next.key < this.ahead.key) yield* disorder(next);
      this.ahead = next;
      if (this.ctx.sys.tick()) yield;
    }
    return rows;
  }
}

class Join {
  private failed = false;
  private unpairable = false;

  constructor(
    private readonly ctx: Ctx,
    private readonly names: readonly [string, string],
  ) {}

  *run(a: Side, b: Side): Wait<number> {
    const { ctx } = this;
    const { opts } = ctx;
    const prints = (n: string): boolean => opts.unpaired.includes(n) || opts.onlyUnpaired.includes(n);
    const late: [Row | undefined, Row | undefined] = [undefined, undefined];
    const disorder = (i: 0 | 1) =>
      function* (this: Join, row: Row): Wait<void> {
        if (opts.nocheckOrder) return;
        late[i] ??= row;
        if (opts.checkOrder || this.unpairable) yield* this.report(i, row);
      }.bind(this);
    if (opts.header) {
      const [x, y] = [yield* a.row(), yield* b.row()];
      this.width[0] = x?.fields.length;
      this.width[1] = y?.fields.length;
      if (x || y) yield* this.print(x, y, a, b);
    }
    let x = yield* a.group(disorder(0));
    let y = yield* b.group(disorder(1));
    this.width[0] ??= x[0]?.fields.length ?? 1;
    this.width[1] ??= y[0]?.fields.length ?? 1;
    while (x.length > 0 || y.length > 0) {
      const order =
        y.length === 0 ? -1 : x.length === 0 ? 1 : x[0]!.key < y[0]!.key ? -1 : x[0]!.key > y[0]!.key ? 1 : 0;
      if (order === 0) {
        if (opts.onlyUnpaired.length === 0) for (const p of x) for (const q of y) yield* this.print(p, q, a, b);
      } else {
        this.unpairable = true;
        for (const i of [0, 1] as const) if (late[i]) yield* this.report(i, late[i]);
        if (order < 0 && prints('1')) for (const p of x) yield* this.print(p, undefined, a, b);
        if (order > 0 && prints('2')) for (const q of y) yield* this.print(undefined, q, a, b);
      }
      if (order <= 0) x = yield* a.group(disorder(0));
      if (order >= 0) y = yield* b.group(disorder(1));
      if (ctx.stdout.error !== 0) return 1;
    }
    if (!this.failed) return 0;
    yield* ctx.warn('input is not in sorted order');
    return 1;
  }

  private readonly told = new Set<number>();
  /** -o auto: how many fields the first line of each file has. */
  private readonly width: [number | undefined, number | undefined] = [undefined, undefined];

  /** Says once for each file that it is not sorted. */
  private *report(i: 0 | 1, row: Row): Wait<void> {
    this.failed = true;
    if (this.told.has(i)) return;
    this.told.add(i);
    yield* this.ctx.warn(`${this.names[i]}:${row.number}: is not sorted: ${row.line}`);
    if (this.ctx.opts.checkOrder) exitWith(1);
  }

  private *print(x: Row | undefined, y: Row | undefined, a: Side, b: Side): Wait<void> {
    const { opts, stdout } = this.ctx;
    const key = x ? (x.fields[a.keyField] ?? '') : (y!.fields[b.keyField] ?? '');
    const empty = opts.empty ?? '';
    const value = (row: Row | undefined, at: number): string => row?.fields[at] || empty;
    const auto = opts.format.includes('auto');
    const wide = (row: Row | undefined, i: 0 | 1, keyAt: number): string[] =>
      Array.from({ length: this.width[i] ?? 1 }, (_, at) => value(row, at)).filter((_, at) => at !== keyAt);
    const out = auto
      ? [key, ...wide(x, 0, a.keyField), ...wide(y, 1, b.keyField)]
      : opts.format.length > 0
        ? opts.format
            .join(' ')
            .split(/[ ,]+/)
            .map((f) => (f === '0' ? key : value(f.startsWith('1') ? x : y, Number(f.slice(2)) - 1)))
        : [
            key,
            ...(x ? x.fields.filter((_, i) => i !== a.keyField) : []),
            ...(y ? y.fields.filter((_, i) => i !== b.keyField) : []),
          ];
    yield* stdout.write(out.join(opts.separator ?? ' ') + (opts.zeroTerminated ? '\0' : '\n'));
  }
}
