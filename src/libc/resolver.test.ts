import { describe, expect, test } from 'vitest';
import { parseHosts, parseResolvConf } from './resolv-conf.ts';
import { candidates, gaiStrerror } from './resolver.ts';

test('resolv.conf', () => {
  const text =
    '# made by hand\nnameserver 127.0.0.11\nnameserver x\nsearch lan example.com\noptions ndots:0 timeout:1 edns0\n';
  expect(parseResolvConf(text)).toEqual({
    nameservers: ['127.0.0.11'],
    search: ['lan', 'example.com'],
    ndots: 0,
    timeout: 1,
    attempts: 2,
  });
});

test('hosts', () => {
  expect(parseHosts('127.0.0.1\tlocalhost # me\n::1 localhost ip6-localhost\n\n#x\n172.17.0.2\tabc\n')).toEqual([
    { address: '127.0.0.1', names: ['localhost'] },
    { address: '::1', names: ['localhost', 'ip6-localhost'] },
    { address: '172.17.0.2', names: ['abc'] },
  ]);
});

describe('the search list', () => {
  const config = parseResolvConf('search lan\noptions ndots:2');
  test.each([
    ['web', ['web.lan', 'web']],
    ['a.b', ['a.b.lan', 'a.b']],
    ['a.b.c', ['a.b.c', 'a.b.c.lan']],
    ['web.', ['web']],
  ])('%s', (host, names) => {
    expect(candidates(host, config)).toEqual(names);
  });
});

test('words', () => {
  expect(gaiStrerror('noname', 'glibc')).toBe('Name or service not known');
  expect(gaiStrerror('again', 'musl')).toBe('Try again');
});
