import type { Sys } from '../../abi/sys.ts';

// What the tests of this room share.

/** A pipe's descriptors: [read, write]. */
export function pipePair(sys: Sys, flags = 0): [number, number] {
  const ends = [0, 0];
  sys.pipe2(ends, flags);
  return [ends[0]!, ends[1]!];
}
