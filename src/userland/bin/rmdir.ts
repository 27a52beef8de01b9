import { ENOTEMPTY } from '../../abi/errno.ts';
import { dirname } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';
import { shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'rmdir',
  at: ['/usr/bin/rmdir'],
  spec: 'GNU coreutils 9.4 rmdir(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... DIRECTORY...',
  about: 'Remove each DIRECTORY that is empty.',
  options: {
    ignoreFailOnNonEmpty: { help: 'be silent about directories that are not empty' },
    parents: { short: 'p', help: 'remove the directory and its ancestors' },
    verbose: { short: 'v', busybox: false, help: 'say what is removed' },
  },
  busybox: {
    at: '/bin/rmdir',
    usage: '[-p] DIRECTORY...',
    help: 'Remove DIRECTORY if it is empty\n\n\t-p\tInclude parents\n\t--ignore-fail-on-non-empty\n',
  },
  *main(ctx) {
    if (ctx.args.length === 0) return yield* ctx.usage(ctx.form === 'gnu' ? 'missing operand' : undefined);
    let status = 0;
    for (const path of ctx.args) {
      for (let dir = path; ; dir = dirname(dir)) {
        if (ctx.opts.verbose) yield* ctx.stdout.write(`${ctx.name}: removing directory, ${shellQuote(dir)}\n`);
        const r = ctx.sys.rmdir(dir);
        if (r < 0) {
          if (r === -ENOTEMPTY && ctx.opts.ignoreFailOnNonEmpty) break;
          const words = dir === path ? 'failed to remove' : 'failed to remove directory';
          yield* ctx.warn(
            ctx.form === 'gnu' ? `${words} ${shellQuote(dir)}: ${ctx.strerror(r)}` : `'${dir}': ${ctx.strerror(r)}`,
          );
          status = 1;
          break;
        }
        if (!ctx.opts.parents || !dir.replace(/\/+$/, '').includes('/') || dirname(dir) === '/') break;
      }
    }
    return status;
  },
});
