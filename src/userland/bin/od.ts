import { openInput } from '../../libc/input.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';
import type { Input } from '../../libc/stdio.ts';
import { type DumpType, dumpTypes } from '../dump/types.ts';

const options = {
  addressRadix: { short: 'A', arg: 'RADIX', help: 'output format for file offsets; RADIX is one of [doxn]' },
  skipBytes: { short: 'j', arg: 'BYTES', help: 'skip BYTES input bytes first' },
  readBytes: { short: 'N', arg: 'BYTES', help: 'limit dump to BYTES input bytes' },
  format: { short: 't', arg: 'TYPE', many: true, help: 'select output format or formats' },
  outputDuplicates: { short: 'v', help: 'do not use * to mark line suppression' },
  width: { short: 'w', arg: 'BYTES', optional: true, help: 'output BYTES bytes per output line' },
  a: { short: 'a', long: false, help: 'same as -t a' },
  b: { short: 'b', long: false, help: 'same as -t o1' },
  c: { short: 'c', long: false, help: 'same as -t c' },
  d: { short: 'd', long: false, help: 'same as -t u2' },
  f: { short: 'f', long: false, help: 'same as -t fF' },
  i: { short: 'i', long: false, help: 'same as -t dI' },
  l: { short: 'l', long: false, help: 'same as -t dL' },
  o: { short: 'o', long: false, help: 'same as -t o2' },
  s: { short: 's', long: false, help: 'same as -t d2' },
  x: { short: 'x', long: false, help: 'same as -t x2' },
} as const;
type Ctx = Context<typeof options>;

const SHORT: Readonly<Record<string, string>> = {
  a: 'a',
  b: 'o1',
  c: 'c',
  d: 'u2',
  f: 'fF',
  i: 'dI',
  l: 'dL',
  o: 'o2',
  s: 'd2',
  x: 'x2',
};

/** A byte count: `16`, `0x10`, `020`, with b, k or m. @returns undefined where it is none */
function count(text: string): number | undefined {
  const m = /^(0x[0-9a-fA-F]+|\d+)(b|kB|k|K|KB|M|MB|m|G|GB)?$/.exec(text);
  if (!m) return undefined;
  const digits = m[1]!;
  const n = /^0\d/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  const unit: Record<string, number> = { '': 1, b: 512, kB: 1000, KB: 1000, k: 1024, K: 1024, m: 2 ** 20, M: 2 ** 20 };
  return n * (unit[m[2] ?? ''] ?? { MB: 1e6, G: 2 ** 30, GB: 1e9 }[m[2]!] ?? 1);
}

export default program({
  name: 'od',
  at: ['/usr/bin/od'],
  spec: 'GNU coreutils 9.4 od(1); without -S, --endian and the traditional offset operand',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Write an unambiguous representation, octal bytes by default, of FILE to standard output.',
  options,
  busybox: {
    at: '/usr/bin/od',
    usage: '[-abcdfhilovxs] [-t TYPE] [-A RADIX] [-N SIZE] [-j SKIP] [-S MINSTR] [-w WIDTH] [FILE]...',
    help: 'Print FILEs (or stdin) unambiguously, as octal bytes by default\n',
  },
  *main(ctx) {
    const { opts } = ctx;
    const types: DumpType[] = [];
    for (const { key, value } of ctx.order) {
      const text = key === 'format' ? value! : SHORT[key];
      if (text === undefined) continue;
      const found = dumpTypes(text);
      if (typeof found === 'string')
        return yield* ctx.die(`invalid character '${found}' in type string ${localeQuote(text)}`);
      types.push(...found);
    }
    if (types.length === 0) types.push(...(dumpTypes('o2') as DumpType[]));
    const radix = opts.addressRadix ?? 'o';
    if (!/^[doxn]$/.test(radix))
      return yield* ctx.die(`invalid output address radix '${radix}'; it must be one character from [doxn]`);
    const unit = types.map((t) => t.size).reduce(lcm, 1);
    let width = Math.floor(16 / unit) * unit || unit;
    for (const [text, what] of [
      [opts.skipBytes, 'j'],
      [opts.readBytes, 'N'],
      [opts.width, 'w'],
    ] as const)
      if (text !== undefined && text !== '' && count(text) === undefined)
        return yield* ctx.die(`invalid -${what} argument ${localeQuote(text)}`);
    if (opts.width !== undefined) {
      width = opts.width === '' ? 32 : count(opts.width)!;
      if (width === 0 || width % unit !== 0) {
        yield* ctx.warn(`warning: invalid width ${width}; using ${unit} instead`);
        width = unit;
      }
    }
    return yield* dump(ctx, types, radix, width);
  },
});

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
const lcm = (a: number, b: number): number => (a * b) / gcd(a, b);

/** The operands as one stream. */
class Chain {
  status = 0;
  opened = false;
  #input: Input | undefined;
  #names: string[];
  constructor(readonly ctx: Ctx) {
    this.#names = ctx.args.length === 0 ? ['-'] : [...ctx.args];
  }

  *chunk(): Wait<Uint8Array | undefined> {
    for (;;) {
      if (!this.#input) {
        const name = this.#names.shift();
        if (name === undefined) return undefined;
        this.#input = yield* openInput(this.ctx, name, 'plain');
        if (!this.#input) {
          this.status = 1;
          continue;
        }
        this.opened = true;
      }
      const part = yield* this.#input.chunk();
      if (part !== undefined) return part;
      if (this.#input !== this.ctx.stdin) this.ctx.sys.close(this.#input.fd);
      this.#input = undefined;
    }
  }
}

function* dump(ctx: Ctx, types: readonly DumpType[], radix: string, width: number): Wait<number> {
  const chain = new Chain(ctx);
  let skip = count(ctx.opts.skipBytes ?? '0')!;
  let left = ctx.opts.readBytes === undefined ? Number.POSITIVE_INFINITY : count(ctx.opts.readBytes)!;
  let offset = skip;
  const block = new Uint8Array(width);
  let used = 0;
  let before: Uint8Array | undefined;
  let starred = false;
  const line = function* (length: number): Wait<void> {
    const same = !ctx.opts.outputDuplicates && length === width && before?.every((b, i) => b === block[i]);
    if (same) {
      if (!starred) yield* ctx.stdout.write('*\n');
      starred = true;
    } else {
      starred = false;
      yield* ctx.stdout.write(formatLine(types, radix, offset, block, length, width, ctx.form === 'busybox'));
      before = block.slice();
    }
    offset += length;
  };
  for (let part; left > 0 && (part = yield* chain.chunk()) !== undefined; ) {
    let bytes = part;
    if (skip > 0) {
      const n = Math.min(skip, bytes.length);
      skip -= n;
      bytes = bytes.subarray(n);
    }
    if (bytes.length > left) bytes = bytes.subarray(0, left);
    left -= bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const n = Math.min(width - used, bytes.length - at);
      block.set(bytes.subarray(at, at + n), used);
      used += n;
      at += n;
      if (used < width) continue;
      yield* line(width);
      used = 0;
      if (ctx.sys.tick()) yield;
    }
  }
  if (!chain.opened) return chain.status;
  if (skip > 0) {
    return yield* ctx.die(
      ctx.form === 'gnu' ? 'cannot skip past end of combined input' : "can't skip past end of combined input",
    );
  }
  if (used > 0) {
    block.fill(0, used);
    yield* line(used);
  }
  if (radix !== 'n') yield* ctx.stdout.write(`${address(radix, offset)}\n`);
  return chain.status;
}

function address(radix: string, offset: number): string {
  if (radix === 'n') return '';
  if (radix === 'x') return offset.toString(16).padStart(6, '0');
  return offset.toString(radix === 'd' ? 10 : 8).padStart(7, '0');
}

/** How far busybox indents the second and later types where there are no addresses. */
const UNADDRESSED = 69;

function formatLine(
  types: readonly DumpType[],
  radix: string,
  offset: number,
  block: Uint8Array,
  length: number,
  width: number,
  busybox: boolean,
): string {
  let out = '';
  const full = Math.max(...types.map((t) => (t.width + 1) * (width / t.size)));
  for (const [i, type] of types.entries()) {
    let text =
      i === 0
        ? address(radix, offset)
        : ' '.repeat(radix === 'n' ? (busybox ? UNADDRESSED : 0) : address(radix, offset).length);
    const fields = width / type.size;
    const pad = busybox ? 0 : full - (type.width + 1) * fields;
    for (let f = 0; f * type.size < length; f++) {
      const before = Math.floor((pad * (fields - f)) / fields) - Math.floor((pad * (fields - f - 1)) / fields);
      text += `${' '.repeat(1 + before)}${type.show(block, f * type.size).padStart(type.width)}`;
    }
    if (type.printable) {
      const shown = Math.ceil(length / type.size);
      text += ' '.repeat((fields - shown) * (type.width + 1) + Math.floor((pad * (fields - shown)) / fields));
      text += `  >${[...block.subarray(0, length)].map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '.')).join('')}<`;
    }
    out += `${text}\n`;
  }
  return out;
}
