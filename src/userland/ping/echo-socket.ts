import { EACCES, EAGAIN, EPERM } from '../../abi/errno.ts';
import { CLOCK_MONOTONIC, POLLIN } from '../../abi/flags.ts';
import {
  AF_INET,
  AF_INET6,
  type Datagram,
  IP_RECVERR,
  IP_TTL,
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_IP,
  SO_BINDTODEVICE,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_RAW,
  SOL_SOCKET,
} from '../../abi/socket.ts';
import type { Sys } from '../../abi/sys.ts';
import { canonicalIp, isIp6 } from '../../lib/ip.ts';
import { poll, type Wait } from '../../libc/io.ts';

/** What came back. */
export interface EchoReply {
  kind: 'reply' | 'error';
  from: string;
  seq: number;
  /** Of an error: ICMP type and code as IPv4 numbers them. */
  type: number;
  code: number;
  ttl: number;
  /** Bytes of the ICMP message. */
  size: number;
  /** Round trip, milliseconds. */
  time: number;
}

const ICMP_HEADER = 8;
const IP_HEADER = 20;

/** Sends echo requests to one host and takes what comes back (ping(8)): a raw socket, or a ping socket for who may not. */
export class EchoSocket {
  readonly fd: number;
  readonly #raw: boolean;
  readonly #v6: boolean;
  readonly #id: number;
  readonly #sent = new Map<number, number>();

  private constructor(
    readonly sys: Sys,
    readonly address: string,
    fd: number,
    raw: boolean,
  ) {
    this.fd = fd;
    this.#raw = raw;
    this.#v6 = isIp6(address);
    this.#id = sys.getpid() & 0xffff;
  }

  /** @returns the socket, or -errno (-EPERM, -EACCES: the user may not) */
  static open(sys: Sys, address: string, options: { ttl?: number; source?: string } = {}): EchoSocket | number {
    const v6 = isIp6(address);
    const family = v6 ? AF_INET6 : AF_INET;
    const protocol = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
    let fd = sys.socket(family, SOCK_RAW | SOCK_NONBLOCK, protocol);
    const raw = fd >= 0;
    if (fd === -EPERM || fd === -EACCES) fd = sys.socket(family, SOCK_DGRAM | SOCK_NONBLOCK, protocol);
    if (fd < 0) return fd;
    if (!raw) sys.setsockopt(fd, IPPROTO_IP, IP_RECVERR, 1);
    if (options.ttl !== undefined) sys.setsockopt(fd, IPPROTO_IP, IP_TTL, options.ttl);
    const { source } = options;
    if (source !== undefined) {
      const bound =
        canonicalIp(source) === undefined
          ? sys.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, source)
          : sys.bind(fd, { family, addr: source, port: 0 });
      if (bound < 0) return bound;
    }
    return new EchoSocket(sys, address, fd, raw);
  }

  /** Sends one request with `size` bytes of data. @returns 0 or -errno */
  send(seq: number, size: number): number {
    const message = new Uint8Array(ICMP_HEADER + size);
    message[0] = this.#v6 ? 128 : 8;
    message.set([this.#id >> 8, this.#id & 255, (seq >> 8) & 255, seq & 255], 4);
    for (let i = 16; i < size; i++) message[ICMP_HEADER + i] = i & 255;
    this.#sent.set(seq & 0xffff, this.sys.now(CLOCK_MONOTONIC));
    const family = this.#v6 ? AF_INET6 : AF_INET;
    const n = this.sys.sendto(this.fd, message, { family, addr: this.address, port: 0 });
    return n < 0 ? n : 0;
  }

  /** Waits for the next message about our requests. @returns undefined after `timeout` ms, or -errno (-EINTR) */
  *receive(timeout: number): Wait<EchoReply | number | undefined> {
    const until = this.sys.now(CLOCK_MONOTONIC) + timeout;
    const fds = [{ fd: this.fd, events: POLLIN, revents: 0 }];
    const buf = new Uint8Array(65_535);
    for (;;) {
      const out: Datagram = { from: undefined, ttl: 0 };
      const n = this.sys.recvfrom(this.fd, buf, out);
      if (n >= 0) {
        const reply = this.#parse(buf.subarray(0, n), out);
        if (reply) return reply;
        continue;
      }
      if (n !== -EAGAIN) return n;
      const left = until - this.sys.now(CLOCK_MONOTONIC);
      if (left <= 0) return undefined;
      const ready = yield* poll(this.sys, fds, left);
      if (ready < 0) return ready;
    }
  }

  #parse(bytes: Uint8Array, { from, ttl, time }: Datagram): EchoReply | undefined {
    const message = this.#raw && !this.#v6 ? bytes.subarray(IP_HEADER) : bytes;
    const type = message[0];
    const isReply = type === (this.#v6 ? 129 : 0);
    const isError = this.#v6 ? type === 1 || type === 3 : type === 3 || type === 11;
    if (!isReply && !isError) return undefined;
    // an error quotes the packet that it is about behind its own header
    const ours = isReply ? message : message.subarray(ICMP_HEADER + (this.#v6 ? 40 : IP_HEADER));
    if (isError && ours[0] !== (this.#v6 ? 128 : 8)) return undefined;
    const id = (ours[4]! << 8) | ours[5]!;
    if (this.#raw && id !== this.#id) return undefined;
    const seq = (ours[6]! << 8) | ours[7]!;
    const sent = this.#sent.get(seq);
    if (sent === undefined) return undefined;
    if (isReply) this.#sent.delete(seq);
    return {
      kind: isReply ? 'reply' : 'error',
      from: from && 'addr' in from ? from.addr : '',
      seq,
      type: this.#v6 ? (type === 3 ? 11 : 3) : type!,
      code: message[1]!,
      ttl,
      size: message.length,
      time: Math.max(0.001, (time ?? this.sys.now(CLOCK_MONOTONIC)) - sent),
    };
  }
}
