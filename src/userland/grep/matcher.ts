import { nextByte } from '../../lib/byte-search.ts';
import type { LineScanner } from '../../lib/regex/line-scanner.ts';
import { compileRegex, type Regex, RegexError } from '../../lib/regex/regex.ts';
import { decode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';

/** How the patterns of a grep are read. */
export interface PatternOptions {
  syntax: 'bre' | 'ere' | 'perl' | 'fixed';
  icase: boolean;
  word: boolean;
  line: boolean;
  /** What ends a line: with NUL a newline is a character as others are. */
  eol: '\n' | '\0';
  /** The applet says less of wrong patterns. */
  busybox: boolean;
}

/** Steps of a search between two looks at the time. */
const STEPS = 20_000;

const isWord = (c: number): boolean =>
  (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || c === 95 || (c >= 97 && c <= 122) || (c >= 0xc0 && c < 0xdc00);

/** Finds lines and matches of a set of patterns. */
export class Matcher {
  private constructor(
    private readonly regexes: readonly Regex[],
    private readonly options: PatternOptions,
    /** An empty pattern: every line matches. */
    private readonly always: boolean,
  ) {}

  #scanner: LineScanner | undefined;
  #scannerTried = false;

  /** @returns the matcher, or the words of the error in a pattern */
  static make(patterns: readonly string[], options: PatternOptions): Matcher | string {
    const { syntax } = options;
    if (!options.busybox && syntax !== 'fixed' && syntax !== 'perl' && patterns.some((p) => /^\[:[a-z]+:\]/.test(p)))
      return 'character class syntax is [[:space:]], not [:space:]';
    const always = patterns.includes('') && !options.word && !options.line;
    const joined = joinPatterns(patterns, options);
    const regexes: Regex[] = [];
    for (const source of joined) {
      const regex = compileRegex(source, {
        dialect: syntax === 'fixed' ? 'ere' : syntax,
        icase: options.icase,
        lenient: true,
        ...(syntax === 'perl' ? { multiline: true } : { newline: options.eol === '\n' }),
      });
      if (regex instanceof RegexError) return regex.message;
      regexes.push(regex);
    }
    return new Matcher(regexes, options, always);
  }

  /**
   * The first line at or after `from` (which begins a line) that matches; lines end with `eol`.
   * @returns [start, end] without the newline, or null
   */
  nextLine(text: string, from: number, eol: string): [number, number] | null {
    let at = from;
    while (at < text.length) {
      const found = this.always ? at : this.#search(text, at, eol);
      if (found < 0) return null;
      const start = found === 0 ? 0 : text.lastIndexOf(eol, found - 1) + 1;
      const begin = Math.max(start, at);
      let end = text.indexOf(eol, Math.max(begin, found));
      // a match that begins with the newline of a line belongs to that line
      if (end < 0) end = text.length;
      if (begin >= text.length) return null;
      if (this.always || this.matches(text.slice(begin, end))) return [begin, end];
      at = end + 1;
    }
    return null;
  }

  /** Whether `nextAsciiLine` can be used. */
  get scans(): boolean {
    if (this.options.eol !== '\n') return false;
    if (this.always) return true;
    if (!this.#scannerTried && this.regexes.length === 1) this.#scanner = this.regexes[0]!.lineScanner();
    this.#scannerTried = true;
    return this.#scanner !== undefined;
  }

  /** Where the first line that matches begins, from a line's beginning on, in ASCII; `end` where there is none. */
  nextAsciiLine(bytes: Uint8Array, from: number, end: number): number {
    if (this.always) return from;
    const { line, word } = this.options;
    let at = from;
    while (at < end) {
      const found = this.#scanner!.find(bytes, at, end);
      if (found < 0) return end;
      const begin = found === 0 ? 0 : bytes.lastIndexOf(10, found - 1) + 1;
      if (!line && !word) return begin;
      at = nextByte(bytes, 10, found, end) + 1;
      if (this.next(decode(bytes, begin, at - 1), 0)) return begin;
    }
    return end;
  }

  /** Lines are to be asked by `matchesWait`: a pattern may take long. */
  get mayTakeLong(): boolean {
    return !this.always && this.regexes.some((regex) => regex.mayTakeLong);
  }

  /** Whether a line matches, worked out a part at a time. @param pause says that it is time to yield */
  *matchesWait(line: string, pause: () => boolean): Wait<boolean> {
    for (const regex of this.regexes) {
      const search = regex.start(line);
      let found = search.run(STEPS);
      for (; found === 'more'; found = search.run(STEPS)) if (pause()) yield;
      if (found === null) continue;
      if (!this.options.word && !this.options.line) return true;
      if (this.next(line, 0)) return true;
    }
    return false;
  }

  #search(text: string, from: number, eol: string): number {
    if (eol !== '\n') return from;
    let first = -1;
    for (const regex of this.regexes) {
      const at = regex.search(text, from);
      if (at >= 0 && (first < 0 || at < first)) first = at;
    }
    return first;
  }

  matches(line: string): boolean {
    if (this.always) return true;
    if (!this.options.word && !this.options.line) return this.regexes.some((regex) => regex.test(line));
    return this.next(line, 0) !== null;
  }

  /** The first match in a line at or after `from`: leftmost, then longest of all patterns. */
  next(line: string, from: number): [number, number] | null {
    let best: [number, number] | null = null;
    for (const regex of this.regexes) {
      const found = this.#one(regex, line, from);
      if (found && (!best || found[0] < best[0] || (found[0] === best[0] && found[1] > best[1]))) best = found;
    }
    return best;
  }

  #one(regex: Regex, line: string, from: number): [number, number] | null {
    let at = from;
    while (at <= line.length) {
      const m = regex.exec(line, at);
      if (!m) return null;
      const [start, end] = [m[0]!, m[1]!];
      if (this.options.line) return start === 0 && end === line.length ? [0, end] : null;
      if (!this.options.word) return [start, end];
      if (start === 0 || !isWord(line.charCodeAt(start - 1))) {
        const fits = this.#wordEnd(regex, line, start, end);
        if (fits >= 0) return [start, fits];
      }
      at = start + 1;
    }
    return null;
  }

  /** The longest match at `start` that ends before no word character, or -1. */
  #wordEnd(regex: Regex, line: string, start: number, end: number): number {
    for (let e = end; e >= start; ) {
      if (e === line.length || !isWord(line.charCodeAt(e))) return e;
      const shorter = e > start ? regex.exec(line.slice(0, e - 1), start) : null;
      if (!shorter || shorter[0] !== start) return -1;
      e = shorter[1]!;
    }
    return -1;
  }
}

const escapeEre = (text: string): string =>
  text
    .replace(/[\\^$.[\]|()?*+{}]/g, '\\$&')
    .replaceAll('\\]', '[]]')
    .replaceAll('\\}', '[}]');

/** As few regular expressions as give the same: one, unless there are back-references. */
function joinPatterns(patterns: readonly string[], options: PatternOptions): string[] {
  const { syntax, line, word } = options;
  const list = syntax === 'fixed' ? patterns.map(escapeEre) : [...patterns];
  if (list.length === 0) return [];
  if (syntax === 'perl') {
    const all = list.length === 1 ? list[0]! : list.map((p) => `(?:${p})`).join('|');
    return [line ? `^(?:${all})$` : word ? `(?<!\\w)(?:${all})(?!\\w)` : all];
  }
  if (list.length === 1 || list.some((p) => /\\[1-9]/.test(p))) return list;
  const bar = syntax === 'bre' ? '\\|' : '|';
  return [list.join(bar)];
}
