import { program } from '../../libc/program.ts';

export default program({
  name: 'tty',
  at: ['/usr/bin/tty'],
  spec: 'GNU coreutils 9.4 tty(1)',
  version: '(GNU coreutils) 9.4',
  writeErrorStatus: 3,
  usage: '[OPTION]...',
  about: 'Print the file name of the terminal connected to standard input.',
  options: { silent: { short: 's', help: 'print nothing, only return an exit status' } },
  usageStatus: 2,
  busybox: {
    at: '/usr/bin/tty',
    long: [],
    usage: '[-s]',
    help: "Print file name of stdin's terminal\n\n\t-s\tPrint nothing, only return exit status\n",
  },
  *main(ctx) {
    if (ctx.args.length > 0 && ctx.form === 'gnu') return yield* ctx.usage(`extra operand '${ctx.args[0]}'`);
    const name = ctx.sys.ttyname(0);
    if (!ctx.opts.silent) yield* ctx.stdout.write(`${typeof name === 'string' ? name : 'not a tty'}\n`);
    return typeof name === 'string' ? 0 : 1;
  },
});
