import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { makeElf } from '../../lib/elf.ts';
import { loadUserland } from '../index.ts';
import { netlink } from '../net/testnet.ts';

const NAMES = ['bash', 'ab', 'busybox', 'sleep', 'sed', 'sponge', 'ts', 'cat', 'sort', 'kill'];
const programs = Object.fromEntries(NAMES.map((name) => [name, loadUserland(name)]));
await Promise.all(Object.values(programs));

const boot = () =>
  bootTestKernel({
    programs,
    files: {
      '/srv/index.html': 'hello\n',
      '/bin/busybox': { content: makeElf({ program: 'busybox', version: '1.35.0', flavour: 'glibc' }), mode: 0o755 },
      '/tmp/': '',
      '/etc/hosts': '127.0.0.1 localhost\n',
    },
    *setUp(sys) {
      netlink(sys, { type: 'link-set', name: 'lo', up: true });
    },
  });

test('ab asks as often as it is told, several times at once, and reports', async () => {
  const k = await boot();
  const script =
    'busybox httpd -f -p 8080 -h /srv & sleep 0.1; ab -n 10 -c 2 http://localhost:8080/ > out; echo $?; ab -n 1 http://localhost:8080/nofile >> out; kill $!; ab http://localhost:1/; echo $?; ab -n 1 -c 2 http://localhost/ 2>/dev/null; echo $?';
  const r = await k.run('/bin/bash', ['bash', '-c', script], { cwd: '/tmp' });
  expect(r.stdout).toMatch(/^0\n[\s\S]*\(be patient\)\.\.\.111\n22\n$/);
  expect(r.stderr).toBe('apr_socket_recv: Connection refused (111)\n');
  const report = (await k.run('/bin/bash', ['bash', '-c', 'cat /tmp/out'], {})).stdout;
  for (const line of [
    'Benchmarking localhost (be patient).....done\n',
    'Document Length:        6 bytes\n',
    'Concurrency Level:      2\n',
    'Complete requests:      10\nFailed requests:        0\n',
    'HTML transferred:       60 bytes\n',
    'Complete requests:      1\nFailed requests:        0\nNon-2xx responses:      1\n',
    ' 100%',
  ])
    expect(report).toContain(line);
  expect(k.panics).toEqual([]);
});

test('sponge reads all before it writes, ts puts the time before lines', async () => {
  const k = await boot();
  const script =
    'printf "b\\na\\n" > f; sort f | sponge f; cat f; echo c | sponge -a f; cat f | sponge; (echo x; sleep 2; echo y) | ts -s; (echo x; sleep 2; echo y) | ts -i %S; echo z | ts %%';
  const r = await k.run('/bin/bash', ['bash', '-c', script], { cwd: '/tmp' });
  expect(r.stdout).toBe('a\nb\na\nb\nc\n00:00:00 x\n00:00:02 y\n00 x\n02 y\n% z\n');
});
