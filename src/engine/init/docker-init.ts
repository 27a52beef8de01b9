import { SIG_DFL } from '../../abi/signal.ts';
import type { Program, Sys } from '../../abi/sys.ts';
import { WaitResult, wexitstatus, wifexited, wtermsig } from '../../abi/wait.ts';
import { execve, type Wait, waitpid, writeAll } from '../../libc/io.ts';
import { searchPath } from '../../libc/paths.ts';
import { strerror } from '../../libc/strerror.ts';

/** Signals that are passed on: all but those that a process cannot catch, faults of its own, and what the tty sends. */
const KEPT = new Set([4, 5, 6, 7, 8, 9, 11, 17, 19, 21, 22, 31]);
const LAST_SIGNAL = 31;
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * docker-init: process 1 of a container with --init. It starts the program, passes signals on to it, reaps whatever ends,
 * and ends with the program's status.
 * @see tini(1)
 */
export function* dockerInit(sys: Sys): Program {
  const args = sys.argv[1] === '--' ? sys.argv.slice(2) : sys.argv.slice(1);
  if (args.length === 0) {
    yield* writeAll(
      sys,
      2,
      `${sys.argv[0]} (tini version 0.19.0)\nUsage: ${sys.argv[0]} [OPTIONS] PROGRAM -- [ARGS] | --version\n`,
    );
    return 1;
  }
  let child = 0;
  // what comes before the program runs
  const early: number[] = [];
  for (let signal = 1; signal <= LAST_SIGNAL; signal++)
    if (!KEPT.has(signal))
      sys.sigaction(signal, () => {
        if (child > 0) sys.kill(child, signal);
        else early.push(signal);
      });
  child = sys.fork((own) => start(own, args));
  if (child < 0) {
    yield* writeAll(sys, 2, `[FATAL tini (${sys.getpid()})] fork failed: ${strerror(-child)}\n`);
    return 1;
  }
  for (const signal of early) sys.kill(child, signal);
  const result = new WaitResult();
  for (;;) {
    const pid = yield* waitpid(sys, -1, 0, result);
    if (pid === child) return wifexited(result.status) ? wexitstatus(result.status) : 128 + wtermsig(result.status);
    if (pid === -10) return 1;
  }
}

/** The child: a process group of its own, in the foreground of the terminal if there is one; then the program. */
function* start(sys: Sys, args: readonly string[]): Program {
  for (let signal = 1; signal <= LAST_SIGNAL; signal++) if (!KEPT.has(signal)) sys.sigaction(signal, SIG_DFL);
  sys.setpgid(0, 0);
  if (sys.isatty(0)) {
    sys.sigprocmask('block', [22]);
    sys.tcsetpgrp(0, sys.getpid());
    sys.sigprocmask('unblock', [22]);
  }
  const errno = yield* execProgram(sys, args);
  const name = args[0] ?? '';
  yield* writeAll(sys, 2, `[FATAL tini (${sys.getpid()})] exec ${name} failed: ${strerror(errno)}\n`);
  return errno === 2 ? 127 : 126;
}

/** @returns the errno that it failed with */
function* execProgram(sys: Sys, args: readonly string[]): Wait<number> {
  const path = sys.envp.find((pair) => pair.startsWith('PATH='))?.slice(5) ?? DEFAULT_PATH;
  const found = searchPath(sys, args[0] ?? '', path);
  if (found === undefined) return 2;
  return -(yield* execve(sys, found, args, sys.envp));
}
