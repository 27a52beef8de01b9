import { holds } from './assertions.ts';
import type { RegexNode } from './ast.ts';
import type { CharSet } from './char-set.ts';

/** More work than this, and the groups are left as greedy matching finds them. */
const WORK_MAX = 3_000_000;

class TooMuch extends Error {}

/**
 * The groups of a match that is known to go from `start` to `end`: of all ways to divide it, the one where each part of
 * the pattern, from left to right, takes the longest text (POSIX). Without back-references.
 * @returns registers as exec has them, or undefined where that takes too long
 */
export function posixSubmatches(
  node: RegexNode,
  text: string,
  span: readonly [number, number],
  groups: number,
  word: CharSet,
): number[] | undefined {
  const solver = new SubmatchSolver(text, span[1], groups, word);
  try {
    solver.registers[0] = span[0];
    solver.registers[1] = span[1];
    solver.assign(node, span[0], span[1]);
    return solver.registers;
  } catch (error) {
    if (error instanceof TooMuch) return undefined;
    throw error;
  }
}

class SubmatchSolver {
  readonly registers: number[];
  private work = 0;
  /** For each node and place: where its match may end, longest first. */
  private readonly reached = new Map<RegexNode, Map<number, number[]>>();
  private readonly tails = new Map<RegexNode, Map<string, number[]>>();
  private readonly text: string;
  private readonly limit: number;
  private readonly word: CharSet;

  constructor(text: string, limit: number, groups: number, word: CharSet) {
    this.text = text;
    this.limit = limit;
    this.word = word;
    this.registers = new Array<number>((groups + 1) * 2).fill(-1);
  }

  private spend(n: number): void {
    this.work += n;
    if (this.work > WORK_MAX) throw new TooMuch();
  }

  /** Where a match of `node` from `pos` may end, longest first. */
  private ends(node: RegexNode, pos: number): number[] {
    let known = this.reached.get(node);
    if (!known) {
      known = new Map();
      this.reached.set(node, known);
    }
    let ends = known.get(pos);
    if (!ends) {
      ends = this.computeEnds(node, pos);
      known.set(pos, ends);
      this.spend(ends.length + 1);
    }
    return ends;
  }

  private computeEnds(node: RegexNode, pos: number): number[] {
    switch (node.kind) {
      case 'set': {
        if (pos >= this.limit) return [];
        const c = this.text.codePointAt(pos)!;
        return node.set.has(c) ? [pos + (c > 0xffff ? 2 : 1)] : [];
      }
      case 'assert':
        return holds(node.what, this.text, pos, this.word) ? [pos] : [];
      case 'concat':
        return this.tailEnds(node, 0, pos);
      case 'alt':
        return merge(node.nodes.map((n) => this.ends(n, pos)));
      case 'group':
        return this.ends(node.node, pos);
      case 'repeat':
        return this.turns(node, 0, pos);
      default:
        return [pos];
    }
  }

  /** Ends of what a concatenation has from its child `index` on. */
  private tailEnds(node: Extract<RegexNode, { kind: 'concat' }>, index: number, pos: number): number[] {
    const child = node.nodes[index];
    if (!child) return [pos];
    if (index === node.nodes.length - 1) return this.ends(child, pos);
    return this.tail(node, `${index},${pos}`, () =>
      merge(this.ends(child, pos).map((e) => this.tailEnds(node, index + 1, e))),
    );
  }

  /** Ends of a repetition of which `done` turns are over (counted up to its minimum, or its maximum if it has one). */
  private turns(node: Extract<RegexNode, { kind: 'repeat' }>, done: number, pos: number): number[] {
    return this.tail(node, `${done},${pos}`, () => {
      const all: number[][] = done >= node.min ? [[pos]] : [];
      if (done < node.max) {
        for (const e of this.ends(node.node, pos)) {
          if (e === pos && done >= node.min) continue;
          all.push(this.turns(node, this.count(node, done), e));
        }
      }
      return merge(all);
    });
  }

  private count(node: Extract<RegexNode, { kind: 'repeat' }>, done: number): number {
    return node.max === Number.POSITIVE_INFINITY ? Math.min(done + 1, node.min) : done + 1;
  }

  private tail(node: RegexNode, key: string, compute: () => number[]): number[] {
    let known = this.tails.get(node);
    if (!known) {
      known = new Map();
      this.tails.set(node, known);
    }
    let ends = known.get(key);
    if (!ends) {
      // A turn that comes back to its own place adds nothing.
      known.set(key, []);
      ends = compute();
      known.set(key, ends);
      this.spend(ends.length + 1);
    }
    return ends;
  }

  /** Sets the groups below `node`, which matches from `pos` to `end`. */
  assign(node: RegexNode, pos: number, end: number): void {
    switch (node.kind) {
      case 'group':
        this.registers[node.index * 2] = pos;
        this.registers[node.index * 2 + 1] = end;
        this.assign(node.node, pos, end);
        return;
      case 'concat': {
        let at = pos;
        for (const [i, child] of node.nodes.entries()) {
          const to = this.ends(child, at).find((e) => this.tailEnds(node, i + 1, e).includes(end));
          if (to === undefined) return;
          this.assign(child, at, to);
          at = to;
        }
        return;
      }
      case 'alt': {
        const taken = node.nodes.find((n) => this.ends(n, pos).includes(end));
        if (taken) this.assign(taken, pos, end);
        return;
      }
      case 'repeat':
        this.assignTurns(node, pos, end);
        return;
    }
  }

  private assignTurns(node: Extract<RegexNode, { kind: 'repeat' }>, pos: number, end: number): void {
    let at = pos;
    let done = 0;
    while (at < end || done < node.min || (done === 0 && node.max > 0)) {
      const counted = this.count(node, done);
      const to = this.ends(node.node, at).find(
        (e) => (e > at || at === end) && this.turns(node, counted, e).includes(end),
      );
      if (to === undefined) return;
      this.assign(node.node, at, to);
      if (to === at && done >= node.min) return;
      at = to;
      done++;
    }
  }
}

/** One list of ends, longest first, each once. */
function merge(lists: readonly number[][]): number[] {
  if (lists.length === 1) return lists[0]!;
  return [...new Set(lists.flat())].sort((a, b) => b - a);
}
