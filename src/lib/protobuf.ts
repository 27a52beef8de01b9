import { decode, encode } from './utf8.ts';

/** Bytes that are no message of the expected kind. */
export class ProtobufError extends Error {}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const VARINT_MAX = 10;
const HALF = 2 ** 32;

/** Reads the parts of a message. */
export class ProtoReader {
  #at = 0;

  constructor(readonly bytes: Uint8Array) {}

  get done(): boolean {
    return this.#at >= this.bytes.length;
  }

  #byte(): number {
    const byte = this.bytes[this.#at++];
    if (byte === undefined) throw new ProtobufError('unexpected EOF');
    return byte;
  }

  /** The two halves of a number of 64 bits. */
  #halves(): [low: number, high: number] {
    let low = 0;
    let high = 0;
    for (let i = 0; i < VARINT_MAX; i++) {
      const byte = this.#byte();
      const part = byte & 0x7f;
      if (i < 4) low |= part << (7 * i);
      else if (i === 4) {
        low |= part << 28;
        high = part >> 4;
      } else high |= part << (7 * i - 32);
      if (byte < 0x80) return [low >>> 0, high >>> 0];
    }
    throw new ProtobufError('variable length integer overflow');
  }

  unsigned(): number {
    const [low, high] = this.#halves();
    return high * HALF + low;
  }

  signed(): number {
    const [low, high] = this.#halves();
    return (high | 0) * HALF + low;
  }

  bigint(): bigint {
    const [low, high] = this.#halves();
    return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low));
  }

  /** A view of the bytes of a text, a part or an array. */
  span(): Uint8Array {
    const length = this.unsigned();
    if (length > this.bytes.length - this.#at) throw new ProtobufError('unexpected EOF');
    const from = this.#at;
    this.#at += length;
    return this.bytes.subarray(from, this.#at);
  }

  /** Passes over the value of a field that nobody knows. */
  skip(wire: number): void {
    if (wire === VARINT) this.#halves();
    else if (wire === BYTES) this.span();
    else if (wire === FIXED64 || wire === FIXED32) {
      this.#at += wire === FIXED64 ? 8 : 4;
      if (this.#at > this.bytes.length) throw new ProtobufError('unexpected EOF');
    } else throw new ProtobufError(`cannot parse reserved wire type ${wire}`);
  }
}

/** Collects the bytes of a message. */
export class ProtoWriter {
  #bytes: Uint8Array = new Uint8Array(128);
  #length = 0;

  #room(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }

  /** A whole number between -2^63 and 2^64, as exact as the type is. */
  number(value: number | bigint): void {
    this.#room(VARINT_MAX);
    if (typeof value === 'number' && value >= 0 && value < 0x80) {
      this.#bytes[this.#length++] = value;
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest >= 0x80n) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  span(bytes: Uint8Array): void {
    this.number(bytes.length);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** How one value is written. */
interface Codec<T> {
  readonly wire: number;
  readonly zero: T;
  isZero(value: T): boolean;
  read(reader: ProtoReader): T;
  write(writer: ProtoWriter, value: T): void;
}

const codec = <T>(
  wire: number,
  zero: T,
  read: (reader: ProtoReader) => T,
  write: (writer: ProtoWriter, value: T) => void,
  isZero: (value: T) => boolean = (value) => value === zero,
): Codec<T> => ({ wire, zero, read, write, isZero });

export const TEXT: Codec<string> = codec(
  BYTES,
  '',
  (reader) => decode(reader.span()),
  (writer, value) => writer.span(encode(value)),
);
/** The value is a view of the message's bytes. */
export const RAW: Codec<Uint8Array> = codec(
  BYTES,
  new Uint8Array(0),
  (reader) => reader.span(),
  (writer, value) => writer.span(value),
  (value) => value.length === 0,
);
export const BOOL: Codec<boolean> = codec(
  VARINT,
  false,
  (reader) => reader.unsigned() !== 0,
  (writer, value) => writer.number(value ? 1 : 0),
);
/** uint32, uint64 and enumerations; exact below 2^53. */
export const UINT: Codec<number> = codec(
  VARINT,
  0,
  (reader) => reader.unsigned(),
  (writer, value) => writer.number(value),
);
/** int32 and int64; exact below 2^53. */
export const INT: Codec<number> = codec(
  VARINT,
  0,
  (reader) => reader.signed(),
  (writer, value) => writer.number(Math.trunc(value)),
);
/** int64, exact. */
export const INT64: Codec<bigint> = codec(
  VARINT,
  0n,
  (reader) => reader.bigint(),
  (writer, value) => writer.number(value),
);

/** A field of a message: what it holds before anything was read, how a value that comes is added, how it is written. */
export interface Field<T> {
  readonly number: number;
  readonly wire: number;
  begin(): T;
  add(value: T, reader: ProtoReader): T;
  write(writer: ProtoWriter, value: T): void;
}

const tag = (writer: ProtoWriter, number: number, wire: number): void => writer.number(number * 8 + wire);

/** A single value; its zero is not written. */
export const one = <T>(number: number, kind: Codec<T>): Field<T> => ({
  number,
  wire: kind.wire,
  begin: () => kind.zero,
  add: (_, reader) => kind.read(reader),
  write(writer, value) {
    if (kind.isZero(value)) return;
    tag(writer, number, kind.wire);
    kind.write(writer, value);
  },
});

/** Values of texts, bytes or parts, each with its own number (numbers would be packed, which nothing here needs). */
export const many = <T>(number: number, kind: Codec<T> | MessageType<T>): Field<T[]> => {
  const item = asCodec(kind);
  return {
    number,
    wire: item.wire,
    begin: () => [],
    add: (list, reader) => {
      list.push(item.read(reader));
      return list;
    },
    write(writer, list) {
      for (const value of list) {
        tag(writer, number, item.wire);
        item.write(writer, value);
      }
    },
  };
};

/** Another message, or none. */
export const part = <T>(number: number, type: MessageType<T>): Field<T | undefined> => ({
  number,
  wire: BYTES,
  begin: () => undefined,
  add: (_, reader) => type.decode(reader.span()),
  write(writer, value) {
    if (value === undefined) return;
    tag(writer, number, BYTES);
    writer.span(type.encode(value));
  },
});

/** `map<string, T>`; written in the order of the map. */
export const mapOf = <T>(number: number, kind: Codec<T> | MessageType<T>): Field<Map<string, T>> => {
  const item = asCodec(kind);
  const entry = message({ key: one(1, TEXT), value: one(2, item) });
  return {
    number,
    wire: BYTES,
    begin: () => new Map(),
    add: (map, reader) => {
      const { key, value } = entry.decode(reader.span());
      return map.set(key, value);
    },
    write(writer, map) {
      for (const [key, value] of map) {
        tag(writer, number, BYTES);
        writer.span(entry.encode({ key, value }));
      }
    },
  };
};

/** A kind of message. */
export interface MessageType<T> {
  /** Fields that are not given are not written. */
  encode(value: Partial<T>): Uint8Array;
  /** Fields that did not come have their zero. @throws ProtobufError */
  decode(bytes: Uint8Array): T;
}

function asCodec<T>(kind: Codec<T> | MessageType<T>): Codec<T> {
  if ('wire' in kind) return kind;
  return codec<T>(
    BYTES,
    kind.decode(new Uint8Array(0)),
    (reader) => kind.decode(reader.span()),
    (writer, value) => writer.span(kind.encode(value)),
    () => false,
  );
}

type Values<F> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never };
/** What a message of a kind holds. */
export type ValueOf<M> = M extends MessageType<infer T> ? T : never;

/**
 * A kind of message by its fields.
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function message<F extends Record<string, Field<unknown>>>(fields: F): MessageType<Values<F>> {
  const rows = Object.entries(fields) as unknown as [string, Field<unknown>][];
  const byNumber = new Map(rows.map(([name, field]) => [field.number, { name, field }]));
  return {
    encode(value) {
      const writer = new ProtoWriter();
      const given = value as Record<string, unknown>;
      for (const [name, field] of rows) if (given[name] !== undefined) field.write(writer, given[name]);
      return writer.finish();
    },
    decode(bytes) {
      const out: Record<string, unknown> = {};
      for (const [name, field] of rows) out[name] = field.begin();
      const reader = new ProtoReader(bytes);
      while (!reader.done) {
        const key = reader.unsigned();
        const number = Math.floor(key / 8);
        if (number === 0) throw new ProtobufError('cannot parse invalid field number 0');
        const known = byNumber.get(number);
        if (known && known.field.wire === key % 8) out[known.name] = known.field.add(out[known.name], reader);
        else reader.skip(key % 8);
      }
      return out as Values<F>;
    },
  };
}
