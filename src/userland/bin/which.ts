import { X_OK } from '../../abi/flags.ts';
import { isRegular, Stat } from '../../abi/stat.ts';
import { joinPath } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'which',
  at: ['/usr/bin/which'],
  spec: 'debianutils which(1)',
  usage: '[-as] args',
  about: 'Print the path of each program that a shell would start.',
  options: {
    all: { short: 'a', long: false, help: 'print all' },
    silent: { short: 's', long: false, busybox: false, help: 'print nothing' },
  },
  busybox: { at: '/usr/bin/which', usage: '[-a] COMMAND...', help: 'Locate COMMAND\n\n\t-a\tShow all matches\n' },
  *main(ctx) {
    const st = new Stat();
    let status = ctx.args.length === 0 ? 1 : 0;
    for (const name of ctx.args) {
      const places = name.includes('/')
        ? [name]
        : (ctx.env.get('PATH') ?? '').split(':').map((dir) => joinPath(dir || '.', name));
      const found = places.filter(
        (path) => ctx.sys.stat(path, st) === 0 && isRegular(st.mode) && ctx.sys.access(path, X_OK) === 0,
      );
      if (found.length === 0) status = 1;
      if (!ctx.opts.silent)
        for (const path of ctx.opts.all ? found : found.slice(0, 1)) yield* ctx.stdout.write(`${path}\n`);
    }
    return status;
  },
});
