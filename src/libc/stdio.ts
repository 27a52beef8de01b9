import { BLOCKED } from '../abi/errno.ts';
import type { Sys } from '../abi/sys.ts';
import { byteLength, decode, encodeInto } from '../lib/utf8.ts';
import { HeldMemory } from './held-memory.ts';
import { joinBytes, type Wait } from './io.ts';

const CAPACITY = 65536;
/** First size of an input's buffer. */
const SMALL = 4096;

/**
 * A buffered output stream. On a terminal it is flushed at each line's end, otherwise when 64 KiB are full and at
 * exit; an unbuffered one (stderr) at once.
 */
export class Output {
  /** errno of the first write that failed, 0 so far; later writes are dropped. */
  error = 0;
  #buf: Uint8Array = new Uint8Array(0);
  #used = 0;
  #lineBuffered: boolean;

  constructor(
    readonly sys: Sys,
    readonly fd: number,
    public unbuffered = false,
  ) {
    this.#lineBuffered = !unbuffered && sys.isatty(fd);
    // what stdbuf(1) asks for
    const wanted = fd === 1 ? sys.envp.find((pair) => pair.startsWith('_STDBUF_O=')) : undefined;
    if (wanted === '_STDBUF_O=L') this.#lineBuffered = true;
    else if (wanted === '_STDBUF_O=0') this.unbuffered = true;
  }

  /** Appends without waiting. @returns true when `flush` is due */
  put(data: string | Uint8Array): boolean {
    if (typeof data === 'string') {
      this.#room(data.length * 3 < CAPACITY ? data.length * 3 : byteLength(data));
      this.#used = encodeInto(data, this.#buf, this.#used);
      return this.#due(data.length > 0 && data.charCodeAt(data.length - 1) === 10, data);
    }
    this.#room(data.length);
    this.#buf.set(data, this.#used);
    this.#used += data.length;
    return this.#due(data.length > 0 && data[data.length - 1] === 10, data);
  }

  /** Appends the bytes from `start` to `end`; short parts cost no call. @returns true when `flush` is due */
  putPart(bytes: Uint8Array, start: number, end: number): boolean {
    const length = end - start;
    if (length > 64) return this.put(bytes.subarray(start, end));
    this.#room(length);
    const buf = this.#buf;
    let at = this.#used;
    for (let i = start; i < end; i++) buf[at++] = bytes[i]!;
    this.#used = at;
    if (this.#used < CAPACITY && !this.unbuffered && !this.#lineBuffered) return false;
    return this.#due(length > 0 && bytes[end - 1] === 10, this.#lineBuffered ? bytes.subarray(start, end) : bytes);
  }

  #due(endsLine: boolean, data: string | Uint8Array): boolean {
    if (this.unbuffered || this.#used >= CAPACITY) return true;
    return this.#lineBuffered && (endsLine || (typeof data === 'string' ? data.includes('\n') : data.includes(10)));
  }

  #room(bytes: number): void {
    if (this.#used + bytes <= this.#buf.length) return;
    const grown = new Uint8Array(Math.max(this.#used + bytes, this.#buf.length * 2, 256));
    grown.set(this.#buf.subarray(0, this.#used));
    this.#buf = grown;
  }

  *write(data: string | Uint8Array): Wait<void> {
    if (this.put(data)) yield* this.flush();
  }

  /** Bytes that are waiting to be written. */
  get pending(): number {
    return this.#used;
  }

  /** Forgets what is buffered (a forked child that must not write its parent's text again). */
  discard(): void {
    this.#used = 0;
  }

  *flush(): Wait<void> {
    let at = 0;
    while (at < this.#used && this.error === 0) {
      const n = this.sys.write(this.fd, this.#buf.subarray(at, this.#used));
      if (n === BLOCKED) yield;
      else if (n < 0) this.error = -n;
      else at += n;
    }
    this.#used = 0;
  }
}

/** A buffered input stream over a descriptor. */
export class Input {
  /** errno of a failed read, 0 so far. */
  error = 0;
  /** True where the line that `line()` gave last ended with a newline. */
  complete = true;
  #buf = new Uint8Array(0);
  #at = 0;
  #ended = false;

  constructor(
    readonly sys: Sys,
    readonly fd: number,
    readonly size: number = CAPACITY,
  ) {}

  /** The next bytes, as many as are there (at most 64 KiB). The array is valid until the next call. @returns undefined at the end or on error */
  *chunk(): Wait<Uint8Array | undefined> {
    if (this.#at < this.#buf.length) {
      const rest = this.#buf.subarray(this.#at);
      this.#at = this.#buf.length;
      return rest;
    }
    return (yield* this.#fill()) ? this.#take(this.#buf.length) : undefined;
  }

  /** Bytes that were read and not given out. */
  get unread(): number {
    return this.#buf.length - this.#at;
  }

  /** The last `bytes` of what `chunk()` gave are given again. */
  putBack(bytes: number): void {
    this.#at -= bytes;
  }

  #take(end: number): Uint8Array {
    const part = this.#buf.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  #store = new Uint8Array(0);

  *#fill(): Wait<boolean> {
    if (this.#ended) return false;
    // most inputs are small: the buffer grows where reads fill it
    if (this.#buf.length === this.#store.length && this.#store.length < this.size)
      this.#store = new Uint8Array(Math.min(this.size, this.#store.length === 0 ? SMALL : this.#store.length * 8));
    let n: number;
    while ((n = this.sys.read(this.fd, this.#store)) === BLOCKED) yield;
    if (n <= 0) {
      if (n < 0) this.error = -n;
      this.#ended = true;
      return false;
    }
    this.#buf = this.#store.subarray(0, n);
    this.#at = 0;
    return true;
  }

  /** The next line's bytes without its delimiter. The array is the caller's. @returns undefined at the end */
  *lineBytes(delimiter = 10): Wait<Uint8Array | undefined> {
    const near = this.#buf.indexOf(delimiter, this.#at);
    if (near >= 0) {
      const line = this.#buf.slice(this.#at, near);
      this.#at = near + 1;
      this.complete = true;
      return line;
    }
    const pieces: Uint8Array[] = [];
    const memory = new HeldMemory(this.sys);
    for (;;) {
      const more = this.#at < this.#buf.length || (yield* this.#fill());
      if (!more && pieces.length === 0) {
        this.complete = false;
        return undefined;
      }
      const end = more ? this.#buf.indexOf(delimiter, this.#at) : -1;
      if (more) pieces.push(this.#buf.slice(this.#at, end < 0 ? this.#buf.length : end));
      this.#at = end < 0 ? this.#buf.length : end + 1;
      if (end >= 0 || !more) {
        memory.release();
        this.complete = more;
        return joinBytes(pieces);
      }
      yield* memory.grow(pieces.at(-1)!.length);
    }
  }

  /** The next line as text without its newline. @returns undefined at the end */
  *line(delimiter = 10): Wait<string | undefined> {
    const bytes = yield* this.lineBytes(delimiter);
    return bytes === undefined ? undefined : decode(bytes);
  }

  /** All that is left, as text. */
  *text(): Wait<string> {
    const pieces: Uint8Array[] = [];
    const memory = new HeldMemory(this.sys);
    for (let part; (part = yield* this.chunk()) !== undefined; ) {
      pieces.push(part.slice());
      yield* memory.grow(part.length);
    }
    memory.release();
    return decode(joinBytes(pieces));
  }
}
