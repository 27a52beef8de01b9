import { O_CLOEXEC, O_RDONLY } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { WaitResult } from '../../abi/wait.ts';
import { ApiError } from '../../api/errors.ts';
import type { ExecCreateBody, ExecInspectResult } from '../../api/exec.ts';
import { open, type Wait, waitpid } from '../../libc/io.ts';
import { Condition } from '../../libc/sync.ts';
import type { Daemon } from '../daemon.ts';
import { newId } from '../ids.ts';
import { tweakCapabilities } from '../runtime/capabilities.ts';
import { startExec } from '../runtime/exec.ts';
import { JsonLines } from '../runtime/json-lines.ts';
import { makePipe } from '../runtime/runtime.ts';
import { type ProcessSpec, RuntimeError } from '../runtime/spec.ts';
import type { Container } from './container.ts';
import { parseDetachKeys } from './detach-keys.ts';
import { containerEnv, overlayEnv } from './env.ts';
import { exitCode } from './exit-code.ts';
import { exitCodeOf, startFailure } from './failure.ts';
import { logEvent } from './log-event.ts';

import { Pumps, type Source } from './pump.ts';
import { securityOptions } from './security.ts';

import { Streams } from './streams.ts';
import { type ResolvedUser, resolveUser } from './user.ts';

/** A process that was, or will be, started in a container that runs. */
export class Exec {
  readonly id: string;
  readonly container: Container;
  readonly config: ExecCreateBody & { Cmd: string[] };
  readonly streams: Streams = new Streams();
  readonly changed: Condition = new Condition();
  running = false;
  started = false;
  exitCode: number | undefined;
  pid = 0;
  master = -1;
  canRemove = false;

  constructor(id: string, container: Container, config: ExecCreateBody & { Cmd: string[] }) {
    this.id = id;
    this.container = container;
    this.config = config;
  }

  /** The container has ended, and this with it. */
  containerEnded(sys: Sys): void {
    this.canRemove = true;
    this.changed.notify(sys);
  }

  shown(): ExecInspectResult {
    const { config } = this;
    const [entrypoint = '', ...rest] = config.Cmd;
    return {
      ID: this.id,
      Running: this.running,
      ExitCode: this.exitCode ?? null,
      ProcessConfig: {
        tty: config.Tty ?? false,
        entrypoint,
        arguments: rest,
        privileged: config.Privileged ?? false,
        ...(config.User ? { user: config.User } : {}),
      },
      OpenStdin: config.AttachStdin ?? false,
      OpenStderr: config.AttachStderr ?? false,
      OpenStdout: config.AttachStdout ?? false,
      CanRemove: this.canRemove,
      ContainerID: this.container.id,
      DetachKeys: config.DetachKeys ?? '',
      Pid: this.pid,
    };
  }
}

/** @param name how a paused one is called. @throws ApiError where the container does not run */
export function requireRunning(c: Container, name = c.id): void {
  if (!c.state.Running || !c.task) {
    if (c.state.Restarting)
      throw new ApiError('conflict', `Container ${c.id} is restarting, wait until the container is running`);
    throw new ApiError('conflict', `container ${c.id} is not running`);
  }
  if (c.state.Paused) throw new ApiError('conflict', `Container ${name} is paused, unpause the container before exec`);
}

/** Notes a process to be started. @param reference as the client named the container, for messages. @throws ApiError */
export function* createExec(
  sys: Sys,
  daemon: Daemon,
  c: Container,
  body: ExecCreateBody,
  reference = c.id,
): Wait<Exec> {
  if (!body.Cmd || body.Cmd.length === 0) throw new ApiError('invalid-parameter', 'No exec command specified');
  requireRunning(c, reference);
  checkDetachKeys(body.DetachKeys);
  // a user that is not there is told now
  yield* userOf(sys, daemon, c, body);
  const exec = new Exec(newId(sys), c, { ...body, Cmd: body.Cmd });
  daemon.execs.set(exec.id, exec);
  c.execs.set(exec.id, exec);
  logEvent(sys, daemon, c, `exec_create: ${commandText(body.Cmd)}`, { execID: exec.id });
  return exec;
}

/** @throws ApiError */
function checkDetachKeys(keys: string | undefined): void {
  try {
    parseDetachKeys(keys);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new ApiError(error.kind, `Invalid escape keys (${keys}) provided`);
  }
}

/** @throws ApiError `No such exec instance: x` */
/** As events tell it: the program, a space, its arguments. */
const commandText = ([program = '', ...args]: readonly string[]): string => `${program} ${args.join(' ')}`;

export function getExec(daemon: Daemon, id: string): Exec {
  const exec = daemon.execs.get(id);
  if (!exec) throw new ApiError('not-found', `No such exec instance: ${id}`);
  return exec;
}

/** Starts the process; who wants its output is attached to `exec.streams` already. @throws ApiError */
export function* runExec(sys: Sys, daemon: Daemon, exec: Exec, consoleSize: readonly [number, number]): Wait<void> {
  const c = exec.container;
  try {
    const task = c.task;
    if (!task) throw new ApiError('conflict', `container ${c.id} is not running`);
    const process = yield* processSpec(sys, daemon, exec, consoleSize);
    const tty = exec.config.Tty ?? false;
    const files = tty ? undefined : yield* openStdio(sys, exec);
    logEvent(sys, daemon, c, `exec_start: ${commandText(exec.config.Cmd)}`, { execID: exec.id });
    const started = yield* startExec(
      sys,
      { target: task.pid, cgroup: task.cgroup, process },
      files?.child,
      daemon.hostMounts,
    );
    exec.pid = started.pid;
    exec.running = true;
    const pumps = new Pumps(daemon.pumpBuffer);
    const sink = { streams: exec.streams, logger: undefined, onLog: new Condition() };
    if (files) {
      const sources: Source[] = [
        { fd: files.stdout, stream: 'stdout' },
        { fd: files.stderr, stream: 'stderr' },
      ];
      pumps.start(sys, sources, sink);
      exec.streams.setStdin(sys, files.stdin);
    } else {
      exec.master = started.master;
      pumps.start(sys, [{ fd: sys.dup(started.master), stream: 'stdout' }], sink);
      exec.streams.setStdin(sys, sys.dup(started.master));
    }
    watch(sys, daemon, exec, started.exit, started.helper, pumps);
  } catch (error) {
    throw failed(sys, exec, error);
  }
}

function failed(sys: Sys, exec: Exec, error: unknown): unknown {
  const failure =
    error instanceof RuntimeError ? startFailure('OCI runtime exec failed: exec failed: ', error.message) : error;
  exec.running = false;
  exec.exitCode = exitCodeOf(failure instanceof Error ? failure.message : '');
  exec.streams.closeStdin(sys);
  exec.streams.end(sys);
  exec.changed.notify(sys);
  exec.container.execs.delete(exec.id);
  return failure;
}

function* processSpec(sys: Sys, daemon: Daemon, exec: Exec, consoleSize: readonly [number, number]): Wait<ProcessSpec> {
  const { config, container: c } = exec;
  const cwd = config.WorkingDir || c.config.WorkingDir || '/';
  if (!cwd.startsWith('/')) throw new RuntimeError('Cwd must be an absolute path');
  const user = yield* userOf(sys, daemon, c, config);
  const tty = config.Tty ?? false;
  const privileged = c.hostConfig.Privileged || (config.Privileged ?? false);
  return {
    args: config.Cmd,
    env: overlayEnv(containerEnv(c, tty, []), config.Env ?? []),
    cwd,
    user,
    capabilities: tweakCapabilities(c.hostConfig.CapAdd, c.hostConfig.CapDrop, privileged),
    noNewPrivileges: securityOptions(c.hostConfig, daemon.config).noNewPrivileges,
    seccomp: !privileged && securityOptions(c.hostConfig, daemon.config).seccomp !== 'unconfined',
    rlimits: [],
    terminal: tty,
    consoleSize,
    oomScoreAdj: undefined,
  };
}

function userOf(sys: Sys, daemon: Daemon, c: Container, config: ExecCreateBody): Wait<ResolvedUser> {
  const root = daemon.layers.mergedPath(c.layer!.mountId);
  return resolveUser(sys, root, config.User || c.config.User, c.hostConfig.GroupAdd ?? []);
}

interface Stdio {
  child: readonly [number, number, number];
  stdin: number;
  stdout: number;
  stderr: number;
}

function* openStdio(sys: Sys, exec: Exec): Wait<Stdio> {
  let stdin = -1;
  let childIn: number;
  if (exec.config.AttachStdin) [childIn, stdin] = makePipe(sys);
  else childIn = yield* open(sys, '/dev/null', O_RDONLY | O_CLOEXEC);
  const [stdout, childOut] = makePipe(sys);
  const [stderr, childErr] = makePipe(sys);
  return { child: [childIn, childOut, childErr], stdin, stdout, stderr };
}

/** Waits in a thread for the end of the process. */
function watch(sys: Sys, daemon: Daemon, exec: Exec, exit: number, helper: number, pumps: Pumps): void {
  sys.thread(function* (own) {
    const message = yield* new JsonLines(own, exit).next<{ status: number }>();
    own.close(exit);
    yield* waitpid(own, helper, 0, new WaitResult());
    // what it started may hold its output open: that does not keep its end back
    yield* pumps.drained(own);
    exec.exitCode = message === undefined ? 137 : exitCode(message.status);
    exec.running = false;
    exec.streams.closeStdin(own);
    if (exec.master >= 0) own.close(exec.master);
    exec.master = -1;
    exec.streams.end(own);
    exec.container.execs.delete(exec.id);
    exec.changed.notify(own);
    logEvent(own, daemon, exec.container, 'exec_die', {
      execID: exec.id,
      exitCode: String(exec.exitCode),
    });
    return 0;
  });
}
