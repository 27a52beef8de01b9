import { expect, test } from 'vitest';
import { bootMirror } from '../../../../test/mirror-bed.ts';

const row = (...fields: string[]): string => fields.join('\t');
const TABLE = [
  row('wget', '1.14-18.el7_6.1', '', 'base/x', '547000', '2000', 'libweb', '', '', '', '', 'fetches files', 'b:wget'),
  row('libweb', '2:1.0-1.el7', '', 'base/x', '9000', '40', '', '', '', '', '', 'a library', ''),
  row('libweb', '2:1.1-1.el7', '', 'updates/x', '9000', '40', '', '', '', '', '', 'a library', ''),
];

async function boot() {
  const k = await bootMirror({ centos: TABLE }, ['yum', 'rpm', 'yum-config-manager', 'dash', 'ls', 'cat', 'sleep'], {
    files: {
      '/etc/yum.repos.d/base.repo':
        '[base]\nname=CentOS-$releasever - Base\nmirrorlist=http://mirrorlist.centos.org/?release=$releasever&arch=$basearch&repo=os\n[updates]\nname=Updates\nbaseurl=http://mirror.centos.org/centos/$releasever/updates/$basearch/\nenabled=0\n',
    },
  });
  await k.run(function* (sys) {
    sys.symlink('/run', '/var/run');
    return 0;
  });
  return { k, sh: (command: string) => k.run('/bin/dash', ['sh', '-c', command]) };
}

test('install with what is needed, query, update from a repository that is turned on, remove', async () => {
  const { sh, k } = await boot();
  const install = await sh('yum install -y wget');
  expect(install.status).toBe(0);
  expect(install.stdout).toContain(
    '---> Package wget.x86_64 0:1.14-18.el7_6.1 will be installed\n--> Processing Dependency: libweb for package: wget-1.14-18.el7_6.1.x86_64\n---> Package libweb.x86_64 2:1.0-1.el7 will be installed\n--> Finished Dependency Resolution\n',
  );
  expect(install.stdout).toContain('Install  1 Package (+1 Dependent package)\n');
  expect(install.stdout).toMatch(
    /Installing : 2:libweb-1\.0-1\.el7\.x86_64 +1\/2 \n {2}Installing : wget-1\.14-18\.el7_6\.1\.x86_64 +2\/2 \n/,
  );
  expect((await sh('rpm -q wget libweb nosuch; rpm -ql wget; rpm -qf /usr/bin/wget')).stdout).toBe(
    'wget-1.14-18.el7_6.1.x86_64\nlibweb-1.0-1.el7.x86_64\npackage nosuch is not installed\n/usr/bin/wget\nwget-1.14-18.el7_6.1.x86_64\n',
  );
  expect(await sh('rpm -e libweb')).toMatchObject({
    stderr: 'error: Failed dependencies:\n\tlibweb is needed by (installed) wget-1.14-18.el7_6.1.x86_64\n',
    status: 1,
  });
  await sh('yum-config-manager --enable updates');
  expect((await sh('yum update -y')).stdout).toContain('\nUpdated:\n  libweb.x86_64 2:1.1-1.el7 ');
  expect((await sh('yum remove -y wget docker')).stdout).toContain(
    'No Match for argument: docker\nResolving Dependencies\n',
  );
  expect(await sh('yum install -y nosuch')).toMatchObject({ status: 1, stderr: 'Error: Nothing to do\n' });
  expect((await sh('ls /usr/bin/wget')).status).not.toBe(0);
  expect(k.panics).toEqual([]);
});

test('who holds the lock is named until it ends', async () => {
  const { k } = await boot();
  const { stdout } = await k.run('/bin/dash', [
    'sh',
    '-c',
    'sleep 100000 & echo $! > /run/yum.pid; pid=$!; sleep 1; yum install -y wget & sleep 5; kill -9 $pid; wait; cat /run/yum.pid',
  ]);
  expect(stdout).toMatch(
    /^Loaded plugins: fastestmirror\nExisting lock \/var\/run\/yum\.pid: another copy is running as pid \d+\.\n/,
  );
  expect(
    stdout.match(
      /Another app is currently holding the yum lock; waiting for it to exit\.\.\.\n {2}The other application is: sleep\n/g,
    )!.length,
  ).toBeGreaterThan(1);
  expect(stdout).toContain('\nComplete!\n');
});
