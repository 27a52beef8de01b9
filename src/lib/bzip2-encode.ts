import { BZIP2_CRC } from './bzip2.ts';
import type { Codec } from './codec.ts';
import { sortRotations } from './rotations.ts';

const GROUP = 50;
const MAX_LENGTH = 17;
/** What the runs at the end of a block may add to it. */
const SPARE = 19;

/** Bits, most significant first. */
class BitWriter {
  bytes = new Uint8Array(65536);
  length = 0;
  private held = 0;
  private count = 0;

  /** @param n at most 24 */
  put(value: number, n: number): void {
    this.held = (this.held << n) | value;
    this.count += n;
    while (this.count >= 8) {
      this.count -= 8;
      if (this.length === this.bytes.length) {
        const grown = new Uint8Array(this.length * 2);
        grown.set(this.bytes);
        this.bytes = grown;
      }
      this.bytes[this.length++] = this.held >>> this.count;
      this.held &= (1 << this.count) - 1;
    }
  }

  put32(value: number): void {
    this.put(value >>> 16, 16);
    this.put(value & 0xffff, 16);
  }

  align(): void {
    if (this.count > 0) this.put(0, 8 - this.count);
  }

  take(): Uint8Array {
    const out = this.bytes.slice(0, this.length);
    this.length = 0;
    return out;
  }
}

/** Packs a stream as bzip2. @param level 1..9: the block's size in 100,000 bytes */
export function* bzip2(level = 9): Codec<never> {
  const out = new BitWriter();
  for (const byte of [0x42, 0x5a, 0x68, 0x30 + level]) out.put(byte, 8);
  const block = new Uint8Array(level * 100_000);
  const limit = block.length - SPARE;
  let length = 0;
  let crc = 0xffffffff;
  let combined = 0;
  let last = -1;
  let run = 0;
  const endRun = (): void => {
    for (let i = 0; i < Math.min(run, 4); i++) block[length++] = last;
    if (run >= 4) block[length++] = run - 4;
    run = 0;
  };
  const flush = function* (): Generator<'tick' | Uint8Array, void, Uint8Array | undefined> {
    endRun();
    last = -1;
    if (length === 0) return;
    const sum = ~crc >>> 0;
    combined = (((combined << 1) | (combined >>> 31)) ^ sum) >>> 0;
    yield* writeBlock(out, block.subarray(0, length), sum);
    length = 0;
    crc = 0xffffffff;
    yield out.take();
  };
  for (let part: Uint8Array | undefined; (part = yield 'input'); ) {
    for (const byte of part) {
      if (byte !== last || run === 255) {
        endRun();
        if (length >= limit) yield* flush();
        last = byte;
      }
      run++;
      crc = ((crc << 8) ^ BZIP2_CRC[((crc >>> 24) ^ byte) & 0xff]!) >>> 0;
    }
  }
  yield* flush();
  out.put(0x177245, 24);
  out.put(0x385090, 24);
  out.put32(combined);
  out.align();
  yield out.take();
  return undefined;
}

function* writeBlock(out: BitWriter, block: Uint8Array, crc: number): Generator<'tick', void, unknown> {
  const order = yield* sortRotations(block);
  out.put(0x314159, 24);
  out.put(0x265359, 24);
  out.put32(crc);
  out.put(0, 1);
  out.put(order.indexOf(0), 24);

  const used = new Uint8Array(256);
  for (const byte of block) used[byte] = 1;
  let rows = 0;
  for (let i = 0; i < 16; i++) if (used.subarray(i * 16, i * 16 + 16).includes(1)) rows |= 0x8000 >> i;
  out.put(rows, 16);
  for (let i = 0; i < 16; i++) {
    if (!(rows & (0x8000 >> i))) continue;
    let row = 0;
    for (let j = 0; j < 16; j++) if (used[i * 16 + j]) row |= 0x8000 >> j;
    out.put(row, 16);
  }

  const { symbols, count, size } = yield* moveToFront(block, order, used);
  yield* writeSymbols(out, symbols.subarray(0, count), size);
}

/** The last column as positions in a list of recent bytes; runs of zeros in a base of their own. */
function* moveToFront(
  block: Uint8Array,
  order: Int32Array,
  used: Uint8Array,
): Generator<'tick', { symbols: Uint16Array; count: number; size: number }, unknown> {
  const front = Uint8Array.from([...used.keys()].filter((byte) => used[byte]));
  const size = front.length + 2;
  const symbols = new Uint16Array(block.length + 1);
  let count = 0;
  let zeros = 0;
  const endZeros = (): void => {
    for (let n = zeros; n > 0; n = (n - 1) >> 1) symbols[count++] = n & 1 ? 0 : 1;
    zeros = 0;
  };
  for (let i = 0; i < order.length; i++) {
    const before = order[i]! === 0 ? block.length - 1 : order[i]! - 1;
    const byte = block[before]!;
    if ((i & 0xffff) === 0xffff) yield 'tick';
    if (front[0] === byte) {
      zeros++;
      continue;
    }
    endZeros();
    const at = front.indexOf(byte);
    front.copyWithin(1, 0, at);
    front[0] = byte;
    symbols[count++] = at + 1;
  }
  endZeros();
  symbols[count++] = size - 1;
  return { symbols, count, size };
}

/** Chooses up to six codes, one for each run of 50 symbols, and writes codes and symbols. */
function* writeSymbols(out: BitWriter, symbols: Uint16Array, size: number): Generator<'tick', void, unknown> {
  const count = symbols.length;
  const groups = count < 200 ? 2 : count < 600 ? 3 : count < 1200 ? 4 : count < 2400 ? 5 : 6;
  let lengths = firstLengths(symbols, size, groups);
  const selectors = new Uint8Array(Math.ceil(count / GROUP));
  for (let round = 0; round < 4; round++) {
    const seen = Array.from({ length: groups }, () => new Uint32Array(size));
    for (let s = 0; s < selectors.length; s++) {
      const end = Math.min(count, (s + 1) * GROUP);
      let best = 0;
      let bestCost = Number.POSITIVE_INFINITY;
      for (let t = 0; t < groups; t++) {
        const table = lengths[t]!;
        let cost = 0;
        for (let i = s * GROUP; i < end; i++) cost += table[symbols[i]!]!;
        if (cost < bestCost) {
          best = t;
          bestCost = cost;
        }
      }
      selectors[s] = best;
      for (let i = s * GROUP; i < end; i++) seen[best]![symbols[i]!]!++;
      if ((s & 0xff) === 0xff) yield 'tick';
    }
    lengths = seen.map(codeLengths);
  }

  out.put(groups, 3);
  out.put(selectors.length, 15);
  const recent = [0, 1, 2, 3, 4, 5];
  for (const table of selectors) {
    const at = recent.indexOf(table);
    recent.splice(at, 1);
    recent.unshift(table);
    out.put((1 << (at + 1)) - 2, at + 1);
  }
  for (const table of lengths) {
    let current = table[0]!;
    out.put(current, 5);
    for (const length of table) {
      for (; current < length; current++) out.put(2, 2);
      for (; current > length; current--) out.put(3, 2);
      out.put(0, 1);
    }
  }
  const codes = lengths.map(canonical);
  for (let i = 0; i < count; i++) {
    const table = selectors[(i / GROUP) | 0]!;
    out.put(codes[table]![symbols[i]!]!, lengths[table]![symbols[i]!]!);
    if ((i & 0xffff) === 0xffff) yield 'tick';
  }
}

/** The codes to begin with: each is good for an equal share of what occurs. */
function firstLengths(symbols: Uint16Array, size: number, groups: number): Uint8Array[] {
  const seen = new Uint32Array(size);
  for (const symbol of symbols) seen[symbol]!++;
  const tables: Uint8Array[] = [];
  let from = 0;
  let left = symbols.length;
  for (let t = 0; t < groups; t++) {
    const share = left / (groups - t);
    let sum = 0;
    let to = from;
    while (to < size && (sum < share || to === from)) sum += seen[to++]!;
    left -= sum;
    const [low, high] = [from, t === groups - 1 ? size : to];
    tables.push(Uint8Array.from({ length: size }, (_, s) => (s >= low && s < high ? 0 : 15)));
    from = to;
  }
  return tables;
}

/** Huffman code lengths of at most 17 bits; what never occurs gets a code too. */
function codeLengths(seen: Uint32Array): Uint8Array {
  let weights = Array.from(seen, (n) => Math.max(n, 1));
  for (;;) {
    const lengths = huffman(weights);
    if (Math.max(...lengths) <= MAX_LENGTH) return lengths;
    weights = weights.map((w) => (w >> 1) + 1);
  }
}

/** Code lengths by two queues over the sorted weights. */
function huffman(weights: readonly number[]): Uint8Array {
  const leaves = [...weights.keys()].sort((a, b) => weights[a]! - weights[b]! || a - b);
  const parent = new Int32Array(weights.length * 2);
  const sums: number[] = [];
  let leaf = 0;
  let node = 0;
  const take = (): [number, number] =>
    leaf < leaves.length && (node >= sums.length || weights[leaves[leaf]!]! <= sums[node]!)
      ? [leaves[leaf]!, weights[leaves[leaf++]!]!]
      : [weights.length + node, sums[node++]!];
  for (let n = 1; n < weights.length; n++) {
    const [a, first] = take();
    const [b, second] = take();
    parent[a] = parent[b] = weights.length + sums.length;
    sums.push(first + second);
  }
  const depth = new Uint8Array(weights.length + sums.length);
  for (let i = depth.length - 2; i >= 0; i--) if (i >= weights.length) depth[i] = depth[parent[i]!]! + 1;
  return Uint8Array.from(weights, (_, i) => depth[parent[i]!]! + 1);
}

function canonical(lengths: Uint8Array): Uint32Array {
  const codes = new Uint32Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= MAX_LENGTH; length++) {
    for (let s = 0; s < lengths.length; s++) if (lengths[s] === length) codes[s] = code++;
    code <<= 1;
  }
  return codes;
}
