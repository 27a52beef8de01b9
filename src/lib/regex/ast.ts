import type { CharSet } from './char-set.ts';

export type AssertKind =
  /** Start and end of the text, or (multiline) of a line. */
  | 'line-start'
  | 'line-end'
  | 'text-start'
  | 'text-end'
  /** End of the text, or before a newline that ends it (Perl's `$` and `\Z`). */
  | 'text-end-newline'
  | 'word-boundary'
  | 'not-word-boundary'
  | 'word-start'
  | 'word-end';

/** A parsed regular expression. Case is folded into the sets already (but not into back-references). */
export type RegexNode =
  | { kind: 'empty' }
  /** One character of the set. */
  | { kind: 'set'; set: CharSet }
  | { kind: 'assert'; what: AssertKind }
  | { kind: 'concat'; nodes: RegexNode[] }
  | { kind: 'alt'; nodes: RegexNode[] }
  | { kind: 'repeat'; node: RegexNode; min: number; max: number; greedy: boolean }
  | { kind: 'group'; index: number; node: RegexNode }
  | { kind: 'backref'; index: number; icase: boolean }
  | { kind: 'look'; ahead: boolean; negate: boolean; node: RegexNode }
  | { kind: 'atomic'; node: RegexNode }
  /** Perl's `\K`: the match begins here. */
  | { kind: 'keep' };

export interface ParsedRegex {
  node: RegexNode;
  /** Number of capturing groups. */
  groups: number;
  names: Map<string, number>;
}

/** What is wrong with a pattern; thrown within the parsers, returned by compileRegex. */
export class RegexError extends Error {}

/** Largest count of an interval (RE_DUP_MAX). */
export const REPEAT_MAX = 32767;

/** Concatenation without needless nesting. */
export function concat(nodes: RegexNode[]): RegexNode {
  const flat = nodes.flatMap((n) => (n.kind === 'concat' ? n.nodes : n.kind === 'empty' ? [] : [n]));
  if (flat.length === 0) return { kind: 'empty' };
  return flat.length === 1 ? flat[0]! : { kind: 'concat', nodes: flat };
}

/** The nodes directly below a node. */
export function childrenOf(node: RegexNode): readonly RegexNode[] {
  switch (node.kind) {
    case 'concat':
    case 'alt':
      return node.nodes;
    case 'repeat':
    case 'group':
    case 'look':
    case 'atomic':
      return [node.node];
    default:
      return [];
  }
}

/** Whether a node or anything below it passes the test. */
export function someNode(node: RegexNode, test: (node: RegexNode) => boolean): boolean {
  return test(node) || childrenOf(node).some((n) => someNode(n, test));
}

/** Least and greatest length of what a node matches, in characters. Back-references count 0 to endless. */
export function widthOf(node: RegexNode): [number, number] {
  switch (node.kind) {
    case 'set':
      return [1, 1];
    case 'concat':
      return node.nodes.map(widthOf).reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
    case 'alt':
      return node.nodes.map(widthOf).reduce(([a, b], [c, d]) => [Math.min(a, c), Math.max(b, d)]);
    case 'repeat': {
      const [low, high] = widthOf(node.node);
      return [low * node.min, high === 0 ? 0 : high * node.max];
    }
    case 'group':
    case 'atomic':
      return widthOf(node.node);
    case 'backref':
      return [0, Number.POSITIVE_INFINITY];
    default:
      return [0, 0];
  }
}
