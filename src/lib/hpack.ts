import { huffmanDecode } from './hpack-huffman.ts';
import { type Field, STATIC_TABLE } from './hpack-table.ts';

export type { Field } from './hpack-table.ts';

/** Header fields that cannot be read: the connection is of no use any more. */
export class HpackError extends Error {}

/** What an entry costs besides its characters. @see RFC 7541, 4.1 */
const ENTRY_COST = 32;
const sizeOf = ([name, value]: Field): number => name.length + value.length + ENTRY_COST;

const latin1 = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
};

/** Reads blocks of header fields; each block may refer to fields of those before. @see RFC 7541 */
export class HpackDecoder {
  #dynamic: Field[] = [];
  #size = 0;
  #max: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;

  /**
   * @param tableSize bytes that the table of known fields may have (SETTINGS_HEADER_TABLE_SIZE)
   * @param listSize bytes that the fields of one block may have
   */
  constructor(
    readonly tableSize: number = 4096,
    readonly listSize: number = 65536,
  ) {
    this.#max = tableSize;
  }

  /** @throws HpackError */
  decode(block: Uint8Array): Field[] {
    this.#bytes = block;
    this.#at = 0;
    const fields: Field[] = [];
    let total = 0;
    while (this.#at < block.length) {
      const field = this.#field(fields.length === 0);
      if (!field) continue;
      total += sizeOf(field);
      if (total > this.listSize) throw new HpackError('header list too large');
      fields.push(field);
    }
    return fields;
  }

  #field(first: boolean): Field | undefined {
    const byte = this.#bytes[this.#at]!;
    if (byte & 0x80) return this.#entry(this.#integer(7));
    if (byte & 0x40) {
      const field = this.#literal(6);
      this.#add(field);
      return field;
    }
    if ((byte & 0x20) === 0) return this.#literal(4);
    const size = this.#integer(5);
    if (!first || size > this.tableSize) throw new HpackError('invalid dynamic table size update');
    this.#max = size;
    this.#shrink(0);
    return undefined;
  }

  #literal(prefix: number): Field {
    const index = this.#integer(prefix);
    const name = index === 0 ? this.#string() : this.#entry(index)[0];
    return [name, this.#string()];
  }

  #entry(index: number): Field {
    const field =
      index <= STATIC_TABLE.length ? STATIC_TABLE[index - 1] : this.#dynamic[index - STATIC_TABLE.length - 1];
    if (!field) throw new HpackError(`invalid indexed representation index ${index}`);
    return field;
  }

  #integer(prefix: number): number {
    const mask = 2 ** prefix - 1;
    let value = this.#next() & mask;
    if (value < mask) return value;
    for (let factor = 1; ; factor *= 128) {
      if (factor > 2 ** 28) throw new HpackError('varint integer overflow');
      const byte = this.#next();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  #string(): string {
    const huffman = (this.#bytes[this.#at] ?? 0) >= 0x80;
    const length = this.#integer(7);
    if (length > this.#bytes.length - this.#at) throw new HpackError('unexpected end of header block');
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    if (!huffman) return latin1(bytes);
    const text = huffmanDecode(bytes);
    if (text === undefined) throw new HpackError('invalid Huffman-encoded data');
    return text;
  }

  #next(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new HpackError('unexpected end of header block');
    return byte;
  }

  #add(field: Field): void {
    const size = sizeOf(field);
    this.#shrink(size);
    if (size > this.#max) return;
    this.#dynamic.unshift(field);
    this.#size += size;
  }

  /** Makes room for an entry: the oldest go. */
  #shrink(more: number): void {
    while (this.#dynamic.length > 0 && this.#size + more > this.#max) this.#size -= sizeOf(this.#dynamic.pop()!);
  }
}

/** Writes a block of header fields that leaves no trace in the other side's table. */
export function hpackEncode(fields: Iterable<Field>): Uint8Array {
  const out: number[] = [];
  for (const [name, value] of fields) {
    const whole = STATIC_TABLE.findIndex(([n, v]) => n === name && v === value && value !== '');
    if (whole >= 0) {
      integer(out, 0x80, 7, whole + 1);
      continue;
    }
    const known = STATIC_TABLE.findIndex(([n]) => n === name);
    integer(out, 0, 4, known + 1);
    if (known < 0) string(out, name);
    string(out, value);
  }
  return Uint8Array.from(out);
}

function integer(out: number[], flags: number, prefix: number, value: number): void {
  const mask = 2 ** prefix - 1;
  if (value < mask) {
    out.push(flags | value);
    return;
  }
  out.push(flags | mask);
  let rest = value - mask;
  for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest & 0x7f) | 0x80);
  out.push(rest);
}

function string(out: number[], text: string): void {
  integer(out, 0, 7, text.length);
  for (let i = 0; i < text.length; i++) out.push(text.charCodeAt(i) & 0xff);
}
