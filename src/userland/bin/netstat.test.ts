import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import type { ProgramModule } from '../../libc/program.ts';
import { setUpBridge } from '../net/testnet.ts';
import arp from './arp.ts';
import ifconfig from './ifconfig.ts';
import nc from './nc.ts';
import netstat from './netstat.ts';
import ping from './ping.ts';
import route from './route.ts';
import ss from './ss.ts';

const PROGRAMS: Record<string, ProgramModule> = { arp, ifconfig, netstat, nc, ping, route, ss };

async function boot(): Promise<TestKernel> {
  const k = await bootTestKernel({
    programs: {
      ...Object.fromEntries(Object.entries(PROGRAMS).map(([name, { entry }]) => [name, entry])),
      busybox: (sys) => PROGRAMS[sys.argv[0]!]!.entry(sys),
    },
    files: { '/etc/services': 'http 80/tcp\n', '/etc/hosts': '127.0.0.1 localhost\n' },
    *setUp(sys) {
      setUpBridge(sys);
    },
  });
  void k.runOn(k.terminal(), '/bin/nc', ['nc', '-lk', '80']);
  await k.settle();
  return k;
}

const run = async (k: TestKernel, line: string) => {
  const words = line.split(' ');
  const { stdout, stderr, status } = await k.run(`/bin/${words[0]}`, words[0] === 'busybox' ? words.slice(1) : words);
  return stdout + stderr + (status === 0 ? '' : `[${status}]\n`);
};

test('sockets', async () => {
  const k = await boot();
  expect(await run(k, 'netstat -tln')).toBe(`Active Internet connections (only servers)
Proto Recv-Q Send-Q Local Address           Foreign Address         State      
tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN     
`);
  expect(await run(k, 'netstat -tl')).toContain(
    'tcp        0      0 0.0.0.0:http            0.0.0.0:*               LISTEN     \n',
  );
  expect(await run(k, 'netstat -tulpn')).toMatch(
    /State {7}PID\/Program name {4}\ntcp {8}0 {6}0 0\.0\.0\.0:80 {14}0\.0\.0\.0:\* {15}LISTEN {6}\d+\/nc {12,20}\n$/,
  );
  expect(await run(k, 'busybox netstat -tln')).toBe(`Active Internet connections (only servers)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       
tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      
`);
  expect(await run(k, 'ss -tln')).toBe(`State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
LISTEN 0      1            0.0.0.0:80        0.0.0.0:*          
`);
  expect(await run(k, 'ss -Htln sport = :80')).toBe('LISTEN 0      1      0.0.0.0:80 0.0.0.0:*\n');
  expect(await run(k, 'ss -tln sport = :81')).toBe('State Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n');
  expect(await run(k, 'ss -tlnp')).toMatch(/users:\(\("nc",pid=\d+,fd=3\)\)/);
});

test('routes, neighbours and devices', async () => {
  const k = await boot();
  const routes = `Kernel IP routing table
Destination     Gateway         Genmask         Flags Metric Ref    Use Iface
172.17.0.0      0.0.0.0         255.255.0.0     U     0      0        0 docker0
`;
  expect(await run(k, 'route -n')).toBe(routes);
  expect(await run(k, 'route')).toBe(routes);
  expect(await run(k, 'busybox route')).toBe(routes.replace('0.0.0.0', '*      '));
  expect(await run(k, 'route add default gw 172.17.0.9')).toBe('');
  expect(await run(k, 'netstat -rn')).toBe(`Kernel IP routing table
Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface
0.0.0.0         172.17.0.9      0.0.0.0         UG        0 0          0 docker0
172.17.0.0      0.0.0.0         255.255.0.0     U         0 0          0 docker0
`);
  expect(await run(k, 'route del default')).toBe('');
  expect(await run(k, 'route')).toBe(routes);
  await run(k, 'ping -c1 -W1 172.17.0.97');
  expect(await run(k, 'arp -n')).toBe(`Address                  HWtype  HWaddress           Flags Mask            Iface
172.17.0.97                      (incomplete)                              docker0
`);
  expect(await run(k, 'arp -a')).toBe('? (172.17.0.97) at <incomplete> on docker0\n');
  expect(await run(k, 'netstat -i')).toMatch(/^lo {14}65536 +\d+ {6}0 {6}0 0 +\d+ {6}0 {6}0 {6}0 LRU$/m);
  expect(await run(k, 'ifconfig docker0')).toMatch(`docker0: flags=4099<UP,BROADCAST,MULTICAST>  mtu 1500
        inet 172.17.0.1  netmask 255.255.0.0  broadcast 172.17.255.255
        ether 86:85:d7:2c:86:00  txqueuelen 0  (Ethernet)
        RX packets 0  bytes 0 (0.0 B)
        RX errors 0  dropped 0  overruns 0  frame 0
`);
  expect(await run(k, 'busybox ifconfig lo')).toMatch(
    /^lo {8}Link encap:Local Loopback {2}\n {10}inet addr:127\.0\.0\.1 {2}Mask:255\.0\.0\.0\n {10}inet6 addr: ::1\/128 Scope:Host\n {10}UP LOOPBACK RUNNING {2}MTU:65536 {2}Metric:1\n/,
  );
  expect(await run(k, 'ifconfig nosuch')).toBe('nosuch: error fetching interface information: Device not found\n[1]\n');
  expect(await run(k, 'ifconfig docker0 10.1.1.1 netmask 255.255.255.0')).toBe('');
  expect(await run(k, 'ifconfig docker0')).toContain('inet 10.1.1.1  netmask 255.255.255.0  broadcast 10.1.1.255');
  expect(k.panics).toEqual([]);
});
