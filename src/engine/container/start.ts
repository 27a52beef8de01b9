import { CLOCK_MONOTONIC, O_CLOEXEC, O_RDONLY } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import { open, sleep, type Wait } from '../../libc/io.ts';
import { stamp } from '../clock.ts';
import type { Daemon } from '../daemon.ts';
import { readText } from '../disk.ts';
import { openLogger } from '../logs/open.ts';
import { makeCgroup, removeCgroup } from '../runtime/cgroup.ts';
import { makePipe, type StartedProcess, startContainer } from '../runtime/runtime.ts';
import { RuntimeError, type RuntimeSpec } from '../runtime/spec.ts';
import type { Container } from './container.ts';
import { CREATE_FAILED, exitCodeOf, startFailure } from './failure.ts';
import { startHealth } from './health.ts';
import { logEvent } from './log-event.ts';
import { watchContainer } from './monitor.ts';
import { prepareMounts, releaseMounts } from './mounts.ts';
import { Pumps, type Source } from './pump.ts';
import { checkRuntime } from './runtime.ts';
import { buildSpec } from './spec.ts';
import type { Task } from './task.ts';

/** How long (ms), and how many turns at most, a new process has before its start is told. */
const HEAD_START = 5;
const HEAD_START_ROUNDS = 24;
/** How many milliseconds more it has where it is still being loaded. */
const LOAD_ROUNDS = 1000;

/** Starts a container. The caller does not hold its lock. @throws ApiError */
export function* startContainerOf(sys: Sys, daemon: Daemon, c: Container): Wait<void> {
  yield* c.lock.lock(sys);
  try {
    if (c.state.Paused) throw new ApiError('conflict', 'cannot start a paused container, try unpause instead');
    if (c.state.Running && !c.state.Restarting)
      throw new ApiError('not-modified', `container ${c.id} is already running`);
    if (c.state.RemovalInProgress || c.state.Dead)
      throw new ApiError('conflict', 'container is marked for removal and cannot be started');
    c.restartWait = undefined;
    c.restartCount = 0;
    c.hasBeenManuallyStopped = false;
    yield* startLocked(sys, daemon, c);
  } finally {
    c.lock.unlock(sys);
  }
}

/** Starts a container whose lock is held. @throws ApiError; the container has the reason in its state then */
export function* startLocked(sys: Sys, daemon: Daemon, c: Container): Wait<void> {
  try {
    const task = yield* launch(sys, daemon, c);
    c.task = task;
    c.state.Running = true;
    c.state.Restarting = false;
    c.state.Paused = false;
    c.state.OOMKilled = false;
    c.state.Pid = task.pid;
    c.state.ExitCode = 0;
    c.state.Error = '';
    c.state.StartedAt = stamp(sys);
    c.stopping = false;
    startHealth(sys, daemon, c);
    yield* c.save(sys);
    c.changed.notify(sys);
    logEvent(sys, daemon, c, 'start');
    watchContainer(sys, daemon, c, task, (own) => startLocked(own, daemon, c));
    yield* letRun(sys, task.pid);
  } catch (error) {
    yield* failed(sys, daemon, c, error);
    throw error;
  }
}

/**
 * Lets the new process have the processor before the client hears that it runs: a client that sends a signal at once
 * would otherwise meet a program that has not done anything yet, which on a real host it never does.
 */
function* letRun(sys: Sys, pid: number): Wait<void> {
  const until = sys.now(CLOCK_MONOTONIC) + HEAD_START;
  for (let i = 0; i < HEAD_START_ROUNDS && sys.now(CLOCK_MONOTONIC) < until; i++) {
    sys.sched_yield();
    yield;
  }
  // what it reads of its own code takes no time on a host that has it in memory
  for (let i = 0; i < LOAD_ROUNDS && (yield* isLoading(sys, pid)); i++) yield* sleep(sys, 1);
}

/** Whether a process waits for a part of its program. */
function* isLoading(sys: Sys, pid: number): Wait<boolean> {
  const stat = (yield* readText(sys, `/proc/${pid}/stat`)) ?? '';
  return /^\d+ \(.*\) D/.test(stat);
}

function* failed(sys: Sys, daemon: Daemon, c: Container, error: unknown): Wait<void> {
  const message = error instanceof Error ? error.message : String(error);
  c.state.Error = message;
  c.state.Restarting = false;
  c.state.Running = false;
  c.state.Pid = 0;
  c.state.ExitCode = exitCodeOf(message);
  yield* c.save(sys);
  c.exits++;
  c.changed.notify(sys);
  for (const settings of Object.values(c.network.Networks)) settings.NetworkID = '';
  daemon.streamsOf(c).end(sys);
  if (c.hostConfig.AutoRemove) daemon.removeSoon(sys, c);
}

function* launch(sys: Sys, daemon: Daemon, c: Container): Wait<Task> {
  const rootfs = yield* daemon.layers.mount(sys, c.layer!.mountId);
  const cgroup = daemon.cgroupPath(c.id, c.hostConfig.CgroupParent);
  let logger: Task['logger'];
  try {
    const network = yield* daemon.networks.connect(sys, c);
    const mounts = yield* prepareMounts(sys, daemon, c);
    c.hasBeenStartedBefore = true;
    const spec = yield* buildSpec(sys, daemon, c, { rootfs, cgroup, mounts, ...network });
    logger = yield* openLogger(sys, c);
    yield* checkRuntime(sys, daemon.config, c.hostConfig.Runtime, c.id);
    yield* makeCgroup(sys, cgroup, c.hostConfig);
    const files = yield* openStdio(sys, c);
    const started = yield* run(sys, daemon, spec, files.child);
    return adopt(sys, daemon, c, started, files, cgroup, logger);
  } catch (error) {
    logger?.close(sys);
    removeCgroup(sys, cgroup);
    yield* daemon.networks.release(sys, c);
    releaseMounts(sys, daemon, c);
    daemon.layers.unmount(sys, c.layer!.mountId);
    throw error;
  }
}

function* run(
  sys: Sys,
  daemon: Daemon,
  spec: RuntimeSpec,
  stdio: readonly [number, number, number] | undefined,
): Wait<StartedProcess> {
  try {
    return yield* startContainer(sys, spec, stdio, daemon.hostMounts);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    throw startFailure(CREATE_FAILED, error.message);
  }
}

interface Stdio {
  /** What the process gets; undefined with a terminal. */
  child: readonly [number, number, number] | undefined;
  /** The engine's ends: where input goes (-1: nowhere), where output comes from. */
  stdin: number;
  stdout: number;
  stderr: number;
}

function* openStdio(sys: Sys, c: Container): Wait<Stdio> {
  if (c.config.Tty) return { child: undefined, stdin: -1, stdout: -1, stderr: -1 };
  let stdin = -1;
  let childIn: number;
  if (c.config.OpenStdin) [childIn, stdin] = makePipe(sys);
  else childIn = yield* open(sys, '/dev/null', O_RDONLY | O_CLOEXEC);
  const [stdout, childOut] = makePipe(sys);
  const [stderr, childErr] = makePipe(sys);
  return { child: [childIn, childOut, childErr], stdin, stdout, stderr };
}

function adopt(
  sys: Sys,
  daemon: Daemon,
  c: Container,
  started: StartedProcess,
  files: Stdio,
  cgroup: string,
  logger: Task['logger'],
): Task {
  const pumps = new Pumps(daemon.pumpBuffer);
  const streams = daemon.streamsOf(c);
  const sink = { streams, logger, onLog: daemon.logged(c) };
  if (files.child) {
    const sources: Source[] = [
      { fd: files.stdout, stream: 'stdout' },
      { fd: files.stderr, stream: 'stderr' },
    ];
    pumps.start(sys, sources, sink);
    streams.setStdin(sys, files.stdin);
  } else {
    // the terminal is read by one thread and written by those who are attached: each has its own descriptor
    pumps.start(sys, [{ fd: sys.dup(started.master), stream: 'stdout' }], sink);
    streams.setStdin(sys, sys.dup(started.master));
  }
  return { pid: started.pid, exit: started.exit, master: started.master, cgroup, pumps, logger };
}
