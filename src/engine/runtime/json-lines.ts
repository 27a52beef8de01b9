import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { read, type Wait, writeAll } from '../../libc/io.ts';

/** Messages over a pipe, one JSON document a line. */
export class JsonLines {
  readonly #sys: Sys;
  readonly #fd: number;
  readonly #buffer: Uint8Array = new Uint8Array(512);
  #text = '';

  constructor(sys: Sys, fd: number) {
    this.#sys = sys;
    this.#fd = fd;
  }

  /** @returns the next message; undefined at the end */
  *next<T>(): Wait<T | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n');
      if (end >= 0) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 1);
        return JSON.parse(line) as T;
      }
      const n = yield* read(this.#sys, this.#fd, this.#buffer);
      if (n <= 0) return undefined;
      this.#text += decode(this.#buffer.subarray(0, n));
    }
  }
}

export function* sendJson(sys: Sys, fd: number, message: object): Wait<void> {
  yield* writeAll(sys, fd, `${JSON.stringify(message)}\n`);
}
