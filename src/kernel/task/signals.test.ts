import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { BLOCKED, EINTR, ESRCH } from '../../abi/errno.ts';
import { WCONTINUED, WNOHANG, WUNTRACED } from '../../abi/flags.ts';
import {
  SA_NOCLDWAIT,
  SA_RESTART,
  SIG_DFL,
  SIG_IGN,
  SIGALRM,
  SIGCHLD,
  SIGCONT,
  SIGINT,
  SIGKILL,
  SIGPIPE,
  SIGSEGV,
  SIGSTOP,
  SIGTERM,
  SIGUSR1,
} from '../../abi/signal.ts';
import type { Entry, Sys } from '../../abi/sys.ts';
import { CONTINUED_STATUS, stoppedStatus, WaitResult } from '../../abi/wait.ts';
import { read, sleep, waitpid, writeAll } from '../../libc/io.ts';
import { pipePair } from './test-programs.ts';

const sleeper: Entry = function* (sys) {
  yield* sleep(sys, 1e9);
  return 0;
};

function* statusOf(sys: Sys, pid: number, options = 0): Generator<void, number, void> {
  const out = new WaitResult();
  yield* waitpid(sys, pid, options, out);
  return out.status;
}

test.each([
  ['SIGTERM ends', SIGTERM, 15],
  ['SIGSEGV dumps core', SIGSEGV, 11 | 0x80],
  ['SIGKILL ends', SIGKILL, 9],
  ['SIGCHLD is ignored by default', SIGCHLD, 0],
])('default action: %s', async (_, signal, status) => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const pid = sys.fork(function* (child) {
      yield* sleep(child, 1000);
      return 0;
    });
    yield* sleep(sys, 10);
    sys.kill(pid, signal);
    yield* writeAll(sys, 1, String(yield* statusOf(sys, pid)));
    return 0;
  });
  expect(r.stdout).toBe(String(status));
});

test('stop and continue are reported to the parent', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const pid = sys.fork(sleeper);
    sys.kill(pid, SIGSTOP);
    const stopped = yield* statusOf(sys, pid, WUNTRACED);
    const out = new WaitResult();
    const nothing = sys.waitpid(pid, WUNTRACED | WNOHANG, out);
    sys.kill(pid, SIGCONT);
    const continued = yield* statusOf(sys, pid, WCONTINUED);
    sys.kill(pid, SIGSTOP);
    yield* statusOf(sys, pid, WUNTRACED);
    sys.kill(pid, SIGTERM);
    yield* sleep(sys, 100);
    const still = sys.waitpid(pid, WNOHANG, out);
    sys.kill(pid, SIGKILL);
    const killed = yield* statusOf(sys, pid);
    return stopped === stoppedStatus(SIGSTOP) &&
      nothing === 0 &&
      continued === CONTINUED_STATUS &&
      still === 0 &&
      killed === 9
      ? 0
      : 1;
  });
  expect(r.status).toBe(0);
});

test.each([
  ['without SA_RESTART a read ends with EINTR', 0, -EINTR],
  ['with SA_RESTART it goes on', SA_RESTART, 3],
])('%s', async (_, flags, result) => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const [reader, writer] = pipePair(sys);
    let seen = 0;
    sys.sigaction(SIGUSR1, () => seen++, flags);
    const parent = sys.getpid();
    sys.fork(function* (child) {
      yield* sleep(child, 10);
      child.kill(parent, SIGUSR1);
      yield* sleep(child, 10);
      yield* writeAll(child, writer, 'abc');
      return 0;
    });
    const n = yield* read(sys, reader, new Uint8Array(10));
    return n === result && seen === 1 ? 0 : 1;
  });
  expect(r.status).toBe(0);
});

test('a handler ends a sleep and pause even with SA_RESTART', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    sys.sigaction(SIGALRM, () => {}, SA_RESTART);
    sys.alarm(50, 30);
    const first = yield* sleep(sys, 1000);
    let paused: number;
    while ((paused = sys.pause()) === BLOCKED) yield;
    const left = sys.alarm(0);
    return first === -EINTR && paused === -EINTR && left > 20 && left <= 30 ? 0 : 1;
  });
  expect(r.status).toBe(0);
});

test('a blocked signal waits; sigsuspend lets it in', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const seen: number[] = [];
    sys.sigaction(SIGINT, (s) => seen.push(s));
    sys.sigprocmask('block', [SIGINT]);
    sys.kill(sys.getpid(), SIGINT);
    yield* sleep(sys, 10);
    const before = seen.length;
    let r: number;
    while ((r = sys.pause([])) === BLOCKED) yield;
    const masked = sys.sigprocmask('block', []).has(SIGINT);
    return before === 0 && seen.length === 1 && r === -EINTR && masked ? 0 : 1;
  });
  expect(r.status).toBe(0);
});

test('SIGPIPE ends a writer; ignored, it gets EPIPE', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const [reader, writer] = pipePair(sys);
    sys.close(reader);
    const child: Entry = function* (own) {
      own.write(writer, new Uint8Array(1));
      return 0;
    };
    const killed = yield* statusOf(sys, sys.fork(child));
    sys.sigaction(SIGPIPE, SIG_IGN);
    const error = sys.write(writer, new Uint8Array(1));
    return killed === SIGPIPE && error === -32 ? 0 : 1;
  });
  expect(r.status).toBe(0);
});

test('a process that kills itself runs no further', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    sys.kill(sys.getpid(), SIGTERM);
    yield* writeAll(sys, 1, 'never');
    return 0;
  });
  expect(r).toMatchObject({ status: 143, stdout: '' });
});

test('a handler of a signal to oneself has run when kill returns', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    let seen = 0;
    sys.sigaction(SIGUSR1, () => seen++);
    sys.kill(sys.getpid(), SIGUSR1);
    return seen;
  });
  expect(r.status).toBe(1);
});

test('finally blocks of a killed program run with a dead Sys, and what they wait for is abandoned', async () => {
  const k = await bootTestKernel();
  const results: number[] = [];
  const r = await k.run(function* (sys) {
    const pid = sys.fork(function* (child) {
      try {
        yield* sleep(child, 1e9);
      } finally {
        results.push(child.write(1, new Uint8Array(1)));
        yield;
        results.push(1);
      }
      return 0;
    });
    yield* sleep(sys, 1);
    sys.kill(pid, SIGKILL);
    return (yield* statusOf(sys, pid)) === SIGKILL ? 0 : 1;
  });
  expect(r).toMatchObject({ status: 0, stdout: '' });
  expect(results).toEqual([-ESRCH]);
  expect(k.panics).toEqual([]);
});

test('zombies stay until they are waited for; SIGCHLD comes; SA_NOCLDWAIT leaves none', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    let children = 0;
    sys.sigaction(SIGCHLD, () => children++);
    const pid = sys.fork(function* () {
      return 4;
    });
    yield* sleep(sys, 10);
    const there = sys.kill(pid, 0);
    const status = yield* statusOf(sys, pid);
    const gone = sys.kill(pid, 0);
    sys.sigaction(SIGCHLD, SIG_DFL, SA_NOCLDWAIT);
    const next = sys.fork(function* () {
      return 0;
    });
    yield* sleep(sys, 10);
    const left = sys.waitpid(next, 0, new WaitResult());
    return children === 1 && there === 0 && status === 4 << 8 && gone === -ESRCH && left === -10 ? 0 : 1;
  });
  expect(r.status).toBe(0);
});

test('an orphan goes to init, or to a subreaper', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const orphan = function* (child: Sys): Generator<void, number, void> {
      child.fork(function* (grandchild) {
        yield* sleep(grandchild, 100);
        return grandchild.getppid() === 1 ? 1 : 2;
      });
      return 0;
    };
    yield* statusOf(sys, sys.fork(orphan));
    sys.prctl('subreaper', 1);
    yield* statusOf(sys, sys.fork(orphan));
    const adopted = yield* statusOf(sys, -1);
    return adopted >> 8;
  });
  expect(r.status).toBe(2);
});
