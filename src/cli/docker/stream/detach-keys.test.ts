import { expect, test } from 'vitest';
import { DetachFilter, detachKeys } from './detach-keys.ts';

test.each([
  ['', [16, 17]],
  ['ctrl-a', [1]],
  ['ctrl-x,q', [24, 113]],
  ['ctrl-@,ctrl-[', [0, 27]],
  ['nonsense', [16, 17]],
])('keys %j', (text, codes) => {
  expect([...detachKeys(text)]).toEqual(codes);
});

test('the sequence is found across pieces, and what only looked like it is sent', () => {
  const filter = new DetachFilter(Uint8Array.of(16, 17));
  expect(filter.push(Uint8Array.of(97, 16))).toEqual({ bytes: Uint8Array.of(97), detached: false });
  expect(filter.push(Uint8Array.of(98))).toEqual({ bytes: Uint8Array.of(16, 98), detached: false });
  expect(filter.push(Uint8Array.of(16))).toEqual({ bytes: Uint8Array.of(), detached: false });
  expect(filter.push(Uint8Array.of(17, 99))).toEqual({ bytes: Uint8Array.of(), detached: true });
});
