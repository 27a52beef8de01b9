import { CLOCK_MONOTONIC } from '../abi/flags.ts';
import type { Futex, Sys } from '../abi/sys.ts';
import { futexWait, type Wait } from '../libc/io.ts';
import type { Container } from './container/container.ts';
import { DEFAULT_STOP_TIMEOUT } from './container/defaults.ts';
import { stopContainer } from './container/kill.ts';
import type { Daemon } from './daemon.ts';

/** What a container has on top of its own time to stop, seconds. */
const GRACE = 5;

/**
 * Stops all containers side by side; those that ran begin again at the next start as their policy says. What takes longer than
 * shutdown-timeout, and than the containers are allowed to take, is left.
 */
export function* shutDown(sys: Sys, daemon: Daemon): Wait<void> {
  const running = [...daemon.containers.all()].filter((c) => c.state.Running);
  const done: Futex = { value: 0 };
  for (const c of running)
    sys.thread(function* (own) {
      yield* stopOne(own, daemon, c);
      done.value++;
      own.futexWake(done, 1);
      return 0;
    });
  const patience = patienceFor(running, daemon.config.shutdownTimeout);
  const until = patience === undefined ? undefined : sys.now(CLOCK_MONOTONIC) + patience * 1000;
  while (done.value < running.length) {
    const left = until === undefined ? undefined : until - sys.now(CLOCK_MONOTONIC);
    if (left !== undefined && left <= 0) return;
    yield* futexWait(sys, done, done.value, left);
  }
}

/** Seconds; undefined: as long as it takes. @see moby daemon/daemon.go, ShutdownTimeout */
function patienceFor(running: readonly Container[], wanted: number): number | undefined {
  let most = wanted;
  for (const c of running) {
    const own = c.config.StopTimeout ?? DEFAULT_STOP_TIMEOUT;
    if (own < 0) return undefined;
    most = Math.max(most, own + GRACE);
  }
  return wanted < 0 ? undefined : most;
}

function* stopOne(sys: Sys, daemon: Daemon, c: Container): Wait<void> {
  const stopped = c.hasBeenManuallyStopped;
  try {
    yield* stopContainer(sys, daemon, c, undefined);
  } catch {
    // it has ended by itself
  }
  c.hasBeenManuallyStopped = stopped;
  yield* c.save(sys);
}
