import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { ROOT } from '../../abi/credentials.ts';
import { BLOCKED, E2BIG, EACCES, EAGAIN, ELOOP, ENOENT, ENOEXEC, ENOTDIR } from '../../abi/errno.ts';
import type { Entry, Sys } from '../../abi/sys.ts';
import { WaitResult } from '../../abi/wait.ts';
import { decode } from '../../lib/utf8.ts';
import { execve, readAll, sleep, spawn, waitpid, writeAll } from '../../libc/io.ts';
import { pipePair } from './test-programs.ts';

/** Prints its arguments and the path of its image. */
const show: Entry = function* (sys) {
  yield* writeAll(sys, 1, `${sys.argv.join('|')} ${sys.image.path}`);
  return 0;
};

const files = {
  '/text': { content: 'no program', mode: 0o755 },
  '/plain': { content: '#!/bin/show\n', mode: 0o644 },
  '/script': { content: '#! /bin/show  -x  two words \nbody', mode: 0o755 },
  '/nested': { content: '#!/script\n', mode: 0o755 },
  '/loop': { content: '#!/loop\n', mode: 0o755 },
  '/gone': { content: '#!/not/there\n', mode: 0o755 },
  '/elf': { content: '\x7fELF and something else', mode: 0o755 },
};

test.each([
  ['a script gets its interpreter and one argument', '/script', '/bin/show|-x  two words|/script|a /bin/show'],
  ['an interpreter may be a script', '/nested', '/bin/show|-x  two words|/script|/nested|a /bin/show'],
  ['no header', '/text', String(-ENOEXEC)],
  ['a foreign ELF file', '/elf', String(-ENOEXEC)],
  ['no execute bit', '/plain', String(-EACCES)],
  ['no such interpreter', '/gone', String(-ENOENT)],
  ['a loop of interpreters', '/loop', String(-ELOOP)],
  ['a directory', '/etc', String(-EACCES)],
  ['a file as a directory', '/text/x', String(-ENOTDIR)],
  ['nothing', '/nothing', String(-ENOENT)],
])('exec: %s', async (_, path, out) => {
  const k = await bootTestKernel({ programs: { show }, files });
  const r = await k.run(function* (sys) {
    const error = yield* execve(sys, path, ['zero', 'a'], []);
    yield* writeAll(sys, 1, String(error));
    return 0;
  });
  expect(r.stdout).toBe(out);
});

test('spawn gives the errors of exec to the caller and leaves no child', async () => {
  const k = await bootTestKernel({ programs: { show }, files });
  const r = await k.run(function* (sys) {
    const missing = yield* spawn(sys, '/nothing', ['x'], []);
    const long = yield* spawn(sys, '/bin/show', ['x'.repeat(200_000)], []);
    const children = sys.waitpid(-1, 0, new WaitResult());
    return missing === -ENOENT && long === -E2BIG && children === -10 ? 0 : 1;
  });
  expect(r.status).toBe(0);
});

test('a program that is loaded lazily', async () => {
  const k = await bootTestKernel({ programs: { show: Promise.resolve(show) } });
  expect((await k.run('/bin/show', ['show', 'x'])).stdout).toBe('show|x /bin/show');
});

test('exec closes what has FD_CLOEXEC, resets handlers, keeps what is ignored', async () => {
  const after: Entry = function* (sys) {
    const fds = [3, 4].map((fd) => sys.fcntl(fd, 1));
    yield* writeAll(sys, 1, `${fds} ${typeof sys.sigaction(10, 0)} ${sys.sigaction(12, 0)}`);
    return 0;
  };
  const k = await bootTestKernel({ programs: { after } });
  const r = await k.run(function* (sys) {
    sys.open('/dev/null', 0o2000000);
    sys.open('/dev/null', 0);
    sys.sigaction(10, () => {});
    sys.sigaction(12, 1);
    return yield* execve(sys, '/bin/after', ['after'], []);
  });
  expect(r.stdout).toBe('-9,0 number 1');
});

test('set-user-id bits count, unless no_new_privs', async () => {
  const who: Entry = function* (sys) {
    const { uid, euid, effective } = sys.credentials();
    yield* writeAll(sys, 1, `${uid}/${euid}/${effective.size > 0}`);
    return 0;
  };
  const k = await bootTestKernel({
    programs: { who },
    *setUp(sys) {
      sys.chmod('/bin/who', 0o4755);
    },
  });
  const cred = { ...ROOT, uid: 1000, euid: 1000, suid: 1000, permitted: new Set<never>(), effective: new Set<never>() };
  expect((await k.run('/bin/who', ['who'], { cred })).stdout).toBe('1000/0/true');
  expect((await k.run('/bin/who', ['who'], { cred: { ...cred, noNewPrivs: true } })).stdout).toBe('1000/1000/false');
});

test('a thread that executes ends the others and keeps the pid', async () => {
  const pidOf: Entry = function* (sys) {
    yield* writeAll(sys, 1, `${sys.getpid()} ${sys.gettid()}`);
    return 0;
  };
  const k = await bootTestKernel({ programs: { pidOf } });
  let pid = 0;
  const r = await k.run(function* (sys) {
    pid = sys.getpid();
    sys.thread(function* (own) {
      return yield* execve(own, '/bin/pidOf', ['pidOf'], []);
    });
    yield* sleep(sys, 1e9);
    return 1;
  });
  expect(r).toMatchObject({ status: 0, stdout: `${pid} ${pid}` });
});

test('a fork bomb meets pids.max and the rest of the machine goes on', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const write = (path: string, text: string): void => {
      const fd = sys.open(path, 1);
      sys.write(fd, new Uint8Array([...text].map((c) => c.charCodeAt(0))));
      sys.close(fd);
    };
    write('/sys/fs/cgroup/cgroup.subtree_control', '+pids');
    sys.mkdir('/sys/fs/cgroup/bomb', 0o755);
    write('/sys/fs/cgroup/bomb/pids.max', '50');
    const bomb = function* (child: Sys): Generator<void, number, void> {
      for (;;) {
        if (child.fork(bomb) === -EAGAIN) yield* sleep(child, 1);
        if (child.tick()) yield;
      }
    };
    sys.fork(bomb, { cgroup: '/sys/fs/cgroup/bomb' });
    yield* sleep(sys, 200);
    const fd = sys.open('/sys/fs/cgroup/bomb/pids.current', 0);
    const current = yield* readAll(sys, fd);
    yield* writeAll(sys, 1, typeof current === 'number' ? String(current) : decode(current));
    write('/sys/fs/cgroup/bomb/cgroup.kill', '1');
    yield* sleep(sys, 10);
    yield* writeAll(sys, 1, `${sys.rmdir('/sys/fs/cgroup/bomb')}`);
    return 0;
  });
  expect(r.stdout).toBe('50\n0');
});

test('fork gives copies; threads share', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const [reader, writer] = pipePair(sys);
    const out = new WaitResult();
    const pid = sys.fork(function* (child) {
      child.chdir('/tmp');
      child.close(reader);
      yield* writeAll(child, writer, child.getcwd() as string);
      return 0;
    });
    yield* waitpid(sys, pid, 0, out);
    sys.thread(function* (own) {
      own.chdir('/etc');
      own.close(writer);
      return 0;
    });
    yield* sleep(sys, 1);
    const text = yield* readAll(sys, reader);
    yield* writeAll(sys, 1, `${typeof text === 'number' ? text : decode(text)} ${sys.getcwd()}`);
    return 0;
  });
  expect(r.stdout).toBe('/tmp /etc');
  expect(k.panics).toEqual([]);
});

test('a program that throws ends as by SIGSEGV', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* () {
    throw new Error('bug');
  });
  expect(r.status).toBe(139);
  expect(k.panics).toHaveLength(1);
  k.panics.length = 0;
  expect(BLOCKED).toBe(-4096);
});
