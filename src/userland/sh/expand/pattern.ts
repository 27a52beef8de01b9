import { Glob, GlobBudgetError } from '../../../lib/glob.ts';
import type { Word } from '../parse/ast.ts';
import { DiscardUnwind } from '../state/unwind.ts';

export { quotePattern } from '../parse/word.ts';

/** How patterns are read: `extglob` and `nocasematch` of shopt. */
export interface PatternOptions {
  extglob: boolean;
  nocase: boolean;
}

const ACTIVE = /[*?[\\]/;
const EXTENDED = /[?*+@!]\(/;

/** True where the text would be taken as a pattern. */
export function hasPattern(text: string, extglob: boolean): boolean {
  return ACTIVE.test(text) || (extglob && EXTENDED.test(text));
}

/** Whether a word of the script may stand for many files, which takes time. */
export const mayGlob = (word: Word): boolean =>
  word.fixed === undefined && (word.pattern !== undefined || word.brace) && ACTIVE.test(word.source);

/** Takes the quoting backslashes out. */
export function unquotePattern(pattern: string): string {
  return pattern.includes('\\') ? pattern.replace(/\\([\s\S]|$)/g, '$1') : pattern;
}

/** A compiled pattern. */
export class Pattern {
  readonly #glob: Glob;
  /** For `*TEXT` and `TEXT*`, which most are. */
  #edge: { star: 'first' | 'last'; text: string } | undefined;
  /** The first character that it takes may literally be `.`. */
  readonly dotted: boolean;

  constructor(source: string, options: PatternOptions) {
    this.#glob = new Glob(source, { extglob: options.extglob, icase: options.nocase });
    const edge = options.nocase ? null : /^(?:\*([^*?[\]\\()|+@!]+)|([^*?[\]\\()|+@!]+)\*)$/s.exec(source);
    if (edge) this.#edge = edge[1] !== undefined ? { star: 'first', text: edge[1] } : { star: 'last', text: edge[2]! };
    this.dotted = /^\\?\.|^[?*+@]\((?:[^|)]*\|)*\\?\./.test(source);
  }

  matches(text: string): boolean {
    if (!this.#glob.hasGroups) return this.#glob.match(text);
    return bounded(() => this.#glob.match(text));
  }

  /** Length of the longest or shortest beginning that matches, -1 where none does. */
  prefix(text: string, longest: boolean): number {
    const { literal } = this.#glob;
    if (literal !== undefined) return text.startsWith(literal) ? literal.length : -1;
    const edge = this.#edge;
    if (edge?.star === 'first') {
      const at = longest ? text.lastIndexOf(edge.text) : text.indexOf(edge.text);
      return at < 0 ? -1 : at + edge.text.length;
    }
    if (edge) return text.startsWith(edge.text) ? (longest ? text.length : edge.text.length) : -1;
    return bounded(() => this.#glob.prefix(text, longest));
  }

  suffix(text: string, longest: boolean): number {
    const { literal } = this.#glob;
    if (literal !== undefined) return text.endsWith(literal) ? literal.length : -1;
    const edge = this.#edge;
    if (edge?.star === 'last') {
      const at = longest ? text.indexOf(edge.text) : text.lastIndexOf(edge.text);
      return at < 0 ? -1 : text.length - at;
    }
    if (edge) return text.endsWith(edge.text) ? (longest ? text.length : edge.text.length) : -1;
    return bounded(() => this.#glob.suffix(text, longest));
  }

  /** The first, longest match at or after `from`: its start and end. */
  search(text: string, from: number): [number, number] | undefined {
    const { literal } = this.#glob;
    if (literal === undefined) return bounded(() => this.#glob.search(text, from));
    const at = text.indexOf(literal, from);
    return at < 0 ? undefined : [at, at + literal.length];
  }
}

/** Gives the command up where a pattern takes too long for its text. */
function bounded<T>(match: () => T): T {
  try {
    return match();
  } catch (thrown) {
    if (thrown instanceof GlobBudgetError) throw new DiscardUnwind(1);
    throw thrown;
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
