import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import { netlink, setUpBridge } from '../net/testnet.ts';
import traceroute from './traceroute.ts';

/** A host on the internet segment, one hop behind its gateway. */
async function boot(): Promise<TestKernel> {
  const k = await bootTestKernel({
    programs: { traceroute: traceroute.entry, busybox: traceroute.entry },
    files: { '/etc/hosts': '192.168.65.1 gateway\n198.51.100.7 site.example.com\n', '/etc/resolv.conf': '' },
    *setUp(sys) {
      setUpBridge(sys);
      netlink(sys, { type: 'link-set', name: 'lo', up: true });
    },
  });
  const { net } = k.kernel;
  net.internet().attachMachine(net.initial, '192.168.65.3', 24, '192.168.65.1');
  net.internet().attachHost(net.createNamespace(), '198.51.100.7', 5);
  return k;
}

const run = async (k: TestKernel, path: string, ...argv: string[]) => {
  const { stdout, stderr, status } = await k.run(path, ['traceroute', ...argv]);
  return `${(stdout + stderr).replace(/\d+\.\d{3} ms/g, 'T ms')}[${status}]`;
};

test('hops by name', async () => {
  const k = await boot();
  expect(
    await run(k, '/bin/traceroute', 'site.example.com'),
  ).toBe(`traceroute to site.example.com (198.51.100.7), 30 hops max, 60 byte packets
 1  gateway (192.168.65.1)  T ms  T ms  T ms
 2  site.example.com (198.51.100.7)  T ms  T ms  T ms
[0]`);
  expect(
    await run(k, '/bin/busybox', '-n', '198.51.100.7'),
  ).toBe(`traceroute to 198.51.100.7 (198.51.100.7), 30 hops max, 46 byte packets
 1  192.168.65.1  T ms  T ms  T ms
 2  198.51.100.7  T ms  T ms  T ms
[0]`);
  expect(k.panics).toEqual([]);
});

test('what cannot be reached', async () => {
  const k = await boot();
  expect(
    await run(k, '/bin/traceroute', '-n', '8.8.8.8'),
  ).toBe(`traceroute to 8.8.8.8 (8.8.8.8), 30 hops max, 60 byte packets
 1  192.168.65.1  T ms  T ms  T ms
 2  192.168.65.1  T ms !N  T ms !N  T ms !N
[0]`);
  expect(await run(k, '/bin/busybox', 'nosuch')).toBe("traceroute: bad address 'nosuch'\n[1]");
});
