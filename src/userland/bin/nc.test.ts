import { expect, test } from 'vitest';
import { bootTestKernel, type TestKernel } from '../../../test/kernel-harness.ts';
import { execve, sleep } from '../../libc/io.ts';
import { setUpBridge } from '../net/testnet.ts';
import cat from './cat.ts';
import nc from './nc.ts';

const boot = () =>
  bootTestKernel({
    programs: { nc: nc.entry, busybox: nc.entry, cat: cat.entry },
    files: { '/etc/services': 'http 80/tcp www\ndomain 53/udp\n', '/etc/hosts': '127.0.0.1 localhost\n' },
    *setUp(sys) {
      setUpBridge(sys);
    },
  });

const commandOf = (line: string): [path: string, argv: string[]] => {
  const words = line.split(' ');
  return [words[0] === 'nc' ? '/bin/nc' : '/bin/busybox', ['nc', ...words.slice(1)]];
};

/** Runs a command after `delay` ms. */
const run = async (k: TestKernel, line: string, stdin = '', delay = 0) => {
  const [path, argv] = commandOf(line);
  const { stdout, stderr, status } = await k.run(
    function* (sys) {
      if (delay > 0) yield* sleep(sys, delay);
      yield* execve(sys, path, argv, sys.envp);
      return 127;
    },
    [],
    { stdin },
  );
  return `${stdout}${stderr}[${status}]`;
};

/** Runs a server and, a little later, a client; both end. */
const both = (k: TestKernel, server: string, serverIn: string, client: string, clientIn: string) =>
  Promise.all([run(k, server, serverIn), run(k, client, clientIn, 20)]);

/** A server that stays. */
const serve = async (k: TestKernel, line: string) => {
  const [path, argv] = commandOf(line);
  void k.runOn(k.terminal(), path, argv);
  await k.settle();
};

test('a line each way', async () => {
  const k = await boot();
  expect(await both(k, 'nc -l -v 8080', '', 'nc -N localhost 8080', 'hello\n')).toEqual([
    expect.stringMatching(/^hello\nListening on 0\.0\.0\.0 8080\nConnection received on localhost \d+\n\[0\]$/),
    '[0]',
  ]);
  expect(await both(k, 'nc -l -N -p 8080', 'welcome\n', 'nc -d 127.0.0.1 8080', '')).toEqual(['[0]', 'welcome\n[0]']);
  expect(await both(k, 'busybox -l -p 99', 'from busybox\n', 'busybox 127.0.0.1 99', 'x\n')).toEqual([
    'x\n[0]',
    'from busybox\n[0]',
  ]);
  expect(k.panics).toEqual([]);
});

test('datagrams', async () => {
  const k = await boot();
  expect(await both(k, 'nc -u -l -w 1 5353', 'pong\n', 'nc -u -q 1 127.0.0.1 5353', 'ping\n')).toEqual([
    'ping\n[0]',
    'pong\n[0]',
  ]);
});

test('a unix socket', async () => {
  const k = await boot();
  expect(await both(k, 'nc -lU /tmp/s', 'over unix\n', 'nc -N -U /tmp/s', 'hi\n')).toEqual([
    'hi\n[0]',
    'over unix\n[0]',
  ]);
});

test('scanning and errors', async () => {
  const k = await boot();
  await serve(k, 'nc -lk 80');
  expect(
    await run(k, 'nc -vz 172.17.0.1 79-81'),
  ).toBe(`nc: connect to 172.17.0.1 port 79 (tcp) failed: Connection refused
Connection to 172.17.0.1 80 port [tcp/http] succeeded!
nc: connect to 172.17.0.1 port 81 (tcp) failed: Connection refused
[0]`);
  expect(await run(k, 'nc -z 172.17.0.1 81')).toBe('[1]');
  expect(await run(k, 'nc -v -w 1 172.17.0.97 80')).toBe(
    'nc: connect to 172.17.0.97 port 80 (tcp) timed out: Operation now in progress\n[1]',
  );
  expect(await run(k, 'nc nosuch.invalid 80')).toBe(
    'nc: getaddrinfo for host "nosuch.invalid" port 80: Temporary failure in name resolution\n[1]',
  );
  expect(await run(k, 'busybox 127.0.0.1 81')).toBe(
    "nc: can't connect to remote host (127.0.0.1): Connection refused\n[1]",
  );
  expect(await run(k, 'busybox nosuch 81')).toBe("nc: bad address 'nosuch'\n[1]");
});

test('busybox runs a program on each connection', async () => {
  const k = await boot();
  await serve(k, 'busybox -lk -p 99 -e cat');
  expect(await run(k, 'nc -N 127.0.0.1 99', 'echo\n')).toBe('echo\n[0]');
  expect(await run(k, 'nc -N 127.0.0.1 99', 'again\n')).toBe('again\n[0]');
});
