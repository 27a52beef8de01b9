/** A word of a paragraph that is to be filled. */
export interface Word {
  text: string;
  /** Columns. */
  width: number;
  /** Blanks after it, where it does not end a line. */
  space: number;
  /** It ends a sentence. */
  final: boolean;
  /** It ends with `.`, `?` or `!`, closing marks not counted. */
  period: boolean;
  punct: boolean;
  /** It begins with an opening mark. */
  paren: boolean;
}

export interface FillOptions {
  /** Lines are shorter than this, unless a word is not. */
  width: number;
  /** What a line should come near to. */
  goal: number;
}

/** The square of a weight: what the weights of fmt's manual mean as costs. */
const weight = (n: number): number => n * n;
const LINE = weight(70);
const NO_BREAK = weight(600);
const SENTENCE = weight(50);
const PUNCT = weight(40);
const PAREN = weight(40);

/**
 * Breaks a paragraph into lines so that the whole costs least: lines near the goal and near to each other in length, breaks
 * after sentences and punctuation rather than within, no short last line.
 * @param first columns before the first line
 * @param other columns before the others
 */
export function fillParagraph(words: readonly Word[], first: number, other: number, options: FillOptions): string[] {
  const n = words.length;
  /** From each word: the least cost of the rest, the length of its first line, and where the next line begins. */
  const best = new Float64Array(n + 1);
  const length = new Float64Array(n + 1);
  const next = new Int32Array(n + 1);
  for (let start = n - 1; start >= 0; start--) {
    let columns = start === 0 ? first : other;
    best[start] = Number.POSITIVE_INFINITY;
    for (let end = start; end < n; end++) {
      columns += words[end]!.width;
      const stop = end + 1;
      const cost = (stop === n ? 0 : lineCost(columns, length[stop]!, next[stop] === n, options.goal)) + best[stop]!;
      if (cost < best[start]!) {
        best[start] = cost;
        length[start] = columns;
        next[start] = stop;
      }
      if (stop === n) break;
      columns += words[end]!.space;
      if (columns + words[stop]!.width >= options.width) break;
    }
    best[start]! += breakCost(words, start);
  }
  const lines: string[] = [];
  for (let at = 0; at < n; at = next[at]!) {
    let line = '';
    for (let i = at; i < next[at]!; i++)
      line += words[i]!.text + (i + 1 < next[at]! ? ' '.repeat(words[i]!.space) : '');
    lines.push(line);
  }
  return lines;
}

/** What a line of so many columns costs before one of `following` columns; the last line may have any length. */
function lineCost(columns: number, following: number, beforeLast: boolean, goal: number): number {
  const short = goal - columns;
  const ragged = columns - following;
  return weight(10 * short) + (beforeLast ? 0 : weight(10 * ragged) / 2);
}

/** What it costs that a line begins with this word. */
function breakCost(words: readonly Word[], at: number): number {
  let cost = LINE;
  if (at === 0) return cost;
  const before = words[at - 1]!;
  if (before.period) cost += before.final ? -SENTENCE : NO_BREAK;
  else if (before.punct) cost -= PUNCT;
  else if (at > 1 && words[at - 2]!.final) cost += weight(200) / (before.width + 2);
  const word = words[at]!;
  if (word.paren) cost -= PAREN;
  else if (word.final) cost += weight(150) / (word.width + 2);
  return cost;
}
