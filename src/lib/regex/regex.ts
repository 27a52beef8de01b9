import {
  firstSet,
  hasBackrefs,
  hasPlainBackrefs,
  isByteSafe,
  isNullable,
  isSameInPerl,
  isSequence,
} from './analysis.ts';
import { type ParsedRegex, RegexError, type RegexNode, someNode } from './ast.ts';
import { Backtracker } from './backtracker.ts';
import { CharSet } from './char-set.ts';
import { ClassSets } from './classes.ts';
import { LazyDfa } from './dfa.ts';
import { DfaSearch } from './dfa-search.ts';
import { LineScanner } from './line-scanner.ts';
import { NativeMatcher } from './native.ts';
import { parsePerl } from './perl-parser.ts';
import { parsePosix } from './posix-parser.ts';
import { compileProgram, type Program } from './program.ts';

export { RegexError } from './ast.ts';

export interface RegexOptions {
  /** Basic and extended of POSIX with GNU's additions (leftmost-longest), awk's (with C escapes), or Perl's (leftmost-first). */
  dialect: 'bre' | 'ere' | 'awk' | 'perl';
  icase?: boolean;
  /** REG_NEWLINE: `multiline`, and neither `.` nor `[^…]` matches a newline. */
  newline?: boolean;
  /** `^` and `$` match at every line (sed's M flag, Perl's m). */
  multiline?: boolean;
  /** Perl's s: `.` matches newlines. In POSIX it always does, unless `newline`. */
  dotAll?: boolean;
  /** grep's leniency: stray quantifiers, `{` and `)` in an ERE are no errors. */
  lenient?: boolean;
  /** Texts are bytes, one a code unit (latin1); classes are ASCII. */
  bytes?: boolean;
}

/** [start, end, start1, end1, …] in code units; -1 where a group took no part. */
export type RegexMatch = number[];

/** A synchronous search took more steps than it may. */
export class RegexBudgetError extends Error {}

/** Steps that `exec` and `test` may take. */
const BUDGET = 10_000_000;

/** A search that can be interrupted. */
export interface RegexSearch {
  /** Goes on for about `steps` steps. @returns the match, null where there is none, or `more` where it is not through */
  run(steps: number): RegexMatch | null | 'more';
}

/**
 * Compiles a regular expression.
 * @returns the Regex, or a RegexError whose message is the one of glibc's regcomp (POSIX) or PCRE2 (Perl)
 */
export function compileRegex(source: string, options: RegexOptions): Regex | RegexError {
  try {
    return new Regex(parse(source, options), options);
  } catch (error) {
    if (error instanceof RegexError) return error;
    throw error;
  }
}

function parse(source: string, options: RegexOptions): ParsedRegex {
  const multiline = options.multiline ?? options.newline ?? false;
  const common = { icase: options.icase ?? false, multiline, bytes: options.bytes ?? false };
  if (options.dialect === 'perl') return parsePerl(source, { ...common, dotAll: options.dotAll ?? false });
  return parsePosix(source, {
    ...common,
    dialect: options.dialect,
    newlineExcluded: options.newline ?? false,
    lenient: options.lenient ?? false,
  });
}

/**
 * A compiled regular expression. Who does the work: JavaScript's engine where it gives the same result and cannot run
 * away; else a lazy automaton (POSIX without back-references); else a backtracking machine with a budget of steps.
 */
export class Regex {
  /** Number of groups. */
  readonly groups: number;
  /** Groups with names (Perl). */
  readonly names: ReadonlyMap<string, number>;
  /** Whether matching the bytes of UTF-8 as latin1 finds the same lines as matching the text. */
  readonly byteSafe: boolean;
  private readonly node: RegexNode;
  private readonly posix: boolean;
  private readonly backrefs: boolean;
  private readonly word: CharSet;
  /** JavaScript's engine, and what its result is good for. */
  private readonly native: NativeMatcher | undefined;
  private readonly nativeIsExact: boolean;
  private readonly first: CharSet | undefined;
  private dfa: LazyDfa | undefined;
  private dfaTried = false;
  private program: Program | undefined;

  constructor(parsed: ParsedRegex, options: RegexOptions) {
    this.node = parsed.node;
    this.groups = parsed.groups;
    this.names = parsed.names;
    this.posix = options.dialect !== 'perl';
    this.backrefs = hasBackrefs(parsed.node);
    const usesWords = someNode(parsed.node, (n) => n.kind === 'assert' && /word/.test(n.what));
    this.word = usesWords ? new ClassSets(options.bytes === true || !this.posix).word : new CharSet([]);
    this.byteSafe = isByteSafe(parsed.node);
    this.nativeIsExact = this.posix ? isSequence(parsed.node) : isSameInPerl(parsed.node);
    const native = this.posix ? hasPlainBackrefs(parsed.node) : this.nativeIsExact;
    if (native) this.native = new NativeMatcher(parsed.node, { word: this.word, bytes: options.bytes === true });
    if (!isNullable(parsed.node)) {
      const first = firstSet(parsed.node, new CharSet([]));
      if (!first.isEmpty) this.first = first;
    }
    if (this.backrefs || !this.posix) this.program = compileProgram(parsed.node, parsed.groups, !this.posix);
  }

  /**
   * The first match at or after `from`. `^` and look-behind see the whole text, so a search that goes on in a text is
   * given the text and `from`.
   * @throws RegexBudgetError where the pattern takes too long
   */
  exec(text: string, from = 0): RegexMatch | null {
    if (this.native && this.nativeIsExact && this.native.accepts(text))
      return this.native.exec(text, from, this.groups);
    return finish(this.slowSearch(text, from));
  }

  /** Whether there is a match at or after `from`; faster than exec. @throws RegexBudgetError */
  test(text: string, from = 0): boolean {
    if (this.native?.accepts(text)) return this.native.test(text, from);
    const dfa = this.automaton();
    if (dfa) return finish(new DfaSearch(dfa, text, from, { first: this.first, onlyTest: true })) !== null;
    return finish(this.backtrack(text, from)) !== null;
  }

  /**
   * Where the first match at or after `from` begins, or -1. Faster than exec: what grep asks of a whole block.
   * @throws RegexBudgetError
   */
  search(text: string, from = 0): number {
    if (this.native?.accepts(text)) return this.native.exec(text, from, 0)?.[0] ?? -1;
    return finish(this.slowSearch(text, from))?.[0] ?? -1;
  }

  /** A search may take steps that its text does not account for. */
  get mayTakeLong(): boolean {
    return this.posix ? this.backrefs : !this.nativeIsExact;
  }

  /** Begins a search that the caller carries on. */
  start(text: string, from = 0): RegexSearch {
    const { native } = this;
    if (native && this.nativeIsExact && native.accepts(text))
      return { run: () => native.exec(text, from, this.groups) };
    return this.slowSearch(text, from);
  }

  /** What finds lines in ASCII bytes; undefined for back-references, Perl's patterns and those that are too big. */
  lineScanner(): LineScanner | undefined {
    if (!this.posix || this.backrefs) return undefined;
    const dfa = LazyDfa.make(this.node, this.word);
    return dfa && new LineScanner(dfa);
  }

  private slowSearch(text: string, from: number): RegexSearch {
    const known = this.native?.accepts(text) ? this.native.exec(text, from, 0) : undefined;
    if (known === null) return { run: () => null };
    const dfa = this.automaton();
    if (!dfa) return this.backtrack(text, known?.[0] ?? from);
    const search = new DfaSearch(dfa, text, known?.[0] ?? from, { first: this.first, startsHere: known !== undefined });
    return {
      run: (steps) => {
        const span = search.run(steps);
        if (span === null || span === 'more' || this.groups === 0) return span;
        return this.withGroups(text, span);
      },
    };
  }

  /** The groups of a known match: as glibc sets them, the first way through the pattern that ends there. */
  private withGroups(text: string, span: [number, number]): RegexMatch {
    const found = this.backtrack(text, span[0], span).run(BUDGET);
    return Array.isArray(found) ? found : [...span, ...new Array<number>(this.groups * 2).fill(-1)];
  }

  private automaton(): LazyDfa | undefined {
    if (!this.posix || this.backrefs) return undefined;
    if (!this.dfaTried) this.dfa = LazyDfa.make(this.node, this.word);
    this.dfaTried = true;
    return this.dfa;
  }

  private backtrack(text: string, from: number, span?: [number, number]): Backtracker {
    this.program ??= compileProgram(this.node, this.groups, !this.posix);
    return new Backtracker(this.program, text, from, {
      word: this.word,
      longest: this.posix && !span,
      first: this.first,
      groups: this.groups,
      ...(span && { span }),
    });
  }
}

function finish(search: { run(steps: number): RegexMatch | null | 'more' }): RegexMatch | null {
  const result = search.run(BUDGET);
  if (result === 'more') throw new RegexBudgetError('regular expression takes too long');
  return result;
}
