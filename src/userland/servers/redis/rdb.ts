import { fromBinary, toBinary } from './bytes.ts';
import type { Value } from './database.ts';
import type { RedisServer } from './server.ts';

/** Marks of the file. @see redis rdb.h */
const OP_AUX = 0xfa;
const OP_RESIZE = 0xfb;
const OP_EXPIRE_MS = 0xfc;
const OP_SELECT = 0xfe;
const OP_END = 0xff;
const TYPES = { string: 0, list: 1, set: 2, hash: 4, zset: 5 } as const;

class Writer {
  #parts: string[] = [];

  raw(text: string): void {
    this.#parts.push(text);
  }

  byte(value: number): void {
    this.#parts.push(String.fromCharCode(value));
  }

  /** Little-endian, 8 bytes. */
  fill(set: (view: DataView) => void): void {
    const bytes = new Uint8Array(8);
    set(new DataView(bytes.buffer));
    this.#parts.push(toBinary(bytes));
  }

  length(value: number): void {
    if (value < 64) this.byte(value);
    else if (value < 16_384) {
      this.byte(0x40 | (value >> 8));
      this.byte(value & 255);
    } else {
      this.byte(0x80);
      for (const shift of [24, 16, 8, 0]) this.byte((value >>> shift) & 255);
    }
  }

  text(value: string): void {
    this.length(value.length);
    this.raw(value);
  }

  bytes(): Uint8Array {
    return fromBinary(this.#parts.join(''));
  }
}

function writeValue(out: Writer, { kind, data }: Value): void {
  if (kind === 'string') {
    out.text(data);
    return;
  }
  const items = [...data];
  out.length(items.length);
  for (const item of items) {
    if (typeof item === 'string') out.text(item);
    else {
      const [name, value] = item;
      out.text(name);
      if (typeof value === 'string') out.text(value);
      else out.fill((view) => view.setFloat64(0, value, true));
    }
  }
}

/** The bytes of dump.rdb, version 11 of the format, without a checksum (eight zero bytes: not to be checked). */
export function writeRdb(server: RedisServer): Uint8Array {
  const out = new Writer();
  out.raw('REDIS0011');
  const aux = { 'redis-ver': server.version, 'redis-bits': '64', ctime: String(Math.floor(server.now() / 1000)) };
  for (const [name, value] of Object.entries(aux)) {
    out.byte(OP_AUX);
    out.text(name);
    out.text(value);
  }
  for (const [index, db] of server.databases.entries()) {
    const keys = db.keys();
    if (keys.length === 0) continue;
    out.byte(OP_SELECT);
    out.length(index);
    out.byte(OP_RESIZE);
    out.length(keys.length);
    out.length(db.expiring);
    for (const key of keys) {
      const at = db.expiry(key);
      if (at !== undefined) {
        out.byte(OP_EXPIRE_MS);
        out.fill((view) => view.setBigInt64(0, BigInt(at), true));
      }
      const value = db.get(key)!;
      out.byte(TYPES[value.kind]);
      out.text(key);
      writeValue(out, value);
    }
  }
  out.byte(OP_END);
  out.raw('\0'.repeat(8));
  return out.bytes();
}

/** The file is no dump that can be read. */
export class RdbError extends Error {}

class Reader {
  #at = 0;
  readonly #view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  take(count: number): Uint8Array {
    if (this.#at + count > this.bytes.length) throw new RdbError('Unexpected EOF reading RDB file');
    this.#at += count;
    return this.bytes.subarray(this.#at - count, this.#at);
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  number(read: (view: DataView, at: number) => number | bigint, size: number): number {
    this.take(size);
    return Number(read(this.#view, this.#at - size));
  }

  /** A length, or how a string is encoded otherwise. */
  length(): { count: number; encoding: number | undefined } {
    const first = this.byte();
    const kind = first >> 6;
    if (kind === 0) return { count: first & 63, encoding: undefined };
    if (kind === 1) return { count: ((first & 63) << 8) | this.byte(), encoding: undefined };
    if (kind === 3) return { count: 0, encoding: first & 63 };
    if (first === 0x81) return { count: this.number((view, at) => view.getBigUint64(at), 8), encoding: undefined };
    return { count: this.number((view, at) => view.getUint32(at), 4), encoding: undefined };
  }

  count(): number {
    return this.length().count;
  }

  text(): string {
    const { count, encoding } = this.length();
    if (encoding === undefined) return toBinary(this.take(count));
    if (encoding === 0) return String(this.number((view, at) => view.getInt8(at), 1));
    if (encoding === 1) return String(this.number((view, at) => view.getInt16(at, true), 2));
    if (encoding === 2) return String(this.number((view, at) => view.getInt32(at, true), 4));
    throw new RdbError(`Unknown RDB string encoding type ${encoding}`);
  }

  double(): number {
    return this.number((view, at) => view.getFloat64(at, true), 8);
  }
}

function readValue(input: Reader, type: number): Value {
  if (type === TYPES.string) return { kind: 'string', data: input.text() };
  const many = <T>(read: () => T): T[] => Array.from({ length: input.count() }, read);
  switch (type) {
    case TYPES.list:
      return { kind: 'list', data: many(() => input.text()) };
    case TYPES.set:
      return { kind: 'set', data: new Set(many(() => input.text())) };
    case TYPES.hash:
      return { kind: 'hash', data: new Map(many(() => [input.text(), input.text()])) };
    case TYPES.zset:
      return { kind: 'zset', data: new Map(many(() => [input.text(), input.double()])) };
    default:
      throw new RdbError(`Unknown RDB encoding type ${type}`);
  }
}

/** Fills the databases from a dump. @returns the number of keys. @throws RdbError */
export function readRdb(server: RedisServer, bytes: Uint8Array): number {
  const input = new Reader(bytes);
  if (toBinary(input.take(5)) !== 'REDIS') throw new RdbError('Wrong signature trying to load DB from file');
  input.take(4);
  let db = server.database(0);
  let expires: number | undefined;
  let keys = 0;
  for (;;) {
    const mark = input.byte();
    if (mark === OP_END) return keys;
    if (mark === OP_AUX) {
      input.text();
      input.text();
    } else if (mark === OP_RESIZE) {
      input.count();
      input.count();
    } else if (mark === OP_SELECT) db = server.database(input.count());
    else if (mark === OP_EXPIRE_MS) expires = input.number((view, at) => view.getBigInt64(at, true), 8);
    else {
      const key = input.text();
      const value = readValue(input, mark);
      if (expires === undefined || expires > server.now()) {
        db.set(key, value);
        db.expire(key, expires);
        keys++;
      }
      expires = undefined;
    }
  }
}
