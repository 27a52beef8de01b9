import { CLONE_NEWNS, O_CLOEXEC, O_NOCTTY, O_RDWR } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { WaitResult } from '../../abi/wait.ts';
import { type Wait, waitpid, writeAll } from '../../libc/io.ts';
import { JsonLines } from './json-lines.ts';
import { openNamespace, within } from './namespaces.ts';
import { type Report, shim } from './shim.ts';
import { RuntimeError, type RuntimeSpec } from './spec.ts';

/** A container's first process that has begun. */
export interface StartedProcess {
  /** As the host sees it. */
  pid: number;
  /** Gives one line with the wait status when it ends. */
  exit: number;
  /** The engine's end of its terminal, or -1. */
  master: number;
}

/** A pipe; both ends are closed at execve. @throws RuntimeError */
export function makePipe(sys: Sys): [number, number] {
  const ends = [0, 0];
  const r = sys.pipe2(ends, O_CLOEXEC);
  if (r < 0) throw new RuntimeError('too many open files');
  return [ends[0]!, ends[1]!];
}

/**
 * Starts a container.
 * @param stdio what its process gets as 0, 1, 2 (closed here); undefined with a terminal
 * @param hostMounts an open file of the engine's own mount namespace
 * @throws RuntimeError in runc's words
 */
export function* startContainer(
  sys: Sys,
  spec: RuntimeSpec,
  stdio: readonly [number, number, number] | undefined,
  hostMounts: number,
): Wait<StartedProcess> {
  const [reportIn, report] = makePipe(sys);
  const [answer, answerOut] = makePipe(sys);
  const [exit, exitOut] = makePipe(sys);
  const child = sys.fork((own) => shim(own, spec, { stdio, report, answer, exit: exitOut }));
  for (const fd of [...(stdio ?? []), report, answer, exitOut]) sys.close(fd);
  const started: StartedProcess = { pid: 0, exit, master: -1 };
  try {
    if (child < 0) throw new RuntimeError(`fork: resource temporarily unavailable`);
    yield* waitpid(sys, child, 0, new WaitResult());
    const reports = new JsonLines(sys, reportIn);
    for (;;) {
      const message = yield* reports.next<Report>();
      if (message === undefined) break;
      if ('error' in message) throw new RuntimeError(message.error);
      if ('pid' in message) started.pid = message.pid;
      else {
        started.master = yield* openMaster(sys, started.pid, hostMounts, spec.process.consoleSize);
        const name = started.master < 0 ? '' : sys.ptsname(started.master);
        yield* writeAll(sys, answerOut, `${name}\n`);
      }
    }
    if (started.pid === 0) throw new RuntimeError('unable to start container process: shim exited');
    return started;
  } catch (error) {
    sys.close(exit);
    if (started.master >= 0) sys.close(started.master);
    throw error;
  } finally {
    sys.close(reportIn);
    sys.close(answerOut);
  }
}

/** Opens a new terminal in the container that `pid` lives in. @returns fd of its master, or -errno */
export function* openMaster(sys: Sys, pid: number, hostMounts: number, size: readonly [number, number]): Wait<number> {
  const there = yield* openNamespace(sys, pid, 'mnt');
  if (there < 0) return there;
  const master = within(sys, there, hostMounts, CLONE_NEWNS, () =>
    sys.open('/dev/ptmx', O_RDWR | O_NOCTTY | O_CLOEXEC),
  );
  sys.close(there);
  if (master >= 0 && size[0] > 0 && size[1] > 0) sys.tiocswinsz(master, { rows: size[0], cols: size[1] });
  return master;
}
