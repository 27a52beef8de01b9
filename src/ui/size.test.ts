import { expect, test } from 'vitest';
import { binary, brief, briefDecimal, decimal, ofTotal } from './size.ts';

test.each([
  [0, '0 B', '0 B', '0B', '0B'],
  [612, '612 B', '612 B', '612B', '612B'],
  [41_200, '41.2 kB', '40.2 KiB', '40.2K', '41k'],
  [8_500_000, '8.5 MB', '8.11 MiB', '8.1M', '8.5M'],
  [118_000_000, '118 MB', '113 MiB', '113M', '118M'],
  [1_040_000_000, '1.04 GB', '992 MiB', '992M', '1G'],
])('%i bytes', (bytes, a, b, c, d) => {
  expect([decimal(bytes), binary(bytes), brief(bytes), briefDecimal(bytes)]).toEqual([a, b, c, d]);
});

test.each([
  [0, 42.9e9, '0.0 / 42.9 GB'],
  [2e6, 4.1e9, '2 MB / 4.1 GB'],
  [1.3e9, 40e9, '1.3 / 40 GB'],
])('%i of %i', (used, total, wanted) => {
  expect(ofTotal(used, total)).toBe(wanted);
});
