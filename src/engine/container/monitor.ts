import { SIGKILL } from '../../abi/signal.ts';
import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import { Condition } from '../../libc/sync.ts';
import { secondsOf, stamp } from '../clock.ts';
import type { Daemon } from '../daemon.ts';
import { oomKilled, removeCgroup } from '../runtime/cgroup.ts';
import { JsonLines } from '../runtime/json-lines.ts';
import type { Container } from './container.ts';
import { exitCode } from './exit-code.ts';
import { stopHealth } from './health.ts';
import { logEvent } from './log-event.ts';
import { releaseMounts } from './mounts.ts';
import type { Task } from './task.ts';

/** First pause before a restart, and the longest, milliseconds. */
const DELAY_MIN = 100;
const DELAY_MAX = 60_000;
/** One that ran this long begins anew with the shortest pause, seconds. */
const LONG_RUN = 10;

/** How a container is started again; its lock is held. */
export type Restart = (sys: Sys) => Wait<void>;

/** Waits in a thread for the end of a container's process and does what is due then. */
export function watchContainer(sys: Sys, daemon: Daemon, c: Container, task: Task, restart: Restart): void {
  sys.thread(function* (own) {
    const message = yield* new JsonLines(own, task.exit).next<{ status: number }>();
    own.close(task.exit);
    if (message === undefined) own.kill(task.pid, SIGKILL);
    yield* ended(own, daemon, c, task, message === undefined ? 128 + SIGKILL : exitCode(message.status), restart);
    return 0;
  });
}

function* ended(sys: Sys, daemon: Daemon, c: Container, task: Task, code: number, restart: Restart): Wait<void> {
  yield* task.pumps.drained(sys);
  yield* c.lock.lock(sys);
  let again = false;
  try {
    const oom = yield* oomKilled(sys, task.cgroup);
    stopHealth(sys, c);
    const streams = daemon.streamsOf(c);
    streams.closeStdin(sys);
    if (task.master >= 0) sys.close(task.master);
    task.logger?.close(sys);
    removeCgroup(sys, task.cgroup);
    c.task = undefined;
    for (const exec of c.execs.values()) exec.containerEnded(sys);
    c.execs.clear();
    const { state } = c;
    const ranFor = secondsOf(stamp(sys)) - secondsOf(state.StartedAt);
    state.FinishedAt = stamp(sys);
    state.ExitCode = code;
    state.OOMKilled = oom;
    state.Pid = 0;
    state.Paused = false;
    again = shouldRestart(c, code);
    state.Running = again;
    state.Restarting = again;
    if (again) {
      c.restartCount++;
      c.restartDelay = ranFor > LONG_RUN || c.restartDelay === 0 ? DELAY_MIN : Math.min(c.restartDelay * 2, DELAY_MAX);
    } else c.restartDelay = 0;
    yield* daemon.networks.release(sys, c);
    releaseMounts(sys, daemon, c);
    if (c.layer) daemon.layers.unmount(sys, c.layer.mountId);
    if (oom) logEvent(sys, daemon, c, 'oom');
    c.exits++;
    yield* c.save(sys);
    streams.end(sys);
    logEvent(sys, daemon, c, 'die', {
      execDuration: String(Math.max(0, Math.floor(ranFor))),
      exitCode: String(code),
    });
    c.changed.notify(sys);
    daemon.logged(c).notify(sys);
  } finally {
    c.lock.unlock(sys);
  }
  if (again) yield* restartLater(sys, c, restart);
  else if (c.hostConfig.AutoRemove) yield* daemon.autoRemove(sys, c);
}

/** Whether the restart policy wants the container to run again. */
export function shouldRestart(c: Container, code: number): boolean {
  if (c.stopping) return false;
  const { Name, MaximumRetryCount } = c.hostConfig.RestartPolicy;
  if (Name === 'always') return true;
  if (Name === 'unless-stopped') return !c.hasBeenManuallyStopped;
  if (Name !== 'on-failure' || code === 0) return false;
  return MaximumRetryCount === 0 || c.restartCount < MaximumRetryCount;
}

/** Waits for the pause between two runs and starts the container again, unless somebody came in between. */
function* restartLater(sys: Sys, c: Container, restart: Restart): Wait<void> {
  const wait = { cancelled: false, changed: new Condition() };
  c.restartWait = wait;
  const until = sys.now(1) + c.restartDelay;
  while (!wait.cancelled) {
    const left = until - sys.now(1);
    if (left <= 0) break;
    yield* wait.changed.wait(sys, left);
  }
  yield* c.lock.lock(sys);
  try {
    if (wait.cancelled || c.restartWait !== wait || c.removed) return;
    c.restartWait = undefined;
    yield* restart(sys);
  } catch {
    // the reason stands in the container's state
  } finally {
    c.lock.unlock(sys);
  }
}

/** Ends the wait for the next run. The caller holds the container's lock. */
export function* cancelRestart(sys: Sys, c: Container): Wait<void> {
  if (!c.restartWait) return;
  c.restartWait.cancelled = true;
  c.restartWait.changed.notify(sys);
  c.restartWait = undefined;
  c.state.Running = false;
  c.state.Restarting = false;
  yield* c.save(sys);
  c.changed.notify(sys);
}
