import { EINTR } from '../../abi/errno.ts';
import { POLLIN } from '../../abi/flags.ts';
import {
  AF_INET,
  AF_INET6,
  type Datagram,
  SHUT_WR,
  SO_REUSEADDR,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOL_SOCKET,
  type SockAddr,
} from '../../abi/socket.ts';
import { Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { isIp6 } from '../../lib/ip.ts';
import { recvfrom, sendto } from '../../libc/datagram.ts';
import { accept, connect, poll, read, type Wait, writeAll } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';

/** Where dockerd waits for `0\n`, or `1\n` and what is wrong; and the listener that it may have made itself. */
const SIGNAL_FD = 3;
const LISTEN_FD = 4;
const BUFFER = 65_536;
/** UDP clients that are remembered at once. */
const CLIENTS = 256;

interface Ends {
  proto: string;
  hostIp: string;
  hostPort: number;
  containerIp: string;
  containerPort: number;
  useListenFd: boolean;
}

export default program({
  name: 'docker-proxy',
  at: ['/usr/bin/docker-proxy'],
  spec: 'moby 28.5 cmd/docker-proxy: tcp and udp',
  usage: '-proto tcp|udp -host-ip IP -host-port PORT -container-ip IP -container-port PORT [-use-listen-fd]',
  about: 'Carry connections to a published port that the firewall does not translate.',
  options: {},
  raw: true,
  *main(ctx) {
    const ends = readFlags(ctx.args);
    const { sys } = ctx;
    const told = sys.fstat(SIGNAL_FD, new Stat()) >= 0;
    const fd = ends.useListenFd ? LISTEN_FD : listenOn(sys, ends);
    if (fd < 0) {
      yield* signal(
        ctx,
        told,
        `1\nlisten ${ends.proto} ${hostPort(ends.hostIp, ends.hostPort)}: bind: ${ctx.strerror(fd)}`,
      );
      return 1;
    }
    yield* signal(ctx, told, '0\n');
    if (ends.proto === 'udp') return yield* serveUdp(sys, fd, ends);
    for (;;) {
      const client = yield* accept(sys, fd);
      if (client === -EINTR) continue;
      if (client < 0) return 1;
      sys.thread((thread) => carry(thread, client, ends));
    }
  },
});

const hostPort = (ip: string, port: number): string => `${isIp6(ip) ? `[${ip}]` : ip}:${port}`;

function readFlags(args: readonly string[]): Ends {
  const value = (name: string): string | undefined => {
    const at = args.findIndex((word) => word.replace(/^--?/, '').split('=')[0] === name);
    if (at < 0) return undefined;
    return args[at]!.includes('=') ? args[at]!.slice(args[at]!.indexOf('=') + 1) : args[at + 1];
  };
  return {
    proto: value('proto') ?? 'tcp',
    hostIp: value('host-ip') ?? '',
    hostPort: Number(value('host-port') ?? -1),
    containerIp: value('container-ip') ?? '',
    containerPort: Number(value('container-port') ?? -1),
    useListenFd: args.some((word) => /^--?use-listen-fd(=true)?$/.test(word)),
  };
}

/** Tells dockerd; without it (`told`), the user. */
function* signal(ctx: Context, told: boolean, text: string): Wait<void> {
  if (told) {
    yield* writeAll(ctx.sys, SIGNAL_FD, text);
    ctx.sys.close(SIGNAL_FD);
  } else if (!text.startsWith('0')) yield* ctx.stderr.write(`${text.slice(2)}\n`);
}

const address = (ip: string, port: number): SockAddr => ({ family: isIp6(ip) ? AF_INET6 : AF_INET, addr: ip, port });

function listenOn(sys: Sys, ends: Ends): number {
  const udp = ends.proto === 'udp';
  const fd = sys.socket(isIp6(ends.hostIp) ? AF_INET6 : AF_INET, udp ? SOCK_DGRAM : SOCK_STREAM);
  if (fd < 0) return fd;
  if (!udp) sys.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  let result = sys.bind(fd, address(ends.hostIp, ends.hostPort));
  if (result >= 0 && !udp) result = sys.listen(fd, 4096);
  return result < 0 ? result : fd;
}

/** One connection, both ways, each closed as its source closes. */
function* carry(sys: Sys, client: number, ends: Ends): Generator<void, number, void> {
  const server = sys.socket(isIp6(ends.containerIp) ? AF_INET6 : AF_INET, SOCK_STREAM);
  try {
    if ((yield* connect(sys, server, address(ends.containerIp, ends.containerPort))) < 0) return 1;
    const buf = new Uint8Array(BUFFER);
    const open = [true, true];
    while (open[0] || open[1]) {
      const fds = [
        { fd: open[0] ? client : -1, events: POLLIN, revents: 0 },
        { fd: open[1] ? server : -1, events: POLLIN, revents: 0 },
      ];
      const ready = yield* poll(sys, fds, -1);
      if (ready < 0 && ready !== -EINTR) return 1;
      for (const [i, from] of [client, server].entries()) {
        if (fds[i]!.revents === 0) continue;
        const to = i === 0 ? server : client;
        const n = yield* read(sys, from, buf);
        if (n > 0 && (yield* writeAll(sys, to, buf.subarray(0, n))) >= 0) continue;
        open[i] = false;
        sys.shutdown(to, SHUT_WR);
        if (n < 0) return 1;
      }
    }
    return 0;
  } finally {
    sys.close(client);
    if (server >= 0) sys.close(server);
  }
}

interface UdpClient {
  fd: number;
  from: SockAddr;
}

/** Datagrams: each client gets a socket of its own towards the container. */
function* serveUdp(sys: Sys, fd: number, ends: Ends): Wait<number> {
  const clients = new Map<string, UdpClient>();
  const buf = new Uint8Array(BUFFER);
  for (;;) {
    const list = [...clients.values()];
    const fds = [fd, ...list.map((client) => client.fd)].map((one) => ({ fd: one, events: POLLIN, revents: 0 }));
    const ready = yield* poll(sys, fds, -1);
    if (ready < 0 && ready !== -EINTR) return 1;
    if (fds[0]!.revents !== 0) yield* fromClient(sys, fd, ends, clients, buf);
    for (const [i, client] of list.entries()) {
      if (fds[i + 1]!.revents === 0) continue;
      const n = yield* recvfrom(sys, client.fd, buf);
      if (n >= 0) yield* sendto(sys, fd, buf.subarray(0, n), client.from);
    }
  }
}

function* fromClient(sys: Sys, fd: number, ends: Ends, clients: Map<string, UdpClient>, buf: Uint8Array): Wait<void> {
  const out: Datagram = { from: undefined, ttl: 0 };
  const n = yield* recvfrom(sys, fd, buf, out);
  if (n < 0 || !out.from || !('addr' in out.from)) return;
  const key = `${out.from.addr} ${out.from.port}`;
  let client = clients.get(key);
  if (!client) {
    const own = sys.socket(isIp6(ends.containerIp) ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK);
    if (own < 0 || (yield* connect(sys, own, address(ends.containerIp, ends.containerPort))) < 0) return;
    client = { fd: own, from: out.from };
    if (clients.size >= CLIENTS) forgetOldest(sys, clients);
    clients.set(key, client);
  }
  yield* sendto(sys, client.fd, buf.subarray(0, n));
}

function forgetOldest(sys: Sys, clients: Map<string, UdpClient>): void {
  const [key, oldest] = clients.entries().next().value!;
  sys.close(oldest.fd);
  clients.delete(key);
}
