import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { setUpBridge } from '../net/testnet.ts';
import ping from './ping.ts';

const boot = () =>
  bootTestKernel({
    programs: { ping: ping.entry, busybox: ping.entry },
    files: { '/etc/hosts': '127.0.0.1 localhost\n172.17.0.1 gateway\n' },
    *setUp(sys) {
      setUpBridge(sys);
    },
  });

const steady = (text: string): string => text.replace(/\d+\.\d{3}/g, 'T').replace(/time \d+ms/, 'time Nms');

test('iputils', async () => {
  const k = await boot();
  const run = async (...argv: string[]) => {
    const { stdout, stderr, status } = await k.run('/bin/ping', ['ping', ...argv]);
    return `${steady(stdout + stderr)}[${status}]`;
  };
  expect(await run('-c', '2', '172.17.0.1')).toBe(`PING 172.17.0.1 (172.17.0.1) 56(84) bytes of data.
64 bytes from 172.17.0.1: icmp_seq=1 ttl=64 time=T ms
64 bytes from 172.17.0.1: icmp_seq=2 ttl=64 time=T ms

--- 172.17.0.1 ping statistics ---
2 packets transmitted, 2 received, 0% packet loss, time Nms
rtt min/avg/max/mdev = T/T/T/T ms
[0]`);
  expect(await run('-c', '1', 'localhost')).toContain(
    '64 bytes from localhost (127.0.0.1): icmp_seq=1 ttl=64 time=T ms\n',
  );
  expect(await run('-c', '1', '::1')).toMatch(/^PING ::1\(::1\) 56 data bytes\n64 bytes from ::1: icmp_seq=1 ttl=64 /);
  expect(await run('-c', '3', '172.17.0.98')).toBe(`PING 172.17.0.98 (172.17.0.98) 56(84) bytes of data.
From 172.17.0.1 icmp_seq=1 Destination Host Unreachable
From 172.17.0.1 icmp_seq=2 Destination Host Unreachable
From 172.17.0.1 icmp_seq=3 Destination Host Unreachable

--- 172.17.0.98 ping statistics ---
3 packets transmitted, 0 received, +3 errors, 100% packet loss, time Nms
pipe 3
[1]`);
  expect(await run('-c', '2', '-W', '1', '172.17.0.99')).toBe(`PING 172.17.0.99 (172.17.0.99) 56(84) bytes of data.

--- 172.17.0.99 ping statistics ---
2 packets transmitted, 0 received, 100% packet loss, time Nms

[1]`);
  expect(await run('-c1', '8.8.8.8')).toBe('ping: connect: Network is unreachable\n[2]');
  expect(await run('-c1', 'nosuch.invalid')).toBe('ping: nosuch.invalid: Temporary failure in name resolution\n[2]');
  expect(await run()).toBe('ping: usage error: Destination address required\n[1]');
  expect(k.panics).toEqual([]);
});

test('busybox', async () => {
  const k = await boot();
  const run = async (...argv: string[]) => {
    const { stdout, stderr, status } = await k.run('/bin/busybox', ['ping', ...argv]);
    return `${steady(stdout + stderr)}[${status}]`;
  };
  expect(await run('-c', '2', 'gateway')).toBe(`PING gateway (172.17.0.1): 56 data bytes
64 bytes from 172.17.0.1: seq=0 ttl=64 time=T ms
64 bytes from 172.17.0.1: seq=1 ttl=64 time=T ms

--- gateway ping statistics ---
2 packets transmitted, 2 packets received, 0% packet loss
round-trip min/avg/max = T/T/T ms
[0]`);
  expect(await run('-c', '1', '-W', '1', '172.17.0.99')).toBe(`PING 172.17.0.99 (172.17.0.99): 56 data bytes

--- 172.17.0.99 ping statistics ---
1 packets transmitted, 0 packets received, 100% packet loss
[1]`);
  expect(await run('-c1', 'nosuch')).toBe("ping: bad address 'nosuch'\n[1]");
  expect(await run('-c1', '-W1', '192.0.2.1')).toBe(
    'PING 192.0.2.1 (192.0.2.1): 56 data bytes\nping: sendto: Network is unreachable\n[1]',
  );
});

test('Ctrl-C ends it with the statistics', async () => {
  const k = await boot();
  const t = k.terminal();
  const end = k.runOn(t, '/bin/ping', ['ping', '127.0.0.1']);
  await t.expect('icmp_seq=1 ');
  t.type('\u0003');
  expect(await end).toBe(0);
  expect(t.screen()).toContain('--- 127.0.0.1 ping statistics ---');
});
