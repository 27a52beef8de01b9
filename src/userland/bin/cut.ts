import { encode } from '../../lib/utf8.ts';
import { eachInput } from '../../libc/input.ts';
import type { Wait } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { inRanges, parseRanges, type Ranges } from '../../libc/ranges.ts';
import { localeQuote } from '../../libc/shell-quote.ts';
import type { Input, Output } from '../../libc/stdio.ts';
import { complementOf, makeByteCutter, makeFieldCutter, Selection } from '../text/cut-lines.ts';
import { LineBlocks } from '../text-lines.ts';

export default program({
  name: 'cut',
  at: ['/usr/bin/cut'],
  spec: 'GNU coreutils 9.4 cut(1)',
  version: '(GNU coreutils) 9.4',
  usage: 'OPTION... [FILE]...',
  about: 'Print selected parts of the lines of each FILE.',
  options: {
    bytes: { short: 'b', arg: 'LIST', help: 'select only these bytes' },
    characters: { short: 'c', arg: 'LIST', help: 'select only these characters' },
    delimiter: { short: 'd', arg: 'DELIM', help: 'use DELIM instead of TAB' },
    fields: { short: 'f', arg: 'LIST', help: 'select only these fields' },
    keepMultibyte: { short: 'n', long: false, help: 'ignored' },
    complement: { busybox: false, help: 'select the others' },
    onlyDelimited: { short: 's', help: 'no lines without a delimiter' },
    outputDelimiter: { arg: 'STRING', help: 'use STRING between what is selected' },
    zeroTerminated: { short: 'z', busybox: false, help: 'lines end with NUL' },
  },
  busybox: {
    at: '/usr/bin/cut',
    long: [],
    usage: '[OPTIONS] [FILE]...',
    help: "Print selected fields from FILEs to stdout\n\n\t-b LIST\tOutput only bytes from LIST\n\t-c LIST\tOutput only characters from LIST\n\t-d SEP\tField delimiter for input (default -f TAB, -F run of whitespace)\n\t-O SEP\tField delimiter for output (default = -d for -f, one space for -F)\n\t-D\tDon't sort/collate sections or match -fF lines without delimiter\n\t-f LIST\tPrint only these fields (-d is single char)\n\t-F LIST\tPrint only these fields (-d is regex)\n\t-s\tOutput only lines containing delimiter\n\t-n\tIgnored\n",
  },
  *main(ctx) {
    const { opts, form } = ctx;
    const lists = [opts.bytes, opts.characters, opts.fields].filter((list) => list !== undefined);
    if (lists.length === 0)
      return yield* form === 'gnu'
        ? ctx.usage('you must specify a list of bytes, characters, or fields')
        : ctx.die('expected a list of bytes, characters, or fields');
    if (lists.length > 1)
      return yield* form === 'gnu'
        ? ctx.usage('only one list may be specified')
        : ctx.die('only one type of list may be specified');
    if (opts.delimiter !== undefined && opts.fields === undefined)
      return yield* ctx.usage('an input delimiter may be specified only when operating on fields');
    if (opts.delimiter !== undefined && [...opts.delimiter].length > 1 && form === 'gnu')
      return yield* ctx.usage('the delimiter must be a single character');
    if (opts.onlyDelimited && opts.fields === undefined && form === 'gnu')
      return yield* ctx.usage('suppressing non-delimited lines makes sense\n\tonly when operating on fields');
    const byFields = opts.fields !== undefined;
    const ranges = parseRanges(lists[0]!);
    if (ranges === 'zero')
      return yield* ctx.usage(byFields ? 'fields are numbered from 1' : 'byte/character positions are numbered from 1');
    if (ranges === 'decreasing') return yield* ctx.usage('invalid decreasing range');
    if (ranges === 'no endpoint') return yield* ctx.usage('invalid range with no endpoint: -');
    if (ranges === 'range')
      return yield* ctx.usage(byFields ? 'invalid field range' : 'invalid byte or character range');
    if ('invalid' in ranges)
      return yield* ctx.usage(
        `invalid ${byFields ? 'field value' : 'byte/character position'} ${localeQuote(ranges.invalid)}`,
      );
    const delimiter = opts.delimiter === '' ? '\0' : (opts.delimiter ?? '\t');
    const end = opts.zeroTerminated ? 0 : 10;
    if (delimiter === '\n' && byFields)
      return yield* eachInput(ctx, ctx.args, function* (input) {
        yield* linesAsFields(ctx.stdout, input, ranges, opts);
      });
    if (form === 'busybox' && opts.characters !== undefined)
      return yield* eachInput(ctx, ctx.args, function* (input) {
        for (let line; (line = yield* input.line(end)) !== undefined; ) {
          ctx.stdout.put([...line].filter((_, i) => inRanges(ranges, i + 1)).join(''));
          if (ctx.stdout.put(end === 0 ? '\0' : '\n')) yield* ctx.stdout.flush();
          if (ctx.sys.tick()) yield;
        }
      });
    const separator = encode(delimiter);
    const cut = byFields
      ? makeFieldCutter({
          selection: new Selection(ranges, opts.complement),
          separator,
          between: opts.outputDelimiter === undefined ? separator : encode(opts.outputDelimiter),
          end,
          onlyDelimited: opts.onlyDelimited,
        })
      : makeByteCutter(
          opts.complement ? complementOf(ranges) : ranges,
          opts.outputDelimiter === undefined ? undefined : encode(opts.outputDelimiter),
          end,
        );
    return yield* eachInput(ctx, ctx.args, function* (input) {
      const blocks = new LineBlocks(input, end);
      for (let block; (block = yield* blocks.next()) !== undefined; ) {
        cut(block, ctx.stdout);
        if (ctx.stdout.put('')) yield* ctx.stdout.flush();
        if (ctx.stdout.error !== 0) return;
        if (ctx.sys.tick()) yield;
      }
    });
  },
});

/** With a newline as the delimiter the lines of the whole input are the fields. */
function* linesAsFields(
  stdout: Output,
  input: Input,
  ranges: Ranges,
  opts: { complement: boolean; outputDelimiter: string | undefined },
): Wait<void> {
  let n = 0;
  for (let line; (line = yield* input.lineBytes()) !== undefined; ) {
    if (inRanges(ranges, ++n) === opts.complement) continue;
    if (stdout.pending > 0) stdout.put(opts.outputDelimiter ?? '\n');
    if (stdout.put(line)) yield* stdout.flush();
  }
  if (n > 0) yield* stdout.write('\n');
}
