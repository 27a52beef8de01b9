import { describe, expect, test } from 'vitest';
import {
  BLOCKED,
  EACCES,
  EADDRINUSE,
  EADDRNOTAVAIL,
  EAGAIN,
  ECONNREFUSED,
  ECONNRESET,
  EHOSTUNREACH,
  EINPROGRESS,
  ENETUNREACH,
  EPIPE,
  ETIMEDOUT,
} from '../../abi/errno.ts';
import { POLLHUP, POLLIN, POLLOUT } from '../../abi/flags.ts';
import { AF_INET6, SHUT_WR, SO_LINGER, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET } from '../../abi/socket.ts';
import { accepted, bytes, inet, listener, open, ROOT, readText, Testbed, USER } from './testbed.ts';

const loop = () => {
  const bed = new Testbed();
  const ns = bed.stack.initial;
  return { bed, ns };
};

function pair(bed: Testbed, port = 80) {
  const ns = bed.stack.initial;
  const server = listener(ns, port);
  const client = open(ns);
  expect(client.connect(ROOT, false, inet('127.0.0.1', port))).toBe(0);
  return { server, client, peer: accepted(server) };
}

describe('a connection over loopback', () => {
  test('carries bytes both ways and ends in order', () => {
    const { bed } = loop();
    const { server, client, peer } = pair(bed);
    expect(client.write(ROOT, false, bytes('hello'))).toBe(5);
    expect(readText(peer)).toBe('hello');
    expect(peer.write(ROOT, false, bytes('world'))).toBe(5);
    expect(client.shutdown(SHUT_WR)).toBe(0);
    expect(readText(peer)).toBe('');
    expect(readText(client)).toBe('world');
    peer.close();
    expect(readText(client)).toBe('');
    expect(client.poll() & POLLHUP).toBe(POLLHUP);
    client.close();
    server.close();
    expect(bed.stack.counts()).toMatchObject({ sockets: 0, connections: 0 });
    expect(bed.timers).toBe(0);
  });

  test('has names at both ends', () => {
    const { bed } = loop();
    const { client, peer } = pair(bed);
    const name = client.getsockname();
    expect(peer.getpeername()).toEqual(name);
    expect(client.getpeername()).toEqual(inet('127.0.0.1', 80));
    expect(name).toMatchObject({ addr: '127.0.0.1' });
    const { port } = name as { port: number };
    expect(port).toBeGreaterThanOrEqual(32768);
    expect(port).toBeLessThanOrEqual(60999);
  });

  test('holds a writer back until the reader has read', () => {
    const { bed } = loop();
    const { client, peer } = pair(bed);
    const chunk = new Uint8Array(100_000).fill(7);
    let sent = 0;
    for (;;) {
      const n = client.write(ROOT, true, chunk);
      if (n < 0) {
        expect(n).toBe(-EAGAIN);
        break;
      }
      sent += n;
    }
    expect(sent).toBeGreaterThan(300_000);
    expect(sent).toBeLessThan(600_000);
    expect(client.poll() & POLLOUT).toBe(0);
    const buf = new Uint8Array(65536);
    let got = 0;
    for (let n: number; (n = peer.read(ROOT, true, buf)) > 0; ) got += n;
    expect(got).toBe(sent);
    expect(client.poll() & POLLOUT).toBe(POLLOUT);
    expect(bed.timers).toBe(0);
  });

  test('resets what was closed with unread bytes', () => {
    const { bed } = loop();
    const { client, peer } = pair(bed);
    client.write(ROOT, true, bytes('unread'));
    peer.close();
    expect(readText(client)).toBe(-ECONNRESET);
    expect(client.write(ROOT, true, bytes('x'))).toBe(-EPIPE);
  });

  test('writing to a closed peer is first accepted, then EPIPE', () => {
    const { bed } = loop();
    const { client, peer } = pair(bed);
    peer.close();
    expect(client.write(ROOT, true, bytes('x'))).toBe(1);
    expect(client.write(ROOT, true, bytes('x'))).toBe(-EPIPE);
  });

  test('SO_LINGER 0 resets', () => {
    const { bed } = loop();
    const { client, peer } = pair(bed);
    peer.setsockopt(ROOT, SOL_SOCKET, SO_LINGER, 0);
    peer.close();
    expect(readText(client)).toBe(-ECONNRESET);
  });

  test('closing a listener resets who waits in its queue', () => {
    const { bed, ns } = loop();
    const server = listener(ns, 80);
    const client = open(ns);
    client.connect(ROOT, false, inet('127.0.0.1', 80));
    server.close();
    expect(readText(client)).toBe(-ECONNRESET);
    client.close();
    expect(bed.stack.counts().connections).toBe(0);
  });
});

describe('errors', () => {
  test('nobody listens: refused at once', () => {
    const { ns } = loop();
    expect(open(ns).connect(ROOT, false, inet('127.0.0.1', 81))).toBe(-ECONNREFUSED);
  });

  test('nonblocking connect says so, and poll tells the end', () => {
    const bed = new Testbed();
    bed.dockerHost({ docker0: '172.17.0.1' });
    const web = bed.stack.createNamespace();
    bed.stack.internet().attachHost(web, '198.51.100.7', 10);
    const server = listener(web, 80);
    const client = open(bed.stack.initial);
    expect(client.connect(ROOT, true, inet('198.51.100.7', 80))).toBe(-EINPROGRESS);
    expect(client.poll()).toBe(0);
    bed.pass(25);
    expect(client.poll() & POLLOUT).toBe(POLLOUT);
    bed.pass(25);
    expect(accepted(server).getpeername()).toMatchObject({ addr: '203.0.113.10' });
  });

  test('ports and addresses that cannot be bound', () => {
    const { ns } = loop();
    listener(ns, 8080);
    const other = open(ns);
    expect(other.bind(ROOT, inet('', 8080))).toBe(-EADDRINUSE);
    expect(other.bind(ROOT, inet('127.0.0.1', 8080))).toBe(-EADDRINUSE);
    expect(other.bind(ROOT, inet('9.9.9.9', 1))).toBe(-EADDRNOTAVAIL);
    expect(other.bind(USER, inet('', 80))).toBe(-EACCES);
    expect(other.setsockopt(ROOT, SOL_SOCKET, SO_REUSEADDR, 1)).toBe(0);
    expect(other.bind(ROOT, inet('', 8080))).toBe(-EADDRINUSE);
    ns.setSysctl('ipv4.ip_unprivileged_port_start', '0');
    expect(open(ns).bind(USER, inet('', 80))).toBe(0);
  });

  test('no route', () => {
    const { ns } = loop();
    expect(open(ns).connect(ROOT, false, inet('10.1.2.3', 80))).toBe(-ENETUNREACH);
  });

  test('an unused address of the link: EHOSTUNREACH after three seconds', () => {
    const bed = new Testbed();
    const host = bed.dockerHost({ docker0: '172.17.0.1' });
    const began = bed.now;
    const client = open(host);
    expect(bed.wait(() => client.connect(ROOT, false, inet('172.17.0.9', 80)))).toBe(-EHOSTUNREACH);
    expect(bed.now - began).toBe(3000);
    expect(bed.timers).toBe(0);
  });

  test('dropped without a word: ETIMEDOUT after 127 seconds', () => {
    const bed = new Testbed();
    bed.dockerHost({ docker0: '172.17.0.1', br1: '172.18.0.1' });
    const a = bed.container('docker0', '172.17.0.2', '172.17.0.1');
    const b = bed.container('br1', '172.18.0.2', '172.18.0.1');
    listener(b, 80);
    const began = bed.now;
    const client = open(a);
    expect(bed.wait(() => client.connect(ROOT, false, inet('172.18.0.2', 80)))).toBe(-ETIMEDOUT);
    expect(bed.now - began).toBe(127_000);
  });

  test('a full backlog lets the client wait', () => {
    const { bed, ns } = loop();
    const server = listener(ns, 80, '', 0);
    const first = open(ns);
    expect(first.connect(ROOT, false, inet('127.0.0.1', 80))).toBe(0);
    const second = open(ns);
    expect(second.connect(ROOT, false, inet('127.0.0.1', 80))).toBe(BLOCKED);
    accepted(server);
    bed.pass(1000);
    expect(second.connect(ROOT, false, inet('127.0.0.1', 80))).toBe(0);
  });
});

describe('IPv6', () => {
  const inet6 = (addr: string, port: number) => ({ family: AF_INET6, addr, port }) as const;

  test(':: takes IPv4 as well, and shows it mapped', () => {
    const { ns } = loop();
    const server = open(ns, SOCK_STREAM, AF_INET6);
    expect(server.bind(ROOT, inet6('', 80))).toBe(0);
    server.listen(5);
    expect(open(ns).bind(ROOT, inet('', 80))).toBe(-EADDRINUSE);
    expect(open(ns).connect(ROOT, false, inet('127.0.0.1', 80))).toBe(0);
    expect(accepted(server).getpeername()).toMatchObject({ family: AF_INET6, addr: '::ffff:127.0.0.1' });
    expect(open(ns, SOCK_STREAM, AF_INET6).connect(ROOT, false, inet6('::1', 80))).toBe(0);
    expect(accepted(server).getpeername()).toMatchObject({ addr: '::1' });
  });
});

test('random writes arrive whole and in order, and nothing is left behind', () => {
  const bed = new Testbed();
  bed.dockerHost({ docker0: '172.17.0.1' });
  const a = bed.container('docker0', '172.17.0.2', '172.17.0.1');
  const b = bed.container('docker0', '172.17.0.3', '172.17.0.1');
  for (let round = 0; round < 12; round++) {
    const server = listener(b, 9000);
    const client = open(a);
    expect(client.connect(ROOT, false, inet('172.17.0.3', 9000))).toBe(0);
    const peer = accepted(server);
    const total = 1 + bed.random(1_500_000);
    let sent = 0;
    let got = 0;
    const buf = new Uint8Array(70_000);
    while (got < total) {
      if (sent < total && bed.random(3) > 0) {
        const size = Math.min(total - sent, 1 + bed.random(bed.random(2) ? 60 : 70_000));
        const chunk = Uint8Array.from({ length: size }, (_, i) => ((sent + i) * 31) & 255);
        const n = client.write(ROOT, true, chunk);
        if (n > 0) sent += n;
        else expect(n).toBe(-EAGAIN);
        if (sent === total) client.shutdown(SHUT_WR);
      } else {
        const n = peer.read(ROOT, true, buf.subarray(0, 1 + bed.random(buf.length)));
        if (n > 0) {
          for (let i = 0; i < n; i++)
            if (buf[i] !== (((got + i) * 31) & 255)) throw new Error(`wrong byte at ${got + i}`);
          got += n;
        } else expect(n).toBe(-EAGAIN);
      }
    }
    expect(peer.read(ROOT, true, buf)).toBe(0);
    for (const socket of [client, peer, server]) socket.close();
  }
  expect(bed.stack.counts()).toMatchObject({ sockets: 0, connections: 0 });
  expect(bed.timers).toBe(0);
});

test('a slow link delivers the same bytes, later', () => {
  const bed = new Testbed();
  bed.dockerHost({});
  const web = bed.stack.createNamespace();
  bed.stack.internet().attachHost(web, '198.51.100.7', 10);
  const server = listener(web, 80);
  const client = open(bed.stack.initial);
  expect(bed.wait(() => client.connect(ROOT, false, inet('198.51.100.7', 80)))).toBe(0);
  bed.pass(10);
  const peer = accepted(server);
  let sent = 0;
  let got = 0;
  const buf = new Uint8Array(65_536);
  const began = bed.now;
  while (got < 2_000_000) {
    const n = peer.write(ROOT, true, new Uint8Array(Math.min(50_000, 2_000_000 - sent)));
    if (n > 0) sent += n;
    const m = client.read(ROOT, true, buf);
    if (m > 0) got += m;
    else if (n <= 0) bed.step();
  }
  expect(bed.now - began).toBeGreaterThan(100);
  expect(bed.now - began).toBeLessThan(1000);
  peer.close();
  client.close();
  server.close();
  bed.pass(1000);
  expect(bed.stack.counts()).toMatchObject({ sockets: 0, connections: 0 });
  expect(bed.timers).toBe(0);
});

test('a link that goes down stalls a connection, and one that comes back lets it go on', () => {
  const bed = new Testbed();
  const host = bed.dockerHost({ docker0: '172.17.0.1' });
  const a = bed.container('docker0', '172.17.0.2', '172.17.0.1');
  const server = listener(a, 80);
  const client = open(host);
  expect(client.connect(ROOT, false, inet('172.17.0.2', 80))).toBe(0);
  const peer = accepted(server);
  bed.net(host, { type: 'link-set', name: 'docker0', up: false });
  client.write(ROOT, true, bytes('late'));
  expect(peer.poll() & POLLIN).toBe(0);
  bed.pass(5000);
  bed.net(host, { type: 'link-set', name: 'docker0', up: true });
  expect(readText(peer)).toBe('late');
});
