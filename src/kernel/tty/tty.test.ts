import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { BLOCKED, EIO } from '../../abi/errno.ts';
import { O_RDWR, WUNTRACED } from '../../abi/flags.ts';
import { SIG_IGN, SIGCONT, SIGHUP, SIGINT, SIGTTOU, SIGWINCH } from '../../abi/signal.ts';
import type { Entry, Sys } from '../../abi/sys.ts';
import { ICANON, makeRaw, type Termios, TOSTOP, VMIN, VTIME, type Winsize } from '../../abi/termios.ts';
import { WaitResult, wifstopped, wstopsig } from '../../abi/wait.ts';
import { decode } from '../../lib/utf8.ts';
import { open, read, readAll, waitpid, writeAll } from '../../libc/io.ts';

/** Prints what each read gives, in JSON, until the end of input. */
const lines: Entry = function* (sys) {
  const buf = new Uint8Array(4096);
  for (;;) {
    const n = yield* read(sys, 0, buf);
    if (n <= 0) {
      yield* writeAll(sys, 1, `end ${n}\n`);
      return 0;
    }
    yield* writeAll(sys, 1, `${JSON.stringify(decode(buf, 0, n))}\n`);
  }
};

function* setRaw(sys: Sys, min = 1, time = 0): Generator<void, void, void> {
  const raw = makeRaw(sys.tcgetattr(0) as Termios);
  raw.cc[VMIN] = min;
  raw.cc[VTIME] = time;
  while (sys.tcsetattr(0, 0, raw) === BLOCKED) yield;
}

test.each([
  ['a line with echo', 'hi\r', 'hi\r\n"hi\\n"\r\n'],
  ['erase', 'abc\x7f\x7fx\r', 'abc\b \b\b \bx\r\n"ax\\n"\r\n'],
  ['erase of a wide character', '中\x7fx\r', '中\b \b\b \bx\r\n"x\\n"\r\n'],
  ['erase of a control character', 'a\x16\x01\x7f\r', 'a^\b^A\b \b\b \b\r\n"a\\n"\r\n'],
  ['kill', 'abc\x15d\r', 'abc\b \b\b \b\b \bd\r\n"d\\n"\r\n'],
  ['word erase', 'one two \x17x\r', 'one two \b \b\b \b\b \b\b \bx\r\n"one x\\n"\r\n'],
  ['reprint', 'ab\x12c\r', 'ab^R\r\nabc\r\n"abc\\n"\r\n'],
  ['end of file after text', 'ab\x04\x04', 'ab"ab"\r\nend 0\r\n'],
  ['end of file', '\x04', 'end 0\r\n'],
  ['control characters are shown', '\x01\x1b\r', '^A^[\r\n"\\u0001\\u001b\\n"\r\n'],
])('canonical mode: %s', async (_, typed, screen) => {
  const k = await bootTestKernel({ programs: { lines } });
  const t = k.terminal();
  void k.runOn(t, '/bin/lines').catch(() => {});
  await k.settle();
  t.type(typed);
  await k.settle();
  expect(t.screen()).toBe(screen);
});

test('type-ahead is read line by line', async () => {
  const k = await bootTestKernel({ programs: { lines } });
  const t = k.terminal();
  void k.runOn(t, '/bin/lines').catch(() => {});
  await k.settle();
  t.type('a\rb\rc');
  await k.settle();
  expect(t.screen()).toBe('a\r\nb\r\nc"a\\n"\r\n"b\\n"\r\n');
});

test('^C echoes, drops queued input and output, and ends the foreground group', async () => {
  const k = await bootTestKernel();
  const t = k.terminal();
  const end = k.runOn(t, function* (sys) {
    for (;;) {
      if (sys.write(1, new Uint8Array(1000).fill(120)) === BLOCKED) yield;
    }
  });
  t.pty.setWindow(100);
  await k.settle();
  expect(t.pty.pending()).toBeGreaterThan(30_000);
  t.type('\x03');
  expect(t.pty.pending()).toBe(2);
  t.pty.setWindow(1000);
  expect(t.screen().endsWith('x^C')).toBe(true);
  expect(await end).toBe(130);
});

test('raw mode gives bytes as they come; MIN and TIME', async () => {
  const k = await bootTestKernel();
  const t = k.terminal();
  const end = k.runOn(t, function* (sys) {
    const buf = new Uint8Array(100);
    yield* setRaw(sys);
    yield* writeAll(sys, 1, 'ready\n');
    const one = yield* read(sys, 0, buf);
    yield* writeAll(sys, 1, `${one}:${buf[0]};`);
    yield* setRaw(sys, 0, 5);
    const before = sys.now(1);
    const none = yield* read(sys, 0, buf);
    yield* writeAll(sys, 1, `${none} after ${Math.round(sys.now(1) - before)} ms;`);
    yield* setRaw(sys, 0, 0);
    yield* writeAll(sys, 1, `${yield* read(sys, 0, buf)}`);
    return 0;
  });
  await t.expect('ready\n');
  t.type('\r');
  expect(await end).toBe(0);
  expect(t.screen()).toBe('ready\n1:13;0 after 500 ms;0');
});

test('^S stops output, ^Q lets it go on', async () => {
  const k = await bootTestKernel({ programs: { lines } });
  const t = k.terminal();
  void k.runOn(t, '/bin/lines').catch(() => {});
  await k.settle();
  t.type('\x13a\r');
  await k.settle();
  expect(t.screen()).toBe('');
  t.type('\x11');
  await k.settle();
  expect(t.screen()).toBe('a\r\n"a\\n"\r\n');
});

function showSize(sys: Sys): string {
  const { rows, cols } = sys.tiocgwinsz(0) as Winsize;
  return `${rows}x${cols}`;
}

test('a resize tells the foreground group', async () => {
  const k = await bootTestKernel();
  const t = k.terminal({ rows: 24, cols: 80 });
  const end = k.runOn(t, function* (sys) {
    let seen = false;
    sys.sigaction(SIGWINCH, () => {
      seen = true;
    });
    yield* writeAll(sys, 1, `${showSize(sys)}\n`);
    while (!seen) {
      sys.pause();
      yield;
    }
    yield* writeAll(sys, 1, `${showSize(sys)}\n`);
    return 0;
  });
  await t.expect('\n');
  await k.settle();
  t.pty.resize(100, 40);
  await end;
  expect(t.screen()).toBe('24x80\r\n40x100\r\n');
});

test('closing the master hangs up', async () => {
  const k = await bootTestKernel();
  const t = k.terminal();
  const end = k.runOn(t, function* (sys) {
    const got: number[] = [];
    sys.sigaction(SIGHUP, (s) => got.push(s));
    sys.sigaction(SIGCONT, (s) => got.push(s));
    yield* writeAll(sys, 1, 'ready');
    const buf = new Uint8Array(10);
    const after = yield* read(sys, 0, buf);
    const written = sys.write(1, buf);
    return after === 0 && written === -EIO && got.join() === '1,18' ? 0 : 1;
  });
  await t.expect('ready');
  await k.settle();
  t.pty.close();
  expect(await end).toBe(0);
});

/** A child in a group of its own, behind the shell's. */
function* background(sys: Sys, child: Entry): Generator<void, string, void> {
  const pid = sys.fork(child);
  sys.setpgid(pid, pid);
  const out = new WaitResult();
  yield* waitpid(sys, pid, WUNTRACED, out);
  const first = wifstopped(out.status) ? `stopped ${wstopsig(out.status)}` : `status ${out.status}`;
  if (!wifstopped(out.status)) return first;
  sys.sigaction(SIGTTOU, SIG_IGN);
  sys.tcsetpgrp(0, pid);
  sys.kill(-pid, SIGCONT);
  yield* waitpid(sys, pid, 0, out);
  sys.tcsetpgrp(0, sys.getpgid(0));
  return `${first}, then ${out.status}`;
}

test('a background read stops the group until it is brought to the foreground', async () => {
  const k = await bootTestKernel();
  const t = k.terminal();
  const end = k.runOn(t, function* (sys) {
    const r = yield* background(sys, function* (child) {
      const buf = new Uint8Array(10);
      const n = yield* read(child, 0, buf);
      return n === 2 ? 7 : 1;
    });
    yield* writeAll(sys, 1, r);
    return 0;
  });
  await k.settle();
  t.type('x\r');
  await end;
  expect(t.screen()).toBe('x\r\nstopped 21, then 1792');
});

test('a background write is stopped by TOSTOP only', async () => {
  const k = await bootTestKernel();
  const t = k.terminal();
  await k.runOn(t, function* (sys) {
    const say: Entry = function* (child) {
      yield* writeAll(child, 1, 'bg;');
      return 0;
    };
    yield* writeAll(sys, 1, `${yield* background(sys, say)};`);
    const termios = sys.tcgetattr(0) as Termios;
    termios.lflag |= TOSTOP;
    sys.tcsetattr(0, 0, termios);
    yield* writeAll(sys, 1, `${yield* background(sys, say)}`);
    return 0;
  });
  expect(t.screen()).toBe('bg;status 0;bg;stopped 22, then 0');
});

test('^Z stops a foreground job', async () => {
  const k = await bootTestKernel();
  const t = k.terminal();
  const end = k.runOn(t, function* (sys) {
    sys.sigaction(SIGTTOU, SIG_IGN);
    const pid = sys.fork(function* (child) {
      while (child.sleep(1e9) === BLOCKED) yield;
      return 0;
    });
    sys.setpgid(pid, pid);
    sys.tcsetpgrp(0, pid);
    yield* writeAll(sys, 1, 'ready');
    const out = new WaitResult();
    yield* waitpid(sys, pid, WUNTRACED, out);
    sys.tcsetpgrp(0, sys.getpgid(0));
    sys.kill(pid, 9);
    yield* waitpid(sys, pid, 0, out);
    return out.status;
  });
  const release = k.kernel.hold();
  await t.expect('ready');
  await k.settle(1);
  t.type('\x1a');
  release();
  expect(await end).toBe(9);
  expect(t.screen()).toBe('ready^Z');
});

test('/dev/tty, ttyname and the session', async () => {
  const k = await bootTestKernel();
  const t = k.terminal();
  await k.runOn(t, function* (sys) {
    const tty = yield* open(sys, '/dev/tty', O_RDWR);
    yield* writeAll(sys, tty, `${sys.ttyname(0)} ${sys.isatty(tty)} ${sys.tcgetpgrp(0) === sys.getpgid(0)}`);
    return 0;
  });
  expect(t.screen()).toBe('/dev/pts/0 true true');
  const r = await k.run(function* (sys) {
    return -(yield* open(sys, '/dev/tty', O_RDWR));
  });
  expect(r.status).toBe(6);
});

test('the death of the session leader sends SIGHUP to the foreground group', async () => {
  const k = await bootTestKernel();
  const t = k.terminal();
  await k.runOn(t, function* (sys) {
    sys.fork(function* (child) {
      child.sigaction(SIGINT, SIG_IGN);
      while (child.sleep(1e9) === BLOCKED) yield;
      return 0;
    });
    return 0;
  });
  await k.settle();
  expect(k.kernel.tasks).toBe(1);
});

test('a program drives a pty of its own', async () => {
  const k = await bootTestKernel({ programs: { lines } });
  const r = await k.run(function* (sys) {
    const master = yield* open(sys, '/dev/ptmx', O_RDWR);
    const name = sys.ptsname(master) as string;
    const pid = sys.fork(function* (child) {
      child.setsid();
      const fd = yield* open(child, name, O_RDWR);
      for (const to of [0, 1, 2]) child.dup2(fd, to);
      child.close(fd);
      child.close(master);
      while (child.execve('/bin/lines', ['lines'], []) === BLOCKED) yield;
      return 1;
    });
    yield* writeAll(sys, master, 'q\r\x04');
    const all = yield* readAll(sys, master);
    const out = new WaitResult();
    yield* waitpid(sys, pid, 0, out);
    yield* writeAll(sys, 1, `${typeof all === 'number' ? all : decode(all)} ${name} ${out.status}`);
    return 0;
  });
  expect(r.stdout).toBe(`${-EIO} /dev/pts/0 0`);
  expect(k.panics).toEqual([]);
});

test('leaving canonical mode makes a half-typed line readable', async () => {
  const k = await bootTestKernel();
  const t = k.terminal();
  const end = k.runOn(t, function* (sys) {
    while (sys.sleep(1) === BLOCKED) yield;
    const termios = sys.tcgetattr(0) as Termios;
    termios.lflag &= ~ICANON;
    sys.tcsetattr(0, 0, termios);
    const buf = new Uint8Array(10);
    return yield* read(sys, 0, buf);
  });
  t.type('abc');
  expect(await end).toBe(3);
});
