import { decode, encode } from './utf8.ts';

/** Codes of a call's end. @see https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
export const OK = 0;
export const CANCELLED = 1;
export const UNKNOWN = 2;
export const INVALID_ARGUMENT = 3;
export const NOT_FOUND = 5;
export const RESOURCE_EXHAUSTED = 8;
export const UNIMPLEMENTED = 12;
export const INTERNAL = 13;
export const UNAVAILABLE = 14;

/** A message as it stands in the data of a stream. @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
export function grpcMessage(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(5 + bytes.length);
  new DataView(out.buffer).setUint32(1, bytes.length);
  out.set(bytes, 5);
  return out;
}

/** Cuts the data of a stream into messages. */
export class GrpcMessages {
  #pieces: Uint8Array[] = [];
  #length = 0;
  /** Why the stream cannot be read: a message is compressed, or longer than the limit. */
  problem: string | undefined;

  /** @param limit bytes that a message may have */
  constructor(readonly limit: number) {}

  /** Whether a message has begun that is not whole yet. */
  get within(): boolean {
    return this.#length > 0;
  }

  push(bytes: Uint8Array): Uint8Array[] {
    const out: Uint8Array[] = [];
    if (this.problem !== undefined || bytes.length === 0) return out;
    this.#pieces.push(bytes.slice());
    this.#length += bytes.length;
    for (let needed = this.#needed(); this.#length >= needed; needed = this.#needed()) {
      const all = this.#joined();
      out.push(all.subarray(5, needed));
      this.#pieces = all.length > needed ? [all.subarray(needed)] : [];
      this.#length = all.length - needed;
    }
    return out;
  }

  /** Bytes that the next message has with its head. */
  #needed(): number {
    if (this.#length < 5) return Number.POSITIVE_INFINITY;
    if (this.#pieces[0]!.length < 5) this.#pieces = [this.#joined()];
    const head = this.#pieces[0]!;
    const length = new DataView(head.buffer, head.byteOffset, head.length).getUint32(1);
    if (head[0] !== 0) this.problem = 'grpc: compressed message without a known encoding';
    else if (length > this.limit) this.problem = `grpc: received message larger than max (${length} vs. ${this.limit})`;
    return this.problem === undefined ? 5 + length : Number.POSITIVE_INFINITY;
  }

  #joined(): Uint8Array {
    if (this.#pieces.length === 1) return this.#pieces[0]!;
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}

/** The text of `grpc-message`: what is not plain is written in per cent. */
export function encodeGrpcMessage(text: string): string {
  let out = '';
  for (const byte of encode(text))
    out +=
      byte >= 0x20 && byte <= 0x7e && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return out;
}

export function decodeGrpcMessage(text: string): string {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const escaped = text[i] === '%' ? /^[0-9a-fA-F]{2}/.exec(text.slice(i + 1, i + 3)) : null;
    bytes.push(escaped ? Number.parseInt(escaped[0], 16) : text.charCodeAt(i) & 0xff);
    if (escaped) i += 2;
  }
  return decode(Uint8Array.from(bytes));
}
