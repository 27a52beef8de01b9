import { expect, test } from 'vitest';
import { countByte, isAsciiText, nextByte } from './byte-search.ts';
import { encode } from './utf8.ts';

test('countByte counts in the part that it is given', () => {
  const bytes = encode('a\nbb\n\nc');
  expect(countByte(bytes, 10)).toBe(3);
  expect(countByte(bytes, 10, 2, 5)).toBe(1);
});

test.each([1, 2, 3, 4, 5, 8, 11])('isAsciiText sees every byte of a part that begins at %i', (start) => {
  const bytes = new Uint8Array(64).fill(97);
  bytes[0] = 200;
  expect(isAsciiText(bytes, start, 40)).toBe(true);
  for (let at = start; at < 40; at++)
    for (const bad of [0, 128, 255]) {
      bytes[at] = bad;
      expect(isAsciiText(bytes, start, 40), `${bad} at ${at}`).toBe(false);
      bytes[at] = 1;
      expect(isAsciiText(bytes, start, 40)).toBe(true);
      bytes[at] = 127;
    }
  bytes[40] = 0;
  expect(isAsciiText(bytes, start, 40)).toBe(true);
});

test('isAsciiText takes what lies anywhere in its buffer', () => {
  const whole = encode('€abcdefghijkl€');
  expect(isAsciiText(whole.subarray(3, 15))).toBe(true);
  expect(isAsciiText(whole.subarray(2, 15))).toBe(false);
  expect(isAsciiText(whole.subarray(3, 16))).toBe(false);
  expect(isAsciiText(whole.subarray(3, 3))).toBe(true);
});

test('nextByte gives the end where there is none', () => {
  const bytes = encode('ab\ncd');
  expect(nextByte(bytes, 10, 0, 5)).toBe(2);
  expect(nextByte(bytes, 10, 3, 5)).toBe(5);
});
