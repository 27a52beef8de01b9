import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { loadUserland } from '../index.ts';

const NAMES = [
  'bash',
  'busybox',
  'mount',
  'umount',
  'unshare',
  'nsenter',
  'hostname',
  'ls',
  'tail',
  'touch',
  'sleep',
  'pgrep',
  'pkill',
  'pidof',
  'pstree',
  'free',
];
const programs = Object.fromEntries(NAMES.map((name) => [name, loadUserland(name)]));
// all are here before the first test: what still loads when the last has ended counts as an error
await Promise.all(Object.values(programs));

const boot = () =>
  bootTestKernel({
    programs,
    files: { '/mnt/': '', '/data/file': 'x' },
    *setUp(sys) {
      sys.sethostname('host');
    },
  });

test.each([
  [
    'mount -t tmpfs none /mnt; mount | tail -1; umount /mnt; umount /mnt',
    'none on /mnt type tmpfs (rw,relatime)\numount: /mnt: not mounted.\n[32]',
  ],
  ['mount --bind /data /mnt; ls /mnt; busybox umount /mnt; ls /mnt', 'file\n[0]'],
  [
    'mount -t tmpfs none /mnt; mount -o remount,ro /mnt; touch /mnt/x',
    "touch: cannot touch '/mnt/x': Read-only file system\n[1]",
  ],
  ['mount -o bind,ro /data /mnt; touch /mnt/x', "touch: cannot touch '/mnt/x': Read-only file system\n[1]"],
  ['mount -t tmpfs none /nowhere', 'mount: /nowhere: mount point does not exist.\n[32]'],
  ['mount /nowhere', "mount: /nowhere: can't find in /etc/fstab.\n[1]"],
  ['mount /nodev /mnt', 'mount: /mnt: special device /nodev does not exist.\n[32]'],
  ['unshare -m mount -t tmpfs none /mnt; ls /mnt; mount | tail -1 | tail -c 4', 'ot)\n[0]'],
  ["unshare -u bash -c 'hostname inner; hostname'; hostname", 'inner\nhost\n[0]'],
  ['sleep 100 & nsenter -t $! -u -n hostname; kill $!', 'host\n[0]'],
  ['nsenter -t 99 -n ls', 'nsenter: cannot open /proc/99/ns/net: No such file or directory\n[1]'],
  [
    'sleep 50 & sleep 60 & pgrep -c sleep; pgrep -a sleep | tail -1 | tail -c 9; pkill -9 sleep; echo $?',
    '2\nsleep 60\n0\n[0]',
  ],
  ['sleep 70 & pstree $$', 'bash-+-pstree\n     `-sleep\n[0]'],
])('%s', async (script, output) => {
  const k = await boot();
  const { stdout, status } = await k.run('/bin/bash', ['bash', '-c', `exec 2>&1; ${script}`]);
  expect(`${stdout}[${status}]`).toBe(output);
  expect(k.panics).toEqual([]);
});
