import { O_APPEND, O_CLOEXEC, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import type { Regex } from '../../lib/regex/regex.ts';
import { HeldMemory } from '../../libc/held-memory.ts';
import { open, read, type Wait, writeAll } from '../../libc/io.ts';
import type { Codec } from './codec.ts';

const FULL = 65536;

/** A buffered output of awk: a file or the input of a command. */
export class AwkOutput {
  error = 0;
  pid = 0;
  private text = '';
  private readonly terminal: boolean;

  constructor(
    readonly sys: Sys,
    readonly fd: number,
    private readonly codec: Codec,
  ) {
    this.terminal = sys.isatty(fd);
  }

  /** @returns true when it is time to flush */
  put(text: string): boolean {
    this.text += text;
    return this.text.length >= FULL || (this.terminal && text.includes('\n'));
  }

  *flush(): Wait<void> {
    if (this.text === '' || this.error !== 0) {
      this.text = '';
      return;
    }
    const bytes = this.codec.encode(this.text);
    this.text = '';
    const r = yield* writeAll(this.sys, this.fd, bytes);
    if (r < 0) this.error = -r;
  }
}

/** Where records end: RS as it is. */
export type Separator =
  | { kind: 'char'; char: string }
  | { kind: 'paragraph'; keepsEnd?: boolean }
  | { kind: 'regex'; regex: Regex };

/** Records of a file or a command's output. */
export class RecordReader {
  error = 0;
  pid = 0;
  /** What is here, and where in it the line begins and ends that `takeLine` gave last. */
  text = '';
  lineStart = 0;
  lineEnd = 0;
  private at = 0;
  private ended = false;
  private readonly buf = new Uint8Array(65536);
  private kept: Uint8Array = new Uint8Array(0);
  private readonly memory: HeldMemory;

  constructor(
    readonly sys: Sys,
    readonly fd: number,
    private readonly codec: Codec,
  ) {
    this.memory = new HeldMemory(sys);
  }

  /** The next record that is here as a whole; undefined: call `fill`, null: the end. */
  take(separator: Separator): string | undefined | null {
    if (separator.kind === 'char') {
      const end = this.text.indexOf(separator.char, this.at);
      if (end >= 0) return this.cut(end, end + 1);
    } else {
      if (separator.kind === 'paragraph') while (this.text[this.at] === '\n') this.at++;
      const found = this.find(separator);
      if (found) return this.cut(found[0], found[1]);
    }
    if (!this.ended) return undefined;
    if (this.at >= this.text.length) return null;
    const rest = this.text.slice(this.at);
    this.text = '';
    this.at = 0;
    if (separator.kind === 'paragraph' && separator.keepsEnd) return rest;
    return separator.kind === 'paragraph' ||
      (separator.kind === 'regex' && rest.endsWith('\n') && separator.regex.test('\n'))
      ? rest.replace(/\n+$/, '')
      : rest;
  }

  /** Goes to the next line that is here as a whole, newline included, without taking it out of the text. */
  takeLine(): boolean {
    const end = this.text.indexOf('\n', this.at);
    if (end < 0) return false;
    this.lineStart = this.at;
    this.lineEnd = end;
    this.at = end + 1;
    return true;
  }

  private cut(end: number, next: number): string {
    const record = this.text.slice(this.at, end);
    this.at = next;
    return record;
  }

  private find(separator: Separator): [number, number] | undefined {
    if (separator.kind === 'paragraph') {
      const start = this.text.indexOf('\n\n', this.at);
      if (start < 0) return undefined;
      let end = start + 2;
      while (this.text[end] === '\n') end++;
      return end < this.text.length || this.ended ? [start, end] : undefined;
    }
    if (separator.kind !== 'regex') return undefined;
    let from = this.at;
    for (;;) {
      const m = separator.regex.exec(this.text, from);
      if (!m || (m[1]! >= this.text.length && !this.ended)) return undefined;
      if (m[1]! > m[0]!) return [m[0]!, m[1]!];
      from = m[0]! + 1;
      if (from > this.text.length) return undefined;
    }
  }

  /** Reads more. */
  *fill(): Wait<void> {
    const n = yield* read(this.sys, this.fd, this.buf);
    if (n <= 0) {
      if (n < 0) this.error = -n;
      this.ended = true;
      if (this.kept.length > 0) this.text = this.text.slice(this.at) + this.codec.decode(this.kept);
      else this.text = this.text.slice(this.at);
      this.kept = new Uint8Array(0);
      this.at = 0;
      return;
    }
    let bytes = this.buf.subarray(0, n);
    if (this.kept.length > 0) {
      const all = new Uint8Array(this.kept.length + n);
      all.set(this.kept);
      all.set(bytes, this.kept.length);
      bytes = all;
    }
    const tail = this.codec.incomplete(bytes);
    this.kept = tail > 0 ? bytes.slice(bytes.length - tail) : new Uint8Array(0);
    this.memory.shrink(this.at);
    yield* this.memory.grow(n);
    this.text = this.text.slice(this.at) + this.codec.decode(bytes.subarray(0, bytes.length - tail));
    this.at = 0;
  }

  *next(separator: Separator): Wait<string | null> {
    for (;;) {
      const record = this.take(separator);
      if (record !== undefined) return record;
      yield* this.fill();
    }
  }
}

export function* openForReading(sys: Sys, path: string): Wait<number> {
  return path === '-' || path === '/dev/stdin' ? 0 : yield* open(sys, path, O_RDONLY | O_CLOEXEC);
}

export function* openForWriting(sys: Sys, path: string, append: boolean): Wait<number> {
  if (path === '/dev/stderr') return 2;
  if (path === '/dev/stdout' || path === '-') return 1;
  return yield* open(sys, path, O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0o666);
}
