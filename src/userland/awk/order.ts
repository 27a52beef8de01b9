import type { AwkArray } from './values.ts';

/** Buckets that mawk begins with, and entries of one on the average before it doubles them. */
const MAWK_BUCKETS = 64;
const MAWK_LOAD = 12;
/** The same of busybox, which has a list of primes. */
const BUSYBOX_BUCKETS = [61, 251, 1021, 4093, 16381, 65521];
const BUSYBOX_LOAD = 10;

/**
 * The keys of an array as `for (key in array)` gives them: by bucket of the implementation's hash table, in a bucket the
 * newest first. (mawk also moves what was used last to the front of its bucket; that is not followed.) gawk's order is not
 * specified; here it is the order of insertion.
 */
export function orderedKeys(array: AwkArray, personality: 'mawk' | 'gawk' | 'busybox'): string[] {
  const keys = [...array.keys()];
  if (personality === 'gawk' || keys.length < 2) return keys;
  const [count, hash] =
    personality === 'mawk' ? [mawkBuckets(keys.length), mawkHash] : [busyboxBuckets(keys.length), busyboxHash];
  const rows = keys.map((key, at) => ({ key, at, bucket: hash(key) % count }));
  rows.sort((a, b) => a.bucket - b.bucket || b.at - a.at);
  return rows.map((row) => row.key);
}

function mawkBuckets(size: number): number {
  let buckets = MAWK_BUCKETS;
  while (size > buckets * MAWK_LOAD) buckets *= 2;
  return buckets;
}

const busyboxBuckets = (size: number): number =>
  BUSYBOX_BUCKETS.find((buckets) => size / buckets <= BUSYBOX_LOAD) ?? BUSYBOX_BUCKETS.at(-1)!;

/** FNV-1a of 32 bits. */
function mawkHash(key: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

function busyboxHash(key: string): number {
  let h = 0;
  for (let i = 0; i < key.length; i++) h = (Math.imul(h, 63) + key.charCodeAt(i)) >>> 0;
  return h;
}
