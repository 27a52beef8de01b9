import { AFTER_LITERAL, afterMatch, afterRep, afterShortRep, type LengthModel, LzmaModel } from './lzma.ts';

const BITS = 11;
const MOVE = 5;
export const MIN_MATCH = 2;
export const MAX_MATCH = 273;

/** Writes bits by their probabilities. */
class RangeEncoder {
  bytes = new Uint8Array(1 << 16);
  length = 0;
  private low = 0;
  private range = 0xffffffff;
  private cache = 0;
  private carried = 1;

  bit(table: Uint16Array, index: number, bit: number): void {
    const probability = table[index]!;
    const bound = (this.range >>> BITS) * probability;
    if (bit === 0) {
      this.range = bound;
      table[index] = probability + (((1 << BITS) - probability) >> MOVE);
    } else {
      this.low += bound;
      this.range -= bound;
      table[index] = probability - (probability >> MOVE);
    }
    while (this.range < 0x1000000) {
      this.range = (this.range << 8) >>> 0;
      this.shift();
    }
  }

  direct(value: number, bits: number): void {
    for (let i = bits - 1; i >= 0; i--) {
      this.range >>>= 1;
      if ((value >>> i) & 1) this.low += this.range;
      while (this.range < 0x1000000) {
        this.range = (this.range << 8) >>> 0;
        this.shift();
      }
    }
  }

  private shift(): void {
    if (this.low < 0xff000000 || this.low >= 0x100000000) {
      const carry = this.low >= 0x100000000 ? 1 : 0;
      let byte = this.cache;
      do {
        this.put(byte + carry);
        byte = 0xff;
      } while (--this.carried > 0);
      this.cache = Math.floor(this.low / 0x1000000) & 0xff;
    }
    this.carried++;
    this.low = (this.low % 0x1000000) * 256;
  }

  private put(byte: number): void {
    if (this.length === this.bytes.length) {
      const grown = new Uint8Array(this.length * 2);
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.bytes[this.length++] = byte;
  }

  /** Bytes that the stream would have if it ended here, at most. */
  get size(): number {
    return this.length + this.carried + 5;
  }

  finish(): void {
    for (let i = 0; i < 5; i++) this.shift();
  }

  /** What is ready, of a stream that goes on. */
  take(): Uint8Array {
    const out = this.bytes.slice(0, this.length);
    this.length = 0;
    return out;
  }
}

/** Encodes literals and matches as LZMA symbols. */
export class LzmaEncoder {
  model: LzmaModel = new LzmaModel(3, 0, 2);
  range: RangeEncoder = new RangeEncoder();
  state = 0;
  readonly reps: number[] = [0, 0, 0, 0];
  /** Bytes encoded since the dictionary was empty. */
  position = 0;

  resetState(): void {
    this.model = new LzmaModel(3, 0, 2);
    this.state = 0;
    this.reps.fill(0);
  }

  /** A new stream of the range coder. */
  restart(): void {
    this.range = new RangeEncoder();
  }

  /** @param before the byte before it; `match` the one that the last distance points to */
  literal(byte: number, before: number, match: number): void {
    const { model, range } = this;
    range.bit(model.isMatch, (this.state << 4) + (this.position & 3), 0);
    const base = (before >> 5) * 0x300;
    let symbol = 1;
    let same = this.state >= 7;
    for (let i = 7; i >= 0; i--) {
      const bit = (byte >> i) & 1;
      if (same) {
        const expected = (match >> i) & 1;
        range.bit(model.literal, base + ((1 + expected) << 8) + symbol, bit);
        same = expected === bit;
      } else range.bit(model.literal, base + symbol, bit);
      symbol = (symbol << 1) | bit;
    }
    this.state = AFTER_LITERAL[this.state]!;
    this.position++;
  }

  /** A byte that is the one at the last distance. */
  shortRep(): void {
    const { model, range, state } = this;
    const low = this.position & 3;
    range.bit(model.isMatch, (state << 4) + low, 1);
    range.bit(model.isRep, state, 1);
    range.bit(model.isRep0, state, 0);
    range.bit(model.isRep0Long, (state << 4) + low, 0);
    this.state = afterShortRep(state);
    this.position++;
  }

  /** A match at one of the last four distances. */
  rep(which: number, length: number): void {
    const { model, range, state, reps } = this;
    const low = this.position & 3;
    range.bit(model.isMatch, (state << 4) + low, 1);
    range.bit(model.isRep, state, 1);
    if (which === 0) {
      range.bit(model.isRep0, state, 0);
      range.bit(model.isRep0Long, (state << 4) + low, 1);
    } else {
      range.bit(model.isRep0, state, 1);
      if (which === 1) range.bit(model.isRep1, state, 0);
      else {
        range.bit(model.isRep1, state, 1);
        range.bit(model.isRep2, state, which - 2);
      }
      const [distance] = reps.splice(which, 1);
      reps.unshift(distance!);
    }
    this.length(model.repLength, length - MIN_MATCH, low);
    this.state = afterRep(state);
    this.position += length;
  }

  /** @param distance 0 is the byte before; 0xffffffff ends the stream */
  match(distance: number, length: number): void {
    const { model, range, state, reps } = this;
    const low = this.position & 3;
    range.bit(model.isMatch, (state << 4) + low, 1);
    range.bit(model.isRep, state, 0);
    this.length(model.length, length - MIN_MATCH, low);
    this.distance(distance, Math.min(length - MIN_MATCH, 3));
    reps.pop();
    reps.unshift(distance);
    this.state = afterMatch(state);
    this.position += length;
  }

  private length(model: LengthModel, length: number, low: number): void {
    const { range } = this;
    if (length < 8) {
      range.bit(model.choice, 0, 0);
      this.tree(model.low, low << 3, 3, length);
      return;
    }
    range.bit(model.choice, 0, 1);
    if (length < 16) {
      range.bit(model.choice, 1, 0);
      this.tree(model.mid, low << 3, 3, length - 8);
      return;
    }
    range.bit(model.choice, 1, 1);
    this.tree(model.high, 0, 8, length - 16);
  }

  private distance(distance: number, lengthState: number): void {
    const { model } = this;
    const slot = distanceSlot(distance);
    this.tree(model.slot, lengthState << 6, 6, slot);
    if (slot < 4) return;
    const bits = (slot >> 1) - 1;
    const base = ((2 | (slot & 1)) << bits) >>> 0;
    const rest = distance - base;
    if (slot < 14) this.reverseTree(model.special, base - slot, bits, rest);
    else {
      this.range.direct(rest >>> 4, bits - 4);
      this.reverseTree(model.align, 0, 4, rest & 15);
    }
  }

  private tree(table: Uint16Array, base: number, bits: number, value: number): void {
    let symbol = 1;
    for (let i = bits - 1; i >= 0; i--) {
      const bit = (value >> i) & 1;
      this.range.bit(table, base + symbol, bit);
      symbol = (symbol << 1) | bit;
    }
  }

  private reverseTree(table: Uint16Array, base: number, bits: number, value: number): void {
    let symbol = 1;
    for (let i = 0; i < bits; i++) {
      const bit = (value >> i) & 1;
      this.range.bit(table, base + symbol, bit);
      symbol = (symbol << 1) | bit;
    }
  }
}

function distanceSlot(distance: number): number {
  if (distance < 4) return distance;
  const top = 31 - Math.clz32(distance);
  return top * 2 + ((distance >>> (top - 1)) & 1);
}
