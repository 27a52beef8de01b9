import { ECHILD, EINTR } from '../../../abi/errno.ts';
import { RLIMIT_NOFILE, WNOHANG } from '../../../abi/flags.ts';
import {
  SIG_IGN,
  SIGALRM,
  SIGCHLD,
  SIGHUP,
  SIGINT,
  SIGNAL_NAMES,
  SIGPIPE,
  SIGQUIT,
  SIGTERM,
  SIGUSR1,
  SIGWINCH,
} from '../../../abi/signal.ts';
import type { Sys } from '../../../abi/sys.ts';
import { WaitResult, wexitstatus, wifexited, wtermsig } from '../../../abi/wait.ts';
import { Accounts } from '../../../libc/accounts.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Cycle } from './cycle.ts';
import type { LogLevel } from './logs.ts';
import { ConfigError } from './tokens.ts';
import { builtBy, versionOf } from './version.ts';
import { errorTargets, type Shared, Worker } from './worker.ts';

/** What the signals mean, as the log says it. */
const MEANINGS: Readonly<Record<number, string>> = {
  [SIGQUIT]: ', shutting down',
  [SIGTERM]: ', exiting',
  [SIGINT]: ', exiting',
  [SIGWINCH]: ', gracefully shutting down workers',
  [SIGHUP]: ', reconfiguring',
  [SIGUSR1]: ', reopening logs',
};

const SIGNALS = [SIGHUP, SIGQUIT, SIGTERM, SIGINT, SIGUSR1, SIGWINCH, SIGCHLD, SIGALRM];

interface Child {
  pid: number;
  /** Told to go: its end is no reason for another. */
  leaving: boolean;
}

/** Makes the next cycle for a reload; undefined where the configuration is bad (it was said). */
export type Reload = (former: Cycle) => Wait<Cycle | undefined>;

/** The master process: keeps workers running and obeys signals. */
export class Master {
  readonly #pending: number[] = [];
  readonly #children: Child[] = [];
  readonly #shared: Shared = {
    counters: { accepted: 0, handled: 0, requests: 0, active: 0, reading: 0, writing: 0, waiting: 0 },
    zones: new Map(),
  };
  #ending = false;
  #resting = false;

  constructor(
    readonly sys: Sys,
    public cycle: Cycle,
    readonly reload: Reload,
  ) {}

  *log(level: LogLevel, message: string): Wait<void> {
    yield* this.cycle.logs.message(this.sys, errorTargets(this.cycle.config.main), level, message);
  }

  /** The lines of a start. */
  *announce(): Wait<void> {
    const { sys } = this;
    yield* this.log('notice', 'using the "epoll" event method');
    yield* this.log('notice', `nginx/${versionOf(sys.image)}`);
    yield* this.log('notice', `built by ${builtBy(sys.image.flavour)} `);
    const { sysname, release } = sys.uname();
    yield* this.log('notice', `OS: ${sysname} ${release}`);
    const limit = sys.getrlimit(RLIMIT_NOFILE);
    if (typeof limit !== 'number')
      yield* this.log('notice', `getrlimit(RLIMIT_NOFILE): ${limitText(limit.soft)}:${limitText(limit.hard)}`);
  }

  /** Runs until all is over. @param serve whether there are workers to start (`master_process on`) @returns the exit status */
  *run(): Wait<number> {
    const { sys } = this;
    for (const signal of SIGNALS) sys.sigaction(signal, (number) => void this.#pending.push(number));
    sys.sigaction(SIGPIPE, SIG_IGN);
    sys.prctl('cmdline', `nginx: master process ${sys.argv.join(' ')}`);
    yield* this.#startWorkers();
    for (;;) {
      yield* this.#reap();
      for (let signal = this.#pending.shift(); signal !== undefined; signal = this.#pending.shift())
        yield* this.#obey(signal);
      yield* this.#reap();
      if (this.#ending && this.#children.length === 0) break;
      if (this.#pending.length > 0) continue;
      while (sys.pause() < -EINTR) yield;
    }
    yield* this.log('notice', 'exit');
    return 0;
  }

  *#obey(signal: number): Wait<void> {
    const meaning = MEANINGS[signal];
    if (meaning === undefined) return;
    yield* this.log('notice', `signal ${signal} (SIG${SIGNAL_NAMES[signal]}) received${meaning}`);
    if (signal === SIGUSR1) {
      yield* this.log('notice', 'reopening logs');
      yield* this.cycle.logs.reopen(this.sys);
      this.#tell(SIGUSR1);
    } else if (signal === SIGHUP) yield* this.#reconfigure();
    else if (signal === SIGWINCH) {
      this.#resting = true;
      this.#tell(SIGQUIT);
    } else {
      this.#ending = true;
      this.#tell(signal === SIGQUIT ? SIGQUIT : SIGTERM);
      for (const { fd } of this.cycle.sockets) this.sys.close(fd);
      this.cycle.sockets = [];
    }
  }

  #tell(signal: number): void {
    for (const child of this.#children) {
      if (signal !== SIGUSR1) child.leaving = true;
      this.sys.kill(child.pid, signal);
    }
  }

  *#reconfigure(): Wait<void> {
    yield* this.log('notice', 'reconfiguring');
    const next = yield* this.reload(this.cycle);
    if (!next) return;
    const former = this.cycle;
    this.cycle = next;
    this.#resting = false;
    for (const socket of former.sockets) if (!next.sockets.some((s) => s.fd === socket.fd)) this.sys.close(socket.fd);
    yield* this.log('notice', 'using the "epoll" event method');
    const old = [...this.#children];
    yield* this.#startWorkers();
    for (const child of old) {
      child.leaving = true;
      this.sys.kill(child.pid, SIGQUIT);
    }
    former.logs.close(this.sys);
  }

  *#startWorkers(): Wait<void> {
    yield* this.log('notice', 'start worker processes');
    const wanted = this.cycle.config.main.value('worker_processes') ?? '1';
    const count = wanted === 'auto' ? this.sys.sched_getaffinity().length : Number(wanted);
    for (let i = 0; i < count; i++) yield* this.#startWorker();
  }

  *#startWorker(): Wait<void> {
    const cycle = this.cycle.forWorker();
    const shared = this.#shared;
    // a signal that comes before the worker has handlers of its own waits until it has
    const mask = this.sys.sigprocmask('block', SIGNALS);
    const pid = this.sys.fork(function* (sys) {
      return yield* workerProcess(sys, cycle, shared);
    });
    this.sys.sigprocmask('set', mask);
    if (pid < 0) {
      yield* this.log('alert', 'fork() failed while spawning "worker process"');
      return;
    }
    this.#children.push({ pid, leaving: false });
    yield* this.log('notice', `start worker process ${pid}`);
  }

  *#reap(): Wait<void> {
    const result = new WaitResult();
    for (;;) {
      const pid = this.sys.waitpid(-1, WNOHANG, result);
      if (pid === 0 || pid === -ECHILD) return;
      if (pid < 0) {
        yield;
        continue;
      }
      const { status } = result;
      const at = this.#children.findIndex((child) => child.pid === pid);
      const child = this.#children[at];
      yield* this.log('notice', `signal 17 (SIGCHLD) received from ${pid}`);
      const name = child ? 'worker process' : 'unknown process';
      if (wifexited(status)) yield* this.log('notice', `${name} ${pid} exited with code ${wexitstatus(status)}`);
      else yield* this.log('alert', `${name} ${pid} exited on signal ${wtermsig(status)}`);
      if (!child) continue;
      this.#children.splice(at, 1);
      if (child.leaving || this.#ending || this.#resting) continue;
      if (wifexited(status) && wexitstatus(status) === 2)
        yield* this.log('alert', `worker process ${pid} exited with fatal code 2 and cannot be respawned`);
      else yield* this.#startWorker();
    }
  }
}

const limitText = (n: number): string => (Number.isFinite(n) ? String(n) : '18446744073709551615');

/** A worker from its fork on: gives up root's rights, then serves. */
function* workerProcess(sys: Sys, cycle: Cycle, shared: Shared): Wait<number> {
  sys.prctl('cmdline', 'nginx: worker process');
  const worker = new Worker(sys, cycle, shared);
  const targets = errorTargets(cycle.config.main);
  if (sys.credentials().euid === 0) {
    const [user, group] = cycle.config.main.find('user')?.args ?? ['nginx'];
    const accounts = new Accounts(sys);
    const entry = yield* accounts.byName(user!);
    const gid = group === undefined ? entry?.gid : (yield* accounts.groupByName(group))?.gid;
    if (entry && gid !== undefined) {
      sys.setgroups(yield* accounts.groupsOf(user!, gid));
      if (sys.setgid(gid) < 0 || sys.setuid(entry.uid) < 0) {
        yield* cycle.logs.message(sys, targets, 'emerg', `setuid(${entry.uid}) failed (1: Operation not permitted)`);
        return 2;
      }
    }
  }
  const status = yield* worker.run();
  yield* cycle.logs.message(sys, targets, 'notice', 'exit');
  return status;
}

/** Whether the users that the configuration names exist. @throws ConfigError */
export function* checkUser(sys: Sys, cycle: Pick<Cycle, 'config'>): Wait<void> {
  const directive = cycle.config.main.find('user');
  if (sys.credentials().euid !== 0) {
    if (directive)
      cycle.config.warnings.unshift(
        `the "user" directive makes sense only if the master process runs with super-user privileges, ignored in ${directive.file}:${directive.line}`,
      );
    return;
  }
  const [user, group] = directive?.args ?? ['nginx'];
  const place = directive ? ` in ${directive.file}:${directive.line}` : '';
  const accounts = new Accounts(sys);
  if (!(yield* accounts.byName(user!))) throw new ConfigError(`getpwnam("${user}") failed${place}`);
  if (!(yield* accounts.groupByName(group ?? user!)))
    throw new ConfigError(`getgrnam("${group ?? user}") failed${place}`);
}
