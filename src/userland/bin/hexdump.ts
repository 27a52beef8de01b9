import { openInput } from '../../libc/input.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { shellQuote } from '../../libc/shell-quote.ts';
import type { Input } from '../../libc/stdio.ts';
import { formatSize, type HexFormat, readFormat, showUnit } from '../dump/hexdump-format.ts';

const options = {
  oneByteOctal: { short: 'b', help: 'one-byte octal display' },
  oneByteChar: { short: 'c', help: 'one-byte character display' },
  canonical: { short: 'C', help: 'canonical hex+ASCII display' },
  twoBytesDecimal: { short: 'd', help: 'two-byte decimal display' },
  twoBytesOctal: { short: 'o', help: 'two-byte octal display' },
  twoBytesHex: { short: 'x', help: 'two-byte hexadecimal display' },
  format: { short: 'e', arg: 'format', many: true, help: 'format string to be used for displaying data' },
  length: { short: 'n', arg: 'length', help: 'interpret only length bytes of input' },
  skip: { short: 's', arg: 'offset', help: 'skip offset bytes from the beginning' },
  noSqueezing: { short: 'v', help: 'output identical lines' },
} as const;
type Ctx = Context<typeof options>;

/** The displays of the options, as format strings. */
const DISPLAYS: Readonly<Record<string, readonly string[]>> = {
  oneByteOctal: ['"%07.7_ax " 16/1 "%03o " "\\n"'],
  oneByteChar: ['"%07.7_ax " 16/1 "%3_c " "\\n"'],
  canonical: ['"%08.8_ax  " 8/1 "%02x " "  " 8/1 "%02x "', '"  |" 16/1 "%_p" "|\\n"'],
  twoBytesDecimal: ['"%07.7_ax " 8/2 "  %05u " "\\n"'],
  twoBytesOctal: ['"%07.7_ax " 8/2 " %06o " "\\n"'],
  twoBytesHex: ['"%07.7_ax " 8/2 "   %04x " "\\n"'],
};
const DEFAULT = ['"%07.7_ax " 8/2 "%04x " "\\n"'];

export default program({
  name: 'hexdump',
  at: ['/usr/bin/hexdump', '/usr/bin/hd'],
  spec: 'util-linux 2.39 hexdump(1); without -f, colours and %_u',
  version: 'from util-linux 2.39.3',
  usage: '[options] <file>...',
  about: 'Display file contents in hexadecimal, decimal, octal, or ascii.',
  options,
  busybox: {
    at: '/usr/bin/hexdump',
    long: [],
    usage: '[-bcdoxCv] [-e FMT] [-f FMT_FILE] [-n LEN] [-s OFS] [FILE]...',
    help: 'Display FILEs (or stdin) in a user specified format\n\n\t-b\t\t1-byte octal display\n\t-c\t\t1-byte character display\n\t-d\t\t2-byte decimal display\n\t-o\t\t2-byte octal display\n\t-x\t\t2-byte hex display\n\t-C\t\thex+ASCII 16 bytes per line\n\t-v\t\tShow all (no dup folding)\n\t-e FORMAT_STR\tExample: \'16/1 "%02x|""\\n"\'\n\t-f FORMAT_FILE\n\t-n LENGTH\tShow only first LENGTH bytes\n\t-s OFFSET\tSkip OFFSET bytes\n',
  },
  *main(ctx) {
    const formats: HexFormat[] = [];
    const called = ctx.name.slice(ctx.name.lastIndexOf('/') + 1);
    const add = (texts: readonly string[]): string | undefined => {
      for (const text of texts) {
        const format = readFormat(text);
        if (typeof format === 'string') return format;
        formats.push(format);
      }
      return undefined;
    };
    for (const { key, value } of ctx.order) {
      const wrong = key === 'format' ? add([value!]) : add(DISPLAYS[key] ?? []);
      if (wrong !== undefined) return yield* ctx.die(wrong);
    }
    const canonical = ctx.opts.canonical || called === 'hd';
    if (formats.length === 0) add(called === 'hd' ? DISPLAYS.canonical! : DEFAULT);
    for (const what of ['length', 'skip'] as const) {
      const text = ctx.opts[what];
      if (text !== undefined && number(text) === undefined)
        return yield* ctx.die(`failed to parse ${what === 'skip' ? 'offset' : what}: ${shellQuote(text)}`);
    }
    return yield* dump(ctx, formats, canonical ? 8 : 7);
  },
});

function number(text: string): number | undefined {
  const m = /^(0x[0-9a-fA-F]+|\d+)([bkmKMG])?$/.exec(text);
  if (!m) return undefined;
  const n = /^0\d/.test(m[1]!) ? Number.parseInt(m[1]!, 8) : Number(m[1]);
  return n * { '': 1, b: 512, k: 1024, K: 1024, m: 2 ** 20, M: 2 ** 20, G: 2 ** 30 }[m[2] ?? '']!;
}

function* dump(ctx: Ctx, formats: readonly HexFormat[], digits: number): Wait<number> {
  const { opts, stdout } = ctx;
  const size = Math.max(...formats.map(formatSize)) || 1;
  let skip = number(opts.skip ?? '0')!;
  let left = opts.length === undefined ? Number.POSITIVE_INFINITY : number(opts.length)!;
  let offset = skip;
  let status = 0;
  const block = new Uint8Array(size);
  let used = 0;
  let before: Uint8Array | undefined;
  let starred = false;
  const line = function* (length: number): Wait<void> {
    if (!opts.noSqueezing && length === size && before?.every((b, i) => b === block[i])) {
      if (!starred) yield* stdout.write('*\n');
      starred = true;
    } else {
      starred = false;
      for (const format of formats) yield* stdout.write(showLine(format, block, length, offset));
      before = block.slice();
    }
    offset += length;
  };
  let opened = false;
  for (const name of ctx.args.length === 0 ? ['-'] : ctx.args) {
    const input: Input | undefined =
      name === '-' && ctx.args.length === 0 ? ctx.stdin : yield* openInput(ctx, name, 'plain');
    if (!input) {
      status = 1;
      continue;
    }
    opened = true;
    for (let part; left > 0 && (part = yield* input.chunk()) !== undefined; ) {
      const gone = Math.min(skip, part.length);
      skip -= gone;
      let bytes = part.subarray(gone);
      if (bytes.length > left) bytes = bytes.subarray(0, left);
      left -= bytes.length;
      for (let at = 0; at < bytes.length; ) {
        const n = Math.min(size - used, bytes.length - at);
        block.set(bytes.subarray(at, at + n), used);
        used += n;
        at += n;
        if (used < size) continue;
        yield* line(size);
        used = 0;
        if (ctx.sys.tick()) yield;
      }
    }
    if (input !== ctx.stdin) ctx.sys.close(input.fd);
  }
  if (!opened) {
    if (ctx.form === 'gnu') yield* ctx.warn('all input file arguments failed');
    return 1;
  }
  if (used > 0) {
    block.fill(0, used);
    yield* line(used);
  }
  if (offset > 0 && opts.format.length === 0) yield* stdout.write(`${offset.toString(16).padStart(digits, '0')}\n`);
  return status;
}

function showLine(format: HexFormat, block: Uint8Array, length: number, offset: number): string {
  let out = '';
  let at = 0;
  for (const unit of format) {
    for (let i = 0; i < unit.times; i++) {
      const last = i === unit.times - 1;
      out += showUnit(unit, block, at, length, offset, last);
      at += unit.bytes;
    }
  }
  return out;
}
