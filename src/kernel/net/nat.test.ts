import { expect, test } from 'vitest';
import { BLOCKED, EACCES, EAGAIN, ECONNREFUSED, ENETUNREACH } from '../../abi/errno.ts';
import { POLLIN } from '../../abi/flags.ts';
import type { DnatRule } from '../../abi/netlink.ts';
import { AF_INET6, SO_BROADCAST, SOCK_STREAM, SOL_SOCKET } from '../../abi/socket.ts';
import { accepted, bytes, inet, listener, open, ROOT, readText, Testbed, udp } from './testbed.ts';

function docker() {
  const bed = new Testbed();
  const host = bed.dockerHost({ docker0: '172.17.0.1', br1: '172.18.0.1' });
  const web = bed.container('docker0', '172.17.0.2', '172.17.0.1');
  const other = bed.container('docker0', '172.17.0.3', '172.17.0.1');
  const far = bed.container('br1', '172.18.0.2', '172.18.0.1');
  const rule: DnatRule = {
    proto: 'tcp',
    hostAddr: '',
    hostPort: 8080,
    toAddr: '172.17.0.2',
    toPort: 80,
    bridge: 'docker0',
  };
  return { bed, host, web, other, far, rule };
}

test('containers of one bridge, and the host, reach each other', () => {
  const { host, web, other } = docker();
  const server = listener(web, 80);
  for (const [ns, seen] of [
    [other, '172.17.0.3'],
    [host, '172.17.0.1'],
  ] as const) {
    const client = open(ns);
    expect(client.connect(ROOT, false, inet('172.17.0.2', 80))).toBe(0);
    const peer = accepted(server);
    expect(peer.getpeername()).toMatchObject({ addr: seen });
    peer.write(ROOT, true, bytes('hi'));
    expect(readText(client)).toBe('hi');
  }
  expect(open(other).connect(ROOT, false, inet('172.17.0.2', 81))).toBe(-ECONNREFUSED);
});

test.each([
  ['127.0.0.1', 'host', '172.17.0.1'],
  ['192.168.65.3', 'host', '192.168.65.3'],
  ['172.17.0.1', 'other', '172.17.0.1'],
  ['172.17.0.1', 'web', '172.17.0.1'],
  ['172.18.0.1', 'far', '172.17.0.1'],
  ['192.168.65.3', 'far', '172.17.0.1'],
] as const)('a published port at %s from %s: the peer is %s', (address, from, seen) => {
  const { bed, rule, ...namespaces } = docker();
  const server = listener(namespaces.web, 80);
  expect(bed.net(namespaces.host, { type: 'dnat-add', rule })).toBe(0);
  const client = open(namespaces[from]);
  expect(client.connect(ROOT, false, inet(address, 8080))).toBe(0);
  const peer = accepted(server);
  expect(peer.getpeername()).toMatchObject({ addr: seen });
  expect(client.getpeername()).toEqual(inet(address, 8080));
  client.write(ROOT, true, bytes('ping'));
  expect(readText(peer)).toBe('ping');
  peer.write(ROOT, true, bytes('pong'));
  expect(readText(client)).toBe('pong');
  client.close();
  peer.close();
  expect(bed.timers).toBe(0);
});

test('a published port from outside: the peer is the real one', () => {
  const { bed, host, web, rule } = docker();
  const router = bed.stack.internet().router;
  const server = listener(web, 80);
  bed.net(host, { type: 'dnat-add', rule });
  const client = open(router);
  expect(client.connect(ROOT, false, inet('192.168.65.3', 8080))).toBe(0);
  expect(accepted(server).getpeername()).toMatchObject({ addr: '192.168.65.1' });
  expect(bed.net(host, { type: 'dnat-del', rule })).toBe(0);
  expect(open(router).connect(ROOT, false, inet('192.168.65.3', 8080))).toBe(-ECONNREFUSED);
});

test('a published port at ::1, as the proxy on [::] has it', () => {
  const { bed, host, web, rule } = docker();
  const server = listener(web, 80);
  bed.net(host, { type: 'dnat-add', rule });
  const client = open(host, SOCK_STREAM, AF_INET6);
  expect(client.connect(ROOT, false, { family: AF_INET6, addr: '::1', port: 8080 })).toBe(0);
  const peer = accepted(server);
  expect(peer.getpeername()).toMatchObject({ addr: '172.17.0.1' });
  client.write(ROOT, true, bytes('six'));
  expect(readText(peer)).toBe('six');
  peer.write(ROOT, true, bytes('four'));
  expect(readText(client)).toBe('four');
});

test('from outside through a host stream', () => {
  const { bed, host, web, rule } = docker();
  const server = listener(web, 80);
  bed.net(host, { type: 'dnat-add', rule });
  const stream = host.hostConnectTcp('127.0.0.1', 8080);
  let got = '';
  let ended = false;
  stream.onReadable = () => {
    for (;;) {
      const part = stream.read(100);
      if (!(part instanceof Uint8Array)) return;
      if (part.length === 0) ended = true;
      if (part.length === 0) return;
      got += String.fromCharCode(...part);
    }
  };
  expect(stream.write(bytes('GET'))).toBe(3);
  const peer = accepted(server);
  expect(readText(peer)).toBe('GET');
  peer.write(ROOT, true, bytes('200 OK'));
  expect(got).toBe('200 OK');
  peer.close();
  expect(ended).toBe(true);
  stream.destroy();
  const errors: number[] = [];
  const refused = host.hostConnectTcp('127.0.0.1', 8081);
  refused.onError = (errno) => errors.push(errno);
  bed.pass(1);
  expect(errors).toEqual([ECONNREFUSED]);
  server.close();
  refused.destroy();
  expect(bed.stack.counts()).toMatchObject({ sockets: 0, connections: 0 });
});

test('a docker-proxy that listens gets what comes from localhost', () => {
  const { bed, host, web, rule } = docker();
  listener(web, 80);
  const proxy = listener(host, 8080);
  bed.net(host, { type: 'dnat-add', rule });
  expect(open(host).connect(ROOT, false, inet('127.0.0.1', 8080))).toBe(0);
  expect(proxy.poll() & POLLIN).toBe(POLLIN);
});

test('nothing behind a published port: refused', () => {
  const { bed, host, rule } = docker();
  bed.net(host, { type: 'dnat-add', rule });
  expect(open(host).connect(ROOT, false, inet('127.0.0.1', 8080))).toBe(-ECONNREFUSED);
  expect(open(host).connect(ROOT, false, inet('192.168.65.3', 8080))).toBe(-ECONNREFUSED);
});

test('a port published on 127.0.0.1 only is not there from elsewhere', () => {
  const { bed, host, web, rule } = docker();
  listener(web, 80);
  bed.net(host, { type: 'dnat-add', rule: { ...rule, hostAddr: '127.0.0.1' } });
  expect(open(host).connect(ROOT, false, inet('127.0.0.1', 8080))).toBe(0);
  expect(open(host).connect(ROOT, false, inet('192.168.65.3', 8080))).toBe(-ECONNREFUSED);
});

test('networks are isolated from each other', () => {
  const { far, web } = docker();
  listener(web, 80);
  expect(open(far).connect(ROOT, false, inet('172.17.0.2', 80))).toBe(BLOCKED);
});

test('an internal network has no way out', () => {
  const { bed, host, other } = docker();
  const site = bed.stack.createNamespace();
  bed.stack.internet().attachHost(site, '198.51.100.7', 0);
  listener(site, 80);
  expect(open(other).connect(ROOT, false, inet('198.51.100.7', 80))).toBe(0);
  const policy = { isolated: ['docker0', 'br1'], internal: ['docker0'], masquerade: ['br1'] };
  bed.net(host, { type: 'forward-set', policy });
  expect(open(other).connect(ROOT, false, inet('198.51.100.7', 80))).toBe(BLOCKED);
});

test('without a default route there is no way', () => {
  const { bed } = docker();
  const alone = bed.container('docker0', '172.17.0.9', undefined);
  expect(open(alone).connect(ROOT, false, inet('8.8.8.8', 53))).toBe(-ENETUNREACH);
});

test('the router tells of hosts that do not exist', () => {
  const { other, host } = docker();
  expect(open(host).connect(ROOT, false, inet('8.8.8.8', 53))).toBe(-ENETUNREACH);
  expect(open(other).connect(ROOT, false, inet('8.8.8.8', 53))).toBe(-ENETUNREACH);
});

test('datagrams to outside are masqueraded, and answers find back', () => {
  const { bed, other, web } = docker();
  const router = bed.stack.internet().router;
  const dns = udp(router);
  expect(dns.bind(ROOT, inet('192.168.65.1', 53))).toBe(0);
  const buf = new Uint8Array(64);
  for (const ns of [other, web]) {
    const client = udp(ns);
    // the same source port on both: one of them gets another
    expect(client.bind(ROOT, inet('', 5353))).toBe(0);
    expect(client.sendto(ROOT, true, bytes('name?'), inet('192.168.65.1', 53))).toBe(5);
    const query = { from: undefined, ttl: 0 } as { from: ReturnType<typeof inet> | undefined; ttl: number };
    expect(dns.recvfrom(ROOT, true, buf, query)).toBe(5);
    expect(query.from).toMatchObject({ addr: '192.168.65.3' });
    expect(query.ttl).toBe(63);
    expect(dns.sendto(ROOT, true, bytes('here'), query.from)).toBe(4);
    const answer = { from: undefined, ttl: 0 };
    expect(client.recvfrom(ROOT, true, buf, answer)).toBe(4);
    expect(answer.from).toEqual(inet('192.168.65.1', 53));
  }
});

test('a published datagram port', () => {
  const { bed, host, web, rule } = docker();
  const server = udp(web);
  server.bind(ROOT, inet('', 53));
  bed.net(host, { type: 'dnat-add', rule: { ...rule, proto: 'udp', hostPort: 5300, toPort: 53 } });
  const client = udp(host);
  expect(client.connect(ROOT, true, inet('127.0.0.1', 5300))).toBe(0);
  client.write(ROOT, true, bytes('q'));
  const query = { from: undefined, ttl: 0 };
  expect(server.recvfrom(ROOT, true, new Uint8Array(9), query)).toBe(1);
  server.sendto(ROOT, true, bytes('a'), query.from);
  expect(readText(client)).toBe('a');
});

test('a broadcast reaches all of the bridge', () => {
  const { web, other, far, host } = docker();
  const sockets = [web, far, host].map((ns) => {
    const socket = udp(ns);
    expect(socket.bind(ROOT, inet('', 67))).toBe(0);
    return socket;
  });
  const client = udp(other);
  expect(client.sendto(ROOT, true, bytes('all'), inet('172.17.255.255', 67))).toBe(-EACCES);
  client.setsockopt(ROOT, SOL_SOCKET, SO_BROADCAST, 1);
  expect(client.sendto(ROOT, true, bytes('all'), inet('172.17.255.255', 67))).toBe(3);
  expect(sockets.map((socket) => readText(socket))).toEqual(['all', -EAGAIN, 'all']);
});

test('ports of a bridge may be kept apart', () => {
  const { bed, host, web, other } = docker();
  listener(web, 80);
  bed.net(host, {
    type: 'forward-set',
    policy: { isolated: ['docker0'], internal: [], masquerade: [], noIcc: ['docker0'] },
  });
  expect(open(other).connect(ROOT, false, inet('172.17.0.2', 80))).toBe(BLOCKED);
  expect(open(host).connect(ROOT, false, inet('172.17.0.2', 80))).toBe(0);
});
