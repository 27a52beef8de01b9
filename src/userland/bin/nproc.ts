import { program } from '../../libc/program.ts';

export default program({
  name: 'nproc',
  at: ['/usr/bin/nproc'],
  spec: 'GNU coreutils 9.4 nproc(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]...',
  about: 'Print the number of processing units available.',
  options: { all: { help: 'print the number installed' }, ignore: { arg: 'N', help: 'leave N out, if possible' } },
  busybox: {
    at: '/usr/bin/nproc',
    usage: '[--all] [--ignore=N]',
    help: 'Print number of available CPUs\n\n\t--all\t\tNumber of installed CPUs\n\t--ignore=N\tExclude N CPUs\n',
  },
  *main(ctx) {
    const count = ctx.opts.all ? ctx.sys.sysinfo().cpus : ctx.sys.sched_getaffinity().length;
    yield* ctx.stdout.write(`${Math.max(1, count - Number(ctx.opts.ignore ?? 0))}\n`);
    return 0;
  },
});
