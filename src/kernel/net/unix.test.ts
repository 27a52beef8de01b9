import { describe, expect, test } from 'vitest';
import { BLOCKED, EADDRINUSE, EAGAIN, ECONNREFUSED, ECONNRESET, EPIPE } from '../../abi/errno.ts';
import { POLLHUP, POLLIN, POLLOUT } from '../../abi/flags.ts';
import { AF_UNIX, SHUT_WR, SOCK_DGRAM, SOCK_STREAM } from '../../abi/socket.ts';
import { accepted, bytes, open, ROOT, readText, Testbed, USER } from './testbed.ts';

const at = (path: string) => ({ family: AF_UNIX, path }) as const;

function server(bed: Testbed, node: object, backlog = 5) {
  const socket = open(bed.stack.initial, SOCK_STREAM, AF_UNIX);
  expect(socket.bind(ROOT, at('/run/x.sock'), node)).toBe(0);
  expect(socket.listen(backlog)).toBe(0);
  return socket;
}

describe('streams', () => {
  test('a path from any network namespace, with credentials and names', () => {
    const bed = new Testbed();
    const node = {};
    const listening = server(bed, node);
    const client = open(bed.stack.createNamespace(), SOCK_STREAM, AF_UNIX);
    expect(client.connect(USER, false, at('/x.sock'), node)).toBe(0);
    const peer = accepted(listening);
    expect(peer.peercred()).toEqual({ pid: 2, uid: 1000, gid: 1000 });
    expect(client.peercred()).toEqual({ pid: 1, uid: 0, gid: 0 });
    expect(client.getpeername()).toEqual(at('/run/x.sock'));
    expect(peer.getpeername()).toEqual(at(''));
    client.write(USER, false, bytes('GET'));
    expect(readText(peer)).toBe('GET');
    client.shutdown(SHUT_WR);
    expect(readText(peer)).toBe('');
    expect(peer.write(ROOT, false, bytes('200'))).toBe(3);
    peer.close();
    expect(readText(client)).toBe('200');
    expect(readText(client)).toBe('');
    expect(client.poll() & POLLHUP).toBe(POLLHUP);
    client.close();
    listening.close();
    expect(bed.stack.counts().sockets).toBe(0);
  });

  test('refused after the listener is gone, or before it listens', () => {
    const bed = new Testbed();
    const node = {};
    const listening = server(bed, node);
    listening.close();
    const client = open(bed.stack.initial, SOCK_STREAM, AF_UNIX);
    expect(client.connect(ROOT, false, at('/x'), node)).toBe(-ECONNREFUSED);
    expect(client.connect(ROOT, false, at('/x'), {})).toBe(-ECONNREFUSED);
  });

  test('a full backlog makes connect wait', () => {
    const bed = new Testbed();
    const node = {};
    const listening = server(bed, node, 0);
    const ns = bed.stack.initial;
    expect(open(ns, SOCK_STREAM, AF_UNIX).connect(ROOT, false, at('/x'), node)).toBe(0);
    const second = open(ns, SOCK_STREAM, AF_UNIX);
    expect(second.connect(ROOT, true, at('/x'), node)).toBe(-EAGAIN);
    expect(second.connect(ROOT, false, at('/x'), node)).toBe(BLOCKED);
    accepted(listening);
    expect(second.connect(ROOT, false, at('/x'), node)).toBe(0);
  });

  test('back-pressure, reset and broken pipe', () => {
    const bed = new Testbed();
    const ends = bed.stack.initial.socketpair(ROOT, AF_UNIX, SOCK_STREAM);
    if (typeof ends === 'number') throw new Error('socketpair');
    const [a, b] = ends;
    let sent = 0;
    for (let n: number; (n = a.write(ROOT, true, new Uint8Array(50_000))) > 0; ) sent += n;
    expect(sent).toBe(212_992);
    expect(a.poll() & POLLOUT).toBe(0);
    expect(b.available()).toBe(sent);
    b.read(ROOT, true, new Uint8Array(100_000));
    expect(a.poll() & POLLOUT).toBe(POLLOUT);
    b.close();
    expect(readText(a)).toBe(-ECONNRESET);
    expect(readText(a)).toBe('');
    expect(a.write(ROOT, true, bytes('x'))).toBe(-EPIPE);
  });

  test('abstract names belong to the network namespace', () => {
    const bed = new Testbed();
    const name = at('\0name');
    const socket = open(bed.stack.initial, SOCK_STREAM, AF_UNIX);
    expect(socket.bind(ROOT, name)).toBe(0);
    expect(open(bed.stack.initial, SOCK_STREAM, AF_UNIX).bind(ROOT, name)).toBe(-EADDRINUSE);
    expect(open(bed.stack.createNamespace(), SOCK_STREAM, AF_UNIX).bind(ROOT, name)).toBe(0);
    socket.listen(1);
    expect(open(bed.stack.initial, SOCK_STREAM, AF_UNIX).connect(ROOT, false, name)).toBe(0);
  });
});

test('datagrams keep their borders, and wait for room', () => {
  const bed = new Testbed();
  const node = {};
  const log = open(bed.stack.initial, SOCK_DGRAM, AF_UNIX);
  expect(log.bind(ROOT, at('/dev/log'), node)).toBe(0);
  const client = open(bed.stack.initial, SOCK_DGRAM, AF_UNIX);
  expect(client.sendto(ROOT, true, bytes('one'), at('/dev/log'), node)).toBe(3);
  expect(client.connect(ROOT, true, at('/dev/log'), node)).toBe(0);
  expect(client.write(ROOT, true, bytes('two'))).toBe(3);
  expect(log.poll() & POLLIN).toBe(POLLIN);
  expect(readText(log)).toBe('one');
  expect(readText(log, 2)).toBe('tw');
  expect(readText(log)).toBe(-EAGAIN);
  while (client.write(ROOT, true, new Uint8Array(10_000)) > 0);
  expect(client.write(ROOT, false, new Uint8Array(10_000))).toBe(BLOCKED);
  log.close();
  expect(client.write(ROOT, true, bytes('x'))).toBe(-ECONNREFUSED);
});

test('a stream that callbacks drive', () => {
  const bed = new Testbed();
  const node = {};
  const listening = server(bed, node);
  const stream = bed.stack.initial.hostConnectUnix(node);
  if (typeof stream === 'number') throw new Error('connect');
  const got: string[] = [];
  stream.onReadable = () => {
    for (let part; (part = stream.read(4)) instanceof Uint8Array && part.length > 0; )
      got.push(String.fromCharCode(...part));
  };
  const peer = accepted(listening);
  expect(stream.write(bytes('hi'))).toBe(2);
  expect(readText(peer)).toBe('hi');
  peer.write(ROOT, true, bytes('answer'));
  expect(got).toEqual(['answ', 'er']);
  let writable = 0;
  while (stream.write(new Uint8Array(100_000)) > 0);
  stream.onWritable = () => writable++;
  peer.read(ROOT, true, new Uint8Array(200_000));
  expect(writable).toBeGreaterThan(0);
  stream.destroy();
  expect(peer.poll() & POLLHUP).toBe(POLLHUP);
});
