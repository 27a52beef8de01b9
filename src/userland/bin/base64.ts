import { fromBase64, toBase64 } from '../../lib/base64.ts';
import { decode } from '../../lib/utf8.ts';
import { openInput } from '../../libc/input.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { shellQuote } from '../../libc/shell-quote.ts';
import type { Input } from '../../libc/stdio.ts';

const options = {
  decode: { short: 'd', help: 'decode data' },
  ignoreGarbage: { short: 'i', busybox: false, help: 'when decoding, ignore non-alphabet characters' },
  wrap: { short: 'w', arg: 'COLS', help: 'wrap encoded lines after COLS characters (default 76); 0: never' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'base64',
  at: ['/usr/bin/base64'],
  spec: 'GNU coreutils 9.4 base64(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]',
  about: 'Base64 encode or decode FILE, or standard input, to standard output.',
  options,
  busybox: {
    at: '/bin/base64',
    usage: '[-d] [-w COL] [FILE]',
    help: 'Base64 encode or decode FILE to standard output\n\n\t-d\tDecode data\n\t-w COL\tWrap lines at COL (default 76, 0 disables)\n',
  },
  *main(ctx) {
    const { opts } = ctx;
    if (ctx.args.length > 1)
      return yield* ctx.usage(ctx.form === 'gnu' ? `extra operand ${shellQuote(ctx.args[1]!)}` : undefined);
    const wrap = opts.wrap ?? '76';
    if (!/^\d+$/.test(wrap))
      return yield* ctx.die(ctx.form === 'gnu' ? `invalid wrap size: ${shellQuote(wrap)}` : `invalid number '${wrap}'`);
    const input = yield* openInput(ctx, ctx.args[0] ?? '-', 'plain');
    if (!input) return 1;
    const status = opts.decode ? yield* decodeAll(ctx, input) : yield* encodeAll(ctx, input, Number(wrap));
    if (input.error === 0) return status;
    yield* ctx.warn(`read error: ${ctx.strerror(input.error)}`);
    return 1;
  },
});

function* encodeAll(ctx: Ctx, input: Input, wrap: number): Wait<number> {
  let rest = new Uint8Array(0);
  let column = 0;
  const put = function* (text: string): Wait<void> {
    if (wrap === 0) {
      yield* ctx.stdout.write(text);
      return;
    }
    for (let at = 0; at < text.length; ) {
      if (column === wrap) {
        yield* ctx.stdout.write('\n');
        column = 0;
      }
      const piece = text.slice(at, at + wrap - column);
      yield* ctx.stdout.write(piece);
      column += piece.length;
      at += piece.length;
      if (ctx.sys.tick()) yield;
    }
  };
  for (let part; (part = yield* input.chunk()) !== undefined; ) {
    const all = new Uint8Array(rest.length + part.length);
    all.set(rest);
    all.set(part, rest.length);
    const whole = all.length - (all.length % 3);
    yield* put(toBase64(all.subarray(0, whole)));
    rest = all.slice(whole);
  }
  yield* put(toBase64(rest));
  if (column > 0) yield* ctx.stdout.write('\n');
  return 0;
}

function* decodeAll(ctx: Ctx, input: Input): Wait<number> {
  let rest = '';
  for (let part; (part = yield* input.chunk()) !== undefined; ) {
    let text = rest + decode(part).replace(/\n/g, '');
    if (ctx.opts.ignoreGarbage) text = text.replace(/[^A-Za-z0-9+/=]/g, '');
    const whole = text.length - (text.length % 4);
    if (!(yield* decodeQuads(ctx, text.slice(0, whole)))) return yield* invalid(ctx);
    rest = text.slice(whole);
    if (ctx.sys.tick()) yield;
  }
  if (rest === '') return 0;
  // what is whole of an incomplete group still comes out
  const tail = rest.replace(/[^A-Za-z0-9+/].*$/, '');
  const bytes = tail.length > 1 ? fromBase64(tail) : undefined;
  if (bytes) yield* ctx.stdout.write(bytes);
  return yield* invalid(ctx);
}

function* decodeQuads(ctx: Ctx, text: string): Wait<boolean> {
  const good = /^(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)*/.exec(text)![0];
  for (let at = 0; at < good.length; ) {
    const pad = good.indexOf('=', at);
    const end = pad < 0 ? good.length : pad - (pad % 4) + 4;
    yield* ctx.stdout.write(fromBase64(good.slice(at, end))!);
    at = end;
  }
  if (good.length === text.length) return true;
  const tail = text.slice(good.length).replace(/[^A-Za-z0-9+/].*$/, '');
  const bytes = tail.length > 1 && tail.length < 4 ? fromBase64(tail) : undefined;
  if (bytes) yield* ctx.stdout.write(bytes);
  return false;
}

function* invalid(ctx: Ctx): Wait<number> {
  yield* ctx.warn(ctx.form === 'gnu' ? 'invalid input' : 'truncated input');
  return 1;
}
