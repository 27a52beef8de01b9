import { O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { HeldMemory } from '../../libc/held-memory.ts';
import { openInput } from '../../libc/input.ts';
import { open as openFile, readFull, type Wait } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { localeQuote, quoteIfNeeded } from '../../libc/shell-quote.ts';
import { Output } from '../../libc/stdio.ts';

/** What a line takes beyond its text, bytes. */
const LINE = 32;

export default program({
  name: 'shuf',
  at: ['/usr/bin/shuf'],
  spec: 'GNU coreutils 9.4 shuf(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]\n  or:  shuf -e [OPTION]... [ARG]...\n  or:  shuf -i LO-HI [OPTION]...',
  about: 'Write a random permutation of the input lines to standard output.',
  options: {
    echo: { short: 'e', help: 'treat each ARG as an input line' },
    inputRange: { short: 'i', arg: 'LO-HI', help: 'treat each number LO through HI as an input line' },
    headCount: { short: 'n', arg: 'COUNT', many: true, help: 'output at most COUNT lines' },
    output: { short: 'o', arg: 'FILE', help: 'write result to FILE instead of standard output' },
    randomSource: { arg: 'FILE', busybox: false, help: 'get random bytes from FILE' },
    repeat: { short: 'r', busybox: false, help: 'output lines can be repeated' },
    zeroTerminated: { short: 'z', help: 'line delimiter is NUL, not newline' },
  },
  busybox: {
    at: '/usr/bin/shuf',
    long: [],
    usage: '[-n NUM] [-o FILE] [-z] [FILE | -e [ARG...] | -i L-H]',
    help: 'Randomly permute lines\n\n\t-n NUM\tOutput at most NUM lines\n\t-o FILE\tWrite to FILE, not standard output\n\t-z\tNUL terminated output\n\t-e\tTreat ARGs as lines\n\t-i L-H\tTreat numbers L-H as lines\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    const gnu = ctx.form === 'gnu';
    for (const text of opts.headCount)
      if (!/^\d+$/.test(text))
        return yield* ctx.die(gnu ? `invalid line count: ${localeQuote(text)}` : `invalid number '${text}'`);
    const limit = Math.min(Number.POSITIVE_INFINITY, ...opts.headCount.map(Number));
    if (gnu && opts.echo && opts.inputRange !== undefined) return yield* ctx.usage('cannot combine -e and -i options');
    const range = opts.inputRange === undefined ? undefined : /^(\d+)-(\d+)$/.exec(opts.inputRange);
    if (range === null || (range && Number(range[1]) > Number(range[2]) + 1))
      return yield* ctx.die(
        gnu ? `invalid input range: ${localeQuote(badRange(opts.inputRange!))}` : `${opts.inputRange}: invalid range`,
      );
    if (!opts.echo && ctx.args.length > (range ? 0 : 1))
      return yield* ctx.usage(gnu ? `extra operand ${localeQuote(ctx.args[range ? 0 : 1]!)}` : undefined);
    const end = opts.zeroTerminated ? 0 : 10;
    const lines: string[] = [];
    if (opts.echo) lines.push(...ctx.args);
    else if (!range) {
      const input = yield* openInput(ctx, ctx.args[0] ?? '-', 'plain');
      if (!input) return 1;
      const memory = new HeldMemory(sys);
      for (let line; (line = yield* input.line(end)) !== undefined; ) {
        lines.push(line);
        yield* memory.grow(line.length + LINE);
        if (sys.tick()) yield;
      }
    }
    const low = range ? Number(range[1]) : 0;
    const size = range ? Number(range[2]) - low + 1 : lines.length;
    const at = (i: number): string => (range ? String(low + i) : lines[i]!);
    let random: (n: number) => Wait<number> = function* (n) {
      return below(sys, n);
    };
    if (opts.randomSource !== undefined) {
      const source = opts.randomSource;
      const fd = yield* openFile(sys, source, O_RDONLY);
      if (fd < 0) return yield* ctx.die(`${quoteIfNeeded(source)}: ${ctx.strerror(fd)}`);
      random = function* (n) {
        const bytes = new Uint8Array(6);
        if ((yield* readFull(sys, fd, bytes)) < 6) yield* ctx.die(`${quoteIfNeeded(source)}: end of file`);
        return bytes.reduce((value, byte) => value * 256 + byte, 0) % n;
      };
    }
    let out = ctx.stdout;
    if (opts.output !== undefined) {
      const fd = yield* openFile(sys, opts.output, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
      if (fd < 0) {
        yield* ctx.perror(opts.output, fd);
        return 1;
      }
      out = new Output(sys, fd);
    }
    const eol = end === 0 ? '\0' : '\n';
    if (opts.repeat) {
      if (size === 0 && limit > 0) return yield* ctx.die('no lines to repeat');
      for (let i = 0; i < limit && out.error === 0; i++) {
        yield* out.write(at(yield* random(size)) + eol);
        if (sys.tick()) yield;
      }
    } else {
      // a permutation of which only the moved places are kept
      const moved = new Map<number, number>();
      const place = (i: number): number => moved.get(i) ?? i;
      for (let i = 0; i < Math.min(size, limit); i++) {
        const j = i + (yield* random(size - i));
        const chosen = place(j);
        moved.set(j, place(i));
        yield* out.write(at(chosen) + eol);
        if (sys.tick()) yield;
      }
    }
    yield* out.flush();
    return 0;
  },
});

/** A random integer of 0 … n-1. */
function below(sys: Sys, n: number): number {
  const bytes = new Uint8Array(6);
  sys.getrandom(bytes);
  return bytes.reduce((value, byte) => value * 256 + byte, 0) % n;
}

/** The part of a range that is wrong, as GNU names it. */
function badRange(text: string): string {
  const [low = '', high] = text.split('-');
  if (high === undefined || !/^\d+$/.test(low)) return low;
  return /^\d+$/.test(high) ? text : high;
}
