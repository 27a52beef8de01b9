import { decode } from '../lib/utf8.ts';
import type { Wait } from '../libc/io.ts';
import type { Input } from '../libc/stdio.ts';

/** Lines of an input as text, decoded a block at a time: `take` for what is there, `fill` when it is not. */
export class TextLines {
  /** Whether the line that `take` gave last ended with the delimiter. */
  complete = true;
  private text = '';
  private at = 0;
  private rest: Uint8Array[] = [];
  private ended = false;

  constructor(
    readonly input: Input,
    readonly delimiter: '\n' | '\0' = '\n',
  ) {}

  /** The next line without its delimiter; undefined: call `fill`. */
  take(): string | undefined {
    if (this.at >= this.text.length) return undefined;
    const end = this.text.indexOf(this.delimiter, this.at);
    this.complete = end >= 0;
    const line = this.text.slice(this.at, end < 0 ? this.text.length : end);
    this.at = end < 0 ? this.text.length : end + 1;
    return line;
  }

  /** Reads more. @returns false at the end: there is no line any more */
  *fill(): Wait<boolean> {
    const end = this.delimiter.charCodeAt(0);
    while (!this.ended) {
      const part = yield* this.input.chunk();
      if (part === undefined) {
        this.ended = true;
        if (this.rest.length === 0) return false;
        this.set(this.rest);
        this.rest = [];
        return true;
      }
      const cut = part.lastIndexOf(end) + 1;
      if (cut === 0) {
        this.rest.push(part.slice());
        continue;
      }
      if (this.rest.length === 0) {
        this.text = decode(part, 0, cut);
        this.at = 0;
      } else this.set([...this.rest, part.subarray(0, cut)]);
      this.rest = cut < part.length ? [part.slice(cut)] : [];
      return true;
    }
    return false;
  }

  private set(pieces: readonly Uint8Array[]): void {
    const all = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0));
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    this.text = decode(all);
    this.at = 0;
  }

  /** The next line. @returns undefined at the end */
  *line(): Wait<string | undefined> {
    for (;;) {
      const line = this.take();
      if (line !== undefined) return line;
      if (!(yield* this.fill())) return undefined;
    }
  }

  /** Whether another line is there. */
  *more(): Wait<boolean> {
    return this.at < this.text.length || (yield* this.fill());
  }
}
