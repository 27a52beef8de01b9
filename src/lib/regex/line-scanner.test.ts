import { expect, test } from 'vitest';
import { encode } from '../utf8.ts';
import { compileRegex, RegexError, type RegexOptions } from './regex.ts';

const compile = (source: string, options: RegexOptions = { dialect: 'ere' }) => {
  const regex = compileRegex(source, { newline: true, ...options });
  if (regex instanceof RegexError) throw regex;
  return regex;
};

/** Numbers of the lines that a scanner finds. */
function scan(source: string, text: string, options?: RegexOptions): number[] {
  const scanner = compile(source, options).lineScanner()!;
  const bytes = encode(text);
  const found: number[] = [];
  for (let at = 0, line = 0; at < bytes.length; ) {
    const place = scanner.find(bytes, at, bytes.length);
    if (place < 0) break;
    const begin = place === 0 ? 0 : bytes.lastIndexOf(10, place - 1) + 1;
    for (; at < begin; at++) if (bytes[at] === 10) line++;
    expect(begin).toBe(at);
    found.push(line);
    const end = bytes.indexOf(10, place);
    at = end < 0 ? bytes.length : end + 1;
    line++;
  }
  return found;
}

const TEXT = 'foo\n\nbar foo\n  x1y\nfoobar baz\nbar\nlast foo';

test.each([
  ['foo', undefined, [0, 2, 4, 6]],
  ['^foo', undefined, [0, 4]],
  ['foo$', undefined, [0, 2, 6]],
  ['^$', undefined, [1]],
  ['^', undefined, [0, 1, 2, 3, 4, 5, 6]],
  ['^(foo|bar)$', undefined, [0, 5]],
  ['[0-9]', undefined, [3]],
  ['[^a-z ]', undefined, [3]],
  ['(o|b)a?', undefined, [0, 2, 4, 5, 6]],
  ['\\<bar\\>', undefined, [2, 5]],
  ['FOO', { dialect: 'ere', icase: true }, [0, 2, 4, 6]],
  ['o[[:space:]]*b', undefined, [4]],
  ['zzz', undefined, []],
] as const)('lines that match %s', (source, options, lines) => {
  expect(scan(source, TEXT, options)).toEqual(lines);
});

test('finds what a search in each line finds, also when states are forgotten', () => {
  // the number of states grows with the places of the last twelve characters
  const source = '(a|b)*a(a|b){12}c';
  const regex = compile(source);
  let seed = 7;
  const next = (): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 8;
  const lines = Array.from({ length: 1500 }, () =>
    Array.from({ length: 10 + (next() % 40) }, () => 'abbaac'[next() % 6]).join(''),
  );
  const expected = lines.flatMap((line, i) => (regex.test(line) ? [i] : []));
  expect(expected.length).toBeGreaterThan(100);
  expect(expected.length).toBeLessThan(1400);
  expect(scan(source, lines.join('\n'))).toEqual(expected);
});

test('there is none for back-references and Perl', () => {
  expect(compile('(a)\\1').lineScanner()).toBeUndefined();
  expect(compile('a(?=b)', { dialect: 'perl' }).lineScanner()).toBeUndefined();
});
