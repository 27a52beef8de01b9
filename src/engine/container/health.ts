import { SIGKILL } from '../../abi/signal.ts';
import type { Program, Sys } from '../../abi/sys.ts';
import { formatDuration } from '../../lib/go-duration.ts';
import { decode } from '../../lib/utf8.ts';
import { joinBytes, type Wait } from '../../libc/io.ts';
import { Condition } from '../../libc/sync.ts';
import { stamp } from '../clock.ts';
import type { Daemon } from '../daemon.ts';
import type { Container, HealthMonitor } from './container.ts';
import { createExec, runExec } from './exec.ts';
import { logEvent } from './log-event.ts';

const SECOND = 1000;
const DEFAULT_INTERVAL = 30 * SECOND;
const DEFAULT_TIMEOUT = 30 * SECOND;
const DEFAULT_START_INTERVAL = 5 * SECOND;
const DEFAULT_RETRIES = 3;
/** Results that are kept, and bytes of output of each. */
const LOG_MAX = 5;
const OUTPUT_MAX = 4096;

/** The command of a container's check; undefined where there is none. */
function command(c: Container): string[] | undefined {
  const test = c.config.Healthcheck?.Test ?? [];
  if (test[0] === 'CMD') return test.slice(1);
  if (test[0] === 'CMD-SHELL') return [...(c.config.Shell ?? ['/bin/sh', '-c']), test.slice(1).join(' ')];
  return undefined;
}

/** Begins to check a container that starts. The caller saves its state. */
export function startHealth(sys: Sys, daemon: Daemon, c: Container): void {
  const cmd = command(c);
  if (!cmd || cmd.length === 0) {
    c.state.Health = null;
    return;
  }
  // what was seen before stays in the log
  c.state.Health = { Status: 'starting', FailingStreak: 0, Log: c.state.Health?.Log ?? [] };
  const monitor: HealthMonitor = { stopped: false, changed: new Condition() };
  c.health = monitor;
  sys.thread((own) => run(own, daemon, c, monitor, cmd));
}

/** Ends the checks: the container has. */
export function stopHealth(sys: Sys, c: Container): void {
  const monitor = c.health;
  if (!monitor) return;
  monitor.stopped = true;
  monitor.changed.notify(sys);
  c.health = undefined;
  // nobody looks any more: that counts as unhealthy
  if (c.state.Health) c.state.Health.Status = 'unhealthy';
}

const milliseconds = (nanoseconds: number | undefined, otherwise: number): number =>
  nanoseconds ? nanoseconds / 1e6 : otherwise;

function* run(sys: Sys, daemon: Daemon, c: Container, monitor: HealthMonitor, cmd: readonly string[]): Program {
  const h = c.config.Healthcheck!;
  const interval = milliseconds(h.Interval, DEFAULT_INTERVAL);
  const startInterval = milliseconds(h.StartInterval, DEFAULT_START_INTERVAL);
  const startPeriod = milliseconds(h.StartPeriod, 0);
  const began = sys.now(1);
  while (!monitor.stopped) {
    const inStart = c.state.Health?.Status === 'starting' && sys.now(1) - began < startPeriod;
    const until = sys.now(1) + (inStart ? startInterval : interval);
    while (!monitor.stopped && sys.now(1) < until) yield* monitor.changed.wait(sys, until - sys.now(1));
    if (monitor.stopped) break;
    if (c.state.Paused) continue;
    const result = yield* probe(sys, daemon, c, cmd, milliseconds(h.Timeout, DEFAULT_TIMEOUT));
    if (monitor.stopped) break;
    yield* note(sys, daemon, c, result, sys.now(1) - began < startPeriod);
  }
  return 0;
}

interface Result {
  start: string;
  end: string;
  code: number;
  output: string;
}

function* probe(sys: Sys, daemon: Daemon, c: Container, cmd: readonly string[], timeout: number): Wait<Result> {
  const start = stamp(sys);
  try {
    const exec = yield* createExec(sys, daemon, c, { Cmd: [...cmd], AttachStdout: true, AttachStderr: true });
    const attachment = exec.streams.attach(true, true);
    yield* runExec(sys, daemon, exec, [0, 0]);
    const pieces: Uint8Array[] = [];
    let size = 0;
    const until = sys.now(1) + timeout;
    for (;;) {
      const left = until - sys.now(1);
      const piece = left > 0 ? yield* attachment.channel.receive(sys, left) : undefined;
      if (piece === undefined && attachment.channel.closed) break;
      if (piece === undefined) {
        sys.kill(exec.pid, SIGKILL);
        const end = stamp(sys);
        const words = `Health check exceeded timeout (${formatDuration(timeout * 1e6)})`;
        const said = decode(joinBytes([...pieces, new Uint8Array(0)]));
        return { start, end, code: -1, output: said === '' ? words : `${words}: ${said}` };
      }
      if (size < OUTPUT_MAX) pieces.push(piece.bytes);
      size += piece.bytes.length;
    }
    while (exec.running) yield* exec.changed.wait(sys);
    let output = decode(joinBytes([...pieces, new Uint8Array(0)]));
    if (output.length > OUTPUT_MAX) output = `${output.slice(0, OUTPUT_MAX)}...`;
    return { start, end: stamp(sys), code: exec.exitCode ?? -1, output };
  } catch (error) {
    return { start, end: stamp(sys), code: -1, output: error instanceof Error ? error.message : String(error) };
  }
}

function* note(sys: Sys, daemon: Daemon, c: Container, r: Result, inStartPeriod: boolean): Wait<void> {
  const health = c.state.Health;
  if (!health) return;
  const before = health.Status;
  const log = [...(health.Log ?? []), { Start: r.start, End: r.end, ExitCode: r.code, Output: r.output }];
  health.Log = log.slice(-LOG_MAX);
  if (r.code === 0) {
    health.FailingStreak = 0;
    health.Status = 'healthy';
  } else if (!(health.Status === 'starting' && inStartPeriod)) {
    health.FailingStreak++;
    if (health.FailingStreak >= (c.config.Healthcheck?.Retries || DEFAULT_RETRIES)) health.Status = 'unhealthy';
  }
  yield* c.save(sys);
  c.changed.notify(sys);
  if (health.Status !== before) logEvent(sys, daemon, c, `health_status: ${health.Status}`);
}
