/** Go's path.ErrBadPattern. */
export class BadPattern extends Error {
  constructor() {
    super('syntax error in pattern');
  }
}

/**
 * Go's path.Match: `*` and `?` do not match `/`, `[a-z]`, `[^a-z]`, a backslash escapes.
 * @throws BadPattern where the pattern is malformed, whatever the name is
 */
export function goMatch(pattern: string, name: string): boolean {
  const items = parsePattern(pattern);
  const chars = [...name];
  let i = 0;
  let n = 0;
  let starItem = -1;
  let starName = 0;
  while (i < items.length || n < chars.length) {
    const item = items[i];
    if (item === STAR) {
      starItem = i++;
      starName = n;
      continue;
    }
    if (item && n < chars.length && item(chars[n]!)) {
      i++;
      n++;
      continue;
    }
    if (starItem < 0 || starName >= chars.length || chars[starName] === '/') return false;
    n = ++starName;
    i = starItem + 1;
  }
  return true;
}

type Item = (char: string) => boolean;
const STAR: Item = () => true;

function parsePattern(pattern: string): Item[] {
  const chars = [...pattern];
  const items: Item[] = [];
  for (let i = 0; i < chars.length; i++) {
    const c = chars[i]!;
    if (c === '*') items.push(STAR);
    else if (c === '?') items.push((char) => char !== '/');
    else if (c === '[') {
      const bracket = parseClass(chars, i + 1);
      items.push(bracket.test);
      i = bracket.end;
    } else {
      if (c === '\\') i++;
      const literal = chars[i];
      if (literal === undefined) throw new BadPattern();
      items.push((char) => char === literal);
    }
  }
  return items;
}

function parseClass(chars: readonly string[], start: number): { test: Item; end: number } {
  let i = start;
  const negated = chars[i] === '^';
  if (negated) i++;
  const ranges: [string, string][] = [];
  const point = (): string => {
    if (chars[i] === '-' || chars[i] === ']') throw new BadPattern();
    if (chars[i] === '\\') i++;
    const c = chars[i++];
    if (c === undefined || i >= chars.length) throw new BadPattern();
    return c;
  };
  while (chars[i] !== ']' || ranges.length === 0) {
    const low = point();
    if (chars[i] !== '-') {
      ranges.push([low, low]);
      continue;
    }
    i++;
    ranges.push([low, point()]);
  }
  const within = (char: string): boolean =>
    ranges.some(([a, b]) => a.codePointAt(0)! <= char.codePointAt(0)! && char.codePointAt(0)! <= b.codePointAt(0)!);
  return { test: (char) => within(char) !== negated, end: i };
}
