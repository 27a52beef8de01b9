import { expect, test } from 'vitest';
import { bootMirror } from '../../../../test/mirror-bed.ts';
import { DEBIAN_KEY } from '../../../internet/mirror/archives.ts';
import { publicKey } from '../../../lib/openpgp.ts';

const row = (...fields: string[]): string => fields.join('\t');
const TABLE = [
  row(
    'hello',
    '2.10-3',
    '',
    'devel',
    '53000',
    '277',
    'libgreet1|libgreet',
    'extra',
    '',
    '',
    '',
    'example package',
    'b:hello',
  ),
  row(
    'libgreet1',
    '1:1.2-1',
    'm',
    'libs',
    '8000',
    '40',
    '',
    '',
    'libgreet',
    '',
    'greet',
    'greetings',
    'l:libgreet.so.1 l:libgreet.so.1.2',
  ),
  row('extra', '0.1', 'A', 'doc', '5000', '20', '', '', '', 'bye', '', 'more of it', ''),
  row('bye', '1.0', '', 'devel', '6000', '30', '', '', '', '', '', 'says good bye', 'b:bye'),
  row('vim', '2:9.1-1', '', 'editors', '20000', '90', '', '', '', '', '', 'an editor', 'b:vim.basic'),
];

async function boot() {
  const k = await bootMirror(
    { debian: TABLE },
    ['apt-get', 'apt-cache', 'apt', 'apt-mark', 'dpkg', 'dash', 'ls', 'cat', 'update-alternatives'],
    {
      files: {
        '/etc/apt/sources.list': 'deb http://deb.debian.org/debian bookworm main\n',
        '/etc/apt/trusted.gpg.d/debian.gpg': publicKey(DEBIAN_KEY),
      },
    },
  );
  return {
    k,
    sh: (command: string, stdin = '') => k.run('/bin/dash', ['sh', '-c', command], { stdin }),
  };
}

const done = (text: string): string => text.replace(/in \d+s \(.*\)/, 'in 0s');

test('nothing is found before an update; then packages come with what they need, and go', async () => {
  const { sh, k } = await boot();
  expect(await sh('apt-get install -y hello')).toMatchObject({
    stdout: 'Reading package lists...\nBuilding dependency tree...\n',
    stderr: 'E: Unable to locate package hello\n',
    status: 100,
  });
  const update = await sh('apt-get update');
  expect(done(update.stdout)).toMatch(
    /^Get:1 http:\/\/deb\.debian\.org\/debian bookworm InRelease \[\d+ B\]\nGet:2 http:\/\/deb\.debian\.org\/debian bookworm\/main amd64 Packages \[8790 kB\]\nFetched 8791 kB in 0s\nReading package lists\.\.\.\n$/,
  );
  expect((await sh('apt-get update')).stdout).toBe(
    'Hit:1 http://deb.debian.org/debian bookworm InRelease\nReading package lists...\n',
  );
  const install = await sh('apt-get install -y hello');
  expect(done(install.stdout)).toBe(
    `Reading package lists...
Building dependency tree...
The following additional packages will be installed:
  extra libgreet1
The following NEW packages will be installed:
  extra hello libgreet1
0 upgraded, 3 newly installed, 0 to remove and 0 not upgraded.
Need to get ${/Need to get (.*) of/.exec(install.stdout)![1]} of archives.
After this operation, 345 kB of additional disk space will be used.
Get:1 http://deb.debian.org/debian bookworm/main amd64 extra all 0.1 [${/extra all 0\.1 \[(.*)\]/.exec(install.stdout)![1]}]
Get:2 http://deb.debian.org/debian bookworm/main amd64 libgreet1 amd64 1:1.2-1 [${/1:1\.2-1 \[(.*)\]/.exec(install.stdout)![1]}]
Get:3 http://deb.debian.org/debian bookworm/main amd64 hello amd64 2.10-3 [53.0 kB]
Fetched ${/Fetched (.*) in/.exec(install.stdout)![1]} in 0s
Selecting previously unselected package extra.
(Reading database ... 0 files and directories currently installed.)
Preparing to unpack .../0-extra_0.1_all.deb ...
Unpacking extra (0.1) ...
Selecting previously unselected package libgreet1:amd64.
Preparing to unpack .../1-libgreet1_1%3a1.2-1_amd64.deb ...
Unpacking libgreet1:amd64 (1:1.2-1) ...
Selecting previously unselected package hello.
Preparing to unpack .../2-hello_2.10-3_amd64.deb ...
Unpacking hello (2.10-3) ...
Setting up extra (0.1) ...
Setting up libgreet1:amd64 (1:1.2-1) ...
Setting up hello (2.10-3) ...
`,
  );
  expect((await sh('ls /usr/bin/hello')).stdout).toBe('/usr/bin/hello\n');
  expect((await sh('dpkg -L libgreet1; dpkg -S /usr/bin/hello; dpkg -l hello bye')).stdout).toContain(
    '/usr/lib/x86_64-linux-gnu/libgreet.so.1\n/usr/lib/x86_64-linux-gnu/libgreet.so.1.2\n',
  );
  expect((await sh('apt-get install hello; apt-mark showauto')).stdout).toContain(
    'hello is already the newest version (2.10-3).\n0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\nextra\nlibgreet1\n',
  );
  const removed = await sh('echo n | apt-get remove hello; echo y | apt-get remove hello; apt-get autoremove -y');
  expect(removed.stdout).toContain(
    "The following packages were automatically installed and are no longer required:\n  extra libgreet1\nUse 'apt autoremove' to remove them.\nThe following packages will be REMOVED:\n  hello\n",
  );
  expect(removed.stdout).toContain('Do you want to continue? [Y/n] Abort.\n');
  expect(removed.stdout).toContain('Removing extra (0.1) ...\nRemoving libgreet1:amd64 (1:1.2-1) ...\n');
  expect((await sh('ls /usr/bin/hello; dpkg -s hello')).stderr).toBe(
    "ls: cannot access '/usr/bin/hello': No such file or directory\ndpkg-query: package 'hello' is not installed and no information is available\nUse dpkg --info (= dpkg-deb --info) to examine archive files.\n",
  );
  expect(k.panics).toEqual([]);
});

test('conflicts, alternatives, versions, holds and lists', async () => {
  const { sh, k } = await boot();
  await sh('apt-get update -qq; apt-get install -qq -y bye');
  const conflict = await sh('apt-get install -y extra');
  expect(conflict.stdout).toContain(
    'The following packages will be REMOVED:\n  bye\nThe following NEW packages will be installed:\n  extra\n',
  );
  expect((await sh('apt-get install -y vim')).stdout).toContain(
    'update-alternatives: using /usr/bin/vim.basic to provide /usr/bin/vi (vi) in auto mode\n',
  );
  expect((await sh('apt-get install hello=9')).stderr).toBe("E: Version '9' for 'hello' was not found\n");
  expect((await sh('apt-mark hold vim; apt-mark showhold')).stdout).toBe('vim set on hold.\nvim\n');
  expect((await sh('apt-cache policy hello; apt-cache search ^says')).stdout).toBe(
    'hello:\n  Installed: (none)\n  Candidate: 2.10-3\n  Version table:\n     2.10-3 500\n        500 http://deb.debian.org/debian bookworm/main amd64 Packages\nbye - says good bye\n',
  );
  expect(await sh('apt list --installed')).toMatchObject({
    stdout: 'Listing...\nextra/oldstable,now 0.1 all [installed]\nvim/oldstable,now 2:9.1-1 amd64 [installed]\n',
    stderr: '\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n',
  });
  expect((await sh('apt-get install --no-install-recommends -s hello')).stdout).toContain(
    'Inst libgreet1 (1:1.2-1 Debian:12/oldstable [amd64])',
  );
  expect(k.panics).toEqual([]);
});

test('a source that is not signed, not there, or unknown', async () => {
  const { sh } = await boot();
  await sh('echo > /etc/apt/trusted.gpg.d/debian.gpg');
  expect(await sh('apt-get update')).toMatchObject({
    status: 100,
    stderr: `W: GPG error: http://deb.debian.org/debian bookworm InRelease: The following signatures couldn't be verified because the public key is not available: NO_PUBKEY ${DEBIAN_KEY.fingerprint.slice(-16)}\nE: The repository 'http://deb.debian.org/debian bookworm InRelease' is not signed.\n`,
  });
  await sh('echo "deb http://deb.debian.org/debian nosuch main" > /etc/apt/sources.list');
  expect(await sh('apt-get update')).toMatchObject({
    status: 100,
    stdout:
      'Ign:1 http://deb.debian.org/debian nosuch InRelease\nErr:2 http://deb.debian.org/debian nosuch Release\n  404  Not Found [IP: 127.0.0.1 80]\nReading package lists...\n',
    stderr: "E: The repository 'http://deb.debian.org/debian nosuch Release' does not have a Release file.\n",
  });
  await sh('echo "deb foo" > /etc/apt/sources.list');
  expect((await sh('apt-get update')).stderr).toContain('E: Malformed entry 1 in list file /etc/apt/sources.list');
});
