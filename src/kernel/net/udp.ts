import {
  EACCES,
  EADDRINUSE,
  EADDRNOTAVAIL,
  EAGAIN,
  EDESTADDRREQ,
  EINVAL,
  EMSGSIZE,
  ENETUNREACH,
  ENOTCONN,
} from '../../abi/errno.ts';
import { POLLERR, POLLIN, POLLOUT } from '../../abi/flags.ts';
import {
  AF_INET6,
  type Datagram,
  IP_RECVERR,
  IPPROTO_IP,
  SHUT_WR,
  SOCK_DGRAM,
  type SockAddr,
} from '../../abi/socket.ts';
import { DatagramQueue } from './datagram-queue.ts';
import type { NetCaller } from './door.ts';
import { icmpBytes } from './icmp-bytes.ts';
import { unreachableErrno } from './icmp-errno.ts';
import type { IpLayer } from './ip.ts';
import { Packet, PORT_UNREACHABLE, UDP } from './packet.ts';
import { type Binding, bindingTakes, isAny, PortTable } from './ports.ts';
import { type Endpoint, SocketBase, type SocketPlace } from './socket-base.ts';
import type { PortPolicy } from './tcp-socket.ts';

const LARGEST = 65_507;

export interface UdpBinding extends Binding {
  socket: UdpSocket;
}

/** UDP of a network namespace: which sockets a datagram is for. */
export class UdpLayer {
  readonly ports: PortTable<UdpBinding>;

  constructor(readonly ip: IpLayer) {
    this.ports = new PortTable(ip.fabric, false);
    ip.handlers.set(UDP, (packet) => this.#input(packet));
  }

  #input(packet: Packet): void {
    const takers = this.ports.at(packet.dport).filter(({ socket }) => socket.takes(packet));
    if (this.ip.addresses.isBroadcast(packet.dst)) {
      for (const { socket } of takers) socket.deliver(packet);
      return;
    }
    const best = takers.find(({ socket }) => socket.peer) ?? takers.find((b) => !isAny(b.address)) ?? takers[0];
    if (best) best.socket.deliver(packet);
    else this.ip.sendError(packet, 'unreachable', PORT_UNREACHABLE);
  }

  /** An ICMP error about a datagram that we sent. */
  inputError(error: Packet, about: Packet): void {
    for (const { socket } of this.ports.at(about.sport)) socket.inputError(error, about);
  }
}

const isMulticast = (address: string): boolean => /^(22[4-9]|23\d)\.|^ff/.test(address);

/** A UDP socket (udp(7)). */
export class UdpSocket extends SocketBase {
  peer: Endpoint | undefined;
  readonly pid: number;
  readonly uid: number;
  readonly queue = new DatagramQueue<Endpoint>();
  #binding: UdpBinding | undefined;
  #shut = false;
  #recverr = false;
  readonly #udp: UdpLayer;
  readonly #policy: PortPolicy;

  constructor(place: SocketPlace, udp: UdpLayer, policy: PortPolicy, family: number, caller: NetCaller) {
    super(place, family, SOCK_DGRAM, 17);
    this.#udp = udp;
    this.#policy = policy;
    this.pid = caller.pid;
    this.uid = caller.uid;
  }

  get #any(): string {
    return this.family === AF_INET6 ? '::' : '0.0.0.0';
  }

  /** What it is bound to. */
  get local(): Endpoint {
    return { address: this.#binding?.address ?? this.#any, port: this.#binding?.port ?? 0 };
  }

  takes(packet: Packet): boolean {
    if (!this.#binding) return false;
    if (this.peer && (packet.src !== this.peer.address || packet.sport !== this.peer.port)) return false;
    return bindingTakes(this.#binding, packet.dst) || this.#udp.ip.addresses.isBroadcast(packet.dst);
  }

  deliver(packet: Packet): void {
    const from = { address: packet.src, port: packet.sport };
    const { payload: data, ttl, time } = packet;
    if (this.queue.put({ from, data, ttl, time }, this.receiveBuffer)) this.readable.wakeAll();
  }

  inputError(error: Packet, about: Packet): void {
    if (this.#recverr) {
      const { src, ttl, time } = error;
      const from = { address: src, port: 0 };
      if (this.queue.put({ from, data: icmpBytes(error), ttl, time }, this.receiveBuffer)) this.readable.wakeAll();
      return;
    }
    if (this.peer?.address !== about.dst || this.peer.port !== about.dport) return;
    if (error.icmpType !== 'unreachable') return;
    this.error = unreachableErrno(error);
    this.readable.wakeAll();
    this.writable.wakeAll();
  }

  bind(caller: NetCaller, address: SockAddr): number {
    if (this.#binding) return -EINVAL;
    const end = this.endpoint(address, this.#any);
    if (typeof end === 'number') return end;
    const { addresses } = this.#udp.ip;
    if (!isAny(end.address) && !addresses.loopbackFor(end.address) && !addresses.isBroadcast(end.address))
      return -EADDRNOTAVAIL;
    if (end.port > 0 && end.port < this.#policy.unprivilegedFrom && !caller.capable('CAP_NET_BIND_SERVICE'))
      return -EACCES;
    return this.#take(end.address, end.port || this.#udp.ports.ephemeral());
  }

  #take(address: string, port: number): number {
    const binding: UdpBinding = {
      port,
      address,
      v6only: this.v6only,
      reuseAddress: this.reuseAddress,
      reusePort: this.reusePort,
      listening: false,
      socket: this,
    };
    if (port === 0 || this.#udp.ports.conflicts(binding)) return -EADDRINUSE;
    this.#udp.ports.add(binding);
    this.#binding = binding;
    return 0;
  }

  #autobind(): number {
    if (this.#binding) return 0;
    const port = this.#udp.ports.ephemeral();
    return port === 0 ? -EAGAIN : this.#take(this.#any, port);
  }

  connect(_caller: NetCaller, _nonblock: boolean, address: SockAddr): number {
    const end = this.endpoint(address, this.#any);
    if (typeof end === 'number') return end;
    const remote = isAny(end.address) ? { address: '127.0.0.1', port: end.port } : end;
    const source = this.#udp.ip.addresses.sourceFor(remote.address, this.device);
    if (source === undefined) return -ENETUNREACH;
    const bound = this.#autobind();
    if (bound < 0) return bound;
    if (isAny(this.#binding!.address)) this.#binding!.address = source;
    this.peer = remote;
    return 0;
  }

  sendto(_caller: NetCaller, _nonblock: boolean, buf: Uint8Array, to?: SockAddr): number {
    const pending = this.takeError();
    if (pending !== 0) return -pending;
    const end = to ? this.endpoint(to, '127.0.0.1') : (this.peer ?? -EDESTADDRREQ);
    if (typeof end === 'number') return end;
    if (buf.length > LARGEST) return -EMSGSIZE;
    if (end.port === 0) return -EINVAL;
    const { ip } = this.#udp;
    if (!this.broadcast && ip.addresses.isBroadcast(end.address) && !isMulticast(end.address)) return -EACCES;
    const bound = this.#autobind();
    if (bound < 0) return bound;
    const own = this.#binding!.address;
    const source = isAny(own) ? (ip.addresses.sourceFor(end.address, this.device) ?? this.#sourceOfDevice()) : own;
    if (source === undefined) return -ENETUNREACH;
    const packet = new Packet(UDP, source, end.address);
    packet.sport = this.#binding!.port;
    packet.dport = end.port;
    packet.payload = buf.slice();
    packet.ttl = this.ttl || ip.defaultTtl;
    const result = ip.output(packet, this.device);
    return result < 0 ? result : buf.length;
  }

  #sourceOfDevice(): string | undefined {
    return this.device && '0.0.0.0';
  }

  recvfrom(caller: NetCaller, nonblock: boolean, buf: Uint8Array, out?: Datagram): number {
    const pending = this.takeError();
    if (pending !== 0) return -pending;
    const datagram = this.queue.take();
    if (!datagram) return this.#shut ? 0 : this.waitToRead(caller, nonblock);
    if (out) {
      out.from = this.sockaddr(datagram.from.address, datagram.from.port);
      out.ttl = datagram.ttl;
      out.time = datagram.time;
    }
    const n = Math.min(buf.length, datagram.data.length);
    buf.set(datagram.data.subarray(0, n));
    return n;
  }

  override shutdown(how: number): number {
    if (!this.peer) return -ENOTCONN;
    if (how !== SHUT_WR) this.#shut = true;
    this.readable.wakeAll();
    return 0;
  }

  override setsockopt(caller: NetCaller, level: number, option: number, value: number | string): number {
    if (level === IPPROTO_IP && option === IP_RECVERR) this.#recverr = Number(value) !== 0;
    return super.setsockopt(caller, level, option, value);
  }

  poll(): number {
    const broken = this.error !== 0 ? POLLERR : 0;
    return POLLOUT | broken | (this.queue.length > 0 || this.#shut || broken !== 0 ? POLLIN : 0);
  }

  getsockname(): SockAddr {
    const { address, port } = this.local;
    return isAny(address) ? { family: this.family as 2 | 10, addr: this.#any, port } : this.sockaddr(address, port);
  }

  override getpeername(): SockAddr | number {
    return this.peer ? this.sockaddr(this.peer.address, this.peer.port) : -ENOTCONN;
  }

  available(): number {
    return this.queue.nextSize;
  }

  protected dispose(): void {
    if (this.#binding) this.#udp.ports.remove(this.#binding);
    this.queue.clear();
  }
}
