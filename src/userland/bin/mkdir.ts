import { EEXIST, ENOENT } from '../../abi/errno.ts';
import { S_IFMT } from '../../abi/stat.ts';
import { applyMode } from '../../libc/mode.ts';
import { dirname, isDir } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';
import { localeQuote, shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'mkdir',
  at: ['/usr/bin/mkdir'],
  spec: 'GNU coreutils 9.4 mkdir(1); -Z is accepted and does nothing',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... DIRECTORY...',
  about: 'Make each DIRECTORY that does not exist.',
  options: {
    mode: { short: 'm', arg: 'MODE', help: 'set the permissions (as chmod), not a=rwx - umask' },
    parents: { short: 'p', help: 'make parents as needed; an existing directory is no error' },
    verbose: { short: 'v', help: 'say what is made' },
    context: { short: 'Z', busybox: false, help: 'accepted for compatibility' },
  },
  busybox: {
    at: '/bin/mkdir',
    usage: '[-m MODE] [-p] DIRECTORY...',
    help: 'Create DIRECTORY\n\n\t-m MODE\tMode\n\t-p\tNo error if exists; make parent directories as needed\n',
  },
  *main(ctx) {
    const { sys, opts, form } = ctx;
    if (ctx.args.length === 0) return yield* ctx.usage(form === 'gnu' ? 'missing operand' : undefined);
    const umask = sys.umask(0);
    sys.umask(umask);
    let mode: number | undefined;
    if (opts.mode !== undefined) {
      mode = applyMode(opts.mode, 0o777, true, umask);
      if (mode === undefined)
        return yield* ctx.die(
          form === 'gnu' ? `invalid mode ${localeQuote(opts.mode)}` : `invalid mode '${opts.mode}'`,
        );
    }
    const fail = function* (path: string, errno: number) {
      yield* ctx.warn(
        form === 'gnu'
          ? `cannot create directory ${shellQuote(path)}: ${ctx.strerror(errno)}`
          : `can't create directory '${path}': ${ctx.strerror(errno)}`,
      );
      return 1;
    };
    const made = function* (path: string) {
      if (opts.verbose)
        yield* ctx.stdout.write(
          ctx.form === 'gnu'
            ? `${ctx.name}: created directory ${shellQuote(path)}\n`
            : `created directory: '${path}'\n`,
        );
    };
    const parents = function* (path: string): Generator<void, number, void> {
      if (path === '.' || path === '/' || isDir(sys, path)) return 0;
      const r = sys.mkdir(path, 0o777 | 0o300);
      if (r === 0) {
        yield* made(path);
        return 0;
      }
      if (r !== -ENOENT) return isDir(sys, path) ? 0 : r;
      const up = yield* parents(dirname(path));
      return up < 0 ? up : yield* parents(path);
    };
    let status = 0;
    for (const path of ctx.args) {
      if (opts.parents) {
        const up = yield* parents(dirname(path));
        if (up < 0) {
          status = yield* fail(path, up);
          continue;
        }
      }
      const r = sys.mkdir(path, 0o777);
      if (r < 0) {
        if (opts.parents && r === -EEXIST && isDir(sys, path)) continue;
        status = yield* fail(path, r);
        continue;
      }
      if (mode !== undefined) sys.chmod(path, mode & ~S_IFMT);
      yield* made(path);
    }
    return status;
  },
});
