import { expect, test } from 'vitest';
import { formatPlatform, InvalidPlatform, parsePlatform, platformFits } from './platform.ts';

test.each([
  ['linux/amd64', 'linux/amd64'],
  ['linux', 'linux/amd64'],
  ['arm64', 'linux/arm64'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/arm', 'linux/arm/v7'],
  ['linux/arm/v6', 'linux/arm/v6'],
  ['armhf', 'linux/arm/v7'],
  ['x86_64', 'linux/amd64'],
  ['Linux/AMD64', 'linux/amd64'],
  ['bogus/arch', 'bogus/arch'],
])('%s is %s', (text, plain) => {
  expect(formatPlatform(parsePlatform(text))).toBe(plain);
});

test.each([
  ['a/b/c/d', '"a/b/c/d": cannot parse platform specifier: invalid argument'],
  ['bogus', '"bogus": unknown operating system or architecture: invalid argument'],
])('%s is none', (text, message) => {
  expect(() => parsePlatform(text)).toThrow(new InvalidPlatform(message));
});

test('a variant counts only where it is asked for', () => {
  const v7 = { os: 'linux', architecture: 'arm', variant: 'v7' };
  expect(platformFits(v7, { os: 'linux', architecture: 'arm' })).toBe(true);
  expect(platformFits(v7, { os: 'linux', architecture: 'arm', variant: 'v6' })).toBe(false);
  expect(platformFits({ os: 'linux', architecture: 'arm64', variant: 'v8' }, parsePlatform('arm64'))).toBe(true);
});
