import { CLONE_NEWNS, CLONE_NEWPID } from '../../abi/flags.ts';
import type { Program, Sys } from '../../abi/sys.ts';
import { WaitResult } from '../../abi/wait.ts';
import { type Wait, waitpid, writeAll } from '../../libc/io.ts';
import { strerror } from '../../libc/strerror.ts';
import { JsonLines, sendJson } from './json-lines.ts';
import { NAMESPACE_FILES, openNamespace } from './namespaces.ts';
import { becomeProcess } from './process.ts';
import { makePipe, openMaster, type StartedProcess } from './runtime.ts';
import { attachConsole, closeOthers, openConsole, type Report } from './shim.ts';
import { type ProcessSpec, RuntimeError } from './spec.ts';

/** One more process in a container that runs. */
export interface ExecSpec {
  /** First process of the container. */
  target: number;
  /** Directory of its control group. */
  cgroup: string;
  process: ProcessSpec;
}

interface ExecFiles {
  stdio: readonly [number, number, number] | undefined;
  report: number;
  answer: number;
  exit: number;
}

/**
 * Starts a process in a container. `helper` is to be waited for when `exit` has ended.
 * @throws RuntimeError in runc's words
 */
export function* startExec(
  sys: Sys,
  spec: ExecSpec,
  stdio: readonly [number, number, number] | undefined,
  hostMounts: number,
): Wait<StartedProcess & { helper: number }> {
  const [reportIn, report] = makePipe(sys);
  const [answer, answerOut] = makePipe(sys);
  const [exit, exitOut] = makePipe(sys);
  const files = { stdio, report, answer, exit: exitOut };
  const started = { pid: 0, exit, master: -1, helper: 0 };
  if (spec.process.terminal) {
    started.master = yield* openMaster(sys, spec.target, hostMounts, spec.process.consoleSize);
    if (started.master >= 0) yield* writeAll(sys, answerOut, `${sys.ptsname(started.master)}\n`);
  }
  started.helper = sys.fork((own) => helper(own, spec, files));
  for (const fd of [...(stdio ?? []), report, answer, exitOut, answerOut]) sys.close(fd);
  try {
    if (started.helper < 0) throw new RuntimeError('fork: resource temporarily unavailable');
    const reports = new JsonLines(sys, reportIn);
    for (;;) {
      const message = yield* reports.next<Report>();
      if (message === undefined) break;
      if ('error' in message) throw new RuntimeError(message.error);
      if ('pid' in message) started.pid = message.pid;
    }
    if (started.pid === 0) throw new RuntimeError('unable to start container process');
    return started;
  } catch (error) {
    sys.close(exit);
    if (started.master >= 0) sys.close(started.master);
    if (started.helper > 0) yield* waitpid(sys, started.helper, 0, new WaitResult());
    throw error;
  } finally {
    sys.close(reportIn);
  }
}

/** Enters the pid namespace, starts the process there, waits for it. */
function* helper(sys: Sys, spec: ExecSpec, files: ExecFiles): Program {
  sys.prctl('name', 'runc');
  sys.prctl('cmdline', 'runc --root /var/run/docker/runtime-runc/moby exec');
  closeOthers(sys, [...(files.stdio ?? []), files.report, files.answer, files.exit]);
  const fds: [number, number][] = [];
  for (const [name, type] of NAMESPACE_FILES) {
    const fd = yield* openNamespace(sys, spec.target, name);
    if (fd < 0) {
      yield* sendJson(sys, files.report, { error: `unable to start container process: ${strerror(-fd, 'go')}` });
      return 1;
    }
    if (type === CLONE_NEWPID) sys.setns(fd, type);
    else fds.push([fd, type]);
  }
  const pid = sys.fork((own) => inside(own, spec, files, fds), { cgroup: spec.cgroup });
  if (pid < 0) {
    yield* sendJson(sys, files.report, {
      error: `unable to start container process: can't fork: ${strerror(-pid, 'go')}`,
    });
    return 1;
  }
  yield* sendJson(sys, files.report, { pid });
  closeOthers(sys, [files.exit]);
  const result = new WaitResult();
  yield* waitpid(sys, pid, 0, result);
  yield* sendJson(sys, files.exit, { status: result.status });
  return 0;
}

/** In the container: joins the other namespaces and becomes the program. */
function* inside(sys: Sys, spec: ExecSpec, files: ExecFiles, fds: readonly [number, number][]): Program {
  try {
    sys.setsid();
    for (const [fd, type] of fds) if (type !== CLONE_NEWNS) sys.setns(fd, type);
    for (const [fd, type] of fds) if (type === CLONE_NEWNS) sys.setns(fd, type);
    for (const [fd] of fds) sys.close(fd);
    const { uid, gid } = spec.process.user;
    if (files.stdio) {
      for (const [to, from] of files.stdio.entries()) {
        sys.dup2(from, to);
        if (uid !== 0) sys.fchown(to, uid, gid);
      }
      for (const from of files.stdio) if (from > 2) sys.close(from);
    } else {
      const slave = yield* openConsole(sys, files.answer);
      if (slave < 0) throw new RuntimeError(`open console: ${strerror(-slave, 'go')}`);
      yield* attachConsole(sys, slave, uid, false);
    }
    yield* becomeProcess(sys, spec.process);
  } catch (thrown) {
    if (!(thrown instanceof RuntimeError)) throw thrown;
    yield* sendJson(sys, files.report, { error: `unable to start container process: ${thrown.message}` });
  }
  return 1;
}
