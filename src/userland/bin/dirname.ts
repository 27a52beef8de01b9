import { dirname } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'dirname',
  at: ['/usr/bin/dirname'],
  spec: 'GNU coreutils 9.4 dirname(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION] NAME...',
  about: 'Print each NAME without its last component.',
  options: { zero: { short: 'z', busybox: false, help: 'end each line with NUL' } },
  busybox: { at: '/usr/bin/dirname', usage: 'FILENAME', help: 'Strip non-directory suffix from FILENAME\n' },
  *main(ctx) {
    if (ctx.args.length === 0) return yield* ctx.usage(ctx.form === 'gnu' ? 'missing operand' : undefined);
    for (const name of ctx.args) yield* ctx.stdout.write(dirname(name) + (ctx.opts.zero ? '\0' : '\n'));
    return 0;
  },
});
