import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import { dns } from '../../internet/dns.ts';
import { setUpBridge } from '../net/testnet.ts';
import dig from './dig.ts';
import host from './host.ts';
import nslookup from './nslookup.ts';

const ZONE = `
web.example.com A 198.51.100.7
web.example.com A 198.51.100.8
www.example.com CNAME web.example.com
example.com A 198.51.100.9
example.com AAAA 2001:db8::8
example.com MX 10 mail.example.com
example.com TXT hello
mail.example.com A 198.51.100.10
`;

async function boot(serve = true): Promise<TestKernel> {
  const k = await bootTestKernel({
    programs: { dns, dig: dig.entry, host: host.entry, nslookup: nslookup.entry, busybox: nslookup.entry },
    files: { '/srv/dns/zone': ZONE, '/etc/resolv.conf': 'nameserver 127.0.0.1\nsearch example.com\n' },
    *setUp(sys) {
      setUpBridge(sys);
      if (serve) sys.spawn('/bin/dns', ['dns'], []);
    },
  });
  await k.settle();
  return k;
}

const run = async (k: TestKernel, line: string) => {
  const words = line.split(' ');
  const { stdout, stderr, status } = await k.run(`/bin/${words[0]}`, words[0] === 'busybox' ? words.slice(1) : words);
  return stdout + stderr + (status === 0 ? '' : `[${status}]\n`);
};

const HEAD = 'Server:\t\t127.0.0.1\nAddress:\t127.0.0.1#53\n\n';
const BUSYBOX_HEAD = 'Server:\t\t127.0.0.1\nAddress:\t127.0.0.1:53\n\n';
const USING = 'Using domain server:\nName: 127.0.0.1\nAddress: 127.0.0.1#53\nAliases: \n\n';

test.each([
  ['dig +short www.example.com', 'web.example.com.\n198.51.100.7\n198.51.100.8\n'],
  ['dig -x 198.51.100.7 +short', 'web.example.com.\n'],
  [
    'dig +noall +answer example.com MX example.com TXT',
    'example.com.\t\t300\tIN\tMX\t10 mail.example.com.\nexample.com.\t\t300\tIN\tTXT\t"hello"\n',
  ],
  [
    'nslookup web.example.com 127.0.0.1',
    `${HEAD}Non-authoritative answer:\nName:\tweb.example.com\nAddress: 198.51.100.7\nName:\tweb.example.com\nAddress: 198.51.100.8\n\n`,
  ],
  [
    'nslookup www',
    `${HEAD}Non-authoritative answer:\nwww.example.com\tcanonical name = web.example.com.\nName:\tweb.example.com\nAddress: 198.51.100.7\nName:\tweb.example.com\nAddress: 198.51.100.8\n\n`,
  ],
  ['nslookup nosuch.example.org', `${HEAD}** server can't find nosuch.example.org.example.com: NXDOMAIN\n\n[1]\n`],
  [
    'nslookup 198.51.100.7',
    '7.100.51.198.in-addr.arpa\tname = web.example.com.\n\nAuthoritative answers can be found from:\n\n',
  ],
  [
    'nslookup example.com 127.0.0.1',
    `${HEAD}Non-authoritative answer:\nName:\texample.com\nAddress: 198.51.100.9\nName:\texample.com\nAddress: 2001:db8::8\n\n`,
  ],
  [
    'nslookup -type=mx example.com',
    `${HEAD}Non-authoritative answer:\nexample.com\tmail exchanger = 10 mail.example.com.\n\nAuthoritative answers can be found from:\n\n`,
  ],
  [
    'host web 127.0.0.1',
    `${USING}web.example.com has address 198.51.100.7\nweb.example.com has address 198.51.100.8\n`,
  ],
  [
    'host example.com',
    'example.com has address 198.51.100.9\nexample.com has IPv6 address 2001:db8::8\nexample.com mail is handled by 10 mail.example.com.\n',
  ],
  ['host 198.51.100.7', '7.100.51.198.in-addr.arpa domain name pointer web.example.com.\n'],
  ['host -t txt example.com', 'example.com descriptive text "hello"\n'],
  [
    'busybox nslookup web.example.com',
    `${BUSYBOX_HEAD}Non-authoritative answer:\nName:\tweb.example.com\nAddress: 198.51.100.7\nName:\tweb.example.com\nAddress: 198.51.100.8\n\nNon-authoritative answer:\n\n`,
  ],
  [
    'busybox nslookup nosuch.example.com',
    `${BUSYBOX_HEAD}** server can't find nosuch.example.com: NXDOMAIN\n\n** server can't find nosuch.example.com: NXDOMAIN\n\n[1]\n`,
  ],
  [
    'busybox nslookup 198.51.100.7 127.0.0.1',
    `${BUSYBOX_HEAD}Non-authoritative answer:\n7.100.51.198.in-addr.arpa\tname = web.example.com\n\n`,
  ],
  [
    'busybox nslookup -type=mx example.com',
    `${BUSYBOX_HEAD}Non-authoritative answer:\nexample.com\tmail exchanger = 10 mail.example.com\n\n`,
  ],
])('%s', async (line, output) => {
  const k = await boot();
  expect(await run(k, line)).toBe(output);
  expect(k.panics).toEqual([]);
});

test('the whole of dig', async () => {
  const k = await boot();
  const text = (await run(k, 'dig @127.0.0.1 web.example.com'))
    .replace(/id: \d+/, 'id: N')
    .replace(/WHEN: .*/, 'WHEN: NOW');
  expect(text).toBe(`
; <<>> DiG 9.18.39-0ubuntu0.24.04.2-Ubuntu <<>> @127.0.0.1 web.example.com
; (1 server found)
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: N
;; flags: qr rd ra; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 1

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
;; QUESTION SECTION:
;web.example.com.		IN	A

;; ANSWER SECTION:
web.example.com.	300	IN	A	198.51.100.7
web.example.com.	300	IN	A	198.51.100.8

;; Query time: 0 msec
;; SERVER: 127.0.0.1#53(127.0.0.1) (UDP)
;; WHEN: NOW
;; MSG SIZE  rcvd: 76

`);
});

test('no server', async () => {
  const k = await boot(false);
  expect(await run(k, 'busybox nslookup x 127.0.0.1')).toMatch(
    /^;; connection timed out; no servers could be reached\n\n(nslookup: write to '127\.0\.0\.1': Connection refused\n)+\[1\]\n$/,
  );
  expect(await run(k, 'nslookup -timeout=1 -retry=1 x 127.0.0.1')).toBe(
    ';; communications error to 127.0.0.1#53: connection refused\n;; no servers could be reached\n\n[1]\n',
  );
  expect(await run(k, 'dig +tries=1 @127.0.0.1 x.com')).toContain(
    ';; communications error to 127.0.0.1#53: connection refused\n\n; <<>> DiG 9.18',
  );
});
