import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import { CLONE_NEWNET, O_RDONLY } from '../../abi/flags.ts';
import type { Entry } from '../../abi/sys.ts';
import { WaitResult } from '../../abi/wait.ts';
import { waitpid } from '../../libc/io.ts';
import { netlink, setUpBridge } from '../net/testnet.ts';
import ip from './ip.ts';

async function host(): Promise<TestKernel> {
  const k = await bootTestKernel({
    programs: { ip: ip.entry, busybox: ip.entry },
    *setUp(sys) {
      const pid = setUpBridge(sys);
      yield* inContainer(sys, pid, (inner) => {
        netlink(
          inner,
          { type: 'link-set', name: 'eth0', up: true },
          { type: 'addr-add', dev: 'eth0', address: '172.17.0.2', prefix: 16 },
          { type: 'route-add', route: { dst: 'default', via: '172.17.0.1', dev: 'eth0' } },
        );
      });
    },
  });
  return k;
}

function* inContainer(sys: Parameters<Entry>[0], pid: number, act: (sys: Parameters<Entry>[0]) => void) {
  const child = sys.fork(function* (inner) {
    const fd = inner.open(`/proc/${pid}/ns/net`, O_RDONLY);
    if (inner.setns(fd, CLONE_NEWNET) < 0) throw new Error('setns');
    act(inner);
    return 0;
  });
  yield* waitpid(sys, child, 0, new WaitResult());
}

/** A program in the namespace of the container. */
function within(argv: string[]): Entry {
  return function* (sys) {
    const fd = sys.open('/proc/2/ns/net', O_RDONLY);
    if (sys.setns(fd, CLONE_NEWNET) < 0) throw new Error('setns');
    sys.execve('/bin/busybox', argv, []);
    for (;;) yield;
  };
}

const run = async (k: TestKernel, ...argv: string[]) => {
  const { stdout, stderr, status } = await k.run('/bin/ip', ['ip', ...argv]);
  return stdout + stderr + (status === 0 ? '' : `[${status}]\n`);
};

test('devices, addresses and routes of a host, as iproute2 prints them', async () => {
  const k = await host();
  expect(
    await run(k, 'addr'),
  ).toBe(`1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
    inet6 ::1/128 scope host 
       valid_lft forever preferred_lft forever
2: docker0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default 
    link/ether 86:85:d7:2c:86:00 brd ff:ff:ff:ff:ff:ff
    inet 172.17.0.1/16 brd 172.17.255.255 scope global docker0
       valid_lft forever preferred_lft forever
    inet6 fe80::8485:d7ff:fe2c:8600/64 scope link 
       valid_lft forever preferred_lft forever
3: vethf85a93c@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master docker0 state UP group default 
    link/ether 12:b8:d7:14:59:fc brd ff:ff:ff:ff:ff:ff link-netnsid 0
    inet6 fe80::10b8:d7ff:fe14:59fc/64 scope link 
       valid_lft forever preferred_lft forever
`);
  expect(await run(k, '-br', 'a')).toBe(`lo               UNKNOWN        127.0.0.1/8 ::1/128 
docker0          UP             172.17.0.1/16 fe80::8485:d7ff:fe2c:8600/64 
vethf85a93c@if2  UP             fe80::10b8:d7ff:fe14:59fc/64 
`);
  expect(await run(k, '-o', '-4', 'addr', 'show', 'docker0')).toBe(
    '2: docker0    inet 172.17.0.1/16 brd 172.17.255.255 scope global docker0\\       valid_lft forever preferred_lft forever\n',
  );
  expect(await run(k, '-br', 'link', 'show', 'type', 'bridge')).toBe(
    'docker0          UP             86:85:d7:2c:86:00 <BROADCAST,MULTICAST,UP,LOWER_UP> \n',
  );
  expect(await run(k, 'link', 'show', 'master', 'docker0')).toBe(
    '3: vethf85a93c@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master docker0 state UP mode DEFAULT group default \n    link/ether 12:b8:d7:14:59:fc brd ff:ff:ff:ff:ff:ff link-netnsid 0\n',
  );
  expect(await run(k, 'route')).toBe('172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 \n');
  expect(await run(k, 'route', 'get', '127.0.0.1')).toBe(
    'local 127.0.0.1 dev lo src 127.0.0.1 uid 0 \n    cache <local> \n',
  );
  expect(
    await run(k, '-s', 'link', 'show', 'lo'),
  ).toBe(`1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    RX:  bytes packets errors dropped  missed   mcast           
             0       0      0       0       0       0 
    TX:  bytes packets errors dropped carrier collsns           
             0       0      0       0       0       0 
`);
  expect(await run(k, '-j', 'addr', 'show', 'lo')).toBe(
    '[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"qdisc":"noqueue","operstate":"UNKNOWN","group":"default","txqlen":1000,"link_type":"loopback","address":"00:00:00:00:00:00","broadcast":"00:00:00:00:00:00","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host","label":"lo","valid_life_time":4294967295,"preferred_life_time":4294967295},{"family":"inet6","local":"::1","prefixlen":128,"scope":"host","valid_life_time":4294967295,"preferred_life_time":4294967295}]}]\n',
  );
  expect(k.panics).toEqual([]);
});

test('a container, as busybox prints it', async () => {
  const k = await host();
  const inside = async (...argv: string[]) => (await k.run(within(['ip', ...argv]))).stdout;
  expect(await inside('addr')).toBe(`1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
    inet6 ::1/128 scope host 
       valid_lft forever preferred_lft forever
2: eth0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue 
    link/ether ae:43:0f:b3:f5:18 brd ff:ff:ff:ff:ff:ff
    inet 172.17.0.2/16 brd 172.17.255.255 scope global eth0
       valid_lft forever preferred_lft forever
`);
  expect(
    await inside('-4', 'addr', 'show', 'eth0'),
  ).toBe(`2: eth0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue 
    inet 172.17.0.2/16 brd 172.17.255.255 scope global eth0
       valid_lft forever preferred_lft forever
`);
  expect(await inside('-o', 'link')).toBe(
    '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n2: eth0@if3: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue \\    link/ether ae:43:0f:b3:f5:18 brd ff:ff:ff:ff:ff:ff\n',
  );
  expect(await inside('route')).toBe(
    'default via 172.17.0.1 dev eth0 \n172.17.0.0/16 dev eth0 scope link  src 172.17.0.2 \n',
  );
  expect(await inside('route', 'get', '8.8.8.8')).toBe('8.8.8.8 via 172.17.0.1 dev eth0  src 172.17.0.2 \n');
});

test('changes and their errors', async () => {
  const k = await host();
  for (const [line, output] of [
    ['link show nosuch', 'Device "nosuch" does not exist.\n[1]\n'],
    ['addr add 1.2.3.4', 'Not enough information: "dev" argument is required.\n[255]\n'],
    ['foo', 'Object "foo" is unknown, try "ip help".\n[1]\n'],
    ['link add br9 type bridge', ''],
    ['link add br9 type bridge', 'RTNETLINK answers: File exists\n[2]\n'],
    [
      'link show br9',
      /^\d: br9: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN mode DEFAULT group default qlen 1000\n/,
    ],
    ['link del br9', ''],
    ['link del br9', 'Cannot find device "br9"\n[1]\n'],
    ['route add default via 9.9.9.9', 'Error: Nexthop has invalid gateway.\n[2]\n'],
    ['route del 4.4.4.0/24', 'RTNETLINK answers: No such process\n[2]\n'],
    ['addr add 10.5.0.1/24 dev docker0', ''],
    ['route add 10.9.0.0/16 via 10.5.0.2', ''],
    [
      'r',
      '10.5.0.0/24 dev docker0 proto kernel scope link src 10.5.0.1 \n10.9.0.0/16 via 10.5.0.2 dev docker0 \n172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 \n',
    ],
    ['link set docker0 down', ''],
    ['r', ''],
  ] as const) {
    const got = await run(k, ...line.split(' '));
    if (typeof output === 'string') expect(got, line).toBe(output);
    else expect(got, line).toMatch(output);
  }
});
