import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { setUpBridge } from '../net/testnet.ts';
import getent from './getent.ts';
import hostname from './hostname.ts';

const boot = () =>
  bootTestKernel({
    programs: { hostname: hostname.entry, getent: getent.entry, busybox: hostname.entry },
    files: {
      '/etc/hosts': '127.0.0.1\tlocalhost\n172.17.0.1\tweb.example.com web\n::1 localhost\n',
      '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nann:x:1000:1000::/home/ann:/bin/sh\n',
      '/etc/group': 'root:x:0:\nwheel:x:10:ann,bob\n',
      '/etc/services': 'ssh\t22/tcp\nhttp\t80/tcp\twww\t# web\n',
    },
    *setUp(sys) {
      setUpBridge(sys);
      sys.sethostname('web');
    },
  });

test.each([
  ['hostname', 'web\n[0]'],
  ['hostname -f', 'web.example.com\n[0]'],
  ['hostname -d', 'example.com\n[0]'],
  ['hostname -s', 'web\n[0]'],
  ['hostname -i', '172.17.0.1\n[0]'],
  ['hostname -I', '172.17.0.1 \n[0]'],
  ['hostname -A', 'web.example.com \n[0]'],
  ['busybox hostname -i', '172.17.0.1\n[0]'],
  ['getent hosts localhost', '::1             localhost\n[0]'],
  ['getent hosts 172.17.0.1', '172.17.0.1      web.example.com\n[0]'],
  ['getent hosts web', '172.17.0.1      web.example.com web\n[0]'],
  [
    'getent ahosts web',
    '172.17.0.1      STREAM web.example.com\n172.17.0.1      DGRAM  \n172.17.0.1      RAW    \n[0]',
  ],
  ['getent passwd root', 'root:x:0:0:root:/root:/bin/bash\n[0]'],
  ['getent passwd 1000', 'ann:x:1000:1000::/home/ann:/bin/sh\n[0]'],
  ['getent group wheel', 'wheel:x:10:ann,bob\n[0]'],
  ['getent group nosuch', '[2]'],
  ['getent services http', 'http                  80/tcp www\n[0]'],
  ['getent foo x', "Unknown database: foo\nTry `getent --help' or `getent --usage' for more information.\n[1]"],
])('%s', async (line, output) => {
  const k = await boot();
  const words = line.split(' ');
  const path = `/bin/${words[0]}`;
  const { stdout, stderr, status } = await k.run(path, words[0] === 'busybox' ? words.slice(1) : words);
  expect(`${stdout}${stderr}[${status}]`).toBe(output);
});

test('setting the name', async () => {
  const k = await boot();
  expect((await k.run('/bin/hostname', ['hostname', 'other'])).status).toBe(0);
  expect((await k.run('/bin/hostname')).stdout).toBe('other\n');
});
