/**
 * Sorts the rotations of a block (Burrows-Wheeler): by one byte first, then by twice as many at each round. It takes the same
 * time for text, noise and endless repetition, up to the number of rounds.
 * @returns the starts of the rotations in their order
 */
export function* sortRotations(block: Uint8Array): Generator<'tick', Int32Array, unknown> {
  const n = block.length;
  let order = new Int32Array(n);
  let ranks = new Int32Array(n);
  let nextOrder = new Int32Array(n);
  let nextRanks = new Int32Array(n);
  // two bytes at a time to begin with: one round less
  const heads = new Int32Array(65537);
  const pair = (i: number): number => (block[i]! << 8) | block[i + 1 === n ? 0 : i + 1]!;
  for (let i = 0; i < n; i++) heads[pair(i) + 1]!++;
  for (let i = 1; i < heads.length; i++) heads[i]! += heads[i - 1]!;
  for (let i = 0; i < n; i++) order[heads[pair(i)]!++] = i;
  let classes = 0;
  for (let i = 0; i < n; i++) {
    if (i > 0 && pair(order[i]!) !== pair(order[i - 1]!)) classes++;
    ranks[order[i]!] = classes;
  }
  classes++;
  const starts = new Int32Array(n + 1);
  for (let width = 2; width < n && classes < n; width *= 2) {
    yield 'tick';
    starts.fill(0);
    for (let i = 0; i < n; i++) starts[ranks[i]! + 1]!++;
    for (let i = 1; i <= n; i++) starts[i]! += starts[i - 1]!;
    // what comes `width` before the sorted ones is sorted by its second half; a stable pass sorts by the first
    for (let i = 0; i < n; i++) {
      let from = order[i]! - width;
      if (from < 0) from += n;
      nextOrder[starts[ranks[from]!]!++] = from;
    }
    yield 'tick';
    classes = 0;
    let before = nextOrder[0]!;
    nextRanks[before] = 0;
    for (let i = 1; i < n; i++) {
      const here = nextOrder[i]!;
      if (ranks[here] !== ranks[before] || ranks[(here + width) % n] !== ranks[(before + width) % n]) classes++;
      nextRanks[here] = classes;
      before = here;
    }
    classes++;
    [order, nextOrder] = [nextOrder, order];
    [ranks, nextRanks] = [nextRanks, ranks];
  }
  return order;
}
