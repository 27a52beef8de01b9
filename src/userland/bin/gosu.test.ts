import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import gosu from './gosu.ts';
import id from './id.ts';
import suExec from './su-exec.ts';

const files = {
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nada:x:1000:1001::/home/ada:/bin/sh\n',
  '/etc/group': 'root:x:0:\nada:x:1001:\nstaff:x:50:ada\n',
};

test.each([
  ['gosu', ['ada', 'id'], 0, 'uid=1000(ada) gid=1001(ada) groups=1001(ada),50(staff)\n'],
  ['su-exec', ['ada:staff', 'id'], 0, 'uid=1000(ada) gid=50(staff) groups=50(staff)\n'],
  ['gosu', ['7:8', 'id'], 0, 'uid=7 gid=8 groups=8\n'],
  ['gosu', ['bob', 'id'], 1, ''],
  ['gosu', ['ada', 'nothing'], 127, ''],
] as const)('%s %j', async (name, args, status, stdout) => {
  const programs = { gosu: gosu.entry, 'su-exec': suExec.entry, id: id.entry };
  const k = await bootTestKernel({ programs, files });
  const ran = await k.run(`/bin/${name}`, [name, ...args], { env: { PATH: '/bin' } });
  expect([ran.status, ran.stdout]).toEqual([status, stdout]);
});
