import { shellStatus, WaitResult } from '../../abi/wait.ts';
import { execCommand } from '../../libc/exec-command.ts';
import { waitpid } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'setsid',
  at: ['/usr/bin/setsid'],
  spec: 'util-linux 2.39 setsid(1)',
  version: 'from util-linux 2.39.3',
  usage: '[options] <program> [arguments ...]',
  about: 'Run a program in a new session.',
  options: {
    ctty: { short: 'c', help: 'set the controlling terminal to the current one' },
    fork: { short: 'f', busybox: false, help: 'always fork' },
    wait: { short: 'w', busybox: false, help: 'wait program to exit, and use the same return' },
  },
  stopAtOperand: true,
  busybox: {
    at: '/usr/bin/setsid',
    long: [],
    usage: '[-c] PROG ARGS',
    help: 'Run PROG in a new session. PROG will have no controlling terminal\nand will not be affected by keyboard signals (^C etc).\n\n\t-c\tSet controlling terminal to stdin\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    if (ctx.args.length === 0) return yield* ctx.usage(ctx.form === 'gnu' ? 'no command specified' : undefined);
    const run = function* (): Generator<void, number, void> {
      sys.setsid();
      if (opts.ctty) sys.tiocsctty(0);
      return yield* execCommand(ctx, ctx.args, sys.envp, `failed to execute ${ctx.args[0]}`);
    };
    if (sys.getpgid(0) !== sys.getpid() && !opts.fork) return yield* run();
    const pid = sys.fork(function* (child) {
      child.setsid();
      if (opts.ctty) child.tiocsctty(0);
      return yield* execCommand({ ...ctx, sys: child }, ctx.args, child.envp, `failed to execute ${ctx.args[0]}`);
    });
    if (pid < 0) return yield* ctx.die(`fork: ${ctx.strerror(pid)}`);
    if (!opts.wait) return 0;
    const result = new WaitResult();
    yield* waitpid(sys, pid, 0, result);
    return shellStatus(result.status);
  },
});
