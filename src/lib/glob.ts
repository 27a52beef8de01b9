import { classTest, collatingElement } from './char-class.ts';

export interface GlobOptions {
  /** `/` is matched only by `/` (FNM_PATHNAME). */
  pathname?: boolean;
  /** A leading `.` is matched only by `.` (FNM_PERIOD); with `pathname` after each `/` too. */
  period?: boolean;
  /** bash's `?(…) *(…) +(…) @(…) !(…)`. */
  extglob?: boolean;
  icase?: boolean;
  /** A backslash is an ordinary character (FNM_NOESCAPE). */
  noescape?: boolean;
}

type GlobNode =
  | { kind: 'char'; code: number }
  | { kind: 'any' }
  | { kind: 'star' }
  | { kind: 'class'; test: (code: number) => boolean; negated: boolean }
  | { kind: 'group'; operator: string; branches: GlobNode[][] };

const SLASH = 47;
const DOT = 46;

/** A pattern that would take too long on a text: nobody can interrupt it, so it ends itself. */
export class GlobBudgetError {}

/** Characters that one search may look at. */
const BUDGET = 1e7;

/** A compiled pattern of fnmatch(3) and glob(7). */
export class Glob {
  private readonly nodes: GlobNode[];
  /** Only groups can take long. */
  readonly hasGroups: boolean;
  /** The pattern as a plain text, where it has nothing special. */
  readonly literal: string | undefined;
  private readonly options: GlobOptions;
  /** For the patterns `TEXT*` and `*TEXT`, which most are. */
  private readonly edge: { text: string; atEnd: boolean } | undefined;
  /** No groups, and a character is like another. */
  private readonly isPlain: boolean;
  /** Each node takes one character. */
  private readonly isFixed: boolean;
  private readonly lastStar: number;
  /** Characters that the search which runs has looked at. */
  private steps = 0;
  /** The text that was searched last: the next search often goes on in it. */
  private searched: { text: string; codes: number[] } | undefined;

  constructor(pattern: string, options: GlobOptions = {}) {
    this.options = options;
    this.nodes = new GlobParser(pattern, options).sequence(false);
    this.hasGroups = this.nodes.some((n) => n.kind === 'group');
    this.lastStar = this.nodes.findLastIndex((n) => n.kind === 'star');
    this.isFixed = this.nodes.length > 0 && this.nodes.every(({ kind }) => kind !== 'group' && kind !== 'star');
    this.isPlain = !this.hasGroups && !options.pathname && !options.period && !options.icase;
    this.literal = options.icase ? undefined : textOf(this.nodes);
    if (this.literal === undefined && !options.pathname && !options.period && !options.icase)
      this.edge = edgeOf(this.nodes);
  }

  /** Whether the pattern matches the whole text. */
  match(text: string): boolean {
    if (this.literal !== undefined) return text === this.literal;
    if (this.edge) return this.edge.atEnd ? text.endsWith(this.edge.text) : text.startsWith(this.edge.text);
    if (this.isPlain && !hasSurrogate(text)) return this.matchUnits(text);
    const codes = codePoints(text);
    if (!this.hasGroups) return this.matchPlain(codes);
    this.steps = 0;
    const ends = this.walk(this.nodes, codes, 0);
    return ends[codes.length] === 1;
  }

  /**
   * Length (in UTF-16 units) of the longest or shortest beginning of the text that matches; -1 where none does.
   * What `${x##pattern}` and `${x#pattern}` take off.
   */
  prefix(text: string, longest: boolean): number {
    const codes = codePoints(text);
    this.steps = 0;
    const ends = this.walk(this.nodes, codes, 0);
    const at = longest ? ends.lastIndexOf(1) : ends.indexOf(1);
    return at < 0 ? -1 : unitsOf(codes, 0, at);
  }

  /** Length of the longest or shortest end of the text that matches; -1 where none does. `${x%%pattern}`, `${x%pattern}`. */
  suffix(text: string, longest: boolean): number {
    const codes = codePoints(text);
    this.steps = 0;
    for (let i = 0; i <= codes.length; i++) {
      const at = longest ? i : codes.length - i;
      if (!this.mayBegin(codes, at)) continue;
      if (this.walk(this.nodes, codes, at)[codes.length] === 1) return unitsOf(codes, at, codes.length);
    }
    return -1;
  }

  /**
   * The first longest match at or after `from`: [start, end] in UTF-16 units. What `${x/pattern/…}` replaces.
   */
  search(text: string, from = 0): [number, number] | undefined {
    if (this.searched?.text !== text) this.searched = { text, codes: codePoints(text) };
    const { codes } = this.searched;
    this.steps = 0;
    let unit = from;
    for (let at = indexOf(codes, text, from); at <= codes.length; at++) {
      const end = this.mayBegin(codes, at) ? this.longestFrom(codes, at) : -1;
      if (end >= 0) return [unit, unit + unitsOf(codes, at, end)];
      unit += codes[at]! > 0xffff ? 2 : 1;
    }
    return undefined;
  }

  /** Whether the first node takes the character here: most places are ruled out by that. */
  private mayBegin(codes: readonly number[], at: number): boolean {
    const first = this.nodes[0];
    if (first === undefined || first.kind === 'star' || first.kind === 'group') return true;
    return at < codes.length && this.matchesOne(first, codes, at);
  }

  /** Where the longest match from `at` on ends, -1 where there is none. */
  private longestFrom(codes: readonly number[], at: number): number {
    if (!this.isFixed) return this.walk(this.nodes, codes, at).lastIndexOf(1);
    const end = at + this.nodes.length;
    if (end > codes.length) return -1;
    for (let i = 1; i < this.nodes.length; i++) if (!this.matchesOne(this.nodes[i]!, codes, at + i)) return -1;
    return end;
  }

  /** One star at a time: the last one seen takes one character more where the rest does not fit. */
  private matchPlain(codes: readonly number[]): boolean {
    const { nodes } = this;
    let n = 0;
    let t = 0;
    let starNode = -1;
    let starText = 0;
    while (t < codes.length || n < nodes.length) {
      const node = nodes[n];
      if (node?.kind === 'star') {
        if (t < codes.length && this.isLeadingDot(codes, t)) return false;
        starNode = n++;
        starText = t;
        continue;
      }
      if (node && t < codes.length && this.matchesOne(node, codes, t)) {
        n++;
        t++;
        continue;
      }
      if (starNode < 0 || starText >= codes.length) return false;
      if (this.options.pathname && codes[starText] === SLASH) return false;
      t = ++starText;
      n = starNode + 1;
    }
    return true;
  }

  /** As `matchPlain`, of a plain pattern and a text whose characters are one unit each. */
  private matchUnits(text: string): boolean {
    const { nodes } = this;
    let n = 0;
    let t = 0;
    let starNode = -1;
    let starText = 0;
    while (t < text.length || n < nodes.length) {
      const node = nodes[n];
      if (node !== undefined && node.kind === 'star') {
        // the end of the pattern takes just the end of the text
        if (n === this.lastStar) {
          const rest = text.length - (nodes.length - n - 1);
          if (rest < t) return false;
          t = rest;
        }
        starNode = n++;
        starText = t;
        continue;
      }
      if (node !== undefined && t < text.length && takes(node, text.charCodeAt(t))) {
        n++;
        t++;
        continue;
      }
      if (starNode < 0 || starNode === this.lastStar || starText >= text.length) return false;
      t = ++starText;
      n = starNode + 1;
    }
    return true;
  }

  private isLeadingDot(codes: readonly number[], t: number): boolean {
    if (!this.options.period || codes[t] !== DOT) return false;
    return t === 0 || (this.options.pathname === true && codes[t - 1] === SLASH);
  }

  private matchesOne(node: GlobNode, codes: readonly number[], t: number): boolean {
    const code = codes[t]!;
    if (node.kind === 'char')
      return code === node.code || (this.options.icase === true && fold(code) === fold(node.code));
    if (this.options.pathname && code === SLASH) return false;
    if (this.isLeadingDot(codes, t)) return false;
    if (node.kind === 'any') return true;
    if (node.kind !== 'class') return false;
    if (this.options.icase !== true) return node.test(code);
    // what a bracket excludes it excludes in either case
    const cases = [code, ...foldings(code)];
    return node.negated ? cases.every(node.test) : cases.some(node.test);
  }

  /** All places where a match of `nodes` that begins at `start` may end, as a set over positions. */
  private walk(nodes: readonly GlobNode[], codes: readonly number[], start: number): Uint8Array {
    this.steps += codes.length - start;
    if (this.steps > BUDGET) throw new GlobBudgetError();
    let places = new Uint8Array(codes.length + 1);
    places[start] = 1;
    for (const node of nodes) {
      const next = new Uint8Array(codes.length + 1);
      let any = false;
      for (let t = start; t <= codes.length; t++) {
        if (places[t] !== 1) continue;
        any = true;
        if (node.kind === 'star') this.starFrom(codes, t, next);
        else if (node.kind === 'group') this.groupFrom(node, codes, t, next);
        else if (t < codes.length && this.matchesOne(node, codes, t)) next[t + 1] = 1;
      }
      if (!any) return places;
      places = next;
    }
    return places;
  }

  private starFrom(codes: readonly number[], start: number, next: Uint8Array): void {
    if (this.isLeadingDot(codes, start)) return;
    for (let t = start; t <= codes.length; t++) {
      if (next[t] === 1 && t > start) return;
      next[t] = 1;
      if (this.options.pathname && codes[t] === SLASH) return;
    }
  }

  private groupFrom(
    node: Extract<GlobNode, { kind: 'group' }>,
    codes: readonly number[],
    start: number,
    next: Uint8Array,
  ): void {
    const { operator } = node;
    const once = (from: number): Uint8Array => {
      const ends = new Uint8Array(codes.length + 1);
      for (const branch of node.branches) {
        const reached = this.walk(branch, codes, from);
        for (let t = from; t <= codes.length; t++) ends[t]! |= reached[t]!;
      }
      return ends;
    };
    const ends = once(start);
    if (operator === '!') {
      for (let t = start; t <= codes.length; t++) {
        if (ends[t] === 0) next[t] = 1;
        if (this.options.pathname && codes[t] === SLASH) return;
        if (t === start && this.isLeadingDot(codes, t)) return;
      }
      return;
    }
    if (operator === '?' || operator === '*') ends[start] = 1;
    if (operator === '*' || operator === '+') {
      for (let t = start + 1; t <= codes.length; t++) {
        if (ends[t] !== 1) continue;
        const more = once(t);
        for (let u = t + 1; u <= codes.length; u++) ends[u]! |= more[u]!;
      }
    }
    for (let t = start; t <= codes.length; t++) next[t]! |= ends[t]!;
  }
}

/** Whether the pattern matches the whole text; compile a Glob to match more than once. */
export const matchGlob = (pattern: string, text: string, options: GlobOptions = {}): boolean =>
  new Glob(pattern, options).match(text);

/** Whether a word has characters that make it a pattern, those after a backslash not counted. */
export function isGlobPattern(word: string, extglob = false): boolean {
  const plain = word.replace(/\\[\s\S]/g, '');
  return /[*?]|\[[\s\S]*\]/.test(plain) || (extglob && /[?*+@!]\(/.test(plain));
}

/** A pattern that matches just this text. */
export const escapeGlob = (text: string): string => text.replace(/[\\*?[\]()|!+@]/g, '\\$&');

/** Whether a node of a plain pattern, other than a star, takes a character. */
const takes = (node: GlobNode, code: number): boolean =>
  node.kind === 'char' ? node.code === code : node.kind === 'class' ? node.test(code) : true;

function hasSurrogate(text: string): boolean {
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xf800) === 0xd800) return true;
  return false;
}

function codePoints(text: string): number[] {
  const codes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.codePointAt(i)!;
    if (code > 0xffff) i++;
    codes.push(code);
  }
  return codes;
}

/** The place of a UTF-16 unit among the characters. */
function indexOf(codes: readonly number[], text: string, unit: number): number {
  if (codes.length === text.length) return unit;
  let at = 0;
  for (let i = 0; i < unit && at < codes.length; at++) i += codes[at]! > 0xffff ? 2 : 1;
  return at;
}

function unitsOf(codes: readonly number[], from: number, to: number): number {
  let units = 0;
  for (let i = from; i < to; i++) units += codes[i]! > 0xffff ? 2 : 1;
  return units;
}

const fold = (code: number): string => String.fromCodePoint(code).toLowerCase();

function foldings(code: number): number[] {
  const char = String.fromCodePoint(code);
  return [char.toLowerCase().codePointAt(0)!, char.toUpperCase().codePointAt(0)!];
}

function textOf(nodes: readonly GlobNode[]): string | undefined {
  let text = '';
  for (const node of nodes) {
    if (node.kind !== 'char') return undefined;
    text += String.fromCodePoint(node.code);
  }
  return text;
}

function edgeOf(nodes: readonly GlobNode[]): { text: string; atEnd: boolean } | undefined {
  const first = nodes[0]?.kind === 'star';
  const last = nodes.at(-1)?.kind === 'star';
  if (!first && !last) return undefined;
  if (first && last && nodes.length > 1) return undefined;
  const text = textOf(first ? nodes.slice(1) : nodes.slice(0, -1));
  return text === undefined ? undefined : { text, atEnd: first };
}

/** Deeper groups are taken as plain text. */
const DEPTH_MAX = 50;

class GlobParser {
  private at = 0;
  private depth = 0;
  private readonly pattern: string;
  private readonly options: GlobOptions;

  constructor(pattern: string, options: GlobOptions) {
    this.pattern = pattern;
    this.options = options;
  }

  /** Nodes to the end, or within a group to `|` or `)`. */
  sequence(inGroup: boolean): GlobNode[] {
    const nodes: GlobNode[] = [];
    while (this.at < this.pattern.length) {
      const c = this.pattern[this.at]!;
      if (inGroup && (c === '|' || c === ')')) break;
      const node = this.group(c) ?? this.one(c);
      if (node.kind !== 'star' || nodes.at(-1)?.kind !== 'star') nodes.push(node);
    }
    return nodes;
  }

  private group(c: string): GlobNode | undefined {
    if (!this.options.extglob || !'?*+@!'.includes(c) || this.pattern[this.at + 1] !== '(') return undefined;
    if (this.depth >= DEPTH_MAX || !this.isClosed(this.at + 2)) return undefined;
    this.at += 2;
    this.depth++;
    const branches = [this.sequence(true)];
    while (this.pattern[this.at] === '|') {
      this.at++;
      branches.push(this.sequence(true));
    }
    this.depth--;
    this.at++;
    return { kind: 'group', operator: c, branches };
  }

  private isClosed(from: number): boolean {
    let open = 1;
    for (let i = from; i < this.pattern.length; i++) {
      const c = this.pattern[i];
      if (c === '\\' && !this.options.noescape) i++;
      else if (c === '(') open++;
      else if (c === ')' && --open === 0) return true;
    }
    return false;
  }

  private one(c: string): GlobNode {
    if (c === '*') return this.take(1, { kind: 'star' });
    if (c === '?') return this.take(1, { kind: 'any' });
    if (c === '[') {
      const parsed = parseBracket(this.pattern, this.at, this.options);
      const negated = /[!^]/.test(this.pattern[this.at + 1] ?? '');
      if (parsed) return this.take(parsed.end - this.at, { kind: 'class', test: parsed.test, negated });
    }
    if (c === '\\' && !this.options.noescape && this.at + 1 < this.pattern.length) this.at++;
    const code = this.pattern.codePointAt(this.at)!;
    return this.take(code > 0xffff ? 2 : 1, { kind: 'char', code });
  }

  private take(length: number, node: GlobNode): GlobNode {
    this.at += length;
    return node;
  }
}

/** A bracket's test: of ASCII characters the answers are kept. */
function makeTest(tests: readonly ((code: number) => boolean)[], negated: boolean): (code: number) => boolean {
  const known = new Int8Array(128);
  const slow = (code: number): boolean => tests.some((t) => t(code)) !== negated;
  return (code) => {
    if (code >= 128) return slow(code);
    const answer = known[code]!;
    if (answer !== 0) return answer === 1;
    const test = slow(code);
    known[code] = test ? 1 : -1;
    return test;
  };
}

/** The bracket expression at `start`, or undefined where it has no end (and `[` means itself). */
function parseBracket(
  pattern: string,
  start: number,
  options: GlobOptions,
): { test: (code: number) => boolean; end: number } | undefined {
  let at = start + 1;
  const negated = pattern[at] === '!' || pattern[at] === '^';
  if (negated) at++;
  const tests: ((code: number) => boolean)[] = [];
  const first = at;
  const point = (): number | undefined => {
    if (pattern[at] === '[' && (pattern[at + 1] === '.' || pattern[at + 1] === '=')) {
      const mark = pattern[at + 1]!;
      const close = pattern.indexOf(`${mark}]`, at + 2);
      const code = close < 0 ? undefined : collatingElement(pattern.slice(at + 2, close));
      if (code !== undefined) {
        at = close + 2;
        return code;
      }
    }
    if (pattern[at] === '\\' && !options.noescape && at + 1 < pattern.length) at++;
    const code = pattern.codePointAt(at);
    if (code === undefined) return undefined;
    at += code > 0xffff ? 2 : 1;
    return code;
  };
  for (;;) {
    const c = pattern[at];
    if (c === undefined || (c === '/' && options.pathname)) return undefined;
    if (c === ']' && at > first) {
      return { test: makeTest(tests, negated), end: at + 1 };
    }
    const named = c === '[' && pattern[at + 1] === ':' ? /^\[:([a-z]*):\]/.exec(pattern.slice(at, at + 20)) : null;
    const known = named && classTest(named[1]!);
    if (named) {
      at += named[0].length;
      if (known) tests.push(known);
      continue;
    }
    const low = point();
    if (low === undefined) return undefined;
    if (pattern[at] === '-' && pattern[at + 1] !== ']' && pattern[at + 1] !== undefined) {
      at++;
      const high = point();
      if (high === undefined) return undefined;
      tests.push((code) => code >= low && code <= high);
    } else tests.push((code) => code === low);
  }
}
