import { expect, test } from 'vitest';
import { parseKey, type SortKey } from '../../libc/sort-key.ts';
import { compareByKeys } from './sort-order.ts';

function sorted(lines: readonly string[], keys: readonly string[], separator?: string, salt = 1): string[] {
  const parsed = keys.map((key) => parseKey(key, '') as SortKey);
  const compare = compareByKeys(lines, parsed, separator, salt);
  return lines
    .map((_, i) => i)
    .sort(compare)
    .map((i) => lines[i]!);
}

// the orders are those of sort -s of GNU coreutils 9.1 in the C locale
test.each([
  [['2,2n', '1r'], undefined, ['b 10', 'a 9', 'c 9'], ['c 9', 'a 9', 'b 10']],
  [['2'], undefined, ['x  b', 'y a', 'z c'], ['x  b', 'y a', 'z c']],
  [['2b'], undefined, ['x  b', 'y a', 'z c'], ['y a', 'x  b', 'z c']],
  [
    ['1n'],
    undefined,
    ['10', '9', '-1', ' 3', 'x', '2.5', '.5', '1e9'],
    ['-1', 'x', '.5', '1e9', '2.5', ' 3', '9', '10'],
  ],
  [['1g'], undefined, ['10', 'x', '1e1', '-2e3', '.5'], ['x', '-2e3', '.5', '10', '1e1']],
  [['1h'], undefined, ['2K', '1M', '3', '1.5K', '0'], ['0', '3', '1.5K', '2K', '1M']],
  [['1M'], undefined, ['feb', 'JAN', 'x', ' Mar'], ['x', 'JAN', 'feb', ' Mar']],
  [['1V'], undefined, ['v1.10', 'v1.9', 'v1.2'], ['v1.2', 'v1.9', 'v1.10']],
  [['1f'], undefined, ['b', 'A', 'a', 'B'], ['A', 'a', 'b', 'B']],
  [['1d'], undefined, ['-b', 'a', '_c'], ['a', '-b', '_c']],
  [['2,2'], ':', ['a:2:x', 'b:1:y', 'c', 'd:'], ['c', 'd:', 'b:1:y', 'a:2:x']],
  [['1.2,1.3'], undefined, ['xbz1', 'aab2', 'caa3'], ['caa3', 'aab2', 'xbz1']],
  [['3nr'], ':', ['a::1', 'b::3', 'c::2', 'd'], ['b::3', 'c::2', 'a::1', 'd']],
])('-k %j', (keys, separator, lines, order) => {
  expect(sorted(lines, keys, separator)).toEqual(order);
});

test('-R keeps equal keys together, and its salt decides', () => {
  const lines = Array.from({ length: 60 }, (_, i) => String(i % 20));
  const orders = [1, 2, 3].map((salt) => sorted(lines, ['1R'], undefined, salt));
  for (const order of orders) {
    const runs = order.filter((line, i) => line !== order[i - 1]);
    expect(runs).toHaveLength(20);
  }
  expect(new Set(orders.map((order) => order.join())).size).toBe(3);
});
