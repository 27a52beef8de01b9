import { expect, test } from 'vitest';
import { ContainerList, ContainerStop } from './container.ts';
import { parseFilters } from './filters.ts';
import { formatTarget, parseQuery } from './query.ts';

test('a target has the version, the path and the values that are given', () => {
  const list = formatTarget(ContainerList as never, { all: true, filters: { label: ['a=b'] } }, '1.51');
  expect(list).toBe('/v1.51/containers/json?all=1&filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D');
  expect(formatTarget(ContainerStop as never, { id: 'a/b', t: 0 }, undefined)).toBe('/containers/a%2Fb/stop?t=0');
});

test('a query is decoded; repeated names keep their order', () => {
  expect([...parseQuery('a=1&b=x+y%21&a=2&c')]).toEqual([
    ['a', ['1', '2']],
    ['b', ['x y!']],
    ['c', ['']],
  ]);
});

test.each([
  ['{"name":["a","b"]}', { name: ['a', 'b'] }],
  ['{"name":{"a":true}}', { name: ['a'] }],
  ['', {}],
  ['x', undefined],
  ['[]', undefined],
])('filters %s', (text, expected) => {
  expect(parseFilters(text)).toEqual(expected);
});
