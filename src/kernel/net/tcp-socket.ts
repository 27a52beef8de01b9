import {
  BLOCKED,
  EACCES,
  EADDRINUSE,
  EADDRNOTAVAIL,
  EAGAIN,
  EALREADY,
  EINPROGRESS,
  EINVAL,
  EISCONN,
  ENOTCONN,
  EPIPE,
} from '../../abi/errno.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../abi/flags.ts';
import { AF_INET6, type Datagram, SHUT_RD, SHUT_RDWR, SHUT_WR, SOCK_STREAM, type SockAddr } from '../../abi/socket.ts';
import type { NetCaller, Socket } from './door.ts';
import { isAny } from './ports.ts';
import { SocketBase, type SocketPlace } from './socket-base.ts';
import type { TcpConnection } from './tcp-connection.ts';
import type { TcpBinding, TcpLayer } from './tcp-layer.ts';

/** Ports below need CAP_NET_BIND_SERVICE (sysctl net.ipv4.ip_unprivileged_port_start). */
export interface PortPolicy {
  unprivilegedFrom: number;
}

/** A TCP socket (tcp(7)). */
export class TcpSocket extends SocketBase {
  #binding: TcpBinding | undefined;
  #connection: TcpConnection | undefined;
  /** connect(2) waits for the handshake (or, nonblocking, left it going). */
  #connecting = false;
  #readShut = false;
  #creator = { pid: 0, uid: 0 };
  readonly #tcp: TcpLayer;
  readonly #policy: PortPolicy;

  constructor(
    place: SocketPlace,
    tcp: TcpLayer,
    policy: PortPolicy,
    family: number,
    caller: Pick<NetCaller, 'pid' | 'uid'>,
  ) {
    super(place, family, SOCK_STREAM, 6);
    this.#tcp = tcp;
    this.#policy = policy;
    this.#creator = { pid: caller.pid, uid: caller.uid };
  }

  get #any(): string {
    return this.family === AF_INET6 ? '::' : '0.0.0.0';
  }

  bind(caller: NetCaller, address: SockAddr): number {
    if (this.#binding || this.#connection) return -EINVAL;
    const end = this.endpoint(address, this.#any);
    if (typeof end === 'number') return end;
    if (!isAny(end.address) && !this.#tcp.ip.addresses.loopbackFor(end.address)) return -EADDRNOTAVAIL;
    if (end.port > 0 && end.port < this.#policy.unprivilegedFrom && !caller.capable('CAP_NET_BIND_SERVICE'))
      return -EACCES;
    const binding = this.#newBinding(end.address, end.port || this.#tcp.ports.ephemeral());
    if (binding.port === 0 || this.#tcp.ports.conflicts(binding)) return -EADDRINUSE;
    this.#tcp.ports.add(binding);
    this.#binding = binding;
    return 0;
  }

  #newBinding(address: string, port: number): TcpBinding {
    return {
      port,
      address,
      v6only: this.v6only,
      reuseAddress: this.reuseAddress,
      reusePort: this.reusePort,
      listening: false,
      ...this.#creator,
      ino: this.ino,
      family: this.family,
      backlog: 0,
      queue: [],
      readable: this.readable,
    };
  }

  override listen(backlog: number): number {
    if (this.#connection) return -EINVAL;
    if (!this.#binding) {
      const port = this.#tcp.ports.ephemeral();
      if (port === 0) return -EADDRINUSE;
      this.#binding = this.#newBinding(this.#any, port);
      this.#tcp.ports.add(this.#binding);
    }
    const binding = this.#binding;
    binding.backlog = Math.min(backlog < 0 ? this.#tcp.somaxconn : backlog, this.#tcp.somaxconn);
    if (binding.listening) return 0;
    binding.reuseAddress = this.reuseAddress;
    binding.listening = true;
    if (!this.#tcp.ports.conflicts(binding)) return 0;
    binding.listening = false;
    return -EADDRINUSE;
  }

  override accept(caller: NetCaller, nonblock: boolean): Socket | number {
    const binding = this.#binding;
    if (!binding?.listening) return -EINVAL;
    const connection = binding.queue.shift();
    if (!connection) return this.waitToRead(caller, nonblock);
    const child = new TcpSocket(this.placeOfChild(), this.#tcp, this.#policy, this.family, caller);
    child.#adopt(connection);
    return child;
  }

  #adopt(connection: TcpConnection): void {
    this.#connection = connection;
    connection.owner = { ino: this.ino, pid: this.#creator.pid, family: this.family };
    connection.readable = this.readable;
    connection.writable = this.writable;
    connection.sendLimit = this.sendBuffer;
    connection.receiveLimit = this.receiveBuffer;
  }

  connect(caller: NetCaller, nonblock: boolean, address: SockAddr): number {
    if (this.#connection) return this.#connectAgain(caller, nonblock);
    if (this.#binding?.listening) return -EISCONN;
    const end = this.endpoint(address, this.#any);
    if (typeof end === 'number') return end;
    const remote = isAny(end.address) ? (end.address === '::' ? '::1' : '127.0.0.1') : end.address;
    const bound = this.#binding;
    const local = bound && !isAny(bound.address) ? bound.address : this.device?.addresses[0]?.address;
    const made = this.#tcp.connect(remote, end.port, caller.uid, local, bound?.port ?? 0, (c) => this.#adopt(c));
    if (typeof made === 'number') return made;
    this.#connecting = true;
    const now = this.#connectAgain(caller, nonblock);
    return now === -EALREADY ? -EINPROGRESS : now;
  }

  #connectAgain(caller: NetCaller, nonblock: boolean): number {
    const connection = this.#connection!;
    if (connection.state === 'SYN_SENT') {
      if (nonblock) return -EALREADY;
      caller.waitOn(this.writable);
      return BLOCKED;
    }
    if (!this.#connecting) return -EISCONN;
    this.#connecting = false;
    const errno = this.takeError();
    if (errno === 0) return 0;
    this.#connection = undefined;
    return -errno;
  }

  protected override takeError(): number {
    const connection = this.#connection;
    if (!connection || connection.error === 0) return super.takeError();
    const errno = connection.error;
    connection.error = 0;
    return errno;
  }

  recvfrom(caller: NetCaller, nonblock: boolean, buf: Uint8Array, out?: Datagram): number {
    const connection = this.#connection;
    if (!connection || connection.state === 'SYN_SENT')
      return connection && !nonblock ? this.waitToRead(caller, false) : connection ? -EAGAIN : -ENOTCONN;
    if (out) out.from = undefined;
    if (connection.received.length > 0) return buf.length === 0 ? 0 : connection.receive(buf);
    const errno = this.takeError();
    if (errno !== 0) return -errno;
    if (connection.ended || this.#readShut || connection.isOver || buf.length === 0) return 0;
    return this.waitToRead(caller, nonblock);
  }

  sendto(caller: NetCaller, nonblock: boolean, buf: Uint8Array): number {
    const connection = this.#connection;
    if (!connection) return -EPIPE;
    if (connection.state === 'SYN_SENT') return this.waitToWrite(caller, nonblock);
    const errno = this.takeError();
    if (errno !== 0) return -errno;
    if (!connection.maySend) return -EPIPE;
    if (buf.length === 0) return 0;
    const n = connection.send(buf);
    return n > 0 ? n : this.waitToWrite(caller, nonblock);
  }

  poll(): number {
    if (this.#binding?.listening) return this.#binding.queue.length > 0 ? POLLIN : 0;
    const connection = this.#connection;
    if (!connection) return POLLOUT | POLLHUP;
    if (connection.state === 'SYN_SENT') return 0;
    let bits = 0;
    const over = connection.isOver;
    if (connection.error !== 0) bits |= POLLERR | POLLIN | POLLOUT;
    if (over) bits |= POLLHUP;
    if (connection.received.length > 0 || connection.ended || this.#readShut || over) bits |= POLLIN;
    if (!connection.maySend || connection.room >= connection.sendLimit / 3) bits |= POLLOUT;
    return connection.ended && !connection.maySend ? bits | POLLHUP : bits;
  }

  override shutdown(how: number): number {
    if (how !== SHUT_RD && how !== SHUT_WR && how !== SHUT_RDWR) return -EINVAL;
    const connection = this.#connection;
    if (this.#binding?.listening) {
      if (how !== SHUT_WR) this.#stopListening();
      return 0;
    }
    if (!connection || connection.state === 'SYN_SENT' || connection.state === 'CLOSED') return -ENOTCONN;
    if (how !== SHUT_WR) this.#readShut = true;
    if (how !== SHUT_RD) connection.finish();
    this.readable.wakeAll();
    this.writable.wakeAll();
    return 0;
  }

  getsockname(): SockAddr {
    const connection = this.#connection;
    if (connection) return this.sockaddr(connection.local, connection.lport);
    return this.#binding
      ? { family: this.family as 2 | 10, addr: this.#binding.address, port: this.#binding.port }
      : { family: this.family as 2 | 10, addr: this.#any, port: 0 };
  }

  override getpeername(): SockAddr | number {
    const connection = this.#connection;
    if (!connection || connection.isOver || connection.state === 'SYN_SENT') return -ENOTCONN;
    return this.sockaddr(connection.remote, connection.rport);
  }

  available(): number {
    return this.#connection?.received.length ?? 0;
  }

  protected override get accepting(): boolean {
    return this.#binding?.listening === true;
  }

  #stopListening(): void {
    const binding = this.#binding;
    if (!binding) return;
    binding.listening = false;
    for (const waiting of binding.queue.splice(0)) waiting.close(true);
    this.readable.wakeAll();
  }

  override setsockopt(caller: NetCaller, level: number, option: number, value: number | string): number {
    const result = super.setsockopt(caller, level, option, value);
    if (this.#connection) {
      this.#connection.sendLimit = this.sendBuffer;
      this.#connection.receiveLimit = this.receiveBuffer;
    }
    return result;
  }

  protected dispose(): void {
    this.#stopListening();
    if (this.#binding) this.#tcp.ports.remove(this.#binding);
    this.#connection?.close(this.linger === 0);
    this.#connection = undefined;
  }
}
