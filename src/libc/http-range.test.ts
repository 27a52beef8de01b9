import { expect, test } from 'vitest';
import { byteRange, rangeFields } from './http-range.ts';

test.each([
  [undefined, 100, undefined],
  ['bytes=0-9', 100, { from: 0, to: 9 }],
  ['bytes=10-', 100, { from: 10, to: 99 }],
  ['bytes=-10', 100, { from: 90, to: 99 }],
  ['bytes=-1000', 100, { from: 0, to: 99 }],
  ['bytes=90-1000', 100, { from: 90, to: 99 }],
  ['bytes=100-', 100, 'outside'],
  ['bytes=-0', 100, 'outside'],
  ['bytes=0-', 0, 'outside'],
  ['bytes=9-5', 100, 'backward'],
  ['bytes=-', 100, undefined],
  ['bytes=0-1,5-6', 100, undefined],
  ['lines=0-1', 100, undefined],
] as const)('%s of %i bytes', (field, size, range) => {
  expect(byteRange(field, size)).toEqual(range);
});

test('what is answered says its length and place', () => {
  expect([rangeFields(undefined, 7), rangeFields({ from: 2, to: 4 }, 7)]).toEqual([
    [['Content-Length', '7']],
    [
      ['Content-Length', '3'],
      ['Content-Range', 'bytes 2-4/7'],
    ],
  ]);
});
