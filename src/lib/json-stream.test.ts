import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonStream, JsonStreamError } from './json-stream.ts';
import { shellQuote, splitWords } from './shellwords.ts';
import { encode } from './utf8.ts';

test('documents come back, however the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue()),
      fc.constantFrom('\n', ' ', '\r\n'),
      fc.integer({ min: 1, max: 50 }),
      (values, separator, size) => {
        const bytes = encode(values.map((v) => JSON.stringify(v)).join(separator));
        const stream = new JsonStream();
        const got: unknown[] = [];
        for (let i = 0; i < bytes.length; i += size) got.push(...stream.push(bytes.slice(i, i + size)));
        got.push(...stream.end());
        expect(got).toEqual(JSON.parse(JSON.stringify(values)));
      },
    ),
  );
});

test('documents that stand close together', () => {
  const stream = new JsonStream();
  expect(stream.push(encode('{"a":"}"}{"b":[1]}[2]"x"7 true'))).toEqual([{ a: '}' }, { b: [1] }, [2], 'x', 7]);
  expect(stream.end()).toEqual([true]);
});

test('what is no JSON', () => {
  expect(() => new JsonStream().push(encode('{a}'))).toThrow(JsonStreamError);
  const stream = new JsonStream();
  stream.push(encode('{"a":'));
  expect(() => stream.end()).toThrow('unexpected EOF');
});

test.each([
  ['a  b\tc', ['a', 'b', 'c']],
  ['"a b" \'c d\'e', ['a b', 'c de']],
  ['a\\ b "\\"x\\y"', ['a b', '"x\\y']],
  ["''", ['']],
  ['', []],
  ['"a', undefined],
  ['a\\', undefined],
])('words of %j', (line, words) => {
  expect(splitWords(line)).toEqual(words);
});

test('a quoted word is one word again', () => {
  fc.assert(
    fc.property(fc.string(), (word) => {
      expect(splitWords(shellQuote(word))).toEqual([word]);
    }),
  );
});
