import { program } from '../../libc/program.ts';
import { localeQuote, shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'link',
  at: ['/usr/bin/link'],
  spec: 'GNU coreutils 9.4 link(1)',
  version: '(GNU coreutils) 9.4',
  usage: 'FILE1 FILE2\n  or:  link OPTION',
  about: 'Call the link function to create a link named FILE2 to an existing FILE1.',
  options: {},
  busybox: {
    at: '/bin/link',
    usage: 'FILE LINK',
    help: 'Create hard LINK to FILE\n',
  },
  *main(ctx) {
    const [from, to, more] = ctx.args;
    const gnu = ctx.form === 'gnu';
    if (from === undefined) return yield* ctx.usage(gnu ? 'missing operand' : undefined);
    if (to === undefined) return yield* ctx.usage(gnu ? `missing operand after ${localeQuote(from)}` : undefined);
    if (more !== undefined) return yield* ctx.usage(gnu ? `extra operand ${localeQuote(more)}` : undefined);
    const r = ctx.sys.link(from, to);
    if (r === 0) return 0;
    return yield* ctx.die(
      gnu
        ? `cannot create link ${shellQuote(to)} to ${shellQuote(from)}: ${ctx.strerror(r)}`
        : `can't create hardlink '${to}' to '${from}': ${ctx.strerror(r)}`,
    );
  },
});
