import type { CodecInput } from './codec.ts';

/** Bytes that decoding one symbol may take at most. */
export const SYMBOL_BYTES = 32;

const BITS = 11;
const INITIAL = 1 << (BITS - 1);
const MOVE = 5;
export const STATES = 12;
/** State after a literal, a match, a repeated match and a single repeated byte. */
export const AFTER_LITERAL: readonly number[] = [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 4, 5];
export const afterMatch = (state: number): number => (state < 7 ? 7 : 10);
export const afterRep = (state: number): number => (state < 7 ? 8 : 11);
export const afterShortRep = (state: number): number => (state < 7 ? 9 : 11);

export const probabilities = (n: number): Uint16Array => new Uint16Array(n).fill(INITIAL);

/** The models of a match's length, by the position's low bits. */
export class LengthModel {
  readonly choice: Uint16Array = probabilities(2);
  readonly low: Uint16Array = probabilities(16 * 8);
  readonly mid: Uint16Array = probabilities(16 * 8);
  readonly high: Uint16Array = probabilities(256);
}

/** All adaptive models of a stream. @see https://www.7-zip.org/sdk.html, lzma-specification */
export class LzmaModel {
  readonly isMatch: Uint16Array = probabilities(STATES * 16);
  readonly isRep: Uint16Array = probabilities(STATES);
  readonly isRep0: Uint16Array = probabilities(STATES);
  readonly isRep1: Uint16Array = probabilities(STATES);
  readonly isRep2: Uint16Array = probabilities(STATES);
  readonly isRep0Long: Uint16Array = probabilities(STATES * 16);
  readonly slot: Uint16Array = probabilities(4 * 64);
  readonly special: Uint16Array = probabilities(115);
  readonly align: Uint16Array = probabilities(16);
  readonly length: LengthModel = new LengthModel();
  readonly repLength: LengthModel = new LengthModel();
  readonly literal: Uint16Array;

  constructor(
    readonly lc: number,
    readonly lp: number,
    readonly pb: number,
  ) {
    this.literal = probabilities(0x300 << (lc + lp));
  }
}

/** Splits the byte that says lc, lp and pb. @returns undefined where it is none */
export function lzmaProperties(byte: number): { lc: number; lp: number; pb: number } | undefined {
  if (byte >= 9 * 5 * 5) return undefined;
  return { lc: byte % 9, lp: Math.floor(byte / 9) % 5, pb: Math.floor(byte / 45) };
}

/** Decodes LZMA symbols from a range-coded input into a window. */
export class LzmaDecoder {
  model: LzmaModel = new LzmaModel(3, 0, 2);
  state = 0;
  private rep0 = 0;
  private rep1 = 0;
  private rep2 = 0;
  private rep3 = 0;
  private range = 0;
  private code = 0;
  /** Bytes of the last match that are still to be copied. */
  private pending = 0;
  /** Bytes that were put into the window since it was emptied. */
  total = 0;
  private window: Uint8Array;
  private at = 0;
  private given = 0;
  /** True where a stream's own end mark was met. */
  ended = false;

  constructor(
    private readonly input: CodecInput,
    private readonly dictionary: number,
  ) {
    this.window = new Uint8Array(Math.min(dictionary, 1 << 16));
  }

  /** Forgets models, or the last distances too. */
  resetState(model: LzmaModel): void {
    this.model = model;
    this.state = 0;
    this.rep0 = this.rep1 = this.rep2 = this.rep3 = 0;
    this.pending = 0;
  }

  resetWindow(): void {
    this.total = 0;
  }

  /** Reads the five bytes with which a range-coded stream begins. @returns false where they are wrong */
  startRange(): boolean {
    const { bytes, at } = this.input;
    this.range = 0xffffffff;
    this.code = ((bytes[at + 1]! << 24) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 8) | bytes[at + 4]!) >>> 0;
    this.input.at += 5;
    return bytes[at] === 0 && this.code !== this.range;
  }

  /** Reads what the range coder has left. @returns true where it has ended as it must */
  finish(): boolean {
    this.normalize();
    return this.code === 0;
  }

  /** Where a window is about to be full of what was not given out yet, or at an end, its new bytes. */
  take(): Uint8Array {
    const out = this.window.slice(this.given, this.at);
    if (this.at === this.window.length) this.wrap();
    this.given = this.at;
    return out;
  }

  private wrap(): void {
    if (this.window.length < this.dictionary) {
      const grown = new Uint8Array(Math.min(this.dictionary, this.window.length * 4));
      grown.set(this.window);
      this.window = grown;
    } else this.at = 0;
  }

  private get room(): number {
    return this.window.length - this.at;
  }

  /** Copies bytes that are not compressed. @returns how many found room */
  copy(wanted: number): number {
    const n = Math.min(wanted, this.room, this.input.left);
    this.window.set(this.input.bytes.subarray(this.input.at, this.input.at + n), this.at);
    this.input.at += n;
    this.at += n;
    this.total += n;
    return n;
  }

  /**
   * Decodes up to `wanted` bytes; stops earlier where the window is full (take it) or the input may not suffice.
   * @returns how many, or -1 for damaged data
   */
  decode(wanted: number): number {
    const { input, model } = this;
    const begin = this.total;
    const limit = begin + Math.min(wanted, this.room);
    const mask = (1 << model.pb) - 1;
    const literalMask = (1 << model.lp) - 1;
    while (this.total < limit) {
      if (this.pending > 0) {
        if (!this.copyMatch(limit)) return -1;
        continue;
      }
      if (input.left < SYMBOL_BYTES && !input.ended) break;
      const position = this.total & mask;
      if (this.bit(model.isMatch, (this.state << 4) + position) === 0) {
        const before = this.total > 0 ? this.byteBack(0) : 0;
        const context = ((this.total & literalMask) << model.lc) + (before >> (8 - model.lc));
        const byte = this.literal(context * 0x300);
        this.window[this.at++] = byte;
        this.total++;
        this.state = AFTER_LITERAL[this.state]!;
        continue;
      }
      let length: number;
      if (this.bit(model.isRep, this.state) !== 0) {
        if (this.total === 0) return -1;
        if (this.bit(model.isRep0, this.state) === 0) {
          if (this.bit(model.isRep0Long, (this.state << 4) + position) === 0) {
            this.state = afterShortRep(this.state);
            this.pending = 1;
            continue;
          }
        } else {
          let distance: number;
          if (this.bit(model.isRep1, this.state) === 0) distance = this.rep1;
          else {
            if (this.bit(model.isRep2, this.state) === 0) distance = this.rep2;
            else {
              distance = this.rep3;
              this.rep3 = this.rep2;
            }
            this.rep2 = this.rep1;
          }
          this.rep1 = this.rep0;
          this.rep0 = distance;
        }
        length = this.length(model.repLength, position);
        this.state = afterRep(this.state);
      } else {
        this.rep3 = this.rep2;
        this.rep2 = this.rep1;
        this.rep1 = this.rep0;
        length = this.length(model.length, position);
        this.state = afterMatch(this.state);
        this.rep0 = this.distance(length);
        if (this.rep0 === 0xffffffff) {
          this.ended = true;
          this.normalize();
          break;
        }
      }
      this.pending = length + 2;
      if (input.at > input.bytes.length) return -1;
    }
    return this.total - begin;
  }

  private byteBack(distance: number): number {
    const from = this.at - distance - 1;
    return this.window[from < 0 ? from + this.window.length : from]!;
  }

  private copyMatch(limit: number): boolean {
    if (this.rep0 >= this.total || this.rep0 >= this.dictionary) return false;
    const n = Math.min(this.pending, limit - this.total);
    let from = this.at - this.rep0 - 1;
    if (from < 0) from += this.window.length;
    for (let i = 0; i < n; i++) {
      this.window[this.at++] = this.window[from++]!;
      if (from === this.window.length) from = 0;
    }
    this.total += n;
    this.pending -= n;
    return true;
  }

  private literal(base: number): number {
    const table = this.model.literal;
    let symbol = 1;
    if (this.state >= 7) {
      let match = this.rep0 < this.total ? this.byteBack(this.rep0) : 0;
      do {
        const expected = (match >> 7) & 1;
        match <<= 1;
        const bit = this.bit(table, base + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (expected !== bit) break;
      } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.bit(table, base + symbol);
    return symbol & 0xff;
  }

  private length(model: LengthModel, position: number): number {
    if (this.bit(model.choice, 0) === 0) return this.tree(model.low, position << 3, 3);
    if (this.bit(model.choice, 1) === 0) return 8 + this.tree(model.mid, position << 3, 3);
    return 16 + this.tree(model.high, 0, 8);
  }

  private distance(length: number): number {
    const slot = this.tree(this.model.slot, Math.min(length, 3) << 6, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    let distance = ((2 | (slot & 1)) << bits) >>> 0;
    if (slot < 14) return distance + this.reverseTree(this.model.special, distance - slot, bits);
    distance += this.direct(bits - 4) * 16;
    return (distance + this.reverseTree(this.model.align, 0, 4)) >>> 0;
  }

  private tree(table: Uint16Array, base: number, bits: number): number {
    let symbol = 1;
    for (let i = 0; i < bits; i++) symbol = (symbol << 1) | this.bit(table, base + symbol);
    return symbol - (1 << bits);
  }

  private reverseTree(table: Uint16Array, base: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.bit(table, base + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  private direct(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      this.normalize();
      this.range >>>= 1;
      let bit = 0;
      if (this.code >= this.range) {
        this.code -= this.range;
        bit = 1;
      }
      value = value * 2 + bit;
    }
    return value;
  }

  private normalize(): void {
    if (this.range >= 0x1000000) return;
    this.range = (this.range << 8) >>> 0;
    this.code = ((this.code << 8) | (this.input.bytes[this.input.at++] ?? 0)) >>> 0;
  }

  private bit(table: Uint16Array, index: number): number {
    this.normalize();
    const probability = table[index]!;
    const bound = (this.range >>> BITS) * probability;
    if (this.code < bound) {
      this.range = bound;
      table[index] = probability + (((1 << BITS) - probability) >> MOVE);
      return 0;
    }
    this.range -= bound;
    this.code -= bound;
    table[index] = probability - (probability >> MOVE);
    return 1;
  }
}
