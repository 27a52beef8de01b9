import { execCommand } from '../../libc/exec-command.ts';
import { program } from '../../libc/program.ts';
import { localeQuote, shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'nice',
  at: ['/usr/bin/nice'],
  spec: 'GNU coreutils 9.4 nice(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION] [COMMAND [ARG]...]',
  about: 'Run COMMAND with an adjusted niceness, which affects process scheduling.',
  options: { adjustment: { short: 'n', arg: 'N', help: 'add integer N to the niceness (default 10)' } },
  stopAtOperand: true,
  usageStatus: 125,
  rewrite: (argv) => (/^-[-+]?\d+$/.test(argv[0] ?? '') ? ['-n', argv[0]!.slice(1), ...argv.slice(1)] : argv),
  busybox: {
    at: '/usr/bin/nice',
    usage: '[-n ADJUST] [PROG ARGS]',
    help: 'Change scheduling priority, run PROG\n\n\t-n ADJUST\tAdjust priority by ADJUST\n',
  },
  *main(ctx) {
    const { sys, opts } = ctx;
    const gnu = ctx.form === 'gnu';
    if (opts.adjustment !== undefined && !/^[-+]?\d+$/.test(opts.adjustment))
      return yield* gnu
        ? ctx.die(`invalid adjustment ${localeQuote(opts.adjustment)}`, 125)
        : ctx.die(`invalid number '${opts.adjustment}'`);
    if (ctx.args.length === 0) {
      if (opts.adjustment !== undefined && gnu) return yield* ctx.usage('a command must be given with an adjustment');
      yield* ctx.stdout.write(`${sys.getpriority(0)}\n`);
      return 0;
    }
    const r = sys.nice(Number(opts.adjustment ?? 10));
    if (r < 0 && sys.getpriority(0) !== r) {
      if (!gnu) return yield* ctx.die(`setpriority(${Number(opts.adjustment ?? 10)}): ${ctx.strerror(r)}`);
      yield* ctx.warn(`cannot set niceness: ${ctx.strerror(r)}`);
    }
    return yield* execCommand(ctx, ctx.args, sys.envp, shellQuote(ctx.args[0]!));
  },
});
