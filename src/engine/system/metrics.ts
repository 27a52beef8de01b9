import { AF_INET, SO_REUSEADDR, SOCK_CLOEXEC, SOCK_STREAM, SOL_SOCKET } from '../../abi/socket.ts';
import type { Sys } from '../../abi/sys.ts';
import { encode } from '../../lib/utf8.ts';
import { accept, type Wait } from '../../libc/io.ts';
import { strerror } from '../../libc/strerror.ts';
import { statusOf } from '../container/state.ts';
import type { Daemon } from '../daemon.ts';
import { Connection, SERVER_VERSION } from '../server/connection.ts';
import { SettingsError } from '../settings/values.ts';
import { GIT_COMMIT } from './versions.ts';

const BACKLOG = 128;

/**
 * Serves /metrics for Prometheus (`metrics-addr`), each connection in a thread of its own.
 * @throws SettingsError where the address cannot be had
 * @see moby daemon/internal/metrics
 */
export function* serveMetrics(sys: Sys, daemon: Daemon, address: string): Wait<void> {
  const refuse = (words: string): SettingsError => new SettingsError(`failed to start metrics server: ${words}`);
  const [, addr = '', port] = /^(.*):(\d+)$/.exec(address) ?? [];
  if (port === undefined) throw refuse(`error parsing tcp address: address ${address}: missing port in address`);
  const fd = sys.socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC);
  sys.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  const bound = sys.bind(fd, { family: AF_INET, addr: addr === 'localhost' ? '127.0.0.1' : addr, port: Number(port) });
  const listening = bound < 0 ? bound : sys.listen(fd, BACKLOG);
  if (listening < 0) throw refuse(`listen tcp ${address}: bind: ${strerror(-listening, 'go')}`);
  sys.thread(function* (own) {
    for (;;) {
      const client = yield* accept(own, fd, undefined, SOCK_CLOEXEC);
      if (client < 0) return 0;
      own.thread(function* (thread) {
        yield* answer(thread, daemon, client);
        thread.close(client);
        return 0;
      });
    }
  });
}

function* answer(sys: Sys, daemon: Daemon, fd: number): Wait<void> {
  const connection = new Connection(sys, fd, false);
  for (;;) {
    const head = yield* connection.next();
    if (head === undefined) return;
    connection.fields = {};
    if (head.target.split('?')[0] === '/metrics')
      yield* connection.answer(
        200,
        encode(metricsText(sys, daemon)),
        {},
        'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
      );
    else yield* connection.answer(404, encode('404 page not found\n'), {}, 'text/plain; charset=utf-8');
    if (!(yield* connection.finish())) return;
  }
}

/** The figures in Prometheus' text format. */
function metricsText(sys: Sys, daemon: Daemon): string {
  const states = { paused: 0, running: 0, stopped: 0 };
  for (const c of daemon.containers.all()) {
    if (statusOf(c.state) === 'paused') states.paused++;
    else if (c.state.Running) states.running++;
    else states.stopped++;
  }
  const { cpus, totalram } = sys.sysinfo();
  const { release } = sys.uname();
  return [
    family('engine_daemon_container_states_containers', 'gauge', 'Containers by state', [
      ...Object.entries(states).map(([state, n]) => [`{state="${state}"}`, n] as const),
    ]),
    family('engine_daemon_engine_cpus_cpus', 'gauge', 'Processors of the host', [['', cpus]]),
    family('engine_daemon_engine_info', 'gauge', 'The engine and its host', [
      [
        `{architecture="x86_64",commit="${GIT_COMMIT}",daemon_id="${daemon.id}",graphdriver="overlay2",kernel="${release}",os_type="linux",version="${SERVER_VERSION}"}`,
        1,
      ],
    ]),
    family('engine_daemon_engine_memory_bytes', 'gauge', 'Memory of the host', [['', totalram]]),
    family('engine_daemon_events_subscribers_total', 'gauge', 'Clients that follow events', [
      ['', daemon.events.listeners],
    ]),
    family('engine_daemon_events_total', 'counter', 'Events so far', [['', daemon.events.count]]),
  ].join('');
}

function family(name: string, type: string, help: string, rows: readonly (readonly [string, number])[]): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${rows.map(([labels, n]) => `${name}${labels} ${n}\n`).join('')}`;
}
