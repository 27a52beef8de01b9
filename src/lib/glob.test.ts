import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeGlob, Glob, isGlobPattern, matchGlob } from './glob.ts';

test.each([
  ['*.txt', 'a.txt', true],
  ['*.txt', '.txt', true],
  ['a*', 'abc', true],
  ['*', '', true],
  ['?', 'ü', true],
  ['?', '👍', true],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['[abc]x', 'bx', true],
  ['[!abc]x', 'bx', false],
  ['[^abc]x', 'dx', true],
  ['[a-c]', 'b', true],
  ['[]x]', ']', true],
  ['[!]]', 'a', true],
  ['[a-]', '-', true],
  ['[[:digit:]]*', '7up', true],
  ['[[:alpha:]_]', '_', true],
  ['[[=a=]]', 'a', true],
  ['[[.hyphen.]]', '-', true],
  ['[abc', '[abc', true],
  ['\\*', '*', true],
  ['\\*', 'a', false],
  ['[\\]]', ']', true],
  ['*a*b*c', 'xxaxxbxxc', true],
  ['*a*b*c', 'xxaxxbxx', false],
  ['**', 'abc', true],
  ['', '', true],
  ['', 'a', false],
  ['a\nb*', 'a\nbc', true],
])('%j matches %j: %s', (pattern, text, expected) => {
  expect(matchGlob(pattern, text)).toBe(expected);
});

test.each([
  ['*', 'a/b', false],
  ['a/*', 'a/b', true],
  ['a[/]b', 'a/b', false],
  ['*/b', '.a/b', false],
  ['a/*', 'a/.b', false],
  ['a/.*', 'a/.b', true],
  ['*', '.a', false],
  ['?a', '.a', false],
  ['[.]a', '.a', false],
  ['.*', '.a', true],
  ['a*', 'a.b', true],
])('pathname and period: %j %j: %s', (pattern, text, expected) => {
  expect(matchGlob(pattern, text, { pathname: true, period: true })).toBe(expected);
});

test.each([
  ['@(a|b)', 'a', true],
  ['@(a|b)', 'ab', false],
  ['?(a)b', 'b', true],
  ['*(ab)', 'ababab', true],
  ['*(ab)', '', true],
  ['+(ab)', '', false],
  ['+([0-9])', '2024', true],
  ['+([0-9])', '20x4', false],
  ['!(a|b)', 'c', true],
  ['!(a|b)', 'a', false],
  ['!(a|b)', 'ab', true],
  ['!(*.txt)', 'a.md', true],
  ['!(*.txt)', 'a.txt', false],
  ['*.!(txt|md)', 'a.sh', true],
  ['*.!(txt|md)', 'a.md', false],
  ['a@(b|c@(d|e))f', 'acef', true],
  ['@(a', '@(a', true],
])('extglob: %j %j: %s', (pattern, text, expected) => {
  expect(matchGlob(pattern, text, { extglob: true })).toBe(expected);
});

test('without case', () => {
  expect(matchGlob('[a-c]X*', 'Bxyz', { icase: true })).toBe(true);
  expect(matchGlob('abc', 'ABC', { icase: true })).toBe(true);
});

test('what parameter expansion takes off', () => {
  const slash = new Glob('*/');
  expect([slash.prefix('a/b/c', false), slash.prefix('a/b/c', true), slash.prefix('abc', true)]).toEqual([2, 4, -1]);
  const dot = new Glob('.*');
  expect([dot.suffix('a.b.c', false), dot.suffix('a.b.c', true), dot.suffix('abc', true)]).toEqual([2, 4, -1]);
  expect(new Glob('b*d').search('abcdbcd')).toEqual([1, 7]);
  expect(new Glob('👍').search('a👍b')).toEqual([1, 3]);
});

test('what is a pattern', () => {
  expect(['a*', 'a?', '[a]', '[a', 'a\\*', '@(a)'].map((w) => isGlobPattern(w))).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(isGlobPattern('@(a)', true)).toBe(true);
  fc.assert(fc.property(fc.string(), (text) => matchGlob(escapeGlob(text), text, { extglob: true })));
});

test('hard patterns end soon, garbage never throws', () => {
  expect(matchGlob('*a'.repeat(50), 'a'.repeat(2000).concat('b'))).toBe(false);
  expect(matchGlob('*(*(a))b', 'a'.repeat(60), { extglob: true })).toBe(false);
  const piece = fc.constantFrom(
    '*',
    '?',
    '[',
    ']',
    '!',
    '(',
    ')',
    '|',
    '@',
    '+',
    '\\',
    'a',
    '-',
    '[:alpha:]',
    '[.',
    '/',
    '.',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.string({ maxLength: 12 }), (parts, text) => {
      for (const pathname of [true, false])
        matchGlob(parts.join(''), text, { extglob: true, pathname, period: pathname });
    }),
  );
});
