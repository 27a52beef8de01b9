import { expect, test } from 'vitest';
import { encode } from '../lib/utf8.ts';
import { parseDate } from './date-parse.ts';
import { busyboxHuman, humanSize, parseSize } from './human.ts';
import { applyMode, modeString } from './mode.ts';
import { parseOptions, UsageError } from './options.ts';
import { basename, dirname, normalizePath } from './paths.ts';
import { quoteIfNeeded, shellQuote } from './shell-quote.ts';
import { parseTrSet } from './tr-set.ts';

test.each([
  ['644', 0, false, 0o644],
  ['u+x', 0o644, false, 0o744],
  ['+x', 0o644, false, 0o755],
  ['go=', 0o777, false, 0o700],
  ['a+rX', 0o600, true, 0o755],
  ['a+rX', 0o600, false, 0o644],
  ['u=g', 0o070, false, 0o770],
  ['u+s,g+s', 0o755, false, 0o6755],
  ['+t', 0o777, true, 0o1777],
  ['u+rw,go-w', 0o066, false, 0o644],
])('chmod %s on %o', (text, mode, isDir, expected) => {
  expect(applyMode(text, mode, isDir, 0o022)).toBe(expected);
});

test('what is no mode', () => {
  for (const text of ['9', 'u~x', '', '77777', 'x+q']) expect(applyMode(text, 0, false, 0)).toBeUndefined();
});

test.each([
  [0o100644, '-rw-r--r--'],
  [0o041777, 'drwxrwxrwt'],
  [0o104755, '-rwsr-xr-x'],
  [0o102644, '-rw-r-Sr--'],
  [0o120777, 'lrwxrwxrwx'],
])('%o is %s', (mode, text) => {
  expect(modeString(mode)).toBe(text);
});

// as `date -u -d TEXT +%s` of GNU coreutils 9.1 with the clock at 2024-05-15 12:00:00 (a Wednesday)
const NOW = 1715774400;
test.each([
  ['@1000', 1000],
  ['2001-03-01 00:00:00Z', 983404800],
  ['2001-03-01', 983404800],
  ['2001-03-01T10:20:30+02:00', 983434830],
  ['20010301', 983404800],
  ['1 Mar 2001', 983404800],
  ['Mar 1 2001 10:20', 983442000],
  ['yesterday', NOW - 86400],
  ['2 days ago', NOW - 2 * 86400],
  ['next week', NOW + 7 * 86400],
  ['+1 hour', NOW + 3600],
  ['monday', 1716163200],
  ['today 10:00', 1715767200],
  ['1 month ago', 1713182400],
])('date %s', (text, sec) => {
  expect(parseDate(text, NOW)?.sec).toBe(sec);
});

test('what is no date', () => {
  for (const text of ['nonsense', '2001-13-01', '25:00']) expect(parseDate(text, NOW)).toBeUndefined();
});

test.each([
  [0, '0', '0'],
  [1023, '1023', '1023'],
  [1024, '1.0K', '1.0K'],
  [1025, '1.1K', '1.0K'],
  [10240, '10K', '10.0K'],
  [1048575, '1.0M', '1024.0K'],
  [5e9, '4.7G', '4.7G'],
])('%d bytes', (bytes, gnu, busybox) => {
  expect(humanSize(bytes)).toBe(gnu);
  expect(busyboxHuman(bytes)).toBe(busybox);
});

test('sizes with multipliers', () => {
  expect(['10', '2k', '1MB', '3M', '1b', '5x'].map(parseSize)).toEqual([10, 2048, 1e6, 3145728, 512, undefined]);
});

test.each([
  ['a', 'a', "'a'"],
  ['a b', "'a b'", "'a b'"],
  ["it's", `"it's"`, `"it's"`],
  ['a\nb', "'a'$'\\n''b'", "'a'$'\\n''b'"],
  ['-x', '-x', "'-x'"],
])('quotes of %j', (name, ifNeeded, always) => {
  expect(quoteIfNeeded(name)).toBe(ifNeeded);
  expect(shellQuote(name)).toBe(always);
});

test('parts of paths', () => {
  expect(['/a/b/', '/', '', 'a'].map(basename)).toEqual(['b', '/', '', 'a']);
  expect(['/a/b/', '/', 'a', '/a', 'a//b'].map(dirname)).toEqual(['/a', '/', '.', '/', 'a']);
  expect(normalizePath('/a/./b/../../c//d/')).toBe('/c/d');
});

const SPECS = {
  all: { short: 'a', help: '' },
  lines: { short: 'n', arg: 'N', help: '' },
  color: { arg: 'WHEN', optional: true, help: '' },
  key: { short: 'k', arg: 'K', many: true, help: '' },
} as const;
const parse = (...argv: string[]) => parseOptions(SPECS, argv, { words: 'gnu', stopAtOperand: false });

test('options as getopt_long reads them', () => {
  const parsed = parse('x', '-an5', '--li=6', '--color', '-k', '1', '-k2', '--', '-a');
  expect(parsed).toMatchObject({ args: ['x', '-a'], opts: { all: true, lines: '6', color: '', key: ['1', '2'] } });
});

test.each([
  [['-z'], "invalid option -- 'z'"],
  [['--zzz'], "unrecognized option '--zzz'"],
  [['-n'], "option requires an argument -- 'n'"],
  [['--lines'], "option '--lines' requires an argument"],
  [['--all=1'], "option '--all' doesn't allow an argument"],
])('wrong usage %j', (argv, message) => {
  expect(parse(...argv)).toEqual(new UsageError(message));
});

test('sets of tr', () => {
  const set = (text: string): string => String.fromCharCode(...(parseTrSet(encode(text)) as { bytes: number[] }).bytes);
  expect(set('a-e')).toBe('abcde');
  expect(set('\\n\\101')).toBe('\nA');
  expect(set('[:digit:]')).toBe('0123456789');
  expect(set('[x*3]')).toBe('xxx');
  expect(parseTrSet(encode('z-a'))).toMatch('reverse collating');
});
