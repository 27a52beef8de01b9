import { BLOCKED, EAGAIN, ECONNREFUSED, EMSGSIZE, ENOTCONN, EPIPE, EPROTOTYPE } from '../../abi/errno.ts';
import { POLLIN, POLLOUT } from '../../abi/flags.ts';
import { AF_UNIX, type Datagram, SHUT_RD, SHUT_WR, SOCK_DGRAM, type SockAddr } from '../../abi/socket.ts';
import { DatagramQueue } from './datagram-queue.ts';
import type { NetCaller } from './door.ts';
import type { SocketPlace } from './socket-base.ts';
import { UnixBase, type UnixCredentials, type UnixNames } from './unix-base.ts';

const LIMIT = 212_992;

/** A unix datagram socket. */
export class UnixDgramSocket extends UnixBase {
  #peer: UnixDgramSocket | undefined;
  readonly #queue = new DatagramQueue<string>();
  #readShut = false;
  #writeShut = false;
  #closed = false;

  constructor(place: SocketPlace, names: UnixNames, caller: Pick<NetCaller, 'pid' | 'uid' | 'gid'>) {
    super(place, names, SOCK_DGRAM, caller);
  }

  get other(): UnixDgramSocket | undefined {
    return this.#peer;
  }

  get isListening(): boolean {
    return false;
  }

  static join(a: UnixDgramSocket, b: UnixDgramSocket): void {
    a.#peer = b;
    b.#peer = a;
  }

  connect(_caller: NetCaller, _nonblock: boolean, address: SockAddr, node?: object): number {
    const found = this.find(address, node);
    if (typeof found === 'number') return found;
    if (!(found instanceof UnixDgramSocket)) return -EPROTOTYPE;
    this.#peer = found;
    return 0;
  }

  sendto(caller: NetCaller, nonblock: boolean, buf: Uint8Array, to?: SockAddr, node?: object): number {
    const target = to ? this.find(to, node) : (this.#peer ?? -ENOTCONN);
    if (typeof target === 'number') return target;
    if (!(target instanceof UnixDgramSocket)) return -EPROTOTYPE;
    if (target.#closed) return -ECONNREFUSED;
    if (this.#writeShut || target.#readShut) return -EPIPE;
    if (buf.length > LIMIT) return -EMSGSIZE;
    if (!target.#queue.hasRoom(buf.length, LIMIT)) {
      if (nonblock) return -EAGAIN;
      caller.waitOn(target.writable);
      return BLOCKED;
    }
    target.#queue.put({ from: this.path, data: buf.slice(), ttl: 0, time: this.fabric.env.now() }, LIMIT);
    target.readable.wakeAll();
    return buf.length;
  }

  recvfrom(caller: NetCaller, nonblock: boolean, buf: Uint8Array, out?: Datagram): number {
    const datagram = this.#queue.take();
    if (!datagram) return this.#readShut ? 0 : this.waitToRead(caller, nonblock);
    this.writable.wakeAll();
    if (out) {
      out.from = { family: AF_UNIX, path: datagram.from };
      out.ttl = 0;
      out.time = datagram.time;
    }
    const n = Math.min(buf.length, datagram.data.length);
    buf.set(datagram.data.subarray(0, n));
    return n;
  }

  override shutdown(how: number): number {
    if (!this.#peer) return -ENOTCONN;
    if (how !== SHUT_WR) this.#readShut = true;
    if (how !== SHUT_RD) this.#writeShut = true;
    this.readable.wakeAll();
    return 0;
  }

  poll(): number {
    return POLLOUT | (this.#queue.length > 0 || this.#readShut ? POLLIN : 0);
  }

  override getpeername(): SockAddr | number {
    return this.#peer ? { family: AF_UNIX, path: this.#peer.path } : -ENOTCONN;
  }

  override peercred(): UnixCredentials | number {
    return this.#peer ? { ...this.#peer.credentials } : { pid: 0, uid: -1, gid: -1 };
  }

  available(): number {
    return this.#queue.nextSize;
  }

  protected release(): void {
    this.#closed = true;
    this.#peer = undefined;
    this.#queue.clear();
    this.writable.wakeAll();
  }
}
