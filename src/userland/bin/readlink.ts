import { EINVAL } from '../../abi/errno.ts';
import { program } from '../../libc/program.ts';
import { realPath } from '../../libc/real-path.ts';
import { quoteIfNeeded } from '../../libc/shell-quote.ts';

export default program({
  name: 'readlink',
  at: ['/usr/bin/readlink'],
  spec: 'GNU coreutils 9.4 readlink(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... FILE...',
  about: 'Print what a symbolic link says, or a canonical file name.',
  options: {
    canonicalize: { short: 'f', help: 'follow every link; all but the last component must exist' },
    canonicalizeExisting: { short: 'e', busybox: false, help: 'likewise, all must exist' },
    canonicalizeMissing: { short: 'm', busybox: false, help: 'likewise, none need exist' },
    noNewline: { short: 'n', help: 'no newline at the end' },
    quiet: { short: 'q', help: 'no error messages' },
    silent: { short: 's', busybox: false, help: 'no error messages' },
    verbose: { short: 'v', help: 'say what is wrong' },
    zero: { short: 'z', busybox: false, help: 'end with NUL' },
  },
  busybox: {
    at: '/usr/bin/readlink',
    long: [],
    usage: '[-fnv] FILE',
    help: "Display the value of a symlink\n\n\t-f\tCanonicalize by following all symlinks\n\t-n\tDon't add newline\n\t-v\tVerbose\n",
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    if (ctx.args.length === 0) return yield* ctx.usage(ctx.form === 'gnu' ? 'missing operand' : undefined);
    if (ctx.form === 'busybox' && ctx.args.length > 1) return yield* ctx.usage();
    const canonical = opts.canonicalize || opts.canonicalizeExisting || opts.canonicalizeMissing;
    let status = 0;
    for (const path of ctx.args) {
      const value = canonical
        ? realPath(sys, path, opts.canonicalizeMissing ? 'missing' : opts.canonicalizeExisting ? 'existing' : 'parents')
        : sys.readlink(path);
      if (typeof value === 'number') {
        status = 1;
        if (opts.verbose)
          yield* ctx.warn(
            ctx.form === 'busybox' && value === -EINVAL
              ? `${path}: cannot read link: not a symlink`
              : `${quoteIfNeeded(path)}: ${ctx.strerror(value)}`,
          );
        continue;
      }
      yield* ctx.stdout.write(value + (opts.noNewline && ctx.args.length === 1 ? '' : opts.zero ? '\0' : '\n'));
    }
    return status;
  },
});
