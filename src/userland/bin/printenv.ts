import { program } from '../../libc/program.ts';

export default program({
  name: 'printenv',
  at: ['/usr/bin/printenv'],
  spec: 'GNU coreutils 9.4 printenv(1)',
  version: '(GNU coreutils) 9.4',
  writeErrorStatus: 2,
  usage: '[OPTION]... [VARIABLE]...',
  about: 'Print the values of the specified environment VARIABLEs, or all of them.',
  options: { null: { short: '0', busybox: false, help: 'end each output line with NUL, not newline' } },
  usageStatus: 2,
  busybox: {
    at: '/usr/bin/printenv',
    usage: '[VARIABLE]...',
    help: 'Print environment VARIABLEs.\nIf no VARIABLE specified, print all.\n',
  },
  *main(ctx) {
    const end = ctx.opts.null ? '\0' : '\n';
    if (ctx.args.length === 0) {
      for (const pair of ctx.sys.envp) yield* ctx.stdout.write(pair + end);
      return 0;
    }
    let status = 0;
    for (const name of ctx.args) {
      const value = ctx.env.get(name);
      if (value === undefined) status = 1;
      else yield* ctx.stdout.write(value + end);
    }
    return status;
  },
});
