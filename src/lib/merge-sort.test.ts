import { expect, test } from 'vitest';
import { mergeSort } from './merge-sort.ts';

function sorted(values: readonly number[]): { order: number[]; steps: number } {
  const work = mergeSort(values.length, (a, b) => values[a]! - values[b]!);
  for (let steps = 0; ; steps++) {
    const { done, value } = work.next();
    if (done) return { order: [...value], steps };
  }
}

test.each([0, 1, 2, 7, 8, 9, 16, 17, 100, 511, 512, 513, 5000])('%i places come in order, equals as they were', (n) => {
  let seed = n + 1;
  const values = Array.from({ length: n }, () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % (n / 3 + 1));
  const expected = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
  expect(sorted(values).order).toEqual(expected);
});

test('much work is many steps', () => {
  expect(sorted(Array.from({ length: 100_000 }, (_, i) => -i)).steps).toBeGreaterThan(1000);
});
