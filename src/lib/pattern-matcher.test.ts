import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadPattern, goMatch } from './go-match.ts';
import { cleanPath, PatternError, PatternMatcher, readIgnoreFile } from './pattern-matcher.ts';

test.each([
  ['abc', 'abc', true],
  ['*', 'abc', true],
  ['a*', 'ab/c', false],
  ['a*/b', 'abc/b', true],
  ['a*b*c*d*e*/f', 'axbxcxdxexxx/f', true],
  ['ab[c]', 'abc', true],
  ['ab[^b-d]', 'abc', false],
  ['a\\*b', 'a*b', true],
  ['a?b', 'a☺b', true],
  ['a[^a]b', 'a☺b', true],
  ['[a-ζ]*', 'α', true],
  ['a?b', 'a/b', false],
  ['[\\]a]', ']', true],
  ['[\\-x]', 'x', true],
  ['[x-]', 'x', BadPattern],
  ['[]a]', ']', BadPattern],
  ['[a', 'a', BadPattern],
  ['a\\', 'a', BadPattern],
  ['*x', 'xxx', true],
])('path.Match %j %j', (pattern, name, expected) => {
  if (typeof expected === 'boolean') expect(goMatch(pattern, name)).toBe(expected);
  else expect(() => goMatch(pattern, name)).toThrow(expected);
});

test.each([
  ['**', 'file', true],
  ['**', 'dir/file', true],
  ['**/', 'dir/file', true],
  ['**/**', 'dir/file', true],
  ['dir/**', 'dir/file', true],
  ['dir/**', 'dir/dir2/file', true],
  ['**/dir', 'dir', true],
  ['**/dir', 'dir/file', true],
  ['**/dir2/*', 'dir/dir2/file', true],
  ['**/dir2/**', 'dir/dir2/dir2/file', true],
  ['**file', 'dir/file', true],
  ['**/file', 'dir/dir/file', true],
  ['a**', 'abc/d', true],
  ['a**/*.txt', 'abc.txt', true],
  ['a**/*.txt', 'a/b/c/d.txt', true],
  ['a/*.txt', 'a/b/c.txt', false],
  ['a[b-d]e', 'ace', true],
  ['abc.def', 'abcXdef', false],
  ['abc?def', 'abcZdef', true],
  ['.*', '.foo', true],
  ['.*', 'foo', false],
  ['a(b)c/def', 'a(b)c/def', true],
  ['a.|)$(}+{bc', 'a.|)$(}+{bc', true],
  ['node_modules', 'node_modules/a/b.js', true],
  ['dist/*.js', 'dist/a.js', true],
])('%j on %j: %s', (pattern, path, expected) => {
  expect(new PatternMatcher([pattern]).matches(path)).toBe(expected);
});

test('the last pattern that applies decides', () => {
  const matcher = new PatternMatcher(['*', '!src', 'src/secret', '!*.md', 'x/**', '!x/keep']);
  expect(['a', 'src/a.js', 'src/secret', 'README.md', 'x/y', 'x/keep'].map((p) => matcher.matches(p))).toEqual([
    true,
    false,
    true,
    false,
    true,
    false,
  ]);
  expect([matcher.mayInclude('src'), new PatternMatcher(['a', '!b/c']).mayInclude('a')]).toEqual([true, false]);
});

test('the lines of a .dockerignore', () => {
  expect(readIgnoreFile('\ufeff# comment\n\n /foo/ \n!  bar/../baz\n./a//b\r\n!\n#x')).toEqual([
    'foo',
    '!baz',
    'a/b',
    '!',
  ]);
});

test('what is refused', () => {
  expect(() => new PatternMatcher(['!'])).toThrow(new PatternError('illegal exclusion pattern: "!"'));
  expect(() => new PatternMatcher(['a['])).toThrow('syntax error in pattern');
});

test('paths are cleaned as Go does', () => {
  expect(['', '/', 'a/../..', '/..', 'a//b/./c/', '../a'].map(cleanPath)).toEqual([
    '.',
    '/',
    '..',
    '/',
    'a/b/c',
    '../a',
  ]);
});

test('garbage only throws the errors it may', () => {
  const piece = fc.constantFrom('*', '**', '?', '[', ']', '^', '-', '\\', '/', '!', '.', 'a', '{', '(', '$');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (parts) => {
      try {
        new PatternMatcher([parts.join('')]).matches('a/b.c');
      } catch (error) {
        expect(error instanceof PatternError || error instanceof BadPattern).toBe(true);
      }
    }),
  );
});
