import { EDESTADDRREQ, EINVAL, ENETUNREACH, ENOTCONN } from '../../abi/errno.ts';
import { POLLERR, POLLIN, POLLOUT } from '../../abi/flags.ts';
import {
  AF_INET6,
  type Datagram,
  IP_RECVERR,
  IPPROTO_IP,
  SOCK_DGRAM,
  SOCK_RAW,
  type SockAddr,
} from '../../abi/socket.ts';
import { isIp6 } from '../../lib/ip.ts';
import { DatagramQueue } from './datagram-queue.ts';
import type { NetCaller } from './door.ts';
import { icmpBytes, ipHeader, parseIcmp } from './icmp-bytes.ts';
import { unreachableErrno } from './icmp-errno.ts';
import type { IpLayer } from './ip.ts';
import type { Packet } from './packet.ts';
import { isAny } from './ports.ts';
import { type Endpoint, SocketBase, type SocketPlace } from './socket-base.ts';

/** Where ICMP sockets are listed and get their identifiers. */
export interface IcmpHost {
  readonly ip: IpLayer;
  readonly sockets: Set<RawSocket>;
  freeId(): number;
}

/**
 * An ICMP socket: raw (raw(7): receives every message, with the IPv4 header) or of ping (icmp(7): SOCK_DGRAM; the
 * kernel sets the identifier and gives only what belongs to it). Programs read and write ICMP messages as bytes.
 */
export class RawSocket extends SocketBase {
  /** The identifier of a ping socket; 0: raw. */
  id = 0;
  readonly pid: number;
  readonly uid: number;
  readonly queue = new DatagramQueue<Endpoint>();
  peer: Endpoint | undefined;
  #local = '';
  #recverr = false;
  readonly #icmp: IcmpHost;

  constructor(place: SocketPlace, icmp: IcmpHost, family: number, type: number, protocol: number, caller: NetCaller) {
    super(place, family, type, protocol);
    this.#icmp = icmp;
    this.pid = caller.pid;
    this.uid = caller.uid;
    if (type === SOCK_DGRAM) this.id = icmp.freeId();
    icmp.sockets.add(this);
  }

  get local(): Endpoint {
    return { address: this.#local || this.#any, port: this.type === SOCK_RAW ? this.protocol : this.id };
  }

  get #any(): string {
    return this.family === AF_INET6 ? '::' : '0.0.0.0';
  }

  /** An ICMP packet came to this host. */
  deliver(packet: Packet): void {
    if (isIp6(packet.dst) !== (this.family === AF_INET6)) return;
    if (this.#local !== '' && packet.dst !== this.#local) return;
    if (this.type === SOCK_RAW) {
      const from = this.peer;
      if (from && packet.src !== from.address) return;
      const message = icmpBytes(packet);
      this.#put(packet, this.family === AF_INET6 ? message : join(ipHeader(packet), message));
      return;
    }
    if (packet.about) {
      if (packet.about.sport !== this.id || packet.about.icmpType !== 'echo request') return;
      if (this.#recverr) this.#put(packet, icmpBytes(packet));
      else {
        this.error = unreachableErrno(packet);
        this.readable.wakeAll();
      }
    } else if (packet.icmpType === 'echo reply' && packet.dport === this.id) this.#put(packet, icmpBytes(packet));
  }

  #put(packet: Packet, data: Uint8Array): void {
    const from = { address: packet.src, port: 0 };
    const { ttl, time } = packet;
    if (this.queue.put({ from, data, ttl, time }, this.receiveBuffer)) this.readable.wakeAll();
  }

  bind(_caller: NetCaller, address: SockAddr): number {
    const end = this.endpoint(address, this.#any);
    if (typeof end === 'number') return end;
    this.#local = isAny(end.address) ? '' : end.address;
    if (this.type === SOCK_DGRAM && end.port > 0) this.id = end.port;
    return 0;
  }

  connect(_caller: NetCaller, _nonblock: boolean, address: SockAddr): number {
    const end = this.endpoint(address, '127.0.0.1');
    if (typeof end === 'number') return end;
    if (this.#icmp.ip.addresses.sourceFor(end.address, this.device) === undefined) return -ENETUNREACH;
    this.peer = end;
    return 0;
  }

  sendto(_caller: NetCaller, _nonblock: boolean, buf: Uint8Array, to?: SockAddr): number {
    const end = to ? this.endpoint(to, '127.0.0.1') : (this.peer ?? -EDESTADDRREQ);
    if (typeof end === 'number') return end;
    const { ip } = this.#icmp;
    const source = this.#local || ip.addresses.sourceFor(end.address, this.device);
    if (source === undefined) return -ENETUNREACH;
    const packet = parseIcmp(buf, source, end.address);
    if (!packet || (this.type === SOCK_DGRAM && packet.icmpType !== 'echo request')) return -EINVAL;
    if (this.type === SOCK_DGRAM) packet.sport = packet.dport = this.id;
    packet.ttl = this.ttl || ip.defaultTtl;
    const result = ip.output(packet, this.device);
    return result < 0 ? result : buf.length;
  }

  recvfrom(caller: NetCaller, nonblock: boolean, buf: Uint8Array, out?: Datagram): number {
    const pending = this.takeError();
    if (pending !== 0) return -pending;
    const datagram = this.queue.take();
    if (!datagram) return this.waitToRead(caller, nonblock);
    if (out) {
      out.from = this.sockaddr(datagram.from.address, 0);
      out.ttl = datagram.ttl;
      out.time = datagram.time;
    }
    const n = Math.min(buf.length, datagram.data.length);
    buf.set(datagram.data.subarray(0, n));
    return n;
  }

  override setsockopt(caller: NetCaller, level: number, option: number, value: number | string): number {
    if (level === IPPROTO_IP && option === IP_RECVERR) this.#recverr = Number(value) !== 0;
    return super.setsockopt(caller, level, option, value);
  }

  poll(): number {
    const broken = this.error !== 0 ? POLLERR | POLLIN : 0;
    return POLLOUT | broken | (this.queue.length > 0 ? POLLIN : 0);
  }

  getsockname(): SockAddr {
    return { family: this.family as 2 | 10, addr: this.local.address, port: this.id };
  }

  override getpeername(): SockAddr | number {
    return this.peer ? this.sockaddr(this.peer.address, 0) : -ENOTCONN;
  }

  available(): number {
    return this.queue.nextSize;
  }

  protected dispose(): void {
    this.#icmp.sockets.delete(this);
    this.queue.clear();
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
