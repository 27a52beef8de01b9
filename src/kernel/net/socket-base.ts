import { BLOCKED, EAFNOSUPPORT, EAGAIN, EINVAL, ENODEV, ENOPROTOOPT, ENOTCONN, EOPNOTSUPP } from '../../abi/errno.ts';
import {
  AF_INET6,
  AF_UNIX,
  type Datagram,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_UNICAST_HOPS,
  IPV6_V6ONLY,
  SO_ACCEPTCONN,
  SO_BINDTODEVICE,
  SO_BROADCAST,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_LINGER,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_SNDBUF,
  SO_TYPE,
  SOL_SOCKET,
  type SockAddr,
} from '../../abi/socket.ts';
import { canonicalIp, isIp6, mapIp, unmapIp } from '../../lib/ip.ts';
import type { Device } from './device.ts';
import type { NetCaller, NetNamespace, Socket, WaitPoint } from './door.ts';
import type { Fabric } from './fabric.ts';

/** Where a socket is made: its namespace, and the points that tasks wait on. */
export interface SocketPlace {
  fabric: Fabric;
  netns: NetNamespace;
  deviceNamed(name: string): Device | undefined;
  readable: WaitPoint;
  writable: WaitPoint;
}

/** An internet address as the layers below take it: IPv4 is never mapped. */
export interface Endpoint {
  address: string;
  port: number;
}

const LEAST_BUFFER = 2304;
const MOST_BUFFER = 4_194_304;

/** What sockets of all families have in common: options, and the errors of what they cannot do. */
export abstract class SocketBase implements Socket {
  readonly ino: number;
  readonly netns: NetNamespace;
  readonly readable: WaitPoint;
  readonly writable: WaitPoint;
  protected readonly fabric: Fabric;
  protected reuseAddress = false;
  protected reusePort = false;
  protected broadcast = false;
  protected v6only = false;
  /** Seconds; -1: off. */
  protected linger = -1;
  /** SO_ERROR: errno that the next call returns. */
  protected error = 0;
  protected device: Device | undefined;
  protected ttl = 0;
  protected sendBuffer = 212_992;
  protected receiveBuffer = 212_992;
  #keepalive = 0;
  #other = new Map<string, number>();
  readonly #place: SocketPlace;
  #closed = false;

  constructor(
    place: SocketPlace,
    readonly family: number,
    readonly type: number,
    readonly protocol: number,
  ) {
    this.#place = place;
    this.fabric = place.fabric;
    this.netns = place.netns;
    this.readable = place.readable;
    this.writable = place.writable;
    this.ino = place.fabric.newInode();
    place.fabric.counts.sockets++;
  }

  abstract poll(): number;
  abstract bind(caller: NetCaller, address: SockAddr, node?: object): number;
  abstract connect(caller: NetCaller, nonblock: boolean, address: SockAddr, node?: object): number;
  abstract sendto(caller: NetCaller, nonblock: boolean, buf: Uint8Array, to?: SockAddr, node?: object): number;
  abstract recvfrom(caller: NetCaller, nonblock: boolean, buf: Uint8Array, out?: Datagram): number;
  abstract getsockname(): SockAddr | number;
  abstract available(): number;
  protected abstract dispose(): void;

  listen(_backlog: number): number {
    return -EOPNOTSUPP;
  }

  accept(_caller: NetCaller, _nonblock: boolean): Socket | number {
    return -EOPNOTSUPP;
  }

  read(caller: NetCaller, nonblock: boolean, buf: Uint8Array): number {
    return this.recvfrom(caller, nonblock, buf);
  }

  write(caller: NetCaller, nonblock: boolean, buf: Uint8Array): number {
    return this.sendto(caller, nonblock, buf);
  }

  shutdown(_how: number): number {
    return -ENOTCONN;
  }

  getpeername(): SockAddr | number {
    return -ENOTCONN;
  }

  peercred(): { pid: number; uid: number; gid: number } | number {
    return { pid: 0, uid: -1, gid: -1 };
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.fabric.counts.sockets--;
    this.dispose();
  }

  setsockopt(_caller: NetCaller, level: number, option: number, value: number | string): number {
    if (level === SOL_SOCKET) return this.#setSocketOption(option, value);
    const n = Number(value);
    if (level === IPPROTO_IP && option === IP_TTL) {
      if (n !== -1 && (n < 1 || n > 255)) return -EINVAL;
      this.ttl = n === -1 ? 0 : n;
      return 0;
    }
    if (level === IPPROTO_IPV6 && option === IPV6_UNICAST_HOPS) {
      this.ttl = n === -1 ? 0 : n;
      return 0;
    }
    if (level === IPPROTO_IPV6 && option === IPV6_V6ONLY && this.family === AF_INET6) {
      this.v6only = n !== 0;
      return 0;
    }
    if (level !== IPPROTO_IP && level !== IPPROTO_IPV6 && level !== IPPROTO_TCP) return -ENOPROTOOPT;
    this.#other.set(`${level} ${option}`, n);
    return 0;
  }

  #setSocketOption(option: number, value: number | string): number {
    const n = Number(value);
    const clamped = Math.min(MOST_BUFFER, Math.max(LEAST_BUFFER, 2 * n));
    if (option === SO_REUSEADDR) this.reuseAddress = n !== 0;
    else if (option === SO_REUSEPORT) this.reusePort = n !== 0;
    else if (option === SO_BROADCAST) this.broadcast = n !== 0;
    else if (option === SO_KEEPALIVE) this.#keepalive = n !== 0 ? 1 : 0;
    else if (option === SO_LINGER) this.linger = n;
    else if (option === SO_SNDBUF) this.sendBuffer = clamped;
    else if (option === SO_RCVBUF) this.receiveBuffer = clamped;
    else if (option === SO_BINDTODEVICE) return this.#bindToDevice(String(value));
    else this.#other.set(`${SOL_SOCKET} ${option}`, n);
    return 0;
  }

  #bindToDevice(name: string): number {
    this.device = name === '' ? undefined : this.#place.deviceNamed(name);
    return name !== '' && !this.device ? -ENODEV : 0;
  }

  getsockopt(level: number, option: number): number {
    if (level === IPPROTO_IP && option === IP_TTL) return this.ttl || 64;
    if (level === IPPROTO_IPV6 && option === IPV6_V6ONLY) return this.v6only ? 1 : 0;
    if (level !== SOL_SOCKET) return this.#other.get(`${level} ${option}`) ?? 0;
    if (option === SO_ERROR) return this.takeError();
    if (option === SO_TYPE) return this.type;
    if (option === SO_REUSEADDR) return this.reuseAddress ? 1 : 0;
    if (option === SO_REUSEPORT) return this.reusePort ? 1 : 0;
    if (option === SO_BROADCAST) return this.broadcast ? 1 : 0;
    if (option === SO_KEEPALIVE) return this.#keepalive;
    if (option === SO_LINGER) return this.linger;
    if (option === SO_SNDBUF) return this.sendBuffer;
    if (option === SO_RCVBUF) return this.receiveBuffer;
    if (option === SO_ACCEPTCONN) return this.accepting ? 1 : 0;
    return this.#other.get(`${level} ${option}`) ?? 0;
  }

  protected get accepting(): boolean {
    return false;
  }

  /** Takes SO_ERROR. */
  protected takeError(): number {
    const errno = this.error;
    this.error = 0;
    return errno;
  }

  /** Waits for something to read: BLOCKED, or -EAGAIN. */
  protected waitToRead(caller: NetCaller, nonblock: boolean): number {
    if (nonblock) return -EAGAIN;
    caller.waitOn(this.readable);
    return BLOCKED;
  }

  protected waitToWrite(caller: NetCaller, nonblock: boolean): number {
    if (nonblock) return -EAGAIN;
    caller.waitOn(this.writable);
    return BLOCKED;
  }

  /** The place of a socket that comes of this one (accept), with wait points of its own. */
  protected placeOfChild(): SocketPlace {
    const { env } = this.fabric;
    return { ...this.#place, readable: env.newWaitPoint(), writable: env.newWaitPoint() };
  }

  /** An address that a program gave, for a socket of this (internet) family. @returns it, or -errno */
  protected endpoint(address: SockAddr, any: string): Endpoint | number {
    if (address.family === AF_UNIX || (this.family !== AF_INET6 && address.family === AF_INET6)) return -EAFNOSUPPORT;
    if (address.port < 0 || address.port > 65535) return -EINVAL;
    if (address.addr === '') return { address: any, port: address.port };
    const ip = canonicalIp(address.addr);
    if (ip === undefined) return -EINVAL;
    if (this.family !== AF_INET6 && isIp6(ip)) return -EAFNOSUPPORT;
    return { address: unmapIp(ip), port: address.port };
  }

  /** The form in which this socket's program sees an address. */
  protected sockaddr(address: string, port: number): SockAddr {
    if (this.family !== AF_INET6) return { family: 2, addr: address, port };
    return { family: AF_INET6, addr: isIp6(address) ? address : mapIp(address), port };
  }
}
