import type { Sys } from '../../../../abi/sys.ts';
import { decode, encode } from '../../../../lib/utf8.ts';
import { readFull, type Wait, writeAll } from '../../../../libc/io.ts';

/** Most bytes of one packet; longer ones go in parts. */
const PART = 0xffffff;

/** Capabilities that both sides may have. @see https://dev.mysql.com/doc/dev/mysql-server/latest/group__group__cs__capabilities__flags.html */
export const CLIENT = {
  LONG_PASSWORD: 1,
  FOUND_ROWS: 2,
  LONG_FLAG: 4,
  CONNECT_WITH_DB: 8,
  LOCAL_FILES: 0x80,
  PROTOCOL_41: 0x200,
  INTERACTIVE: 0x400,
  SSL: 0x800,
  TRANSACTIONS: 0x2000,
  SECURE_CONNECTION: 0x8000,
  MULTI_STATEMENTS: 0x10000,
  MULTI_RESULTS: 0x20000,
  PS_MULTI_RESULTS: 0x40000,
  PLUGIN_AUTH: 0x80000,
  CONNECT_ATTRS: 0x100000,
  PLUGIN_AUTH_LENENC: 0x200000,
  DEPRECATE_EOF: 0x1000000,
} as const;

/** Status of the server, in OK and EOF packets. */
export const STATUS = { IN_TRANS: 1, AUTOCOMMIT: 2, MORE_RESULTS: 8 } as const;

/** Packets over a stream: three bytes of length, one that counts. */
export class PacketStream {
  readonly #fd: number;
  sequence = 0;
  #out: Uint8Array[] = [];
  #size = 0;

  constructor(
    public sys: Sys,
    fd: number,
  ) {
    this.#fd = fd;
  }

  /** The next packet. @returns undefined: the other side is gone */
  *read(limit = 64 * 1024 * 1024): Wait<Uint8Array | undefined> {
    const parts: Uint8Array[] = [];
    let total = 0;
    const head = new Uint8Array(4);
    for (;;) {
      if ((yield* readFull(this.sys, this.#fd, head)) !== 4) return undefined;
      const length = head[0]! | (head[1]! << 8) | (head[2]! << 16);
      this.sequence = (head[3]! + 1) & 255;
      total += length;
      if (total > limit) return undefined;
      const body = new Uint8Array(length);
      if ((yield* readFull(this.sys, this.#fd, body)) !== length) return undefined;
      parts.push(body);
      if (length < PART) break;
    }
    if (parts.length === 1) return parts[0];
    const whole = new Uint8Array(total);
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  /** Puts a packet behind those that wait. */
  put(body: Uint8Array): void {
    for (let at = 0; ; at += PART) {
      const part = body.subarray(at, at + PART);
      this.#out.push(
        Uint8Array.of(part.length & 255, (part.length >> 8) & 255, part.length >> 16, this.sequence),
        part,
      );
      this.sequence = (this.sequence + 1) & 255;
      this.#size += part.length + 4;
      if (part.length < PART) return;
    }
  }

  get full(): boolean {
    return this.#size > 32768;
  }

  /** Sends what waits. @returns whether the other side is there */
  *flush(): Wait<boolean> {
    const all = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#out) {
      all.set(part, at);
      at += part.length;
    }
    this.#out = [];
    this.#size = 0;
    return (yield* writeAll(this.sys, this.#fd, all)) >= 0;
  }
}

/** Builds a packet. */
export class PacketWriter {
  #bytes = new Uint8Array(128);
  #length = 0;

  #room(n: number): void {
    if (this.#length + n <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + n));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }

  /** A whole number of `width` bytes, least first. */
  int(value: number | bigint, width: number): this {
    this.#room(width);
    let rest = BigInt.asUintN(64, BigInt(value));
    for (let i = 0; i < width; i++) {
      this.#bytes[this.#length++] = Number(rest & 255n);
      rest >>= 8n;
    }
    return this;
  }

  /** A number with its own length. */
  length(value: number): this {
    if (value < 251) return this.int(value, 1);
    if (value < 65536) return this.int(252, 1).int(value, 2);
    if (value < 16777216) return this.int(253, 1).int(value, 3);
    return this.int(254, 1).int(value, 8);
  }

  bytes(value: Uint8Array): this {
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  text(value: string): this {
    return this.bytes(encode(value));
  }

  /** A text ended by NUL. */
  ended(value: string): this {
    return this.text(value).int(0, 1);
  }

  /** A text or bytes with their length before them. */
  counted(value: string | Uint8Array): this {
    const data = typeof value === 'string' ? encode(value) : value;
    return this.length(data.length).bytes(data);
  }

  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** Reads a packet. */
export class PacketReader {
  at = 0;

  constructor(readonly bytes: Uint8Array) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  int(width: number): number {
    let value = 0;
    for (let i = 0; i < width; i++) value += (this.bytes[this.at++] ?? 0) * 256 ** i;
    return value;
  }

  big(signed: boolean): bigint {
    let value = 0n;
    for (let i = 0n; i < 8n; i++) value |= BigInt(this.bytes[this.at++] ?? 0) << (8n * i);
    return signed ? BigInt.asIntN(64, value) : value;
  }

  /** @returns undefined: NULL */
  length(): number | undefined {
    const first = this.int(1);
    if (first < 251) return first;
    if (first === 251) return undefined;
    return this.int(first === 252 ? 2 : first === 253 ? 3 : 8);
  }

  take(n: number): Uint8Array {
    const part = this.bytes.subarray(this.at, this.at + n);
    this.at += n;
    return part;
  }

  counted(): Uint8Array | undefined {
    const n = this.length();
    return n === undefined ? undefined : this.take(n);
  }

  ended(): string {
    const end = this.bytes.indexOf(0, this.at);
    const part = this.bytes.subarray(this.at, end < 0 ? this.bytes.length : end);
    this.at += part.length + 1;
    return decode(part);
  }

  rest(): Uint8Array {
    return this.take(this.left);
  }
}
