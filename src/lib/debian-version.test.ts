import { expect, test } from 'vitest';
import { compareDebianVersions } from './debian-version.ts';

// each pair as `dpkg --compare-versions` 1.21 says
test.each([
  ['1.0', '1.0', 0],
  ['1.2', '1.10', -1],
  ['1.0~rc1', '1.0', -1],
  ['1.0', '1.0-1', -1],
  ['1:0.9', '2.0', 1],
  ['2.36-9+deb12u14', '2.36-9+deb12u4', 1],
  ['8.5.0-2ubuntu10.6', '8.5.0-2ubuntu10', 1],
  ['1.0a', '1.0+', -1],
  ['1.0.', '1.0', 1],
  ['1.01', '1.1', 0],
  ['20240203', '20230311ubuntu0.22.04.1', 1],
] as const)('%s and %s', (a, b, order) => {
  expect(compareDebianVersions(a, b)).toBe(order);
  expect(compareDebianVersions(b, a)).toBe(order === 0 ? 0 : -order);
});
