/** Sockets: socket(2), ip(7), unix(7). */
export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_PACKET = 17;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const SOCK_SEQPACKET = 5;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const IPPROTO_ICMP = 1;
export const IPPROTO_TCP = 6;
export const IPPROTO_UDP = 17;
export const IPPROTO_ICMPV6 = 58;
export const IPPROTO_RAW = 255;
export const SHUT_RD = 0;
export const SHUT_WR = 1;
export const SHUT_RDWR = 2;
export const SOL_SOCKET = 1;
// setsockopt(2), level SOL_SOCKET
export const SO_REUSEADDR = 2;
export const SO_TYPE = 3;
export const SO_ERROR = 4;
export const SO_BROADCAST = 6;
export const SO_SNDBUF = 7;
export const SO_RCVBUF = 8;
export const SO_KEEPALIVE = 9;
/** Seconds; 0: close(2) resets the connection; -1: off. */
export const SO_LINGER = 13;
export const SO_REUSEPORT = 15;
export const SO_BINDTODEVICE = 25;
export const SO_ACCEPTCONN = 30;
// level IPPROTO_IP
export const IPPROTO_IP = 0;
export const IP_TTL = 2;
/** On a ping or UDP socket: ICMP errors are received as messages (type, code and what follows) instead of as an errno. */
export const IP_RECVERR = 11;
// level IPPROTO_IPV6
export const IPPROTO_IPV6 = 41;
export const IPV6_UNICAST_HOPS = 16;
export const IPV6_V6ONLY = 26;
// level IPPROTO_TCP
export const TCP_NODELAY = 1;

/** An address. `addr` is text as inet_ntop(3) prints it (`10.0.0.2`, `::1`); '' is the any-address. Ports in host order. */
export type SockAddr =
  | { family: typeof AF_UNIX /** '' for an unnamed peer; a leading NUL for the abstract namespace. */; path: string }
  | { family: typeof AF_INET | typeof AF_INET6; addr: string; port: number };

/** What recvfrom(2) fills besides the bytes. */
export interface Datagram {
  from: SockAddr | undefined;
  /** IP time to live that the datagram arrived with. */
  ttl: number;
  /** When it arrived, milliseconds of CLOCK_MONOTONIC (SO_TIMESTAMP): the sender's time plus what each hop takes. */
  time?: number;
}
