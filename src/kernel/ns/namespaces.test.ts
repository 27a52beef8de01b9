import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { EPERM } from '../../abi/errno.ts';
import {
  CLONE_NEWCGROUP,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
  MNT_DETACH,
  MS_BIND,
  MS_REC,
} from '../../abi/flags.ts';
import { SIGKILL, SIGTERM } from '../../abi/signal.ts';
import type { Sys } from '../../abi/sys.ts';
import { WaitResult } from '../../abi/wait.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, sleep, waitpid, writeAll } from '../../libc/io.ts';

function* text(sys: Sys, path: string): Generator<void, string, void> {
  const bytes = yield* readFile(sys, path);
  return typeof bytes === 'number' ? `error ${bytes}` : decode(bytes);
}

function* statusOf(sys: Sys, pid: number): Generator<void, number, void> {
  const out = new WaitResult();
  yield* waitpid(sys, pid, 0, out);
  return out.status;
}

test('in a pid namespace the child is 1 and sees only its own', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const pid = sys.fork(
      function* (one) {
        one.mount('proc', '/proc', 'proc', 0);
        const names = one.getdents(one.open('/proc', 0));
        const pids = typeof names === 'number' ? [] : names.filter((e) => /^\d+$/.test(e.name)).map((e) => e.name);
        yield* writeAll(
          one,
          1,
          `${one.getpid()} ${one.getppid()} [${pids}] ${one.readlink('/proc/self')} ${one.kill(1, 0)};`,
        );
        return 0;
      },
      { flags: CLONE_NEWPID | CLONE_NEWNS },
    );
    yield* statusOf(sys, pid);
    yield* writeAll(sys, 1, `${pid > 1} ${sys.readlink('/proc/self') === String(sys.getpid())}`);
    return 0;
  });
  expect(r.stdout).toBe('1 0 [1] 1 0;true true');
});

test('process 1 of a namespace resists signals from inside, and its death ends all in it', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const pid = sys.fork(
      function* (one) {
        one.fork(function* (two) {
          two.kill(1, SIGTERM);
          two.kill(1, SIGKILL);
          yield* sleep(two, 1e9);
          return 0;
        });
        yield* sleep(one, 1e9);
        return 0;
      },
      { flags: CLONE_NEWPID },
    );
    yield* sleep(sys, 100);
    sys.kill(pid, SIGTERM);
    yield* sleep(sys, 100);
    const alive = sys.kill(pid, 0);
    sys.kill(pid, SIGKILL);
    const status = yield* statusOf(sys, pid);
    return alive === 0 && status === SIGKILL ? 0 : 1;
  });
  expect(r.status).toBe(0);
  await k.settle();
  expect(k.kernel.tasks).toBe(1);
});

test('setns into the namespaces of another process', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const pid = sys.fork(
      function* (one) {
        one.sethostname('inside');
        one.mkdir('/only', 0o755);
        one.mount('tmpfs', '/only', 'tmpfs', 0);
        one.close(one.open('/only/file', 0o101, 0o644));
        yield* sleep(one, 1e9);
        return 0;
      },
      { flags: CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS },
    );
    yield* sleep(sys, 10);
    const before = `${sys.uname().nodename} ${sys.access('/only/file', 0)}`;
    for (const name of ['uts', 'pid', 'mnt']) {
      const fd = sys.open(`/proc/${pid}/ns/${name}`, 0);
      if (sys.setns(fd, 0) !== 0) return 1;
      sys.close(fd);
    }
    const child = sys.fork(function* (two) {
      yield* writeAll(two, 1, `${two.getpid()} ${two.uname().nodename} ${two.access('/only/file', 0)}`);
      return 0;
    });
    yield* statusOf(sys, child);
    yield* writeAll(sys, 1, `; ${before}`);
    sys.kill(pid, SIGKILL);
    return 0;
  });
  expect(r.stdout).toBe('2 inside 0; drydock -2');
});

test("a network namespace is the thread's", async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const names = (own: Sys): string => {
      const links = own.netlink({ type: 'link-list' });
      return Array.isArray(links)
        ? links.map((l) => ('name' in l ? `${l.name}${'up' in l && l.up ? '+' : ''}` : '')).join()
        : String(links);
    };
    let inThread = '';
    sys.thread(function* (own) {
      own.unshare(CLONE_NEWNET);
      inThread = `${names(own)} ${own.readlink('/proc/thread-self/ns/net') === own.readlink('/proc/self/ns/net')}`;
      return 0;
    });
    yield* sleep(sys, 1);
    yield* writeAll(sys, 1, `${inThread} ${names(sys)}`);
    return 0;
  });
  expect(r.stdout).toBe('lo false lo+');
});

test('pivot_root and a detached old root, as a container starts', async () => {
  const k = await bootTestKernel({ files: { '/image/etc/name': 'image', '/image/old/': '' } });
  const r = await k.run(function* (sys) {
    const pid = sys.fork(
      function* (one) {
        one.mount('/image', '/image', '', MS_BIND | MS_REC);
        one.chdir('/image');
        const pivoted = one.pivotRoot('.', 'old');
        one.chdir('/');
        const detached = one.umount2('/old', MNT_DETACH);
        yield* writeAll(
          one,
          1,
          `${pivoted} ${detached} ${one.getcwd()} ${yield* text(one, '/etc/name')} ${one.access('/bin', 0)}`,
        );
        return 0;
      },
      { flags: CLONE_NEWNS },
    );
    yield* statusOf(sys, pid);
    yield* writeAll(sys, 1, ` ${sys.access('/bin', 0)}`);
    return 0;
  });
  expect(r.stdout).toBe('0 0 / image -2 0');
});

test('a cgroup namespace hides what is above', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    sys.mkdir('/sys/fs/cgroup/box', 0o755);
    const pid = sys.fork(
      function* (one) {
        yield* writeAll(one, 1, yield* text(one, '/proc/self/cgroup'));
        yield* writeAll(one, 1, yield* text(one, '/proc/1/cgroup'));
        return 0;
      },
      { flags: CLONE_NEWCGROUP, cgroup: '/sys/fs/cgroup/box' },
    );
    yield* statusOf(sys, pid);
    return 0;
  });
  expect(r.stdout).toBe('0::/\n0::/..\n');
});

test('namespaces need CAP_SYS_ADMIN', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    sys.setresuid(1000, 1000, 1000);
    return sys.unshare(CLONE_NEWUTS) === -EPERM && sys.sethostname('x') === -EPERM ? 0 : 1;
  });
  expect(r.status).toBe(0);
  expect(k.panics).toEqual([]);
});

test('a mounted namespace file keeps it alive', async () => {
  const k = await bootTestKernel({ files: { '/run/netns': '' } });
  const r = await k.run(function* (sys) {
    const pid = sys.fork(
      function* (one) {
        yield* sleep(one, 100);
        return 0;
      },
      { flags: CLONE_NEWNET },
    );
    const bound = sys.mount(`/proc/${pid}/ns/net`, '/run/netns', '', MS_BIND);
    const name = sys.readlink(`/proc/${pid}/ns/net`);
    yield* statusOf(sys, pid);
    const fd = sys.open('/run/netns', 0);
    const entered = sys.setns(fd, CLONE_NEWNET);
    sys.close(fd);
    yield* writeAll(
      sys,
      1,
      `${bound} ${entered} ${sys.readlink('/proc/self/ns/net') === name} ${sys.umount2('/run/netns', 0)}`,
    );
    return 0;
  });
  expect(r.stdout).toBe('0 0 true 0');
  await k.settle();
  expect(k.kernel.net.counts().namespaces).toBe(1);
});
