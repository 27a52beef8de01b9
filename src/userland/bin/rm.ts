import { ENOENT, ENOTDIR } from '../../abi/errno.ts';
import { W_OK } from '../../abi/flags.ts';
import { isDirectory, isRegular, isSymlink, Stat } from '../../abi/stat.ts';
import { basename, joinPath, listDir } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { shellQuote } from '../../libc/shell-quote.ts';

const options = {
  force: { short: 'f', help: 'ignore files that do not exist, never ask' },
  interactive: { short: 'i', long: false, help: 'ask before every removal' },
  once: {
    short: 'I',
    long: false,
    busybox: false,
    help: 'ask once before removing more than three files, or recursively',
  },
  interactiveWhen: {
    long: 'interactive',
    arg: 'WHEN',
    optional: true,
    busybox: false,
    help: 'ask never, once (-I) or always (-i)',
  },
  oneFileSystem: { busybox: false, help: 'with -r, skip directories on another file system' },
  noPreserveRoot: { busybox: false, help: "do not treat '/' specially" },
  preserveRoot: { arg: 'all', optional: true, busybox: false, help: "do not remove '/' (default)" },
  recursive: { short: 'rR', help: 'remove directories and their contents' },
  dir: { short: 'd', busybox: false, help: 'remove empty directories' },
  verbose: { short: 'v', help: 'say what is done' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'rm',
  at: ['/usr/bin/rm'],
  spec: 'GNU coreutils 9.4 rm(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Remove (unlink) each FILE; directories only with -r or -d.',
  options,
  busybox: {
    at: '/bin/rm',
    long: [],
    usage: '[-irf] FILE...',
    help: 'Remove (unlink) FILEs\n\n\t-i\tAlways prompt before removing\n\t-f\tNever prompt\n\t-R,-r\tRecurse\n',
  },
  *main(ctx) {
    const { opts } = ctx;
    if (ctx.args.length === 0)
      return opts.force ? 0 : yield* ctx.usage(ctx.form === 'gnu' ? 'missing operand' : undefined);
    if (opts.once && (ctx.args.length > 3 || opts.recursive)) {
      const what = `remove ${ctx.args.length} argument${ctx.args.length > 1 ? 's' : ''}${opts.recursive ? ' recursively' : ''}? `;
      if (!(yield* ask(ctx, what))) return 0;
    }
    let status = 0;
    for (const path of ctx.args) {
      const last = basename(path);
      if (last === '.' || last === '..') {
        yield* ctx.warn(
          ctx.form === 'gnu'
            ? `refusing to remove '.' or '..' directory: skipping ${shellQuote(path)}`
            : `can't remove '.' or '..'`,
        );
        status = 1;
        continue;
      }
      if (opts.recursive && /^\/+$/.test(path) && !opts.noPreserveRoot && ctx.form === 'gnu') {
        yield* ctx.warn("it is dangerous to operate recursively on '/'");
        yield* ctx.warn('use --no-preserve-root to override this failsafe');
        status = 1;
        continue;
      }
      if (!(yield* remove(ctx, path))) status = 1;
    }
    return status;
  },
});

function* ask(ctx: Ctx, what: string): Generator<void, boolean, void> {
  yield* ctx.stdout.flush();
  yield* ctx.stderr.write(`${ctx.name}: ${what}`);
  const answer = yield* ctx.stdin.line();
  return /^[yY]/.test(answer ?? '');
}

function* cannot(ctx: Ctx, path: string, errno: number): Generator<void, boolean, void> {
  yield* ctx.warn(
    ctx.form === 'gnu'
      ? `cannot remove ${shellQuote(path)}: ${ctx.strerror(errno)}`
      : `can't remove '${path}': ${ctx.strerror(errno)}`,
  );
  return false;
}

/** Removes one operand or entry. @returns true where all of it is gone or was meant to stay */
function* remove(ctx: Ctx, path: string): Generator<void, boolean, void> {
  const { sys, opts } = ctx;
  if (sys.tick()) yield;
  const st = new Stat();
  const found = sys.lstat(path, st);
  if (found < 0) {
    if (opts.force && (found === -ENOENT || found === -ENOTDIR)) return true;
    return yield* cannot(ctx, path, found);
  }
  const always = opts.interactive || opts.interactiveWhen === 'always' || opts.interactiveWhen === '';
  const unwritable = !opts.force && !isSymlink(st.mode) && sys.access(path, W_OK) < 0 && sys.isatty(0);
  const kind = isDirectory(st.mode)
    ? 'directory'
    : isSymlink(st.mode)
      ? 'symbolic link'
      : isRegular(st.mode)
        ? st.size === 0
          ? 'regular empty file'
          : 'regular file'
        : 'special file';
  const guarded = unwritable ? 'write-protected ' : '';
  if (!isDirectory(st.mode)) {
    if (
      (always || unwritable) &&
      !(yield* ask(ctx, ctx.form === 'gnu' ? `remove ${guarded}${kind} ${shellQuote(path)}? ` : `remove '${path}'? `))
    )
      return true;
    const r = sys.unlink(path);
    if (r < 0) return yield* cannot(ctx, path, r);
    if (opts.verbose) yield* ctx.stdout.write(`removed ${shellQuote(path)}\n`);
    return true;
  }
  if (!opts.recursive) {
    if (!opts.dir) {
      yield* ctx.warn(
        ctx.form === 'gnu' ? `cannot remove ${shellQuote(path)}: Is a directory` : `'${path}' is a directory`,
      );
      return false;
    }
  } else {
    if (
      always &&
      !(yield* ask(
        ctx,
        ctx.form === 'gnu'
          ? `descend into ${guarded}directory ${shellQuote(path)}? `
          : `descend into directory '${path}'? `,
      ))
    )
      return true;
    const names = listDir(sys, path);
    if (typeof names === 'number') {
      if (sys.rmdir(path) === 0) return true;
      return yield* cannot(ctx, path, names);
    }
    let all = true;
    for (const name of names) if (!(yield* remove(ctx, joinPath(path, name)))) all = false;
    if (!all) return false;
    if (
      always &&
      !(yield* ask(ctx, ctx.form === 'gnu' ? `remove directory ${shellQuote(path)}? ` : `remove directory '${path}'? `))
    )
      return true;
  }
  const r = sys.rmdir(path);
  if (r < 0) return yield* cannot(ctx, path, r);
  if (opts.verbose) yield* ctx.stdout.write(`removed directory${ctx.form === 'gnu' ? '' : ':'} ${shellQuote(path)}\n`);
  return true;
}
