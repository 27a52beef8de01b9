import { EEXIST, ENOENT, ENOTDIR, ENOTEMPTY, EXDEV } from '../../abi/errno.ts';
import { W_OK } from '../../abi/flags.ts';
import { isDirectory, isSymlink, Stat } from '../../abi/stat.ts';
import { BACKUP_OPTIONS, type Backup, backupOf, keep } from '../../libc/backup.ts';
import { PLAIN_COPY, TreeCopier } from '../../libc/copy-tree.ts';
import { basename, isDir, joinPath, removeTree } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { shellQuote } from '../../libc/shell-quote.ts';

const options = {
  ...BACKUP_OPTIONS,
  force: { short: 'f', help: 'do not ask before overwriting' },
  interactive: { short: 'i', help: 'ask before overwriting' },
  noClobber: { short: 'n', help: 'do not overwrite an existing file' },
  stripTrailingSlashes: { busybox: false, help: 'remove trailing slashes from each SOURCE' },
  targetDirectory: { short: 't', arg: 'DIRECTORY', help: 'move all SOURCEs into DIRECTORY' },
  noTargetDirectory: { short: 'T', help: 'treat DEST as a normal file' },
  update: { short: 'u', busybox: false, help: 'move only what is newer' },
  verbose: { short: 'v', help: 'say what is done' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'mv',
  at: ['/usr/bin/mv'],
  spec: 'GNU coreutils 9.4 mv(1)',
  version: '(GNU coreutils) 9.4',
  usage:
    '[OPTION]... [-T] SOURCE DEST\n  or:  mv [OPTION]... SOURCE... DIRECTORY\n  or:  mv [OPTION]... -t DIRECTORY SOURCE...',
  about: 'Rename SOURCE to DEST, or move SOURCEs to DIRECTORY.',
  options,
  busybox: {
    at: '/bin/mv',
    usage: '[-finT] SOURCE DEST\nor: mv [-fin] SOURCE... { -t DIRECTORY | DIRECTORY }',
    help: "Rename SOURCE to DEST, or move SOURCEs to DIRECTORY\n\n\t-f\tDon't prompt before overwriting\n\t-i\tInteractive, prompt before overwrite\n\t-n\tDon't overwrite an existing file\n\t-T\tRefuse to move if DEST is a directory\n\t-t DIR\tMove all SOURCEs into DIR\n",
  },
  *main(ctx) {
    const { opts, form, sys } = ctx;
    const sources = ctx.args.slice();
    let dest = opts.targetDirectory;
    if (dest === undefined) {
      if (sources.length === 0) return yield* ctx.usage(form === 'gnu' ? 'missing file operand' : undefined);
      if (sources.length === 1)
        return yield* ctx.usage(
          form === 'gnu' ? `missing destination file operand after ${shellQuote(sources[0]!)}` : undefined,
        );
      dest = sources.pop()!;
    }
    const into = opts.targetDirectory !== undefined || (!opts.noTargetDirectory && isDir(sys, dest));
    if (!into && sources.length > 1)
      return yield* ctx.die(
        form === 'gnu'
          ? `target ${shellQuote(dest)}: ${ctx.strerror(sys.stat(dest, new Stat()) < 0 ? ENOENT : ENOTDIR)}`
          : `target '${dest}' is not a directory`,
      );
    const backup = yield* backupOf(ctx);
    let status = 0;
    for (const given of sources) {
      const source = opts.stripTrailingSlashes ? given.replace(/(.)\/+$/, '$1') : given;
      if (!(yield* move(ctx, backup, source, into ? joinPath(dest, basename(source)) : dest))) status = 1;
    }
    return status;
  },
});

function* move(ctx: Ctx, backup: Backup | undefined, from: string, to: string): Generator<void, boolean, void> {
  const { sys, opts, form } = ctx;
  const fail = function* (gnu: string, busybox: string, errno?: number) {
    const message = form === 'gnu' ? gnu : busybox;
    yield* ctx.warn(errno === undefined ? message : `${message}: ${ctx.strerror(errno)}`);
    return false;
  };
  const st = new Stat();
  const found = sys.lstat(from, st);
  if (found < 0) return yield* fail(`cannot stat ${shellQuote(from)}`, `can't rename '${from}'`, found);
  const there = new Stat();
  if (sys.lstat(to, there) === 0) {
    if (there.dev === st.dev && there.ino === st.ino && from.replace(/\/+$/, '') === to.replace(/\/+$/, ''))
      return yield* fail(
        `${shellQuote(from)} and ${shellQuote(to)} are the same file`,
        `'${from}' and '${to}' are the same file`,
      );
    if (opts.noClobber) return true;
    if (opts.update && there.mtimeSec >= st.mtimeSec) return true;
    if (isDirectory(there.mode) && !isDirectory(st.mode))
      return yield* fail(
        `cannot overwrite directory ${shellQuote(to)} with non-directory`,
        `can't rename '${from}': Is a directory`,
      );
    if (!isDirectory(there.mode) && isDirectory(st.mode))
      return yield* fail(
        `cannot overwrite non-directory ${shellQuote(to)} with directory ${shellQuote(from)}`,
        `can't rename '${from}': Not a directory`,
      );
    const guarded = !opts.force && !isSymlink(there.mode) && sys.isatty(0) && sys.access(to, W_OK) < 0;
    if (opts.interactive || guarded) {
      yield* ctx.stdout.flush();
      yield* ctx.stderr.write(
        form === 'gnu'
          ? `${ctx.name}: ${guarded ? 'replace' : 'overwrite'} ${shellQuote(to)}? `
          : `${ctx.name}: overwrite '${to}'? `,
      );
      if (!/^[yY]/.test((yield* ctx.stdin.line()) ?? '')) return true;
    }
  }
  let note = '';
  if (backup && sys.lstat(to, there) === 0 && !isDirectory(there.mode)) {
    const kept = keep(sys, to, backup);
    if (typeof kept === 'number') return yield* fail(`cannot backup ${shellQuote(to)}`, '', kept);
    note = ` (backup: ${shellQuote(kept)})`;
  }
  let r = sys.rename(from, to);
  if (r === -EXDEV) {
    if (isDirectory(there.mode) || !isDirectory(st.mode)) {
      const cleared = isDirectory(there.mode) ? sys.rmdir(to) : sys.unlink(to);
      if (cleared === -ENOTEMPTY || cleared === -EEXIST)
        return yield* fail(
          `inter-device move failed: ${shellQuote(from)} to ${shellQuote(to)}; unable to remove target`,
          `can't rename '${from}'`,
          cleared,
        );
    }
    const copier = new TreeCopier(ctx, {
      ...PLAIN_COPY,
      recursive: true,
      follow: 'never',
      preserveMode: true,
      preserveOwner: true,
      preserveTimes: true,
      preserveLinks: true,
    });
    if (!(yield* copier.copy(from, to))) return false;
    r = removeTree(sys, from);
    if (r < 0) return yield* fail(`cannot remove ${shellQuote(from)}`, `can't remove '${from}'`, r);
  } else if (r < 0) {
    if (r === -22)
      return yield* fail(
        `cannot move ${shellQuote(from)} to a subdirectory of itself, ${shellQuote(to)}`,
        `can't rename '${from}'`,
        form === 'gnu' ? undefined : r,
      );
    const words =
      r === -ENOTEMPTY
        ? `cannot move ${shellQuote(from)} to ${shellQuote(to)}`
        : `cannot move ${shellQuote(from)} to ${shellQuote(to)}`;
    return yield* fail(words, `can't rename '${from}'`, r);
  }
  if (opts.verbose)
    yield* ctx.stdout.write(`${ctx.form === 'gnu' ? 'renamed ' : ''}${shellQuote(from)} -> ${shellQuote(to)}${note}\n`);
  return true;
}
