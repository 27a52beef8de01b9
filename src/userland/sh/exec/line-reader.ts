import { BLOCKED, EINTR, ESPIPE } from '../../../abi/errno.ts';
import { POLLHUP, POLLIN, SEEK_CUR } from '../../../abi/flags.ts';
import { decode } from '../../../lib/utf8.ts';
import { HeldMemory } from '../../../libc/held-memory.ts';
import { joinBytes, poll, type Wait } from '../../../libc/io.ts';
import type { Shell } from '../state/shell.ts';

/** Bytes of a line that are counted as memory at a time. */
const BLOCK = 65536;

export interface ReadRequest {
  /** The byte that ends the line. */
  delimiter: number;
  /** At most so many characters. */
  limit?: number;
  /** Characters are bytes. */
  bytes?: boolean;
  /** The limit ends the reading, the delimiter does not. */
  exact?: boolean;
  /** Milliseconds. */
  timeout?: number;
}

export interface ReadLine {
  text: string;
  /** The input ended before the delimiter. */
  ended: boolean;
  timedOut: boolean;
  /** The delimiter ended it (and not the limit). */
  delimited: boolean;
}

/**
 * Reads lines from a descriptor that other programs read as well: not one byte more than the line. Where the file can be
 * positioned a block is read and the rest given back; otherwise it goes byte by byte.
 */
export class LineReader {
  constructor(
    readonly shell: Shell,
    readonly fd: number,
  ) {}

  /** @returns the line without its delimiter, or -errno */
  *read(request: ReadRequest): Wait<ReadLine | number> {
    const { sys } = this.shell;
    const seekable = sys.lseek(this.fd, 0, SEEK_CUR);
    if (seekable >= 0 && request.timeout === undefined) return yield* this.#seekable(request);
    if (seekable < 0 && seekable !== -ESPIPE && seekable !== BLOCKED) return seekable;
    const memory = new HeldMemory(sys);
    const line = yield* this.#bytewise(request, memory);
    memory.release();
    return line;
  }

  *#seekable(request: ReadRequest): Wait<ReadLine | number> {
    const { sys } = this.shell;
    if (request.limit === undefined) return yield* this.#wholeLine(request.delimiter);
    const bytes: number[] = [];
    let size = 256;
    for (;;) {
      const buf = new Uint8Array(size);
      const n = sys.read(this.fd, buf);
      if (n === BLOCKED) {
        yield;
        continue;
      }
      if (n < 0) return n;
      if (n === 0) return this.#line(bytes, true, false);
      for (let i = 0; i < n; i++) {
        const byte = buf[i]!;
        const over = byte === request.delimiter && !request.exact;
        if (!over) bytes.push(byte);
        if (over || (request.limit !== undefined && count(bytes, request) >= request.limit)) {
          if (i + 1 < n) sys.lseek(this.fd, i + 1 - n, SEEK_CUR);
          return this.#line(bytes, false, false, over);
        }
      }
      size = Math.min(65536, size * 4);
    }
  }

  /** A whole line of a file: a block is read, and what follows the line given back. */
  *#wholeLine(delimiter: number): Wait<ReadLine | number> {
    const { sys, readBuffer } = this.shell;
    let before = '';
    const kept: Uint8Array[] = [];
    const memory = new HeldMemory(sys);
    for (;;) {
      const n = sys.read(this.fd, readBuffer);
      if (n === BLOCKED) {
        yield;
        continue;
      }
      if (n < 0) return n;
      const at = readBuffer.subarray(0, n).indexOf(delimiter);
      const end = at < 0 ? n : at;
      if (kept.length === 0 && (at >= 0 || n === 0)) before = decode(readBuffer, 0, end);
      else kept.push(readBuffer.slice(0, end));
      if (at < 0 && n > 0) {
        yield* memory.grow(end);
        continue;
      }
      memory.release();
      if (at >= 0 && at + 1 < n) sys.lseek(this.fd, at + 1 - n, SEEK_CUR);
      return {
        text: kept.length > 0 ? decode(joinBytes(kept)) : before,
        ended: n === 0,
        timedOut: false,
        delimited: n > 0,
      };
    }
  }

  *#bytewise(request: ReadRequest, memory: HeldMemory): Wait<ReadLine | number> {
    const { sys } = this.shell;
    const bytes: number[] = [];
    const one = new Uint8Array(1);
    const until = request.timeout === undefined ? 0 : sys.now(1) + request.timeout;
    for (;;) {
      if (request.timeout !== undefined) {
        const left = until - sys.now(1);
        const fds = [{ fd: this.fd, events: POLLIN, revents: 0 }];
        const ready = yield* poll(sys, fds, Math.max(0, left));
        if (ready === 0) return this.#line(bytes, false, true);
        if (ready < 0) return ready;
        if ((fds[0]!.revents & (POLLIN | POLLHUP)) === 0) return this.#line(bytes, true, false);
      }
      const n = sys.read(this.fd, one);
      if (n === BLOCKED) {
        yield;
        continue;
      }
      if (n === -EINTR) return n;
      if (n < 0) return n;
      if (n === 0) return this.#line(bytes, true, false);
      const byte = one[0]!;
      if (byte === request.delimiter && !request.exact) return this.#line(bytes, false, false, true);
      bytes.push(byte);
      if (bytes.length % BLOCK === 0) yield* memory.grow(BLOCK);
      if (request.limit !== undefined && count(bytes, request) >= request.limit) return this.#line(bytes, false, false);
    }
  }

  #line(bytes: readonly number[], ended: boolean, timedOut: boolean, delimited = false): ReadLine {
    return { text: decode(Uint8Array.from(bytes)), ended, timedOut, delimited };
  }
}

const count = (bytes: readonly number[], { bytes: single }: ReadRequest): number =>
  single ? bytes.length : countChars(bytes);

/** Characters that are complete; only the beginning of UTF-8 sequences counts, and only where the last is whole. */
function countChars(bytes: readonly number[]): number {
  let n = 0;
  let i = 0;
  while (i < bytes.length) {
    const b = bytes[i]!;
    const length = b >= 0xf0 ? 4 : b >= 0xe0 ? 3 : b >= 0xc2 ? 2 : 1;
    if (i + length > bytes.length) break;
    i += length;
    n++;
  }
  return n;
}
