import { SEEK_CUR } from '../../abi/flags.ts';
import { parseSize } from '../../libc/human.ts';
import { cannotOpenWords, openInput } from '../../libc/input.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { localeQuote, shellQuote } from '../../libc/shell-quote.ts';
import type { Input } from '../../libc/stdio.ts';

const options = {
  bytes: { short: 'c', arg: '[-]NUM', help: 'print the first NUM bytes; with -, all but the last' },
  lines: { short: 'n', arg: '[-]NUM', help: 'print the first NUM lines instead of 10; with -, all but the last' },
  quiet: { short: 'q', help: 'never print headers' },
  silent: { busybox: false, help: 'never print headers' },
  verbose: { short: 'v', help: 'always print headers' },
  zeroTerminated: { short: 'z', busybox: false, help: 'lines end with NUL' },
} as const;

export default program({
  name: 'head',
  at: ['/usr/bin/head'],
  spec: 'GNU coreutils 9.4 head(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Print the first 10 lines of each FILE.',
  options,
  rewrite: (argv, form) => {
    const old = form === 'gnu' ? /^-(\d+)([bkm]?)([clqvz]*)$/.exec(argv[0] ?? '') : /^-(\d+)()()$/.exec(argv[0] ?? '');
    if (!old) return argv;
    const [, count = '', unit = '', letters = ''] = old;
    const others = [...letters].filter((letter) => 'qvz'.includes(letter)).map((letter) => `-${letter}`);
    return [letters.includes('c') || unit !== '' ? '-c' : '-n', count + unit, ...others, ...argv.slice(1)];
  },
  busybox: {
    at: '/usr/bin/head',
    long: [],
    usage: '[OPTIONS] [FILE]...',
    help: 'Print first 10 lines of FILEs (or stdin).\nWith more than one FILE, precede each with a filename header.\n\n\t-n N[bkm]\tPrint first N lines\n\t-n -N[bkm]\tPrint all except N last lines\n\t-c [-]N[bkm]\tPrint first N bytes\n\t\t\t(b:*512 k:*1024 m:*1024^2)\n\t-q\t\tNever print headers\n\t-v\t\tAlways print headers\n',
  },
  *main(ctx) {
    const { opts } = ctx;
    const given = ctx.order.findLast(({ key }) => key === 'bytes' || key === 'lines');
    const byBytes = ctx.form === 'gnu' ? given?.key === 'bytes' : opts.bytes !== undefined;
    const text = given?.value ?? '10';
    const count = parseSize(text.replace(/^[-+]/, ''));
    if (count === undefined)
      return yield* ctx.die(
        ctx.form === 'gnu'
          ? `invalid number of ${byBytes ? 'bytes' : 'lines'}: ${localeQuote(text)}`
          : `invalid number '${text}'`,
      );
    if (count >= 2 ** 64 && ctx.form === 'gnu')
      return yield* ctx.die(
        `invalid number of ${byBytes ? 'bytes' : 'lines'}: ${localeQuote(text)}: Value too large for defined data type`,
      );
    const allBut = text.startsWith('-');
    const names = ctx.args.length === 0 ? ['-'] : ctx.args;
    const titled = opts.verbose || (names.length > 1 && !opts.quiet && !opts.silent);
    let status = 0;
    let first = true;
    for (const name of names) {
      const input = yield* openInput(cannotOpenWords(ctx, name), name, 'plain');
      if (!input) {
        status = 1;
        continue;
      }
      if (titled) yield* ctx.stdout.write(`${first ? '' : '\n'}==> ${name === '-' ? 'standard input' : name} <==\n`);
      first = false;
      if (byBytes) yield* allBut ? allButBytes(ctx, input, count) : firstBytes(ctx, input, count);
      else yield* allBut ? allButLines(ctx, input, count) : firstLines(ctx, input, count, opts.zeroTerminated ? 0 : 10);
      if (!allBut && input.unread > 0) ctx.sys.lseek(input.fd, -input.unread, SEEK_CUR);
      if (input.error !== 0) {
        status = 1;
        yield* ctx.warn(`error reading ${shellQuote(name)}: ${ctx.strerror(input.error)}`);
      }
      if (input !== ctx.stdin) ctx.sys.close(input.fd);
    }
    return status;
  },
});

type Ctx = Context<typeof options>;

function* firstBytes(ctx: Ctx, input: Input, count: number): Wait<void> {
  let left = count;
  while (left > 0) {
    const part = yield* input.chunk();
    if (part === undefined) return;
    yield* ctx.stdout.write(part.length > left ? part.subarray(0, left) : part);
    if (part.length > left) input.putBack(part.length - left);
    left -= part.length;
    if (ctx.sys.tick()) yield;
  }
}

function* firstLines(ctx: Ctx, input: Input, count: number, delimiter: number): Wait<void> {
  let left = count;
  while (left > 0) {
    const part = yield* input.chunk();
    if (part === undefined) return;
    let at = 0;
    while (left > 0 && at < part.length) {
      const end = part.indexOf(delimiter, at);
      at = end < 0 ? part.length : end + 1;
      if (end >= 0) left--;
    }
    yield* ctx.stdout.write(part.subarray(0, at));
    input.putBack(part.length - at);
    if (ctx.sys.tick()) yield;
  }
}

function* allButBytes(ctx: Ctx, input: Input, count: number): Wait<void> {
  let kept = new Uint8Array(0);
  for (let part; (part = yield* input.chunk()) !== undefined; ) {
    const all = new Uint8Array(kept.length + part.length);
    all.set(kept);
    all.set(part, kept.length);
    const out = Math.max(0, all.length - count);
    yield* ctx.stdout.write(all.subarray(0, out));
    kept = all.slice(out);
  }
}

function* allButLines(ctx: Ctx, input: Input, count: number): Wait<void> {
  const kept: Uint8Array[] = [];
  for (let line; (line = yield* input.lineBytes()) !== undefined; ) {
    const whole = new Uint8Array(line.length + (input.complete ? 1 : 0)).fill(10);
    whole.set(line);
    kept.push(whole);
    if (kept.length > count) yield* ctx.stdout.write(kept.shift()!);
    if (ctx.sys.tick()) yield;
  }
}
