import { BLOCKED } from '../../../abi/errno.ts';
import type { Sys } from '../../../abi/sys.ts';
import { encode } from '../../../lib/utf8.ts';
import type { Wait } from '../../../libc/io.ts';

/**
 * What the shell itself writes: kept in order, descriptor by descriptor, and given to the kernel at the end of each
 * command, so that built-ins are plain functions.
 */
export class WriteQueue {
  #fds: number[] = [];
  #texts: (string | Uint8Array)[] = [];
  #offset = 0;
  /** errno of the last write to stdout that failed, 0 where none did since it was looked at. */
  error = 0;

  constructor(public sys: Sys) {}

  get empty(): boolean {
    return this.#fds.length === 0;
  }

  put(fd: number, text: string | Uint8Array): void {
    if (text.length === 0) return;
    const last = this.#fds.length - 1;
    if (last >= 0 && this.#fds[last] === fd && typeof text === 'string') {
      const before = this.#texts[last]!;
      if (typeof before === 'string' && before.length < 65536) {
        this.#texts[last] = before + text;
        return;
      }
    }
    this.#fds.push(fd);
    this.#texts.push(text);
  }

  /** Writes what can be written now. @returns true where all is written */
  flushNow(): boolean {
    while (this.#fds.length > 0) {
      const fd = this.#fds[0]!;
      const text = this.#texts[0]!;
      const bytes = typeof text === 'string' ? encode(text) : text;
      this.#texts[0] = bytes;
      while (this.#offset < bytes.length) {
        const n = this.sys.write(fd, this.#offset === 0 ? bytes : bytes.subarray(this.#offset));
        if (n === BLOCKED) return false;
        if (n < 0) {
          if (n === -4) continue;
          if (fd === 1) this.error = -n;
          break;
        }
        this.#offset += n;
      }
      this.#offset = 0;
      this.#fds.shift();
      this.#texts.shift();
    }
    return true;
  }

  *flush(): Wait<void> {
    while (!this.flushNow()) yield;
  }

  discard(): void {
    this.#fds.length = 0;
    this.#texts.length = 0;
    this.#offset = 0;
  }
}
