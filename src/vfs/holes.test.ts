import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ENXIO } from '../abi/errno.ts';
import { O_RDONLY, SEEK_DATA, SEEK_HOLE } from '../abi/flags.ts';
import { BlobRef } from './blob.ts';
import { closeFile, open, truncate } from './open.ts';
import { testContext, testFs } from './test-context.ts';
import { getBytes, put } from './test-files.ts';
import { pattern, writeAt } from './test-operations.ts';
import { resolve } from './walk.ts';

const PAGE = 4096;

/** Where data begin and end, as lseek says. */
function segments(ctx: ReturnType<typeof testContext>, path: string): [number, number][] {
  const file = open(ctx, path, O_RDONLY);
  if (typeof file === 'number') throw new Error(path);
  const out: [number, number][] = [];
  for (let at = 0; ; ) {
    const data = file.lseek(ctx, at, SEEK_DATA);
    if (data < 0) {
      expect(data).toBe(-ENXIO);
      break;
    }
    at = file.lseek(ctx, data, SEEK_HOLE);
    out.push([data, at]);
  }
  closeFile(ctx, file);
  return out;
}

// what a kernel with pages of 4 KiB answers
test.each<[string, [number, number][], number, [number, number][]]>([
  ['nothing', [], 0, []],
  ['a hole', [], 100_000, []],
  ['a small file', [[0, 10]], 10, [[0, 10]]],
  ['a small file with a hole behind', [[0, 10]], 100_000, [[0, PAGE]]],
  ['a byte far away', [[200_000, 1]], 300_000, [[196_608, 200_704]]],
  ['pages in two chunks', [[60_000, 10_000]], 70_000, [[57_344, 70_000]]],
  [
    'a hole between',
    [
      [0, 5000],
      [20_000, 1],
    ],
    30_000,
    [
      [0, 8192],
      [16_384, 20_480],
    ],
  ],
])('%s', (_, writes, size, wanted) => {
  const ctx = testContext();
  put(ctx, '/f', '');
  for (const [at, length] of writes) writeAt(ctx, '/f', at, pattern(1, length));
  truncate(ctx, '/f', size);
  expect(segments(ctx, '/f')).toEqual(wanted);
});

test('a part of a blob is data, what the file has behind it is a hole', () => {
  const ctx = testContext(testFs({ blobs: { read: () => pattern(1, 5000) } }));
  put(ctx, '/f', '');
  const place = resolve(ctx, '/f');
  if (typeof place !== 'number') place.inode.referToBlob(ctx, new BlobRef('sha256:00', 0, 5000));
  truncate(ctx, '/f', 2 ** 40);
  expect(segments(ctx, '/f')).toEqual([[0, 8192]]);
});

test('a place behind the end is none', () => {
  const ctx = testContext();
  put(ctx, '/f', 'abc');
  const file = open(ctx, '/f', O_RDONLY);
  if (typeof file === 'number') throw new Error();
  expect([3, -1].map((at) => [file.lseek(ctx, at, SEEK_DATA), file.lseek(ctx, at, SEEK_HOLE)])).toEqual([
    [-ENXIO, -ENXIO],
    [-ENXIO, -ENXIO],
  ]);
});

test('what lies in no segment is zeros', () => {
  const write = fc.tuple(fc.nat(300_000), fc.nat(9000));
  fc.assert(
    fc.property(fc.array(write, { maxLength: 8 }), fc.nat(400_000), (writes, size) => {
      const ctx = testContext();
      put(ctx, '/f', '');
      for (const [at, length] of writes) writeAt(ctx, '/f', at, pattern(at, length));
      truncate(ctx, '/f', size);
      const bytes = (getBytes(ctx, '/f') as Uint8Array).slice();
      for (const [from, to] of segments(ctx, '/f')) bytes.fill(0, from, to);
      expect(bytes.every((byte) => byte === 0)).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('a byte far away takes the room of one', () => {
  const ctx = testContext();
  const far = 2 ** 43;
  for (const at of [10, far]) writeAt(ctx, '/f', at, pattern(1, 1));
  expect(segments(ctx, '/f')).toEqual([
    [0, PAGE],
    [far, far + 1],
  ]);
  truncate(ctx, '/f', 20);
  expect(segments(ctx, '/f')).toEqual([[0, 20]]);
});
