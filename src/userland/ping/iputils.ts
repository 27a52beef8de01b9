import { EACCES, EINTR, EPERM } from '../../abi/errno.ts';
import { CLOCK_MONOTONIC, CLOCK_REALTIME } from '../../abi/flags.ts';
import { SIGINT, SIGQUIT } from '../../abi/signal.ts';
import { AF_INET, AF_INET6, SOCK_CLOEXEC, SOCK_DGRAM } from '../../abi/socket.ts';
import type { Sys } from '../../abi/sys.ts';
import { canonicalIp, isIp6 } from '../../lib/ip.ts';
import type { Wait } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';
import { gaiStrerror, resolve, reverseLookup } from '../../libc/resolver.ts';
import { type EchoReply, EchoSocket } from './echo-socket.ts';
import { PingStatistics } from './statistics.ts';

export interface IputilsPing {
  host: string;
  family: 'inet' | 'inet6' | undefined;
  count: number;
  size: number;
  /** Milliseconds. */
  interval: number;
  /** Milliseconds that the last request waits for its answer. */
  linger: number;
  /** Milliseconds in all, 0: no end. */
  deadline: number;
  ttl: number | undefined;
  source: string | undefined;
  quiet: boolean;
  numeric: boolean;
  flood: boolean;
  outstanding: boolean;
  timestamps: boolean;
}

/** ping as iputils has it. */
export function* iputilsPing(ctx: Context, options: IputilsPing): Wait<number> {
  const { sys } = ctx;
  const found = yield* resolve(sys, options.host, options.family ? { family: options.family } : {});
  if (typeof found === 'string') return yield* ctx.die(`${options.host}: ${gaiStrerror(found, sys.image.flavour)}`, 2);
  const address = found.addresses.find((a) => options.family !== undefined || !isIp6(a)) ?? found.addresses[0]!;
  const socket = EchoSocket.open(sys, address, {
    ...(options.ttl === undefined ? {} : { ttl: options.ttl }),
    ...(options.source === undefined ? {} : { source: options.source }),
  });
  if (typeof socket === 'number') {
    const what = socket === -EPERM || socket === -EACCES ? 'socktype: SOCK_RAW' : 'bind';
    if (what !== 'bind') yield* ctx.warn(`${what}`);
    return yield* ctx.die(
      `${what === 'bind' ? `unknown iface: ${options.source}` : `socket: ${ctx.strerror(socket)}`}`,
      2,
    );
  }
  const reached = probe(sys, address);
  if (reached < 0) return yield* ctx.die(`connect: ${ctx.strerror(reached)}`, 2);
  const numeric = options.numeric || canonicalIp(options.host) !== undefined;
  return yield* new IputilsRun(ctx, options, socket, address, numeric).run(found.canonical);
}

/** Finds out whether there is a way at all, as ping does to learn its source address. */
function probe(sys: Sys, address: string): number {
  const family = isIp6(address) ? AF_INET6 : AF_INET;
  const fd = sys.socket(family, SOCK_DGRAM | SOCK_CLOEXEC);
  if (fd < 0) return fd;
  const result = sys.connect(fd, { family, addr: address, port: 1025 });
  sys.close(fd);
  return result;
}

class IputilsRun {
  readonly #statistics = new PingStatistics();
  readonly #names = new Map<string, string>();
  #stopped = false;
  #answered = new Set<number>();
  #pipe = 0;

  constructor(
    readonly ctx: Context,
    readonly options: IputilsPing,
    readonly socket: EchoSocket,
    readonly address: string,
    readonly numeric: boolean,
  ) {}

  *run(canonical: string): Wait<number> {
    const { ctx, options, socket } = this;
    const { sys, stdout } = ctx;
    const v6 = isIp6(this.address);
    const name = options.host === this.address ? options.host : canonical;
    yield* stdout.write(
      v6
        ? `PING ${options.host}(${name === options.host ? this.address : `${name} (${this.address})`}) ${options.size} data bytes\n`
        : `PING ${name} (${this.address}) ${options.size}(${options.size + 28}) bytes of data.\n`,
    );
    const stop = (): void => {
      this.#stopped = true;
    };
    sys.sigaction(SIGINT, stop);
    sys.sigaction(SIGQUIT, () => {});
    const began = sys.now(CLOCK_MONOTONIC);
    let ended = began;
    const end = options.deadline > 0 ? began + options.deadline : Number.POSITIVE_INFINITY;
    let due = began;
    let lastSent = began;
    while (!this.#stopped) {
      const now = sys.now(CLOCK_MONOTONIC);
      if (now >= end) break;
      const more = options.count === 0 || this.#statistics.transmitted < options.count;
      if (more && now >= due) {
        yield* this.#send();
        lastSent = now;
        due = now + options.interval;
        continue;
      }
      const until = Math.min(end, more ? due : lastSent + options.linger);
      const reply = yield* socket.receive(Math.max(0, until - now));
      if (typeof reply === 'object') {
        yield* this.#show(reply);
        ended = sys.now(CLOCK_MONOTONIC);
        if (options.count > 0 && this.#statistics.received + this.#statistics.errors >= options.count) break;
      } else if (reply !== undefined && reply !== -EINTR) yield* ctx.warn(`recvmsg: ${ctx.strerror(reply)}`);
      else if (reply === undefined && !more) {
        ended = sys.now(CLOCK_MONOTONIC) - options.linger;
        break;
      } else if (reply === undefined && options.outstanding && !this.#answered.has(this.#statistics.transmitted))
        yield* stdout.write(`no answer yet for icmp_seq=${this.#statistics.transmitted}\n`);
    }
    if (this.#stopped) {
      ended = sys.now(CLOCK_MONOTONIC);
      if (sys.isatty(1)) yield* stdout.write('');
    }
    yield* stdout.write(this.#summary(name, Math.max(0, ended - began)));
    return this.#statistics.received > 0 ? 0 : 1;
  }

  *#send(): Wait<void> {
    const { ctx, options, socket } = this;
    const sent = socket.send(this.#statistics.transmitted + 1, options.size);
    this.#statistics.transmitted++;
    if (sent < 0) yield* ctx.warn(`sendmsg: ${ctx.strerror(sent)}`);
    if (options.flood && !options.quiet) yield* ctx.stdout.write('.');
  }

  *#show(reply: EchoReply): Wait<void> {
    const { stdout, sys } = this.ctx;
    this.#answered.add(reply.seq);
    this.#pipe = Math.max(this.#pipe, this.#statistics.transmitted - reply.seq + 1);
    const stamp = this.options.timestamps ? `[${(sys.now(CLOCK_REALTIME) / 1000).toFixed(6)}] ` : '';
    if (reply.kind === 'error') {
      this.#statistics.errors++;
      if (!this.options.quiet)
        yield* stdout.write(
          `${stamp}From ${yield* this.#name(reply.from)} icmp_seq=${reply.seq} ${errorWords(reply)}\n`,
        );
    } else {
      this.#statistics.add(reply.time);
      if (this.options.flood && !this.options.quiet) yield* stdout.write('\b \b');
      else if (!this.options.quiet)
        yield* stdout.write(
          `${stamp}${reply.size} bytes from ${yield* this.#name(reply.from)}: icmp_seq=${reply.seq} ttl=${reply.ttl} time=${timeText(reply.time)} ms\n`,
        );
    }
    if (stdout.pending > 0) yield* stdout.flush();
  }

  /** The address, with its name before it where one is known. */
  *#name(address: string): Wait<string> {
    if (this.numeric) return address;
    let text = this.#names.get(address);
    if (text === undefined) {
      const name = yield* reverseLookup(this.ctx.sys, address);
      text = name === undefined ? address : `${name} (${address})`;
      this.#names.set(address, text);
    }
    return text;
  }

  #summary(host: string, elapsed: number): string {
    const { transmitted, received, errors, loss } = this.#statistics;
    const failed = errors > 0 ? `+${errors} errors, ` : '';
    const percent = Number(loss.toPrecision(6));
    const head = `\n--- ${host} ping statistics ---\n${transmitted} packets transmitted, ${received} received, ${failed}${percent}% packet loss, time ${Math.round(elapsed)}ms\n`;
    const pipe = this.#pipe > 1 ? `pipe ${this.#pipe}` : '';
    if (received === 0) return `${head}${pipe}\n`;
    return `${head}rtt min/avg/max/mdev = ${this.#statistics.times(true)} ms${pipe === '' ? '' : `, ${pipe}`}\n`;
  }
}

/** Three digits, as iputils prints times. */
function timeText(ms: number): string {
  if (ms >= 99.95) return String(Math.round(ms));
  return ms.toFixed(ms >= 9.995 ? 1 : ms >= 0.9995 ? 2 : 3);
}

const UNREACHABLE: Readonly<Record<number, string>> = {
  0: 'Destination Net Unreachable',
  1: 'Destination Host Unreachable',
  2: 'Destination Protocol Unreachable',
  3: 'Destination Port Unreachable',
  13: 'Packet filtered',
};

function errorWords(reply: EchoReply): string {
  if (reply.type === 11) return 'Time to live exceeded';
  return UNREACHABLE[reply.code] ?? `Dest Unreachable, Bad Code: ${reply.code}`;
}
