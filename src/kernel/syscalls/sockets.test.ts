import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { EADDRINUSE, ECONNREFUSED, EINTR, ENOENT, EPIPE } from '../../abi/errno.ts';
import { SIG_IGN, SIGALRM, SIGPIPE } from '../../abi/signal.ts';
import { AF_INET, AF_UNIX, SOCK_STREAM, type SockAddr } from '../../abi/socket.ts';
import { isSocket, Stat } from '../../abi/stat.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { accept, connect, read, sleep, writeAll } from '../../libc/io.ts';

const at = (path: string): SockAddr => ({ family: AF_UNIX, path });
const port = (n: number): SockAddr => ({ family: AF_INET, addr: '127.0.0.1', port: n });

test.each([
  ['unix', AF_UNIX, at('/tmp/sock')],
  ['tcp', AF_INET, port(80)],
])('a %s server and its client', async (_, family, address) => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const server = sys.socket(family, SOCK_STREAM);
    sys.bind(server, address);
    sys.listen(server, 5);
    sys.fork(function* (child) {
      const fd = child.socket(family, SOCK_STREAM);
      yield* connect(child, fd, address);
      yield* writeAll(child, fd, 'question');
      const buf = new Uint8Array(100);
      const n = yield* read(child, fd, buf);
      yield* writeAll(child, 1, decode(buf, 0, n));
      return 0;
    });
    const fd = yield* accept(sys, server);
    const buf = new Uint8Array(100);
    const n = yield* read(sys, fd, buf);
    yield* writeAll(sys, fd, `answer to ${decode(buf, 0, n)}`);
    yield* sleep(sys, 10);
    return 0;
  });
  expect(r).toMatchObject({ status: 0, stdout: 'answer to question' });
  expect(k.panics).toEqual([]);
});

test('errors of unix sockets', async () => {
  const k = await bootTestKernel({ files: { '/tmp/file': '' } });
  const r = await k.run(function* (sys) {
    const fd = sys.socket(AF_UNIX, SOCK_STREAM);
    const missing = yield* connect(sys, fd, at('/tmp/none'));
    const file = yield* connect(sys, fd, at('/tmp/file'));
    const taken = sys.bind(fd, at('/tmp/file'));
    const bound = sys.bind(fd, at('/tmp/sock'));
    const st = new Stat();
    sys.stat('/tmp/sock', st);
    const quiet = yield* connect(sys, sys.socket(AF_UNIX, SOCK_STREAM), at('/tmp/sock'));
    yield* writeAll(
      sys,
      1,
      `${[missing, file, taken, bound, quiet]} ${isSocket(st.mode)} ${sys.readlink(`/proc/self/fd/${fd}`)}`,
    );
    return 0;
  });
  expect(r.stdout).toMatch(
    new RegExp(`^${[-ENOENT, -ECONNREFUSED, -EADDRINUSE, 0, -ECONNREFUSED]} true socket:\\[\\d+\\]$`),
  );
});

test('a waiting accept is interrupted; a closed peer means EPIPE', async () => {
  const k = await bootTestKernel();
  const r = await k.run(function* (sys) {
    const server = sys.socket(AF_UNIX, SOCK_STREAM);
    sys.bind(server, at('/tmp/sock'));
    sys.listen(server, 5);
    sys.sigaction(SIGALRM, () => {});
    sys.alarm(10);
    const interrupted = yield* accept(sys, server);
    const ends = [0, 0];
    sys.socketpair(AF_UNIX, SOCK_STREAM, ends);
    sys.close(ends[1]!);
    sys.sigaction(SIGPIPE, SIG_IGN);
    const broken = sys.write(ends[0]!, encode('x'));
    return interrupted === -EINTR && broken === -EPIPE ? 0 : 1;
  });
  expect(r.status).toBe(0);
});

test('the host connects to a unix socket from outside', async () => {
  const k = await bootTestKernel();
  const end = k.run(function* (sys) {
    const server = sys.socket(AF_UNIX, SOCK_STREAM);
    sys.bind(server, at('/run/x.sock'));
    sys.listen(server, 5);
    const fd = yield* accept(sys, server);
    const buf = new Uint8Array(100);
    const n = yield* read(sys, fd, buf);
    yield* writeAll(sys, fd, `${decode(buf, 0, n)}!`);
    return 0;
  });
  const release = k.kernel.hold();
  await k.settle(1);
  expect(k.kernel.connectUnix('/run/none')).toBe(-ENOENT);
  const stream = k.kernel.connectUnix('/run/x.sock');
  if (typeof stream === 'number') throw new Error(String(stream));
  stream.write(encode('hi'));
  await k.settle(1);
  const answer = stream.read(100);
  expect(answer instanceof Uint8Array && decode(answer)).toBe('hi!');
  release();
  expect((await end).status).toBe(0);
});
