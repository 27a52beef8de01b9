import { ENOENT } from '../../abi/errno.ts';
import { CLOCK_MONOTONIC, O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { WaitResult, wexitstatus, wifexited, wtermsig } from '../../abi/wait.ts';
import { encode } from '../../lib/utf8.ts';
import { open, spawn, waitpid, writeAll } from '../../libc/io.ts';
import { searchPath } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';

/** Milliseconds that a command took. */
interface Times {
  real: number;
  user: number;
  system: number;
}

const PLAIN = 'real\t%E\nuser\t%u\nsys\t%T';
const POSIX = 'real %e\nuser %U\nsys %S';
const VERBOSE =
  '\tCommand being timed: "%C"\n\tUser time (seconds): %U\n\tSystem time (seconds): %S\n' +
  '\tPercent of CPU this job got: %P\n\tElapsed (wall clock) time (h:mm:ss or m:ss): %E\n\tExit status: %x';

export default program({
  name: 'time',
  at: ['/usr/bin/time'],
  spec: 'busybox 1.36 time',
  version: '(GNU Time) UNKNOWN',
  usage: '[-vpa] [-o FILE] PROG ARGS',
  about: 'Run PROG and say how long it took.',
  options: {
    verbose: { short: 'v', help: 'Verbose' },
    posix: { short: 'p', help: 'POSIX output format' },
    format: { short: 'f', arg: 'FMT', help: 'Custom format' },
    output: { short: 'o', arg: 'FILE', help: 'Write result to FILE' },
    append: { short: 'a', help: 'Append (else overwrite)' },
  },
  stopAtOperand: true,
  busybox: {
    at: '/usr/bin/time',
    usage: '[-vpa] [-o FILE] PROG ARGS',
    help: 'Run PROG and say how long it took\n\n\t-v\tVerbose\n\t-p\tPOSIX output format\n\t-f FMT\tCustom format\n\t-o FILE\tWrite result to FILE\n\t-a\tAppend (else overwrite)\n',
  },
  *main(ctx) {
    const { sys, opts, args } = ctx;
    if (args.length === 0) return yield* ctx.usage();
    const start = sys.now(CLOCK_MONOTONIC);
    const before = sys.times();
    const path = searchPath(sys, args[0]!, ctx.env.get('PATH') ?? '/bin:/usr/bin');
    const pid = path === undefined ? -ENOENT : yield* spawn(sys, path, args, sys.envp);
    let status = pid === -ENOENT ? 127 : 126;
    let killed = 0;
    if (pid < 0) yield* ctx.warn(`can't execute '${args[0]}': ${ctx.strerror(pid)}`);
    else {
      const result = new WaitResult();
      while ((yield* waitpid(sys, pid, 0, result)) !== pid);
      status = wexitstatus(result.status);
      if (!wifexited(result.status)) killed = status = wtermsig(result.status);
    }
    const after = sys.times();
    const times = {
      real: sys.now(CLOCK_MONOTONIC) - start,
      user: after.childUser - before.childUser,
      system: after.childSystem - before.childSystem,
    };
    let out = '';
    if (killed > 0) out = `Command terminated by signal ${killed}\n`;
    else if (status !== 0) out = `Command exited with non-zero status ${status}\n`;
    const format = opts.format ?? (opts.verbose ? VERBOSE : opts.posix ? POSIX : PLAIN);
    out += `${formatted(format, times, args, status)}\n`;
    let fd = 2;
    if (opts.output !== undefined) {
      fd = yield* open(sys, opts.output, O_WRONLY | O_CREAT | (opts.append ? O_APPEND : O_TRUNC), 0o666);
      if (fd < 0) return yield* ctx.die(`can't open '${opts.output}': ${ctx.strerror(fd)}`);
    }
    yield* writeAll(sys, fd, encode(out));
    return status;
  },
});

/** Minutes and seconds as busybox has them. */
const clock = (ms: number): string => `${Math.floor(ms / 60000)}m ${((ms % 60000) / 1000).toFixed(2)}s`;
const seconds = (ms: number): string => (ms / 1000).toFixed(2);

function formatted(format: string, t: Times, argv: readonly string[], status: number): string {
  return format.replace(/%(.)/g, (all, letter: string) => {
    switch (letter) {
      case '%':
        return '%';
      case 'C':
        return argv.join(' ');
      case 'E':
        return clock(t.real);
      case 'e':
        return seconds(t.real);
      case 'u':
        return clock(t.user);
      case 'T':
        return clock(t.system);
      case 'U':
        return seconds(t.user);
      case 'S':
        return seconds(t.system);
      case 'P':
        return `${t.real === 0 ? 0 : Math.floor(((t.user + t.system) * 100) / t.real)}%`;
      case 'x':
        return String(status);
      default:
        return all;
    }
  });
}
