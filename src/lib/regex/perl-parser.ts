import { type AssertKind, concat, type ParsedRegex, RegexError, type RegexNode, someNode, widthOf } from './ast.ts';
import { ALL, CharSet, MAX_CODE } from './char-set.ts';
import { ClassSets } from './classes.ts';

export interface PerlOptions {
  icase: boolean;
  multiline: boolean;
  /** `.` matches newlines too. */
  dotAll: boolean;
  bytes: boolean;
}

interface Flags {
  i: boolean;
  m: boolean;
  s: boolean;
  x: boolean;
}

const NEWLINE = 10;
const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, a: 7, e: 27 };
const DEPTH_MAX = 250;
const REPEAT_MAX = 65535;

/**
 * Parses a regular expression of Perl's kind (PCRE): lazy and possessive quantifiers, look-around, named and atomic
 * groups, inline flags. Not known: recursion, conditions, callouts, `\C`, `\X`, most Unicode properties.
 * @throws RegexError in PCRE2's words
 */
export function parsePerl(source: string, options: PerlOptions): ParsedRegex {
  return new PerlParser(source, options).parse();
}

class PerlParser {
  private at = 0;
  private groups = 0;
  private depth = 0;
  private readonly names = new Map<string, number>();
  private flags: Flags;
  private readonly classes: ClassSets;
  private readonly source: string;

  constructor(source: string, options: PerlOptions) {
    this.source = source;
    this.flags = { i: options.icase, m: options.multiline, s: options.dotAll, x: false };
    this.classes = new ClassSets(true);
  }

  parse(): ParsedRegex {
    const node = this.alternatives();
    if (this.at < this.source.length) throw new RegexError('unmatched closing parenthesis');
    this.checkReferences(node);
    return { node, groups: this.groups, names: this.names };
  }

  private checkReferences(node: RegexNode): void {
    const missing = someNode(node, (n) => n.kind === 'backref' && n.index > this.groups);
    if (missing) throw new RegexError('reference to non-existent subpattern');
  }

  private peek(): string | undefined {
    return this.source[this.at];
  }

  private take(text: string): boolean {
    if (!this.source.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  private alternatives(): RegexNode {
    const outer = { ...this.flags };
    const branches = [this.branch()];
    while (this.take('|')) branches.push(this.branch());
    this.flags = outer;
    return branches.length === 1 ? branches[0]! : { kind: 'alt', nodes: branches };
  }

  private branch(): RegexNode {
    const nodes: RegexNode[] = [];
    for (let c = this.peek(); c !== undefined && c !== '|' && c !== ')'; c = this.peek()) {
      if (this.flags.x && this.skipBlank(c)) continue;
      const atom = this.source.startsWith('\\Q', this.at) ? this.quoted(nodes) : this.atom(c);
      if (atom) nodes.push(this.repeated(atom));
    }
    return concat(nodes);
  }

  private skipBlank(c: string): boolean {
    if (/\s/.test(c)) this.at++;
    else if (c === '#') {
      const end = this.source.indexOf('\n', this.at);
      this.at = end < 0 ? this.source.length : end + 1;
    } else return false;
    return true;
  }

  private atom(c: string): RegexNode | undefined {
    switch (c) {
      case '(':
        return this.group();
      case '[':
        return { kind: 'set', set: this.bracket() };
      case '.':
        this.at++;
        return { kind: 'set', set: this.flags.s ? ALL : ALL.without(NEWLINE) };
      case '^':
        this.at++;
        return assertion(this.flags.m ? 'line-start' : 'text-start');
      case '$':
        this.at++;
        return assertion(this.flags.m ? 'line-end' : 'text-end-newline');
      case '\\':
        return this.escape();
      case '*':
      case '+':
      case '?':
        throw new RegexError('quantifier does not follow a repeatable item');
    }
    return this.literal(this.codePoint());
  }

  private codePoint(): number {
    const code = this.source.codePointAt(this.at)!;
    this.at += code > 0xffff ? 2 : 1;
    return code;
  }

  private literal(code: number): RegexNode {
    const set = CharSet.of(code);
    return { kind: 'set', set: this.flags.i ? set.foldCase() : set };
  }

  private repeated(atom: RegexNode): RegexNode {
    let node = atom;
    for (;;) {
      const bounds = this.quantifier();
      if (!bounds) return node;
      const lazy = this.take('?');
      const possessive = !lazy && this.take('+');
      node = { kind: 'repeat', node, min: bounds[0], max: bounds[1], greedy: !lazy };
      if (possessive) node = { kind: 'atomic', node };
    }
  }

  private quantifier(): [number, number] | undefined {
    if (this.take('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.take('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.take('?')) return [0, 1];
    const match = /^\{(\d*)(,(\d*))?\}/.exec(this.source.slice(this.at, this.at + 20));
    if (!match || (match[1] === '' && !match[3])) return undefined;
    const min = Number(match[1] || 0);
    const max = match[2] === undefined ? min : match[3] ? Number(match[3]) : Number.POSITIVE_INFINITY;
    if (min > REPEAT_MAX || (max > REPEAT_MAX && max !== Number.POSITIVE_INFINITY)) {
      throw new RegexError('number too big in {} quantifier');
    }
    if (min > max) throw new RegexError('numbers out of order in {} quantifier');
    this.at += match[0].length;
    return [min, max];
  }

  private group(): RegexNode | undefined {
    this.at++;
    if (++this.depth > DEPTH_MAX) throw new RegexError('parentheses are too deeply nested');
    const node = this.take('?') ? this.special() : this.capture();
    this.depth--;
    return node;
  }

  private inside(): RegexNode {
    const node = this.alternatives();
    if (!this.take(')')) throw new RegexError('missing closing parenthesis');
    return node;
  }

  private capture(name?: string): RegexNode {
    const index = ++this.groups;
    if (name !== undefined) {
      if (this.names.has(name))
        throw new RegexError('two named subpatterns have the same name (PCRE2_DUPNAMES not set)');
      this.names.set(name, index);
    }
    return { kind: 'group', index, node: this.inside() };
  }

  /** What follows `(?`. */
  private special(): RegexNode | undefined {
    if (this.take('#')) {
      const end = this.source.indexOf(')', this.at);
      if (end < 0) throw new RegexError('missing ) after (?# comment');
      this.at = end + 1;
      return undefined;
    }
    if (this.take(':')) return this.inside();
    if (this.take('>')) return { kind: 'atomic', node: this.inside() };
    if (this.take('=')) return { kind: 'look', ahead: true, negate: false, node: this.inside() };
    if (this.take('!')) return { kind: 'look', ahead: true, negate: true, node: this.inside() };
    if (this.take('<=')) return this.lookbehind(false);
    if (this.take('<!')) return this.lookbehind(true);
    const named = /^(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(this.source.slice(this.at, this.at + 80));
    if (named) {
      this.at += named[0].length;
      return this.capture(named[1] ?? named[2]);
    }
    const reference = /^P=([A-Za-z_]\w*)\)/.exec(this.source.slice(this.at, this.at + 80));
    if (reference) {
      this.at += reference[0].length;
      return this.named(reference[1]!);
    }
    return this.inlineFlags();
  }

  private inlineFlags(): RegexNode | undefined {
    const match = /^([imsx]*)(?:-([imsx]*))?([:)])/.exec(this.source.slice(this.at, this.at + 20));
    if (!match) throw new RegexError('unrecognized character after (? or (?-');
    this.at += match[0].length;
    const outer = { ...this.flags };
    for (const f of match[1]!) this.flags[f as keyof Flags] = true;
    for (const f of match[2] ?? '') this.flags[f as keyof Flags] = false;
    if (match[3] === ')') return undefined;
    const node = this.inside();
    this.flags = outer;
    return node;
  }

  private lookbehind(negate: boolean): RegexNode {
    const node = this.inside();
    const branches = node.kind === 'alt' ? node.nodes : [node];
    for (const branch of branches) {
      const [low, high] = widthOf(branch);
      if (low !== high) throw new RegexError('lookbehind assertion is not fixed length');
    }
    return { kind: 'look', ahead: false, negate, node };
  }

  private named(name: string): RegexNode {
    const index = this.names.get(name);
    if (index === undefined) throw new RegexError('reference to non-existent subpattern');
    return { kind: 'backref', index, icase: this.flags.i };
  }

  private escape(): RegexNode | undefined {
    const c = this.source[this.at + 1];
    if (c === undefined) throw new RegexError('\\ at end of pattern');
    const assertions: Readonly<Record<string, AssertKind>> = {
      b: 'word-boundary',
      B: 'not-word-boundary',
      A: 'text-start',
      Z: 'text-end-newline',
      z: 'text-end',
    };
    const what = assertions[c];
    if (what) {
      this.at += 2;
      return assertion(what);
    }
    if (c === 'K') {
      this.at += 2;
      return { kind: 'keep' };
    }
    if (c === 'E') {
      this.at += 2;
      return undefined;
    }
    if (c === 'R') {
      this.at += 2;
      const crlf = concat([
        { kind: 'set', set: CharSet.of(13) },
        { kind: 'set', set: CharSet.of(10) },
      ]);
      return {
        kind: 'atomic',
        node: { kind: 'alt', nodes: [crlf, { kind: 'set', set: new CharSet([10, 13, 0x85, 0x85]) }] },
      };
    }
    const set = this.classEscape(c);
    if (set) return { kind: 'set', set };
    return this.backReference() ?? this.literal(this.characterEscape(false));
  }

  /** `\Q…\E`: all but its last character go to `before`; a quantifier applies to the last. */
  private quoted(before: RegexNode[]): RegexNode | undefined {
    const end = this.source.indexOf('\\E', this.at + 2);
    const text = this.source.slice(this.at + 2, end < 0 ? undefined : end);
    this.at = end < 0 ? this.source.length : end + 2;
    const literals = [...text].map((c) => this.literal(c.codePointAt(0)!));
    before.push(...literals.slice(0, -1));
    return literals.at(-1);
  }

  private backReference(): RegexNode | undefined {
    const rest = this.source.slice(this.at + 1, this.at + 80);
    const name = /^k(?:\{(\w+)\}|<(\w+)>|'(\w+)')/.exec(rest) ?? /^g\{([A-Za-z_]\w*)\}/.exec(rest);
    if (name) {
      this.at += 1 + name[0].length;
      return this.named(name[1] ?? name[2] ?? name[3]!);
    }
    const number = /^(?:([1-9]\d*)|g(-?\d+)|g\{(-?\d+)\})/.exec(rest);
    if (!number) return undefined;
    const digits = number[1] ?? number[2] ?? number[3]!;
    // A number of two digits and more that is no group is an octal escape.
    if (number[1] !== undefined && digits.length > 1 && Number(digits) > this.groups) return undefined;
    const index = digits[0] === '-' ? this.groups + 1 + Number(digits) : Number(digits);
    if (index < 1) throw new RegexError('reference to non-existent subpattern');
    this.at += 1 + number[0].length;
    return { kind: 'backref', index, icase: this.flags.i };
  }

  /** `\d \D \w \W \s \S \h \H \v \V \N`; moves on where it is one. */
  private classEscape(c: string): CharSet | undefined {
    const lower = c.toLowerCase();
    let set: CharSet | undefined;
    if (lower === 'd') set = this.classes.get('digit');
    else if (lower === 'w') set = this.classes.word;
    else if (lower === 's') set = this.classes.space;
    else if (lower === 'h') set = new CharSet([9, 9, 32, 32, 0xa0, 0xa0, 0x2000, 0x200a, 0x3000, 0x3000]);
    else if (lower === 'v') set = new CharSet([10, 13, 0x85, 0x85, 0x2028, 0x2029]);
    else if (c === 'N') set = CharSet.of(NEWLINE);
    else if (lower === 'p') return this.property(c === 'P');
    if (!set) return undefined;
    this.at += 2;
    return c === lower ? set : set.invert();
  }

  /** `\p{Lu}` and such, of the general categories. */
  private property(negated: boolean): CharSet {
    const match = /^\\[pP](?:\{(\^?)([A-Za-z]{1,2})\}|([A-Z]))/.exec(this.source.slice(this.at, this.at + 12));
    if (!match) throw new RegexError('malformed \\P or \\p sequence');
    this.at += match[0].length;
    const name = match[2] ?? match[3]!;
    let test: RegExp;
    try {
      test = new RegExp(`^\\p{${name}}$`, 'u');
    } catch {
      throw new RegexError('unknown property after \\P or \\p');
    }
    const set = CharSet.where((c) => (c < 0xd800 || c > 0xdfff) && test.test(String.fromCodePoint(c)));
    return negated !== (match[1] === '^') ? set.invert() : set;
  }

  /** The character of `\n`, `\x41`, `\x{263a}`, `\101`, `\cA`, or of any other after a backslash. */
  private characterEscape(inBracket: boolean): number {
    const rest = this.source.slice(this.at + 1, this.at + 14);
    const c = rest[0]!;
    if (inBracket && c === 'b') {
      this.at += 2;
      return 8;
    }
    if (Object.hasOwn(ESCAPES, c)) {
      this.at += 2;
      return ESCAPES[c]!;
    }
    const hex = /^x(?:\{([0-9a-fA-F]{1,8})\}|([0-9a-fA-F]{0,2}))/.exec(rest);
    if (hex) {
      this.at += 1 + hex[0].length;
      const code = Number.parseInt(hex[1] ?? (hex[2] || '0'), 16);
      if (code > MAX_CODE) throw new RegexError('character code point value in \\x{} or \\o{} is too large');
      return code;
    }
    const octal = /^(?:0[0-7]{0,2}|[0-7]{1,3})/.exec(rest);
    if (octal) {
      this.at += 1 + octal[0].length;
      return Number.parseInt(octal[0], 8);
    }
    if (c === 'c' && rest.length > 1) {
      this.at += 3;
      return rest[1]!.toUpperCase().charCodeAt(0) ^ 64;
    }
    if (/[A-Za-z]/.test(c)) throw new RegexError('unrecognized character follows \\');
    this.at++;
    return this.codePoint();
  }

  private bracket(): CharSet {
    this.at++;
    const negated = this.take('^');
    const ranges: number[] = [];
    let set = new CharSet([]);
    for (let first = true; ; first = false) {
      const c = this.peek();
      if (c === undefined) throw new RegexError('missing terminating ] for character class');
      if (c === ']' && !first) break;
      const whole = this.bracketClass(c);
      if (whole) {
        set = set.union(whole);
        continue;
      }
      if (this.take('\\E')) continue;
      const low = c === '\\' ? this.characterEscape(true) : this.codePoint();
      const next = this.source[this.at + 1];
      if (this.peek() !== '-' || next === ']' || next === undefined) {
        ranges.push(low, low);
        continue;
      }
      this.at++;
      const after = this.bracketClass(this.peek()!);
      if (after) {
        set = set.union(after);
        ranges.push(low, low, 0x2d, 0x2d);
        continue;
      }
      const high = this.peek() === '\\' ? this.characterEscape(true) : this.codePoint();
      if (high < low) throw new RegexError('range out of order in character class');
      ranges.push(low, high);
    }
    this.at++;
    set = set.union(new CharSet(ranges));
    if (this.flags.i) set = set.foldCase();
    return negated ? set.invert() : set;
  }

  /** A class within brackets: `[:alpha:]`, `[:^alpha:]`, `\d`. */
  private bracketClass(c: string): CharSet | undefined {
    if (c === '\\') {
      const after = this.source[this.at + 1];
      if (after === undefined) throw new RegexError('\\ at end of pattern');
      return 'dDwWsShHvVpP'.includes(after) ? this.classEscape(after) : undefined;
    }
    const named = c === '[' ? /^\[:(\^?)([a-z]+):\]/.exec(this.source.slice(this.at, this.at + 20)) : null;
    if (!named) return undefined;
    const set = this.classes.get(named[2]!);
    if (!set) throw new RegexError('unknown POSIX class name');
    this.at += named[0].length;
    return named[1] ? set.invert() : set;
  }
}

const assertion = (what: AssertKind): RegexNode => ({ kind: 'assert', what });
