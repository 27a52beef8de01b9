import { expect, test } from 'vitest';
import { packSegments, SEGMENT, SegmentIndex, unpackSegment } from './segments.ts';

const chunk = (id: number, length: number) => ({ id, data: new Uint8Array(length).fill(id) });

test('chunks are packed to the size of a segment; a larger one stands alone', () => {
  const segments = packSegments([
    chunk(1, 10),
    chunk(2, SEGMENT - 10),
    chunk(3, 1),
    chunk(4, SEGMENT + 5),
    chunk(5, 7),
  ]);
  expect(segments.map((segment) => [...segment.ids])).toEqual([[1, 2], [3], [4], [5]]);
});

test('what is packed comes out again', () => {
  const [segment] = packSegments([chunk(7, 3), chunk(9, 0), chunk(8, 2)]);
  expect([...unpackSegment(segment!)].map(({ id, data }) => [id, [...data]])).toEqual([
    [7, [7, 7, 7]],
    [9, []],
    [8, [8, 8]],
  ]);
});

test('a segment is empty when its last chunk was dropped', () => {
  const index = new SegmentIndex();
  const [segment] = packSegments([chunk(1, 10), chunk(2, 20)]);
  index.add(5, segment!);
  expect(index.drop([1])).toEqual([]);
  expect([index.chunkBytes, index.deadBytes]).toEqual([20, 10]);
  expect(index.drop([1, 99])).toEqual([]);
  expect(index.standing).toEqual([1]);
  expect(index.drop([2])).toEqual([5]);
  expect(index.standing).toEqual([]);
  expect([index.chunkBytes, index.deadBytes]).toEqual([0, 0]);
});

test('sparse segments can be written together', () => {
  const index = new SegmentIndex();
  index.add(1, packSegments([chunk(1, 10)])[0]!);
  index.add(2, packSegments([chunk(2, SEGMENT)])[0]!);
  expect(index.sparse()).toEqual([1]);
  expect(index.holds(1, 1)).toBe(true);
  index.forget(1);
  index.add(3, packSegments([chunk(1, 10)])[0]!);
  expect([index.holds(1, 3), index.chunkBytes]).toEqual([true, SEGMENT + 10]);
});
