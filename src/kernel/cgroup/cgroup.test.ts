import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { BLOCKED, EBUSY, EINVAL, ENOENT } from '../../abi/errno.ts';
import { POLLPRI } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { WaitResult } from '../../abi/wait.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { poll, readFile, sleep, waitpid, writeAll } from '../../libc/io.ts';

const ROOT = '/sys/fs/cgroup';

function* get(sys: Sys, file: string): Generator<void, string, void> {
  const bytes = yield* readFile(sys, `${ROOT}/${file}`);
  return typeof bytes === 'number' ? `error ${bytes}` : decode(bytes);
}

function put(sys: Sys, file: string, text: string): number {
  const fd = sys.open(`${ROOT}/${file}`, 1);
  if (fd < 0) return fd;
  const r = sys.write(fd, encode(text));
  sys.close(fd);
  return Math.min(0, r);
}

function busy(): (sys: Sys) => Generator<void, number, void> {
  return function* (sys) {
    for (;;) if (sys.tick()) yield;
  };
}

test('controllers, members and removal', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    sys.mkdir(`${ROOT}/a`, 0o755);
    const out = [sys.access(`${ROOT}/a/pids.max`, 0), put(sys, 'a/cgroup.subtree_control', '+pids')];
    put(sys, 'cgroup.subtree_control', '+pids +memory +cpu');
    out.push(sys.access(`${ROOT}/a/pids.max`, 0), put(sys, 'a/pids.max', 'x'));
    put(sys, 'a/cgroup.procs', '0');
    out.push(sys.rmdir(`${ROOT}/a`), put(sys, 'a/cgroup.subtree_control', '+pids'));
    yield* writeAll(
      sys,
      1,
      `${out} ${(yield* get(sys, 'a/cgroup.procs')) === `${sys.getpid()}\n`} ${yield* get(sys, 'a/cgroup.events')}`,
    );
    put(sys, 'cgroup.procs', String(sys.getpid()));
    yield* writeAll(
      sys,
      1,
      `${yield* get(sys, 'a/cgroup.events')}${sys.rmdir(`${ROOT}/a`)} ${sys.access(`${ROOT}/a`, 0)}`,
    );
    return 0;
  });
  expect(r.stdout).toBe(
    `${[-ENOENT, -EINVAL, 0, -EINVAL, -EBUSY, -EBUSY]} true populated 1\nfrozen 0\npopulated 0\nfrozen 0\n0 ${-ENOENT}`,
  );
});

test('freezing stops, thawing goes on', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    sys.mkdir(`${ROOT}/a`, 0o755);
    let count = 0;
    const pid = sys.fork(
      function* (child) {
        for (;;) {
          count++;
          yield* sleep(child, 10);
        }
      },
      { cgroup: `${ROOT}/a` },
    );
    yield* sleep(sys, 100);
    put(sys, 'a/cgroup.freeze', '1');
    const frozen = count;
    yield* sleep(sys, 100);
    const still = count === frozen && frozen > 5;
    put(sys, 'a/cgroup.freeze', '0');
    yield* sleep(sys, 100);
    const moved = count > frozen + 5;
    put(sys, 'a/cgroup.freeze', '1');
    sys.kill(pid, 9);
    const out = new WaitResult();
    yield* waitpid(sys, pid, 0, out);
    return still && moved && out.status === 9 ? 0 : 1;
  });
  expect(r.status).toBe(0);
});

test('the OOM killer takes the largest, and counts', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    put(sys, 'cgroup.subtree_control', '+memory');
    sys.mkdir(`${ROOT}/a`, 0o755);
    put(sys, 'a/memory.max', '16M');
    const small = sys.fork(
      function* (child) {
        child.charge(1e6);
        yield* sleep(child, 1e9);
        return 0;
      },
      { cgroup: `${ROOT}/a` },
    );
    const large = sys.fork(
      function* (child) {
        for (;;) {
          child.charge(1e6);
          yield* sleep(child, 1);
        }
      },
      { cgroup: `${ROOT}/a` },
    );
    const out = new WaitResult();
    yield* waitpid(sys, large, 0, out);
    const events = yield* get(sys, 'a/memory.events');
    yield* writeAll(
      sys,
      1,
      `${out.status} ${sys.kill(small, 0)} ${/oom_kill 1/.test(events)} ${yield* get(sys, 'a/memory.max')}`,
    );
    sys.kill(small, 9);
    return 0;
  });
  expect(r.stdout).toBe('9 0 true 16777216\n');
});

test('cpu.max holds a loop back, cpu.stat says so', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    put(sys, 'cgroup.subtree_control', '+cpu');
    sys.mkdir(`${ROOT}/a`, 0o755);
    put(sys, 'a/cpu.max', '10000 100000');
    const pid = sys.fork(busy(), { cgroup: `${ROOT}/a` });
    yield* sleep(sys, 1000);
    sys.kill(pid, 9);
    const out = new WaitResult();
    yield* waitpid(sys, pid, 0, out);
    const stat = yield* get(sys, 'a/cpu.stat');
    const used = Number(/usage_usec (\d+)/.exec(stat)?.[1]) / 1000;
    yield* writeAll(sys, 1, `${used > 80 && used < 150} ${Number(/nr_throttled (\d+)/.exec(stat)?.[1]) > 5}`);
    return 0;
  });
  expect(r.stdout).toBe('true true');
});

test('cpu.weight divides the processor', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    put(sys, 'cgroup.subtree_control', '+cpu');
    const pids: number[] = [];
    for (const [name, weight] of [
      ['a', '50'],
      ['b', '200'],
    ] as const) {
      sys.mkdir(`${ROOT}/${name}`, 0o755);
      put(sys, `${name}/cpu.weight`, weight);
      pids.push(sys.fork(busy(), { cgroup: `${ROOT}/${name}` }));
    }
    yield* sleep(sys, 1000);
    const used = [] as number[];
    for (const pid of pids) {
      sys.kill(pid, 9);
      const out = new WaitResult();
      yield* waitpid(sys, pid, 0, out);
      used.push(out.userTime);
    }
    const ratio = used[1]! / used[0]!;
    return ratio > 3 && ratio < 5 ? 0 : 1;
  });
  expect(r.status).toBe(0);
});

test('two groups get the same, however many processes they have', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    put(sys, 'cgroup.subtree_control', '+cpu');
    for (const [name, count] of [
      ['a', 4],
      ['b', 1],
    ] as const) {
      sys.mkdir(`${ROOT}/${name}`, 0o755);
      for (let i = 0; i < count; i++) sys.fork(busy(), { cgroup: `${ROOT}/${name}` });
    }
    yield* sleep(sys, 1000);
    const used: number[] = [];
    for (const name of ['a', 'b']) used.push(Number(/usage_usec (\d+)/.exec(yield* get(sys, `${name}/cpu.stat`))?.[1]));
    sys.kill(-1, 9);
    const ratio = used[0]! / used[1]!;
    return ratio > 0.8 && ratio < 1.25 ? 0 : 1;
  });
  expect(r.status).toBe(0);
});

test('poll on cgroup.events wakes when the last process leaves', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    sys.mkdir(`${ROOT}/a`, 0o755);
    sys.fork(
      function* (child) {
        yield* sleep(child, 50);
        return 0;
      },
      { cgroup: `${ROOT}/a` },
    );
    const fd = sys.open(`${ROOT}/a/cgroup.events`, 0);
    const fds = [{ fd, events: POLLPRI, revents: 0 }];
    yield* poll(sys, fds, -1);
    yield* writeAll(sys, 1, `${Math.round(sys.now(1) / 10) >= 5} ${yield* get(sys, 'a/cgroup.events')}`);
    return BLOCKED < 0 ? 0 : 1;
  });
  expect(r.stdout).toBe('true populated 0\nfrozen 0\n');
});
