import { expect, test } from 'vitest';
import { EACCES, ECONNREFUSED, EPERM } from '../../abi/errno.ts';
import { POLLERR } from '../../abi/flags.ts';
import { AF_INET, type Datagram, IP_TTL, IPPROTO_ICMP, IPPROTO_IP, SOCK_DGRAM, SOCK_RAW } from '../../abi/socket.ts';
import type { Socket } from './door.ts';
import { checksum } from './icmp-bytes.ts';
import { bytes, inet, open, ROOT, Testbed, USER, udp } from './testbed.ts';

function echo(id: number, seq: number): Uint8Array {
  const message = new Uint8Array(64);
  message.set([8, 0, 0, 0, id >> 8, id & 255, seq >> 8, seq & 255]);
  const sum = checksum(message);
  message.set([sum >> 8, sum & 255], 2);
  return message;
}

function receive(socket: Socket) {
  const buf = new Uint8Array(256);
  const out: Datagram = { from: undefined, ttl: 0 };
  const n = socket.recvfrom(ROOT, true, buf, out);
  return { n, buf, ...out };
}

function topology() {
  const bed = new Testbed();
  const host = bed.dockerHost({ docker0: '172.17.0.1' });
  const box = bed.container('docker0', '172.17.0.2', '172.17.0.1');
  const site = bed.stack.createNamespace();
  bed.stack.internet().attachHost(site, '198.51.100.7', 5);
  return { bed, host, box, site };
}

test('ping: an answer with its time to live, and a time of its own', () => {
  const { bed, box } = topology();
  const socket = open(box, SOCK_RAW, AF_INET, IPPROTO_ICMP);
  expect(socket.sendto(ROOT, true, echo(7, 1), inet('172.17.0.1', 0))).toBe(64);
  const answer = receive(socket);
  expect(answer.n).toBe(84);
  expect([...answer.buf.subarray(20, 22)]).toEqual([0, 0]);
  expect(answer.ttl).toBe(64);
  expect(answer.from).toMatchObject({ addr: '172.17.0.1' });
  expect(answer.time! - bed.now).toBeGreaterThan(0.02);
  expect(answer.time! - bed.now).toBeLessThan(0.2);
});

test('ping through NAT to a host on the internet', () => {
  const { bed, box } = topology();
  box.setSysctl('ipv4.ping_group_range', '0 2147483647');
  const socket = open(box, SOCK_DGRAM, AF_INET, IPPROTO_ICMP);
  const began = bed.now;
  socket.sendto(ROOT, true, echo(0, 1), inet('198.51.100.7', 0));
  expect(receive(socket).n).toBeLessThan(0);
  bed.pass(50);
  const answer = receive(socket);
  expect(answer.n).toBe(64);
  expect(answer.ttl).toBe(62);
  expect(answer.time! - began).toBeGreaterThan(10);
  expect(answer.time! - began).toBeLessThan(12);
});

test('traceroute: each hop tells when the time to live is over', () => {
  const { bed, box } = topology();
  const listener = open(box, SOCK_RAW, AF_INET, IPPROTO_ICMP);
  const probe = udp(box);
  const hops: string[] = [];
  for (let ttl = 1; ttl <= 3; ttl++) {
    probe.setsockopt(ROOT, IPPROTO_IP, IP_TTL, ttl);
    probe.sendto(ROOT, true, bytes('probe'), inet('198.51.100.7', 33434 + ttl));
    bed.pass(50);
    const { n, buf, from } = receive(listener);
    expect(n).toBe(56);
    hops.push(`${(from as { addr: string }).addr} ${buf[20]} ${buf[21]}`);
    // the datagram that it is about, as the box sent it
    expect([...buf.subarray(20 + 8 + 12, 20 + 8 + 16)]).toEqual([172, 17, 0, 2]);
    expect((buf[50]! << 8) | buf[51]!).toBe(33434 + ttl);
  }
  expect(hops).toEqual(['172.17.0.1 11 0', '192.168.65.1 11 0', '198.51.100.7 3 3']);
});

test('an unused address: unreachable, from ourselves, after three seconds', () => {
  const { bed, box } = topology();
  const socket = open(box, SOCK_RAW, AF_INET, IPPROTO_ICMP);
  socket.sendto(ROOT, true, echo(7, 1), inet('172.17.0.99', 0));
  bed.pass(2999);
  expect(receive(socket).n).toBeLessThan(0);
  bed.pass(2);
  const { buf, from } = receive(socket);
  expect(from).toMatchObject({ addr: '172.17.0.2' });
  expect([buf[20], buf[21]]).toEqual([3, 1]);
});

test('a connected datagram socket learns that nobody is there', () => {
  const { host } = topology();
  const socket = udp(host);
  socket.connect(ROOT, true, inet('172.17.0.2', 9));
  expect(socket.write(ROOT, true, bytes('x'))).toBe(1);
  expect(socket.poll() & POLLERR).toBe(POLLERR);
  expect(socket.read(ROOT, true, new Uint8Array(9))).toBe(-ECONNREFUSED);
});

test('who may ping', () => {
  const { host, box } = topology();
  expect(host.socket(USER, AF_INET, SOCK_RAW, IPPROTO_ICMP)).toBe(-EPERM);
  expect(typeof host.socket(USER, AF_INET, SOCK_DGRAM, IPPROTO_ICMP)).toBe('object');
  expect(box.socket(USER, AF_INET, SOCK_DGRAM, IPPROTO_ICMP)).toBe(-EACCES);
  box.setSysctl('ipv4.ping_group_range', '0 2147483647');
  expect(typeof box.socket(USER, AF_INET, SOCK_DGRAM, IPPROTO_ICMP)).toBe('object');
});

test('packets can be watched, and the last ones are kept', () => {
  const { bed, box } = topology();
  const seen: string[] = [];
  const stop = bed.stack.watchPackets((p) => seen.push(`${p.dev} ${p.direction} ${p.proto} ${p.flags}`));
  open(box, SOCK_RAW, AF_INET, IPPROTO_ICMP).sendto(ROOT, true, echo(7, 1), inet('172.17.0.1', 0));
  stop();
  expect(seen.filter((line) => line.startsWith('docker0'))).toEqual([
    'docker0 in arp request',
    'docker0 out arp reply',
    'docker0 in icmp echo request',
    'docker0 out icmp echo reply',
  ]);
  expect(bed.stack.packets().at(-1)).toMatchObject({ proto: 'icmp', flags: 'echo reply', length: 56, size: 84 });
});
