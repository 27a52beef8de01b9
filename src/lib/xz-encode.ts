import type { Codec } from './codec.ts';
import { crc32 } from './crc32.ts';
import type { Hash } from './hash.ts';
import { LzmaEncoder, MAX_MATCH } from './lzma-encode.ts';
import { MatchFinder } from './match-finder.ts';
import { XZ_MAGIC, xzCheck } from './xz.ts';

/** What a chunk of LZMA2 may hold. */
const CHUNK_INPUT = 1 << 21;
const CHUNK_OUTPUT = 65536 - 300;
/** Symbols between two ticks. */
const STRIDE = 16384;

export interface XzOptions {
  /** 0..9 */
  preset?: number;
  /** Number of the integrity check: 0 none, 1 CRC32, 4 CRC64, 10 SHA-256. */
  check?: number;
  sha256?: (() => Hash) | undefined;
}

/** Size of the dictionary that a preset names; the search goes no further than 4 MiB. */
const dictionaryBits = (preset: number): number => [18, 20, 21, 22, 22, 23, 23, 24, 25, 26][preset]!;
const MAX_REACH = 1 << 22;

function finderOf(preset: number): MatchFinder {
  const reach = Math.min(2 ** dictionaryBits(preset), MAX_REACH);
  return new MatchFinder(reach, [4, 8, 24, 16, 24, 32, 48, 64, 96, 128][preset]!, preset < 4 ? 128 : 273, MAX_MATCH);
}

/** Reads all input into the finder's window, piece by piece, and encodes it. */
class Encoder {
  readonly encoder = new LzmaEncoder();
  private readonly finder: MatchFinder;
  private readonly lazy: boolean;
  private waiting: Uint8Array = new Uint8Array(0);
  private ended = false;
  /** Length of a match that was found for the next byte already, or -1. */
  private ahead = -1;
  private aheadDistance = 0;

  constructor(preset: number) {
    this.finder = finderOf(preset);
    this.lazy = preset >= 4;
  }

  /** Reads on until enough is there to encode well. @returns false at the end of all input */
  *more(): Generator<'input', boolean, Uint8Array | undefined> {
    const { finder } = this;
    while (!this.ended && finder.end - finder.at < MAX_MATCH * 2) {
      if (this.waiting.length === 0) {
        const part = yield 'input';
        if (part) this.waiting = part.slice();
        else {
          this.ended = true;
          break;
        }
      }
      this.waiting = this.waiting.subarray(finder.fill(this.waiting));
    }
    return finder.at < finder.end;
  }

  /** The last `length` bytes that were encoded; valid until more is read. */
  raw(length: number): Uint8Array {
    return this.finder.window.subarray(this.finder.at - length, this.finder.at);
  }

  /** Encodes one symbol. @returns how many bytes it stands for */
  symbol(): number {
    const { finder, encoder } = this;
    const { window } = finder;
    let rep = 0;
    let repLength = 0;
    for (let i = 0; i < 4; i++) {
      const n = encoder.reps[i]! < encoder.position ? finder.lengthAt(encoder.reps[i]!) : 0;
      if (n > repLength) {
        rep = i;
        repLength = n;
      }
    }
    const length = this.ahead >= 0 ? this.ahead : finder.find();
    const distance = this.ahead >= 0 ? this.aheadDistance : finder.distance;
    this.ahead = -1;
    if (repLength >= 2 && (repLength + 1 >= length || (repLength + 2 >= length && distance > 512))) {
      encoder.rep(rep, repLength);
      finder.at += repLength;
      return repLength;
    }
    if (length >= 3 && !(length === 3 && distance > 1 << 14)) {
      if (!this.lazy || length >= 128 || !this.betterNext(length, distance)) {
        encoder.match(distance, length);
        finder.at += length;
        return length;
      }
    }
    const byte = window[finder.at]!;
    const match = finder.at - encoder.reps[0]! - 1;
    if (match >= 0 && encoder.position > 0 && encoder.reps[0]! < encoder.position && window[match] === byte)
      encoder.shortRep();
    else encoder.literal(byte, encoder.position > 0 ? window[finder.at - 1]! : 0, match >= 0 ? window[match]! : 0);
    finder.at++;
    return 1;
  }

  private betterNext(length: number, distance: number): boolean {
    const { finder } = this;
    const next = finder.find(finder.at + 1);
    if (next > length || (next === length && finder.distance < distance >>> 7)) {
      this.ahead = next;
      this.aheadDistance = finder.distance;
      return true;
    }
    return false;
  }

  /** A chunk ended where a match for the next byte was known: it may not hold any more. */
  forget(): void {
    this.ahead = -1;
  }
}

/** Packs a stream as .xz: one block of LZMA2. */
export function* xz(options: XzOptions = {}): Codec<never> {
  const preset = options.preset ?? 6;
  const type = options.check ?? 4;
  const flags = Uint8Array.of(0, type);
  yield join(Uint8Array.from(XZ_MAGIC), flags, word(crc32(flags)));

  const check = xzCheck(type, options.sha256);
  const head = Uint8Array.of(2, 0, 0x21, 1, (dictionaryBits(preset) - 12) * 2, 0, 0, 0);
  let size = 0;
  let packed = 0;
  const chunks = lzma2(preset, (bytes) => {
    if (size === 0) packed = 0;
    size += bytes.length;
    check?.update(bytes);
  });
  let opened = false;
  let step = chunks.next();
  while (!step.done) {
    if (typeof step.value === 'string') {
      step = chunks.next(yield step.value);
      continue;
    }
    if (!opened) yield join(head, word(crc32(head)));
    opened = true;
    packed += step.value.length;
    yield step.value;
    step = chunks.next();
  }
  const records: number[] = [];
  if (opened) {
    const sum = check?.digest() ?? new Uint8Array(0);
    yield join(Uint8Array.of(0), new Uint8Array(-(packed + 1) & 3), sum);
    records.push(...variable(12 + packed + 1 + sum.length), ...variable(size));
  }
  const list = [0, ...variable(opened ? 1 : 0), ...records];
  while (list.length % 4 !== 0) list.push(0);
  const index = Uint8Array.from(list);
  const foot = join(word((index.length + 4) / 4 - 1), flags);
  yield join(index, word(crc32(index)), word(crc32(foot)), foot, Uint8Array.of(0x59, 0x5a));
  return undefined;
}

/** Gives the chunks of LZMA2 without the end mark; `seen` is told what each holds. */
function* lzma2(
  preset: number,
  seen: (bytes: Uint8Array) => void,
): Generator<'input' | 'tick' | Uint8Array, void, Uint8Array | undefined> {
  const source = new Encoder(preset);
  const { encoder } = source;
  let first = true;
  /** What the chunk stands for, as it is. */
  let plain = new Uint8Array(65536);
  /** The next compressed chunk begins with fresh models. */
  let fresh = true;
  while (yield* source.more()) {
    encoder.restart();
    if (fresh) encoder.resetState();
    let length = 0;
    let steps = 0;
    while (length < CHUNK_INPUT - MAX_MATCH && encoder.range.size < CHUNK_OUTPUT) {
      if (!(yield* source.more())) break;
      const n = source.symbol();
      if (length + n > plain.length) plain = grown(plain);
      plain.set(source.raw(n), length);
      length += n;
      if (++steps % STRIDE === 0) yield 'tick';
    }
    source.forget();
    encoder.range.finish();
    const bytes = plain.subarray(0, length);
    seen(bytes);
    const coded = encoder.range.take();
    if (coded.length >= length && length <= 65536) {
      yield join(Uint8Array.of(first ? 1 : 2, (length - 1) >> 8, length - 1), bytes);
      fresh = true;
    } else {
      const reset = first ? 0xe0 : fresh ? 0xc0 : 0x80;
      const sizes = [
        reset | ((length - 1) >> 16),
        (length - 1) >> 8,
        length - 1,
        (coded.length - 1) >> 8,
        coded.length - 1,
      ];
      yield join(Uint8Array.from(reset >= 0xc0 ? [...sizes, 93] : sizes), coded);
      fresh = false;
    }
    first = false;
  }
}

/** Packs a stream as .lzma, with an end mark and without the size. */
export function* lzmaAlone(preset = 6): Codec<never> {
  yield join(Uint8Array.of(93), word(2 ** dictionaryBits(preset)), new Uint8Array(8).fill(255));
  const source = new Encoder(preset);
  const { encoder } = source;
  for (let steps = 1; yield* source.more(); steps++) {
    source.symbol();
    if (steps % STRIDE !== 0) continue;
    yield 'tick';
    const out = encoder.range.take();
    if (out.length > 0) yield out;
  }
  encoder.match(0xffffffff, 2);
  encoder.range.finish();
  yield encoder.range.take();
  return undefined;
}

function grown(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(bytes.length * 2);
  out.set(bytes);
  return out;
}

function word(n: number): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, n, true);
  return out;
}

function variable(n: number): number[] {
  const out: number[] = [];
  for (; n >= 128; n = Math.floor(n / 128)) out.push((n % 128) | 0x80);
  return [...out, n];
}

function join(...pieces: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((n, piece) => n + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
