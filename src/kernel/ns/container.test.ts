import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { CAPABILITIES, type Capability } from '../../abi/credentials.ts';
import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
  MNT_DETACH,
  MS_BIND,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_RDONLY,
  MS_REC,
  MS_REMOUNT,
  O_RDWR,
} from '../../abi/flags.ts';
import { makedev, S_IFCHR } from '../../abi/stat.ts';
import type { Entry, Sys } from '../../abi/sys.ts';
import { WaitResult } from '../../abi/wait.ts';
import { makeElf } from '../../lib/elf.ts';
import { decode } from '../../lib/utf8.ts';
import { execve, open, read, readFile, sleep, waitpid, writeAll, writeFile } from '../../libc/io.ts';

// What a container runtime does, in its order: overlay, namespaces, mounts, devices, pivot_root, capabilities, exec.

const DOCKER_CAPS = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_SETUID',
  'CAP_SETGID',
  'CAP_KILL',
  'CAP_MKNOD',
] as Capability[];
const SPACES = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP;

function mountAll(sys: Sys, root: string): void {
  const secure = MS_NOSUID | MS_NOEXEC | MS_NODEV;
  sys.mount('', '/', '', MS_REC | (1 << 18));
  sys.mount(root, root, '', MS_BIND | MS_REC);
  sys.mount('proc', `${root}/proc`, 'proc', secure);
  sys.mount('tmpfs', `${root}/dev`, 'tmpfs', MS_NOSUID, 'mode=755,size=65536k');
  sys.mkdir(`${root}/dev/pts`, 0o755);
  sys.mount('devpts', `${root}/dev/pts`, 'devpts', MS_NOSUID | MS_NOEXEC, 'newinstance,ptmxmode=0666,mode=0620,gid=5');
  sys.mount('sysfs', `${root}/sys`, 'sysfs', secure | MS_RDONLY);
  sys.mount('cgroup', `${root}/sys/fs/cgroup`, 'cgroup2', secure | MS_RDONLY);
  sys.mknod(`${root}/dev/null`, S_IFCHR | 0o666, makedev(1, 3));
  sys.mknod(`${root}/dev/tty`, S_IFCHR | 0o666, makedev(5, 0));
  sys.symlink('pts/ptmx', `${root}/dev/ptmx`);
  sys.symlink('/proc/self/fd', `${root}/dev/fd`);
  sys.symlink('/proc/self/fd/1', `${root}/dev/stdout`);
}

function enter(sys: Sys, root: string): void {
  sys.chdir(root);
  sys.pivotRoot('.', '.');
  sys.umount2('.', MNT_DETACH);
  sys.chdir('/');
  sys.mount('/proc/sys', '/proc/sys', '', MS_BIND | MS_REC);
  sys.mount('', '/proc/sys', '', MS_BIND | MS_REMOUNT | MS_RDONLY);
  sys.mount('/dev/null', '/proc/kcore', '', MS_BIND);
  const drop = new Set(DOCKER_CAPS);
  sys.setcaps({ bounding: drop, permitted: drop, effective: drop });
}

const report: Entry = function* (sys) {
  const say = (text: string): ReturnType<typeof writeAll> => writeAll(sys, 1, `${text}\n`);
  const text = function* (path: string): Generator<void, string, void> {
    const bytes = yield* readFile(sys, path);
    return typeof bytes === 'number' ? `error ${bytes}` : decode(bytes);
  };
  yield* say(
    `pid ${sys.getpid()} host ${sys.uname().nodename} cwd ${sys.getcwd()} exe ${sys.readlink('/proc/self/exe')}`,
  );
  yield* say(`caps ${CAPABILITIES.filter((c) => sys.credentials().effective.has(c)).length}`);
  yield* say(`lower ${yield* text('/etc/lower')} write ${yield* writeFile(sys, '/etc/new', 'x')}`);
  yield* say(`old root ${sys.access('/sys/module/overlay', 0)} ${sys.access('/bin/init', 0)}`);
  yield* say(`sysctl ${yield* writeFile(sys, '/proc/sys/kernel/hostname', 'x')} kcore [${yield* text('/proc/kcore')}]`);
  yield* say(`cgroup ${(yield* text('/proc/self/cgroup')).trim()} mount ${sys.mount('x', '/tmp', 'tmpfs', 0)}`);
  const mounts = (yield* text('/proc/mounts')).split('\n').map((line) => line.split(' ').slice(1, 3).join(' '));
  yield* say(`mounts ${mounts.join(', ')}`);
  yield* writeFile(sys, '/dev/stdout', 'through /dev/stdout\n');
  const master = yield* open(sys, '/dev/ptmx', O_RDWR);
  yield* say(`pty ${sys.ptsname(master)}`);
  yield* sleep(sys, 1e9);
  return 0;
};

const inside: Entry = function* (sys) {
  yield* writeAll(
    sys,
    1,
    `exec: pid ${sys.getpid()} parent ${sys.getppid()} ${sys.access('/etc/new', 0)} ${sys.kill(1, 0)}\n`,
  );
  return 0;
};

test('a container from overlay to exec, a second process in it, and its end', async () => {
  const k = await bootTestKernel({
    programs: { report, inside },
    files: {
      '/l/etc/lower': 'L',
      '/l/bin/': '',
      '/l/proc/': '',
      '/l/sys/': '',
      '/l/dev/': '',
      '/l/tmp/': '',
      '/u/': '',
      '/w/': '',
      '/m/': '',
      '/l/bin/report': { content: makeElf({ program: 'report', version: '1', flavour: 'musl' }), mode: 0o755 },
      '/l/bin/inside': { content: makeElf({ program: 'inside', version: '1', flavour: 'musl' }), mode: 0o755 },
    },
  });
  const r = await k.run(function* (sys) {
    sys.mkdir('/sys/fs/cgroup/docker', 0o755);
    sys.mkdir('/sys/fs/cgroup/docker/c1', 0o755);
    const mounted = sys.mount('overlay', '/m', 'overlay', 0, 'lowerdir=/l,upperdir=/u,workdir=/w');
    if (mounted !== 0) return -mounted;
    const out = new WaitResult();
    const pid = sys.fork(
      function* (one) {
        one.sethostname('c1');
        mountAll(one, '/m');
        enter(one, '/m');
        return -(yield* execve(one, '/bin/report', ['report'], ['PATH=/bin']));
      },
      { flags: SPACES, cgroup: '/sys/fs/cgroup/docker/c1' },
    );
    yield* sleep(sys, 100);
    const helper = sys.fork(function* (own) {
      const names = ['pid', 'mnt', 'uts', 'net', 'ipc', 'cgroup'];
      const fds = names.map((name) => own.open(`/proc/${pid}/ns/${name}`, 0));
      for (const fd of fds) if (fd < 0 || own.setns(fd, 0) < 0) return 1;
      const child = own.fork(function* (two) {
        return -(yield* execve(two, '/bin/inside', ['inside'], []));
      });
      yield* waitpid(own, child, 0, out);
      return out.status >> 8;
    });
    yield* waitpid(sys, helper, 0, out);
    const helped = out.status;
    sys.kill(pid, 15);
    yield* sleep(sys, 10);
    sys.kill(pid, 9);
    yield* waitpid(sys, pid, 0, out);
    const buf = new Uint8Array(10);
    const fd = sys.open('/u/etc/new', 0);
    const n = yield* read(sys, fd, buf);
    yield* writeAll(
      sys,
      1,
      `${helped} ${out.status} upper ${decode(buf, 0, n)} ${sys.umount2('/m', 0)} ${sys.rmdir('/sys/fs/cgroup/docker/c1')}\n`,
    );
    return 0;
  });
  expect(k.panics).toEqual([]);
  expect(r.stderr).toBe('');
  expect(r.stdout.split('\n')).toEqual([
    'pid 1 host c1 cwd / exe /bin/report',
    'caps 6',
    'lower L write 0',
    'old root 0 -2',
    'sysctl -30 kcore []',
    'cgroup 0::/ mount -1',
    'mounts / overlay, /proc proc, /dev tmpfs, /dev/pts devpts, /sys sysfs, /sys/fs/cgroup cgroup2, /proc/sys proc, /proc/kcore tmpfs, ',
    'through /dev/stdout',
    'pty /dev/pts/0',
    'exec: pid 2 parent 0 0 0',
    '0 9 upper x 0 0',
    '',
  ]);
  await k.settle();
  expect(k.kernel.tasks).toBe(1);
});

test('after thousands of processes nothing is left', async () => {
  const k = await bootTestKernel({ programs: { inside } });
  await k.run(function* (sys) {
    const out = new WaitResult();
    for (let i = 0; i < 2000; i++) {
      const pid = sys.fork(function* () {
        return 0;
      });
      yield* waitpid(sys, pid, 0, out);
    }
    return 0;
  });
  await k.settle();
  expect(k.kernel.tasks).toBe(1);
  expect(k.kernel.pidNs.size).toBe(1);
  expect(k.kernel.timers.next()).toBeUndefined();
  expect(k.kernel.cgroups.pids).toBe(1);
});
