import { expect, test } from 'vitest';
import { gist, matching, templateOf } from './json.ts';

const value = { Id: 'abc', State: { Status: 'running', Health: { Log: [1, 2] } }, Ports: { '80/tcp': null } };

test('a text is found in keys and values, with the way there open', () => {
  const found = matching(value, 'RUNNING');
  expect([...found!.hits]).toEqual(['.State.Status']);
  expect([...found!.open].sort()).toEqual(['', '.State']);
  expect(matching(value, '  ')).toBeUndefined();
});

test.each([
  ['', '{{json .}}'],
  ['.State.Health', '{{json .State.Health}}'],
  ['.State.Health.Log.0', '{{json .State.Health.Log}}'],
  ['.Ports.80/tcp', '{{json .Ports}}'],
])('the template of %s', (path, wanted) => {
  expect(templateOf(path)).toBe(wanted);
});

test('a closed node says what it holds', () => {
  expect(gist([1, 2, 3])).toBe('3');
  expect(gist({ a: 1, b: 2 })).toBe('a, b');
  expect(gist({ a: 1, b: 2, c: 3, d: 4, e: 5 })).toBe('a, b, c … 5');
});
