import { expect, test } from 'vitest';
import type { CacheRecord } from './cache.ts';
import { CacheFilterError, cacheFilter } from './cache-filter.ts';

const record: CacheRecord = {
  id: 'abcdef',
  kind: 'regular',
  description: 'mount / from exec /bin/sh -c true',
  shared: false,
  inUse: false,
  size: 1,
  created: '',
  lastUsed: '',
  used: 1,
};

test.each([
  [[], true],
  [[''], true],
  [['type==regular'], true],
  [['type==source.local'], false],
  [['type==source.local', 'type==regular'], true],
  [['type==regular,private'], true],
  [['type==regular,shared'], false],
  [['id~=bcd'], true],
  [['description~="exec"'], true],
  [['type!=regular'], false],
  [['bogus==x'], false],
] as const)('%j: %s', (filters, matches) => {
  expect(cacheFilter(filters)(record)).toBe(matches);
});

test('what is no condition is refused', () => {
  expect(() => cacheFilter(['=x'])).toThrow(CacheFilterError);
});
