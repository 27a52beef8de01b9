/** A run of lines that differ: [from, to) of each side. */
export interface Change {
  a0: number;
  a1: number;
  b0: number;
  b1: number;
}

/**
 * The changes that turn `a` into `b` (Myers' O(ND) algorithm on line numbers), runs pushed down as far as they go, as
 * GNU diff shows them.
 */
export function* compareLines(
  a: readonly string[],
  b: readonly string[],
  tick: () => boolean,
): Generator<void, Change[], void> {
  const ids = new Map<string, number>();
  const number = (line: string): number => {
    let id = ids.get(line);
    if (id === undefined) {
      id = ids.size;
      ids.set(line, id);
    }
    return id;
  };
  const x = Int32Array.from(a, number);
  const y = Int32Array.from(b, number);
  const deleted = new Uint8Array(x.length + 1);
  const added = new Uint8Array(y.length + 1);
  let start = 0;
  let [ea, eb] = [x.length, y.length];
  while (start < ea && start < eb && x[start] === y[start]) start++;
  while (ea > start && eb > start && x[ea - 1] === y[eb - 1]) {
    ea--;
    eb--;
  }
  const stack: [number, number, number, number][] = [[start, ea, start, eb]];
  for (let part = stack.pop(); part; part = stack.pop()) {
    let [a0, a1, b0, b1] = part;
    while (a0 < a1 && b0 < b1 && x[a0] === y[b0]) {
      a0++;
      b0++;
    }
    while (a0 < a1 && b0 < b1 && x[a1 - 1] === y[b1 - 1]) {
      a1--;
      b1--;
    }
    if (a0 === a1) added.fill(1, b0, b1);
    else if (b0 === b1) deleted.fill(1, a0, a1);
    else {
      const middle = yield* middlePoint(x, y, a0, a1, b0, b1, tick);
      if (!middle) {
        deleted.fill(1, a0, a1);
        added.fill(1, b0, b1);
      } else {
        stack.push([middle[0], a1, middle[1], b1], [a0, middle[0], b0, middle[1]]);
      }
    }
    if (tick()) yield;
  }
  slide(x, deleted, added);
  slide(y, added, deleted);
  return changes(deleted, added, x.length, y.length);
}

/** A point in the middle of a shortest path; undefined where nothing is equal or the search is too long. */
function* middlePoint(
  x: Int32Array,
  y: Int32Array,
  a0: number,
  a1: number,
  b0: number,
  b1: number,
  tick: () => boolean,
): Generator<void, [number, number] | undefined, void> {
  const n = a1 - a0;
  const m = b1 - b0;
  const most = Math.min(Math.ceil((n + m) / 2) + 1, 20000);
  const size = 2 * most + 3;
  const forward = new Int32Array(size).fill(-1);
  const backward = new Int32Array(size).fill(-1);
  const mid = most + 1;
  forward[mid + 1] = 0;
  backward[mid + 1] = 0;
  const delta = n - m;
  const odd = (delta & 1) !== 0;
  for (let d = 0; d < most; d++) {
    for (let k = -d; k <= d; k += 2) {
      let i =
        k === -d || (k !== d && forward[mid + k - 1]! < forward[mid + k + 1]!)
          ? forward[mid + k + 1]!
          : forward[mid + k - 1]! + 1;
      let j = i - k;
      while (i < n && j < m && x[a0 + i] === y[b0 + j]) {
        i++;
        j++;
      }
      forward[mid + k] = i;
      const back = delta - k;
      if (odd && back >= -(d - 1) && back <= d - 1 && i + backward[mid + back]! >= n)
        return inside(a0 + i, b0 + j, a0, a1, b0, b1);
    }
    for (let k = -d; k <= d; k += 2) {
      let i =
        k === -d || (k !== d && backward[mid + k - 1]! < backward[mid + k + 1]!)
          ? backward[mid + k + 1]!
          : backward[mid + k - 1]! + 1;
      let j = i - k;
      while (i < n && j < m && x[a1 - 1 - i] === y[b1 - 1 - j]) {
        i++;
        j++;
      }
      backward[mid + k] = i;
      const fore = delta - k;
      if (!odd && fore >= -d && fore <= d && i + forward[mid + fore]! >= n)
        return inside(a1 - i, b1 - j, a0, a1, b0, b1);
    }
    if (tick()) yield;
  }
  return undefined;
}

/** A split that makes both parts smaller, or none. */
function inside(i: number, j: number, a0: number, a1: number, b0: number, b1: number): [number, number] | undefined {
  const whole = (i === a0 && j === b0) || (i === a1 && j === b1);
  return whole || i < a0 || i > a1 || j < b0 || j > b1 ? undefined : [i, j];
}

/** Moves each run of marked lines down while the line that follows equals its first; runs that meet become one. */
function slide(lines: Int32Array, marked: Uint8Array, other: Uint8Array): void {
  let i = 0;
  let j = 0;
  while (i < lines.length) {
    if (!marked[i]) {
      while (other[j]) j++;
      i++;
      j++;
      continue;
    }
    let start = i;
    let end = i;
    while (end < lines.length && marked[end]) end++;
    const opposite = other[j] === 1;
    if (!opposite)
      while (end < lines.length && lines[start] === lines[end] && !other[j]) {
        marked[start++] = 0;
        marked[end++] = 1;
        j++;
        while (end < lines.length && marked[end]) end++;
      }
    i = end;
  }
}

function changes(deleted: Uint8Array, added: Uint8Array, n: number, m: number): Change[] {
  const out: Change[] = [];
  let i = 0;
  let j = 0;
  while (i < n || j < m) {
    if (!deleted[i] && !added[j]) {
      i++;
      j++;
      continue;
    }
    const [a0, b0] = [i, j];
    while (i < n && deleted[i]) i++;
    while (j < m && added[j]) j++;
    if (i === a0 && j === b0) {
      i++;
      j++;
      continue;
    }
    out.push({ a0, a1: i, b0, b1: j });
  }
  return out;
}
