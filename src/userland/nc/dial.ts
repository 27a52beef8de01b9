import { EINPROGRESS } from '../../abi/errno.ts';
import { F_GETFL, F_SETFL, O_NONBLOCK, POLLOUT } from '../../abi/flags.ts';
import {
  AF_INET,
  AF_INET6,
  SO_ERROR,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../../abi/socket.ts';
import type { Sys } from '../../abi/sys.ts';
import { isIp6 } from '../../lib/ip.ts';
import { decode } from '../../lib/utf8.ts';
import { connect, poll, readFile, type Wait } from '../../libc/io.ts';

export interface DialOptions {
  udp: boolean;
  /** Milliseconds; undefined: as long as the kernel tries. */
  timeout?: number;
  localAddress?: string;
  localPort?: number;
}

const familyOf = (address: string): typeof AF_INET | typeof AF_INET6 => (isIp6(address) ? AF_INET6 : AF_INET);

/** A connected socket. @returns fd or -errno; -EINPROGRESS after the timeout */
export function* dial(sys: Sys, address: string, port: number, options: DialOptions): Wait<number> {
  const family = familyOf(address);
  const fd = sys.socket(family, options.udp ? SOCK_DGRAM : SOCK_STREAM);
  if (fd < 0) return fd;
  let result = 0;
  if (options.localPort !== undefined || options.localAddress !== undefined) {
    sys.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    result = sys.bind(fd, { family, addr: options.localAddress ?? '', port: options.localPort ?? 0 });
  }
  const to = { family, addr: address, port };
  if (result >= 0)
    result =
      options.timeout === undefined ? yield* connect(sys, fd, to) : yield* connectWithin(sys, fd, to, options.timeout);
  if (result >= 0) return fd;
  sys.close(fd);
  return result;
}

function* connectWithin(sys: Sys, fd: number, to: Parameters<Sys['connect']>[1], timeout: number): Wait<number> {
  const flags = sys.fcntl(fd, F_GETFL);
  sys.fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  let result = yield* connect(sys, fd, to);
  if (result === -EINPROGRESS) {
    const ready = yield* poll(sys, [{ fd, events: POLLOUT, revents: 0 }], timeout);
    if (ready < 0) return ready;
    if (ready > 0) result = -sys.getsockopt(fd, SOL_SOCKET, SO_ERROR);
  }
  sys.fcntl(fd, F_SETFL, flags);
  return result;
}

/** A socket that listens (or, for datagrams, is bound). @returns fd or -errno */
export function bound(sys: Sys, address: string, port: number, udp: boolean): number {
  const family = familyOf(address);
  const fd = sys.socket(family, udp ? SOCK_DGRAM : SOCK_STREAM);
  if (fd < 0) return fd;
  sys.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  sys.setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  let result = sys.bind(fd, { family, addr: address, port });
  if (result >= 0 && !udp) result = sys.listen(fd, 1);
  if (result >= 0) return fd;
  sys.close(fd);
  return result;
}

/** The port of a service name or number (services(5)). */
export function* portNumber(sys: Sys, text: string, udp: boolean): Wait<number | undefined> {
  if (/^\d+$/.test(text)) return Number(text) <= 65_535 ? Number(text) : undefined;
  const row = (yield* services(sys)).find(
    (f) => f[1]?.endsWith(udp ? '/udp' : '/tcp') && (f[0] === text || f.includes(text, 2)),
  );
  return row && Number.parseInt(row[1]!, 10);
}

/** Name of a port, `*` where it has none. */
export function* serviceName(sys: Sys, port: number, udp: boolean): Wait<string> {
  return (yield* services(sys)).find((f) => f[1] === `${port}/${udp ? 'udp' : 'tcp'}`)?.[0] ?? '*';
}

function* services(sys: Sys): Wait<string[][]> {
  const bytes = yield* readFile(sys, '/etc/services');
  if (typeof bytes === 'number') return [];
  return decode(bytes)
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
}
