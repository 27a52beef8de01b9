import { expect, test } from 'vitest';
import { compareVersions } from './version-sort.ts';

test.each([
  ['a1 a2 a10 a10.1', 'plain numbers'],
  ['1.0~rc1 1.0 1.0-1 1.0.1', 'tilde before everything'],
  ['a.txt a2.txt a10.txt', 'file suffixes'],
  ['. .. .a a', 'dots and hidden files first'],
  ['.~a .gz ..gz a-1 a.1', 'a name that is all suffix'],
])('%s (%s)', (sorted) => {
  const names = sorted.split(' ');
  expect([...names].reverse().sort(compareVersions)).toEqual(names);
});
