import { openInput } from '../../libc/input.ts';
import { program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'comm',
  at: ['/usr/bin/comm'],
  spec: 'GNU coreutils 9.4 comm(1), C locale',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... FILE1 FILE2',
  about: 'Compare sorted files FILE1 and FILE2 line by line.',
  options: {
    one: { short: '1', long: false, help: 'suppress column 1 (lines unique to FILE1)' },
    two: { short: '2', long: false, help: 'suppress column 2 (lines unique to FILE2)' },
    three: { short: '3', long: false, help: 'suppress column 3 (lines that appear in both files)' },
    checkOrder: { busybox: false, help: 'check that the input is correctly sorted' },
    nocheckOrder: { busybox: false, help: 'do not check that the input is correctly sorted' },
    outputDelimiter: { arg: 'STR', busybox: false, help: 'separate columns with STR' },
    total: { busybox: false, help: 'output a summary' },
    zeroTerminated: { short: 'z', busybox: false, help: 'line delimiter is NUL, not newline' },
  },
  busybox: {
    at: '/usr/bin/comm',
    usage: '[-123] FILE1 FILE2',
    help: 'Compare FILE1 with FILE2\n\n\t-1\tSuppress lines unique to FILE1\n\t-2\tSuppress lines unique to FILE2\n\t-3\tSuppress lines common to both files\n',
  },
  *main(ctx) {
    const { opts, stdout } = ctx;
    const [first, second, more] = ctx.args;
    const gnu = ctx.form === 'gnu';
    if (first === undefined) return yield* ctx.usage(gnu ? 'missing operand' : undefined);
    if (second === undefined) return yield* ctx.usage(gnu ? `missing operand after ${localeQuote(first)}` : undefined);
    if (more !== undefined) return yield* ctx.usage(gnu ? `extra operand ${localeQuote(more)}` : undefined);
    const a = yield* openInput(ctx, first);
    if (!a) return 1;
    const b = yield* openInput(ctx, second);
    if (!b) return 1;
    const delimiter = opts.outputDelimiter ?? '\t';
    const end = opts.zeroTerminated ? 0 : 10;
    const eol = opts.zeroTerminated ? '\0' : '\n';
    const lead = ['', opts.one ? '' : delimiter, (opts.one ? '' : delimiter) + (opts.two ? '' : delimiter)];
    const hidden = [opts.one, opts.two, opts.three];
    const counts = [0, 0, 0];
    const sorted = [true, true];
    let status = 0;
    let unpaired = false;
    let x = yield* a.line(end);
    let y = yield* b.line(end);
    const check = function* (file: 0 | 1, before: string, now: string | undefined): Generator<void, boolean, void> {
      if (!gnu || opts.nocheckOrder || now === undefined || now >= before || !sorted[file]) return true;
      if (!unpaired && !opts.checkOrder) return true;
      sorted[file] = false;
      yield* ctx.warn(`file ${file + 1} is not in sorted order`);
      status = 1;
      return !opts.checkOrder;
    };
    while (x !== undefined || y !== undefined) {
      const which: 0 | 1 | 2 = y === undefined || (x !== undefined && x < y) ? 0 : x === undefined || y < x ? 1 : 2;
      const text: string = which === 1 ? y! : x!;
      counts[which]!++;
      if (which !== 2) unpaired = true;
      if (!hidden[which]) yield* stdout.write(lead[which]! + text + eol);
      if (which !== 1) {
        x = yield* a.line(end);
        if (!(yield* check(0, text, x))) return 1;
      }
      if (which !== 0) {
        y = yield* b.line(end);
        if (!(yield* check(1, text, y))) return 1;
      }
      if (ctx.sys.tick()) yield;
    }
    if (opts.total) yield* stdout.write(`${counts.join(delimiter)}${delimiter}total${eol}`);
    if (status !== 0) yield* ctx.warn('input is not in sorted order');
    return status;
  },
});
