import { BLOCKED, EACCES, EAGAIN, ENOENT, ENOEXEC, ENOTDIR } from '../../../abi/errno.ts';
import { CLOCK_MONOTONIC, O_CLOEXEC, O_RDONLY } from '../../../abi/flags.ts';
import { isDirectory, Stat } from '../../../abi/stat.ts';
import { shellStatus } from '../../../abi/wait.ts';
import { execve, open, spawn, type Wait } from '../../../libc/io.ts';
import { ansiQuote, hasControl } from '../expand/transform.ts';
import type { Command, Pipeline } from '../parse/ast.ts';
import { commandText } from '../parse/unparse.ts';
import { Forks } from './forks.ts';
import type { Job } from './jobs.ts';
import { searchCommand } from './lookup.ts';
import { PRIVATE_FD } from './redirect.ts';

/** Compound commands that have no failure of their own. */
const COMPOUND: ReadonlySet<string> = new Set(['group', 'if', 'while', 'for', 'arithfor', 'case', 'select']);

/** Pipelines, and programs that are started. */
export abstract class Processes extends Forks {
  // ---- pipelines

  *pipeline(node: Pipeline): Wait<number> {
    const { shell } = this;
    const { lenient } = shell;
    const started = node.time === undefined ? undefined : this.#clock();
    if (node.negate && !this.#failsWithin(node)) shell.lenient++;
    let status: number;
    if (node.commands.length === 0) status = 0;
    else if (node.commands.length === 1) status = yield* this.run(node.commands[0]!);
    else status = yield* this.#pipes(node);
    shell.lenient = lenient;
    if (shell.personality !== 'ash') shell.line = node.line;
    if (node.negate) {
      shell.pipeStatus ??= [status];
      status = status === 0 ? 1 : 0;
      shell.status = status;
    }
    if (started) this.#printTime(started, node.time === 'posix');
    yield* shell.queue.flush();
    return status;
  }

  /** bash runs the ERR trap for what fails within a group behind `!`, unless `set -e` makes it ignore all. */
  #failsWithin({ commands: [first, second] }: Pipeline): boolean {
    const { shell } = this;
    return shell.bash && !shell.options.errexit && !second && first !== undefined && COMPOUND.has(first.t);
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
          return yield* this.finished(1);
        }
      }
      const from = input;
      if (command.t === 'simple' || command.t === 'subshell') shell.errorLine = command.line;
      if (command.t === 'simple' && this.wantsDebug) yield* this.debug(command);
      if (last && lastHere) {
        const status = yield* this.#lastHere(command, from, pids);
        return status;
      }
      const pid = yield* this.forkChild(
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
      if (group === 0) group = pid;
      if (monitor) sys.setpgid(pid, group);
      pids.push({ pid, text: '' });
    }
    if (shell.personality !== 'ash') shell.line = node.line;
    const end = node.commands.at(-1)!;
    const subshell = shell.bash && (end.t === 'redirected' ? end.body : end).t === 'subshell';
    return yield* this.waitForeground(pids, () => commandText({ ...node, negate: false, time: undefined }), subshell);
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
    return yield* this.finished(this.pipefail(statuses, status), statuses);
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

  // ---- programs

  /** Runs a program. Redirections are in place. */
  *program(argv: string[], variables: readonly string[], text: () => string): Wait<number> {
    const { shell } = this;
    const { sys } = shell;
    yield* shell.queue.flush();
    const name = argv[0]!;
    const path = name.includes('/') ? name : searchCommand(shell, name);
    if (typeof path === 'number') return yield* this.finished(yield* this.#notFound(argv, path));
    const environment = this.environmentOf(path, variables);
    if (this.tail && !this.traps.any && this.jobs.jobs.length === 0) {
      const r = yield* execve(sys, path, argv, environment);
      return yield* this.finished(yield* this.#execFailed(path, name, argv, environment, r));
    }
    const { monitor } = shell.options;
    const start = (): Wait<number> => spawn(sys, path, argv, environment, monitor ? { pgid: 0 } : undefined);
    let pid = yield* start();
    if (pid === -EAGAIN) pid = yield* this.retried(pid, start);
    if (pid < 0) {
      return yield* this.finished(yield* this.#execFailed(path, name, argv, environment, pid));
    }
    return yield* this.waitForeground([{ pid, text: '' }], text);
  }

  /** What the program at `path` gets of `variables`: bash adds `$_`. */
  environmentOf(path: string, variables: readonly string[]): readonly string[] {
    return this.shell.bash ? [...variables, `_=${path}`] : variables;
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
    shell.error(shell.bash ? `${printable(argv[0]!)}: command not found` : `${argv[0]}: not found`);
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
    shell.error(`${shell.bash ? path : name}: ${this.execWords(path, errno)}`);
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

/** A name as bash shows it in messages. */
const printable = (name: string): string => (hasControl(name) ? ansiQuote(name) : name);
