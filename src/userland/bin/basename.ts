import { basename } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'basename',
  at: ['/usr/bin/basename'],
  spec: 'GNU coreutils 9.4 basename(1)',
  version: '(GNU coreutils) 9.4',
  usage: 'NAME [SUFFIX]\n  or:  basename OPTION... NAME...',
  about: 'Print NAME without leading directories, and without SUFFIX if it ends so.',
  options: {
    multiple: { short: 'a', help: 'treat every argument as a NAME' },
    suffix: { short: 's', arg: 'SUFFIX', help: 'remove a trailing SUFFIX; implies -a' },
    zero: { short: 'z', busybox: false, help: 'end each line with NUL' },
  },
  stopAtOperand: true,
  busybox: {
    at: '/usr/bin/basename',
    long: [],
    usage: 'FILE [SUFFIX] | -a FILE... | -s SUFFIX FILE...',
    help: 'Strip directory path and SUFFIX from FILE\n\n\t-a\t\tAll arguments are FILEs\n\t-s SUFFIX\tRemove SUFFIX (implies -a)\n',
  },
  *main(ctx) {
    const { args, opts } = ctx;
    if (args.length === 0) return yield* ctx.usage(ctx.form === 'gnu' ? 'missing operand' : undefined);
    const many = opts.multiple || opts.suffix !== undefined;
    if (!many && args.length > 2)
      return yield* ctx.usage(ctx.form === 'gnu' ? `extra operand ${localeQuote(args[2]!)}` : undefined);
    const suffix = many ? (opts.suffix ?? '') : (args[1] ?? '');
    for (const name of many ? args : [args[0]!]) {
      const base = basename(name);
      const cut = suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base;
      yield* ctx.stdout.write(cut + (opts.zero ? '\0' : '\n'));
    }
    return 0;
  },
});
