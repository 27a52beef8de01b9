import { BLOCKED, EAGAIN, EINTR } from '../../../abi/errno.ts';
import { O_RDONLY } from '../../../abi/flags.ts';
import {
  SIG_DFL,
  SIG_IGN,
  SIGCHLD,
  SIGHUP,
  SIGINT,
  SIGQUIT,
  SIGSEGV,
  SIGTERM,
  SIGTSTP,
  SIGTTIN,
  SIGTTOU,
  SIGWINCH,
} from '../../../abi/signal.ts';
import type { Sys } from '../../../abi/sys.ts';
import { shellStatus, WaitResult } from '../../../abi/wait.ts';
import { sleep, type Wait } from '../../../libc/io.ts';
import type { Command, List } from '../parse/ast.ts';
import { commandText } from '../parse/unparse.ts';
import { DiscardUnwind, ExitUnwind, isStackOverflow, LoopUnwind, ReturnUnwind } from '../state/unwind.ts';
import { Control } from './control.ts';
import type { Result } from './machine.ts';

/** Signals that an interactive shell handles and its children do not. */
const SHELL_SIGNALS = [SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH, SIGCHLD, SIGHUP];

/** Children of a shell that run its own commands: subshells and background jobs. */
export abstract class Forks extends Control {
  /** A copy of the interpreter for a child. */
  abstract clone(): this;

  /** Starts a child that runs `body`. The parent's output must have been flushed. @returns its pid */
  *forkChild(body: (child: this) => Wait<number>, setUp?: (sys: Sys) => void): Wait<number> {
    const pid = this.#fork(body, setUp);
    return pid === -EAGAIN ? yield* this.retried(pid, () => this.#fork(body, setUp)) : pid;
  }

  #fork(body: (child: this) => Wait<number>, setUp?: (sys: Sys) => void): number {
    const parent = this;
    const child = this.clone();
    // a signal must not run a handler of the parent in the child
    const trapped = this.shell.interactive || this.traps.any ? this.#trappedSignals() : undefined;
    const mask = trapped && this.sys.sigprocmask('block', trapped);
    const pid = this.sys.fork(function* (sys) {
      try {
        setUp?.(sys);
        child.enter(sys, parent);
        if (mask) sys.sigprocmask('set', mask);
        return yield* child.live(body(child));
      } finally {
        child.shell.release();
      }
    });
    if (pid < 0) child.shell.release();
    if (mask) this.sys.sigprocmask('set', mask);
    return pid;
  }

  /**
   * There are too many processes: bash waits and tries again, four times; then the command is given up, and with it a
   * shell that is not interactive.
   */
  *retried(failed: number, attempt: () => number | Wait<number>): Wait<number> {
    const { shell } = this;
    const words = shell.strerror(failed);
    if (!shell.bash) {
      shell.error(shell.personality === 'dash' ? 'Cannot fork' : `can't fork: ${words}`);
      shell.abandon();
    }
    for (let pause = 1000; pause < 16000; pause *= 2) {
      shell.systemError(`fork: retry: ${words}`);
      yield* shell.queue.flush();
      const interrupted = (yield* sleep(shell.sys, pause)) === -EINTR && this.traps.pending.length > 0;
      if (interrupted) break;
      const r = attempt();
      const pid = typeof r === 'number' ? r : yield* r;
      if (pid !== -EAGAIN) return pid;
    }
    shell.systemError(`fork: ${words}`);
    yield* shell.queue.flush();
    shell.status = 254;
    throw shell.interactive ? new DiscardUnwind(254) : new ExitUnwind(254);
  }

  #trappedSignals(): number[] {
    const signals = [...this.traps.actions.keys()].filter((c): c is number => typeof c === 'number' && c > 0);
    return this.shell.interactive ? [...signals, ...SHELL_SIGNALS] : signals;
  }

  /** Becomes the state of the child in which it runs now. */
  enter(sys: Sys, parent: this): void {
    const { shell } = this;
    shell.sys = sys;
    shell.queue.sys = sys;
    if (parent.shell.interactive)
      for (const signal of SHELL_SIGNALS) if (parent.traps.actions.get(signal) !== '') sys.sigaction(signal, SIG_DFL);
    shell.options.monitor = false;
    this.traps.resetForChild(parent.traps);
  }

  /** Runs a child to its end: its EXIT trap, its last output. */
  *live(body: Wait<number>): Wait<number> {
    const { shell } = this;
    let status: number;
    try {
      status = yield* body;
    } catch (thrown) {
      status = this.caught(thrown);
    }
    status = yield* this.runExitTrap(status);
    yield* shell.queue.flush();
    return status;
  }

  /** Recursion without end: the process dies as one whose stack is full. */
  overflowed(): number {
    this.sys.sigaction(SIGSEGV, SIG_DFL);
    this.sys.kill(this.sys.getpid(), SIGSEGV);
    return 139;
  }

  /** The status of a shell that what was thrown ends. */
  caught(thrown: unknown): number {
    if (isStackOverflow(thrown)) return this.overflowed();
    if (thrown instanceof ExitUnwind || thrown instanceof ReturnUnwind || thrown instanceof DiscardUnwind)
      return thrown.status;
    if (thrown instanceof LoopUnwind) return 0;
    throw thrown;
  }

  /** `line`: where bash says it is. */
  *subshell(body: List | Command, line = body.line): Wait<number> {
    const { shell } = this;
    shell.line = shell.errorLine = line;
    if (shell.bash) shell.baseLine = line;
    if (!shell.inTrap) shell.command = { t: 'subshell', body: listOf(body), line: body.line };
    yield* shell.queue.flush();
    if (this.tail && !this.traps.any) {
      // the process ends with it: it may as well be the subshell
      shell.subshellLevel++;
      shell.baseLine = line;
      return (shell.status = yield* this.live(body.t === 'list' ? this.runList(body) : this.run(body)));
    }
    const pid = yield* this.forkChild((child) => {
      child.tail = true;
      child.shell.baseLine = line;
      return body.t === 'list' ? child.runList(body) : child.run(body);
    }, this.#groupSetUp());
    return yield* this.waitForeground([{ pid, text: '' }], () => commandText(body));
  }

  /** `finish` for generators. */
  *finished(status: number, statuses?: number[]): Wait<number> {
    const r: Result = this.finish(status, statuses);
    return typeof r === 'number' ? r : yield* r;
  }

  #groupSetUp(): ((sys: Sys) => void) | undefined {
    return this.shell.options.monitor ? (sys) => sys.setpgid(0, 0) : undefined;
  }

  /**
   * Waits for children that run in the foreground. An interrupt that comes meanwhile is theirs: a bash that is not
   * interactive dies of it only if they did.
   * @param twice the last of them is a subshell: bash counts its failure, and then the pipeline's
   */
  *waitForeground(pids: { pid: number; text: string }[], text: () => string, twice = false): Wait<number> {
    const { shell, traps, sys } = this;
    if (!shell.bash || shell.interactive || traps.actions.has(SIGINT)) return yield* this.#waitFor(pids, text, twice);
    let interrupted = false;
    const before = sys.sigaction(SIGINT, () => {
      interrupted = true;
    });
    if (before !== SIG_DFL) {
      if (before === SIG_IGN) sys.sigaction(SIGINT, SIG_IGN);
      return yield* this.#waitFor(pids, text, twice);
    }
    try {
      return yield* this.#waitFor(pids, text, twice);
    } finally {
      sys.sigaction(SIGINT, SIG_DFL);
      if (interrupted && shell.status === 128 + SIGINT) sys.kill(sys.getpid(), SIGINT);
    }
  }

  *#waitFor(pids: { pid: number; text: string }[], text: () => string, twice: boolean): Wait<number> {
    const { shell, jobs } = this;
    const { monitor } = shell.options;
    if (!monitor && pids.length === 1) return yield* this.#waitOne(pids[0]!.pid, text);
    const job = jobs.add(pids, text, false);
    if (monitor) for (const { pid } of pids) shell.sys.setpgid(pid, job.pgid);
    const status = yield* jobs.foreground(job);
    const statuses = job.processes.map((p) => (p.status === undefined ? status : shellStatus(p.status)));
    yield* shell.queue.flush();
    if (twice) yield* this.finished(status, statuses);
    return yield* this.finished(this.pipefail(statuses, status), statuses);
  }

  /** The status of a pipeline by `set -o pipefail`. */
  pipefail(statuses: readonly number[], last: number): number {
    if (!this.shell.options.pipefail) return last;
    return statuses.findLast((s) => s !== 0) ?? 0;
  }

  /** The plain case: one child, no job control. */
  *#waitOne(pid: number, text: () => string): Wait<number> {
    const { shell } = this;
    const out = new WaitResult();
    for (;;) {
      const r = shell.sys.waitpid(pid, 0, out);
      if (r === BLOCKED) {
        yield;
        continue;
      }
      if (r === -EINTR) continue;
      break;
    }
    const { status } = out;
    if ((status & 0x7f) !== 0) {
      const job = this.jobs.add([{ pid, text: '' }], text, false);
      job.processes[0]!.status = status;
      this.jobs.settle(job);
      if (!shell.queue.empty) yield* shell.queue.flush();
    }
    return yield* this.finished(shellStatus(status));
  }

  *background(node: Command): Wait<number> {
    const { shell, jobs } = this;
    yield* shell.queue.flush();
    jobs.reap();
    const { monitor } = shell.options;
    const pid = yield* this.forkChild(
      (child) => {
        child.tail = true;
        // `!` has no say over a job
        return child.run(node.t === 'pipe' ? { ...node, negate: false } : node);
      },
      (sys) => {
        if (monitor) {
          sys.setpgid(0, 0);
          return;
        }
        sys.sigaction(SIGINT, SIG_IGN);
        sys.sigaction(SIGQUIT, SIG_IGN);
        const fd = sys.open('/dev/null', O_RDONLY);
        if (fd > 0) {
          sys.dup2(fd, 0);
          sys.close(fd);
        }
      },
    );
    if (monitor) shell.sys.setpgid(pid, pid);
    shell.lastBackground = pid;
    const job = jobs.add([{ pid, text: '' }], () => commandText(node), true);
    if (shell.interactive) shell.queue.put(2, `[${job.id}] ${pid}\n`);
    shell.status = 0;
    shell.pipeStatus = undefined;
    return 0;
  }
}

function listOf(body: List | Command): List {
  return body.t === 'list' ? body : { t: 'list', items: [{ command: body, background: false }], line: body.line };
}
