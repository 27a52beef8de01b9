import { ENOENT } from '../../abi/errno.ts';
import { WNOHANG } from '../../abi/flags.ts';
import {
  SIG_IGN,
  SIGALRM,
  SIGCHLD,
  SIGCONT,
  SIGHUP,
  SIGINT,
  SIGKILL,
  SIGNAL_NAMES,
  SIGQUIT,
  SIGTERM,
  signalNumber,
} from '../../abi/signal.ts';
import { WaitResult, wexitstatus, wifexited, wtermsig } from '../../abi/wait.ts';
import { sleep, spawn, waitpid } from '../../libc/io.ts';
import { searchPath } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1000, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function duration(text: string): number | undefined {
  const m = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  return m ? Number(m[1]) * UNITS[m[2]!]! : undefined;
}

export default program({
  name: 'timeout',
  at: ['/usr/bin/timeout'],
  spec: 'GNU coreutils 9.4 timeout(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION] DURATION COMMAND [ARG]...',
  about: 'Start COMMAND, and end it if it still runs after DURATION.',
  options: {
    preserveStatus: { busybox: false, help: "exit with COMMAND's status even when it timed out" },
    foreground: { busybox: false, help: 'let COMMAND read from the tty and get its signals' },
    killAfter: {
      short: 'k',
      arg: 'DURATION',
      help: 'send KILL too, if COMMAND still runs this long after the first signal',
    },
    signal: { short: 's', arg: 'SIGNAL', help: 'the signal to send (TERM)' },
    verbose: { short: 'v', busybox: false, help: 'say which signal is sent' },
  },
  stopAtOperand: true,
  usageStatus: 125,
  busybox: {
    at: '/usr/bin/timeout',
    long: [],
    usage: '[-s SIG] [-k KILL_SECS] SECS PROG ARGS',
    help: 'Run PROG. Send SIG to it if it is not gone in SECS seconds.\nDefault SIG: TERM.If it still exists in KILL_SECS seconds, send KILL.\n\n',
  },
  *main(ctx) {
    const { opts, sys, args } = ctx;
    if (args.length < 2) return yield* ctx.usage();
    const limit = duration(args[0]!);
    if (limit === undefined)
      return yield* ctx.form === 'gnu'
        ? ctx.usage(`invalid time interval ${localeQuote(args[0]!)}`)
        : ctx.die(`invalid number '${args[0]}'`);
    const killAfter = opts.killAfter === undefined ? undefined : duration(opts.killAfter);
    const signal = opts.signal === undefined ? SIGTERM : signalNumber(opts.signal);
    if (signal === undefined)
      return yield* ctx.usage(ctx.form === 'gnu' ? `${localeQuote(opts.signal!)}: invalid signal` : undefined);
    if (!opts.foreground && ctx.form === 'gnu') sys.setpgid(0, 0);
    const path = searchPath(sys, args[1]!, ctx.env.get('PATH') ?? '/bin:/usr/bin');
    const pid = path === undefined ? -ENOENT : yield* spawn(sys, path, args.slice(1), sys.envp);
    if (pid < 0) {
      yield* ctx.warn(
        ctx.form === 'gnu'
          ? `failed to run command ${localeQuote(args[1]!)}: ${ctx.strerror(pid)}`
          : `can't execute '${args[1]}': ${ctx.strerror(pid)}`,
      );
      return pid === -ENOENT ? 127 : 126;
    }
    let due = false;
    const isGroup = !opts.foreground && ctx.form === 'gnu';
    // the command's own children are in the group too; KILL ends this program with them
    const send = (sig: number): void => {
      sys.kill(pid, sig);
      if (isGroup && sig !== SIGKILL) sys.sigaction(sig, SIG_IGN);
      if (isGroup) sys.kill(0, sig);
      if (sig === SIGKILL) return;
      sys.kill(pid, SIGCONT);
      if (isGroup) sys.kill(0, SIGCONT);
    };
    for (const sig of [SIGHUP, SIGINT, SIGQUIT, SIGTERM]) sys.sigaction(sig, send);
    sys.sigaction(SIGCHLD, () => {});
    sys.sigaction(SIGALRM, () => {
      due = true;
    });
    const result = new WaitResult();
    let timedOut = false;
    let sent = signal;
    if (limit > 0) sys.alarm(limit);
    for (;;) {
      const r = yield* waitpid(sys, pid, 0, result);
      if (r === pid) break;
      if (!due) continue;
      due = false;
      sent = timedOut ? SIGKILL : signal;
      timedOut = true;
      if (opts.verbose) yield* ctx.warn(`sending signal ${SIGNAL_NAMES[sent]} to command ${localeQuote(args[1]!)}`);
      send(sent);
      if (killAfter !== undefined && sent !== SIGKILL) sys.alarm(killAfter);
    }
    if (timedOut && !opts.preserveStatus) {
      if (sent === SIGKILL) return 137;
      return ctx.form === 'busybox' ? 128 + (wifexited(result.status) ? signal : wtermsig(result.status)) : 124;
    }
    yield* sleep(sys, 0);
    sys.waitpid(-1, WNOHANG, result);
    return wifexited(result.status) ? wexitstatus(result.status) : 128 + wtermsig(result.status);
  },
});
