import { ENOENT } from '../../abi/errno.ts';
import { O_CREAT, O_TRUNC, O_WRONLY, WNOHANG } from '../../abi/flags.ts';
import { SIGCHLD, SIGINT, SIGNAL_NAMES } from '../../abi/signal.ts';
import type { TracedCall, Tracer } from '../../abi/trace.ts';
import { WaitResult, wexitstatus, wifexited, wtermsig } from '../../abi/wait.ts';
import { HeldMemory } from '../../libc/held-memory.ts';
import { execve, open, type Wait } from '../../libc/io.ts';
import { searchPath } from '../../libc/paths.ts';
import { type Context, exitWith, program } from '../../libc/program.ts';
import { Output } from '../../libc/stdio.ts';
import { CALL_NAMES, CLASSES, callText } from '../strace/calls.ts';
import { errnoName } from '../strace/words.ts';

const options = {
  summary: { short: 'c', long: 'summary-only', help: 'count calls and errors, print a table at the end' },
  summaryToo: { short: 'C', long: 'summary', help: 'the table besides the calls' },
  trace: {
    short: 'e',
    long: 'trace',
    arg: 'expr',
    many: true,
    help: 'which calls: trace=LIST, %file, %process, %network, %desc, %signal, !',
  },
  follow: { short: 'f', long: 'follow-forks', many: true, help: 'children too' },
  output: { short: 'o', arg: 'file', help: 'write to file in place of stderr' },
  attach: { short: 'p', arg: 'pid', many: true, help: 'trace the process that runs already' },
  quiet: { short: 'q', many: true, help: 'no messages about attaching' },
  stringLimit: { short: 's', arg: 'strsize', help: 'bytes of strings that are shown (32)' },
  times: { short: 't', long: false, many: true, help: 'time of day before each line; twice: microseconds' },
  relative: { short: 'r', long: 'relative-timestamps', help: 'time since the line before' },
  spent: { short: 'T', long: 'syscall-times', help: 'time spent in each call (0 here)' },
  env: { short: 'E', arg: 'var=val', many: true, help: 'change the environment of the command' },
  help: { short: 'h', help: 'show this help' },
  version: { short: 'V', help: 'show the version' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'strace',
  at: ['/usr/bin/strace'],
  spec: 'strace 6.8 strace(1) over the calls of this kernel: what the loader and malloc would do is not there; pointers are made up, calls take no time',
  version: '-- version 6.8',
  usage: '[-cCfqrtT] [-e EXPR] [-o FILE] [-s SIZE] {-p PID | [-E VAR=VAL] PROG [ARGS]}',
  about: 'Print the system calls of a command or a process.',
  options,
  stopAtOperand: true,
  hint: () => "Try 'strace -h' for more information.\n",
  *main(ctx) {
    const { opts, sys } = ctx;
    if (ctx.args.length === 0 && opts.attach.length === 0) return yield* ctx.usage('must have PROG [ARGS] or -p PID');
    const wanted = yield* selection(ctx);
    const fd = opts.output === undefined ? 2 : yield* open(sys, opts.output, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
    if (fd < 0) return yield* ctx.die(`Can't fopen '${opts.output}': ${ctx.strerror(fd)}`);
    const log = new Log(ctx, new Output(sys, fd, true), wanted);
    let status = 0;
    if (ctx.args.length > 0) status = yield* runCommand(ctx, log);
    else status = yield* attachAll(ctx, log);
    if (opts.summary || opts.summaryToo) yield* log.table();
    return status;
  },
});

/** Which calls are shown; undefined: all. */
function* selection(ctx: Ctx): Wait<((name: string) => boolean) | undefined> {
  let wanted: ((name: string) => boolean) | undefined;
  for (const text of ctx.opts.trace) {
    const m = /^(?:(trace|t)=)?(!?)(.*)$/s.exec(text)!;
    if (/^(?:signal|status|quiet|read|write|fault|inject|kvm|abbrev|verbose|raw|decode-fds)=/.test(text)) continue;
    if (m[3] === 'all') continue;
    const names = new Set<string>();
    for (const word of m[3] === 'none' ? [] : m[3]!.split(',')) {
      const group = CLASSES[word.replace(/^%/, '')];
      const alias = {
        open: 'openat',
        stat: 'newfstatat',
        lstat: 'newfstatat',
        fstat: 'newfstatat',
        fork: 'clone',
        exit: 'exit_group',
      }[word];
      if (group && (word.startsWith('%') || !CALL_NAMES.has(word))) for (const name of group) names.add(name);
      else if (CALL_NAMES.has(word.replace(/^\?/, ''))) names.add(alias ?? word.replace(/^\?/, ''));
      else if (!word.startsWith('?')) return yield* ctx.die(`invalid system call '${word}'`);
    }
    const not = m[2] === '!';
    wanted = (name) => names.has(name) !== not;
  }
  return wanted;
}

function* runCommand(ctx: Ctx, log: Log): Wait<number> {
  const { sys } = ctx;
  const name = ctx.args[0]!;
  const path = searchPath(sys, name, ctx.env.get('PATH') ?? '/bin:/usr/bin');
  if (path === undefined)
    return yield* ctx.die(
      name.includes('/') ? `Can't stat '${name}': ${ctx.strerror(ENOENT)}` : `Cannot find executable '${name}'`,
    );
  const env = new Map(ctx.env);
  for (const pair of ctx.opts.env) {
    const equals = pair.indexOf('=');
    if (equals < 0) env.delete(pair);
    else env.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  const envp = [...env].map(([key, value]) => `${key}=${value}`);
  const child = sys.fork(function* (own) {
    yield* execve(own, path, ctx.args, envp);
    return 127;
  });
  if (child < 0) return yield* ctx.die(`fork: ${ctx.strerror(child)}`);
  sys.ptrace(child, log);
  log.main = child;
  const handled = sys.sigaction(SIGINT, () => {});
  sys.sigaction(SIGCHLD, () => {});
  const out = new WaitResult();
  for (;;) {
    yield* log.print();
    const r = sys.waitpid(child, WNOHANG, out);
    if (r === child || r < 0) break;
    yield* log.wait();
  }
  if (typeof handled !== 'number') sys.sigaction(SIGINT, handled);
  yield* log.print();
  if (wifexited(out.status)) return wexitstatus(out.status);
  yield* ctx.stdout.flush();
  sys.sigaction(wtermsig(out.status), 0);
  sys.kill(sys.getpid(), wtermsig(out.status));
  return exitWith(128 + wtermsig(out.status));
}

function* attachAll(ctx: Ctx, log: Log): Wait<number> {
  const { sys, opts } = ctx;
  const pids = opts.attach.flatMap((text) => text.split(/[\s,]+/)).filter((text) => text !== '');
  const alive = new Set<number>();
  for (const text of pids) {
    const pid = Number(text);
    if (!Number.isInteger(pid) || pid <= 0) return yield* ctx.die(`Invalid process id: '${text}'`);
    const r = sys.ptrace(pid, log);
    if (r < 0) {
      yield* ctx.warn(`attach: ptrace(PTRACE_SEIZE, ${pid}): ${ctx.strerror(r)}`);
      if (pids.length === 1) return 1;
      continue;
    }
    if (opts.quiet === 0) yield* ctx.warn(`Process ${pid} attached`);
    alive.add(pid);
  }
  log.main = alive.size === 1 ? [...alive][0]! : 0;
  let stop = false;
  sys.sigaction(SIGINT, () => {
    stop = true;
  });
  while (!stop && alive.size > 0) {
    yield* log.print();
    for (const pid of alive) if (log.over.has(pid) || sys.kill(pid, 0) === -3) alive.delete(pid);
    if (alive.size > 0 && !stop) yield* log.wait(1000);
  }
  yield* log.print();
  for (const pid of alive) {
    sys.ptrace(pid, undefined);
    if (opts.quiet === 0) yield* ctx.warn(`Process ${pid} detached`);
  }
  return stop ? 130 : 0;
}

/** A line that is to be printed. */
interface Line {
  pid: number;
  name: string;
  time: number;
  text: string | undefined;
}

/** Collects calls as they are made, and prints them when strace runs. */
class Log implements Tracer {
  readonly follow: boolean;
  /** The process that was started; lines of others say whose they are. */
  main = 0;
  /** Processes that are over. */
  readonly over = new Set<number>();
  private readonly exits = new Set<number>();
  private readonly lastCall = new Map<number, string>();
  private readonly queue: Line[] = [];
  private readonly bell = { value: 0 };
  private readonly memory: HeldMemory;
  private readonly known = new Set<number>();
  private readonly counts = new Map<string, { calls: number; errors: number }>();
  private readonly most: number;
  private last = 0;

  constructor(
    private readonly ctx: Ctx,
    private readonly out: Output,
    private readonly wanted: ((name: string) => boolean) | undefined,
  ) {
    this.follow = ctx.opts.follow > 0;
    this.memory = new HeldMemory(ctx.sys);
    this.most = Number(ctx.opts.stringLimit ?? 32);
  }

  call(event: TracedCall): void {
    if (event.name === 'exit') this.exits.add(event.pid);
    // an execve that waits for its file is made again
    const again = event.name === 'execve' && event.result === undefined && this.lastCall.get(event.pid) === 'execve';
    this.lastCall.set(event.pid, event.name);
    if (again) return;
    const text = this.text(event);
    if (text !== undefined) this.add({ pid: event.pid, name: event.name, time: event.time, text });
  }

  ended(pid: number, status: number, time: number): void {
    const name = 'end';
    if (wifexited(status) && !this.exits.has(pid)) {
      const args = [wexitstatus(status)];
      const text = this.text({ pid, tid: pid, name: 'exit', args, result: undefined, time });
      if (text !== undefined) this.add({ pid, name, time, text });
    }
    const words = wifexited(status)
      ? `exited with ${wexitstatus(status)}`
      : `killed by SIG${SIGNAL_NAMES[wtermsig(status)]}`;
    this.over.add(pid);
    this.add({ pid, name, time, text: this.ctx.opts.summary ? undefined : `+++ ${words} +++` });
  }

  private add(line: Line): void {
    this.queue.push(line);
    this.bell.value++;
    this.ctx.sys.futexWake(this.bell, 1);
  }

  /** The line of a call, made at once: its buffers change later. */
  private text(event: TracedCall): string | undefined {
    const { ctx } = this;
    const call = callText(event, this.most);
    if (!call || (this.wanted && !this.wanted(call.name))) return undefined;
    const { result } = event;
    const tty = event.name === 'isatty' ? (result === true ? 0 : -25) : undefined;
    const value = tty ?? (typeof result === 'number' ? result : event.name === 'exit' ? undefined : 0);
    const row = this.counts.get(call.name) ?? { calls: 0, errors: 0 };
    row.calls++;
    if (value !== undefined && value < 0) row.errors++;
    this.counts.set(call.name, row);
    if (ctx.opts.summary) return undefined;
    const line = `${call.name}(${call.args})`.padEnd(39);
    const answer =
      value === undefined ? '= ?' : value < 0 ? `= -1 ${errnoName(-value)} (${ctx.strerror(value)})` : `= ${value}`;
    return `${line} ${answer}${ctx.opts.spent && value !== undefined ? ' <0.000000>' : ''}`;
  }

  *wait(timeout?: number): Wait<void> {
    const seen = this.bell.value;
    if (this.queue.length > 0) return;
    let r: number;
    while ((r = this.ctx.sys.futexWait(this.bell, seen, timeout)) < 0 && r !== -4 && r !== -11 && r !== -110) yield;
  }

  *print(): Wait<void> {
    while (this.queue.length > 0) {
      const event = this.queue.shift()!;
      yield* this.memory.grow(64);
      const { text } = event;
      if (event.pid !== this.main && !this.known.has(event.pid) && this.main !== 0) {
        this.known.add(event.pid);
        if (this.ctx.opts.quiet === 0 && !this.ctx.opts.summary)
          yield* this.out.write(`strace: Process ${event.pid} attached\n`);
      }
      if (text !== undefined) yield* this.out.write(`${this.prefix(event)}${text}\n`);
      if (this.ctx.sys.tick()) yield;
    }
  }

  private prefix(event: { pid: number; time: number }): string {
    const { times, relative, output } = this.ctx.opts;
    let out = '';
    if (this.known.size > 0) out += output === undefined ? `[pid ${String(event.pid).padStart(5)}] ` : `${event.pid} `;
    if (times > 0) {
      const day = new Date(event.time).toISOString();
      out += `${day.slice(11, 19)}${times > 1 ? `.${String(Math.floor((event.time % 1000) * 1000)).padStart(6, '0')}` : ''} `;
    }
    if (relative) out += `${((event.time - (this.last || event.time)) / 1000).toFixed(6).padStart(12)} `;
    this.last = event.time;
    return out;
  }

  /** The table of -c. */
  *table(): Wait<void> {
    const rows = [...this.counts].sort(([, a], [, b]) => b.calls - a.calls);
    const line = '------ ----------- ----------- --------- --------- ----------------\n';
    let out = `% time     seconds  usecs/call     calls    errors syscall\n${line}`;
    const row = (calls: number, errors: number, name: string): string =>
      `  0.00    0.000000           0 ${String(calls).padStart(9)} ${(errors === 0 ? '' : String(errors)).padStart(9)} ${name}\n`;
    let [calls, errors] = [0, 0];
    for (const [name, count] of rows) {
      out += row(count.calls, count.errors, name);
      calls += count.calls;
      errors += count.errors;
    }
    yield* this.out.write(`${out}${line}${row(calls, errors, 'total').replace('  0.00', '100.00')}`);
  }
}
