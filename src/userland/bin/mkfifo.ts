import { S_IFIFO } from '../../abi/stat.ts';
import { applyMode } from '../../libc/mode.ts';
import { program } from '../../libc/program.ts';
import { quoteIfNeeded, shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'mkfifo',
  at: ['/usr/bin/mkfifo'],
  spec: 'GNU coreutils 9.4 mkfifo(1); without -Z',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... NAME...',
  about: 'Create named pipes (FIFOs) with the given NAMEs.',
  options: { mode: { short: 'm', arg: 'MODE', help: 'set file permission bits to MODE, not a=rw - umask' } },
  busybox: {
    at: '/usr/bin/mkfifo',
    long: [],
    usage: '[-m MODE] NAME',
    help: 'Create named pipe\n\n\t-m MODE\tMode (default a=rw)\n',
  },
  *main(ctx) {
    const { sys, opts } = ctx;
    if (ctx.args.length === 0) return yield* ctx.usage(ctx.form === 'gnu' ? 'missing operand' : undefined);
    const mode = opts.mode === undefined ? 0o666 : applyMode(opts.mode, 0o666, false, 0);
    if (mode === undefined) return yield* ctx.die(ctx.form === 'gnu' ? 'invalid mode' : `invalid mode '${opts.mode}'`);
    let status = 0;
    for (const name of ctx.args) {
      const r = sys.mknod(name, S_IFIFO | mode, 0);
      if (r === 0) {
        if (opts.mode !== undefined) sys.chmod(name, mode);
        continue;
      }
      status = 1;
      yield* ctx.perror(ctx.form === 'gnu' ? `cannot create fifo ${shellQuote(name)}` : quoteIfNeeded(name), r);
    }
    return status;
  },
});
