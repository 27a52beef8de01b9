import { expect, test } from 'vitest';
import { FrameReader, frame } from './frames.ts';

test('a frame has stream, length and payload', () => {
  expect([...frame(1, new Uint8Array([104, 105]))]).toEqual([1, 0, 0, 0, 0, 0, 0, 2, 104, 105]);
});

test.each([1, 3, 8, 9, 100])('frames that come in pieces of %i bytes are put together', (size) => {
  const all = new Uint8Array([...frame(1, new Uint8Array([1, 2, 3])), ...frame(2, new Uint8Array([4]))]);
  const reader = new FrameReader();
  const seen: Record<number, number[]> = { 1: [], 2: [] };
  for (let at = 0; at < all.length; at += size)
    for (const part of reader.push(all.subarray(at, at + size))) seen[part.stream]!.push(...part.bytes);
  expect(seen).toEqual({ 1: [1, 2, 3], 2: [4] });
});
