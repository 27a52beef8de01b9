/** Places that are sorted by insertion before runs are merged. */
const RUN = 8;
/** Comparisons of about one step. */
const STEP = 512;

/**
 * Sorts places stably, a step at a time, so that the caller can do something else in between.
 * @param compare of two places, as of Array.prototype.sort
 * @returns the order: places, the least first
 */
export function* mergeSort(count: number, compare: (a: number, b: number) => number): Generator<void, Uint32Array> {
  let order = new Uint32Array(count);
  let other = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  for (let from = 0; from < count; from += STEP) {
    for (let at = from; at < Math.min(from + STEP, count); at += RUN)
      insertionSort(order, at, Math.min(at + RUN, count), compare);
    yield;
  }
  for (let width = RUN; width < count; width *= 2) {
    for (let from = 0; from < count; from += width * 2) {
      const run: Run = { a: from, b: Math.min(from + width, count), out: from };
      const middle = run.b;
      const end = Math.min(from + width * 2, count);
      while (run.out < end) {
        merge(order, other, run, { middle, end, stop: Math.min(end, run.out + STEP) }, compare);
        if (width >= STEP || (from & (STEP - 1)) === 0) yield;
      }
    }
    [order, other] = [other, order];
  }
  return order;
}

interface Run {
  a: number;
  b: number;
  out: number;
}

function insertionSort(order: Uint32Array, from: number, to: number, compare: (a: number, b: number) => number): void {
  for (let i = from + 1; i < to; i++) {
    const place = order[i]!;
    let at = i;
    while (at > from && compare(order[at - 1]!, place) > 0) {
      order[at] = order[at - 1]!;
      at--;
    }
    order[at] = place;
  }
}

/** Merges two neighbouring runs until `stop`. */
function merge(
  from: Uint32Array,
  to: Uint32Array,
  run: Run,
  { middle, end, stop }: { middle: number; end: number; stop: number },
  compare: (a: number, b: number) => number,
): void {
  let { a, b, out } = run;
  while (out < stop) {
    if (a < middle && (b >= end || compare(from[a]!, from[b]!) <= 0)) to[out++] = from[a++]!;
    else to[out++] = from[b++]!;
  }
  run.a = a;
  run.b = b;
  run.out = out;
}
