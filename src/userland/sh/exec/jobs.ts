import { BLOCKED, EINTR } from '../../../abi/errno.ts';
import { WCONTINUED, WNOHANG, WUNTRACED } from '../../../abi/flags.ts';
import { SIGINT, SIGPIPE, SIGTTOU } from '../../../abi/signal.ts';
import {
  shellStatus,
  WaitResult,
  wcoredump,
  wifcontinued,
  wifsignaled,
  wifstopped,
  wstopsig,
  wtermsig,
} from '../../../abi/wait.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Shell } from '../state/shell.ts';
import { signalDescription } from './signal-words.ts';

export interface JobProcess {
  pid: number;
  /** As waitpid(2) has it; undefined while it runs. */
  status: number | undefined;
  stopped: boolean;
  text: string;
}

export interface Job {
  id: number;
  pgid: number;
  processes: JobProcess[];
  readonly text: string;
  /** It was started with `&` or put there by bg. */
  background: boolean;
  /** Its last change was told. */
  notified: boolean;
  /** disown -h */
  nohup: boolean;
  /** It has process groups of its own. */
  monitored: boolean;
  /** Working directory at its start. */
  cwd: string;
  /** `wait` has given its status: dash and ash keep it until another job takes its place. */
  waited: boolean;
}

export type JobState = 'running' | 'stopped' | 'done';

export function jobState(job: Job): JobState {
  if (job.processes.every((p) => p.status !== undefined)) return 'done';
  return job.processes.some((p) => p.stopped) && job.processes.every((p) => p.stopped || p.status !== undefined)
    ? 'stopped'
    : 'running';
}

/** The children of a shell and the jobs that they make up. */
export class JobTable {
  jobs: Job[] = [];
  /** Ids of the current and the previous job, most recent last. */
  #recent: number[] = [];
  /** Statuses of background processes that ended, until `wait` asks for them. */
  readonly ended = new Map<number, number>();
  /** The terminal, where there is job control. */
  tty = -1;
  shellPgid = 0;
  /** Called while a wait for children is interrupted by a signal: true ends the waiting. */
  interrupted: () => boolean = () => false;

  constructor(readonly shell: Shell) {}

  get monitored(): boolean {
    return this.shell.options.monitor;
  }

  /** @param text gives the command's text when it is asked for */
  add(pids: readonly { pid: number; text: string }[], text: () => string, background: boolean): Job {
    for (const old of this.jobs) if (old.waited) this.remove(old);
    const id = Math.max(0, ...this.jobs.map((j) => j.id)) + 1;
    const job: Job = {
      id,
      pgid: pids[0]!.pid,
      processes: pids.map((p) => ({ ...p, status: undefined, stopped: false })),
      get text() {
        return text();
      },
      background,
      notified: false,
      nohup: false,
      monitored: this.monitored,
      cwd: this.shell.cwd,
      waited: false,
    };
    this.jobs.push(job);
    if (background) this.#touch(job);
    return job;
  }

  #touch(job: Job): void {
    this.#recent = this.#recent.filter((id) => id !== job.id);
    this.#recent.push(job.id);
  }

  /** The job that `%+` names, or with 1 `%-`. */
  current(back = 0): Job | undefined {
    const candidates = this.#recent.filter((id) => this.jobs.some((j) => j.id === id));
    const stopped = candidates.filter((id) => jobState(this.jobs.find((j) => j.id === id)!) === 'stopped');
    const order = [...candidates.filter((id) => !stopped.includes(id)), ...stopped];
    const id = order.at(-1 - back);
    return this.jobs.find((j) => j.id === id);
  }

  remove(job: Job): void {
    this.jobs = this.jobs.filter((j) => j !== job);
    this.#recent = this.#recent.filter((id) => id !== job.id);
  }

  byPid(pid: number): Job | undefined {
    return this.jobs.find((job) => job.processes.some((p) => p.pid === pid));
  }

  /** Resolves `%1`, `%+`, `%name`, `%?text`. @returns 'ambiguous' where several match */
  find(spec: string): Job | undefined | 'ambiguous' {
    const text = spec.startsWith('%') ? spec.slice(1) : spec;
    if (text === '' || text === '%' || text === '+') return this.current();
    if (text === '-') return this.current(1) ?? this.current();
    if (/^\d+$/.test(text)) return this.jobs.find((job) => job.id === Number(text));
    const found = text.startsWith('?')
      ? this.jobs.filter((job) => job.text.includes(text.slice(1)))
      : this.jobs.filter((job) => job.text.startsWith(text));
    return found.length > 1 ? 'ambiguous' : found[0];
  }

  #note(pid: number, status: number): void {
    for (const job of this.jobs) {
      const process = job.processes.find((p) => p.pid === pid);
      if (!process) continue;
      if (wifcontinued(status)) process.stopped = false;
      else if (wifstopped(status)) {
        process.stopped = true;
        job.notified = false;
        this.#touch(job);
      } else {
        process.status = status;
        process.stopped = false;
        job.notified = false;
        if (job.background) this.ended.set(pid, shellStatus(status));
        if (this.ended.size > 4096) this.ended.delete(this.ended.keys().next().value!);
      }
      return;
    }
  }

  /** Takes notice of children that changed, without waiting. */
  reap(): void {
    const out = new WaitResult();
    while (this.shell.sys.waitpid(-1, WNOHANG | WUNTRACED | WCONTINUED, out) > 0) this.#note(out.pid, out.status);
  }

  /** Waits until `done` says so or there is nothing to wait for. @returns false where a signal ended it */
  *until(done: () => boolean): Wait<boolean> {
    const out = new WaitResult();
    const options = this.monitored ? WUNTRACED : 0;
    while (!done()) {
      const r = this.shell.sys.waitpid(-1, options, out);
      if (r === BLOCKED) {
        yield;
        continue;
      }
      if (r === -EINTR) {
        if (this.interrupted()) return false;
        continue;
      }
      if (r <= 0) return true;
      this.#note(out.pid, out.status);
    }
    return true;
  }

  /** Waits for a foreground job; gives it the terminal meanwhile. @returns `$?` */
  *foreground(job: Job): Wait<number> {
    job.background = false;
    if (job.monitored && this.tty >= 0) this.giveTerminal(job.pgid);
    yield* this.until(() => jobState(job) !== 'running');
    if (job.monitored && this.tty >= 0) this.giveTerminal(this.shellPgid);
    return this.settle(job);
  }

  /** The status of a foreground job that ended or stopped; says so where the shell does. */
  settle(job: Job): number {
    const last = job.processes.at(-1)!;
    if (jobState(job) === 'stopped') {
      job.background = true;
      job.notified = true;
      this.#touch(job);
      if (this.shell.interactive) this.shell.queue.put(2, `\n${this.describe(job)}\n`);
      const stopped = job.processes.find((p) => p.stopped)!;
      return 128 + (stopped.status === undefined ? 20 : wstopsig(stopped.status));
    }
    this.remove(job);
    const status = last.status ?? 0;
    this.#sayKilled(job, status);
    return shellStatus(status);
  }

  #sayKilled(job: Job, status: number): void {
    const { shell } = this;
    if (!wifsignaled(status)) return;
    const signal = wtermsig(status);
    if (signal === SIGPIPE) return;
    if (signal === SIGINT) {
      if (shell.interactive) shell.queue.put(2, '\n');
      return;
    }
    const words = signalDescription(signal) + (wcoredump(status) ? ' (core dumped)' : '');
    if (shell.interactive || !shell.bash) {
      shell.queue.put(2, `${words}\n`);
      return;
    }
    if (shell.subshellLevel > 0 && shell.interactive) return;
    const pid = String(job.processes.at(-1)!.pid).padStart(5);
    shell.queue.put(2, `${shell.prefix()}${pid} ${words.padEnd(23)} ${job.text}\n`);
  }

  giveTerminal(pgid: number): void {
    const { sys } = this.shell;
    const mask = sys.sigprocmask('block', [SIGTTOU]);
    sys.tcsetpgrp(this.tty, pgid);
    sys.sigprocmask('set', mask);
  }

  /** `[1]+  Running                 sleep 10 &` */
  describe(job: Job, long = false): string {
    const mark = job === this.current() ? '+' : job === this.current(1) ? '-' : ' ';
    const state = this.stateWords(job);
    const running = jobState(job) === 'running' && job.background;
    const elsewhere = this.shell.bash && job.cwd !== this.shell.cwd ? `  (wd: ${job.cwd})` : '';
    const text = `${job.text}${running ? ' &' : ''}${elsewhere}`;
    if (this.shell.bash) {
      const pid = long ? `${String(job.processes[0]!.pid).padStart(5)} ` : ' ';
      return `[${job.id}]${mark} ${pid}${state.padEnd(long ? 23 : 23)} ${text}`.replace(/ +$/, '');
    }
    const pid = long ? `${job.processes[0]!.pid} ` : '';
    return `[${job.id}] ${mark} ${pid}${state.padEnd(this.shell.personality === 'dash' ? 26 : 26)} ${job.text}${running && this.shell.personality === 'ash' ? ' &' : ''}`;
  }

  stateWords(job: Job): string {
    const state = jobState(job);
    if (state === 'running') return 'Running';
    if (state === 'stopped') return 'Stopped';
    const status = job.processes.at(-1)!.status!;
    if (wifsignaled(status)) return signalDescription(wtermsig(status)) + (wcoredump(status) ? ' (core dumped)' : '');
    const code = shellStatus(status);
    if (code === 0) return 'Done';
    return this.shell.bash ? `Exit ${code}` : `Done(${code})`;
  }

  /** Tells of background jobs that ended or stopped since, and forgets the ended ones. */
  notify(): void {
    this.reap();
    for (const job of [...this.jobs]) {
      const state = jobState(job);
      if (state === 'running' || (state === 'stopped' && job.notified)) continue;
      if (!job.notified && job.background && this.shell.interactive) this.shell.queue.put(2, `${this.describe(job)}\n`);
      job.notified = true;
      if (state === 'done') this.remove(job);
    }
  }

  /** Says of what signal a background job ended, where one ended it. */
  sayKilled(job: Job): void {
    const { status } = job.processes.at(-1)!;
    if (status !== undefined && this.shell.personality !== 'dash') this.#sayKilled(job, status);
  }

  /** Forgets all (a child of the shell has no jobs). */
  clear(): void {
    this.jobs = [];
    this.#recent = [];
    this.ended.clear();
  }
}
