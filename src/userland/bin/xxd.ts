import { O_CREAT, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { openInput } from '../../libc/input.ts';
import { open, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { type Input, Output } from '../../libc/stdio.ts';

const options = {
  autoskip: { short: 'a', help: "toggle autoskip: A single '*' replaces nul-lines. Default off." },
  bits: { short: 'b', busybox: false, help: 'binary digit dump (incompatible with -ps,-i). Default hex.' },
  cols: { short: 'c', arg: 'cols', help: 'format <cols> octets per line. Default 16 (-i: 12, -ps: 30).' },
  group: { short: 'g', arg: 'bytes', help: 'number of octets per group in normal output. Default 2 (-e: 4).' },
  include: { short: 'i', help: 'output in C include file style.' },
  little: { short: 'e', busybox: false, help: 'little-endian dump (incompatible with -ps,-i,-r).' },
  len: { short: 'l', arg: 'len', help: 'stop after <len> octets.' },
  name: { short: 'n', arg: 'name', busybox: false, help: 'set the variable name used in C include output (-i).' },
  offset: { short: 'o', arg: 'off', help: 'add <off> to the displayed file position.' },
  plain: { short: 'p', help: 'output in postscript plain hexdump style.' },
  revert: { short: 'r', help: 'reverse operation: convert (or patch) hexdump into binary.' },
  seek: { short: 's', arg: 'seek', help: 'start at <seek> bytes abs. (or +: rel.) infile offset.' },
  upper: { short: 'u', busybox: false, help: 'use upper case hex letters.' },
  decimal: { short: 'd', busybox: false, help: 'show offset in decimal instead of hex.' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'xxd',
  at: ['/usr/bin/xxd'],
  spec: 'xxd(1) of vim 9.1; without -C, -E, -R',
  usage: '[options] [infile [outfile]]\n    or\n       xxd -r [-s [-]offset] [-c cols] [-ps] [infile [outfile]]',
  about: 'Make a hexdump, or do the reverse.',
  options,
  rewrite: (argv) =>
    argv.map(
      (arg) =>
        ({
          '-ps': '-p',
          '-postscript': '-p',
          '-plain': '-p',
          '-cols': '-c',
          '-len': '-l',
          '-seek': '-s',
          '-include': '-i',
          '-revert': '-r',
          '-bits': '-b',
          '-upper': '-u',
        })[arg] ?? arg,
    ),
  busybox: {
    at: '/usr/bin/xxd',
    long: [],
    usage: '[-pri] [-g N] [-c N] [-n LEN] [-s OFS] [-o OFS] [FILE]',
    help: 'Hex dump FILE (or stdin)\n\n\t-g N\t\tBytes per group\n\t-c N\t\tBytes per line\n\t-p\t\tShow only hex bytes, assumes -c30\n\t-i\t\tC include file style\n\t-l LENGTH\tShow only first LENGTH bytes\n\t-s OFFSET\tSkip OFFSET bytes\n\t-o OFFSET\tAdd OFFSET to displayed offset\n\t-r\t\tReverse (with -p, assumes no offsets in input)\n',
  },
  *main(ctx) {
    const { opts } = ctx;
    const input = yield* openInput(ctx, ctx.args[0] ?? '-', 'plain');
    if (!input) return 2;
    let out = ctx.stdout;
    if (ctx.args[1] !== undefined && ctx.args[1] !== '-') {
      const fd = yield* open(ctx.sys, ctx.args[1], O_WRONLY | O_CREAT | (opts.revert ? 0 : O_TRUNC), 0o666);
      if (fd < 0) return yield* ctx.die(`${ctx.args[1]}: ${ctx.strerror(fd)}`, 3);
      out = new Output(ctx.sys, fd);
    }
    if (opts.revert) yield* revert(ctx, input, out);
    else yield* dump(ctx, input, out);
    yield* out.flush();
    return 0;
  },
});

/** The input from -s on, -l bytes of it, in pieces of `size` bytes. */
function* pieces(
  ctx: Ctx,
  input: Input,
  size: number,
  use: (bytes: Uint8Array, offset: number) => Wait<void>,
): Wait<void> {
  let skip = Number((ctx.opts.seek ?? '0').replace('+', ''));
  if (skip < 0) skip = 0;
  let left = ctx.opts.len === undefined ? Number.POSITIVE_INFINITY : Number(ctx.opts.len);
  let offset = skip;
  const block = new Uint8Array(size);
  let used = 0;
  for (let part; left > 0 && (part = yield* input.chunk()) !== undefined; ) {
    const gone = Math.min(skip, part.length);
    skip -= gone;
    const bytes = part.subarray(gone, Math.min(part.length, gone + left));
    left -= bytes.length;
    for (let at = 0; at < bytes.length; ) {
      const n = Math.min(size - used, bytes.length - at);
      block.set(bytes.subarray(at, at + n), used);
      used += n;
      at += n;
      if (used < size) continue;
      yield* use(block, offset);
      offset += size;
      used = 0;
      if (ctx.sys.tick()) yield;
    }
  }
  if (used > 0) yield* use(block.subarray(0, used), offset);
}

function* dump(ctx: Ctx, input: Input, out: Output): Wait<void> {
  const { opts } = ctx;
  const hex = (byte: number): string => {
    const text = byte.toString(16).padStart(2, '0');
    return opts.upper ? text.toUpperCase() : text;
  };
  if (opts.plain) {
    const cols = Number(opts.cols ?? 30) || 2 ** 16;
    yield* pieces(ctx, input, cols, (bytes) => out.write(`${[...bytes].map(hex).join('')}\n`));
    return;
  }
  if (opts.include) return yield* include(ctx, input, out, hex);
  const cols = Number(opts.cols ?? (opts.bits ? 6 : 16)) || 16;
  const group = Number(opts.group ?? (opts.bits ? 1 : opts.little ? 4 : 2)) || cols;
  const show = opts.bits ? (byte: number): string => byte.toString(2).padStart(8, '0') : hex;
  const digits = opts.bits ? 8 : 2;
  const width =
    cols * digits + Math.floor((cols - 1) / group) + (opts.little ? ((group - (cols % group)) % group) * 2 : 0);
  const base = Number(opts.offset ?? 0);
  let nuls = 0;
  yield* pieces(ctx, input, cols, function* (bytes, offset) {
    if (opts.autoskip && bytes.length === cols && bytes.every((b) => b === 0)) {
      if (++nuls === 2) yield* out.write('*\n');
      if (nuls > 1) return;
    } else nuls = 0;
    let text = '';
    for (let i = 0; i < bytes.length; i += group) {
      const part = [...bytes.subarray(i, i + group)].map(show);
      if (opts.little) part.reverse();
      text += `${i > 0 ? ' ' : ''}${opts.little ? part.join('').padStart(group * digits) : part.join('')}`;
    }
    const printable = [...bytes].map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '.')).join('');
    const at = opts.decimal ? String(offset + base) : (offset + base).toString(16);
    yield* out.write(`${at.padStart(8, '0')}: ${text.padEnd(width)}  ${printable}\n`);
  });
}

function* include(ctx: Ctx, input: Input, out: Output, hex: (byte: number) => string): Wait<void> {
  const file = ctx.args[0];
  const named = ctx.opts.name ?? (file === undefined || file === '-' ? undefined : file);
  const name = named?.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '__');
  const cols = Number(ctx.opts.cols ?? 12) || 12;
  let length = 0;
  let open = false;
  if (name !== undefined) yield* out.write(`unsigned char ${name}[] = {\n`);
  yield* pieces(ctx, input, cols, function* (bytes) {
    yield* out.write(`${open ? ',\n' : ''}  ${[...bytes].map((b) => `0x${hex(b)}`).join(', ')}`);
    open = true;
    length += bytes.length;
  });
  if (open) yield* out.write('\n');
  if (name !== undefined) yield* out.write(`};\nunsigned int ${name}_len = ${length};\n`);
}

function* revert(ctx: Ctx, input: Input, out: Output): Wait<void> {
  const cols = Number(ctx.opts.cols ?? 16) || 16;
  let at = 0;
  for (let line; (line = yield* input.line()) !== undefined; ) {
    if (ctx.sys.tick()) yield;
    if (ctx.opts.plain) {
      const digits = line.replace(/[^0-9a-fA-F]/g, '');
      yield* out.write(bytesOf(digits));
      continue;
    }
    const m = /^\s*(?:0x)?([0-9a-fA-F]+):?\s(.*)$/.exec(line);
    if (!m) continue;
    const offset = Number.parseInt(m[1]!, 16);
    const digits = m[2]!
      .split(/ {2}(?=\S)|\s{3}/)[0]!
      .replace(/\s/g, '')
      .slice(0, cols * 2);
    if (offset > at) yield* out.write(new Uint8Array(offset - at));
    const bytes = bytesOf(/^[0-9a-fA-F]*/.exec(digits)![0]);
    yield* out.write(bytes);
    at = Math.max(at, offset) + bytes.length;
  }
}

function bytesOf(digits: string): Uint8Array {
  const out = new Uint8Array(digits.length >> 1);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16);
  return out;
}
