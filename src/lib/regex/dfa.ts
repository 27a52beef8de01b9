import { codeBefore } from './assertions.ts';
import type { AssertKind, RegexNode } from './ast.ts';
import { ALL, CharSet } from './char-set.ts';

/** States of the nondeterministic automaton: one character of a set, two ways, a condition, or the end. */
type NfaState =
  | { kind: 'set'; set: CharSet; next: number }
  | { kind: 'split'; next: number; other: number }
  | { kind: 'assert'; what: AssertKind; next: number }
  | { kind: 'match' };

/** What stands beside a position. */
const BESIDE_EDGE = 0;
const BESIDE_NEWLINE = 1;
const BESIDE_WORD = 2;
const BESIDE_OTHER = 3;

const NFA_MAX = 5_000;
const STATES_MAX = 3_000;
const NEWLINE = 10;

interface DfaState {
  kernel: readonly number[];
  before: number;
  /** By class: 0 not known yet, else (index of the next state + 1) * 2, plus 1 where a match ends before the character. */
  next: Int32Array;
}

/**
 * A deterministic automaton that is built as far as texts need it. It finds where the longest match from a place ends,
 * in time linear in the text, whatever the pattern; without groups and back-references.
 */
export class LazyDfa {
  private readonly nfa: NfaState[] = [];
  private readonly entry: number;
  private readonly searchEntry: number;
  private states: DfaState[] = [];
  private byKey = new Map<string, number>();
  private readonly classes: CharClasses;
  private readonly hasAsserts: boolean;
  private readonly word: CharSet;

  private constructor(node: RegexNode, word: CharSet) {
    this.word = word;
    const match = this.add({ kind: 'match' });
    this.entry = this.build(node, match);
    const any = this.add({ kind: 'set', set: ALL, next: -1 });
    this.searchEntry = this.add({ kind: 'split', next: this.entry, other: any });
    (this.nfa[any] as { next: number }).next = this.searchEntry;
    this.hasAsserts = this.nfa.some((s) => s.kind === 'assert');
    const sets = this.nfa.flatMap((s) => (s.kind === 'set' ? [s.set] : []));
    this.classes = new CharClasses(this.hasAsserts ? [...sets, word, CharSet.of(NEWLINE)] : sets);
  }

  /** @returns undefined where the pattern is too big */
  static make(node: RegexNode, word: CharSet): LazyDfa | undefined {
    try {
      return new LazyDfa(node, word);
    } catch (error) {
      if (error instanceof TooBig) return undefined;
      throw error;
    }
  }

  private add(state: NfaState): number {
    if (this.nfa.length >= NFA_MAX) throw new TooBig();
    this.nfa.push(state);
    return this.nfa.length - 1;
  }

  /** Adds the states of a node that go on to `next`. @returns where they begin */
  private build(node: RegexNode, next: number): number {
    switch (node.kind) {
      case 'empty':
        return next;
      case 'set':
        return this.add({ kind: 'set', set: node.set, next });
      case 'assert':
        return this.add({ kind: 'assert', what: node.what, next });
      case 'concat':
        return node.nodes.reduceRight((after, n) => this.build(n, after), next);
      case 'alt':
        return node.nodes
          .map((n) => this.build(n, next))
          .reduceRight((other, n) => this.add({ kind: 'split', next: n, other }));
      case 'group':
        return this.build(node.node, next);
      case 'repeat':
        return this.buildRepeat(node, next);
      default:
        throw new TypeError(`no automaton for ${node.kind}`);
    }
  }

  private buildRepeat(node: Extract<RegexNode, { kind: 'repeat' }>, next: number): number {
    let after = next;
    if (node.max === Number.POSITIVE_INFINITY) {
      const loop = this.add({ kind: 'split', next: -1, other: next });
      (this.nfa[loop] as { next: number }).next = this.build(node.node, loop);
      after = loop;
    } else {
      for (let i = node.min; i < node.max; i++) {
        after = this.add({ kind: 'split', next: this.build(node.node, after), other: next });
      }
    }
    for (let i = 0; i < node.min; i++) after = this.build(node.node, after);
    return after;
  }

  /** The state in which a match that begins at `pos` starts; `search`: a match that begins there or later. */
  begin(text: string, pos: number, search: boolean): number {
    return this.intern([search ? this.searchEntry : this.entry], this.besideBefore(text, pos));
  }

  private besideBefore(text: string, pos: number): number {
    if (!this.hasAsserts) return BESIDE_OTHER;
    return pos === 0 ? BESIDE_EDGE : this.beside(codeBefore(text, pos));
  }

  private beside(code: number): number {
    if (code === NEWLINE) return BESIDE_NEWLINE;
    return this.word.has(code) ? BESIDE_WORD : BESIDE_OTHER;
  }

  private intern(kernel: readonly number[], before: number): number {
    const key = `${before}:${kernel.join()}`;
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    this.states.push({ kernel, before, next: new Int32Array(this.classes.count + 1) });
    this.byKey.set(key, this.states.length - 1);
    return this.states.length - 1;
  }

  /**
   * One character (or with code -1 the end) further.
   * @returns (next state + 1) * 2, 0 or 1 where there is none; plus 1 where a match ended before the character
   */
  step(state: number, code: number): number {
    const symbol = code < 0 ? this.classes.count : this.classes.of(code);
    return this.states[state]!.next[symbol]! || this.extend(state, symbol, code);
  }

  private extend(state: number, symbol: number, code: number): number {
    const { kernel, before } = this.states[state]!;
    const after = code < 0 ? BESIDE_EDGE : this.hasAsserts ? this.beside(code) : BESIDE_OTHER;
    const { sets, matches } = this.closure(kernel, before, after);
    const targets = new Set<number>();
    if (code >= 0) for (const s of sets) if (s.set.has(code)) targets.add(s.next);
    let value = matches ? 1 : 0;
    if (targets.size > 0) {
      const next = this.intern(
        [...targets].sort((a, b) => a - b),
        this.hasAsserts ? after : BESIDE_OTHER,
      );
      value += (next + 1) * 2;
    }
    // What leads nowhere without a match is marked by a state that does not exist.
    this.states[state]!.next[symbol] = value === 0 ? DEAD : value === 1 ? DEAD + 1 : value;
    return this.states[state]!.next[symbol]!;
  }

  private closure(
    kernel: readonly number[],
    before: number,
    after: number,
  ): { sets: { set: CharSet; next: number }[]; matches: boolean } {
    const seen = new Set<number>(kernel);
    const queue = [...kernel];
    const sets: { set: CharSet; next: number }[] = [];
    let matches = false;
    const visit = (s: number): void => {
      if (seen.has(s)) return;
      seen.add(s);
      queue.push(s);
    };
    for (let s = queue.pop(); s !== undefined; s = queue.pop()) {
      const state = this.nfa[s]!;
      if (state.kind === 'match') matches = true;
      else if (state.kind === 'set') sets.push(state);
      else if (state.kind === 'split') {
        visit(state.next);
        visit(state.other);
      } else if (holdsBetween(state.what, before, after)) visit(state.next);
    }
    return { sets, matches };
  }

  /** Whether too many states were made; `forget` drops them, and with them the numbers of states. */
  get isFull(): boolean {
    return this.states.length > STATES_MAX;
  }

  /** Drops all states but one. @returns its new number */
  forget(keep: number): number {
    const { kernel, before } = this.states[keep]!;
    this.states = [];
    this.byKey = new Map();
    return this.intern(kernel, before);
  }
}

/** Value of a transition after which nothing can match. */
export const DEAD = 0x7ffffff0;

class TooBig extends Error {}

function holdsBetween(what: AssertKind, before: number, after: number): boolean {
  const wordBefore = before === BESIDE_WORD;
  const wordAfter = after === BESIDE_WORD;
  switch (what) {
    case 'text-start':
      return before === BESIDE_EDGE;
    case 'text-end':
    case 'text-end-newline':
      return after === BESIDE_EDGE;
    case 'line-start':
      return before === BESIDE_EDGE || before === BESIDE_NEWLINE;
    case 'line-end':
      return after === BESIDE_EDGE || after === BESIDE_NEWLINE;
    case 'word-boundary':
      return wordBefore !== wordAfter;
    case 'not-word-boundary':
      return wordBefore === wordAfter;
    case 'word-start':
      return !wordBefore && wordAfter;
    case 'word-end':
      return wordBefore && !wordAfter;
  }
}

/** Divides the code points into classes that all sets of a pattern treat alike. */
class CharClasses {
  readonly count: number;
  private readonly low = new Uint16Array(256);
  private readonly cuts: number[];
  private readonly ids: number[];

  constructor(sets: readonly CharSet[]) {
    const distinct: CharSet[] = [];
    for (const set of sets) if (!distinct.some((d) => d === set || d.equals(set))) distinct.push(set);
    const edges = new Set<number>([0]);
    for (const set of distinct) {
      for (let i = 0; i < set.ranges.length; i += 2) {
        edges.add(set.ranges[i]!);
        edges.add(set.ranges[i + 1]! + 1);
      }
    }
    this.cuts = [...edges].sort((a, b) => a - b);
    const known = new Map<string, number>();
    this.ids = this.cuts.map((cut) => {
      const key = distinct.map((set) => (set.has(cut) ? '1' : '0')).join('');
      const id = known.get(key) ?? known.size;
      known.set(key, id);
      return id;
    });
    this.count = known.size;
    for (let c = 0; c < 256; c++) this.low[c] = this.find(c);
  }

  of(code: number): number {
    return code < 256 ? this.low[code]! : this.find(code);
  }

  private find(code: number): number {
    let low = 0;
    let high = this.cuts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.cuts[middle]! <= code) low = middle;
      else high = middle - 1;
    }
    return this.ids[low]!;
  }
}
