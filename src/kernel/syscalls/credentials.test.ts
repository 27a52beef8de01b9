import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import type { Capability } from '../../abi/credentials.ts';
import { EACCES, EAGAIN, EFBIG, EINVAL, EMFILE, EPERM, ESRCH } from '../../abi/errno.ts';
import {
  F_DUPFD,
  F_GETFL,
  F_SETFL,
  O_APPEND,
  O_CREAT,
  O_NONBLOCK,
  O_RDWR,
  RLIMIT_FSIZE,
  RLIMIT_NOFILE,
  RLIMIT_NPROC,
} from '../../abi/flags.ts';
import { SIG_IGN, SIGXFSZ } from '../../abi/signal.ts';
import type { Sys } from '../../abi/sys.ts';
import { readFile, sleep, writeAll, writeFile } from '../../libc/io.ts';

/** Runs `body` and shows the list that it gives. */
async function results(body: (sys: Sys) => Generator<void, unknown[], void>): Promise<string> {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    yield* writeAll(sys, 1, (yield* body(sys)).join(' '));
    return 0;
  });
  expect(k.panics).toEqual([]);
  return r.stdout;
}

test('giving up root takes the capabilities; seteuid and back keeps them', async () => {
  const shown = await results(function* (sys) {
    const caps = (): string => `${sys.credentials().effective.size > 0}/${sys.credentials().permitted.size > 0}`;
    const out: unknown[] = [caps()];
    sys.setresuid(-1, 1000, -1);
    out.push(caps());
    sys.setresuid(-1, 0, -1);
    out.push(caps());
    sys.setuid(1000);
    out.push(caps(), sys.setuid(0), sys.setgroups([1]), sys.kill(1, 15));
    return out;
  });
  expect(shown).toBe(['true/true', 'false/true', 'true/true', 'false/false', -EPERM, -EPERM, -EPERM].join(' '));
});

test('capability sets only shrink', async () => {
  const shown = await results(function* (sys) {
    const some = new Set<Capability>(['CAP_CHOWN', 'CAP_KILL']);
    const out = [sys.setcaps({ permitted: some, effective: some })];
    const more = new Set<Capability>([...some, 'CAP_SYS_ADMIN']);
    out.push(sys.setcaps({ permitted: more }), sys.setcaps({ bounding: some }));
    out.push(sys.setcaps({ noNewPrivs: true }), sys.setcaps({ noNewPrivs: false }));
    return out;
  });
  expect(shown).toBe([0, -EPERM, -EPERM, 0, -EPERM].join(' '));
});

test('files of others are closed to a user', async () => {
  const shown = await results(function* (sys) {
    yield* writeFile(sys, '/tmp/secret', 'x', 0o600);
    const out: unknown[] = [];
    sys.setresgid(1000, 1000, 1000);
    sys.setgroups([]);
    sys.setuid(1000);
    out.push(yield* readFile(sys, '/tmp/secret'), sys.access('/tmp/secret', 4));
    out.push(sys.readlink('/proc/1/cwd'), yield* readFile(sys, '/proc/1/environ'));
    return out;
  });
  expect(shown).toBe([-EACCES, -EACCES, -EACCES, -EACCES].join(' '));
});

test('limits: descriptors, file size, processes', async () => {
  const shown = await results(function* (sys) {
    const out: unknown[] = [];
    sys.setrlimit(RLIMIT_NOFILE, { soft: 4, hard: 10 });
    out.push(sys.dup(0), sys.dup(0), sys.setrlimit(RLIMIT_NOFILE, { soft: 11, hard: 10 }));
    out.push(sys.pipe2([0, 0]));
    sys.setrlimit(RLIMIT_NOFILE, { soft: 10, hard: 10 });
    sys.setrlimit(RLIMIT_FSIZE, { soft: 10, hard: 10 });
    sys.sigaction(SIGXFSZ, SIG_IGN);
    const fd = sys.open('/tmp/f', O_CREAT | O_RDWR, 0o600);
    out.push(sys.write(fd, new Uint8Array(100)), sys.write(fd, new Uint8Array(1)));
    sys.setuid(1000);
    sys.setrlimit(RLIMIT_NPROC, { soft: 2, hard: 2 });
    const child = function* (own: Sys): Generator<void, number, void> {
      yield* sleep(own, 10);
      return 0;
    };
    out.push(sys.fork(child) > 0, sys.fork(child));
    return out;
  });
  expect(shown).toBe([3, -EMFILE, -EINVAL, -EMFILE, 10, -EFBIG, true, -EAGAIN].join(' '));
});

test('fcntl and dup', async () => {
  const shown = await results(function* (sys) {
    const out: unknown[] = [];
    const fd = sys.open('/tmp/f', O_CREAT | O_RDWR, 0o600);
    out.push(sys.fcntl(fd, F_DUPFD, 20), sys.dup2(fd, 9), sys.dup2(99, 1));
    sys.fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK);
    out.push(sys.fcntl(9, F_GETFL) & (O_APPEND | O_NONBLOCK), sys.fcntl(fd, F_GETFL) & 3);
    sys.write(fd, new Uint8Array(5));
    out.push(sys.lseek(20, 0, 1), sys.lseek(20, 0, 5), sys.getpgid(9999));
    return out;
  });
  expect(shown).toBe([20, 9, -9, O_APPEND | O_NONBLOCK, 2, 5, -EINVAL, -ESRCH].join(' '));
});

test('the tracer sees every call of every task, while it is on', async () => {
  const k = await bootTestKernel();
  const seen: string[] = [];
  k.kernel.trace((task, name, args, result) => seen.push(`${task.comm} ${name}(${args.length}) = ${result}`));
  await k.run(function* (sys) {
    sys.getpid();
    sys.close(77);
    return 0;
  });
  k.kernel.trace(undefined);
  await k.run(function* (sys) {
    sys.umask(0);
    return 0;
  });
  expect(seen.filter((line) => !line.startsWith('init '))).toEqual(['test getpid(0) = 2', 'test close(1) = -9']);
});
