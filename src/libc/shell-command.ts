import { O_CLOEXEC } from '../abi/flags.ts';
import type { Sys } from '../abi/sys.ts';
import { WaitResult, wexitstatus, wifexited, wtermsig } from '../abi/wait.ts';
import { readAll, spawn, type Wait, waitpid } from './io.ts';

/** Starts `sh -c command` with one end of a pipe as its stdin or stdout. @returns [fd of the other end, pid], or -errno */
export function* startCommand(
  sys: Sys,
  command: string,
  direction: 'read' | 'write',
  envp: readonly string[] = sys.envp,
): Wait<[number, number] | number> {
  const ends = [0, 0];
  const r = sys.pipe2(ends, O_CLOEXEC);
  if (r < 0) return r;
  const [mine, theirs, as] = direction === 'read' ? [ends[0]!, ends[1]!, 1] : [ends[1]!, ends[0]!, 0];
  const pid = yield* spawn(sys, '/bin/sh', ['sh', '-c', command], envp, { dup2: [[theirs, as]] });
  sys.close(theirs);
  if (pid >= 0) return [mine, pid];
  sys.close(mine);
  return pid;
}

/** Runs a command to its end. @returns its status in the form of `waitFor` */
export function* runCommand(sys: Sys, command: string): Wait<number> {
  const pid = yield* spawn(sys, '/bin/sh', ['sh', '-c', command], sys.envp);
  return pid < 0 ? 127 : yield* waitFor(sys, pid);
}

/** Waits for a child's end. @returns its exit status, or 256 and the number of the signal that ended it */
export function* waitFor(sys: Sys, pid: number): Wait<number> {
  const out = new WaitResult();
  if ((yield* waitpid(sys, pid, 0, out)) < 0) return -1;
  return wifexited(out.status) ? wexitstatus(out.status) : 256 + wtermsig(out.status);
}

/** What a command of the shell writes to stdout, as through popen(3). @returns undefined where it could not be started */
export function* shellOutput(sys: Sys, command: string): Wait<Uint8Array | undefined> {
  const started = yield* startCommand(sys, command, 'read');
  if (typeof started === 'number') return undefined;
  const [fd, pid] = started;
  const bytes = yield* readAll(sys, fd);
  sys.close(fd);
  yield* waitFor(sys, pid);
  return typeof bytes === 'number' ? undefined : bytes;
}
