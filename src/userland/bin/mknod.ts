import { makedev, S_IFBLK, S_IFCHR, S_IFIFO } from '../../abi/stat.ts';
import { applyMode } from '../../libc/mode.ts';
import { program } from '../../libc/program.ts';
import { localeQuote, quoteIfNeeded } from '../../libc/shell-quote.ts';

const TYPES: Readonly<Record<string, number>> = { b: S_IFBLK, c: S_IFCHR, u: S_IFCHR, p: S_IFIFO };

export default program({
  name: 'mknod',
  at: ['/usr/bin/mknod'],
  spec: 'GNU coreutils 9.4 mknod(1); without -Z',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... NAME TYPE [MAJOR MINOR]',
  about: 'Create the special file NAME of the given TYPE.',
  options: { mode: { short: 'm', arg: 'MODE', help: 'set file permission bits to MODE, not a=rw - umask' } },
  busybox: {
    at: '/bin/mknod',
    long: [],
    usage: '[-m MODE] NAME TYPE [MAJOR MINOR]',
    help: 'Create a special file (block, character, or pipe)\n\n\t-m MODE\tCreation mode (default a=rw)\nTYPE:\n\tb\tBlock device\n\tc or u\tCharacter device\n\tp\tNamed pipe (MAJOR MINOR must be omitted)\n',
  },
  *main(ctx) {
    const { sys, opts, args } = ctx;
    const [name, letter] = args;
    const gnu = ctx.form === 'gnu';
    if (name === undefined) return yield* ctx.usage(gnu ? 'missing operand' : undefined);
    if (letter === undefined) return yield* ctx.usage(gnu ? `missing operand after ${localeQuote(name)}` : undefined);
    const type = TYPES[letter[0] ?? ''];
    if (type === undefined) return yield* ctx.usage(gnu ? `invalid device type ${localeQuote(letter)}` : undefined);
    const wanted = letter[0] === 'p' ? 2 : 4;
    if (args.length < wanted) {
      if (!gnu) return yield* ctx.usage();
      yield* ctx.warn(`missing operand after ${localeQuote(args.at(-1)!)}`);
      if (args.length === 2) yield* ctx.stderr.write('Special files require major and minor device numbers.\n');
      return yield* ctx.usage();
    }
    if (args.length > wanted) {
      if (!gnu) return yield* ctx.usage();
      yield* ctx.warn(`extra operand ${localeQuote(args[wanted]!)}`);
      if (wanted === 2 && args.length === 4)
        yield* ctx.stderr.write('Fifos do not have major and minor device numbers.\n');
      return yield* ctx.usage();
    }
    const mode = opts.mode === undefined ? 0o666 : applyMode(opts.mode, 0o666, false, 0);
    if (mode === undefined) return yield* ctx.die('invalid mode');
    const [major, minor] = [Number(args[2] ?? 0), Number(args[3] ?? 0)];
    if (Number.isNaN(major)) return yield* ctx.die(`invalid major device number ${localeQuote(args[2]!)}`);
    if (Number.isNaN(minor)) return yield* ctx.die(`invalid minor device number ${localeQuote(args[3]!)}`);
    const r = sys.mknod(name, type | mode, makedev(major, minor));
    if (r < 0) return yield* ctx.die(`${quoteIfNeeded(name)}: ${ctx.strerror(r)}`);
    if (opts.mode !== undefined) sys.chmod(name, mode);
    return 0;
  },
});
