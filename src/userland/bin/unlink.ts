import { program } from '../../libc/program.ts';
import { localeQuote, shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'unlink',
  at: ['/usr/bin/unlink'],
  spec: 'GNU coreutils 9.4 unlink(1)',
  version: '(GNU coreutils) 9.4',
  usage: 'FILE\n  or:  unlink OPTION',
  about: 'Call the unlink function to remove the specified FILE.',
  options: {},
  busybox: {
    at: '/usr/bin/unlink',
    usage: 'FILE',
    help: 'Delete FILE by calling unlink()\n',
  },
  *main(ctx) {
    const [name, more] = ctx.args;
    const gnu = ctx.form === 'gnu';
    if (name === undefined) return yield* ctx.usage(gnu ? 'missing operand' : undefined);
    if (more !== undefined) return yield* ctx.usage(gnu ? `extra operand ${localeQuote(more)}` : undefined);
    const r = ctx.sys.unlink(name);
    if (r === 0) return 0;
    return yield* ctx.die(
      gnu ? `cannot unlink ${shellQuote(name)}: ${ctx.strerror(r)}` : `can't remove file '${name}': ${ctx.strerror(r)}`,
    );
  },
});
