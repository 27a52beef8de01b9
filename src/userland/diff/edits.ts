import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';

/** Lines [from, to) of the old file became [start, end) of the new one. */
export interface Hunk {
  from: number;
  to: number;
  start: number;
  end: number;
}

/**
 * The smallest set of changes between two files (Myers' algorithm, in linear space).
 * @param a numbers that stand for the lines of the old file, `b` of the new; equal numbers are equal lines
 */
export function* findHunks(sys: Sys, a: Int32Array, b: Int32Array): Wait<Hunk[]> {
  const changedA = new Uint8Array(a.length);
  const changedB = new Uint8Array(b.length);
  const stack: [number, number, number, number][] = [[0, a.length, 0, b.length]];
  const size = a.length + b.length + 3;
  const forward = new Int32Array(2 * size + 1);
  const backward = new Int32Array(2 * size + 1);
  while (stack.length > 0) {
    let [x0, x1, y0, y1] = stack.pop()!;
    while (x0 < x1 && y0 < y1 && a[x0] === b[y0]) {
      x0++;
      y0++;
    }
    while (x0 < x1 && y0 < y1 && a[x1 - 1] === b[y1 - 1]) {
      x1--;
      y1--;
    }
    if (x0 === x1) changedB.fill(1, y0, y1);
    else if (y0 === y1) changedA.fill(1, x0, x1);
    else {
      const [x, y] = yield* middle(sys, a, b, x0, x1, y0, y1, forward, backward, size);
      stack.push([x0, x, y0, y], [x, x1, y, y1]);
    }
    if (sys.tick()) yield;
  }
  slide(a, changedA, changedB);
  slide(b, changedB, changedA);
  return collect(changedA, changedB);
}

/** A point on a shortest path, found from both ends at once. */
function* middle(
  sys: Sys,
  a: Int32Array,
  b: Int32Array,
  x0: number,
  x1: number,
  y0: number,
  y1: number,
  forward: Int32Array,
  backward: Int32Array,
  size: number,
): Wait<[number, number]> {
  const down = x0 - y0;
  const up = x1 - y1;
  const odd = ((down - up) & 1) !== 0;
  forward[size + down] = x0;
  backward[size + up] = x1;
  const low = x0 - y1;
  const high = x1 - y0;
  let [fmin, fmax, bmin, bmax] = [down, down, up, up];
  for (;;) {
    if (fmin > low) forward[size + --fmin - 1] = -1;
    else fmin++;
    if (fmax < high) forward[size + ++fmax + 1] = -1;
    else fmax--;
    for (let d = fmax; d >= fmin; d -= 2) {
      const left = forward[size + d - 1]!;
      const right = forward[size + d + 1]!;
      let x = left < right ? right : left + 1;
      while (x < x1 && x - d < y1 && a[x] === b[x - d]) x++;
      forward[size + d] = x;
      if (odd && bmin <= d && d <= bmax && backward[size + d]! <= x) return [x, x - d];
    }
    if (bmin > low) backward[size + --bmin - 1] = 0x7fffffff;
    else bmin++;
    if (bmax < high) backward[size + ++bmax + 1] = 0x7fffffff;
    else bmax--;
    for (let d = bmax; d >= bmin; d -= 2) {
      const left = backward[size + d - 1]!;
      const right = backward[size + d + 1]!;
      let x = left < right ? left : right - 1;
      while (x > x0 && x - d > y0 && a[x - 1] === b[x - d - 1]) x--;
      backward[size + d] = x;
      if (!odd && fmin <= d && d <= fmax && x <= forward[size + d]!) return [x, x - d];
    }
    if (sys.tick()) yield;
  }
}

/** Moves runs of changes as far down as they go, as GNU diff does; runs that touch become one. */
function slide(lines: Int32Array, changed: Uint8Array, other: Uint8Array): void {
  let i = 0;
  let j = 0;
  const n = lines.length;
  for (;;) {
    while (i < n && !changed[i]) {
      while (other[j]) j++;
      j++;
      i++;
    }
    if (i === n) return;
    let start = i;
    while (i < n && changed[i]) i++;
    while (other[j]) j++;
    let matched = other[j - 1] ? i : n + 1;
    let length: number;
    do {
      length = i - start;
      while (start > 0 && lines[start - 1] === lines[i - 1]) {
        changed[--start] = 1;
        changed[--i] = 0;
        while (start > 0 && changed[start - 1]) start--;
        j--;
        while (other[j]) j--;
      }
      matched = j > 0 && other[j - 1] ? i : n + 1;
      while (i < n && lines[start] === lines[i]) {
        changed[start++] = 0;
        changed[i++] = 1;
        while (i < n && changed[i]) i++;
        j++;
        while (other[j]) {
          matched = i;
          j++;
        }
      }
    } while (length !== i - start);
    while (matched < i) {
      changed[--start] = 1;
      changed[--i] = 0;
      j--;
      while (other[j]) j--;
    }
  }
}

function collect(changedA: Uint8Array, changedB: Uint8Array): Hunk[] {
  const hunks: Hunk[] = [];
  let i = 0;
  let j = 0;
  while (i < changedA.length || j < changedB.length) {
    if (!changedA[i] && !changedB[j]) {
      i++;
      j++;
      continue;
    }
    const [from, start] = [i, j];
    while (i < changedA.length && changedA[i]) i++;
    while (j < changedB.length && changedB[j]) j++;
    hunks.push({ from, to: i, start, end: j });
  }
  return hunks;
}
