import { expect, test } from 'vitest';
import { toHex } from './hex.ts';
import { sha1 } from './sha1.ts';
import { encode } from './utf8.ts';

test.each([
  ['', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
  ['abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['a'.repeat(55), 'c1c8bbdc22796e28c0e15163d20899b65621d65a'],
  ['a'.repeat(56), 'c2db330f6083854c99d4b5bfb6e8f29f201be699'],
  ['a'.repeat(1000), '291e9a6c66994949b57ba5e650361e98fc36b1ba'],
])('%s', (text, hex) => {
  expect(toHex(sha1(encode(text)))).toBe(hex);
});
