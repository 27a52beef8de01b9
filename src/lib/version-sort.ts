/**
 * Order of versions as GNU sort -V and ls -v have it (filevercmp of gnulib): digits compare as numbers, `~` sorts before
 * everything, letters before other characters; a file suffix such as `.tar.gz` counts only where the rest is equal.
 * @returns negative, zero or positive
 */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '' || b === '') return a === '' ? -1 : 1;
  for (const special of ['.', '..']) {
    if (a === special || b === special) return a === special ? -1 : 1;
  }
  if (a[0] === '.' && b[0] !== '.') return -1;
  if (a[0] !== '.' && b[0] === '.') return 1;
  const shortA = withoutSuffix(a);
  const shortB = withoutSuffix(b);
  const order = comparePieces(shortA, shortB);
  if (order !== 0) return order;
  return comparePieces(a, b) || textOrder(a, b);
}

const textOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Cuts off `(\.[A-Za-z~][A-Za-z0-9~]*)*$`. */
const withoutSuffix = (name: string): string => name.replace(/(?:\.[A-Za-z~][A-Za-z0-9~]*)+$/, '');

function comparePieces(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    // What is not a digit, character by character.
    while ((i < a.length && !isDigit(a[i]!)) || (j < b.length && !isDigit(b[j]!))) {
      const difference = rank(a[i]) - rank(b[j]);
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    while (a[i] === '0') i++;
    while (b[j] === '0') j++;
    const digitsA = digitsAt(a, i);
    const digitsB = digitsAt(b, j);
    if (digitsA.length !== digitsB.length) return digitsA.length - digitsB.length;
    if (digitsA !== digitsB) return digitsA < digitsB ? -1 : 1;
    i += digitsA.length;
    j += digitsB.length;
  }
  return 0;
}

const isDigit = (c: string): boolean => c >= '0' && c <= '9';

function digitsAt(text: string, at: number): string {
  let end = at;
  while (end < text.length && isDigit(text[end]!)) end++;
  return text.slice(at, end);
}

function rank(c: string | undefined): number {
  if (c === undefined) return -1;
  if (isDigit(c)) return 0;
  if (c === '~') return -2;
  if (/[A-Za-z]/.test(c)) return c.charCodeAt(0);
  return c.charCodeAt(0) + 256;
}
