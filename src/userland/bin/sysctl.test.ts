import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import type { ProgramModule } from '../../libc/program.ts';
import { setUpBridge } from '../net/testnet.ts';
import brctl from './brctl.ts';
import bridge from './bridge.ts';
import nc from './nc.ts';
import sysctl from './sysctl.ts';
import telnet from './telnet.ts';

const PROGRAMS: Record<string, ProgramModule> = { brctl, bridge, nc, sysctl, telnet };

const boot = () =>
  bootTestKernel({
    programs: {
      ...Object.fromEntries(Object.entries(PROGRAMS).map(([name, { entry }]) => [name, entry])),
      busybox: (sys) => PROGRAMS[sys.argv[0]!]!.entry(sys),
    },
    files: { '/etc/sysctl.conf': '# mine\nnet.ipv4.ip_forward = 1\n-net.nosuch=1\n' },
    *setUp(sys) {
      setUpBridge(sys);
    },
  });

test.each([
  ['sysctl net.ipv4.ip_forward', 'net.ipv4.ip_forward = 0\n'],
  ['sysctl -w net.ipv4.ip_forward=1', 'net.ipv4.ip_forward = 1\n'],
  ['sysctl -n net.ipv4.ip_forward', '0\n'],
  ['sysctl net/core/somaxconn', 'net.core.somaxconn = 4096\n'],
  ['sysctl nosuch.x', 'sysctl: cannot stat /proc/sys/nosuch/x: No such file or directory\n[255]\n'],
  ['busybox sysctl nosuch.x', "sysctl: error: 'nosuch.x' is an unknown key\n[1]\n"],
  ['sysctl -p', 'net.ipv4.ip_forward = 1\nsysctl: cannot stat /proc/sys/net/nosuch: No such file or directory\n'],
  [
    'brctl show',
    'bridge name\tbridge id\t\tSTP enabled\tinterfaces\ndocker0\t\t8000.8685d72c8600\tno\t\tvethf85a93c\n',
  ],
  ['brctl addbr docker0', "can't add bridge docker0: File exists\n[1]\n"],
  [
    'bridge link',
    '3: vethf85a93c@docker0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 master docker0 state disabled priority 32 cost 2 \n',
  ],
  ['telnet 127.0.0.1 81', 'Trying 127.0.0.1...\ntelnet: Unable to connect to remote host: Connection refused\n[1]\n'],
  ['busybox telnet 127.0.0.1 81', "telnet: can't connect to remote host (127.0.0.1): Connection refused\n[1]\n"],
])('%s', async (line, output) => {
  const k = await boot();
  const words = line.split(' ');
  const { stdout, stderr, status } = await k.run(`/bin/${words[0]}`, words[0] === 'busybox' ? words.slice(1) : words);
  expect(stdout + stderr + (status === 0 ? '' : `[${status}]\n`)).toBe(output);
  expect(k.panics).toEqual([]);
});

test('a telnet session', async () => {
  const k = await boot();
  const server = k.terminal();
  void k.runOn(server, '/bin/nc', ['nc', '-l', '80']);
  await k.settle();
  const t = k.terminal();
  const end = k.runOn(t, '/bin/telnet', ['telnet', '127.0.0.1', '80']);
  await t.expect("Escape character is '^]'.");
  t.type('GET /\r');
  await server.expect('GET /');
  server.type('hello\r\u0004');
  await t.expect('hello');
  server.type('\u0003');
  await t.expect('Connection closed by foreign host.');
  expect(await end).toBe(1);
});
