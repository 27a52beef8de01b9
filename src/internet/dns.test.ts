import { expect, test } from 'vitest';
import { bootTestKernel } from '../../test/kernel-harness.ts';
import { type DnsType, dnsQuery } from '../lib/dns.ts';
import { resolve, reverseLookup } from '../libc/resolver.ts';
import { netlink } from '../userland/net/testnet.ts';
import { answerFrom, dns, parseZone } from './dns.ts';

const ZONE = `
# hosts
docker.io            A      198.51.100.7
*.docker.io          CNAME  docker.io
example.com  60      A      198.51.100.8
example.com          AAAA   2001:db8::8
www.example.com      CNAME  example.com
a.b.example.org      A      198.51.100.9
`;

const ask = (name: string, type: DnsType) => {
  const { rcode, answers } = answerFrom(parseZone(ZONE), dnsQuery(1, name, type));
  return `${rcode} ${answers.map((r) => `${r.name}>${r.data}`).join(' ')}`;
};

test.each([
  ['docker.io', 'A', 'NOERROR docker.io>198.51.100.7'],
  ['registry-1.docker.io', 'A', 'NOERROR registry-1.docker.io>docker.io docker.io>198.51.100.7'],
  ['WWW.example.com', 'AAAA', 'NOERROR WWW.example.com>example.com example.com>2001:db8::8'],
  ['docker.io', 'AAAA', 'NOERROR '],
  ['b.example.org', 'A', 'NOERROR '],
  ['nosuch.net', 'A', 'NXDOMAIN '],
  ['7.100.51.198.in-addr.arpa', 'PTR', 'NOERROR 7.100.51.198.in-addr.arpa>docker.io'],
] as const)('%s %s', (name, type, answer) => {
  expect(ask(name, type)).toBe(answer);
});

test('a program resolves names through it', async () => {
  const k = await bootTestKernel({
    programs: { dns },
    files: { '/srv/dns/zone': ZONE, '/etc/resolv.conf': 'nameserver 127.0.0.1\nsearch com\n' },
  });
  const got: unknown[] = [];
  const { status } = await k.run(function* (sys) {
    netlink(sys, { type: 'link-set', name: 'lo', up: true });
    sys.spawn('/bin/dns', ['dns'], []);
    sys.sleep(10);
    yield;
    for (const name of ['registry-1.docker.io', 'www.example', 'nosuch.net', 'localhost.'])
      got.push(yield* resolve(sys, name));
    got.push(yield* reverseLookup(sys, '198.51.100.8'));
    sys.kill(-1, 15);
    return 0;
  });
  expect(status).toBe(0);
  expect(got).toEqual([
    { addresses: ['198.51.100.7'], canonical: 'docker.io' },
    { addresses: ['2001:db8::8', '198.51.100.8'], canonical: 'example.com' },
    'noname',
    'noname',
    'example.com',
  ]);
});
