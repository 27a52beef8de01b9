import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../../test/kernel-harness.ts';
import type { Sys } from '../../../abi/sys.ts';
import { decode } from '../../../lib/utf8.ts';
import { readFile, writeAll } from '../../../libc/io.ts';

function* show(sys: Sys, path: string): Generator<void, string, void> {
  const bytes = yield* readFile(sys, path);
  return typeof bytes === 'number' ? `error ${bytes}` : decode(bytes);
}

/** Prints files; runs as /bin/show. */
function* showAll(sys: Sys): Generator<void, number, void> {
  for (const path of sys.argv.slice(1)) yield* writeAll(sys, 1, yield* show(sys, path));
  return 0;
}

test.each([
  ['/proc/self/comm', 'show\n'],
  ['/proc/self/cmdline', 'show\0/proc/self/cmdline\0'],
  ['/proc/self/cgroup', '0::/\n'],
  ['/proc/sys/kernel/ostype', 'Linux\n'],
  ['/proc/sys/kernel/hostname', 'drydock\n'],
  ['/proc/sys/kernel/pid_max', '4194304\n'],
  ['/proc/sys/vm/swappiness', '60\n'],
  ['/proc/1/comm', 'init\n'],
  ['/proc/self/oom_score_adj', '0\n'],
  ['/sys/devices/system/cpu/online', '0-1\n'],
  ['/sys/fs/cgroup/cgroup.controllers', 'cpuset cpu io memory pids\n'],
  ['/sys/class/net/lo/mtu', '65536\n'],
])('%s', async (path, text) => {
  const k = await bootTestKernel({ programs: { show: showAll } });
  expect(await k.run('/bin/show', ['show', path])).toEqual({ status: 0, waitStatus: 0, stdout: text, stderr: '' });
  expect(k.panics).toEqual([]);
});

test('stat, status, limits and mounts have their fields', async () => {
  const k = await bootTestKernel({ programs: { show: showAll } });
  const stat = (await k.run('/bin/show', ['show', '/proc/self/stat'])).stdout;
  expect(stat).toMatch(/^\d+ \(show\) R 1 \d+ \d+ 0 -1 /);
  expect(stat.trim().split(' ')).toHaveLength(52);
  const status = (await k.run('/bin/show', ['show', '/proc/self/status'])).stdout;
  expect(status).toContain('CapEff:\t000001ffffffffff\n');
  const mounts = (await k.run('/bin/show', ['show', '/proc/mounts'])).stdout;
  expect(mounts).toContain('/dev/vda1 / ext4 rw,relatime');
  expect(mounts).toContain('devpts /dev/pts devpts rw,relatime,gid=5,mode=620,ptmxmode=000 0 0\n');
  const limits = (await k.run('/bin/show', ['show', '/proc/self/limits'])).stdout;
  expect(limits).toContain('Max open files            1024                 1048576              files     \n');
  expect((await k.run('/bin/show', ['show', '/proc/meminfo'])).stdout).toMatch(/^MemTotal: +4013356 kB\n/);
});

test('links of /proc/self lead where they say', async () => {
  const k = await bootTestKernel({ files: { '/data/x': 'content' } });
  const r = await k.run(function* (sys) {
    sys.chdir('/data');
    const fd = sys.open('/data/x', 0);
    const out = [sys.readlink('/proc/self/cwd'), sys.readlink(`/proc/self/fd/${fd}`), sys.readlink('/proc/self/fd/0')];
    sys.unlink('/data/x');
    out.push(sys.readlink(`/proc/self/fd/${fd}`), yield* show(sys, `/proc/self/fd/${fd}`));
    out.push(sys.readlink('/proc/self/ns/uts'));
    yield* writeAll(sys, 1, out.join('\n'));
    return 0;
  });
  expect(r.stdout).toMatch(/^\/data\n\/data\/x\npipe:\[\d+\]\n\/data\/x \(deleted\)\ncontent\nuts:\[4026531838\]$/);
});

test('/dev/stdin and /dev/stdout work on pipes', async () => {
  const k = await bootTestKernel();
  const r = await k.run(
    function* (sys) {
      const text = yield* show(sys, '/dev/stdin');
      const fd = sys.open('/dev/stdout', 1);
      yield* writeAll(sys, fd, `<${text}>`);
      return 0;
    },
    undefined,
    { stdin: 'in' },
  );
  expect(r.stdout).toBe('<in>');
});

test('writing a setting', async () => {
  const k = await bootTestKernel({ programs: { show: showAll } });
  const r = await k.run(function* (sys) {
    const fd = sys.open('/proc/sys/kernel/hostname', 0o1001);
    yield* writeAll(sys, fd, 'other\n');
    sys.close(fd);
    yield* writeAll(sys, 1, `${sys.uname().nodename} ${sys.open('/proc/sys/kernel/ostype', 1)}`);
    return 0;
  });
  expect(r.stdout).toBe('other -13');
});
