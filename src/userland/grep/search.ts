import { countByte, isAsciiText, nextByte } from '../../lib/byte-search.ts';
import { byteLength, decode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import type { Input, Output } from '../../libc/stdio.ts';
import { LineBlocks } from '../text-lines.ts';
import type { Colors } from './colors.ts';
import type { Matcher } from './matcher.ts';

/** What a part of a long search counts for. */
const SLOW = 256;

/** What is printed of the lines that are found. */
export interface SearchOptions {
  invert: boolean;
  count: boolean;
  /** -l or -L: only whether there is one. */
  list: boolean;
  quiet: boolean;
  onlyMatching: boolean;
  lineNumber: boolean;
  byteOffset: boolean;
  /** Changes from operand to operand: with -r the files of a directory are named. */
  withName: boolean;
  nullName: boolean;
  initialTab: boolean;
  max: number;
  before: number;
  after: number;
  separator: string | undefined;
  /** What surrounds coloured parts; undefined: no colour. */
  color: Colors | undefined;
  eol: '\n' | '\0';
  binary: 'binary' | 'text' | 'without-match';
  /** Bytes that are no UTF-8 make a file binary as well. */
  utf8: boolean;
  lineBuffered: boolean;
  /** -o prints an empty line for an empty match (busybox with an empty pattern). */
  emptyMatches: boolean;
}

/** One file's search; `printed` goes on from file to file (separators between groups of context). */
export class Search {
  /** Selected lines so far. */
  selected = 0;
  binaryMatch = false;
  private line = 1;
  private bytes = 0;
  private pendingAfter = 0;
  private before: { text: string; line: number; bytes: number }[] = [];
  private isBinary = false;
  private readonly silent: boolean;

  constructor(
    private readonly matcher: Matcher,
    private readonly options: SearchOptions,
    private readonly out: Output,
    private readonly name: string,
    private readonly shared: { printed: boolean; lastLine: number },
  ) {
    this.silent = options.count || options.list || options.quiet;
    shared.lastLine = -1;
  }

  *run(input: Input): Wait<void> {
    const { options } = this;
    const eolByte = options.eol === '\n' ? 10 : 0;
    const blocks = new LineBlocks(input, eolByte);
    const plain = options.color === undefined && !options.onlyMatching && options.before === 0 && options.after === 0;
    for (let block; (block = yield* blocks.next()) !== undefined; ) {
      const scans = plain && !this.isBinary && this.matcher.scans && isAsciiText(block);
      if (yield* scans ? this.asciiBlock(block) : this.block(decode(block))) return;
      if (input.sys.tick()) yield;
    }
  }

  /** Searches whole lines of ASCII, whose bytes are printed as they are. @returns true where no more is needed */
  private *asciiBlock(bytes: Uint8Array): Wait<boolean> {
    const { options, out, matcher } = this;
    for (let at = 0; at < bytes.length; ) {
      const hit = matcher.nextAsciiLine(bytes, at, bytes.length);
      const next = hit < bytes.length ? Math.min(bytes.length, nextByte(bytes, 10, hit, bytes.length) + 1) : hit;
      const due = options.invert
        ? this.selectLines(bytes, at, hit) || this.skipLines(bytes, hit, next)
        : this.skipLines(bytes, at, hit) || this.selectLines(bytes, hit, next);
      at = next;
      if (due) yield* out.flush();
      if (out.error !== 0 || this.selected >= options.max) return true;
      if ((options.list || options.quiet) && this.selected > 0) return true;
      if (out.sys.tick()) yield;
    }
    return false;
  }

  private skipLines(bytes: Uint8Array, from: number, to: number): false {
    if (this.options.lineNumber && !this.silent) this.line += countByte(bytes, 10, from, to);
    this.bytes += to - from;
    return false;
  }

  /** @returns true where the output is to be flushed */
  private selectLines(bytes: Uint8Array, from: number, to: number): boolean {
    const { options, out } = this;
    if (from >= to) return false;
    if (options.list || options.quiet) {
      this.selected++;
      return false;
    }
    const open = bytes[to - 1] !== 10;
    if (options.max === Number.POSITIVE_INFINITY) {
      if (this.silent) {
        this.selected += countByte(bytes, 10, from, to) + (open ? 1 : 0);
        return false;
      }
      if (!options.withName && !options.lineNumber && !options.byteOffset && !options.initialTab) {
        this.selected++;
        const due = out.putPart(bytes, from, to);
        return (open ? out.put('\n') : due) || options.lineBuffered;
      }
    }
    let due = false;
    for (let at = from; at < to && this.selected < options.max; ) {
      const end = nextByte(bytes, 10, at, to);
      this.selected++;
      if (!this.silent) {
        const prefix = this.prefix(':', this.line, this.bytes);
        if (prefix !== '') out.put(prefix);
        out.putPart(bytes, at, end);
        due = out.put('\n') || due;
        this.line++;
        this.bytes += end + 1 - at;
      }
      at = end + 1;
    }
    return due || (options.lineBuffered && !this.silent);
  }

  /** Searches whole lines. @returns true where no more is needed */
  private *block(text: string): Wait<boolean> {
    const { options, matcher } = this;
    const { eol } = options;
    if (!this.isBinary && options.binary !== 'text' && looksBinary(text, options)) {
      if (options.binary === 'without-match') return true;
      this.isBinary = true;
    }
    const slow = matcher.mayTakeLong;
    let at = 0;
    while (at < text.length) {
      const over = this.selected >= options.max;
      const hit = over ? null : slow ? yield* this.slowLine(text, at) : matcher.nextLine(text, at, eol);
      const gapEnd = hit ? hit[0] : text.length;
      if (gapEnd > at && (yield* this.region(text, at, gapEnd, options.invert && !over))) return true;
      if (!hit) break;
      const next = Math.min(hit[1] + 1, text.length);
      if (yield* this.region(text, hit[0], next, !options.invert)) return true;
      at = next;
      if (this.out.sys.tick()) yield;
    }
    return false;
  }

  /** The next line that matches, where that may take long. */
  private *slowLine(text: string, from: number): Wait<[number, number] | null> {
    const { sys } = this.out;
    const pause = (): boolean => sys.tick(SLOW);
    for (let at = from; at < text.length; ) {
      const found = text.indexOf(this.options.eol, at);
      const end = found < 0 ? text.length : found;
      if (yield* this.matcher.matchesWait(text.slice(at, end), pause)) return [at, end];
      at = end + 1;
      if (sys.tick()) yield;
    }
    return null;
  }

  /** A run of lines that are all selected, or all not. */
  private *region(text: string, from: number, to: number, selected: boolean): Wait<boolean> {
    const { options } = this;
    const { eol } = options;
    if (!selected && this.pendingAfter === 0 && options.before === 0) {
      this.skip(text, from, to);
      return false;
    }
    let at = from;
    while (at < to) {
      const found = text.indexOf(eol, at);
      const end = found < 0 || found >= to ? to : found;
      const line = text.slice(at, end);
      if (selected) {
        this.selected++;
        if (options.list || options.quiet) return true;
        if (!options.count) {
          if (this.isBinary) {
            this.binaryMatch = true;
            return true;
          }
          yield* this.emitSelected(line);
        }
        if (this.selected >= options.max) {
          if (options.after === 0 || this.silent) return true;
        }
      } else if (!this.silent && !this.isBinary) {
        if (this.pendingAfter > 0) {
          yield* this.emit(line, '-', this.line, this.bytes);
          this.pendingAfter--;
        } else if (this.selected < options.max && options.before > 0) {
          this.before.push({ text: line, line: this.line, bytes: this.bytes });
          if (this.before.length > options.before) this.before.shift();
        }
        if (this.selected >= options.max && this.pendingAfter === 0) return true;
      }
      this.line++;
      if (options.byteOffset) this.bytes += byteLength(line) + 1;
      at = end + 1;
      if (selected && this.selected >= options.max && this.pendingAfter === 0) return true;
      if (this.out.sys.tick()) yield;
    }
    return false;
  }

  private skip(text: string, from: number, to: number): void {
    const { options } = this;
    if (options.lineNumber && !this.silent) {
      for (let at = text.indexOf(options.eol, from); at >= 0 && at < to; at = text.indexOf(options.eol, at + 1))
        this.line++;
    }
    if (options.byteOffset) this.bytes += byteLength(text.slice(from, to));
  }

  private *emitSelected(line: string): Wait<void> {
    const { options } = this;
    if (this.selected > options.max) return;
    const first = this.before[0]?.line ?? this.line;
    const contexts = options.before > 0 || options.after > 0;
    if (
      contexts &&
      options.separator !== undefined &&
      this.shared.printed &&
      !(this.shared.lastLine === first - 1 && options.lineNumber) &&
      !this.adjacent(first)
    ) {
      const text = options.color ? options.color.separator(options.separator) : options.separator;
      this.out.put(`${text}\n`);
    }
    for (const b of this.before) yield* this.emit(b.text, '-', b.line, b.bytes);
    this.before = [];
    yield* this.emit(line, ':', this.line, this.bytes);
    this.pendingAfter = options.after;
  }

  private adjacent(first: number): boolean {
    return this.shared.lastLine >= 0 && this.shared.lastLine === first - 1;
  }

  private *emit(line: string, sep: ':' | '-', lineNo: number, bytes: number): Wait<void> {
    const { options, out } = this;
    this.shared.printed = true;
    this.shared.lastLine = lineNo;
    if (options.onlyMatching) {
      if (sep === '-' || options.invert) return;
      let at = 0;
      while (at <= line.length) {
        const m = this.matcher.next(line, at);
        if (!m) break;
        if (options.emptyMatches && m[1] === m[0]) {
          out.put(this.prefix(sep, lineNo, 0) + options.eol);
          break;
        }
        if (m[1] > m[0]) {
          const text = line.slice(m[0], m[1]);
          const offset = options.byteOffset ? bytes + byteLength(line.slice(0, m[0])) : 0;
          out.put(this.prefix(sep, lineNo, offset) + (options.color?.match(text) ?? text) + options.eol);
        }
        at = m[1] > m[0] ? m[1] : m[0] + 1;
      }
      if (out.put('')) yield* out.flush();
    } else {
      const paint = (sep === ':') !== options.invert ? options.color : undefined;
      if (out.put(this.prefix(sep, lineNo, bytes) + (paint ? this.painted(line, paint) : line) + options.eol))
        yield* out.flush();
    }
    if (options.lineBuffered) yield* out.flush();
  }

  private painted(line: string, colors: Colors): string {
    let text = '';
    let at = 0;
    let done = 0;
    while (at <= line.length) {
      const m = this.matcher.next(line, at);
      if (!m) break;
      if (m[1] > m[0]) {
        text += line.slice(done, m[0]) + colors.match(line.slice(m[0], m[1]));
        done = m[1];
      }
      at = m[1] > m[0] ? m[1] : m[0] + 1;
    }
    return text + line.slice(done);
  }

  private prefix(sep: string, line: number, bytes: number): string {
    const { options } = this;
    const mark = options.color?.separator(sep) ?? sep;
    let text = '';
    if (options.withName) {
      text += options.color?.file(this.name) ?? this.name;
      text += options.nullName ? '\0' : mark;
    }
    const number = (n: number): string => {
      const t = String(n);
      return (options.color?.line(t) ?? t) + mark;
    };
    if (options.lineNumber) text += number(line);
    if (options.byteOffset) text += number(bytes);
    return text !== '' && options.initialTab ? `${text}\t` : text;
  }
}

function looksBinary(text: string, options: SearchOptions): boolean {
  if (options.eol === '\n' && text.includes('\0')) return true;
  return options.utf8 && /[\udc80-\udcff]/.test(text) && /(?:^|[^\ud800-\udbff])[\udc80-\udcff]/.test(text);
}
