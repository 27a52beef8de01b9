import { EADDRINUSE, EAFNOSUPPORT, ECONNREFUSED, EINVAL } from '../../abi/errno.ts';
import { AF_UNIX, type SockAddr } from '../../abi/socket.ts';
import type { NetCaller } from './door.ts';
import { SocketBase, type SocketPlace } from './socket-base.ts';

/** Who made or bound a socket: SO_PEERCRED of the other side. */
export interface UnixCredentials {
  pid: number;
  uid: number;
  gid: number;
}

/** Names of unix sockets: inodes of the machine, and abstract names of one network namespace. */
export class UnixNames {
  readonly byName = new Map<string, UnixBase>();
  /** All unix sockets of the namespace. */
  readonly sockets = new Set<UnixBase>();

  /** `byNode` is the machine's: a path leads to a socket from any network namespace. */
  constructor(readonly byNode: Map<object, UnixBase>) {}
}

/** What unix sockets of all types have in common: their names (unix(7)). */
export abstract class UnixBase extends SocketBase {
  /** As bound: a path, `\0name`, or ''. */
  path = '';
  readonly credentials: UnixCredentials;
  protected readonly names: UnixNames;
  #node: object | undefined;

  constructor(place: SocketPlace, names: UnixNames, type: number, caller: Pick<NetCaller, 'pid' | 'uid' | 'gid'>) {
    super(place, AF_UNIX, type, 0);
    this.names = names;
    this.credentials = { pid: caller.pid, uid: caller.uid, gid: caller.gid };
    names.sockets.add(this);
  }

  /** The socket at the other end, and what state it shows. */
  abstract get other(): UnixBase | undefined;
  abstract get isListening(): boolean;

  bind(_caller: NetCaller, address: SockAddr, node?: object): number {
    if (address.family !== AF_UNIX) return -EAFNOSUPPORT;
    if (this.path !== '') return -EINVAL;
    if (node) {
      this.#node = node;
      this.path = address.path;
      this.names.byNode.set(node, this);
      return 0;
    }
    const name = address.path === '' ? this.#autoName() : address.path;
    if (!name.startsWith('\0')) return -EINVAL;
    if (this.names.byName.has(name)) return -EADDRINUSE;
    this.path = name;
    this.names.byName.set(name, this);
    return 0;
  }

  #autoName(): string {
    for (let i = 0; ; i++) {
      const name = `\0${i.toString(16).padStart(5, '0')}`;
      if (!this.names.byName.has(name)) return name;
    }
  }

  /** The socket that an address names. @returns it or -errno */
  protected find(address: SockAddr, node: object | undefined): UnixBase | number {
    if (address.family !== AF_UNIX) return -EAFNOSUPPORT;
    const found = node ? this.names.byNode.get(node) : this.names.byName.get(address.path);
    return found ?? -ECONNREFUSED;
  }

  getsockname(): SockAddr {
    return { family: AF_UNIX, path: this.path };
  }

  protected dispose(): void {
    this.names.sockets.delete(this);
    if (this.#node && this.names.byNode.get(this.#node) === this) this.names.byNode.delete(this.#node);
    else if (this.path !== '' && this.names.byName.get(this.path) === this) this.names.byName.delete(this.path);
    this.release();
  }

  /** Lets go of the other end and of what is queued. */
  protected abstract release(): void;
}
