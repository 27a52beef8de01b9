/** Number of a stream in a frame's head. */
export const STDIN = 0;
export const STDOUT = 1;
export const STDERR = 2;
export const SYSTEM_ERROR = 3;

export const MULTIPLEXED = 'application/vnd.docker.multiplexed-stream';
export const RAW = 'application/vnd.docker.raw-stream';

/** Bytes of a frame's head. */
export const FRAME_HEAD = 8;
const HEAD = FRAME_HEAD;

/** Writes the head of a frame of `length` bytes at `at`. */
export function frameHead(out: Uint8Array, at: number, stream: number, length: number): void {
  out[at] = stream;
  out[at + 1] = out[at + 2] = out[at + 3] = 0;
  out[at + 4] = length >>> 24;
  out[at + 5] = length >>> 16;
  out[at + 6] = length >>> 8;
  out[at + 7] = length;
}

/** One frame: stream number, three zeros, length as four bytes (big endian), the bytes. */
export function frame(stream: number, bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(HEAD + bytes.length);
  frameHead(out, 0, stream, bytes.length);
  out.set(bytes, HEAD);
  return out;
}

/** Takes frames apart that come in any pieces. */
export class FrameReader {
  readonly #head = new Uint8Array(HEAD);
  #have = 0;
  #left = 0;

  /** @returns the payloads in `bytes`, as views into it; a frame may come in several */
  push(bytes: Uint8Array): { stream: number; bytes: Uint8Array }[] {
    const out: { stream: number; bytes: Uint8Array }[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (this.#left > 0) {
        const n = Math.min(this.#left, bytes.length - at);
        out.push({ stream: this.#head[0]!, bytes: bytes.subarray(at, at + n) });
        at += n;
        this.#left -= n;
        continue;
      }
      this.#head[this.#have++] = bytes[at++]!;
      if (this.#have < HEAD) continue;
      this.#have = 0;
      this.#left = new DataView(this.#head.buffer).getUint32(4);
    }
    return out;
  }
}
