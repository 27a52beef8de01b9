import {
  BLOCKED,
  EAGAIN,
  ECONNREFUSED,
  ECONNRESET,
  EINVAL,
  EISCONN,
  ENOTCONN,
  EPIPE,
  EPROTOTYPE,
} from '../../abi/errno.ts';
import { POLLHUP, POLLIN, POLLOUT } from '../../abi/flags.ts';
import { AF_UNIX, type Datagram, SHUT_RD, SHUT_RDWR, SHUT_WR, SOCK_STREAM, type SockAddr } from '../../abi/socket.ts';
import { ByteQueue } from './byte-queue.ts';
import type { NetCaller, Socket } from './door.ts';
import type { SocketPlace } from './socket-base.ts';
import { UnixBase, type UnixCredentials, type UnixNames } from './unix-base.ts';

/** Bytes that one end holds for its reader. */
const LIMIT = 212_992;
const SOMAXCONN = 4096;

/** A unix stream socket. */
export class UnixStreamSocket extends UnixBase {
  #peer: UnixStreamSocket | undefined;
  /** It was connected once. */
  #connected = false;
  #peerCredentials: UnixCredentials | undefined;
  #peerPath = '';
  #backlog = -1;
  readonly #queue: UnixStreamSocket[] = [];
  readonly #incoming = new ByteQueue();
  #readShut = false;
  #writeShut = false;
  #reset = false;

  constructor(place: SocketPlace, names: UnixNames, caller: Pick<NetCaller, 'pid' | 'uid' | 'gid'>) {
    super(place, names, SOCK_STREAM, caller);
  }

  get other(): UnixStreamSocket | undefined {
    return this.#peer;
  }

  get isListening(): boolean {
    return this.#backlog >= 0;
  }

  /** Joins two new sockets. */
  static join(a: UnixStreamSocket, b: UnixStreamSocket): void {
    a.#attach(b, b.credentials);
    b.#attach(a, a.credentials);
  }

  #attach(peer: UnixStreamSocket, credentials: UnixCredentials): void {
    this.#peer = peer;
    this.#connected = true;
    this.#peerCredentials = credentials;
    this.#peerPath = peer.path;
  }

  override listen(backlog: number): number {
    if (this.#connected || this.path === '') return -EINVAL;
    this.#backlog = Math.min(backlog < 0 ? SOMAXCONN : backlog, SOMAXCONN);
    return 0;
  }

  override accept(caller: NetCaller, nonblock: boolean): Socket | number {
    if (!this.isListening) return -EINVAL;
    const first = this.#queue.shift();
    if (!first) return this.waitToRead(caller, nonblock);
    this.writable.wakeAll();
    return first;
  }

  connect(caller: NetCaller, nonblock: boolean, address: SockAddr, node?: object): number {
    if (this.#connected) return -EISCONN;
    const found = this.find(address, node);
    if (typeof found === 'number') return found;
    if (!(found instanceof UnixStreamSocket)) return -EPROTOTYPE;
    if (!found.isListening) return -ECONNREFUSED;
    if (found.#queue.length > found.#backlog) {
      if (nonblock) return -EAGAIN;
      caller.waitOn(found.writable);
      return BLOCKED;
    }
    const server = new UnixStreamSocket(found.placeOfChild(), found.names, found.credentials);
    server.path = found.path;
    this.#attach(server, found.credentials);
    server.#attach(this, { pid: caller.pid, uid: caller.uid, gid: caller.gid });
    found.#queue.push(server);
    found.readable.wakeAll();
    return 0;
  }

  recvfrom(caller: NetCaller, nonblock: boolean, buf: Uint8Array, out?: Datagram): number {
    if (!this.#connected) return -(this.isListening ? EINVAL : ENOTCONN);
    if (out) out.from = undefined;
    if (this.#incoming.length > 0) {
      const crowded = this.#room < LIMIT / 3;
      const n = this.#incoming.read(buf);
      if (crowded && this.#room >= LIMIT / 3) this.#peer?.writable.wakeAll();
      return n;
    }
    if (this.#reset) {
      this.#reset = false;
      return -ECONNRESET;
    }
    if (this.#readShut || !this.#peer || this.#peer.#writeShut || buf.length === 0) return 0;
    return this.waitToRead(caller, nonblock);
  }

  /** Bytes that the other end may still send. */
  get #room(): number {
    return LIMIT - this.#incoming.length;
  }

  sendto(caller: NetCaller, nonblock: boolean, buf: Uint8Array): number {
    if (!this.#connected) return -ENOTCONN;
    const peer = this.#peer;
    if (this.#writeShut || !peer || peer.#readShut) return -EPIPE;
    const n = Math.min(buf.length, peer.#room);
    if (n === 0) return buf.length === 0 ? 0 : this.waitToWrite(caller, nonblock);
    peer.#incoming.push(buf.slice(0, n));
    peer.readable.wakeAll();
    return n;
  }

  poll(): number {
    if (this.isListening) return this.#queue.length > 0 ? POLLIN : 0;
    if (!this.#connected) return POLLOUT | POLLHUP;
    const peer = this.#peer;
    let bits = 0;
    if (this.#incoming.length > 0 || this.#readShut || !peer || peer.#writeShut) bits |= POLLIN;
    if (!peer || this.#writeShut || peer.#readShut || peer.#room >= LIMIT / 3) bits |= POLLOUT;
    if (!peer || (this.#writeShut && peer.#writeShut)) bits |= POLLHUP;
    return bits;
  }

  override shutdown(how: number): number {
    if (how !== SHUT_RD && how !== SHUT_WR && how !== SHUT_RDWR) return -EINVAL;
    if (this.isListening) {
      if (how !== SHUT_WR) this.#stopListening();
      return 0;
    }
    if (!this.#connected) return -ENOTCONN;
    if (how !== SHUT_WR) this.#readShut = true;
    if (how !== SHUT_RD) this.#writeShut = true;
    for (const end of [this, this.#peer]) {
      end?.readable.wakeAll();
      end?.writable.wakeAll();
    }
    return 0;
  }

  override getpeername(): SockAddr | number {
    return this.#connected ? { family: AF_UNIX, path: this.#peerPath } : -ENOTCONN;
  }

  override peercred(): UnixCredentials | number {
    return this.#peerCredentials ? { ...this.#peerCredentials } : { pid: 0, uid: -1, gid: -1 };
  }

  available(): number {
    return this.#incoming.length;
  }

  /** Connections that wait for accept(2), and how many may. */
  get backlog(): { waiting: number; limit: number } {
    return { waiting: this.#queue.length, limit: Math.max(0, this.#backlog) };
  }

  protected override get accepting(): boolean {
    return this.isListening;
  }

  #stopListening(): void {
    this.#backlog = -1;
    for (const waiting of this.#queue.splice(0)) waiting.close();
    this.readable.wakeAll();
    this.writable.wakeAll();
  }

  protected release(): void {
    if (this.isListening) this.#stopListening();
    const peer = this.#peer;
    this.#peer = undefined;
    if (peer) {
      peer.#peer = undefined;
      if (this.#incoming.length > 0) peer.#reset = true;
      peer.readable.wakeAll();
      peer.writable.wakeAll();
    }
    this.#incoming.clear();
  }
}
