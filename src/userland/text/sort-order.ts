import { compareVersions } from '../../lib/version-sort.ts';
import { keyText, numberOf, orderText, type SortKey } from '../../libc/sort-key.ts';

/** Compares two lines by their places. */
export type Compare = (a: number, b: number) => number;

/**
 * The order of lines by keys. What a key compares is taken from each line once.
 * @param salt what the order of -R depends on
 */
export function compareByKeys(
  lines: readonly string[],
  keys: readonly SortKey[],
  separator: string | undefined,
  salt: number,
): Compare {
  const columns = keys.map((key) => column(lines, key, separator, salt));
  if (columns.length === 1) return columns[0]!;
  return (a, b) => {
    for (const compare of columns) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function column(lines: readonly string[], key: SortKey, separator: string | undefined, salt: number): Compare {
  const sign = key.flags.includes('r') ? -1 : 1;
  const number = key.flags.includes('R') ? (text: string) => shuffled(text, salt) : numberOf(key.flags);
  if (number) {
    const values = new Float64Array(lines.length);
    for (let i = 0; i < lines.length; i++) values[i] = number(keyText(lines[i]!, key, separator));
    // of equal infinities the difference is no number
    return (a, b) => sign * (values[a]! - values[b]! || 0);
  }
  const texts = lines.map((line) => orderText(keyText(line, key, separator), key.flags));
  if (key.flags.includes('V')) return (a, b) => sign * compareVersions(texts[a]!, texts[b]!);
  return compareTexts(texts, sign);
}

/** The order of the texts themselves. @param sign -1: the other way round */
export const compareTexts =
  (texts: readonly string[], sign: number): Compare =>
  (a, b) => {
    const x = texts[a]!;
    const y = texts[b]!;
    return x < y ? -sign : x > y ? sign : 0;
  };

/** A number that depends on a text and a salt: the same for the same text. */
function shuffled(text: string, salt: number): number {
  let hash = salt | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
