import { EAGAIN, EINTR } from '../../../abi/errno.ts';
import { POLLIN } from '../../../abi/flags.ts';
import {
  SIG_DFL,
  SIG_IGN,
  SIGCHLD,
  SIGHUP,
  SIGINT,
  SIGPIPE,
  SIGQUIT,
  SIGTERM,
  SIGUSR1,
  SIGWINCH,
} from '../../../abi/signal.ts';
import { AF_UNIX, SHUT_RDWR, type SockAddr } from '../../../abi/socket.ts';
import type { Sys } from '../../../abi/sys.ts';
import { unmapIp } from '../../../lib/ip.ts';
import { accept, poll, type Wait, writeAll } from '../../../libc/io.ts';
import { formatLine } from './access-log.ts';
import { type Connection, serveConnection } from './connection.ts';
import type { Cycle } from './cycle.ts';
import type { LimitZones } from './limit-req.ts';
import { listenName } from './listen.ts';
import type { ListenGroup } from './listeners.ts';
import { isLogLevel, type LogLevel, type LogTarget } from './logs.ts';
import type { Services } from './phases.ts';
import type { Client, Request } from './request.ts';
import type { Scope } from './scope.ts';
import { Balancer, type Upstream } from './upstream.ts';
import { type Counters, variableValue } from './variables.ts';

/** What all workers of a master share, as in a shared memory zone. */
export interface Shared {
  counters: Counters;
  zones: LimitZones;
}

/** Where messages of a block go. */
export function errorTargets(scope: Scope): LogTarget[] {
  return scope.memo('error-targets', () => {
    const directives = scope.all('error_log');
    if (directives.length === 0) return [{ path: '/var/log/nginx/error.log', level: 'error' as const }];
    return directives.map(({ args }) => ({
      path: args[0]!,
      level: args[1] !== undefined && isLogLevel(args[1]) ? args[1] : ('error' as const),
    }));
  });
}

/** A worker process: accepts, and serves each connection in a thread. */
export class Worker implements Services {
  readonly connections = new Set<Connection>();
  quitting = false;
  readonly #balancers = new Map<Upstream, Balancer>();
  #terminated = false;
  #reopen = false;

  constructor(
    readonly sys: Sys,
    readonly cycle: Cycle,
    readonly shared: Shared,
  ) {}

  get config(): Cycle['config'] {
    return this.cycle.config;
  }

  get counters(): Counters {
    return this.shared.counters;
  }

  get zones(): LimitZones {
    return this.shared.zones;
  }

  balancer(upstream: Upstream): Balancer {
    let balancer = this.#balancers.get(upstream);
    if (!balancer) this.#balancers.set(upstream, (balancer = new Balancer(upstream)));
    return balancer;
  }

  variable(request: Request, name: string): string {
    const { hostname } = this.config;
    return variableValue(request, name, { hostname, zone: this.cycle.logs.zone, counters: this.shared.counters });
  }

  /** A message about a request, with what nginx adds to each. */
  *log(sys: Sys, request: Request, level: LogLevel, message: string): Wait<void> {
    let text = `*${request.client.number} ${message}, client: ${request.client.addr}, server: ${request.server.name}, request: "${request.head.line}"`;
    if (request.upstreamUrl !== '') text += `, upstream: "${request.upstreamUrl}"`;
    const host = request.headers.get('host');
    if (host !== undefined) text += `, host: "${host}"`;
    const referrer = request.headers.get('referer');
    if (referrer !== undefined) text += `, referrer: "${referrer}"`;
    yield* this.cycle.logs.message(sys, errorTargets(request.scope), level, text);
  }

  /** Writes the access log of a finished request. */
  *access(sys: Sys, request: Request): Wait<void> {
    if (request.inErrorPage && request.scope.kind === 'main') return;
    const directives = request.scope.all('access_log');
    const rules = directives.length === 0 ? [['/var/log/nginx/access.log']] : directives.map((d) => d.args);
    for (const [path, second, ...rest] of rules) {
      if (path === 'off') continue;
      const options = second?.includes('=') ? [second, ...rest] : rest;
      const condition = options.find((o) => o.startsWith('if='))?.slice(3);
      if (condition !== undefined && ['', '0'].includes(request.text(condition))) continue;
      const format = this.config.formats.get(second === undefined || second.includes('=') ? 'combined' : second)!;
      const fd = this.cycle.logs.fd(path!);
      if (fd !== undefined) yield* writeAll(sys, fd, `${formatLine(format, request)}\n`);
    }
  }

  /** The servers of the address that the client called, where a wildcard socket took the connection. */
  groupFor(group: ListenGroup, client: Client): ListenGroup {
    const { family, port } = group.listen;
    if (family === 'unix') return group;
    return this.cycle.groups.get(listenName({ family, addr: client.localAddr, port })) ?? group;
  }

  /** Runs until a signal ends it. @returns the exit status */
  *run(): Wait<number> {
    const { sys } = this;
    const terminate = (): void => void (this.#terminated = true);
    for (const signal of [SIGTERM, SIGINT]) sys.sigaction(signal, terminate);
    sys.sigaction(SIGQUIT, () => void (this.quitting = true));
    sys.sigaction(SIGUSR1, () => void (this.#reopen = true));
    for (const signal of [SIGHUP, SIGPIPE, SIGWINCH]) sys.sigaction(signal, SIG_IGN);
    sys.sigaction(SIGCHLD, SIG_DFL);
    sys.sigprocmask('set', []);
    const listeners = this.cycle.sockets;
    while (!this.#terminated && !this.quitting) {
      const fds = listeners.map(({ fd }) => ({ fd, events: POLLIN, revents: 0 }));
      const r = yield* poll(sys, fds, -1);
      if (this.#reopen) {
        this.#reopen = false;
        yield* this.#notice('reopening logs');
        yield* this.cycle.logs.reopen(sys);
      }
      if (r === -EINTR) continue;
      for (const [i, listener] of listeners.entries())
        if (fds[i]!.revents !== 0) yield* this.#accept(listener.fd, listener.group);
    }
    if (this.#terminated) {
      yield* this.#notice('exiting');
      return 0;
    }
    yield* this.#notice('gracefully shutting down');
    for (const { fd } of listeners) sys.close(fd);
    for (const connection of this.connections) if (connection.idle) sys.shutdown(connection.fd, SHUT_RDWR);
    while (this.connections.size > 0 && !this.#terminated) {
      // threads tell nobody when they end; look again soon
      let slept: number;
      while ((slept = sys.sleep(20)) < -EINTR) yield;
      if (slept === -EINTR && this.#terminated) break;
    }
    yield* this.#notice('exiting');
    return 0;
  }

  *#notice(message: string): Wait<void> {
    yield* this.cycle.logs.message(this.sys, errorTargets(this.config.main), 'notice', message);
  }

  *#accept(listener: number, group: ListenGroup): Wait<void> {
    const { sys, shared } = this;
    const peer: { address?: SockAddr } = {};
    const fd = yield* accept(sys, listener, peer);
    if (fd < 0) {
      if (fd !== -EAGAIN && fd !== -EINTR) yield* this.#notice(`accept4() failed (${-fd})`);
      return;
    }
    shared.counters.accepted++;
    shared.counters.handled++;
    const from = peer.address;
    const own = sys.getsockname(fd);
    const addr = from && from.family !== AF_UNIX ? unmapIp(from.addr) : 'unix:';
    const client: Client = {
      fd,
      addr,
      peerAddr: addr,
      port: from && from.family !== AF_UNIX ? from.port : 0,
      localAddr: typeof own !== 'number' && own.family !== AF_UNIX ? own.addr : group.listen.addr,
      localPort: typeof own !== 'number' && own.family !== AF_UNIX ? own.port : group.listen.port,
      listen: group.listen,
      number: shared.counters.accepted,
      requests: 0,
      ssl: group.listen.ssl,
    };
    // signals are the main thread's
    const mask = sys.sigprocmask('block', [SIGTERM, SIGINT, SIGQUIT, SIGUSR1]);
    const worker = this;
    const tid = sys.thread(function* (thread) {
      yield* serveConnection(thread, worker, group, client);
      return 0;
    });
    sys.sigprocmask('set', mask);
    if (tid < 0) sys.close(fd);
  }
}
