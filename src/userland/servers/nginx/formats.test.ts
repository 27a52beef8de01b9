import { expect, test } from 'vitest';
import { md5, sha1 } from './digest.ts';
import { passwordMatches } from './password.ts';
import { escapePath, normalizePath } from './request-line.ts';
import { expand, parseTemplate } from './template.ts';
import { type ConfigError, Tokens } from './tokens.ts';
import { parseSize, parseTime } from './values.ts';

test.each([
  ['/a/./b/../c', '/a/c'],
  ['//a///b', '/a/b'],
  ['/a%20b%2Fc', '/a b/c'],
  ['/a/..', '/'],
  ['/%C3%A9', '/é'],
  ['/../x', undefined],
  ['/%2e%2e/x', undefined],
  ['/%zz', undefined],
])('the path of %j is %j', (raw, wanted) => {
  expect(normalizePath(raw)).toBe(wanted);
});

test('a path is encoded again', () => {
  expect(escapePath('/a b/é?#%')).toBe('/a%20b/%C3%A9%3F%23%25');
});

test.each([
  ['a $b ${c}d', 'a [b] [c]d'],
  ['$1-$10', '[1]-[1]0'],
  ['plain', 'plain'],
])('the text of %j', (text, wanted) => {
  const template = parseTemplate(text);
  expect(typeof template === 'string' ? template : expand(template, (name) => `[${name}]`)).toBe(wanted);
});

test.each(['cost: 5$', '${a'])('%j is wrong', (text) => {
  expect(parseTemplate(text)).toBeTypeOf('string');
});

test.each([
  [`a "b c" 'd;' e\\ f; # comment\n`, ['a', 'b c', 'd;', 'e\\ f']],
  ['set $x ${y}z;', ['set', '$x', '${y}z']],
  ['a\n\n b\t;', ['a', 'b']],
])('the words of %j', (text, words) => {
  expect(new Tokens(text, 'f').statement()).toMatchObject({ words, end: ';' });
});

test('a quoted word must be followed by a space', () => {
  expect(() => new Tokens('a "b"c;', 'f').statement()).toThrow();
  try {
    new Tokens('\n a "b"c;', 'f').statement();
  } catch (error) {
    expect((error as ConfigError).message).toBe('unexpected "c" in f:2');
  }
});

test('sizes and times', () => {
  expect(['1m', '10k', '7', 'x'].map(parseSize)).toEqual([1048576, 10240, 7, undefined]);
  expect(['60', '1h30m', '500ms', '2d', 'soon'].map(parseTime)).toEqual([
    60_000,
    5_400_000,
    500,
    172_800_000,
    undefined,
  ]);
});

const hex = (bytes: Uint8Array): string => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');

test('digests, against RFC 1321 and RFC 3174', () => {
  const abc = Uint8Array.from([97, 98, 99]);
  expect(hex(md5(abc))).toBe('900150983cd24fb0d6963f7d28e17f72');
  expect(hex(sha1(abc))).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
});

test.each([
  ['{PLAIN}secret', true],
  ['{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=', true],
  ['$apr1$FCo44hrT$TAT2zAvZDcHkQgKSv8q0j1', true],
  ['$apr1$FCo44hrT$TAT2zAvZDcHkQgKSv8q0j2', false],
  ['secret', false],
])('a password against %j', (entry, wanted) => {
  expect(passwordMatches('secret', entry)).toBe(wanted);
});
