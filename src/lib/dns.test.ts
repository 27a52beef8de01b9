import { expect, test } from 'vitest';
import { DNS_TYPES, decodeDns, dnsAnswer, dnsQuery, encodeDns, reverseName } from './dns.ts';

test('a query goes through bytes and back', () => {
  const query = dnsQuery(0x1234, 'www.example.com', 'A');
  const bytes = encodeDns(query);
  // header, 3 labels and the root, type and class, OPT
  expect([...bytes.subarray(0, 16)]).toEqual([0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 3, 119, 119, 119]);
  expect(bytes.length).toBe(12 + 17 + 4 + 11);
  expect(decodeDns(bytes)).toEqual(query);
});

test('an answer with many kinds of records, with names compressed', () => {
  const query = dnsQuery(1, 'www.example.com', 'ANY', 0);
  const name = 'www.example.com';
  const answer = dnsAnswer(query, 'NOERROR', [
    { name, type: DNS_TYPES.CNAME, ttl: 60, data: 'web.example.com' },
    { name: 'web.example.com', type: DNS_TYPES.A, ttl: 60, data: '10.0.0.1' },
    { name: 'web.example.com', type: DNS_TYPES.AAAA, ttl: 60, data: '2001:db8::1' },
    { name, type: DNS_TYPES.MX, ttl: 60, data: '10 mail.example.com' },
    { name, type: DNS_TYPES.SRV, ttl: 60, data: '0 5 80 web.example.com' },
    { name, type: DNS_TYPES.TXT, ttl: 60, data: 'v=spf1 -all' },
    { name, type: DNS_TYPES.SOA, ttl: 60, data: 'ns.example.com root.example.com 1 2 3 4 5' },
    { name, type: 99, ttl: 60, data: 'c0ffee' },
  ]);
  const bytes = encodeDns(answer);
  expect(decodeDns(bytes)).toEqual(answer);
  expect(bytes.length).toBeLessThan(300);
});

test('errors and rubbish', () => {
  const query = dnsQuery(7, 'nosuch', 'A');
  expect(decodeDns(encodeDns(dnsAnswer(query, 'NXDOMAIN')))?.rcode).toBe('NXDOMAIN');
  expect(decodeDns(new Uint8Array(5))).toBeUndefined();
  const bytes = encodeDns(query);
  expect(decodeDns(bytes.subarray(0, 20))).toBeUndefined();
  // a name that points to itself ends
  expect(() => decodeDns(Uint8Array.from([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1]))).not.toThrow();
});

test('names for the way back', () => {
  expect(reverseName('172.17.0.2')).toBe('2.0.17.172.in-addr.arpa');
  expect(reverseName('::1')).toBe(`1.${'0.'.repeat(31)}ip6.arpa`);
});
