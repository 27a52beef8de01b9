import { EAGAIN } from '../abi/errno.ts';
import { CLOCK_MONOTONIC, POLLIN } from '../abi/flags.ts';
import { AF_INET, AF_INET6, SOCK_CLOEXEC, SOCK_DGRAM, SOCK_NONBLOCK } from '../abi/socket.ts';
import type { Sys } from '../abi/sys.ts';
import { type DnsMessage, type DnsType, decodeDns, dnsQuery, encodeDns } from '../lib/dns.ts';
import { isIp6 } from '../lib/ip.ts';
import { connect, poll, type Wait } from './io.ts';

/** An answer, how long it took (milliseconds) and how many bytes it had. */
export interface DnsReply {
  message: DnsMessage;
  time: number;
  size: number;
}

export interface QueryOptions {
  port?: number;
  /** Seconds. */
  timeout?: number;
  recursion?: boolean;
}

const DNS_PORT = 53;
const LARGEST = 65_535;

/** Asks one server once over UDP. @returns its answer, or -errno: -EAGAIN after the timeout, -ECONNREFUSED where no server is */
export function* queryServer(
  sys: Sys,
  server: string,
  name: string,
  type: DnsType,
  options: QueryOptions = {},
): Wait<DnsReply | number> {
  const family = isIp6(server) ? AF_INET6 : AF_INET;
  const fd = sys.socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return fd;
  try {
    const connected = yield* connect(sys, fd, { family, addr: server, port: options.port ?? DNS_PORT });
    if (connected < 0) return connected;
    return yield* exchange(sys, fd, name, type, options);
  } finally {
    sys.close(fd);
  }
}

function* exchange(sys: Sys, fd: number, name: string, type: DnsType, options: QueryOptions): Wait<DnsReply | number> {
  const random = new Uint8Array(2);
  sys.getrandom(random);
  const query = dnsQuery((random[0]! << 8) | random[1]!, name, type);
  query.recursionDesired = options.recursion !== false;
  const began = sys.now(CLOCK_MONOTONIC);
  const sent = sys.sendto(fd, encodeDns(query));
  if (sent < 0) return sent;
  const until = began + 1000 * (options.timeout ?? 5);
  const buf = new Uint8Array(LARGEST);
  const fds = [{ fd, events: POLLIN, revents: 0 }];
  for (;;) {
    const left = until - sys.now(CLOCK_MONOTONIC);
    if (left <= 0) return -EAGAIN;
    const ready = yield* poll(sys, fds, Math.ceil(left));
    if (ready < 0) return ready;
    if (ready === 0) return -EAGAIN;
    const n = sys.recvfrom(fd, buf);
    if (n === -EAGAIN) continue;
    if (n < 0) return n;
    const message = decodeDns(buf.subarray(0, n));
    if (message?.response && message.id === query.id)
      return { message, time: sys.now(CLOCK_MONOTONIC) - began, size: n };
  }
}
