import { byteLength, decode, encodeInto } from '../lib/utf8.ts';

/** Writes numbers, texts and bytes one after the other: LEB128 for what is not negative. */
export class Packer {
  private bytes = new Uint8Array(1024);
  private at = 0;

  private room(n: number): void {
    if (this.at + n <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.at + n, this.bytes.length * 2));
    grown.set(this.bytes);
    this.bytes = grown;
  }

  /** An integer from 0 to 2^53 - 1. */
  number(value: number): void {
    this.room(8);
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.at++] = rest;
  }

  /** An integer of either sign. */
  signed(value: number): void {
    this.number(value < 0 ? -value * 2 - 1 : value * 2);
  }

  text(value: string): void {
    const n = byteLength(value);
    this.number(n);
    this.room(n);
    this.at = encodeInto(value, this.bytes, this.at);
  }

  data(value: Uint8Array): void {
    this.number(value.length);
    this.room(value.length);
    this.bytes.set(value, this.at);
    this.at += value.length;
  }

  done(): Uint8Array {
    return this.bytes.slice(0, this.at);
  }
}

/** Reads what a Packer wrote. @throws RangeError where the bytes end too early */
export class Unpacker {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get more(): boolean {
    return this.at < this.bytes.length;
  }

  number(): number {
    const first = this.bytes[this.at];
    if (first !== undefined && first < 0x80) {
      this.at++;
      return first;
    }
    let value = 0;
    let unit = 1;
    for (;;) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError('unexpected end');
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return value;
      unit *= 0x80;
    }
  }

  signed(): number {
    const coded = this.number();
    const value = coded % 2 === 1 ? -(coded + 1) / 2 : coded / 2;
    // a small integer, not a box with a double: three a file would be kept
    const small = value | 0;
    return small === value ? small : value;
  }

  text(): string {
    const end = this.take();
    const text = decode(this.bytes, this.at, end);
    this.at = end;
    return text;
  }

  /** A view, not a copy. */
  data(): Uint8Array {
    const end = this.take();
    const data = this.bytes.subarray(this.at, end);
    this.at = end;
    return data;
  }

  private take(): number {
    const n = this.number();
    if (this.at + n > this.bytes.length) throw new RangeError('unexpected end');
    return this.at + n;
  }
}
