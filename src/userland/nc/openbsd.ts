import { EINPROGRESS } from '../../abi/errno.ts';
import { AF_UNIX, type Datagram, SOCK_STREAM, type SockAddr } from '../../abi/socket.ts';
import { recvfrom } from '../../libc/datagram.ts';
import { accept, connect, type Wait, writeAll } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';
import { gaiStrerror, resolve, reverseLookup } from '../../libc/resolver.ts';
import { bound, dial, portNumber, serviceName } from './dial.ts';
import { type RelayOptions, relay } from './relay.ts';

/** The options of OpenBSD's nc in Debian. */
export interface OpenbsdNc {
  family: 'inet' | 'inet6' | undefined;
  listen: boolean;
  keep: boolean;
  udp: boolean;
  unix: boolean;
  scan: boolean;
  verbose: boolean;
  numeric: boolean;
  shutdown: boolean;
  detach: boolean;
  crlf: boolean;
  /** Seconds. */
  wait: number | undefined;
  quit: number | undefined;
  localPort: string | undefined;
  localAddress: string | undefined;
}

const USAGE = `usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]
\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]
\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]
\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]
\t  [destination] [port]
`;

/** nc of OpenBSD. */
export function* openbsdNc(ctx: Context, nc: OpenbsdNc): Wait<number> {
  const [first, second] = ctx.args;
  if (nc.unix) return first === undefined ? yield* usage(ctx) : yield* unixNc(ctx, nc, first);
  if (nc.listen) {
    const port = second ?? (nc.localPort === undefined ? first : nc.localPort);
    const host = second === undefined ? (nc.localPort === undefined ? undefined : first) : first;
    return port === undefined ? yield* usage(ctx) : yield* listenNc(ctx, nc, host, port);
  }
  if (first === undefined || second === undefined) return yield* usage(ctx);
  return yield* connectNc(ctx, nc, first, second);
}

export function* usage(ctx: Context): Wait<number> {
  yield* ctx.stderr.write(USAGE);
  return 1;
}

function relayOptions(nc: OpenbsdNc, listening: boolean): RelayOptions {
  return {
    input: nc.detach ? -1 : 0,
    output: 1,
    shutdownAtEnd: nc.shutdown || (nc.quit !== undefined && nc.quit >= 0),
    ...(nc.quit !== undefined && nc.quit >= 0 ? { lingerAfterEnd: 1000 * nc.quit } : {}),
    ...(nc.wait === undefined ? {} : { idle: 1000 * nc.wait }),
    endWithPeer: listening,
    datagrams: nc.udp,
    crlf: nc.crlf,
  };
}

/** `80`, `79-81`: the ports of an operand, in order. */
function* ports(ctx: Context, nc: OpenbsdNc, text: string): Wait<number[]> {
  const range = /^(\d+)-(\d+)$/.exec(text);
  if (range) {
    const [low, high] = [Number(range[1]), Number(range[2])].sort((a, b) => a - b) as [number, number];
    return Array.from({ length: high - low + 1 }, (_, i) => low + i);
  }
  const port = yield* portNumber(ctx.sys, text, nc.udp);
  if (port === undefined) return yield* ctx.die(`port number invalid: ${text}`);
  return [port];
}

function* connectNc(ctx: Context, nc: OpenbsdNc, host: string, portText: string): Wait<number> {
  const { sys } = ctx;
  const list = yield* ports(ctx, nc, portText);
  const found = yield* resolve(sys, host, nc.family ? { family: nc.family } : {});
  if (typeof found === 'string')
    return yield* ctx.die(`getaddrinfo for host "${host}" port ${portText}: ${gaiStrerror(found, sys.image.flavour)}`);
  let status = 1;
  for (const port of list) {
    let fd = -1;
    for (const address of found.addresses) {
      fd = yield* dial(sys, address, port, {
        udp: nc.udp,
        ...(nc.wait === undefined ? {} : { timeout: 1000 * nc.wait }),
        ...(nc.localAddress === undefined ? {} : { localAddress: nc.localAddress }),
        ...(nc.localPort === undefined ? {} : { localPort: Number(nc.localPort) }),
      });
      if (fd >= 0) break;
      if (nc.verbose) yield* complain(ctx, nc, address, port, fd);
    }
    if (fd < 0) continue;
    if (nc.udp && nc.scan && !(yield* udpAnswers(ctx, fd))) {
      sys.close(fd);
      continue;
    }
    status = 0;
    if (nc.verbose) {
      const protocol = nc.udp ? 'udp' : 'tcp';
      const service = nc.numeric ? '*' : yield* serviceName(sys, port, nc.udp);
      yield* ctx.stderr.write(
        `Connection to ${target(found.addresses, host)} ${port} port [${protocol}/${service}] succeeded!\n`,
      );
    }
    if (!nc.scan) yield* relay(sys, fd, relayOptions(nc, false));
    sys.close(fd);
    if (!nc.scan) break;
  }
  return status;
}

const target = (addresses: readonly string[], host: string): string =>
  addresses[0] === host ? host : `${host} (${addresses[0]})`;

function* complain(ctx: Context, nc: OpenbsdNc, address: string, port: number, errno: number): Wait<void> {
  const what = `connect to ${address} port ${port} (${nc.udp ? 'udp' : 'tcp'})`;
  yield* ctx.warn(`${what} ${errno === -EINPROGRESS ? 'timed out' : 'failed'}: ${ctx.strerror(errno)}`);
}

/** A few bytes go out; an ICMP error says that nobody is there. */
function* udpAnswers(ctx: Context, fd: number): Wait<boolean> {
  for (let i = 0; i < 4; i++) if ((yield* writeAll(ctx.sys, fd, 'X')) < 0) return false;
  return true;
}

function* listenNc(ctx: Context, nc: OpenbsdNc, host: string | undefined, portText: string): Wait<number> {
  const { sys } = ctx;
  const port = yield* portNumber(sys, portText, nc.udp);
  if (port === undefined) return yield* ctx.die(`port number invalid: ${portText}`);
  let address = nc.family === 'inet6' ? '::' : '0.0.0.0';
  if (host !== undefined) {
    const found = yield* resolve(sys, host, nc.family ? { family: nc.family } : {});
    if (typeof found === 'string')
      return yield* ctx.die(
        `getaddrinfo for host "${host}" port ${portText}: ${gaiStrerror(found, sys.image.flavour)}`,
      );
    address = found.addresses[0]!;
  }
  const fd = bound(sys, address, port, nc.udp);
  if (fd < 0) return yield* ctx.die(ctx.strerror(fd));
  if (nc.verbose) yield* ctx.stderr.write(`${nc.udp ? 'Bound' : 'Listening'} on ${address} ${port}\n`);
  do {
    const peer: { address?: SockAddr } = {};
    const connection = nc.udp ? yield* firstDatagram(ctx, fd, peer) : yield* accept(sys, fd, peer);
    if (connection < 0) return yield* ctx.die(`accept: ${ctx.strerror(connection)}`);
    if (nc.verbose) yield* ctx.stderr.write(`Connection received on ${yield* peerName(ctx, nc, peer.address)}\n`);
    yield* relay(sys, connection, relayOptions(nc, true));
    if (connection !== fd) sys.close(connection);
  } while (nc.keep);
  return 0;
}

/** Takes the first datagram, and from then on only those of its sender. */
function* firstDatagram(ctx: Context, fd: number, peer: { address?: SockAddr }): Wait<number> {
  const buf = new Uint8Array(65_536);
  const out: Datagram = { from: undefined, ttl: 0 };
  const n = yield* recvfrom(ctx.sys, fd, buf, out);
  if (n < 0 || !out.from) return n;
  peer.address = out.from;
  const connected = yield* connect(ctx.sys, fd, out.from);
  yield* writeAll(ctx.sys, 1, buf.subarray(0, n));
  return connected < 0 ? connected : fd;
}

function* peerName(ctx: Context, nc: OpenbsdNc, address: SockAddr | undefined): Wait<string> {
  if (!address || !('addr' in address)) return '';
  const plain = address.addr.replace(/^::ffff:(?=\d+\.)/, '');
  const name = nc.numeric ? undefined : yield* reverseLookup(ctx.sys, plain);
  return `${name ?? plain} ${address.port}`;
}

function* unixNc(ctx: Context, nc: OpenbsdNc, path: string): Wait<number> {
  const { sys } = ctx;
  const fd = sys.socket(AF_UNIX, SOCK_STREAM);
  if (fd < 0) return yield* ctx.die(ctx.strerror(fd));
  if (!nc.listen) {
    const result = yield* connect(sys, fd, { family: AF_UNIX, path });
    if (result < 0) return yield* ctx.die(`${path}: ${ctx.strerror(result)}`);
    if (nc.scan) return 0;
    yield* relay(sys, fd, relayOptions(nc, false));
    return 0;
  }
  let result = sys.bind(fd, { family: AF_UNIX, path });
  if (result >= 0) result = sys.listen(fd, 5);
  if (result < 0) return yield* ctx.die(ctx.strerror(result));
  if (nc.verbose) yield* ctx.stderr.write(`Bound on ${path}\nListening on ${path}\n`);
  do {
    const connection = yield* accept(sys, fd);
    if (connection < 0) return yield* ctx.die(`accept: ${ctx.strerror(connection)}`);
    if (nc.verbose) yield* ctx.stderr.write(`Connection received on ${path}\n`);
    yield* relay(sys, connection, relayOptions(nc, true));
    sys.close(connection);
  } while (nc.keep);
  return 0;
}
