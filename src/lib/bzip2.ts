import { type Codec, CodecInput } from './codec.ts';

/** What is wrong with a bzip2 stream: none at all, damaged, a checksum differs, it stops too early, or something else follows it. */
export type Bunzip2Error = 'not-bzip2' | 'data' | 'crc' | 'truncated' | 'trailing';

const BLOCK = 0x314159265359;
const END = 0x177245385090;
/** Symbols that one table serves. */
const GROUP = 50;
/** How long a code can be. */
const MAX_LENGTH = 20;
/** Steps between two ticks. */
const STRIDE = 65536;

/** CRC-32 of bzip2: polynomial 0x04c11db7, most significant bit first. */
export const BZIP2_CRC: Uint32Array = new Uint32Array(256).map((_, i) => {
  let c = i << 24;
  for (let k = 0; k < 8; k++) c = c & 0x80000000 ? (c << 1) ^ 0x04c11db7 : c << 1;
  return c >>> 0;
});

/** Bits of the input, most significant first. */
class Bits {
  private held = 0;
  private count = 0;
  constructor(readonly input: CodecInput) {}

  /** True where `bytes` more can be read without waiting. */
  ready(bytes: number): boolean {
    return this.input.left >= bytes || this.input.ended;
  }

  /** @param n at most 24. @returns NaN behind the end */
  take(n: number): number {
    while (this.count < n) {
      if (this.input.left === 0) return Number.NaN;
      this.held = ((this.held << 8) | this.input.bytes[this.input.at++]!) >>> 0;
      this.count += 8;
    }
    this.count -= n;
    const value = (this.held >>> this.count) & ((1 << n) - 1);
    this.held &= (1 << this.count) - 1;
    return value;
  }

  /** Leaves out what is left of the byte. */
  align(): void {
    this.count = 0;
    this.held = 0;
  }
}

/** A canonical Huffman code, decoded bit by bit over the ranges of each length. */
class Table {
  readonly limit = new Int32Array(MAX_LENGTH + 2).fill(-1);
  readonly base = new Int32Array(MAX_LENGTH + 2);
  readonly symbols: Uint16Array;
  readonly shortest: number;

  constructor(lengths: Uint8Array) {
    const order: number[] = [];
    let code = 0;
    let shortest = MAX_LENGTH;
    for (let length = 1; length <= MAX_LENGTH; length++) {
      const first = order.length;
      for (let s = 0; s < lengths.length; s++) if (lengths[s] === length) order.push(s);
      const count = order.length - first;
      if (count > 0 && length < shortest) shortest = length;
      this.base[length] = first - code;
      code += count;
      this.limit[length] = code - 1;
      code <<= 1;
    }
    this.shortest = shortest;
    this.symbols = Uint16Array.from(order);
  }
}

/**
 * Unpacks bzip2 streams, one after the other. What follows the last one ends with 'trailing', after all output.
 * @see https://github.com/dsnet/compress/blob/master/doc/bzip2-format.pdf
 */
export function* bunzip2(): Codec<Bunzip2Error> {
  const input = new CodecInput();
  for (let first = true; ; first = false) {
    if (!(yield* input.need(4))) {
      if (first) return input.left === 0 ? 'truncated' : 'not-bzip2';
      return input.left === 0 ? undefined : 'trailing';
    }
    const [b, z, h, level] = input.bytes.subarray(input.at, input.at + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    if (b !== 0x42 || z !== 0x5a || h !== 0x68 || level < 0x31 || level > 0x39) return first ? 'not-bzip2' : 'trailing';
    input.at += 4;
    const error = yield* stream(new Bits(input), (level - 0x30) * 100_000);
    if (error) return error;
  }
}

function* stream(bits: Bits, size: number): Codec<Bunzip2Error> {
  const block = new Uint32Array(size);
  let combined = 0;
  for (;;) {
    yield* bits.input.need(14);
    const magic = bits.take(24) * 2 ** 24 + bits.take(24);
    const crc = (bits.take(16) * 65536 + bits.take(16)) >>> 0;
    if (Number.isNaN(magic)) return 'truncated';
    if (magic === END) {
      bits.align();
      return crc === combined ? undefined : 'crc';
    }
    if (magic !== BLOCK) return 'data';
    const read = yield* readBlock(bits, block);
    if (typeof read === 'string') return read;
    const found = yield* writeBlock(block, read.length, read.origin);
    if (found !== crc) return 'crc';
    combined = (((combined << 1) | (combined >>> 31)) ^ crc) >>> 0;
  }
}

/** Reads one block's last column into `block`. */
function* readBlock(
  bits: Bits,
  block: Uint32Array,
): Generator<'input' | 'tick', { length: number; origin: number } | Bunzip2Error, Uint8Array | undefined> {
  yield* bits.input.need(64);
  const randomised = bits.take(1);
  const origin = bits.take(24);
  if (randomised === 1) return 'data';
  const used = bits.take(16);
  const alphabet: number[] = [];
  for (let i = 0; i < 16; i++) {
    if (!(used & (0x8000 >> i))) continue;
    const part = bits.take(16);
    for (let j = 0; j < 16; j++) if (part & (0x8000 >> j)) alphabet.push(i * 16 + j);
  }
  const groups = bits.take(3);
  const selectorCount = bits.take(15);
  if (Number.isNaN(selectorCount)) return 'truncated';
  if (alphabet.length === 0 || groups < 2 || groups > 6 || selectorCount === 0) return 'data';

  const selectors = new Uint8Array(selectorCount);
  const recent = [0, 1, 2, 3, 4, 5];
  for (let i = 0; i < selectorCount; i++) {
    if (!bits.ready(2)) yield* bits.input.need(2);
    let j = 0;
    for (let bit: number; (bit = bits.take(1)) !== 0; j++) {
      if (Number.isNaN(bit)) return 'truncated';
      if (j + 1 >= groups) return 'data';
    }
    const [table] = recent.splice(j, 1);
    recent.unshift(table!);
    selectors[i] = table!;
  }

  const symbols = alphabet.length + 2;
  const tables: Table[] = [];
  for (let t = 0; t < groups; t++) {
    const lengths = new Uint8Array(symbols);
    let length = bits.take(5);
    for (let s = 0; s < symbols; s++) {
      if (!bits.ready(16)) yield* bits.input.need(16);
      for (;;) {
        if (Number.isNaN(length)) return 'truncated';
        if (length < 1 || length > MAX_LENGTH) return 'data';
        const more = bits.take(1);
        if (Number.isNaN(more)) return 'truncated';
        if (more === 0) break;
        length += bits.take(1) === 0 ? 1 : -1;
      }
      lengths[s] = length;
    }
    tables.push(new Table(lengths));
  }

  const front = Uint8Array.from(alphabet);
  const end = symbols - 1;
  let length = 0;
  let run = 0;
  let weight = 1;
  let steps = 0;
  for (let group = 0; ; group++) {
    if (group >= selectorCount) return 'data';
    const table = tables[selectors[group]!]!;
    // 50 symbols of at most 20 bits
    if (!bits.ready(128)) yield* bits.input.need(128);
    steps += GROUP;
    if (steps >= STRIDE) {
      steps = 0;
      yield 'tick';
    }
    for (let i = 0; i < GROUP; i++) {
      let size = table.shortest;
      let code = bits.take(size);
      while (code > table.limit[size]!) {
        if (++size > MAX_LENGTH) return 'data';
        code = code * 2 + bits.take(1);
      }
      if (Number.isNaN(code)) return 'truncated';
      const symbol = table.symbols[code + table.base[size]!]!;
      if (symbol <= 1) {
        run += weight << symbol;
        weight <<= 1;
        if (run > block.length) return 'data';
        continue;
      }
      if (run > 0) {
        if (length + run > block.length) return 'data';
        block.fill(front[0]!, length, length + run);
        length += run;
        run = 0;
        weight = 1;
      }
      if (symbol === end) return origin < length ? { length, origin } : 'data';
      if (length >= block.length) return 'data';
      const at = symbol - 1;
      const byte = front[at]!;
      front.copyWithin(1, 0, at);
      front[0] = byte;
      block[length++] = byte;
    }
  }
}

/** Undoes the sorting and the runs of a block, and gives its bytes. @returns its checksum */
function* writeBlock(
  block: Uint32Array,
  length: number,
  origin: number,
): Generator<'tick' | Uint8Array, number, Uint8Array | undefined> {
  const starts = new Uint32Array(257);
  for (let i = 0; i < length; i++) starts[(block[i]! & 0xff) + 1]!++;
  for (let i = 1; i < 257; i++) starts[i]! += starts[i - 1]!;
  for (let i = 0; i < length; i++) block[starts[block[i]! & 0xff]!++]! |= i << 8;
  let crc = 0xffffffff;
  let at = block[origin]! >>> 8;
  let out = new Uint8Array(STRIDE);
  let filled = 0;
  let last = -1;
  let same = 0;
  for (let i = 0; i < length; i++) {
    const entry = block[at]!;
    at = entry >>> 8;
    const byte = entry & 0xff;
    let copies = 1;
    let value = byte;
    if (same === 4) {
      copies = byte;
      value = last;
      same = 0;
      last = -1;
    } else if (byte === last) same++;
    else {
      last = byte;
      same = 1;
    }
    for (; copies > 0; copies--) {
      crc = ((crc << 8) ^ BZIP2_CRC[((crc >>> 24) ^ value) & 0xff]!) >>> 0;
      out[filled++] = value;
      if (filled < STRIDE) continue;
      yield out;
      out = new Uint8Array(STRIDE);
      filled = 0;
    }
  }
  if (filled > 0) yield out.subarray(0, filled);
  return ~crc >>> 0;
}
