import { decode } from '../lib/utf8.ts';
import { HeldMemory } from '../libc/held-memory.ts';
import { joinBytes, type Wait } from '../libc/io.ts';
import type { Input } from '../libc/stdio.ts';

/** An input in blocks of whole lines: as many as came at once. */
export class LineBlocks {
  private rest: Uint8Array[] = [];
  private ended = false;
  private readonly memory: HeldMemory;

  constructor(
    readonly input: Input,
    /** Byte that ends a line. */
    private readonly end: number,
  ) {
    this.memory = new HeldMemory(input.sys);
  }

  /** The next block, valid until the next call; only the last may end within a line. @returns undefined at the end */
  *next(): Wait<Uint8Array | undefined> {
    while (!this.ended) {
      const part = yield* this.input.chunk();
      if (part === undefined) {
        this.ended = true;
        return this.rest.length === 0 ? undefined : this.take(new Uint8Array(0));
      }
      const cut = part.lastIndexOf(this.end) + 1;
      if (cut === 0) {
        this.rest.push(part.slice());
        yield* this.memory.grow(part.length);
        continue;
      }
      const block = this.rest.length === 0 ? part.subarray(0, cut) : this.take(part.subarray(0, cut));
      if (cut < part.length) this.rest.push(part.slice(cut));
      return block;
    }
    return undefined;
  }

  private take(last: Uint8Array): Uint8Array {
    const block = joinBytes([...this.rest, last]);
    this.rest = [];
    this.memory.release();
    return block;
  }
}

/** Lines of an input as text, decoded a block at a time: `take` for what is there, `fill` when it is not. */
export class TextLines {
  /** Whether the line that `take` gave last ended with the delimiter. */
  complete = true;
  private text = '';
  private at = 0;
  private readonly blocks: LineBlocks;

  constructor(
    readonly input: Input,
    readonly delimiter: '\n' | '\0' = '\n',
  ) {
    this.blocks = new LineBlocks(input, delimiter.charCodeAt(0));
  }

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
    const block = yield* this.blocks.next();
    if (block === undefined) return false;
    this.text = decode(block);
    this.at = 0;
    return true;
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
