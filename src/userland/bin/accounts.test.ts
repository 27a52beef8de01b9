import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { loadUserland } from '../index.ts';

const NAMES = [
  'bash',
  'busybox',
  'cat',
  'id',
  'tail',
  'useradd',
  'userdel',
  'usermod',
  'groupadd',
  'groupdel',
  'passwd',
  'chpasswd',
  'su',
  'sudo',
  'adduser',
  'addgroup',
  'deluser',
  'delgroup',
  'ls',
  'pwd',
  'chmod',
];
const programs = Object.fromEntries(NAMES.map((name) => [name, loadUserland(name)]));
// all are here before the first test: what still loads when the last has ended counts as an error
await Promise.all(Object.values(programs));

const boot = () =>
  bootTestKernel({
    programs,
    files: {
      '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nann:x:1000:1000:Ann,,,:/home/ann:/bin/bash\n',
      '/etc/group': 'root:x:0:\nann:x:1000:\nsudo:x:27:ann\nusers:x:100:\n',
      '/etc/shadow': 'root:*:19000:0:99999:7:::\nann:!:19000:0:99999:7:::\n',
      '/etc/skel/.profile': '# profile\n',
    },
  });

const ROWS: readonly (readonly [script: string, output: string])[] = [
  [
    'useradd bob; tail -1 /etc/passwd /etc/group',
    '==> /etc/passwd <==\nbob:x:1001:1001::/home/bob:/bin/sh\n\n==> /etc/group <==\nbob:x:1001:\n[0]',
  ],
  ['useradd ann', "useradd: user 'ann' already exists\n[9]"],
  ['useradd -G sudo,nogrp carl', "useradd: group 'nogrp' does not exist\n[6]"],
  [
    'useradd -m -u 2000 -s /bin/bash -G sudo carl; ls -A /home/carl; id carl',
    '.profile\nuid=2000(carl) gid=2000(carl) groups=2000(carl),27(sudo)\n[0]',
  ],
  ['useradd -u 1000 dd', 'useradd: UID 1000 is not unique\n[4]'],
  ['useradd Bad:name', "useradd: invalid user name 'Bad:name': use --badname to ignore\n[3]"],
  ['groupadd dev; useradd dev', 'useradd: group dev exists - if you want to add this user to that group, use -g.\n[9]'],
  ['groupadd -g 0 zz', "groupadd: GID '0' already exists\n[4]"],
  ['groupadd dev; usermod -aG dev ann; tail -1 /etc/group', 'dev:x:1001:ann\n[0]'],
  ['usermod -s /bin/bash ann', 'usermod: no changes\n[0]'],
  ['userdel nouser', "userdel: user 'nouser' does not exist\n[6]"],
  ['groupdel ann', "groupdel: cannot remove the primary group of user 'ann'\n[8]"],
  ['useradd -m carl; userdel -r carl', 'userdel: carl mail spool (/var/mail/carl) not found\n[0]'],
  [
    "adduser --disabled-password --gecos '' eve",
    "Adding user `eve' ...\nAdding new group `eve' (1001) ...\nAdding new user `eve' (1001) with group `eve (1001)' ...\nCreating home directory `/home/eve' ...\nCopying files from `/etc/skel' ...\nAdding new user `eve' to supplemental / extra groups `users' ...\nAdding user `eve' to group `users' ...\n[0]",
  ],
  ['adduser ann nog', "adduser: The group `nog' does not exist.\n[1]"],
  [
    'addgroup newg; addgroup newg',
    "Adding group `newg' (GID 1001) ...\nDone.\naddgroup: The group `newg' already exists.\n[1]",
  ],
  ['delgroup nog', "delgroup: The group `nog' does not exist.\n[3]"],
  [
    'busybox addgroup -S app; busybox adduser -S -G app -u 1001 app; tail -1 /etc/passwd',
    'app:x:1001:101:Linux User,,,:/home/app:/sbin/nologin\n[0]',
  ],
  ['echo ann:pw | chpasswd; passwd -S ann', 'ann P 2025-11-05 0 99999 7 -1\n[0]'],
  [
    'echo nouser:pw | chpasswd',
    'chpasswd: (user nouser) pam_chauthtok() failed, error:\nAuthentication token manipulation error\nchpasswd: (line 1, user nouser) password not changed\n[1]',
  ],
  ["echo 'ann:pw' | chpasswd; chmod 4755 /bin/su; su ann -c 'echo pw | su -c \"id -un\" ann'", 'Password: ann\n[0]'],
  [
    "echo 'ann:pw' | chpasswd; chmod 4755 /bin/su; su ann -c 'echo no | su -c \"id -un\" ann'",
    'Password: su: Authentication failure\n[1]',
  ],
  [
    "su - ann -c 'echo $HOME $USER'",
    'su: warning: cannot change directory to /home/ann: No such file or directory\n/home/ann ann\n[0]',
  ],
  ['sudo -u ann id -un; sudo id -un', 'ann\nroot\n[0]'],
];

test.each(ROWS)('%s', async (script, output) => {
  const k = await boot();
  const { stdout, status } = await k.run('/bin/bash', ['bash', '-c', `exec 2>&1; ${script}`]);
  expect(`${stdout}[${status}]`).toBe(output);
  expect(k.panics).toEqual([]);
});

test('a hash of SHA-512 crypt equals the one that openssl passwd -6 makes', async () => {
  const { sha512Crypt } = await import('../accounts/sha512-crypt.ts');
  const { loadHash } = await import('../../lib/hash.ts');
  const hash = await loadHash('sha512');
  const k = await boot();
  let made: string | undefined;
  await k.run(function* (sys) {
    made = yield* sha512Crypt(sys, hash, 'a', '$6$saltsalt');
    return 0;
  });
  expect(made).toBe(
    '$6$saltsalt$8gzUrz5S2/0AfMGfui2LllQQ2fwu.jYnAVGef2XY7gAo0jNFrzHsTq9lMr2ze7QvIJxr4BYOKdgDpx4Va9Atb1',
  );
});
