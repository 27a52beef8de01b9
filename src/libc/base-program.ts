import { openInput } from './input.ts';
import type { Wait } from './io.ts';
import type { Context } from './program.ts';
import { localeQuote } from './shell-quote.ts';
import type { Input } from './stdio.ts';

/** Options of base64(1), base32(1) and basenc(1). */
export const BASE_OPTIONS = {
  decode: { short: 'd', help: 'decode data' },
  ignoreGarbage: { short: 'i', busybox: false, help: 'when decoding, ignore non-alphabet characters' },
  wrap: { short: 'w', arg: 'COLS', help: 'wrap encoded lines after COLS characters (default 76); 0: never' },
} as const;
type Ctx = Omit<Context<typeof BASE_OPTIONS>, 'order'>;

/** How bytes are written as text: `bytes` of them give `alphabet.length ** chars` texts at least. */
export interface Coding {
  alphabet: string;
  /** Bytes of a group, and characters that it becomes. */
  bytes: number;
  chars: number;
  /** A group that is not full is filled up with `=`. */
  padded: boolean;
  /** The lowest bit comes first (base2lsbf). */
  reversed?: true;
  /** Groups are numbers to the base of the alphabet's length (z85); by default each character has some bits. */
  whole?: true;
}

/** Encodes or decodes the operand, or stdin. @returns exit status */
export function* runBaseProgram(ctx: Ctx, coding: Coding): Wait<number> {
  const { opts } = ctx;
  if (ctx.args.length > 1)
    return yield* ctx.usage(ctx.form === 'gnu' ? `extra operand ${localeQuote(ctx.args[1]!)}` : undefined);
  const wrap = opts.wrap ?? '76';
  if (!/^\d+$/.test(wrap))
    return yield* ctx.die(ctx.form === 'gnu' ? `invalid wrap size: ${localeQuote(wrap)}` : `invalid number '${wrap}'`);
  const input = yield* openInput(ctx, ctx.args[0] ?? '-', 'plain');
  if (!input) return 1;
  const status = opts.decode
    ? yield* decodeAll(ctx, input, coding)
    : yield* encodeAll(ctx, input, coding, Number(wrap));
  if (input.error === 0) return status;
  yield* ctx.warn(`read error: ${ctx.strerror(input.error)}`);
  return 1;
}

function* encodeAll(ctx: Ctx, input: Input, coding: Coding, wrap: number): Wait<number> {
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
    const whole = all.length - (all.length % coding.bytes);
    yield* put(encodeGroups(all.subarray(0, whole), coding));
    rest = all.slice(whole);
  }
  if (coding.whole && rest.length > 0) return yield* ctx.die('invalid input (length must be multiple of 4 characters)');
  yield* put(encodeGroups(rest, coding));
  if (column > 0) yield* ctx.stdout.write('\n');
  return 0;
}

function encodeGroups(bytes: Uint8Array, coding: Coding): string {
  const { alphabet, bytes: size, chars } = coding;
  const bits = (size * 8) / chars;
  let out = '';
  for (let at = 0; at < bytes.length; at += size) {
    const group = bytes.subarray(at, at + size);
    if (coding.whole) {
      let n = group.reduce((sum, byte) => sum * 256 + byte, 0);
      let text = '';
      for (let i = 0; i < chars; i++, n = Math.floor(n / alphabet.length)) text = alphabet[n % alphabet.length] + text;
      out += text;
      continue;
    }
    let held = 0;
    let count = 0;
    let text = '';
    for (const byte of group) {
      held = (held << 8) | (coding.reversed ? reverse(byte) : byte);
      count += 8;
      for (; count >= bits; held &= (1 << count) - 1) text += alphabet[held >> (count -= bits)];
    }
    if (count > 0) text += alphabet[held << (bits - count)];
    out += coding.padded ? text.padEnd(chars, '=') : text;
  }
  return out;
}

const reverse = (byte: number): number => {
  let out = 0;
  for (let i = 0; i < 8; i++) out |= ((byte >> i) & 1) << (7 - i);
  return out;
};

function* decodeAll(ctx: Ctx, input: Input, coding: Coding): Wait<number> {
  const { chars, alphabet } = coding;
  const value = new Int8Array(256).fill(-1);
  for (let i = 0; i < alphabet.length; i++) {
    value[alphabet.charCodeAt(i)] = i;
  }
  const PAD = 61;
  const group: number[] = [];
  const wrong = function* (): Wait<number> {
    yield* ctx.stdout.write(Uint8Array.from(decodeGroup(group, value, coding).bytes));
    yield* ctx.warn(ctx.form === 'gnu' ? 'invalid input' : 'truncated input');
    return 1;
  };
  for (let part; (part = yield* input.chunk()) !== undefined; ) {
    const out = new Uint8Array(part.length + coding.bytes);
    let used = 0;
    for (const c of part) {
      if (c === 10 || (ctx.opts.ignoreGarbage && value[c]! < 0 && !(c === PAD && coding.padded))) continue;
      const fits = c === PAD ? coding.padded && group.length > 0 : value[c]! >= 0 && group.at(-1) !== PAD;
      if (!fits) {
        yield* ctx.stdout.write(out.subarray(0, used));
        return yield* wrong();
      }
      group.push(c);
      if (group.length < chars) continue;
      const { bytes, valid } = decodeGroup(group, value, coding);
      out.set(bytes, used);
      used += bytes.length;
      group.length = 0;
      if (!valid) {
        yield* ctx.stdout.write(out.subarray(0, used));
        return yield* wrong();
      }
    }
    yield* ctx.stdout.write(out.subarray(0, used));
    if (ctx.sys.tick()) yield;
  }
  return group.length === 0 ? 0 : yield* wrong();
}

/** The bytes that a group has in whole, and whether it may end so. */
function decodeGroup(group: readonly number[], value: Int8Array, coding: Coding): { bytes: number[]; valid: boolean } {
  const bytes: number[] = [];
  const text = group.filter((c) => value[c]! >= 0);
  if (coding.whole) {
    const n = text.reduce((sum, c) => sum * coding.alphabet.length + value[c]!, 0);
    if (text.length < coding.chars || n > 0xffffffff) return { bytes, valid: false };
    return { bytes: [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) & 255), valid: true };
  }
  const bits = (coding.bytes * 8) / coding.chars;
  let held = 0;
  let count = 0;
  for (const c of text) {
    held = (held << bits) | value[c]!;
    count += bits;
    if (count < 8) continue;
    count -= 8;
    const byte = (held >> count) & 255;
    bytes.push(coding.reversed ? reverse(byte) : byte);
    held &= (1 << count) - 1;
  }
  // a character whose bits are all left over is one too many
  return { bytes, valid: text.length > 0 && count < bits };
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();

export const BASE64: Coding = { alphabet: `${UPPER}${LOWER}0123456789+/`, bytes: 3, chars: 4, padded: true };
export const BASE64URL: Coding = { alphabet: `${UPPER}${LOWER}0123456789-_`, bytes: 3, chars: 4, padded: true };
export const BASE32: Coding = { alphabet: `${UPPER}234567`, bytes: 5, chars: 8, padded: true };
export const BASE32HEX: Coding = { alphabet: `0123456789${UPPER.slice(0, 22)}`, bytes: 5, chars: 8, padded: true };
export const BASE16: Coding = { alphabet: '0123456789ABCDEF', bytes: 1, chars: 2, padded: false };
export const BASE2MSBF: Coding = { alphabet: '01', bytes: 1, chars: 8, padded: false };
export const BASE2LSBF: Coding = { alphabet: '01', bytes: 1, chars: 8, padded: false, reversed: true };
export const Z85: Coding = {
  alphabet: `0123456789${LOWER}${UPPER}.-:+=^!/*?&<>()[]{}@%$#`,
  bytes: 4,
  chars: 5,
  padded: false,
  whole: true,
};
