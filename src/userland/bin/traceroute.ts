import { EAGAIN, EINTR } from '../../abi/errno.ts';
import { CLOCK_MONOTONIC, POLLIN } from '../../abi/flags.ts';
import { AF_INET, type Datagram, IP_RECVERR, IP_TTL, IPPROTO_IP, SOCK_DGRAM, SOCK_NONBLOCK } from '../../abi/socket.ts';
import type { Sys } from '../../abi/sys.ts';
import { poll, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { gaiStrerror, resolve } from '../../libc/resolver.ts';
import { Names } from '../net/sockets.ts';

const FIRST_PORT = 33_434;
const IP_AND_UDP = 28;

export default program({
  name: 'traceroute',
  at: ['/usr/bin/traceroute', '/usr/sbin/traceroute'],
  spec: 'traceroute 2.1.5 traceroute(8) and busybox, IPv4 with UDP probes only',
  version: '2.1.5',
  usage: '[ -46nIUT ] [ -f first_ttl ] [ -m max_ttl ] [ -q nqueries ] [ -w waittime ] [ -p port ] host [ packetlen ]',
  about: 'Print the route that packets take to a network host.',
  options: {
    four: { short: '4', long: false, help: 'Use IPv4' },
    six: { short: '6', long: false, busybox: false, help: 'Use IPv6' },
    icmp: { short: 'I', help: 'Use ICMP ECHO for tracerouting' },
    first: { short: 'f', arg: 'first_ttl', help: 'Start from the first_ttl hop (instead from 1)' },
    maxHops: { short: 'm', arg: 'max_ttl', help: 'Set the max number of hops (default 30)' },
    numeric: { short: 'n', long: false, help: 'Do not resolve IP addresses to their domain names' },
    port: { short: 'p', arg: 'port', help: 'Set the destination port to use' },
    queries: { short: 'q', arg: 'nqueries', help: 'Set the number of probes per each hop. Default is 3' },
    wait: { short: 'w', arg: 'MAX,HERE,NEAR', help: 'Wait for a probe (default 5 seconds)' },
    source: { short: 's', arg: 'src_addr', help: 'Use source src_addr for outgoing packets' },
  },
  usageStatus: 2,
  busybox: {
    at: '/usr/bin/traceroute',
    long: [],
    usage:
      '[-46Flnrv] [-f 1ST_TTL] [-m MAXTTL] [-q PROBES] [-p PORT]\n\t[-t TOS] [-w WAIT_SEC] [-s SRC_IP] [-i IFACE]\n\t[-z PAUSE_MSEC] HOST [BYTES]',
    help: "Trace the route to HOST\n\n\t-4,-6\tForce IP or IPv6 name resolution\n\t-F\tSet don't fragment bit\n\t-l\tDisplay TTL value of the returned packet\n\t-n\tPrint numeric addresses\n\t-r\tBypass routing tables, send directly to HOST\n\t-v\tVerbose\n\t-f N\tFirst number of hops (default 1)\n\t-m N\tMax number of hops\n\t-q N\tNumber of probes per hop (default 3)\n\t-p N\tBase UDP port number used in probes\n\t\t(default 33434)\n\t-s IP\tSource address\n\t-i IFACE Source interface\n\t-t N\tType-of-service in probe packets (default 0)\n\t-w SEC\tWait for a response (default 3)\n\t-z MSEC\tWait before each send\n",
  },
  *main(ctx) {
    const { opts, sys, stdout } = ctx;
    const [host, length] = ctx.args;
    const busybox = ctx.form === 'busybox';
    if (host === undefined) return yield* ctx.usage(busybox ? undefined : 'Specify "host" missing argument.');
    const found = yield* resolve(sys, host, { family: 'inet' });
    if (typeof found === 'string') {
      if (busybox) return yield* ctx.die(`bad address '${host}'`);
      yield* ctx.stderr.write(
        `${host}: ${gaiStrerror(found, sys.image.flavour)}\nCannot handle "host" cmdline arg \`${host}' on position 1 (argc 1)\n`,
      );
      return 2;
    }
    const address = found.addresses[0]!;
    const most = Number(opts.maxHops ?? 30);
    const size = Number(length ?? (busybox ? 46 : 60));
    const wait = 1000 * Number((opts.wait ?? (busybox ? '3' : '5')).split(',')[0]);
    const probes = new Prober(sys, address, Number(opts.port ?? FIRST_PORT), Math.max(0, size - IP_AND_UDP));
    if (probes.fd < 0) return yield* ctx.die(`socket: ${ctx.strerror(probes.fd)}`);
    yield* stdout.write(`traceroute to ${host} (${address}), ${most} hops max, ${size} byte packets\n`);
    const names = new Names(sys);
    for (let ttl = Number(opts.first ?? 1); ttl <= most; ttl++) {
      const arrived = yield* hop(ctx, probes, names, {
        ttl,
        queries: Number(opts.queries ?? 3),
        wait,
        numeric: opts.numeric,
      });
      if (arrived) break;
    }
    return 0;
  },
});

interface Hop {
  ttl: number;
  queries: number;
  wait: number;
  numeric: boolean;
}

/** Prints the line of one hop. @returns true where the way ends */
function* hop(ctx: Context, probes: Prober, names: Names, { ttl, queries, wait, numeric }: Hop): Wait<boolean> {
  const { stdout } = ctx;
  // busybox puts two spaces before each word, the other one
  const gap = ctx.form === 'busybox' ? '  ' : ' ';
  yield* stdout.write(`${String(ttl).padStart(2)}${ctx.form === 'busybox' ? '' : ' '}`);
  yield* stdout.flush();
  let shown = '';
  let arrived = false;
  for (let i = 0; i < queries; i++) {
    const sent = probes.send(ttl);
    if (sent < 0) {
      yield* stdout.write(`\n`);
      yield* ctx.die(`${ctx.form === 'busybox' ? 'sendto' : 'send'}: ${ctx.strerror(sent)}`);
    }
    const answer = yield* probes.receive(wait);
    if (!answer) {
      yield* stdout.write(`${gap}*`);
      yield* stdout.flush();
      continue;
    }
    if (answer.from !== shown) {
      shown = answer.from;
      const name = numeric ? answer.from : `${yield* names.host(answer.from)} (${answer.from})`;
      yield* stdout.write(gap + name);
    }
    yield* stdout.write(`  ${answer.time.toFixed(3)} ms${answer.mark}`);
    yield* stdout.flush();
    arrived ||= answer.last;
  }
  yield* stdout.write('\n');
  return arrived;
}

interface Answer {
  from: string;
  /** Milliseconds. */
  time: number;
  /** `!N`, `!H`, `!X` for networks and hosts that cannot be reached. */
  mark: string;
  last: boolean;
}

const MARKS: Readonly<Record<number, string>> = { 0: ' !N', 1: ' !H', 2: ' !P', 13: ' !X' };

/** Sends datagrams to ports where nobody listens and hears what the network says about them. */
class Prober {
  readonly fd: number;
  #port: number;
  #sent = 0;

  constructor(
    readonly sys: Sys,
    readonly address: string,
    port: number,
    readonly size: number,
  ) {
    this.#port = port - 1;
    this.fd = sys.socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK);
    if (this.fd >= 0) sys.setsockopt(this.fd, IPPROTO_IP, IP_RECVERR, 1);
  }

  send(ttl: number): number {
    this.#port++;
    this.sys.setsockopt(this.fd, IPPROTO_IP, IP_TTL, ttl);
    this.#sent = this.sys.now(CLOCK_MONOTONIC);
    return this.sys.sendto(this.fd, new Uint8Array(this.size), {
      family: AF_INET,
      addr: this.address,
      port: this.#port,
    });
  }

  /** The answer to the last probe; undefined after `wait` ms. */
  *receive(wait: number): Wait<Answer | undefined> {
    const until = this.#sent + wait;
    const buf = new Uint8Array(1500);
    for (;;) {
      const out: Datagram = { from: undefined, ttl: 0 };
      const n = this.sys.recvfrom(this.fd, buf, out);
      if (n >= 36 && ((buf[30]! << 8) | buf[31]!) === this.#port) return this.#answer(buf, out);
      if (n >= 0) continue;
      if (n !== -EAGAIN) return undefined;
      const left = until - this.sys.now(CLOCK_MONOTONIC);
      if (left <= 0) return undefined;
      const ready = yield* poll(this.sys, [{ fd: this.fd, events: POLLIN, revents: 0 }], left);
      if (ready < 0 && ready !== -EINTR) return undefined;
    }
  }

  #answer(message: Uint8Array, { from, time }: Datagram): Answer {
    const unreachable = message[0] === 3;
    return {
      from: from && 'addr' in from ? from.addr : '',
      time: Math.max(0.001, (time ?? this.sys.now(CLOCK_MONOTONIC)) - this.#sent),
      mark: unreachable ? (MARKS[message[1]!] ?? '') : '',
      last: unreachable,
    };
  }
}
