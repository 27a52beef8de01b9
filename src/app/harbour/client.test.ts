import { expect, test } from 'vitest';
import { jsonLines } from './client.ts';

test('values come whole, whatever the pieces', () => {
  const values: unknown[] = [];
  const take = jsonLines((value) => void values.push(value));
  for (const byte of new TextEncoder().encode('{"a":"船"}\n\n{"b":2}\n{"c"')) take(Uint8Array.of(byte));
  expect(values).toEqual([{ a: '船' }, { b: 2 }]);
});
