import { WNOHANG } from '../../abi/flags.ts';
import { SIG_DFL, SIG_IGN, SIGCHLD, SIGHUP, SIGNAL_NAMES, SIGTTIN, SIGTTOU } from '../../abi/signal.ts';
import type { Sys } from '../../abi/sys.ts';
import { shellStatus, WaitResult } from '../../abi/wait.ts';
import { execve, type Wait } from '../../libc/io.ts';
import { searchPath } from '../../libc/paths.ts';
import type { Context } from '../../libc/program.ts';

interface Supervision {
  /** Signals go to the child's group. */
  group: boolean;
  /** The child has a session of its own. */
  session: boolean;
  rewrite: ReadonlyMap<number, number>;
  expected: readonly number[];
  subreaper: boolean;
  /** Words where the program cannot be executed. */
  failed(errno: number): string;
}

/** Runs a program, hands it the signals that come, reaps what is left behind. @returns its status */
function* superviseChild(
  sys: Sys,
  argv: readonly string[],
  path: string,
  how: Supervision,
  ctx: Context,
): Wait<number> {
  const pending: number[] = [];
  for (let signal = 1; signal < 32; signal++) {
    if ([9, 19, 8, 11, 7, 6, 5, 4, 31, SIGCHLD].includes(signal)) continue;
    if (signal === SIGTTIN || signal === SIGTTOU) sys.sigaction(signal, SIG_IGN);
    else sys.sigaction(signal, () => pending.push(signal));
  }
  sys.sigaction(SIGCHLD, () => {});
  if (how.subreaper) sys.prctl('subreaper', 1);
  const child = sys.fork(function* (own) {
    for (let signal = 1; signal < 32; signal++) if (signal !== 9 && signal !== 19) own.sigaction(signal, SIG_DFL);
    if (how.session) own.setsid();
    else {
      own.setpgid(0, 0);
      if (own.isatty(0)) {
        own.sigaction(SIGTTOU, SIG_IGN);
        own.tcsetpgrp(0, own.getpid());
        own.sigaction(SIGTTOU, SIG_DFL);
      }
    }
    const errno = yield* execve(own, path, argv, own.envp);
    yield* ctx.stderr.write(how.failed(errno));
    return errno === -2 ? 127 : 126;
  });
  if (child < 0) return 1;
  const result = new WaitResult();
  let status: number | undefined;
  while (status === undefined) {
    while (pending.length > 0) {
      const signal = pending.shift()!;
      const sent = how.rewrite.get(signal) ?? signal;
      if (sent !== 0) sys.kill(how.group ? -child : child, sent);
    }
    for (let pid = sys.waitpid(-1, WNOHANG, result); pid > 0; pid = sys.waitpid(-1, WNOHANG, result))
      if (pid === child) status = shellStatus(result.status);
    if (status !== undefined || pending.length > 0) continue;
    sys.pause();
    yield;
  }
  if (how.group && how.session) sys.kill(-child, SIGHUP);
  return how.expected.includes(status) ? 0 : status;
}

const TINI_HELP = `tini (tini version 0.19.0)
Usage: tini [OPTIONS] PROGRAM -- [ARGS] | --version

Execute a program under the supervision of a valid init process (tini)

Command line options:

  --version: Show version and exit.
  -h: Show this help message and exit.
  -s: Register as a process subreaper (requires Linux >= 3.4).
  -p SIGNAL: Trigger SIGNAL when parent dies, e.g. "-p SIGKILL".
  -v: Generate more verbose output. Repeat up to 3 times.
  -w: Print a warning when processes are getting reaped.
  -g: Send signals to the child's process group.
  -e EXIT_CODE: Remap EXIT_CODE (from 0 to 255) to 0 (can be repeated).
  -l: Show license and exit.
`;

/** tini(1) 0.19. */
export const tini = {
  name: 'tini',
  at: ['/usr/bin/tini', '/sbin/tini'],
  spec: 'tini 0.19.0; -v and -w print nothing more',
  usage: '[OPTIONS] PROGRAM -- [ARGS] | --version',
  about: 'Execute a program under the supervision of a valid init process (tini).',
  options: {},
  raw: true,
  *main(ctx: Context): Wait<number> {
    const { sys, args, stdout, stderr, env } = ctx;
    let group = env.has('TINI_KILL_PROCESS_GROUP');
    let subreaper = env.has('TINI_SUBREAPER');
    const expected: number[] = [];
    let i = 0;
    for (; i < args.length && args[i]!.startsWith('-'); i++) {
      const word = args[i]!;
      if (word === '--') {
        i++;
        break;
      }
      if (word === '--version') {
        yield* stdout.write('tini version 0.19.0\n');
        return 0;
      }
      if (word === '-h') {
        yield* stdout.write(TINI_HELP);
        return 0;
      }
      if (word === '-g') group = true;
      else if (word === '-s') subreaper = true;
      else if (word === '-e') expected.push(Number(args[++i]));
      else if (word === '-p') i++;
      else if (!/^-[vw]+$/.test(word)) {
        yield* stderr.write(`tini: invalid option -- '${word.replace(/^-+/, '')[0]}'\n${TINI_HELP}`);
        return 1;
      }
    }
    const argv = args.slice(i);
    if (argv.length === 0) {
      yield* stderr.write(TINI_HELP);
      return 1;
    }
    if (sys.getpid() !== 1 && !subreaper)
      yield* stderr.write(
        `[WARN  tini (${sys.getpid()})] Tini is not running as PID 1 and isn't registered as a child subreaper.\nZombie processes will not be re-parented to Tini, so zombie reaping won't work.\nTo fix the problem, use the -s option or set the environment variable TINI_SUBREAPER to register Tini as a child subreaper, or run Tini as PID 1.\n`,
      );
    const path = searchPath(sys, argv[0]!, env.get('PATH') ?? '/bin:/usr/bin') ?? argv[0]!;
    return yield* superviseChild(
      sys,
      argv,
      path,
      {
        group,
        session: false,
        rewrite: new Map(),
        expected,
        subreaper,
        failed: (errno) => `[FATAL tini (${sys.getpid()})] exec ${argv[0]} failed: ${ctx.strerror(errno)}\n`,
      },
      ctx,
    );
  },
} as const;

/** dumb-init 1.2.5. */
export const dumbInit = {
  name: 'dumb-init',
  at: ['/usr/bin/dumb-init'],
  spec: 'dumb-init 1.2.5: -c, -r',
  usage: '[option] program [args]',
  about: 'Start a program with its own session and forward signals to it.',
  options: {},
  raw: true,
  *main(ctx: Context): Wait<number> {
    const { sys, args, stderr, env } = ctx;
    let single = env.get('DUMB_INIT_SETSID') === '0';
    const rewrite = new Map<number, number>();
    let i = 0;
    for (; i < args.length && args[i]!.startsWith('-'); i++) {
      const word = args[i]!;
      if (word === '--') {
        i++;
        break;
      }
      const pair = /^(?:-r|--rewrite=)(.*)$/.exec(word);
      if (word === '-c' || word === '--single-child') single = true;
      else if (word === '-V' || word === '--version') {
        yield* stderr.write('dumb-init v1.2.5\n');
        return 0;
      } else if (pair || word === '--rewrite') {
        const [from, to] = (pair?.[1] || args[++i] || '').split(':').map(Number);
        if (from === undefined || to === undefined || Number.isNaN(from + to)) {
          yield* stderr.write(
            `Usage: -r option takes <signum>:<signum>, where <signum> is between 1 and ${SIGNAL_NAMES.length - 1}.\n`,
          );
          return 1;
        }
        rewrite.set(from, to);
      } else if (word !== '-v' && word !== '--verbose') {
        yield* stderr.write(`Usage: ${ctx.name} [option] program [args]\n`);
        return word === '-h' || word === '--help' ? 0 : 1;
      }
    }
    const argv = args.slice(i);
    if (argv.length === 0) {
      yield* stderr.write(`Usage: ${ctx.name} [option] program [args]\nTry \`${ctx.name} --help\` for full usage.\n`);
      return 1;
    }
    const path = searchPath(sys, argv[0]!, env.get('PATH') ?? '/bin:/usr/bin') ?? argv[0]!;
    return yield* superviseChild(
      sys,
      argv,
      path,
      {
        group: !single,
        session: !single,
        rewrite,
        expected: [],
        subreaper: false,
        failed: (errno) => `[dumb-init] ${argv[0]}: ${ctx.strerror(errno)}\n`,
      },
      ctx,
    );
  },
} as const;
