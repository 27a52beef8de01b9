import { BLOCKED, EACCES, EINTR, ENOENT, ENOEXEC, ENOTDIR } from '../../../abi/errno.ts';
import { CLOCK_MONOTONIC, O_CLOEXEC, O_RDONLY } from '../../../abi/flags.ts';
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
import { isDirectory, Stat } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { shellStatus, WaitResult } from '../../../abi/wait.ts';
import { decode } from '../../../lib/utf8.ts';
import { execve, open, readAll, spawn, type Wait, waitpid } from '../../../libc/io.ts';
import type { Command, CommandPart, Coprocess, List, Part, Pipeline } from '../parse/ast.ts';
import { commandText } from '../parse/unparse.ts';
import { DiscardUnwind, ExitUnwind, LoopUnwind, ReturnUnwind } from '../state/unwind.ts';
import { IndexedArray } from '../state/variable.ts';
import { Control } from './control.ts';
import type { Job } from './jobs.ts';
import { searchCommand } from './lookup.ts';
import type { Result } from './machine.ts';
import { PRIVATE_FD } from './redirect.ts';

/** Signals that an interactive shell handles and its children do not. */
const SHELL_SIGNALS = [SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU, SIGWINCH, SIGCHLD, SIGHUP];

/** Children: subshells, pipelines, background jobs, substitutions, programs. */
export abstract class Processes extends Control {
  /** A copy of the interpreter for a child. */
  abstract clone(): Processes;
  /** Parses the text of backquotes. */
  abstract parseSubstitution(part: CommandPart): List | undefined;
  /** Descriptors and children of process substitutions that the command that runs has. */
  #substitutes: { fd: number; pid: number }[] = [];

  // ---- forks

  /** Starts a child that runs `body`. The parent's output must have been flushed. @returns its pid, or -errno after a message */
  forkChild(body: (child: Processes) => Wait<number>, setUp?: (sys: Sys) => void): number {
    const parent = this;
    const child = this.clone();
    // a signal must not run a handler of the parent in the child
    const trapped = this.shell.interactive || this.traps.any ? this.#trappedSignals() : undefined;
    const mask = trapped && this.sys.sigprocmask('block', trapped);
    const pid = this.sys.fork(function* (sys) {
      setUp?.(sys);
      child.enter(sys, parent);
      if (mask) sys.sigprocmask('set', mask);
      return yield* child.live(body(child));
    });
    if (mask) this.sys.sigprocmask('set', mask);
    if (pid < 0) {
      this.shell.error(`fork: ${this.shell.bash ? 'retry: ' : ''}${this.shell.strerror(pid)}`);
    }
    return pid;
  }

  #trappedSignals(): number[] {
    const signals = [...this.traps.actions.keys()].filter((c): c is number => typeof c === 'number' && c > 0);
    return this.shell.interactive ? [...signals, ...SHELL_SIGNALS] : signals;
  }

  /** Becomes the state of the child in which it runs now. */
  enter(sys: Sys, parent: Processes): void {
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
    if (thrown instanceof RangeError) return this.overflowed();
    if (thrown instanceof ExitUnwind || thrown instanceof ReturnUnwind || thrown instanceof DiscardUnwind)
      return thrown.status;
    if (thrown instanceof LoopUnwind) return 0;
    throw thrown;
  }

  *subshell(body: List | Command): Wait<number> {
    const { shell } = this;
    yield* shell.queue.flush();
    if (this.tail && !this.traps.any) {
      // the process ends with it: it may as well be the subshell
      shell.subshellLevel++;
      return (shell.status = yield* this.live(body.t === 'list' ? this.runList(body) : this.run(body)));
    }
    const pid = this.forkChild((child) => {
      child.tail = true;
      return body.t === 'list' ? child.runList(body) : child.run(body);
    }, this.#groupSetUp());
    if (pid < 0) return yield* this.#finished(254);
    return yield* this.#waitForeground([{ pid, text: '' }], () => commandText(body));
  }

  *#finished(status: number, statuses?: number[]): Wait<number> {
    const r: Result = this.finish(status, statuses);
    return typeof r === 'number' ? r : yield* r;
  }

  #groupSetUp(): ((sys: Sys) => void) | undefined {
    return this.shell.options.monitor ? (sys) => sys.setpgid(0, 0) : undefined;
  }

  /** Waits for children that run in the foreground. */
  *#waitForeground(pids: { pid: number; text: string }[], text: () => string): Wait<number> {
    const { shell, jobs } = this;
    const { monitor } = shell.options;
    if (!monitor && pids.length === 1) return yield* this.#waitOne(pids[0]!.pid, text);
    const job = jobs.add(pids, text, false);
    if (monitor) for (const { pid } of pids) shell.sys.setpgid(pid, job.pgid);
    const status = yield* jobs.foreground(job);
    const statuses = job.processes.map((p) => (p.status === undefined ? status : shellStatus(p.status)));
    yield* shell.queue.flush();
    return yield* this.#finished(this.#pipefail(statuses, status), statuses);
  }

  #pipefail(statuses: readonly number[], last: number): number {
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
    return yield* this.#finished(shellStatus(status));
  }

  *background(node: Command): Wait<number> {
    const { shell, jobs } = this;
    yield* shell.queue.flush();
    jobs.reap();
    const { monitor } = shell.options;
    const pid = this.forkChild(
      (child) => {
        child.tail = true;
        return child.run(node);
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
    if (pid < 0) return (shell.status = 254);
    if (monitor) sys0(shell.sys, pid);
    shell.lastBackground = pid;
    const job = jobs.add([{ pid, text: '' }], () => commandText(node), true);
    if (shell.interactive) shell.queue.put(2, `[${job.id}] ${pid}\n`);
    shell.status = 0;
    shell.pipeStatus = undefined;
    return 0;
  }

  // ---- pipelines

  *pipeline(node: Pipeline): Wait<number> {
    const { shell } = this;
    const { lenient } = shell;
    const started = node.time === undefined ? undefined : this.#clock();
    if (node.negate) shell.lenient++;
    let status: number;
    if (node.commands.length === 0) status = 0;
    else if (node.commands.length === 1) status = yield* this.run(node.commands[0]!);
    else status = yield* this.#pipes(node);
    shell.lenient = lenient;
    shell.line = node.line;
    if (node.negate) {
      status = status === 0 ? 1 : 0;
      shell.status = status;
    }
    if (started) this.#printTime(started, node.time === 'posix');
    yield* shell.queue.flush();
    return status;
  }

  *#pipes(node: Pipeline): Wait<number> {
    const { shell } = this;
    const { sys } = shell;
    yield* shell.queue.flush();
    const pids: { pid: number; text: string }[] = [];
    const { monitor } = shell.options;
    const count = node.commands.length;
    const lastHere = shell.bash && shell.shopts.lastpipe! && !monitor;
    let input = -1;
    let group = 0;
    for (let i = 0; i < count; i++) {
      const command = node.commands[i]!;
      const last = i === count - 1;
      const ends = [-1, -1];
      if (!last) {
        const r = sys.pipe2(ends, O_CLOEXEC);
        if (r < 0) {
          shell.error(`pipe error: ${shell.strerror(r)}`);
          return yield* this.#finished(1);
        }
      }
      const from = input;
      const debug = this.traps.actions.get('DEBUG');
      if (debug !== undefined && command.t === 'simple') {
        shell.line = command.line;
        yield* this.runTrap(debug, 'DEBUG');
      }
      if (last && lastHere) {
        const status = yield* this.#lastHere(command, from, pids);
        return status;
      }
      const pid = this.forkChild(
        (child) => {
          child.tail = true;
          return child.run(command);
        },
        (child) => {
          if (monitor) child.setpgid(0, group);
          // no end stays open here, or the other side would never see it closed
          if (from >= 0) {
            child.dup2(from, 0);
            child.close(from);
          }
          if (ends[1]! >= 0) {
            child.dup2(ends[1]!, 1);
            child.close(ends[1]!);
            child.close(ends[0]!);
          }
        },
      );
      if (from >= 0) sys.close(from);
      if (ends[1]! >= 0) sys.close(ends[1]!);
      input = ends[0]!;
      if (pid < 0) {
        if (input >= 0) sys.close(input);
        return yield* this.#finished(254);
      }
      if (group === 0) group = pid;
      if (monitor) sys.setpgid(pid, group);
      pids.push({ pid, text: '' });
    }
    shell.line = node.line;
    return yield* this.#waitForeground(pids, () => commandText({ ...node, negate: false, time: undefined }));
  }

  /** shopt lastpipe: the last command runs in this shell. */
  *#lastHere(command: Command, from: number, pids: { pid: number; text: string }[]): Wait<number> {
    const { shell, jobs } = this;
    const { sys } = shell;
    const copy = sys.fcntl(0, 1030, PRIVATE_FD);
    sys.dup2(from, 0);
    sys.close(from);
    shell.lenient++;
    let status: number;
    try {
      status = yield* this.run(command);
    } finally {
      sys.dup2(copy, 0);
      sys.close(copy);
    }
    shell.lenient--;
    const job = jobs.add(pids, () => '', false);
    yield* jobs.foreground(job);
    const statuses = [...job.processes.map((p) => shellStatus(p.status ?? 0)), status];
    return yield* this.#finished(this.#pipefail(statuses, status), statuses);
  }

  #clock(): { real: number; user: number; system: number } {
    const t = this.sys.times();
    return { real: this.sys.now(CLOCK_MONOTONIC), user: t.user + t.childUser, system: t.system + t.childSystem };
  }

  #printTime(from: { real: number; user: number; system: number }, posix: boolean): void {
    const now = this.#clock();
    const real = now.real - from.real;
    const user = now.user - from.user;
    const system = now.system - from.system;
    const { shell } = this;
    const seconds = (ms: number, digits: number): string => (ms / 1000).toFixed(digits);
    const long = (ms: number): string => `${Math.floor(ms / 60000)}m${((ms % 60000) / 1000).toFixed(3)}s`;
    if (posix) {
      shell.queue.put(2, `real ${seconds(real, 2)}\nuser ${seconds(user, 2)}\nsys ${seconds(system, 2)}\n`);
      return;
    }
    const format = shell.vars.get('TIMEFORMAT') ?? '\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS';
    if (format === '') return;
    const text = format.replace(/%(?:(\d?)(l?)([RUS])|P|%)/g, (all, digits, l, which) => {
      if (all === '%%') return '%';
      if (all === '%P') return real === 0 ? '0.00' : (((user + system) / real) * 100).toFixed(2);
      const ms = which === 'R' ? real : which === 'U' ? user : system;
      const places = digits === '' ? 3 : Math.min(3, Number(digits));
      return l
        ? places === 3
          ? long(ms)
          : `${Math.floor(ms / 60000)}m${((ms % 60000) / 1000).toFixed(places)}s`
        : seconds(ms, places);
    });
    shell.queue.put(2, `${text}\n`);
  }

  // ---- substitutions

  *command(part: CommandPart): Wait<string> {
    const { shell } = this;
    const { sys } = shell;
    const body = part.body ?? this.parseSubstitution(part);
    if (body === undefined) {
      shell.substitutionStatus = shell.bash ? 1 : 2;
      return '';
    }
    if (body.items.length === 0) {
      shell.substitutionStatus = 0;
      return '';
    }
    yield* shell.queue.flush();
    const ends = [0, 0];
    const made = sys.pipe2(ends, O_CLOEXEC);
    if (made < 0) {
      shell.error(`cannot make pipe for command substitution: ${shell.strerror(made)}`);
      return '';
    }
    const file = shell.bash ? readsFile(body) : undefined;
    const pid = this.forkChild(
      (child) => {
        child.tail = true;
        child.shell.traceDepth++;
        child.shell.lenient = 0;
        if (child.shell.bash && !child.shell.shopts.inherit_errexit && !child.shell.options.posix)
          child.shell.options.errexit = false;
        else child.shell.lenient = this.shell.lenient;
        return file ? child.copyFile(body) : child.runList(body);
      },
      (child) => {
        child.dup2(ends[1]!, 1);
        child.close(ends[1]!);
        child.close(ends[0]!);
      },
    );
    sys.close(ends[1]!);
    if (pid < 0) {
      sys.close(ends[0]!);
      shell.substitutionStatus = 254;
      return '';
    }
    const bytes = yield* this.#readOutput(ends[0]!);
    sys.close(ends[0]!);
    const out = new WaitResult();
    while ((yield* waitpid(sys, pid, 0, out)) === -EINTR);
    shell.substitutionStatus = shellStatus(out.status);
    return this.#text(bytes, part.line);
  }

  *#readOutput(fd: number): Wait<Uint8Array> {
    for (;;) {
      const bytes = yield* readAll(this.sys, fd);
      if (typeof bytes !== 'number') return bytes;
      if (bytes !== -EINTR) return new Uint8Array(0);
    }
  }

  /** Output of a substitution as text: no NUL bytes, no newlines at its end. */
  #text(bytes: Uint8Array, line: number): string {
    let text = decode(bytes);
    if (text.includes('\0')) {
      text = text.replaceAll('\0', '');
      if (this.shell.bash)
        this.shell.queue.put(
          2,
          `${this.shell.prefix(line)}warning: command substitution: ignored null byte in input\n`,
        );
    }
    let end = text.length;
    while (end > 0 && text.charCodeAt(end - 1) === 10) end--;
    return end === text.length ? text : text.slice(0, end);
  }

  /** `$(<file)`: the child copies the file itself. */
  abstract copyFile(body: List): Wait<number>;

  *process(part: Extract<Part, { k: 'process' }>): Wait<string> {
    const { shell } = this;
    const { sys } = shell;
    yield* shell.queue.flush();
    const ends = [0, 0];
    if (sys.pipe2(ends, O_CLOEXEC) < 0) return '';
    const reads = part.direction === '<';
    const pid = this.forkChild(
      (child) => {
        child.tail = true;
        return child.runList(part.body);
      },
      (child) => {
        child.dup2(ends[reads ? 1 : 0]!, reads ? 1 : 0);
        child.close(ends[0]!);
        child.close(ends[1]!);
      },
    );
    sys.close(ends[reads ? 1 : 0]!);
    const mine = ends[reads ? 0 : 1]!;
    // it keeps its place in the program that gets the name; bash takes high numbers
    let fd = mine;
    for (let want = 63; want > PRIVATE_FD; want--) {
      if (sys.fcntl(want, 1) >= 0) continue;
      fd = sys.dup2(mine, want);
      break;
    }
    if (fd !== mine) sys.close(mine);
    this.#substitutes.push({ fd, pid });
    shell.lastBackground = pid;
    return `/dev/fd/${fd}`;
  }

  /** How many process substitutions there are: for `closeSubstitutes`. */
  get substitutes(): number {
    return this.#substitutes.length;
  }

  /** Gives up the process substitutions that were made since there were `from`. */
  closeSubstitutes(from: number): void {
    for (const { fd } of this.#substitutes.splice(from)) this.sys.close(fd);
  }

  *coprocess(node: Coprocess): Wait<number> {
    const { shell, jobs } = this;
    const { sys } = shell;
    yield* shell.queue.flush();
    const input = [0, 0];
    const output = [0, 0];
    if (sys.pipe2(input, O_CLOEXEC) < 0 || sys.pipe2(output, O_CLOEXEC) < 0) return 1;
    const pid = this.forkChild(
      (child) => {
        child.tail = true;
        return child.run(node.body);
      },
      (child) => {
        child.dup2(input[0]!, 0);
        child.dup2(output[1]!, 1);
        for (const fd of [...input, ...output]) child.close(fd);
      },
    );
    sys.close(input[0]!);
    sys.close(output[1]!);
    const read = sys.fcntl(output[0]!, 1030, 60);
    const write = sys.fcntl(input[1]!, 1030, 60);
    sys.close(output[0]!);
    sys.close(input[1]!);
    shell.vars.setArray(node.name, IndexedArray.of([String(read), String(write)]));
    shell.vars.set(`${node.name}_PID`, String(pid));
    shell.lastBackground = pid;
    const job = jobs.add([{ pid, text: '' }], () => commandText(node), true);
    if (shell.interactive) shell.queue.put(2, `[${job.id}] ${pid}\n`);
    return (shell.status = 0);
  }

  // ---- programs

  /** Runs a program. Redirections are in place. */
  *program(argv: string[], environment: readonly string[], text: () => string): Wait<number> {
    const { shell } = this;
    const { sys } = shell;
    yield* shell.queue.flush();
    const name = argv[0]!;
    const path = name.includes('/') ? name : searchCommand(shell, name);
    if (typeof path === 'number') return yield* this.#finished(yield* this.#notFound(argv, path));
    if (this.tail && !this.traps.any && this.jobs.jobs.length === 0) {
      const r = yield* execve(sys, path, argv, environment);
      return yield* this.#finished(yield* this.#execFailed(path, name, argv, environment, r));
    }
    const { monitor } = shell.options;
    const pid = yield* spawn(sys, path, argv, environment, monitor ? { pgid: 0 } : undefined);
    if (pid < 0) {
      return yield* this.#finished(yield* this.#execFailed(path, name, argv, environment, pid));
    }
    return yield* this.#waitForeground([{ pid, text: '' }], text);
  }

  /** bash asks the function command_not_found_handle. */
  abstract notFoundHandler(argv: string[]): Wait<number> | undefined;

  *#notFound(argv: string[], errno: number): Wait<number> {
    const { shell } = this;
    const handler = this.notFoundHandler(argv);
    if (handler) return yield* handler;
    if (errno === -EACCES) {
      shell.error(`${argv[0]}: Permission denied`);
      yield* shell.queue.flush();
      return 126;
    }
    shell.error(`${argv[0]}: ${shell.bash ? 'command not found' : 'not found'}`);
    yield* shell.queue.flush();
    return 127;
  }

  /** After a failed exec: a file without header is a script of this shell; anything else is said. */
  *#execFailed(
    path: string,
    name: string,
    argv: string[],
    environment: readonly string[],
    errno: number,
  ): Wait<number> {
    const { shell } = this;
    const { sys } = shell;
    if (errno === -ENOEXEC) {
      const self = [sys.argv[0]!.replace(/^-/, ''), path, ...argv.slice(1)];
      if (yield* this.isBinary(path)) {
        shell.error(
          shell.bash ? `${name}: cannot execute binary file: Exec format error` : `${name}: Exec format error`,
        );
        yield* shell.queue.flush();
        return 126;
      }
      if (this.tail && !this.traps.any) yield* execve(sys, sys.image.path, self, environment);
      const pid = yield* spawn(sys, sys.image.path, self, environment, shell.options.monitor ? { pgid: 0 } : undefined);
      if (pid < 0) return 126;
      const job: Job = this.jobs.add([{ pid, text: '' }], () => name, false);
      return yield* this.jobs.foreground(job);
    }
    shell.error(`${name}: ${this.execWords(path, errno)}`);
    yield* shell.queue.flush();
    return errno === -ENOENT || (errno === -ENOTDIR && !shell.bash) ? 127 : 126;
  }

  /** Why an exec failed, in the shell's words. */
  execWords(path: string, errno: number): string {
    const { shell } = this;
    const st = new Stat();
    const exists = shell.sys.stat(path, st) === 0;
    if (shell.bash) {
      if (exists && isDirectory(st.mode)) return 'Is a directory';
      if (errno === -ENOENT && exists) return 'cannot execute: required file not found';
      return shell.strerror(errno);
    }
    return errno === -ENOENT ? 'not found' : shell.strerror(errno);
  }

  /** True where the first line of a file has a NUL in it. */
  *isBinary(path: string): Wait<boolean> {
    const fd = yield* open(this.sys, path, O_RDONLY);
    if (fd < 0) return false;
    const head = new Uint8Array(80);
    let n: number;
    while ((n = this.sys.read(fd, head)) === BLOCKED) yield;
    this.sys.close(fd);
    const line = head.subarray(0, Math.max(0, n));
    const end = line.indexOf(10);
    return line.subarray(0, end < 0 ? line.length : end).includes(0);
  }
}

function sys0(sys: Sys, pid: number): void {
  sys.setpgid(pid, pid);
}

/** `< file` and nothing else. */
function readsFile(body: List): boolean {
  const only = body.items.length === 1 && !body.items[0]!.background ? body.items[0]!.command : undefined;
  return (
    only?.t === 'simple' &&
    only.words.length === 0 &&
    only.assigns.length === 0 &&
    only.redirects.length === 1 &&
    only.redirects[0]!.op === '<' &&
    (only.redirects[0]!.fd ?? 0) === 0
  );
}
