/** Kinds of frames. @see RFC 9113, section 6 */
export const DATA = 0;
export const HEADERS = 1;
export const PRIORITY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

/** Flags of frames. */
export const ACK = 0x1;
export const END_STREAM = 0x1;
export const END_HEADERS = 0x4;
export const PADDED = 0x8;
export const WITH_PRIORITY = 0x20;

/** Settings. @see RFC 9113, 6.5.2 */
export const MAX_CONCURRENT_STREAMS = 3;
export const INITIAL_WINDOW_SIZE = 4;
export const MAX_FRAME_SIZE = 5;
export const MAX_HEADER_LIST_SIZE = 6;

/** Why a stream or a connection ends. @see RFC 9113, section 7 */
export const NO_ERROR = 0;
export const PROTOCOL_ERROR = 1;
export const FLOW_CONTROL_ERROR = 3;
export const FRAME_SIZE_ERROR = 6;
export const REFUSED_STREAM = 7;
export const CANCEL = 8;
export const COMPRESSION_ERROR = 9;
export const ENHANCE_YOUR_CALM = 11;

/** What a client sends first. */
export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

const HEAD = 9;

export interface Frame {
  kind: number;
  flags: number;
  stream: number;
  /** Valid until the next bytes are given. */
  payload: Uint8Array;
}

export function formatFrame(kind: number, flags: number, stream: number, payload: Uint8Array): Uint8Array {
  const out = new Uint8Array(HEAD + payload.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, payload.length * 256 + kind);
  out[4] = flags;
  view.setUint32(5, stream);
  out.set(payload, HEAD);
  return out;
}

/** Numbers of 32 bits, one after another. */
export function words(...values: number[]): Uint8Array {
  const out = new Uint8Array(values.length * 4);
  const view = new DataView(out.buffer);
  values.forEach((value, i) => {
    view.setUint32(i * 4, value);
  });
  return out;
}

export function formatSettings(settings: readonly (readonly [id: number, value: number])[]): Uint8Array {
  const out = new Uint8Array(settings.length * 6);
  const view = new DataView(out.buffer);
  settings.forEach(([id, value], i) => {
    view.setUint16(i * 6, id);
    view.setUint32(i * 6 + 2, value);
  });
  return formatFrame(SETTINGS, 0, 0, out);
}

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  #rest: Uint8Array = new Uint8Array(0);

  /** @param limit bytes that a frame's payload may have */
  constructor(readonly limit: number) {}

  /** @returns the whole frames that there are now; `too-long` in place of one that is longer than the limit */
  *push(bytes: Uint8Array): Generator<Frame | 'too-long', void, void> {
    let all = bytes;
    if (this.#rest.length > 0) {
      all = new Uint8Array(this.#rest.length + bytes.length);
      all.set(this.#rest);
      all.set(bytes, this.#rest.length);
    }
    const view = new DataView(all.buffer, all.byteOffset, all.length);
    let at = 0;
    while (all.length - at >= HEAD) {
      const length = view.getUint32(at) >>> 8;
      if (length > this.limit) {
        this.#rest = new Uint8Array(0);
        yield 'too-long';
        return;
      }
      if (all.length - at < HEAD + length) break;
      const payload = all.subarray(at + HEAD, at + HEAD + length);
      yield { kind: all[at + 3]!, flags: all[at + 4]!, stream: view.getUint32(at + 5) & 0x7fffffff, payload };
      at += HEAD + length;
    }
    this.#rest = all.slice(at);
  }
}
