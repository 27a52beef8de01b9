import { EACCES, EAFNOSUPPORT, EOPNOTSUPP, EPERM, EPROTONOSUPPORT, ESOCKTNOSUPPORT } from '../../abi/errno.ts';
import type { NetlinkAnswer, NetlinkRequest } from '../../abi/netlink.ts';
import {
  AF_INET,
  AF_INET6,
  AF_UNIX,
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_RAW,
  IPPROTO_TCP,
  IPPROTO_UDP,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
} from '../../abi/socket.ts';
import { isIp6 } from '../../lib/ip.ts';
import type { HostStream, NetCaller, NetNamespace, Socket } from './door.ts';
import type { Fabric } from './fabric.ts';
import { MACHINE, SocketStream } from './host-stream.ts';
import { IcmpLayer } from './icmp.ts';
import { IpLayer } from './ip.ts';
import { addLink, moveLink, removeLink } from './links.ts';
import { answerNetlink } from './netlink.ts';
import { PROC_NET_NAMES, procNet } from './proc.ts';
import { RawSocket } from './raw-socket.ts';
import type { SocketPlace } from './socket-base.ts';
import { listSockets } from './socket-list.ts';
import { Sysctls } from './sysctl.ts';
import { SYS_CLASS_NET_NAMES, sysClassNet } from './sysfs.ts';
import { TcpLayer } from './tcp-layer.ts';
import { TcpSocket } from './tcp-socket.ts';
import { UdpLayer, UdpSocket } from './udp.ts';
import { type UnixBase, UnixNames } from './unix-base.ts';
import { UnixDgramSocket } from './unix-dgram.ts';
import { UnixStreamSocket } from './unix-stream.ts';

/** A network namespace: all layers together. */
export class Namespace implements NetNamespace {
  readonly ip: IpLayer;
  readonly tcp: TcpLayer;
  readonly udp: UdpLayer;
  readonly icmp: IcmpLayer;
  readonly unix: UnixNames;
  readonly policy = { unprivilegedFrom: 1024, pingGroups: [1, 0] as [number, number] };
  readonly #sysctls: Sysctls;
  readonly #onDestroy: (ns: Namespace) => void;

  constructor(
    readonly fabric: Fabric,
    readonly id: number,
    unixNodes: Map<object, UnixBase>,
    onDestroy: (ns: Namespace) => void,
  ) {
    this.#onDestroy = onDestroy;
    this.ip = new IpLayer(fabric, id);
    this.tcp = new TcpLayer(this.ip);
    this.udp = new UdpLayer(this.ip);
    this.icmp = new IcmpLayer(this.ip, this.tcp, this.udp);
    this.unix = new UnixNames(unixNodes);
    this.#sysctls = new Sysctls(this);
    this.ip.hasListener = (address, port) => this.tcp.listenerFor(address, port) !== undefined;
    addLink(this.ip, 'lo', 'loopback');
    fabric.counts.namespaces++;
  }

  socket(caller: NetCaller, family: number, type: number, protocol: number): Socket | number {
    if (family === AF_UNIX) return this.#unixSocket(caller, type);
    if (family !== AF_INET && family !== AF_INET6) return -EAFNOSUPPORT;
    const icmp = family === AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
    if (type === SOCK_STREAM) {
      if (protocol !== 0 && protocol !== IPPROTO_TCP) return -EPROTONOSUPPORT;
      return new TcpSocket(this.#place(), this.tcp, this.policy, family, caller);
    }
    if (type === SOCK_DGRAM && (protocol === 0 || protocol === IPPROTO_UDP))
      return new UdpSocket(this.#place(), this.udp, this.policy, family, caller);
    if (type === SOCK_DGRAM) {
      if (protocol !== icmp) return -EPROTONOSUPPORT;
      if (!this.#mayPing(caller)) return -EACCES;
      return new RawSocket(this.#place(), this.icmp, family, type, protocol, caller);
    }
    if (type !== SOCK_RAW) return -ESOCKTNOSUPPORT;
    if (!caller.capable('CAP_NET_RAW')) return -EPERM;
    if (protocol !== icmp && protocol !== IPPROTO_RAW) return -EPROTONOSUPPORT;
    return new RawSocket(this.#place(), this.icmp, family, type, protocol, caller);
  }

  #mayPing(caller: NetCaller): boolean {
    const [first, last] = this.policy.pingGroups;
    return caller.gid >= first && caller.gid <= last;
  }

  #unixSocket(caller: NetCaller, type: number): Socket | number {
    if (type === SOCK_STREAM) return new UnixStreamSocket(this.#place(), this.unix, caller);
    if (type === SOCK_DGRAM) return new UnixDgramSocket(this.#place(), this.unix, caller);
    return -ESOCKTNOSUPPORT;
  }

  #place(): SocketPlace {
    const { env } = this.fabric;
    return {
      fabric: this.fabric,
      netns: this,
      deviceNamed: (name) => this.ip.addresses.byName(name),
      readable: env.newWaitPoint(),
      writable: env.newWaitPoint(),
    };
  }

  socketpair(caller: NetCaller, family: number, type: number): [Socket, Socket] | number {
    if (family !== AF_UNIX) return -EOPNOTSUPP;
    const a = this.#unixSocket(caller, type);
    if (typeof a === 'number') return a;
    const b = this.#unixSocket(caller, type);
    if (a instanceof UnixStreamSocket && b instanceof UnixStreamSocket) UnixStreamSocket.join(a, b);
    if (a instanceof UnixDgramSocket && b instanceof UnixDgramSocket) UnixDgramSocket.join(a, b);
    return [a, b as Socket];
  }

  netlink(caller: NetCaller, request: NetlinkRequest, nsOf: (pid: number) => NetNamespace | undefined): NetlinkAnswer {
    if (request.type === 'socket-list') return listSockets(this);
    const ipOf = (pid: number): IpLayer | undefined => {
      const ns = nsOf(pid);
      return ns instanceof Namespace ? ns.ip : undefined;
    };
    return answerNetlink(this.ip, request, caller.capable('CAP_NET_ADMIN'), ipOf);
  }

  proc(name: string): string | undefined {
    return procNet(name, this.ip, this);
  }

  procNames(): readonly string[] {
    return PROC_NET_NAMES;
  }

  linkNames(): string[] {
    return this.ip.addresses.devices.map((dev) => dev.name);
  }

  sysClassNet(name: string, attribute: string): string | undefined {
    const dev = this.ip.addresses.byName(name);
    return dev && sysClassNet(dev, attribute);
  }

  sysClassNetNames(name: string): readonly string[] {
    return this.ip.addresses.byName(name) ? SYS_CLASS_NET_NAMES : [];
  }

  sysctl(name: string): string | undefined {
    return this.#sysctls.get(name);
  }

  setSysctl(name: string, value: string): number {
    return this.#sysctls.set(name, value);
  }

  sysctlNames(): readonly string[] {
    return this.#sysctls.names();
  }

  destroy(): void {
    this.tcp.destroy();
    this.#onDestroy(this);
    for (const dev of [...this.ip.addresses.devices]) removeLink(dev);
    this.fabric.counts.namespaces--;
  }

  /** Moves physical devices to `to`, as the kernel does when a namespace ends. */
  returnDevices(to: Namespace): void {
    for (const dev of [...this.ip.addresses.devices]) if (dev.kind === 'ether') moveLink(dev, to.ip);
  }

  hostConnectTcp(address: string, port: number): HostStream {
    const stream = new SocketStream(this.fabric);
    const family = isIp6(address) ? AF_INET6 : AF_INET;
    const place: SocketPlace = { ...this.#place(), readable: stream.readable, writable: stream.writable };
    const socket = new TcpSocket(place, this.tcp, this.policy, family, MACHINE);
    stream.attach(socket, socket.connect(MACHINE, true, { family, addr: address, port }));
    return stream;
  }

  hostConnectUnix(target: object | string): HostStream | number {
    const stream = new SocketStream(this.fabric);
    const place: SocketPlace = { ...this.#place(), readable: stream.readable, writable: stream.writable };
    const socket = new UnixStreamSocket(place, this.unix, MACHINE);
    const path = typeof target === 'string' ? target : '/';
    const result = socket.connect(
      MACHINE,
      true,
      { family: AF_UNIX, path },
      typeof target === 'string' ? undefined : target,
    );
    if (result < 0) {
      socket.close();
      return result;
    }
    stream.attach(socket, result);
    return stream;
  }
}
