import { toBase64 } from './base64.ts';
import { sha1 } from './sha1.ts';
import { encode } from './utf8.ts';

/** Kinds of frames. @see RFC 6455, 5.2 */
export const WS_TEXT = 1;
export const WS_BINARY = 2;
export const WS_CLOSE = 8;
export const WS_PING = 9;
export const WS_PONG = 10;

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const FIN = 0x80;
const MASKED = 0x80;

/** What a server answers to a client's Sec-WebSocket-Key. */
export const websocketAccept = (key: string): string => toBase64(sha1(encode(key + GUID)));

/** A whole message in one frame, as servers send it (without a mask). */
export function websocketFrame(kind: number, bytes: Uint8Array): Uint8Array {
  const extra = bytes.length < 126 ? 0 : bytes.length < 65536 ? 2 : 8;
  const out = new Uint8Array(2 + extra + bytes.length);
  const view = new DataView(out.buffer);
  out[0] = FIN | kind;
  out[1] = extra === 0 ? bytes.length : extra === 2 ? 126 : 127;
  if (extra === 2) view.setUint16(2, bytes.length);
  if (extra === 8) view.setUint32(6, bytes.length);
  out.set(bytes, 2 + extra);
  return out;
}

export interface WebsocketMessage {
  /** WS_TEXT and WS_BINARY: data; a piece that goes on has the kind of its beginning. */
  kind: number;
  bytes: Uint8Array;
}

/** Reads frames of a client out of a stream of bytes. */
export class WebsocketParser {
  readonly #limit: number;
  /** What came and is no whole frame yet, and how many bytes are needed to go on. */
  #pieces: Uint8Array[] = [];
  #length = 0;
  #needed = 2;
  #kind = WS_BINARY;
  /** The stream is no WebSocket, or a frame is longer than the limit. */
  broken = false;

  /** @param limit bytes that one frame may have */
  constructor(limit: number) {
    this.#limit = limit;
  }

  push(bytes: Uint8Array): WebsocketMessage[] {
    this.#pieces.push(bytes.slice());
    this.#length += bytes.length;
    if (this.#length < this.#needed) return [];
    const all = this.#joined();
    const out: WebsocketMessage[] = [];
    let at = 0;
    while (!this.broken) {
      const used = this.#frame(all.subarray(at), out);
      if (used === 0) break;
      at += used;
    }
    this.#pieces = this.broken ? [] : [all.subarray(at)];
    this.#length = this.broken ? 0 : all.length - at;
    return out;
  }

  #joined(): Uint8Array {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  /** @returns bytes of the frame that `bytes` begin with, 0 where it is not whole */
  #frame(bytes: Uint8Array, out: WebsocketMessage[]): number {
    this.#needed = 2;
    if (bytes.length < this.#needed) return 0;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const short = bytes[1]! & 127;
    const extra = short < 126 ? 0 : short === 126 ? 2 : 8;
    const masked = (bytes[1]! & MASKED) !== 0;
    const head = 2 + extra + (masked ? 4 : 0);
    this.#needed = head;
    if (bytes.length < head) return 0;
    const length =
      extra === 0 ? short : extra === 2 ? view.getUint16(2) : view.getUint32(2) * 2 ** 32 + view.getUint32(6);
    const given = bytes[0]! & 15;
    if (length > this.#limit || !masked || ![0, WS_TEXT, WS_BINARY, WS_CLOSE, WS_PING, WS_PONG].includes(given)) {
      this.broken = true;
      return 0;
    }
    this.#needed = head + length;
    if (bytes.length < head + length) return 0;
    const data = bytes.slice(head, head + length);
    const mask = bytes.subarray(head - 4, head);
    for (let i = 0; i < length; i++) data[i]! ^= mask[i & 3]!;
    if (given === WS_TEXT || given === WS_BINARY) this.#kind = given;
    out.push({ kind: given === 0 ? this.#kind : given, bytes: data });
    return head + length;
  }
}
