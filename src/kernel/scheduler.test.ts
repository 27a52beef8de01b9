import { expect, test } from 'vitest';
import { bootTestKernel } from '../../test/kernel-harness.ts';
import { BLOCKED, EAGAIN, EINTR, ETIMEDOUT } from '../abi/errno.ts';
import { O_NONBLOCK, O_RDONLY, O_WRONLY, POLLHUP, POLLIN, POLLNVAL, POLLOUT } from '../abi/flags.ts';
import { S_IFIFO } from '../abi/stat.ts';
import type { Entry, Futex } from '../abi/sys.ts';
import { WaitResult } from '../abi/wait.ts';
import { decode } from '../lib/utf8.ts';
import { futexWait, open, poll, read, readAll, sleep, waitpid, writeAll } from '../libc/io.ts';
import { pipePair } from './task/test-programs.ts';

const busy: Entry = function* (sys) {
  for (;;) if (sys.tick()) yield;
};

test('busy loops share the processor fairly', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const pids = Array.from({ length: 5 }, () => sys.fork(busy));
    yield* sleep(sys, 1000);
    const used: number[] = [];
    for (const pid of pids) {
      sys.kill(pid, 9);
      const out = new WaitResult();
      yield* waitpid(sys, pid, 0, out);
      used.push(out.userTime);
    }
    return Math.max(...used) < 1.2 * Math.min(...used) ? 0 : 1;
  });
  expect(r.status).toBe(0);
});

test('threads of one process together get the share of one', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const many = sys.fork(function* (own) {
      for (let i = 0; i < 4; i++) own.thread(busy);
      return yield* busy(own);
    });
    const one = sys.fork(busy);
    yield* sleep(sys, 1000);
    const used: number[] = [];
    for (const pid of [many, one]) {
      sys.kill(pid, 9);
      const out = new WaitResult();
      yield* waitpid(sys, pid, 0, out);
      used.push(out.userTime);
    }
    const ratio = used[0]! / used[1]!;
    return ratio > 0.8 && ratio < 1.25 ? 0 : 1;
  });
  expect(r.status).toBe(0);
});

test('with 100 busy loops a sleeper runs within 20 ms of its time', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    for (let i = 0; i < 100; i++) sys.fork(busy);
    let worst = 0;
    for (let i = 0; i < 20; i++) {
      const before = sys.now(1);
      yield* sleep(sys, 10);
      worst = Math.max(worst, sys.now(1) - before - 10);
    }
    sys.kill(-1, 9);
    return worst < 20 ? 0 : 1;
  });
  expect(r.status).toBe(0);
});

test('two that talk all the time do not starve a third', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const [a, b] = pipePair(sys);
    const [c, d] = pipePair(sys);
    const pong = (from: number, to: number): Entry =>
      function* (own) {
        const buf = new Uint8Array(1);
        for (;;) {
          yield* read(own, from, buf);
          yield* writeAll(own, to, buf);
        }
      };
    sys.fork(pong(a, d));
    sys.fork(pong(c, b));
    yield* writeAll(sys, b, 'x');
    const pid = sys.fork(function* (own) {
      for (let i = 0; i < 200_000; i++) if (own.tick()) yield;
      return 5;
    });
    const out = new WaitResult();
    yield* waitpid(sys, pid, 0, out);
    sys.kill(-1, 9);
    return out.status >> 8;
  });
  expect(r.status).toBe(5);
});

test('a loop of reads and writes without ticks is preempted', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    sys.fork(function* (own) {
      const zero = own.open('/dev/zero', O_RDONLY);
      const nothing = own.open('/dev/null', O_WRONLY);
      const buf = new Uint8Array(16);
      for (;;) {
        yield* read(own, zero, buf);
        yield* writeAll(own, nothing, buf);
      }
    });
    yield* sleep(sys, 50);
    sys.kill(-1, 9);
    return 0;
  });
  expect(r.status).toBe(0);
});

test('poll: readiness, timeout, hang-up, bad descriptors', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const [reader, writer] = pipePair(sys);
    const fds = [
      { fd: reader, events: POLLIN, revents: 0 },
      { fd: writer, events: POLLOUT, revents: 0 },
      { fd: 99, events: POLLIN, revents: 0 },
      { fd: -1, events: POLLIN, revents: 0 },
    ];
    const first = `${yield* poll(sys, fds, -1)} ${fds.map((f) => f.revents)}`;
    const only = [{ fd: reader, events: POLLIN, revents: 0 }];
    const before = sys.now(1);
    const none = yield* poll(sys, only, 250);
    const waited = Math.round(sys.now(1) - before);
    sys.fork(function* (own) {
      own.close(reader);
      yield* sleep(own, 20);
      yield* writeAll(own, writer, 'x');
      return 0;
    });
    const one = yield* poll(sys, only, 1000);
    yield* read(sys, reader, new Uint8Array(1));
    sys.close(writer);
    yield* sleep(sys, 1);
    yield* poll(sys, only, -1);
    yield* writeAll(sys, 1, `${first}; ${none} ${waited}; ${one}; ${only[0]!.revents}`);
    return 0;
  });
  expect(r.stdout).toBe(`2 0,${POLLOUT},${POLLNVAL},0; 0 250; 1; ${POLLHUP}`);
});

test('futex: wake, other value, timeout', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const word: Futex = { value: 0 };
    const results: number[] = [];
    for (let i = 0; i < 3; i++) {
      sys.thread(function* (own) {
        results.push(yield* futexWait(own, word, 0));
        return 0;
      });
    }
    const other = yield* futexWait(sys, word, 7);
    const late = yield* futexWait(sys, word, 0, 50);
    const woken = sys.futexWake(word, 2);
    yield* sleep(sys, 1);
    yield* writeAll(sys, 1, `${other === -EAGAIN} ${late === -ETIMEDOUT} ${woken} ${results}`);
    return 0;
  });
  expect(r.stdout).toBe('true true 2 0,0');
});

test('a pipe holds 64 KiB and then the writer waits; small writes are whole', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const [reader, writer] = pipePair(sys, O_NONBLOCK);
    const first = sys.write(writer, new Uint8Array(100_000));
    yield* read(sys, reader, new Uint8Array(1000));
    const whole = sys.write(writer, new Uint8Array(2000));
    yield* writeAll(sys, 1, `${first} ${whole === -EAGAIN} ${sys.fionread(reader)}`);
    return 0;
  });
  expect(r.stdout).toBe('65536 true 64536');
});

test('a fifo joins two that open it, in either order', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    sys.mknod('/tmp/fifo', S_IFIFO | 0o644, 0);
    const nobody = sys.open('/tmp/fifo', O_WRONLY | O_NONBLOCK);
    sys.fork(function* (own) {
      const fd = yield* open(own, '/tmp/fifo', O_WRONLY);
      yield* writeAll(own, fd, 'through');
      return 0;
    });
    yield* sleep(sys, 5);
    const all = yield* readAll(sys, yield* open(sys, '/tmp/fifo', O_RDONLY));
    let ran = false;
    sys.sigaction(14, () => {
      ran = true;
    });
    sys.alarm(10);
    const interrupted = yield* open(sys, '/tmp/fifo', O_RDONLY);
    yield* writeAll(
      sys,
      1,
      `${nobody} ${typeof all === 'number' ? all : decode(all)} ${interrupted === -EINTR} ${ran}`,
    );
    return 0;
  });
  expect(r.stdout).toBe('-6 through true true');
  expect(BLOCKED).toBeLessThan(0);
});

test('the virtual clock waits for what is under way outside', async () => {
  const k = await bootTestKernel();
  const release = k.kernel.hold();
  let over = false;
  const end = k.run(function* (sys) {
    yield* sleep(sys, 1000);
    over = true;
    return 0;
  });
  await k.settle(1);
  expect(over).toBe(false);
  release();
  await end;
  expect(over).toBe(true);
});

test('the order of tasks does not depend on how fast the host is', async () => {
  const trace = async (speed: number): Promise<string> => {
    let host = 0;
    // a host clock that runs ahead by itself: turns end at other places
    const k = await bootTestKernel({ hostClock: () => (host += speed) });
    const r = await k.run(function* (sys) {
      let seen = '';
      for (let i = 0; i < 4; i++) {
        sys.fork(function* (own) {
          for (let n = 0; n < 40_000; n++) {
            if (n % 5000 === 0) seen += i;
            if (own.tick()) yield;
          }
          return 0;
        });
      }
      const out = new WaitResult();
      for (let i = 0; i < 4; i++) yield* waitpid(sys, -1, 0, out);
      yield* writeAll(sys, 1, `${seen} ${sys.now(1)}`);
      return 0;
    });
    return r.stdout;
  };
  const slow = await trace(3);
  expect(slow).toMatch(/^\d{32} /);
  expect(await trace(0.001)).toBe(slow);
  expect(await trace(0.7)).toBe(slow);
});

test('RLIMIT_CPU ends a loop', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    sys.setrlimit(0, { soft: 1, hard: 2 });
    for (;;) if (sys.tick()) yield;
  });
  expect(r.status).toBe(128 + 24);
});
