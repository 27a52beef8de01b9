import { BLOCKED } from '../../abi/errno.ts';
import {
  CLOCK_REALTIME,
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_NOCTTY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  POLLHUP,
  POLLIN,
} from '../../abi/flags.ts';
import { SIGWINCH } from '../../abi/signal.ts';
import { makeRaw, TCSADRAIN, TCSANOW } from '../../abi/termios.ts';
import { shellStatus, WaitResult } from '../../abi/wait.ts';
import { fullTime } from '../../libc/clock-text.ts';
import { execve, open, poll, read, type Wait, waitpid, writeAll } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';

const options = {
  append: { short: 'a', help: 'append to the log file' },
  command: { short: 'c', arg: 'command', help: 'run command rather than interactive shell' },
  return: { short: 'e', help: 'return exit code of the child process' },
  flush: { short: 'f', help: 'accepted: every write is flushed' },
  quiet: { short: 'q', help: 'be quiet' },
  force: { help: 'use output file even when it is a link' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'script',
  at: ['/usr/bin/script'],
  spec: 'util-linux 2.39 script(1): a session on a terminal of its own, written to a file; without timing logs and input logs',
  version: 'from util-linux 2.39.3',
  usage: '[options] [file]',
  about: 'Make a typescript of a terminal session.',
  options,
  *main(ctx) {
    const { opts, sys } = ctx;
    const name = ctx.args[0] ?? 'typescript';
    const log = yield* open(sys, name, O_WRONLY | O_CREAT | O_CLOEXEC | (opts.append ? O_APPEND : O_TRUNC), 0o666);
    if (log < 0) return yield* ctx.die(`cannot open ${name}: ${ctx.strerror(log)}`);
    const stamp = (): string =>
      fullTime(Math.floor(sys.now(CLOCK_REALTIME) / 1000), 0)
        .replace(/\.\d+ /, '')
        .replace(/([+-]\d\d)(\d\d)$/, '$1:$2');
    if (!opts.quiet) yield* ctx.stdout.write(`Script started, output log file is '${name}'.\n`);
    yield* ctx.stdout.flush();
    const shell = ctx.env.get('SHELL') || '/bin/sh';
    yield* writeAll(
      sys,
      log,
      `Script started on ${stamp()} [${opts.command === undefined ? '' : `COMMAND="${opts.command}" `}${sys.isatty(0) ? `TERM="${ctx.env.get('TERM') ?? ''}"` : '<not executed on terminal>'}]\n`,
    );
    const status = yield* session(ctx, log, shell);
    yield* writeAll(sys, log, `\nScript done on ${stamp()} [COMMAND_EXIT_CODE="${status}"]\n`);
    if (!opts.quiet) yield* ctx.stdout.write('Script done.\n');
    return opts.return ? status : 0;
  },
});

/** Runs the shell on a new terminal; what it writes goes to our own and to the log. @returns its status */
function* session(ctx: Ctx, log: number, shell: string): Wait<number> {
  const { sys, opts } = ctx;
  const master = yield* open(sys, '/dev/ptmx', O_RDWR | O_NOCTTY | O_CLOEXEC);
  const slave = master < 0 ? master : sys.ptsname(master);
  if (typeof slave === 'number') return yield* ctx.die(`failed to create pseudo-terminal: ${ctx.strerror(slave)}`);
  const settings = sys.tcgetattr(0);
  const copySize = (): void => {
    const size = sys.tiocgwinsz(0);
    if (typeof size !== 'number') sys.tiocswinsz(master, size);
  };
  copySize();
  sys.sigaction(SIGWINCH, copySize);
  const pid = sys.fork(function* (own) {
    own.setsid();
    const fd = yield* open(own, slave, O_RDWR);
    own.tiocsctty(fd);
    for (const to of [0, 1, 2]) own.dup2(fd, to);
    if (fd > 2) own.close(fd);
    yield* execve(own, shell, opts.command === undefined ? [shell, '-i'] : [shell, '-c', opts.command], sys.envp);
    return 127;
  });
  if (pid < 0) return yield* ctx.die(`fork failed: ${ctx.strerror(pid)}`);
  if (typeof settings !== 'number') sys.tcsetattr(0, TCSANOW, makeRaw(settings));
  yield* pump(ctx, master, log);
  if (typeof settings !== 'number') while (sys.tcsetattr(0, TCSADRAIN, settings) === BLOCKED) yield;
  const out = new WaitResult();
  yield* waitpid(sys, pid, 0, out);
  return shellStatus(out.status);
}

function* pump(ctx: Ctx, master: number, log: number): Wait<void> {
  const { sys } = ctx;
  const buf = new Uint8Array(4096);
  let input = 0;
  for (;;) {
    const fds = [
      { fd: master, events: POLLIN, revents: 0 },
      { fd: input, events: POLLIN, revents: 0 },
    ];
    if ((yield* poll(sys, fds, -1)) < 0) continue;
    if (fds[0]!.revents & (POLLIN | POLLHUP)) {
      const n = yield* read(sys, master, buf);
      if (n <= 0) return;
      yield* writeAll(sys, 1, buf.subarray(0, n));
      yield* writeAll(sys, log, buf.subarray(0, n));
    }
    if (fds[1]!.revents !== 0) {
      const n = yield* read(sys, input, buf);
      if (n > 0) yield* writeAll(sys, master, buf.subarray(0, n));
      else {
        // the end of our input is ^D for the terminal
        yield* writeAll(sys, master, '\x04');
        input = -1;
      }
    }
    if (sys.tick()) yield;
  }
}
