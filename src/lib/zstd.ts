import { Decompress, type Decompress as FrameDecoder } from 'fzstd';
import { type Codec, CodecInput } from './codec.ts';
import type { HashFactory } from './hash.ts';

/** What is wrong: no such file, damaged, a checksum differs, it stops too early; a head that is too short to tell. */
export type ZstdError = 'format' | 'head' | 'corrupt' | 'checksum' | 'truncated';

/** What a compressor of whole pieces does. */
export interface ZstdLibrary {
  compress(data: Uint8Array, level: number): Uint8Array;
}

/** Loads the compressor (WebAssembly). */
export async function loadZstd(): Promise<ZstdLibrary> {
  const { Zstd } = await import('@hpcc-js/wasm-zstd');
  return await Zstd.load();
}

/** A longer input becomes several frames, so that no more than this is held. */
const FRAME = 8 << 20;
const MAGIC = 0xfd2fb528;

/** What a file's frames say of themselves. */
export interface ZstdFrame {
  skippable: boolean;
  /** Bytes; 0 where the frame does not say it. */
  content: number | undefined;
  window: number;
  dictionary: number;
  checksum: Uint8Array | undefined;
}

const little32 = (b: Uint8Array, at: number): number =>
  (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24)) >>> 0;

/** The low four bytes of the content's XXH64, as a frame ends with them. */
function checksumOf(hash: HashFactory, pieces: readonly Uint8Array[]): Uint8Array {
  const sum = hash.create();
  for (const piece of pieces) sum.update(piece);
  return sum.digest().slice(4).reverse();
}

/**
 * Packs a stream as Zstandard.
 * @param xxh for the content's checksum; without it there is none
 */
export function* zstd(library: ZstdLibrary, level: number, xxh: HashFactory | undefined): Codec<never> {
  const held: Uint8Array[] = [];
  let size = 0;
  let any = false;
  const frame = function* (): Generator<'tick' | Uint8Array, void, Uint8Array | undefined> {
    const content = join(held);
    const packed = library.compress(content, level);
    if (xxh) {
      packed[4]! |= 4;
      yield packed;
      yield checksumOf(xxh, [content]);
    } else yield packed;
    held.length = 0;
    size = 0;
    any = true;
    yield 'tick';
  };
  for (let part: Uint8Array | undefined; (part = yield 'input'); ) {
    held.push(part.slice());
    size += part.length;
    if (size >= FRAME) yield* frame();
  }
  if (size > 0 || !any) yield* frame();
  return undefined;
}

/**
 * Unpacks the frames of a stream, one after the other.
 * @param xxh for the checksums; without it they are not looked at
 * @param report is told of each frame when it has ended
 * @see RFC 8878
 */
export function* unzstd(xxh: HashFactory | undefined, report?: (frame: ZstdFrame) => void): Codec<ZstdError> {
  const input = new CodecInput();
  for (let first = true; ; first = false) {
    if (!(yield* input.need(4))) {
      if (input.left === 0) return first ? 'head' : undefined;
      return first ? 'head' : 'format';
    }
    const magic = little32(input.bytes, input.at);
    const error =
      magic === MAGIC
        ? yield* oneFrame(input, xxh, report)
        : magic >>> 4 === 0x184d2a5
          ? yield* skip(input, report)
          : 'format';
    if (error) return error;
  }
}

function* skip(input: CodecInput, report?: (frame: ZstdFrame) => void): Codec<ZstdError> {
  if (!(yield* input.need(8))) return 'truncated';
  let left = little32(input.bytes, input.at + 4);
  input.at += 8;
  while (left > 0) {
    if (!(yield* input.need(1))) return 'truncated';
    const n = Math.min(left, input.left);
    input.at += n;
    left -= n;
  }
  report?.({ skippable: true, content: 0, window: 0, dictionary: 0, checksum: undefined });
  return undefined;
}

function* oneFrame(
  input: CodecInput,
  xxh: HashFactory | undefined,
  report?: (frame: ZstdFrame) => void,
): Codec<ZstdError> {
  if (!(yield* input.need(5))) return 'truncated';
  const descriptor = input.bytes[input.at + 4]!;
  const single = (descriptor & 0x20) !== 0;
  const hasSum = (descriptor & 4) !== 0;
  const idSize = [0, 1, 2, 4][descriptor & 3]!;
  const sizeSize = [single ? 1 : 0, 2, 4, 8][descriptor >> 6]!;
  const head = 5 + (single ? 0 : 1) + idSize + sizeSize;
  if (!(yield* input.need(head))) return 'truncated';
  const b = input.bytes.slice(input.at, input.at + head);
  const number = (at: number, n: number): number => {
    let value = 0;
    for (let i = n - 1; i >= 0; i--) value = value * 256 + b[at + i]!;
    return value;
  };
  const content = sizeSize === 0 ? undefined : number(head - sizeSize, sizeSize) + (sizeSize === 2 ? 256 : 0);
  const window = single ? content! : 2 ** (10 + (b[5]! >> 3)) * (1 + (b[5]! & 7) / 8);
  const dictionary = number(5 + (single ? 0 : 1), idSize);
  if (dictionary !== 0 || descriptor & 8) return 'corrupt';
  input.at += head;

  const out: Uint8Array[] = [];
  const sum = hasSum ? xxh?.create() : undefined;
  const decoder: FrameDecoder = new Decompress((piece) => {
    if (piece.length > 0) out.push(piece.slice());
  });
  const give = function* (
    bytes: Uint8Array,
    final: boolean,
  ): Generator<Uint8Array | 'tick', ZstdError | undefined, unknown> {
    try {
      decoder.push(bytes, final);
    } catch {
      return 'corrupt';
    }
    for (const piece of out.splice(0)) {
      sum?.update(piece);
      yield piece;
    }
    yield 'tick';
    return undefined;
  };
  // the decoder is told of no checksum: it is compared here
  b[4]! &= ~4;
  let error = yield* give(b, false);
  for (let last = false; !last && !error; ) {
    if (!(yield* input.need(3))) return 'truncated';
    const at = input.at;
    const word = input.bytes[at]! | (input.bytes[at + 1]! << 8) | (input.bytes[at + 2]! << 16);
    last = (word & 1) === 1;
    const type = (word >> 1) & 3;
    if (type === 3) return 'corrupt';
    const size = 3 + (type === 1 ? 1 : word >> 3);
    if (!(yield* input.need(size))) return 'truncated';
    const block = input.bytes.slice(input.at, input.at + size);
    input.at += size;
    error = yield* give(block, last);
  }
  if (error) return error;
  let stored: Uint8Array | undefined;
  if (hasSum) {
    if (!(yield* input.need(4))) return 'truncated';
    stored = input.bytes.slice(input.at, input.at + 4);
    input.at += 4;
    const found = sum?.digest().slice(4).reverse();
    if (found?.some((byte, i) => byte !== stored![i])) return 'checksum';
  }
  report?.({ skippable: false, content, window, dictionary, checksum: stored });
  return undefined;
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((n, piece) => n + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
