import { expect, test } from 'vitest';
import { keepBytes } from './keep-bytes.ts';

const space = (reservedSpace: number, maxUsedSpace: number, minFreeSpace: number) => ({
  reservedSpace,
  maxUsedSpace,
  minFreeSpace,
});

// moby/buildkit cache/manager_test.go has the same cases in its own words
test.each([
  ['nothing asked for: all may go', 100, 50, space(0, 0, 0), undefined],
  ['no more than the most', 100, 50, space(0, 60, 0), 60],
  ['not below what is reserved', 100, 50, space(70, 60, 0), 70],
  ['as much as the disk needs', 100, 50, space(0, 0, 80), 70],
  ['the smaller of both', 100, 50, space(0, 60, 80), 60],
  ['the disk has enough: all stays', 100, 90, space(0, 0, 80), 100],
  ['the disk needs more than there is, and some is reserved', 100, 0, space(10, 0, 500), 10],
])('%s', (_, total, free, options, kept) => {
  expect(keepBytes(total, free, options)).toBe(kept);
});
