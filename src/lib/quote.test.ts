import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quote, quoteRune, quoteToAscii, unquote } from './quote.ts';

test.each([
  ['abc', '"abc"'],
  ['a"b\\', '"a\\"b\\\\"'],
  ['\n\t\u0007\x00\x7f', '"\\n\\t\\a\\x00\\x7f"'],
  ['é日👍', '"é日👍"'],
  ['\u00a0\u200b', '"\\u00a0\\u200b"'],
  ['\udcff', '"\\xff"'],
  ["it's", '"it\'s"'],
])('%j', (text, expected) => {
  expect(quote(text)).toBe(expected);
});

test('other literals', () => {
  expect([quoteToAscii('é👍'), quoteRune("'"), quoteRune('x')]).toEqual(['"\\u00e9\\U0001f44d"', "'\\''", "'x'"]);
  expect([
    unquote('`a\\n`'),
    unquote("'a'"),
    unquote('"\\x41\\101\\u263a"'),
    unquote('"\\q"'),
    unquote("'ab'"),
    unquote('"'),
  ]).toEqual(['a\\n', 'a', 'AA☺', undefined, undefined, undefined]);
});

test('what is quoted is unquoted', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(unquote(quote(text))).toBe(text);
      expect(unquote(quoteToAscii(text))).toBe(text);
    }),
  );
});
