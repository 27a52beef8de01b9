import { type AssertKind, concat, type ParsedRegex, REPEAT_MAX, RegexError, type RegexNode } from './ast.ts';
import { ALL, CharSet } from './char-set.ts';
import { ClassSets } from './classes.ts';

export interface PosixOptions {
  dialect: 'bre' | 'ere' | 'awk';
  icase: boolean;
  /** `^` and `$` match at newlines. */
  multiline: boolean;
  /** `.` and `[^…]` do not match a newline. */
  newlineExcluded: boolean;
  /** grep's leniency: a quantifier with nothing before it, an unmatched `)` or `{` are taken as they are. */
  lenient: boolean;
  /** Classes are ASCII only. */
  bytes: boolean;
}

const UNMATCHED_BRACKET = 'Unmatched [, [^, [:, [., or [=';
const BAD_REPEAT = 'Invalid preceding regular expression';
const NEWLINE = 10;

/**
 * Parses a basic or extended regular expression of POSIX with GNU's additions.
 * @throws RegexError with the text of regcomp(3) in glibc
 */
export function parsePosix(source: string, options: PosixOptions): ParsedRegex {
  return new PosixParser(source, options).parse();
}

/** Groups deeper than this are refused, so that nothing exhausts our stack. */
const DEPTH_MAX = 250;

class PosixParser {
  private at = 0;
  private groups = 0;
  private depth = 0;
  /** Groups that are complete: those a back-reference may name. */
  private closed: ReadonlySet<number> = new Set();
  private readonly classes: ClassSets;
  private readonly source: string;
  private readonly options: PosixOptions;
  private readonly basic: boolean;

  constructor(source: string, options: PosixOptions) {
    this.source = source;
    this.options = options;
    this.basic = options.dialect === 'bre';
    this.classes = new ClassSets(options.bytes);
  }

  parse(): ParsedRegex {
    const node = this.alternatives();
    if (this.at < this.source.length) throw new RegexError('Unmatched ) or \\)');
    return { node, groups: this.groups, names: new Map() };
  }

  /** The next token: an operator with or without its backslash, as the dialect has it, or ''. */
  private operator(): string {
    const c = this.source[this.at];
    if (c === undefined) return '';
    if (this.basic) {
      const next = c === '\\' ? this.source[this.at + 1] : undefined;
      if (next !== undefined && '(){}|+?'.includes(next)) return next;
      return c === '*' ? '*' : '';
    }
    return '()|*+?{'.includes(c) ? c : '';
  }

  private skipOperator(): void {
    this.at += this.basic && this.source[this.at] !== '*' ? 2 : 1;
  }

  private alternatives(): RegexNode {
    const before = this.closed;
    const branches = [this.branch()];
    // A branch may not refer to groups of its neighbours; what follows the alternatives may refer to all.
    let all = this.closed;
    while (this.operator() === '|') {
      this.skipOperator();
      this.closed = new Set(before);
      branches.push(this.branch());
      all = new Set([...all, ...this.closed]);
    }
    this.closed = all;
    return branches.length === 1 ? branches[0]! : { kind: 'alt', nodes: branches };
  }

  private branch(): RegexNode {
    const nodes: RegexNode[] = [];
    while (this.at < this.source.length) {
      const operator = this.operator();
      if (operator === '|') break;
      if (operator === ')') {
        if (this.depth > 0 || this.basic || !this.options.lenient) break;
        this.at++;
        nodes.push(this.repeated(this.literal(0x29)));
        continue;
      }
      const atom = this.atom(operator, nodes);
      nodes.push(atom.kind === 'assert' ? this.afterAssertion(atom) : this.repeated(atom));
    }
    return concat(nodes);
  }

  /** A quantifier right after an assertion: literal in a BRE, an error in an ERE (grep takes it as it is). */
  private afterAssertion(atom: RegexNode): RegexNode {
    if (this.basic) return atom;
    const operator = this.operator();
    if (operator !== '' && '*+?{'.includes(operator) && !this.options.lenient) throw new RegexError(BAD_REPEAT);
    return this.repeated(atom);
  }

  /** `before`: what of the branch stands before it. */
  private atom(operator: string, before: readonly RegexNode[]): RegexNode {
    if (operator === '(') return this.group();
    if (operator !== '' && '*+?{}'.includes(operator)) return this.strayQuantifier(operator);
    const c = this.source[this.at]!;
    switch (c) {
      case '[':
        return this.bracket();
      case '.':
        this.at++;
        return { kind: 'set', set: this.options.newlineExcluded ? ALL.without(NEWLINE) : ALL };
      case '^':
        if (this.basic && before.length > 0) break;
        this.at++;
        return this.assertion(this.options.multiline ? 'line-start' : 'text-start');
      case '$':
        if (this.basic && !this.isBasicEnd(this.at + 1)) break;
        this.at++;
        return this.assertion(this.options.multiline ? 'line-end' : 'text-end');
      case '\\':
        return this.escape();
    }
    const code = this.source.codePointAt(this.at)!;
    this.at += code > 0xffff ? 2 : 1;
    return this.literal(code);
  }

  /** In a BRE `$` is an anchor only at the end of the whole, a branch or a group. */
  private isBasicEnd(at: number): boolean {
    return at >= this.source.length || this.source.startsWith('\\)', at) || this.source.startsWith('\\|', at);
  }

  /** A quantifier with nothing before it. */
  private strayQuantifier(operator: string): RegexNode {
    const { lenient, dialect } = this.options;
    if (this.basic) {
      if (operator === '{' && !lenient) throw new RegexError(BAD_REPEAT);
      this.skipOperator();
      return this.literal(operator.charCodeAt(0));
    }
    if (dialect === 'awk' || (operator === '{' && lenient && !this.isInterval())) {
      this.at++;
      return this.literal(operator.charCodeAt(0));
    }
    if (!lenient) throw new RegexError(BAD_REPEAT);
    // The quantifier applies to nothing.
    return { kind: 'empty' };
  }

  private group(): RegexNode {
    this.skipOperator();
    if (++this.depth > DEPTH_MAX) throw new RegexError('Regular expression too big');
    const index = ++this.groups;
    const node = this.alternatives();
    if (this.operator() !== ')') throw new RegexError('Unmatched ( or \\(');
    this.skipOperator();
    this.depth--;
    this.closed = new Set([...this.closed, index]);
    return { kind: 'group', index, node };
  }

  private literal(code: number): RegexNode {
    const set = CharSet.of(code);
    return { kind: 'set', set: this.options.icase ? set.foldCase() : set };
  }

  private assertion(what: AssertKind): RegexNode {
    return { kind: 'assert', what };
  }

  private escape(): RegexNode {
    const c = this.source[this.at + 1];
    if (c === undefined) throw new RegexError('Trailing backslash');
    const known = this.options.dialect === 'awk' ? this.awkEscape(c) : this.gnuEscape(c);
    if (known) return known;
    if (/[1-9]/.test(c) && this.options.dialect !== 'awk') {
      const index = Number(c);
      if (!this.closed.has(index)) throw new RegexError('Invalid back reference');
      this.at += 2;
      return { kind: 'backref', index, icase: this.options.icase };
    }
    const code = this.source.codePointAt(this.at + 1)!;
    this.at += code > 0xffff ? 3 : 2;
    return this.literal(code);
  }

  private gnuEscape(c: string): RegexNode | undefined {
    const assertions: Readonly<Record<string, AssertKind>> = {
      b: 'word-boundary',
      B: 'not-word-boundary',
      '<': 'word-start',
      '>': 'word-end',
      '`': 'text-start',
      "'": 'text-end',
    };
    const what = assertions[c];
    if (what) {
      this.at += 2;
      return this.assertion(what);
    }
    if (!'wWsS'.includes(c)) return undefined;
    this.at += 2;
    const set = c.toLowerCase() === 'w' ? this.classes.word : this.classes.space;
    return { kind: 'set', set: c === 'w' || c === 's' ? set : set.invert() };
  }

  private awkEscape(c: string): RegexNode | undefined {
    if (c === 'y') {
      this.at += 2;
      return this.assertion('word-boundary');
    }
    if (c === 'b') {
      this.at += 2;
      return this.literal(8);
    }
    const code = cEscape(this.source, this.at);
    if (!code) return this.gnuEscape(c);
    this.at = code.end;
    return this.literal(code.code);
  }

  /** Quantifiers after an atom. */
  private repeated(atom: RegexNode): RegexNode {
    let node = atom;
    for (;;) {
      const operator = this.operator();
      if (operator === '' || !'*+?{'.includes(operator)) return node;
      let bounds: [number, number];
      if (operator === '{') {
        if (this.options.lenient && !this.basic && !this.isInterval()) return node;
        bounds = this.interval();
      } else {
        this.skipOperator();
        bounds =
          operator === '*' ? [0, Number.POSITIVE_INFINITY] : operator === '+' ? [1, Number.POSITIVE_INFINITY] : [0, 1];
      }
      node = repeat(node, bounds);
      const next = this.basic && !this.options.lenient ? this.operator() : '';
      if (next === '*' || next === '{') throw new RegexError(BAD_REPEAT);
    }
  }

  /** Whether what stands here looks like an interval; grep takes the brace for itself where not. */
  private isInterval(): boolean {
    return /^\{(\d+(,\d*)?|,\d*|)\}/.test(this.source.slice(this.at, this.at + 40));
  }

  /** `{m}`, `{m,}`, `{,n}`, `{m,n}`. */
  private interval(): [number, number] {
    const open = this.at + (this.basic ? 2 : 1);
    const close = this.source.indexOf(this.basic ? '\\}' : '}', open);
    if (close < 0) throw new RegexError('Unmatched \\{');
    const match = /^(\d*)(,(\d*))?$/.exec(this.source.slice(open, close));
    if (!match || (match[1] === '' && match[2] === undefined)) throw new RegexError('Invalid content of \\{\\}');
    const min = Number(match[1] || 0);
    const max = match[2] === undefined ? min : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]);
    if (min > max) throw new RegexError('Invalid content of \\{\\}');
    if (min > REPEAT_MAX || (max !== Number.POSITIVE_INFINITY && max > REPEAT_MAX)) {
      throw new RegexError('Regular expression too big');
    }
    this.at = close + (this.basic ? 2 : 1);
    return [min, max];
  }

  private bracket(): RegexNode {
    this.at++;
    const { source } = this;
    if (this.at >= source.length) {
      throw new RegexError(this.options.lenient ? 'Invalid regular expression' : UNMATCHED_BRACKET);
    }
    const negated = source[this.at] === '^';
    if (negated) this.at++;
    const ranges: number[] = [];
    let set = new CharSet([]);
    for (let first = true; ; first = false) {
      const c = source[this.at];
      if (c === undefined) throw new RegexError(UNMATCHED_BRACKET);
      if (c === ']' && !first) break;
      if (source.startsWith('[:', this.at)) {
        set = set.union(this.namedClass());
        continue;
      }
      const low = this.rangePoint();
      if (source[this.at] !== '-' || source[this.at + 1] === ']') {
        ranges.push(low, low);
        continue;
      }
      if (this.at + 1 >= source.length) throw new RegexError(UNMATCHED_BRACKET);
      this.at++;
      if (source.startsWith('[:', this.at)) throw new RegexError('Invalid range end');
      const high = this.rangePoint();
      if (high < low) throw new RegexError('Invalid range end');
      ranges.push(low, high);
    }
    this.at++;
    set = set.union(new CharSet(ranges));
    if (this.options.icase) set = set.foldCase();
    if (negated) set = set.invert();
    if (negated && this.options.newlineExcluded) set = set.without(NEWLINE);
    return { kind: 'set', set };
  }

  private namedClass(): CharSet {
    const close = this.source.indexOf(':]', this.at + 2);
    if (close < 0) throw new RegexError(UNMATCHED_BRACKET);
    const name = this.source.slice(this.at + 2, close);
    const folded = this.options.icase && (name === 'upper' || name === 'lower') ? 'alpha' : name;
    const set = name === 'word' ? undefined : this.classes.get(folded);
    if (!set) throw new RegexError('Invalid character class name');
    this.at = close + 2;
    return set;
  }

  /** A character of a bracket expression, `[.c.]` or `[=c=]`. In the C locale these have one character. */
  private rangePoint(): number {
    const { source } = this;
    const mark = source[this.at] === '[' ? source[this.at + 1] : undefined;
    if (mark === '.' || mark === '=') {
      const close = source.indexOf(`${mark}]`, this.at + 2);
      if (close < 0) throw new RegexError(UNMATCHED_BRACKET);
      const name = [...source.slice(this.at + 2, close)];
      if (name.length !== 1) throw new RegexError('Invalid collation character');
      this.at = close + 2;
      return name[0]!.codePointAt(0)!;
    }
    if (this.options.dialect === 'awk' && source[this.at] === '\\' && this.at + 1 < source.length) {
      const special = cEscape(source, this.at);
      const code = special?.code ?? (source[this.at + 1] === 'b' ? 8 : source.codePointAt(this.at + 1)!);
      this.at = special?.end ?? this.at + (code > 0xffff ? 3 : 2);
      return code;
    }
    const code = source.codePointAt(this.at)!;
    this.at += code > 0xffff ? 2 : 1;
    return code;
  }
}

function repeat(node: RegexNode, [min, max]: [number, number]): RegexNode {
  if (node.kind === 'empty') return node;
  return { kind: 'repeat', node, min, max, greedy: true };
}

const C_ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7 };

/** An escape of C at `at` (the backslash): `\n`, `\x41`, `\101`. */
export function cEscape(source: string, at: number): { code: number; end: number } | undefined {
  const c = source[at + 1];
  if (c === undefined) return undefined;
  const plain = C_ESCAPES[c];
  if (plain !== undefined) return { code: plain, end: at + 2 };
  const hex = c === 'x' ? /^[0-9a-fA-F]{1,2}/.exec(source.slice(at + 2, at + 4)) : null;
  if (hex) return { code: Number.parseInt(hex[0], 16), end: at + 2 + hex[0].length };
  const octal = /^[0-7]{1,3}/.exec(source.slice(at + 1, at + 4));
  return octal ? { code: Number.parseInt(octal[0], 8) & 255, end: at + 1 + octal[0].length } : undefined;
}
