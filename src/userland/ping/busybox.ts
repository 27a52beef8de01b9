import { EACCES, EINTR, EPERM } from '../../abi/errno.ts';
import { CLOCK_MONOTONIC } from '../../abi/flags.ts';
import { SIGINT } from '../../abi/signal.ts';
import type { Wait } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';
import { resolve } from '../../libc/resolver.ts';
import { EchoSocket } from './echo-socket.ts';
import { PingStatistics } from './statistics.ts';

export interface BusyboxPing {
  host: string;
  family: 'inet' | 'inet6' | undefined;
  count: number;
  size: number;
  /** Milliseconds. */
  interval: number;
  /** Seconds after the last request. */
  linger: number;
  /** Seconds in all, 0: no end. */
  deadline: number;
  ttl: number | undefined;
  source: string | undefined;
  quiet: boolean;
  adaptive: boolean;
}

/** ping as busybox has it. */
export function* busyboxPing(ctx: Context, options: BusyboxPing): Wait<number> {
  const { sys, stdout } = ctx;
  const found = yield* resolve(sys, options.host, options.family ? { family: options.family } : {});
  if (typeof found === 'string') return yield* ctx.die(`bad address '${options.host}'`);
  const address = found.addresses.find((a) => options.family !== undefined || !a.includes(':')) ?? found.addresses[0]!;
  const socket = EchoSocket.open(sys, address, {
    ...(options.ttl === undefined ? {} : { ttl: options.ttl }),
    ...(options.source === undefined ? {} : { source: options.source }),
  });
  if (socket === -EPERM || socket === -EACCES) return yield* ctx.die('permission denied (are you root?)');
  if (typeof socket === 'number') return yield* ctx.die(ctx.strerror(socket));
  yield* stdout.write(`PING ${options.host} (${address}): ${options.size} data bytes\n`);
  let stopped = false;
  sys.sigaction(SIGINT, () => {
    stopped = true;
  });
  const began = sys.now(CLOCK_MONOTONIC);
  const end = options.deadline > 0 ? began + 1000 * options.deadline : Number.POSITIVE_INFINITY;
  const statistics = new PingStatistics();
  while (!stopped) {
    if (options.count === 0 || statistics.transmitted < options.count) {
      const sent = socket.send(statistics.transmitted, options.size);
      if (sent < 0) {
        yield* stdout.flush();
        return yield* ctx.die(`sendto: ${ctx.strerror(sent)}`);
      }
      statistics.transmitted++;
    }
    const last = options.count > 0 && statistics.transmitted >= options.count;
    const wait = last ? 1000 * options.linger : options.interval;
    const until = Math.min(end, sys.now(CLOCK_MONOTONIC) + wait);
    while (!stopped) {
      const reply = yield* socket.receive(until - sys.now(CLOCK_MONOTONIC));
      if (reply === undefined || (typeof reply === 'number' && reply !== -EINTR)) break;
      if (typeof reply === 'number' || reply.kind === 'error') continue;
      statistics.add(reply.time);
      if (!options.quiet)
        yield* stdout.write(
          `${reply.size} bytes from ${reply.from}: seq=${reply.seq} ttl=${reply.ttl} time=${reply.time.toFixed(3)} ms\n`,
        );
      if (stdout.pending > 0) yield* stdout.flush();
      if (options.count > 0 && statistics.received >= options.count) stopped = true;
      if (options.adaptive) break;
    }
    if ((last && !options.adaptive) || sys.now(CLOCK_MONOTONIC) >= end) break;
  }
  yield* stdout.write(summary(options.host, statistics));
  return statistics.received > 0 ? 0 : 1;
}

function summary(host: string, statistics: PingStatistics): string {
  const { transmitted, received } = statistics;
  const counts = `${transmitted} packets transmitted, ${received} packets received, ${Math.floor(statistics.loss)}% packet loss`;
  const times = received > 0 ? `round-trip min/avg/max = ${statistics.times(false)} ms\n` : '';
  return `\n--- ${host} ping statistics ---\n${counts}\n${times}`;
}
