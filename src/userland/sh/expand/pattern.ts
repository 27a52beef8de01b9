import { Glob } from '../../../lib/glob.ts';

/** How patterns are read: `extglob` and `nocasematch` of shopt. */
export interface PatternOptions {
  extglob: boolean;
  nocase: boolean;
}

const ACTIVE = /[*?[\\]/;
const EXTENDED = /[?*+@!]\(/;
const SPECIAL = /[*?[\]\\()|+@!^-]/g;

/** True where the text would be taken as a pattern. */
export function hasPattern(text: string, extglob: boolean): boolean {
  return ACTIVE.test(text) || (extglob && EXTENDED.test(text));
}

/** The text with its pattern characters quoted by backslashes. */
export function quotePattern(text: string): string {
  return text.replace(SPECIAL, '\\$&');
}

/** Takes the quoting backslashes out. */
export function unquotePattern(pattern: string): string {
  return pattern.includes('\\') ? pattern.replace(/\\([\s\S]|$)/g, '$1') : pattern;
}

/** A compiled pattern. */
export class Pattern {
  readonly #glob: Glob;
  /** The first character that it takes may literally be `.`. */
  readonly dotted: boolean;

  constructor(source: string, options: PatternOptions) {
    this.#glob = new Glob(source, { extglob: options.extglob, icase: options.nocase });
    this.dotted = /^\\?\.|^[?*+@]\((?:[^|)]*\|)*\\?\./.test(source);
  }

  matches(text: string): boolean {
    return this.#glob.match(text);
  }

  /** Length of the longest or shortest beginning that matches, -1 where none does. */
  prefix(text: string, longest: boolean): number {
    const { literal } = this.#glob;
    if (literal !== undefined) return text.startsWith(literal) ? literal.length : -1;
    return this.#glob.prefix(text, longest);
  }

  suffix(text: string, longest: boolean): number {
    const { literal } = this.#glob;
    if (literal !== undefined) return text.endsWith(literal) ? literal.length : -1;
    return this.#glob.suffix(text, longest);
  }

  /** The first, longest match at or after `from`: its start and end. */
  search(text: string, from: number): [number, number] | undefined {
    const { literal } = this.#glob;
    if (literal === undefined) return this.#glob.search(text, from);
    const at = text.indexOf(literal, from);
    return at < 0 ? undefined : [at, at + literal.length];
  }
}

/** Patterns that were compiled, by source. */
export class PatternCache {
  #compiled = new Map<string, Pattern>();
  #extglob = false;
  #nocase = false;

  compile(source: string, options: PatternOptions): Pattern {
    if (options.extglob !== this.#extglob || options.nocase !== this.#nocase || this.#compiled.size > 500) {
      this.#compiled.clear();
      this.#extglob = options.extglob;
      this.#nocase = options.nocase;
    }
    let pattern = this.#compiled.get(source);
    if (pattern === undefined) {
      pattern = new Pattern(source, options);
      this.#compiled.set(source, pattern);
    }
    return pattern;
  }
}
