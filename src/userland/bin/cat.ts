import { SEEK_CUR } from '../../abi/flags.ts';
import { isRegular, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { eachInput } from '../../libc/input.ts';
import type { Wait } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { quoteIfNeeded } from '../../libc/shell-quote.ts';
import type { Input } from '../../libc/stdio.ts';

export default program({
  name: 'cat',
  at: ['/usr/bin/cat'],
  spec: 'GNU coreutils 9.4 cat(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Write each FILE to standard output, one after the other; - is standard input.',
  options: {
    showAll: { short: 'A', help: 'equivalent to -vET' },
    numberNonblank: { short: 'b', help: 'number lines that are not empty' },
    vE: { short: 'e', long: false, help: 'equivalent to -vE' },
    showEnds: { short: 'E', busybox: false, help: 'show $ at the end of each line' },
    number: { short: 'n', help: 'number all lines' },
    squeezeBlank: { short: 's', busybox: false, help: 'show one of several empty lines' },
    vT: { short: 't', long: false, help: 'equivalent to -vT' },
    showTabs: { short: 'T', busybox: false, help: 'show tabs as ^I' },
    unbuffered: { short: 'u', long: false, help: 'no effect' },
    showNonprinting: { short: 'v', help: 'use ^ and M- notation' },
  },
  busybox: {
    at: '/bin/cat',
    long: [],
    usage: '[-nbvteA] [FILE]...',
    help: 'Print FILEs to stdout\n\n\t-n\tNumber output lines\n\t-b\tNumber nonempty lines\n\t-v\tShow nonprinting characters as ^x or M-x\n\t-t\t...and tabs as ^I\n\t-e\t...and end lines with $\n\t-A\tSame as -vte\n',
  },
  *main(ctx) {
    const { opts, stdout } = ctx;
    const ends = opts.showEnds || opts.vE || opts.showAll;
    const tabs = opts.showTabs || opts.vT || opts.showAll;
    const visible = opts.showNonprinting || opts.vE || opts.vT || opts.showAll;
    const numbers = opts.number || opts.numberNonblank;
    let refused = 0;
    /** GNU cat does not copy a file to its own end. */
    const isOutput = function* (input: Input, name: string): Wait<boolean> {
      if (ctx.form === 'busybox' || !readsOutput(ctx.sys, input.fd)) return false;
      refused = 1;
      yield* stdout.flush();
      yield* ctx.warn(`${quoteIfNeeded(name)}: input file is output file`);
      return true;
    };
    if (!ends && !tabs && !visible && !numbers && !opts.squeezeBlank) {
      const status = yield* eachInput(ctx, ctx.args, function* (input, name) {
        if (yield* isOutput(input, name)) return;
        for (let part; (part = yield* input.chunk()) !== undefined; ) {
          yield* stdout.write(part);
          if (stdout.pending > 0) yield* stdout.flush();
          if (stdout.error !== 0) return;
          if (ctx.sys.tick()) yield;
        }
      });
      return status || refused;
    }
    let count = 0;
    let blanks = 0;
    const status = yield* eachInput(ctx, ctx.args, function* (input, name) {
      if (yield* isOutput(input, name)) return;
      for (let line; (line = yield* input.lineBytes()) !== undefined; ) {
        blanks = line.length === 0 && input.complete ? blanks + 1 : 0;
        if (opts.squeezeBlank && blanks > 1) continue;
        const head =
          numbers && !(opts.numberNonblank && line.length === 0)
            ? `${String(++count).padStart(6)}${visible && ctx.form === 'busybox' ? '  ' : '\t'}`
            : '';
        const text = visible || tabs ? encode(show(line, visible, tabs)) : line;
        yield* stdout.write(head);
        yield* stdout.write(text);
        if (input.complete) yield* stdout.write(ends ? '$\n' : '\n');
        if (ctx.sys.tick()) yield;
      }
    });
    return status || refused;
  },
});

/** Whether `fd` is the file of standard output and has something left to read. */
function readsOutput(sys: Sys, fd: number): boolean {
  const [input, output] = [new Stat(), new Stat()];
  if (sys.fstat(fd, input) < 0 || sys.fstat(1, output) < 0 || !isRegular(output.mode)) return false;
  if (input.ino !== output.ino || input.dev !== output.dev) return false;
  const at = sys.lseek(fd, 0, SEEK_CUR);
  return at >= 0 && at < input.size;
}

/** cat -v: control characters as ^X, bytes from 128 as M-. */
function show(line: Uint8Array, visible: boolean, tabs: boolean): string {
  if (!visible) return decode(line).replaceAll('\t', tabs ? '^I' : '\t');
  let out = '';
  for (const byte of line) {
    const low = byte & 0x7f;
    const high = byte >= 128 ? 'M-' : '';
    if (byte === 9 && !tabs) out += '\t';
    else if (low < 32) out += `${high}^${String.fromCharCode(low + 64)}`;
    else if (low === 127) out += `${high}^?`;
    else out += high + String.fromCharCode(low);
  }
  return out;
}
