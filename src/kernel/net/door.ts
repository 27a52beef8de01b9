import type { Capability } from '../../abi/credentials.ts';
import type { NetlinkAnswer, NetlinkRequest } from '../../abi/netlink.ts';
import type { Datagram, SockAddr } from '../../abi/socket.ts';

/**
 * What the rest of the kernel sees of the network. Calls return their value, -errno, or BLOCKED after the caller was
 * put on a wait point (`NetCaller.waitOn`); then the task yields and makes the same call again.
 */

/** Where tasks wait; the kernel's wait queue is one. */
export interface WaitPoint {
  wakeAll(): void;
}

/** Who makes a call: the current task. */
export interface NetCaller {
  readonly pid: number;
  /** Effective ids. */
  readonly uid: number;
  readonly gid: number;
  capable(capability: Capability): boolean;
  /** Puts the task on `point`; it runs again after `wakeAll`, or when a signal comes. */
  waitOn(point: WaitPoint): void;
}

/** What the network needs from outside. */
export interface NetEnv {
  /** Monotonic clock, milliseconds. */
  now(): number;
  /** Calls `fire` after `ms`. @returns what takes the timer back */
  setTimer(ms: number, fire: () => void): () => void;
  getrandom(buf: Uint8Array): void;
  newWaitPoint(): WaitPoint;
}

/** A socket: what a file descriptor of one does. The owner (an open file description) calls `close` once. */
export interface Socket {
  readonly family: number;
  /** SOCK_STREAM, SOCK_DGRAM or SOCK_RAW. */
  readonly type: number;
  readonly protocol: number;
  /** Inode number in sockfs: `socket:[INO]`. */
  readonly ino: number;
  readonly netns: NetNamespace;
  /** Woken when `poll` may have gained POLLIN or POLLHUP. */
  readonly readable: WaitPoint;
  /** Woken when `poll` may have gained POLLOUT, POLLERR or POLLHUP. */
  readonly writable: WaitPoint;
  /** The POLL* bits that hold now. */
  poll(): number;
  /** bind(2). `node`: for a path of AF_UNIX, the socket inode that the caller has just made (any object that stays the same while the file exists). */
  bind(caller: NetCaller, address: SockAddr, node?: object): number;
  listen(backlog: number): number;
  /** @returns the new connection's socket, -errno or BLOCKED */
  accept(caller: NetCaller, nonblock: boolean): Socket | number;
  /** connect(2). `node`: as in bind; the caller has resolved the path (ENOENT, EACCES, and ECONNREFUSED for what is no socket are its answers). */
  connect(caller: NetCaller, nonblock: boolean, address: SockAddr, node?: object): number;
  /** read(2); 0 at the end of a stream. */
  read(caller: NetCaller, nonblock: boolean, buf: Uint8Array): number;
  /** write(2). On -EPIPE of a stream the caller raises SIGPIPE. */
  write(caller: NetCaller, nonblock: boolean, buf: Uint8Array): number;
  sendto(caller: NetCaller, nonblock: boolean, buf: Uint8Array, to?: SockAddr, node?: object): number;
  recvfrom(caller: NetCaller, nonblock: boolean, buf: Uint8Array, out?: Datagram): number;
  shutdown(how: number): number;
  getsockname(): SockAddr | number;
  getpeername(): SockAddr | number;
  setsockopt(caller: NetCaller, level: number, option: number, value: number | string): number;
  getsockopt(level: number, option: number): number;
  peercred(): { pid: number; uid: number; gid: number } | number;
  /** FIONREAD. */
  available(): number;
  /** The last reference is gone. */
  close(): void;
}

/** A byte stream that ends outside of the machine's tasks (the page's preview, a bridged unix socket). */
export interface HostStream {
  /** Takes what there is room for. @returns bytes taken (0: wait for `onWritable`), or -errno */
  write(data: Uint8Array): number;
  /** @returns up to `max` bytes, an empty array at the end, undefined when there is nothing yet, or -errno */
  read(max: number): Uint8Array | undefined | number;
  /** Half-close: no more will be written. */
  end(): void;
  /** Closes both ways at once. */
  destroy(): void;
  /** `read` has something to give. Called from within the kernel; may call the stream. */
  onReadable: (() => void) | undefined;
  /** `write` has room (also: the connection is there). */
  onWritable: (() => void) | undefined;
  /** The connection was refused, reset or timed out: errno. */
  onError: ((errno: number) => void) | undefined;
}

/** One packet as a device saw it. */
export interface PacketRecord {
  /** Monotonic milliseconds. */
  time: number;
  /** Network namespace (its id) and device. */
  ns: number;
  dev: string;
  direction: 'in' | 'out';
  proto: 'tcp' | 'udp' | 'icmp' | 'icmp6' | 'arp';
  src: string;
  dst: string;
  sport: number;
  dport: number;
  /** TCP: letters of `SFRPA`; ICMP: `echo request`, `echo reply`, `unreachable`, `time exceeded`. */
  flags: string;
  seq: number;
  ack: number;
  ttl: number;
  /** Bytes of payload, and of the whole packet with its IP header. */
  length: number;
  size: number;
  /** The payload itself; do not keep it for long, do not change it. */
  payload: Uint8Array;
}

/** One network namespace: devices, addresses, routes, filters and sockets. */
export interface NetNamespace {
  /** The inode number of `/proc/PID/ns/net`. */
  readonly id: number;
  /** socket(2). @returns -EAFNOSUPPORT, -EPROTONOSUPPORT, -ESOCKTNOSUPPORT, -EPERM (raw without CAP_NET_RAW), -EACCES (ping outside of ping_group_range) */
  socket(caller: NetCaller, family: number, type: number, protocol: number): Socket | number;
  /** socketpair(2), AF_UNIX only. */
  socketpair(caller: NetCaller, family: number, type: number): [Socket, Socket] | number;
  /** `nsOf` finds the network namespace of a pid as the caller sees it. @returns -EPERM without CAP_NET_ADMIN for what changes something */
  netlink(caller: NetCaller, request: NetlinkRequest, nsOf: (pid: number) => NetNamespace | undefined): NetlinkAnswer;
  /** Text of /proc/net/NAME (dev, tcp, tcp6, udp, udp6, unix, route, arp, if_inet6 …). */
  proc(name: string): string | undefined;
  /** Names in /proc/net. */
  procNames(): readonly string[];
  /** Names in /sys/class/net. */
  linkNames(): string[];
  /** Text of /sys/class/net/DEV/ATTRIBUTE (`address`, `mtu`, `operstate`, `statistics/rx_bytes` …). */
  sysClassNet(dev: string, attribute: string): string | undefined;
  /** Attribute names of a device, files only (`statistics/…` with the slash). */
  sysClassNetNames(dev: string): readonly string[];
  /** `net.ipv4.ip_forward` … without the leading `net.`: value, or undefined where there is none. */
  sysctl(name: string): string | undefined;
  /** @returns 0, -ENOENT or -EINVAL */
  setSysctl(name: string, value: string): number;
  sysctlNames(): readonly string[];
  /** Ends the namespace: its devices go (a veth's peer too), physical ones go to the initial namespace. The core calls it when no task and no file holds it. */
  destroy(): void;
  /** A TCP connection from outside as if a process of this namespace had connected; `from` changes the source address. */
  hostConnectTcp(address: string, port: number): HostStream;
  /** A connection to a listening unix socket of the given inode or abstract name, peer credentials root. @returns -ECONNREFUSED */
  hostConnectUnix(target: object | string): HostStream | number;
}

/** All namespaces of a machine and what joins them. */
export interface NetStack {
  /** The host's namespace: `lo` up, nothing else. */
  readonly initial: NetNamespace;
  /** A new namespace with `lo` (down, as the kernel makes it). */
  createNamespace(): NetNamespace;
  /** Makes a pair of devices between two namespaces. @returns 0 or -EEXIST */
  connect(a: NetNamespace, nameA: string, b: NetNamespace, nameB: string, options?: LinkOptions): number;
  /** The segment of public addresses; its router is a namespace of its own. */
  internet(): Internet;
  /** The last packets, oldest first. */
  packets(): PacketRecord[];
  /** Calls `see` for every packet from now on. @returns what ends it */
  watchPackets(see: (packet: PacketRecord) => void): () => void;
  /** Sockets and connections that exist, for tests and limits. */
  counts(): { sockets: number; connections: number; namespaces: number };
}

export interface LinkOptions {
  /** One way, milliseconds; 0: delivered before the sending call returns. */
  delay?: number;
  /** Bytes a millisecond; 0: no limit. */
  rate?: number;
  macA?: string;
  macB?: string;
}

/** The virtual internet: a core router that host namespaces with public addresses hang on. */
export interface Internet {
  readonly router: NetNamespace;
  /** Gives `ns` an `eth0` with a public address and a default route. `delay`: one way, ms (default 5). @returns 0 or -errno */
  attachHost(ns: NetNamespace, address: string, delay?: number): number;
  /** Joins a machine's namespace: its eth0 gets `address`/`prefix`, the router's side is `gateway`, which masquerades. */
  attachMachine(ns: NetNamespace, address: string, prefix: number, gateway: string, mac?: string): number;
}
