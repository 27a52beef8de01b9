import { childrenOf, type RegexNode, someNode, widthOf } from './ast.ts';
import { CharSet } from './char-set.ts';

/** Whether a node can match the empty string. */
export const isNullable = (node: RegexNode): boolean => widthOf(node)[0] === 0;

/** The characters that a match of the node may begin with; of what can be empty, also what `after` says. */
export function firstSet(node: RegexNode, after: CharSet): CharSet {
  switch (node.kind) {
    case 'set':
      return node.set;
    case 'concat':
      return node.nodes.reduceRight((rest, n) => firstSet(n, rest), after);
    case 'alt':
      return node.nodes.map((n) => firstSet(n, after)).reduce((a, b) => a.union(b));
    case 'repeat': {
      const inner = firstSet(node.node, after);
      return node.min === 0 ? inner.union(after) : inner;
    }
    case 'group':
    case 'atomic':
      return firstSet(node.node, after);
    case 'backref':
      return new CharSet([0, 0x10ffff]);
    default:
      return after;
  }
}

/**
 * Whether greedy matching with backtracking finds the longest match with the submatches of POSIX: a sequence of single
 * characters, each with any quantifier, where two ways through the pattern must meet.
 */
export function isSequence(node: RegexNode): boolean {
  switch (node.kind) {
    case 'empty':
    case 'set':
    case 'assert':
      return true;
    case 'concat':
      return node.nodes.every(isSequence);
    case 'group':
      return isSequence(node.node);
    case 'repeat':
      return node.greedy && node.node.kind === 'set';
    default:
      return false;
  }
}

/**
 * How fast the time of a backtracking matcher may grow: the exponent of the text's length, without the search for the
 * start. Infinity where it may be exponential.
 */
export function backtrackingExponent(node: RegexNode): number {
  switch (node.kind) {
    case 'concat':
    case 'alt':
      return node.nodes.reduce((n, child) => n + backtrackingExponent(child), 0);
    case 'repeat':
      return repeatExponent(node);
    case 'group':
    case 'atomic':
    case 'look':
      return backtrackingExponent(node.node);
    case 'backref':
      return 1;
    default:
      return 0;
  }
}

function repeatExponent(node: Extract<RegexNode, { kind: 'repeat' }>): number {
  const inner = node.node;
  if (inner.kind === 'set') return node.max > 100 ? 1 : 0;
  const below = backtrackingExponent(inner);
  if (node.max <= 4 && Number.isFinite(below)) return below * Math.max(1, node.max) + (isFixed(inner) ? 0 : 1);
  return isDeterministic(inner) && below === 0 ? 1 : Number.POSITIVE_INFINITY;
}

const isFixed = (node: RegexNode): boolean => {
  const [low, high] = widthOf(node);
  return low === high && !someNode(node, (n) => n.kind === 'alt');
};

/** Whether there is only one way to match the node at a place, seen from its characters one by one. */
function isDeterministic(node: RegexNode): boolean {
  switch (node.kind) {
    case 'set':
      return true;
    case 'group':
      return isDeterministic(node.node);
    case 'concat':
      return node.nodes.every(isDeterministic) && widthOf(node)[0] > 0;
    case 'alt': {
      if (!node.nodes.every((n) => isDeterministic(n) && widthOf(n)[0] > 0)) return false;
      const firsts = node.nodes.map((n) => firstSet(n, new CharSet([])));
      return firsts.every((f, i) => firsts.slice(i + 1).every((g) => !f.intersects(g)));
    }
    case 'repeat':
      return node.min === node.max && isDeterministic(node.node);
    default:
      return false;
  }
}

/** Whether the pattern can only match at the start of the text. */
export function isAnchored(node: RegexNode): boolean {
  switch (node.kind) {
    case 'assert':
      return node.what === 'text-start';
    case 'concat':
      return isAnchored(node.nodes[0]!);
    case 'alt':
      return node.nodes.every(isAnchored);
    case 'group':
    case 'atomic':
      return isAnchored(node.node);
    default:
      return false;
  }
}

/**
 * Whether every back-reference names a group that always takes part, just once: there JavaScript, where a reference to a
 * group without a match is empty, agrees with the others on which texts match.
 */
export function hasPlainBackrefs(node: RegexNode): boolean {
  const certain = new Set<number>();
  const collect = (n: RegexNode): void => {
    if (n.kind === 'group') certain.add(n.index);
    if (n.kind === 'group' || n.kind === 'concat') childrenOf(n).forEach(collect);
  };
  collect(node);
  return !someNode(node, (n) => n.kind === 'backref' && (n.icase || !certain.has(n.index)));
}

export const hasBackrefs = (node: RegexNode): boolean => someNode(node, (n) => n.kind === 'backref');

/** Whether Perl's way and JavaScript's give the same match and the same groups. */
export function isSameInPerl(node: RegexNode): boolean {
  switch (node.kind) {
    case 'atomic':
    case 'keep':
    case 'backref':
      return false;
    case 'repeat':
      return !isNullable(node.node) && !hasOptionalGroup(node.node) && isSameInPerl(node.node);
    case 'look':
      if (!node.ahead && someNode(node.node, (n) => n.kind === 'group')) return false;
      return isSameInPerl(node.node);
    default:
      return childrenOf(node).every(isSameInPerl);
  }
}

/** Whether a group within a repetition may be passed by: JavaScript then forgets it, others keep its last text. */
function hasOptionalGroup(node: RegexNode): boolean {
  if (node.kind === 'alt' || (node.kind === 'repeat' && node.min === 0))
    return someNode(node, (n) => n.kind === 'group');
  return childrenOf(node).some(hasOptionalGroup);
}

/**
 * Whether the pattern finds the same in the bytes of UTF-8 text, read as latin1, as in the text: everything in it is
 * ASCII, or the repetition of a set that has all of the rest.
 */
export function isByteSafe(node: RegexNode): boolean {
  switch (node.kind) {
    case 'set':
      return node.set.max < 128;
    case 'repeat': {
      const inner = node.node;
      const takesAll = inner.kind === 'set' && node.min === 0 && node.max === Number.POSITIVE_INFINITY;
      if (takesAll && inner.set.ranges.at(-1) === 0x10ffff && inner.set.ranges.at(-2)! < 128) return true;
      return isByteSafe(inner);
    }
    case 'assert':
      return (
        node.what === 'line-start' || node.what === 'line-end' || node.what === 'text-start' || node.what === 'text-end'
      );
    case 'backref':
      return !node.icase;
    default:
      return childrenOf(node).every(isByteSafe);
  }
}
