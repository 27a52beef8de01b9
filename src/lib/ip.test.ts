import { expect, test } from 'vitest';
import {
  broadcastOf,
  canonicalIp,
  inNetwork,
  ip4Number,
  ip4Text,
  maskText,
  networkOf,
  parseCidr,
  unmapIp,
} from './ip.ts';

test.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::1', '::1'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['2001:DB8::0:1', '2001:db8::1'],
  ['fe80:0:0:1:0:0:0:1', 'fe80:0:0:1::1'],
  ['::', '::'],
  ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
  ['1.2.3', undefined],
  ['1.2.3.256', undefined],
  ['1:2', undefined],
  ['1::2::3', undefined],
  ['', undefined],
])('%s is %s', (text, canonical) => {
  expect(canonicalIp(text)).toBe(canonical);
});

test('prefixes', () => {
  expect(networkOf('172.17.5.9', 16)).toBe('172.17.0.0');
  expect(networkOf('10.1.2.3', 31)).toBe('10.1.2.2');
  expect(networkOf('2001:db8:ffff::1', 33)).toBe('2001:db8:8000::');
  expect(broadcastOf('172.17.5.9', 16)).toBe('172.17.255.255');
  expect(broadcastOf('1.2.3.4', 0)).toBe('255.255.255.255');
  expect(inNetwork('10.9.0.1', '10.8.0.0', 15)).toBe(true);
  expect(inNetwork('10.10.0.1', '10.8.0.0', 15)).toBe(false);
  expect(inNetwork('::1', '10.8.0.0', 0)).toBe(false);
  expect(parseCidr('10.0.0.0/8')).toEqual({ address: '10.0.0.0', prefix: 8 });
  expect(parseCidr('10.0.0.0/33')).toBeUndefined();
  expect(maskText(20)).toBe('255.255.240.0');
  expect(ip4Text(ip4Number('255.1.2.3'))).toBe('255.1.2.3');
  expect(unmapIp('::ffff:1.2.3.4')).toBe('1.2.3.4');
});
