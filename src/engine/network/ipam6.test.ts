import { expect, test } from 'vitest';
import { AddressPool6, addressAt, overlap6 } from './ipam6.ts';

test.each([
  ['2001:db8::/64', 0, '2001:db8::'],
  ['2001:db8::/64', 1, '2001:db8::1'],
  ['2001:db8::/64', 0x1ffff, '2001:db8::1:ffff'],
  ['2001:db8::ff00/120', 0x12, '2001:db8::ff12'],
])('the address of %s at %d is %s', (subnet, offset, address) => {
  expect(addressAt(subnet, offset)).toBe(address);
});

test.each([
  ['2001:db8::/64', '2001:db8::/64', true],
  ['2001:db8::/32', '2001:db8:7::/64', true],
  ['2001:db8:1::/64', '2001:db8:2::/64', false],
])('%s and %s overlap: %s', (a, b, yes) => {
  expect([overlap6(a, b), overlap6(b, a)]).toEqual([yes, yes]);
});

test('a pool gives each address once, however it is written, and again when it is given back', () => {
  const pool = new AddressPool6('2001:db8::/64');
  expect([pool.take('2001:db8:0::1'), pool.take('2001:db8::1'), pool.next(), pool.next()]).toEqual([
    true,
    false,
    '2001:db8::2',
    '2001:db8::3',
  ]);
  pool.release('2001:db8::2');
  expect(pool.next()).toBe('2001:db8::2');
});
