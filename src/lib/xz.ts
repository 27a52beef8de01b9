import { type Codec, CodecInput } from './codec.ts';
import { crc32 } from './crc32.ts';
import { Crc64 } from './crc64.ts';
import type { Hash } from './hash.ts';
import { LzmaDecoder, LzmaModel, lzmaProperties, SYMBOL_BYTES } from './lzma.ts';

/** What is wrong: neither .xz nor .lzma, damaged, it stops too early, or it asks for what is not known here (filters, checks). */
export type XzError = 'format' | 'corrupt' | 'truncated' | 'options';

/** Output between two ticks. */
const STRIDE = 65536;
export const XZ_MAGIC: readonly number[] = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0];
/** Bytes of each integrity check, by its number. */
const CHECK_SIZES: readonly number[] = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];
export const CHECK_NAMES: Readonly<Record<number, string>> = { 0: 'None', 1: 'CRC32', 4: 'CRC64', 10: 'SHA-256' };

type Part<T> = Generator<'input' | 'tick' | Uint8Array, T, Uint8Array | undefined>;

/** The running check of a block's bytes. */
export interface Check {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
}

class Crc32Check implements Check {
  private crc = 0;
  update(bytes: Uint8Array): void {
    this.crc = crc32(bytes, this.crc);
  }
  digest(): Uint8Array {
    const out = new Uint8Array(4);
    new DataView(out.buffer).setUint32(0, this.crc, true);
    return out;
  }
}

class HashCheck implements Check {
  constructor(private readonly hash: Hash) {}
  update(bytes: Uint8Array): void {
    this.hash.update(bytes);
  }
  digest(): Uint8Array {
    return this.hash.digest();
  }
}

/** @param sha256 for that check; without it such a block is not verified */
export function xzCheck(type: number, sha256?: () => Hash): Check | undefined {
  if (type === 1) return new Crc32Check();
  if (type === 4) return new Crc64();
  return type === 10 && sha256 ? new HashCheck(sha256()) : undefined;
}

/** One record of a stream's index: bytes of the block without its padding, and what it holds. */
export interface XzRecord {
  unpadded: number;
  size: number;
}

/** What an .xz file says of itself: a row a stream. */
export interface XzStream {
  check: number;
  records: XzRecord[];
  /** Zeros behind the stream. */
  padding: number;
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);
const little32 = (b: Uint8Array, at: number): number =>
  (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)) >>> 0;
/** What is wrong when bytes are missing: it ended, within something. */
const SHORT: XzError = 'truncated';

/**
 * Unpacks .xz (all its streams) and .lzma.
 * @param only 'xz' or 'lzma' to take nothing else
 * @param report is told of each .xz stream when it has ended
 * @see https://tukaani.org/xz/xz-file-format.txt
 */
export function* unxz(
  options: { only?: 'xz' | 'lzma' | undefined; sha256?: (() => Hash) | undefined; report?: (s: XzStream) => void } = {},
): Codec<XzError> {
  const input = new CodecInput();
  yield* input.need(13);
  const isXz = XZ_MAGIC.every((byte, i) => input.bytes[input.at + i] === byte);
  if (!isXz || options.only === 'lzma') {
    if (options.only === 'xz' || !looksLikeLzma(input)) return input.left === 0 ? SHORT : 'format';
    return yield* lzmaAlone(input);
  }
  for (let first = true; ; first = false) {
    const padding = yield* skipZeros(input);
    if (padding % 4 !== 0) return 'corrupt';
    if (!(yield* input.need(12))) return input.left === 0 && !first ? undefined : SHORT;
    const error = yield* xzStream(input, options);
    if (error) return error === 'format' && !first ? 'corrupt' : error;
  }
}

function* skipZeros(input: CodecInput): Part<number> {
  let n = 0;
  while (yield* input.need(1)) {
    if (input.bytes[input.at] !== 0) break;
    input.at++;
    n++;
  }
  return n;
}

function* xzStream(
  input: CodecInput,
  options: { sha256?: (() => Hash) | undefined; report?: (s: XzStream) => void },
): Part<XzError | undefined> {
  const head = input.bytes.slice(input.at, input.at + 12);
  if (!XZ_MAGIC.every((byte, i) => head[i] === byte)) return 'format';
  if (crc32(head.subarray(6, 8)) !== little32(head, 8)) return 'corrupt';
  if (head[6] !== 0 || head[7]! > 15) return 'options';
  input.at += 12;
  const check = head[7]!;
  const records: XzRecord[] = [];
  for (;;) {
    if (!(yield* input.need(1))) return SHORT;
    if (input.bytes[input.at] === 0) break;
    const record = yield* block(input, check, options.sha256);
    if (typeof record === 'string') return record;
    records.push(record);
  }
  const size = yield* index(input, records);
  if (typeof size === 'string') return size;
  if (!(yield* input.need(12))) return SHORT;
  const foot = input.bytes.subarray(input.at, input.at + 12);
  if (foot[10] !== 0x59 || foot[11] !== 0x5a || crc32(foot.subarray(4, 10)) !== little32(foot, 0)) return 'corrupt';
  if ((little32(foot, 4) + 1) * 4 !== size || foot[8] !== 0 || foot[9] !== check) return 'corrupt';
  input.at += 12;
  options.report?.({ check, records, padding: 0 });
  return undefined;
}

/** A number in seven bits a byte, the lowest first. */
function variable(bytes: Uint8Array, at: { at: number }): number {
  let value = 0;
  for (let shift = 1, i = 0; i < 9; i++, shift *= 128) {
    const byte = bytes[at.at++];
    if (byte === undefined) return Number.NaN;
    value += (byte & 0x7f) * shift;
    if (byte < 0x80) return value;
  }
  return Number.NaN;
}

function* block(input: CodecInput, check: number, sha256?: () => Hash): Part<XzRecord | XzError> {
  const begin = input.used;
  const size = (input.bytes[input.at]! + 1) * 4;
  if (!(yield* input.need(size))) return SHORT;
  const head = input.bytes.slice(input.at, input.at + size);
  if (crc32(head.subarray(0, size - 4)) !== little32(head, size - 4)) return 'corrupt';
  input.at += size;
  const flags = head[1]!;
  if (flags & 0x3c) return 'options';
  const at = { at: 2 };
  const packed = flags & 0x40 ? variable(head, at) : undefined;
  const unpacked = flags & 0x80 ? variable(head, at) : undefined;
  if ((flags & 3) !== 0 || variable(head, at) !== 0x21 || variable(head, at) !== 1) return 'options';
  const bits = head[at.at]!;
  if (bits > 40) return 'options';
  const dictionary = bits === 40 ? 0xffffffff : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);

  const sum = xzCheck(check, sha256);
  const data = input.used;
  let total = 0;
  const chunks = lzma2(input, dictionary);
  let step = chunks.next();
  while (!step.done) {
    if (typeof step.value !== 'string') {
      total += step.value.length;
      sum?.update(step.value);
    }
    step = chunks.next(yield step.value);
  }
  if (step.value) return step.value;
  const compressed = input.used - data;
  if ((packed ?? compressed) !== compressed || (unpacked ?? total) !== total) return 'corrupt';
  const padding = -compressed & 3;
  const checkSize = CHECK_SIZES[check]!;
  if (!(yield* input.need(padding + checkSize))) return SHORT;
  for (let i = 0; i < padding; i++) if (input.bytes[input.at++] !== 0) return 'corrupt';
  const stored = input.bytes.subarray(input.at, input.at + checkSize);
  if (sum && !equal(sum.digest(), stored)) return 'corrupt';
  input.at += checkSize;
  return { unpadded: input.used - begin - padding, size: total };
}

/** Reads the index and compares it with what was there. @returns its size */
function* index(input: CodecInput, records: readonly XzRecord[]): Part<number | XzError> {
  // the most that it can be: two numbers of nine bytes a record
  yield* input.need(1 + 9 + records.length * 18 + 7);
  const bytes = input.bytes.subarray(input.at);
  const at = { at: 1 };
  if (variable(bytes, at) !== records.length) return bytes.length < 8 ? SHORT : 'corrupt';
  for (const record of records) {
    const [unpadded, size] = [variable(bytes, at), variable(bytes, at)];
    if (Number.isNaN(size)) return SHORT;
    if (unpadded !== record.unpadded || size !== record.size) return 'corrupt';
  }
  while (at.at % 4 !== 0) if (bytes[at.at++] !== 0) return at.at > bytes.length ? SHORT : 'corrupt';
  if (at.at + 4 > bytes.length) return SHORT;
  if (crc32(bytes.subarray(0, at.at)) !== little32(bytes, at.at)) return 'corrupt';
  input.at += at.at + 4;
  return at.at + 4;
}

/** The chunks of LZMA2, up to their end. */
function* lzma2(input: CodecInput, dictionary: number): Part<XzError | undefined> {
  const chunk = new CodecInput();
  chunk.ended = true;
  const decoder = new LzmaDecoder(chunk, dictionary);
  /** What a chunk must bring before others may come: a dictionary, models. */
  let needs = 3;
  for (;;) {
    if (!(yield* input.need(1))) return SHORT;
    const control = input.bytes[input.at]!;
    if (control === 0) {
      input.at++;
      return undefined;
    }
    if (control < 0x80 && control > 2) return 'corrupt';
    const head = control < 0x80 ? 3 : 6;
    if (!(yield* input.need(head))) return SHORT;
    const b = input.bytes.subarray(input.at, input.at + head);
    let left = (((control & 0x1f) << 16) | (b[1]! << 8) | b[2]!) + 1;
    if (control < 0x80) left = ((b[1]! << 8) | b[2]!) + 1;
    const packed = control < 0x80 ? left : ((b[3]! << 8) | b[4]!) + 1;
    const reset = control < 0x80 ? (control === 1 ? 3 : 0) : (control >> 5) & 3;
    if (control < 0x80 ? needs === 3 && reset !== 3 : reset < needs) return 'corrupt';
    const whole = control >= 0x80 && reset >= 2 ? 6 : control < 0x80 ? 3 : 5;
    if (reset === 3) decoder.resetWindow();
    if (control >= 0x80 && reset >= 2) {
      const properties = lzmaProperties(b[5]!);
      if (!properties || properties.lc + properties.lp > 4) return 'corrupt';
      decoder.resetState(new LzmaModel(properties.lc, properties.lp, properties.pb));
    } else if (reset === 1) {
      const { lc, lp, pb } = decoder.model;
      decoder.resetState(new LzmaModel(lc, lp, pb));
    }
    needs = control < 0x80 ? (needs === 3 ? 2 : Math.max(needs, 1)) : 0;
    input.at += whole;
    if (!(yield* input.need(packed))) return yield* partly(decoder, chunk, input, left, control);
    chunk.bytes = input.bytes.slice(input.at, input.at + packed);
    chunk.at = 0;
    input.at += packed;
    if (control >= 0x80 && !decoder.startRange()) return 'corrupt';
    while (left > 0) {
      const n = control < 0x80 ? decoder.copy(Math.min(left, STRIDE)) : decoder.decode(Math.min(left, STRIDE));
      if (n < 0 || decoder.ended) return 'corrupt';
      left -= n;
      const out = decoder.take();
      if (out.length > 0) yield out;
      else if (n === 0) return 'corrupt';
      yield 'tick';
    }
    if (control >= 0x80 && (!decoder.finish() || chunk.at !== packed)) return 'corrupt';
  }
}

/** Gives what a chunk that ends too early holds. */
function* partly(
  decoder: LzmaDecoder,
  chunk: CodecInput,
  input: CodecInput,
  left: number,
  control: number,
): Part<XzError> {
  chunk.bytes = input.bytes.slice(input.at);
  chunk.at = 0;
  if (control < 0x80) decoder.copy(left);
  else if (chunk.left > SYMBOL_BYTES && decoder.startRange()) {
    chunk.ended = false;
    decoder.decode(left);
  }
  const out = decoder.take();
  if (out.length > 0) yield out;
  return SHORT;
}

/** xz takes a file for .lzma where its head is likely: the properties, a round dictionary, a size below 256 GiB. */
function looksLikeLzma(input: CodecInput): boolean {
  if (input.left < 13) return false;
  const b = input.bytes.subarray(input.at, input.at + 13);
  const dictionary = little32(b, 1);
  const top = 31 - Math.clz32(dictionary);
  const round = dictionary === 0xffffffff || dictionary === 2 ** top || dictionary === 2 ** top + 2 ** (top - 1);
  const [low, high] = [little32(b, 5), little32(b, 9)];
  return lzmaProperties(b[0]!) !== undefined && round && ((low === 0xffffffff && high === 0xffffffff) || high < 64);
}

function* lzmaAlone(input: CodecInput): Part<XzError | undefined> {
  const b = input.bytes.subarray(input.at, input.at + 13);
  const { lc, lp, pb } = lzmaProperties(b[0]!)!;
  if (lc + lp > 4) return 'options';
  const [low, high] = [little32(b, 5), little32(b, 9)];
  let left = low === 0xffffffff && high === 0xffffffff ? Number.POSITIVE_INFINITY : high * 2 ** 32 + low;
  const decoder = new LzmaDecoder(input, Math.max(4096, little32(b, 1)));
  decoder.resetState(new LzmaModel(lc, lp, pb));
  input.at += 13;
  if (!(yield* input.need(5))) return SHORT;
  if (!decoder.startRange()) return 'corrupt';
  while (left > 0 && !decoder.ended) {
    yield* input.need(SYMBOL_BYTES * 64);
    const n = decoder.decode(Math.min(left, STRIDE));
    if (n < 0) return 'corrupt';
    left -= n;
    const out = decoder.take();
    if (out.length > 0) yield out;
    if (input.at > input.bytes.length) return SHORT;
    if (out.length === 0 && n === 0 && !decoder.ended && input.ended) return SHORT;
    yield 'tick';
  }
  return undefined;
}
