import { HeldMemory } from '../../libc/held-memory.ts';
import { parseSize } from '../../libc/human.ts';
import { cannotOpenWords, openInput } from '../../libc/input.ts';
import { joinBytes, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';
import type { Input } from '../../libc/stdio.ts';
import { Pieces } from '../split/pieces.ts';

const options = {
  suffixLength: { short: 'a', arg: 'N', help: 'generate suffixes of length N (default 2)' },
  additionalSuffix: { arg: 'SUFFIX', busybox: false, help: 'append an additional SUFFIX to file names' },
  bytes: { short: 'b', arg: 'SIZE', help: 'put SIZE bytes per output file' },
  lineBytes: { short: 'C', arg: 'SIZE', busybox: false, help: 'put at most SIZE bytes of records per output file' },
  numeric: { short: 'd', long: false, busybox: false, help: 'use numeric suffixes starting at 0, not alphabetic' },
  numericSuffixes: { arg: 'FROM', optional: true, busybox: false, help: 'same as -d, but allow setting the start' },
  hex: { short: 'x', long: false, busybox: false, help: 'use hex suffixes starting at 0, not alphabetic' },
  hexSuffixes: { arg: 'FROM', optional: true, busybox: false, help: 'same as -x, but allow setting the start' },
  elideEmptyFiles: { short: 'e', busybox: false, help: "do not generate empty output files with '-n'" },
  filter: { arg: 'COMMAND', busybox: false, help: 'write to shell COMMAND; file name is $FILE' },
  lines: { short: 'l', arg: 'NUMBER', help: 'put NUMBER lines/records per output file' },
  number: {
    short: 'n',
    arg: 'CHUNKS',
    busybox: false,
    help: 'generate CHUNKS output files: N, K/N, l/N, l/K/N, r/N, r/K/N',
  },
  separator: { short: 't', arg: 'SEP', busybox: false, help: 'use SEP instead of newline as the record separator' },
  unbuffered: { short: 'u', busybox: false, help: "immediately copy input to output with '-n r/...'" },
  verbose: { busybox: false, help: 'print a diagnostic just before each output file is opened' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'split',
  at: ['/usr/bin/split'],
  spec: 'GNU coreutils 9.4 split(1); -n holds the whole input, r/ writes one file after the other',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE [PREFIX]]',
  about: 'Output pieces of FILE to PREFIXaa, PREFIXab, ...; default size is 1000 lines, and default PREFIX is x.',
  options,
  rewrite: (argv) => argv.flatMap((arg) => (/^-\d+$/.test(arg) ? ['-l', arg.slice(1)] : [arg])),
  busybox: {
    at: '/usr/bin/split',
    long: [],
    usage: '[OPTIONS] [INPUT [PREFIX]]',
    help: '\t-b N[k|m]\tSplit by N (kilo|mega)bytes\n\t-l N\t\tSplit by N lines\n\t-a N\t\tUse N letters as suffix\n',
  },
  *main(ctx) {
    const { opts, form } = ctx;
    if (ctx.args.length > 2)
      return yield* ctx.usage(form === 'gnu' ? `extra operand ${localeQuote(ctx.args[2]!)}` : undefined);
    const ways = [opts.bytes, opts.lineBytes, opts.lines, opts.number].filter((way) => way !== undefined);
    if (form === 'gnu' && ways.length > 1) return yield* ctx.usage('cannot split in more than one way');
    const size = yield* sizeOf(ctx);
    const chunks = opts.number === undefined ? undefined : yield* chunksOf(ctx, opts.number);
    const separator = yield* separatorOf(ctx);
    const name = ctx.args[0] ?? '-';
    const input = yield* openInput(cannotOpenWords(ctx, name), name, 'plain');
    if (!input) return 1;
    const pieces = yield* piecesOf(ctx, chunks);
    if (chunks) yield* byChunks(ctx, input, pieces, chunks, separator);
    else if (opts.bytes !== undefined) yield* byBytes(ctx, input, pieces, size);
    else yield* byRecords(ctx, input, pieces, size, separator);
    yield* pieces.end();
    return 0;
  },
});

function* sizeOf(ctx: Ctx): Wait<number> {
  const { opts, form } = ctx;
  const text = opts.bytes ?? opts.lineBytes ?? opts.lines ?? '1000';
  const size = parseSize(text);
  if (size !== undefined && size > 0) return size;
  const what = opts.bytes !== undefined || opts.lineBytes !== undefined ? 'bytes' : 'lines';
  const why = size === 0 ? ': Numerical result out of range' : '';
  return yield* ctx.die(
    form === 'gnu' ? `invalid number of ${what}: ${localeQuote(text)}${why}` : `invalid number '${text}'`,
  );
}

interface Chunks {
  /** Bytes, whole lines, or lines in turn. */
  kind: '' | 'l' | 'r';
  count: number;
  /** The only one that is wanted, from 1; 0: all. */
  only: number;
}

function* chunksOf(ctx: Ctx, text: string): Wait<Chunks> {
  const m = /^(?:([lr])\/)?(?:(\d+)\/)?(\d+)$/.exec(text);
  const count = Number(m?.[3] ?? 0);
  if (!m || count === 0)
    return yield* ctx.die(`invalid number of chunks: ${localeQuote(m?.[3] ?? text.replace(/^[lr]\//, ''))}`);
  const only = Number(m[2] ?? 0);
  if (m[2] !== undefined && (only === 0 || only > count))
    return yield* ctx.die(`invalid chunk number: ${localeQuote(m[2])}`);
  return { kind: (m[1] ?? '') as Chunks['kind'], count, only };
}

function* separatorOf(ctx: Ctx): Wait<number> {
  const { separator } = ctx.opts;
  if (separator === undefined) return 10;
  if (separator === '\\0') return 0;
  if (separator === '') return yield* ctx.die('empty record separator');
  return separator.length === 1
    ? separator.charCodeAt(0)
    : yield* ctx.die(`multi-character separator ${localeQuote(separator)}`);
}

function* piecesOf(ctx: Ctx, chunks: Chunks | undefined): Wait<Pieces> {
  const { opts } = ctx;
  const hex = opts.hex || opts.hexSuffixes !== undefined;
  const numeric = opts.numeric || opts.numericSuffixes !== undefined;
  const fromText = (hex ? opts.hexSuffixes : opts.numericSuffixes) ?? '';
  const from = fromText === '' ? 0 : Number.parseInt(fromText, hex ? 16 : 10);
  if (Number.isNaN(from)) yield* ctx.die(`${localeQuote(fromText)}: invalid start value for numerical suffix`);
  if (opts.suffixLength !== undefined && !/^\d+$/.test(opts.suffixLength))
    yield* ctx.die(`invalid suffix length: ${localeQuote(opts.suffixLength)}`);
  if (opts.additionalSuffix?.includes('/'))
    yield* ctx.usage(`invalid suffix ${localeQuote(opts.additionalSuffix)}, contains directory separator`);
  const alphabet = hex ? '0123456789abcdef' : numeric ? '0123456789' : 'abcdefghijklmnopqrstuvwxyz';
  const asked = Number(opts.suffixLength ?? 0);
  let needed = 2;
  for (let room = alphabet.length ** 2; chunks && room < chunks.count + from; room *= alphabet.length) needed++;
  if (chunks && asked > 0 && asked < needed && alphabet.length ** asked < chunks.count + from)
    yield* ctx.die(`the suffix length needs to be at least ${needed}`);
  const naming = {
    prefix: ctx.args[1] ?? 'x',
    suffix: opts.additionalSuffix ?? '',
    alphabet,
    length: asked > 0 ? asked : needed,
    fixed: asked > 0 || chunks !== undefined || fromText !== '' || ctx.form === 'busybox',
    from,
  };
  return new Pieces(ctx as unknown as Context, naming, opts.filter, opts.verbose);
}

function* byBytes(ctx: Ctx, input: Input, pieces: Pieces, size: number): Wait<void> {
  let used = 0;
  for (let part: Uint8Array | undefined; (part = yield* input.chunk()) !== undefined; ) {
    for (let at = 0; at < part.length; ) {
      if (used === 0) yield* pieces.next();
      const n = Math.min(size - used, part.length - at);
      yield* pieces.write(part.subarray(at, at + n));
      at += n;
      used = (used + n) % size;
    }
    if (ctx.sys.tick()) yield;
  }
}

/** A record with its separator, where it has one. */
function* nextRecord(input: Input, separator: number): Wait<Uint8Array | undefined> {
  const line = yield* input.lineBytes(separator);
  if (!line) return undefined;
  const whole = new Uint8Array(line.length + (input.complete ? 1 : 0)).fill(separator);
  whole.set(line);
  return whole;
}

function* byRecords(ctx: Ctx, input: Input, pieces: Pieces, size: number, separator: number): Wait<void> {
  const byLines = ctx.opts.lineBytes === undefined;
  let used = 0;
  for (let record: Uint8Array | undefined; (record = yield* nextRecord(input, separator)); ) {
    if (byLines) {
      if (used === 0) yield* pieces.next();
      used = (used + 1) % size;
      yield* pieces.write(record);
    } else {
      // a record that is longer than a file goes into as many as it needs
      if (used > 0 && used + record.length > size) used = 0;
      for (let at = 0; at < record.length; ) {
        if (used === 0) yield* pieces.next();
        const n = Math.min(size - used, record.length - at);
        yield* pieces.write(record.subarray(at, at + n));
        at += n;
        used = (used + n) % size;
      }
    }
    if (ctx.sys.tick()) yield;
  }
}

function* byChunks(ctx: Ctx, input: Input, pieces: Pieces, chunks: Chunks, separator: number): Wait<void> {
  const { kind, count, only } = chunks;
  const memory = new HeldMemory(ctx.sys);
  const held: Uint8Array[] = [];
  for (let part: Uint8Array | undefined; (part = yield* input.chunk()) !== undefined; ) {
    held.push(part.slice());
    yield* memory.grow(part.length);
  }
  const all = joinBytes(held.length > 0 ? held : [new Uint8Array(0)]);
  const base = Math.floor(all.length / count);
  const rest = all.length % count;
  const endOf = (k: number): number => (k === count ? all.length : k * base + Math.min(k, rest));
  const parts: Uint8Array[][] = Array.from({ length: Math.min(count, 100_000) }, () => []);
  if (kind === '')
    for (let k = 0; k < parts.length; k++) parts[k]!.push(all.subarray(k === 0 ? 0 : endOf(k), endOf(k + 1)));
  else {
    let chunk = 0;
    for (let at = 0, n = 0; at < all.length; n++) {
      const found = all.indexOf(separator, at);
      const end = found < 0 ? all.length : found + 1;
      if (kind === 'r') chunk = n % count;
      else while (at >= endOf(chunk + 1)) chunk++;
      parts[chunk]!.push(all.subarray(at, end));
      at = end;
      if (ctx.sys.tick()) yield;
    }
  }
  if (only > 0) {
    for (const bytes of parts[only - 1] ?? []) yield* ctx.stdout.write(bytes);
    return;
  }
  for (const part of parts) {
    if (ctx.opts.elideEmptyFiles && part.every((bytes) => bytes.length === 0)) continue;
    yield* pieces.next();
    for (const bytes of part) if (bytes.length > 0) yield* pieces.write(bytes);
  }
}
