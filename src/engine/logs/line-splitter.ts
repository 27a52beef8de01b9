import { decode } from '../../lib/utf8.ts';
import { joinBytes } from '../../libc/io.ts';

/** A line longer than this is kept in pieces. */
const LINE_MAX = 16 * 1024;
const LF = 10;

/** Cuts a stream of bytes into lines. */
export class LineSplitter {
  #rest: Uint8Array = new Uint8Array(0);

  /** @returns whole lines with their line ends, and pieces of those that are too long */
  push(bytes: Uint8Array): string[] {
    const out: string[] = [];
    let from = 0;
    for (;;) {
      const end = bytes.indexOf(LF, from);
      if (end < 0) break;
      out.push(...this.#whole(bytes.subarray(from, end + 1)));
      from = end + 1;
    }
    if (from < bytes.length) {
      this.#rest = joinBytes([this.#rest, bytes.subarray(from)]).slice();
      while (this.#rest.length >= LINE_MAX) {
        out.push(decode(this.#rest.subarray(0, LINE_MAX)));
        this.#rest = this.#rest.slice(LINE_MAX);
      }
    }
    return out;
  }

  /** What is left at the end of the stream. */
  end(): string[] {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    return rest.length > 0 ? [decode(rest)] : [];
  }

  #whole(tail: Uint8Array): string[] {
    const line = this.#rest.length > 0 ? joinBytes([this.#rest, tail]) : tail;
    if (this.#rest.length > 0) this.#rest = new Uint8Array(0);
    const out: string[] = [];
    let at = 0;
    while (line.length - at > LINE_MAX + 1) {
      out.push(decode(line.subarray(at, at + LINE_MAX)));
      at += LINE_MAX;
    }
    out.push(decode(line.subarray(at)));
    return out;
  }
}
