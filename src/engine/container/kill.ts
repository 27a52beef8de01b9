import { SIGKILL, signalNumber } from '../../abi/signal.ts';
import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { Wait } from '../../libc/io.ts';
import type { Daemon } from '../daemon.ts';
import { freeze } from '../runtime/cgroup.ts';
import type { Container } from './container.ts';
import { DEFAULT_STOP_TIMEOUT } from './defaults.ts';
import { logEvent } from './log-event.ts';
import { cancelRestart } from './monitor.ts';
import { startContainerOf } from './start.ts';

const SIGTERM = 15;

const notRunning = (c: Container): ApiError => new ApiError('conflict', `container ${c.id} is not running`);

/** Reads a signal as clients write it. @throws ApiError `invalid signal: x` */
export function parseSignal(text: string): number {
  if (/^-?\d+$/.test(text) && (Number(text) > 64 || Number(text) < 0))
    throw new ApiError('invalid-parameter', `the linux daemon does not support signal ${Number(text)}`);
  const signal = signalNumber(text);
  if (signal === undefined || signal === 0) throw new ApiError('invalid-parameter', `invalid signal: ${text}`);
  return signal;
}

/** Sends a signal to a container's first process. @throws ApiError */
export function* signalContainer(sys: Sys, daemon: Daemon, c: Container, signal: number): Wait<void> {
  if (!c.state.Running || (!c.task && !c.state.Restarting)) throw notRunning(c);
  if (c.state.Restarting && !c.task) {
    yield* c.lock.with(sys, function* () {
      yield* cancelRestart(sys, c);
    });
    return;
  }
  // a container that is signalled by hand stays down when it ends, whatever its policy says
  if (!c.config.StopSignal || signal === SIGKILL || signal === stopSignalOf(c)) c.stopping = true;
  c.hasBeenManuallyStopped = true;
  if (c.state.Paused && signal === SIGKILL) yield* thaw(sys, c);
  const pid = c.task?.pid;
  if (pid !== undefined) sys.kill(pid, signal);
  logEvent(sys, daemon, c, 'kill', { signal: String(signal) });
}

function* thaw(sys: Sys, c: Container): Wait<void> {
  if (c.task) yield* freeze(sys, c.task.cgroup, false);
}

export const stopSignalOf = (c: Container): number => signalNumber(c.config.StopSignal ?? '') ?? SIGTERM;

/** Waits until the process that runs now has ended. @param timeout ms; undefined: for ever. @returns whether it has */
export function* waitEnded(sys: Sys, c: Container, timeout?: number): Wait<boolean> {
  const before = c.exits;
  const until = timeout === undefined ? undefined : sys.now(1) + timeout;
  while (c.exits === before && c.state.Running) {
    const left = until === undefined ? undefined : until - sys.now(1);
    if (left !== undefined && left <= 0) return false;
    yield* c.changed.wait(sys, left);
  }
  return true;
}

/** Kills a container at once and waits for its end. */
export function* killNow(sys: Sys, daemon: Daemon, c: Container): Wait<void> {
  if (!c.state.Running) return;
  yield* signalContainer(sys, daemon, c, SIGKILL);
  yield* waitEnded(sys, c);
}

/**
 * Stops a container: its signal, then after the time that it has (seconds; negative: for ever) SIGKILL.
 * @throws ApiError not-modified where it does not run
 */
export function* stopContainer(
  sys: Sys,
  daemon: Daemon,
  c: Container,
  seconds: number | undefined,
  signalName?: string,
): Wait<void> {
  if (!c.state.Running) throw new ApiError('not-modified', 'container is already stopped');
  if (c.state.Restarting && !c.task) {
    c.hasBeenManuallyStopped = true;
    yield* c.lock.with(sys, function* () {
      yield* cancelRestart(sys, c);
    });
    logEvent(sys, daemon, c, 'stop');
    return;
  }
  const signal = signalName ? parseSignal(signalName) : stopSignalOf(c);
  const timeout = seconds ?? c.config.StopTimeout ?? DEFAULT_STOP_TIMEOUT;
  c.hasBeenManuallyStopped = true;
  c.stopping = true;
  const pid = c.task?.pid;
  if (pid !== undefined) {
    sys.kill(pid, signal);
    if (c.state.Paused) yield* thaw(sys, c);
    logEvent(sys, daemon, c, 'kill', { signal: String(signal) });
  }
  if (!(yield* waitEnded(sys, c, timeout < 0 ? undefined : timeout * 1000))) {
    yield* killNow(sys, daemon, c);
  }
  c.hasBeenManuallyStopped = true;
  yield* c.save(sys);
  logEvent(sys, daemon, c, 'stop');
}

/** Stops a container where it runs, and starts it again. @throws ApiError */
export function* restartContainer(
  sys: Sys,
  daemon: Daemon,
  c: Container,
  seconds: number | undefined,
  signalName?: string,
): Wait<void> {
  // its root stays mounted in between; --rm does not take it away
  const autoRemove = c.hostConfig.AutoRemove;
  c.hostConfig.AutoRemove = false;
  try {
    if (c.state.Running) yield* stopContainer(sys, daemon, c, seconds, signalName);
    yield* startContainerOf(sys, daemon, c);
  } finally {
    c.hostConfig.AutoRemove = autoRemove;
  }
  logEvent(sys, daemon, c, 'restart');
}

/** Freezes or continues a container. @throws ApiError */
export function* pauseContainer(sys: Sys, daemon: Daemon, c: Container, on: boolean): Wait<void> {
  if (on) {
    if (!c.state.Running) throw notRunning(c);
    if (c.state.Paused) throw new ApiError('conflict', `Container ${c.id} is already paused`);
    if (c.state.Restarting)
      throw new ApiError('conflict', `Container ${c.id} is restarting, wait until the container is running`);
  } else if (!c.state.Paused) throw new ApiError('internal', `Container ${c.id} is not paused`);
  if (c.task) yield* freeze(sys, c.task.cgroup, on);
  c.state.Paused = on;
  yield* c.save(sys);
  c.changed.notify(sys);
  logEvent(sys, daemon, c, on ? 'pause' : 'unpause');
}
