import { O_CREAT, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { Stat } from '../../abi/stat.ts';
import { parseSize } from '../../libc/human.ts';
import { openInput } from '../../libc/input.ts';
import { open, type Wait, writeAll } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { localeQuote, quoteIfNeeded, shellQuote } from '../../libc/shell-quote.ts';

const options = {
  suffixLength: { short: 'a', arg: 'N', help: 'generate suffixes of length N (default 2)' },
  additionalSuffix: { arg: 'SUFFIX', busybox: false, help: 'append an additional SUFFIX to file names' },
  bytes: { short: 'b', arg: 'SIZE', help: 'put SIZE bytes per output file' },
  lineBytes: { short: 'C', arg: 'SIZE', busybox: false, help: 'put at most SIZE bytes of records per output file' },
  numeric: { short: 'd', long: 'numeric-suffixes', busybox: false, help: 'use numeric suffixes starting at 0' },
  hex: { short: 'x', long: 'hex-suffixes', busybox: false, help: 'use hex suffixes starting at 0' },
  lines: { short: 'l', arg: 'NUMBER', help: 'put NUMBER lines/records per output file' },
  number: { short: 'n', arg: 'CHUNKS', busybox: false, help: 'generate CHUNKS output files' },
  verbose: { busybox: false, help: 'print a diagnostic just before each output file is opened' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'split',
  at: ['/usr/bin/split'],
  spec: 'GNU coreutils 9.4 split(1); -n takes N and l/N; without --filter, -e, -t, -u',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE [PREFIX]]',
  about: 'Output pieces of FILE to PREFIXaa, PREFIXab, ...; default size is 1000 lines, and default PREFIX is x.',
  options,
  rewrite: (argv) => argv.flatMap((arg) => (/^-\d+$/.test(arg) ? ['-l', arg.slice(1)] : [arg])),
  busybox: {
    at: '/usr/bin/split',
    usage: '[OPTIONS] [INPUT [PREFIX]]',
    help: '\t-b N[k|m]\tSplit by N (kilo|mega)bytes\n\t-l N\t\tSplit by N lines\n\t-a N\t\tUse N letters as suffix\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    if (ctx.args.length > 2)
      return yield* ctx.usage(ctx.form === 'gnu' ? `extra operand ${localeQuote(ctx.args[2]!)}` : undefined);
    const text = opts.bytes ?? opts.lineBytes ?? opts.lines ?? '1000';
    const size = parseSize(text);
    if (size === undefined || size === 0)
      return yield* ctx.die(
        ctx.form === 'gnu'
          ? `invalid number of ${opts.bytes !== undefined || opts.lineBytes !== undefined ? 'bytes' : 'lines'}: ${localeQuote(text)}`
          : `invalid number '${text}'`,
      );
    const name = ctx.args[0] ?? '-';
    const words = {
      ...ctx,
      warn: (message: string) =>
        ctx.warn(
          ctx.form === 'gnu'
            ? `cannot open ${shellQuote(name)} for reading${message.slice(quoteIfNeeded(name).length)}`
            : message,
        ),
    };
    const input = yield* openInput(words, name, 'plain');
    if (!input) return 1;
    const out = new Pieces(ctx, ctx.args[1] ?? 'x');
    if (opts.number !== undefined) return yield* byCount(ctx, input, out, opts.number);
    if (opts.bytes !== undefined) {
      let used = 0;
      for (let part; (part = yield* input.chunk()) !== undefined; ) {
        for (let at = 0; at < part.length; ) {
          if (used === 0) yield* out.next();
          const n = Math.min(size - used, part.length - at);
          yield* out.write(part.subarray(at, at + n));
          at += n;
          used = (used + n) % size;
        }
        if (sys.tick()) yield;
      }
    } else {
      let used = 0;
      for (let line; (line = yield* input.lineBytes()) !== undefined; ) {
        const whole = new Uint8Array(line.length + (input.complete ? 1 : 0)).fill(10);
        whole.set(line);
        const cost = opts.lineBytes === undefined ? 1 : whole.length;
        if (used === 0 || used + cost > size) {
          yield* out.next();
          used = 0;
        }
        used += cost;
        yield* out.write(whole);
        if (sys.tick()) yield;
      }
    }
    yield* out.end();
    return 0;
  },
});

function* byCount(
  ctx: Ctx,
  input: { fd: number; chunk(): Wait<Uint8Array | undefined> },
  out: Pieces,
  text: string,
): Wait<number> {
  const m = /^(l\/)?(\d+)$/.exec(text);
  const chunks = Number(m?.[2] ?? 0);
  if (!m || chunks === 0) return yield* ctx.die(`invalid number of chunks: ${localeQuote(text)}`);
  const st = new Stat();
  ctx.sys.fstat(input.fd, st);
  out.digits = Math.max(2, String(chunks - 1).length);
  let position = 0;
  let piece = 0;
  yield* out.next();
  const limit = (k: number): number => Math.floor((st.size * k) / chunks);
  for (let part; (part = yield* input.chunk()) !== undefined; ) {
    for (let at = 0; at < part.length; ) {
      const room = piece === chunks - 1 ? part.length - at : Math.max(0, limit(piece + 1) - position);
      let n = Math.min(room, part.length - at);
      if (m[1] !== undefined && piece < chunks - 1 && (n === room || room === 0)) {
        const newline = part.indexOf(10, at + Math.max(0, n - 1));
        n = newline < 0 ? part.length - at : newline + 1 - at;
      }
      yield* out.write(part.subarray(at, at + n));
      at += n;
      position += n;
      while (piece < chunks - 1 && position >= limit(piece + 1)) {
        yield* out.next();
        piece++;
      }
    }
  }
  for (; piece < chunks - 1; piece++) yield* out.next();
  yield* out.end();
  return 0;
}

/** The output files, opened one after another. */
class Pieces {
  #fd = -1;
  #count = 0;
  digits = 2;

  constructor(
    readonly ctx: Ctx,
    readonly prefix: string,
  ) {
    this.digits = Number(ctx.opts.suffixLength ?? 2) || 2;
  }

  *next(): Wait<void> {
    const { ctx } = this;
    yield* this.end();
    const alphabet = ctx.opts.numeric ? '0123456789' : ctx.opts.hex ? '0123456789abcdef' : 'abcdefghijklmnopqrstuvwxyz';
    let suffix = '';
    let rest = this.#count++;
    for (let i = 0; i < this.digits; i++) {
      suffix = alphabet[rest % alphabet.length]! + suffix;
      rest = Math.floor(rest / alphabet.length);
    }
    if (rest > 0) yield* ctx.die(ctx.form === 'gnu' ? 'output file suffixes exhausted' : 'suffixes exhausted');
    const name = `${this.prefix}${suffix}${ctx.opts.additionalSuffix ?? ''}`;
    if (ctx.opts.verbose) yield* ctx.stdout.write(`creating file ${shellQuote(name)}\n`);
    this.#fd = yield* open(ctx.sys, name, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
    if (this.#fd < 0) yield* this.ctx.die(`${quoteIfNeeded(name)}: ${this.ctx.strerror(this.#fd)}`);
  }

  *write(bytes: Uint8Array): Wait<void> {
    const r = yield* writeAll(this.ctx.sys, this.#fd, bytes);
    if (r < 0) yield* this.ctx.die(`${this.prefix}: ${this.ctx.strerror(r)}`);
  }

  *end(): Wait<void> {
    if (this.#fd >= 0) this.ctx.sys.close(this.#fd);
    this.#fd = -1;
  }
}
