import { EINPROGRESS, ETIMEDOUT } from '../../abi/errno.ts';
import type { Datagram, SockAddr } from '../../abi/socket.ts';
import { recvfrom } from '../../libc/datagram.ts';
import { accept, connect, execve, type Wait, writeAll } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';
import { resolve } from '../../libc/resolver.ts';
import { bound, dial, portNumber } from './dial.ts';
import { relay } from './relay.ts';

/** The options of busybox's nc. */
export interface BusyboxNc {
  listen: boolean;
  /** -ll or -lk: goes on with the next connection. */
  keep: boolean;
  udp: boolean;
  scan: boolean;
  verbose: number;
  /** Seconds. */
  wait: number | undefined;
  localPort: string | undefined;
  localAddress: string | undefined;
  /** Program and arguments to run on the connection. */
  exec: string[] | undefined;
}

const RELAY = { input: 0, output: 1, shutdownAtEnd: true, endWithPeer: true, crlf: false } as const;

/** nc of busybox. */
export function* busyboxNc(ctx: Context, nc: BusyboxNc): Wait<number> {
  if (nc.listen) return yield* listenNc(ctx, nc);
  const [host, portText] = ctx.args;
  if (host === undefined || portText === undefined) return yield* ctx.usage();
  const port = yield* portNumber(ctx.sys, portText, nc.udp);
  if (port === undefined) return yield* ctx.die(`bad port '${portText}'`);
  const found = yield* resolve(ctx.sys, host);
  if (typeof found === 'string') return yield* ctx.die(`bad address '${host}'`);
  const address = found.addresses.find((a) => !a.includes(':')) ?? found.addresses[0]!;
  const fd = yield* dial(ctx.sys, address, port, {
    udp: nc.udp,
    ...(nc.wait === undefined ? {} : { timeout: 1000 * nc.wait }),
    ...(nc.localAddress === undefined ? {} : { localAddress: nc.localAddress }),
    ...(nc.localPort === undefined ? {} : { localPort: Number(nc.localPort) }),
  });
  if (fd < 0) return yield* refused(ctx, nc, host, `${address}:${port}`, fd);
  if (nc.verbose > 0) yield* ctx.stderr.write(`${host} (${address}:${port}) open\n`);
  if (nc.scan) return 0;
  if (nc.exec) return yield* execOn(ctx, fd, nc.exec);
  yield* relay(ctx.sys, fd, { ...RELAY, datagrams: nc.udp });
  return 0;
}

function* refused(ctx: Context, nc: BusyboxNc, host: string, end: string, errno: number): Wait<number> {
  if (errno === -EINPROGRESS) {
    if (nc.verbose > 0 || !isFull(ctx))
      yield* ctx.warn(isFull(ctx) ? `${host} (${end}): ${ctx.strerror(ETIMEDOUT)}` : 'timed out');
    return 1;
  }
  if (!isFull(ctx))
    return yield* ctx.die(`can't connect to remote host (${end.replace(/:\d+$/, '')}): ${ctx.strerror(errno)}`);
  if (nc.verbose > 0 || !nc.scan) yield* ctx.warn(`${host} (${end}): ${ctx.strerror(errno)}`);
  return 1;
}

/** Builds with the larger nc (NC_110_COMPAT): Alpine's, and busybox's own images since 1.36. */
export const isFull = (ctx: Context): boolean =>
  ctx.sys.image.flavour === 'musl' || Number(/^1\.(\d+)/.exec(ctx.sys.image.version)?.[1] ?? 0) >= 36;

function* listenNc(ctx: Context, nc: BusyboxNc): Wait<number> {
  const { sys } = ctx;
  const portText = nc.localPort ?? ctx.args.at(-1) ?? '0';
  const port = yield* portNumber(sys, portText, nc.udp);
  if (port === undefined) return yield* ctx.die(`bad local port '${portText}'`);
  const fd = bound(sys, nc.localAddress ?? '::', port, nc.udp);
  if (fd < 0) return yield* ctx.die(`bind: ${ctx.strerror(fd)}`);
  if (nc.verbose > 0) yield* ctx.stderr.write(`listening on ${nc.localAddress ?? '[::]'}:${port} ...\n`);
  do {
    const peer: { address?: SockAddr } = {};
    const connection = nc.udp ? yield* firstDatagram(ctx, fd) : yield* accept(sys, fd, peer);
    if (connection < 0) return yield* ctx.die(`accept: ${ctx.strerror(connection)}`);
    if (nc.verbose > 0 && peer.address && 'addr' in peer.address)
      yield* ctx.stderr.write(
        `connect to ${nc.localAddress ?? '[::]'}:${port} from [${peer.address.addr}]:${peer.address.port}\n`,
      );
    if (nc.exec) {
      if (!nc.keep) return yield* execOn(ctx, connection, nc.exec);
      runOn(ctx, connection, nc.exec);
    } else yield* relay(sys, connection, { ...RELAY, datagrams: nc.udp });
    if (connection !== fd) sys.close(connection);
  } while (nc.keep);
  return 0;
}

function* firstDatagram(ctx: Context, fd: number): Wait<number> {
  const buf = new Uint8Array(65_536);
  const out: Datagram = { from: undefined, ttl: 0 };
  const n = yield* recvfrom(ctx.sys, fd, buf, out);
  if (n < 0 || !out.from) return n;
  yield* connect(ctx.sys, fd, out.from);
  yield* writeAll(ctx.sys, 1, buf.subarray(0, n));
  return fd;
}

/** Becomes a program whose stdin, stdout and stderr are the connection. */
function* execOn(ctx: Context, fd: number, command: string[]): Wait<number> {
  const { sys } = ctx;
  for (const to of [0, 1, 2]) sys.dup2(fd, to);
  if (fd > 2) sys.close(fd);
  const result = yield* execve(sys, yield* findProgram(ctx, command[0]!), command, sys.envp);
  return yield* ctx.die(`can't execute '${command[0]}': ${ctx.strerror(result)}`, 127);
}

function runOn(ctx: Context, fd: number, command: string[]): void {
  ctx.sys.fork(function* (sys) {
    for (const to of [0, 1, 2]) sys.dup2(fd, to);
    sys.close(fd);
    yield* execve(sys, yield* findProgram(ctx, command[0]!), command, sys.envp);
    return 127;
  });
}

function* findProgram(ctx: Context, name: string): Wait<string> {
  if (name.includes('/')) return name;
  for (const folder of (ctx.env.get('PATH') ?? '/bin:/usr/bin').split(':'))
    if (ctx.sys.access(`${folder}/${name}`, 1) === 0) return `${folder}/${name}`;
  return name;
}
