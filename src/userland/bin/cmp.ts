import { O_RDONLY } from '../../abi/flags.ts';
import { isRegular, Stat } from '../../abi/stat.ts';
import { open, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { Input } from '../../libc/stdio.ts';

const options = {
  printBytes: { short: 'b', busybox: false, help: 'print differing bytes' },
  ignoreInitial: { short: 'i', arg: 'SKIP', busybox: false, help: 'skip first SKIP bytes of both inputs' },
  verbose: { short: 'l', help: 'output byte numbers and differing byte values' },
  bytes: { short: 'n', arg: 'LIMIT', help: 'compare at most LIMIT bytes' },
  quiet: { short: 's', help: 'suppress all normal output' },
  silent: { busybox: false, help: 'likewise' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'cmp',
  at: ['/usr/bin/cmp'],
  spec: 'GNU diffutils 3.10 cmp(1)',
  version: '(GNU diffutils) 3.10',
  usage: '[OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]',
  about: 'Compare two files byte by byte.',
  options,
  usageStatus: 2,
  hint: (name) => `${name}: Try '${name} --help' for more information.\n`,
  busybox: {
    at: '/usr/bin/cmp',
    long: [],
    usage: '[-ls] [-n NUM] FILE1 [FILE2 [SKIP1 [SKIP2]]]',
    help: 'Compare FILE1 with FILE2 (or stdin)\n\n\t-l\tWrite the byte numbers (decimal) and values (octal)\n\t\tfor all differing bytes\n\t-s\tQuiet\n\t-n NUM\tCompare at most NUM bytes\n',
  },
  *main(ctx) {
    const { opts } = ctx;
    const [a, b = '-'] = ctx.args;
    if (a === undefined)
      return yield* ctx.usage(ctx.form === 'gnu' ? `missing operand after '${ctx.name}'` : undefined);
    const left = yield* input(ctx, a);
    const right = yield* input(ctx, b);
    if (!left || !right) return 2;
    const quiet = opts.quiet || opts.silent;
    const limit = opts.bytes === undefined ? Number.POSITIVE_INFINITY : Number(opts.bytes);
    const skip = Number(opts.ignoreInitial ?? 0);
    const [x, y] = [new Bytes(left), new Bytes(right)];
    for (let i = 0; i < skip; i++) {
      yield* x.next();
      yield* y.next();
    }
    // GNU says `byte` where messages are translated, `char` in the POSIX locale
    const named = /^(?!C$|POSIX$)./.test(
      ctx.env.get('LC_ALL') || ctx.env.get('LC_MESSAGES') || ctx.env.get('LANG') || '',
    );
    const width = String(Math.min(sizeOf(ctx, left), sizeOf(ctx, right), limit)).length;
    let line = 1;
    let status = 0;
    for (let at = 1; at <= limit; at++) {
      const p = x.ready() ?? (yield* x.next());
      const q = y.ready() ?? (yield* y.next());
      if (p < 0 && q < 0) break;
      if (p < 0 || q < 0) {
        const name = p < 0 ? a : b;
        const where =
          at === 1
            ? ''
            : opts.verbose
              ? ` after byte ${at - 1}`
              : ` after byte ${at - 1}, ${p === -1 && line > 1 && x.lastWasNewline ? `line ${line - 1}` : `in line ${line}`}`;
        if (!quiet)
          yield* ctx.stderr.write(
            ctx.form === 'gnu'
              ? `cmp: EOF on ${name === '-' ? '-' : name}${at === 1 ? ' which is empty' : where}\n`
              : `cmp: EOF on ${name}\n`,
          );
        return 1;
      }
      if (p !== q) {
        status = 1;
        if (quiet) return 1;
        if (!opts.verbose) {
          yield* ctx.stdout.write(
            `${a} ${b} differ: ${ctx.form === 'gnu' && named ? 'byte' : 'char'} ${at}, line ${line}${opts.printBytes ? ` is ${octal(p)} ${shown(p)} ${octal(q)} ${shown(q)}` : ''}\n`,
          );
          return 1;
        }
        yield* ctx.stdout.write(`${String(at).padStart(width)} ${octal(p)} ${octal(q)}\n`);
      }
      if (p === 10) line++;
      if ((at & 4095) === 0 && ctx.sys.tick()) yield;
    }
    return status;
  },
});

const octal = (n: number): string => n.toString(8).padStart(3);
const shown = (n: number): string =>
  n >= 32 && n < 127 ? String.fromCharCode(n) : n < 32 ? `^${String.fromCharCode(n + 64)}` : `M-${n}`;

function sizeOf(ctx: Ctx, file: Input): number {
  const st = new Stat();
  return ctx.sys.fstat(file.fd, st) === 0 && isRegular(st.mode) ? st.size : Number.MAX_SAFE_INTEGER;
}

function* input(ctx: Ctx, name: string): Wait<Input | undefined> {
  if (name === '-') return ctx.stdin;
  const fd = yield* open(ctx.sys, name, O_RDONLY);
  if (fd >= 0) return new Input(ctx.sys, fd);
  if (!ctx.opts.quiet && !ctx.opts.silent) yield* ctx.perror(ctx.form === 'gnu' ? name : `can't open '${name}'`, fd);
  return undefined;
}

/** A stream byte by byte; -1 at its end. */
class Bytes {
  lastWasNewline = false;
  private part: Uint8Array = new Uint8Array(0);
  private at = 0;

  constructor(private readonly input: Input) {}

  ready(): number | undefined {
    if (this.at >= this.part.length) return undefined;
    const byte = this.part[this.at++]!;
    this.lastWasNewline = byte === 10;
    return byte;
  }

  *next(): Wait<number> {
    while (this.at >= this.part.length) {
      const part = yield* this.input.chunk();
      if (!part) return -1;
      this.part = part;
      this.at = 0;
    }
    return this.ready()!;
  }
}
