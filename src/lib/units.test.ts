import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './go-duration.ts';
import { formatRfc3339Nano, getTimestamp, parseRfc3339, parseTimestamp, ZERO_TIME } from './go-time.ts';
import { GoError } from './go-value.ts';
import { bytesSize, fromHumanSize, humanDuration, humanSize, ramInBytes } from './units.ts';

const attempt = (body: () => unknown): unknown => {
  try {
    return body();
  } catch (error) {
    if (error instanceof GoError) return error.message;
    throw error;
  }
};

test.each([
  [0, '0B', '0B'],
  [999, '999B', '999B'],
  [1000, '1kB', '1000B'],
  [1024, '1.024kB', '1KiB'],
  [1234567, '1.235MB', '1.177MiB'],
  [4 * 1024 ** 3, '4.295GB', '4GiB'],
  [3.42e12, '3.42TB', '3.11TiB'],
])('%d bytes', (bytes, decimal, binary) => {
  expect([humanSize(bytes), bytesSize(bytes)]).toEqual([decimal, binary]);
});

test('three digits, as in docker images', () => {
  expect([78_100_000, 10_072, 1_230_000_000].map((n) => humanSize(n, 3))).toEqual(['78.1MB', '10.1kB', '1.23GB']);
});

test.each([
  ['32', 32],
  ['32b', 32],
  ['32k', 32 * 1024],
  ['32 KiB', 32 * 1024],
  ['0.5Gb', 512 * 1024 * 1024],
  ['32.', 32],
  ['lots', "invalid size: 'lots'"],
  ['', "invalid size: ''"],
  ['-32', "invalid size: '-32'"],
  ['32mm', "invalid suffix: 'mm'"],
  ['32bb', "invalid suffix: 'bb'"],
  ['32x', "invalid suffix: 'x'"],
  ['1.2.3k', 'strconv.ParseFloat: parsing "1.2.3": invalid syntax'],
  [' 32', 'strconv.ParseFloat: parsing " 32": invalid syntax'],
])('RAM of %j', (text, expected) => {
  expect(attempt(() => ramInBytes(text))).toBe(expected);
});

test('decimal sizes', () => {
  expect(fromHumanSize('32kb')).toBe(32_000);
});

test.each([
  [0.45, 'Less than a second'],
  [1, '1 second'],
  [45, '45 seconds'],
  [60, 'About a minute'],
  [180, '3 minutes'],
  [3600, 'About an hour'],
  [3600 + 1799, 'About an hour'],
  [3600 + 1800, '2 hours'],
  [86400, '24 hours'],
  [7 * 86400, '7 days'],
  [21 * 86400, '3 weeks'],
  [70 * 86400, '2 months'],
  [800 * 86400, '2 years'],
])('%d seconds', (seconds, words) => {
  expect(humanDuration(seconds)).toBe(words);
});

test.each([
  ['1h30m', 5400e9, '1h30m0s'],
  ['1.5s', 1.5e9, '1.5s'],
  ['-10ms', -10e6, '-10ms'],
  ['0', 0, '0s'],
  ['1µs', 1000, '1µs'],
  ['.5h', 1800e9, '30m0s'],
  ['100h', 360000e9, '100h0m0s'],
  ['1m40s', 100e9, '1m40s'],
  ['', 'time: invalid duration ""', ''],
  ['5', 'time: missing unit in duration "5"', ''],
  ['5x', 'time: unknown unit "x" in duration "5x"', ''],
  ['abc', 'time: invalid duration "abc"', ''],
  ['1h.', 'time: invalid duration "1h."', ''],
])('duration %j', (text, expected, shown) => {
  const got = attempt(() => parseDuration(text));
  expect(got).toBe(expected);
  if (typeof got === 'number') expect(formatDuration(got)).toBe(shown);
});

test('a duration comes back', () => {
  fc.assert(fc.property(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), (n) => parseDuration(formatDuration(n)) === n));
});

test('RFC 3339', () => {
  expect(formatRfc3339Nano(1700000000, 120_000_000)).toBe('2023-11-14T22:13:20.12Z');
  expect(formatRfc3339Nano(-62135596800, 0)).toBe(ZERO_TIME);
  expect(parseRfc3339('2023-11-14T23:13:20.12+01:00')).toEqual({ sec: 1700000000, nsec: 120_000_000 });
  fc.assert(
    fc.property(fc.integer({ min: -6e10, max: 2e11 }), fc.nat(999_999_999), (sec, nsec) => {
      expect(parseRfc3339(formatRfc3339Nano(sec, nsec))).toEqual({ sec, nsec });
    }),
  );
});

test.each([
  ['10m', '1699999400'],
  ['1.5s', '1699999998'],
  ['2023-11-14', '1699920000.000000000'],
  ['2023-11-14T10', '1699956000.000000000'],
  ['2023-11-14T10:00', '1699956000.000000000'],
  ['2023-11-14T10:00:01', '1699956001.000000000'],
  ['2023-11-14T10:00:01.5', '1699956001.500000000'],
  ['2023-11-14T10:00:00+02:00', '1699948800.000000000'],
  ['2023-11-14T10:00Z', '1699956000.000000000'],
  ['1699956000', '1699956000'],
  ['1699956000.25', '1699956000.25'],
  ['0', '0'],
  ['soon', 'failed to parse value as time or duration: "soon"'],
  ['2023-13-14', 'parsing time "2023-13-14": month out of range'],
  ['2023-1-14', 'parsing time "2023-1-14" as "2006-01-02": cannot parse "1-14" as "01"'],
])('--since %s', (value, expected) => {
  expect(attempt(() => getTimestamp(value, { sec: 1700000000, nsec: 0 }))).toBe(expected);
});

test('timestamps of the API', () => {
  expect(parseTimestamp('1699956000.25')).toEqual({ sec: 1699956000, nsec: 250_000_000 });
  expect(parseTimestamp('1699956000.000000007')).toEqual({ sec: 1699956000, nsec: 7 });
  expect(parseTimestamp('x')).toBeUndefined();
});
