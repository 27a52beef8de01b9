import { ENOENT, ENOTDIR } from '../../abi/errno.ts';
import { Stat } from '../../abi/stat.ts';
import { BACKUP_OPTIONS, backupOf } from '../../libc/backup.ts';
import { PLAIN_COPY, TreeCopier } from '../../libc/copy-tree.ts';
import type { Wait } from '../../libc/io.ts';
import { basename, dirname, isDir, joinPath } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { invalidArgument, shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'cp',
  at: ['/usr/bin/cp'],
  spec: 'GNU coreutils 9.4 cp(1); --sparse and --reflink change nothing',
  version: '(GNU coreutils) 9.4',
  usage:
    '[OPTION]... [-T] SOURCE DEST\n  or:  cp [OPTION]... SOURCE... DIRECTORY\n  or:  cp [OPTION]... -t DIRECTORY SOURCE...',
  about: 'Copy SOURCE to DEST, or several SOURCEs to DIRECTORY.',
  options: {
    archive: { short: 'a', help: 'same as -dR --preserve=all' },
    attributesOnly: { busybox: false, help: 'copy only the attributes' },
    ...BACKUP_OPTIONS,
    noDereferenceLinks: { short: 'd', long: false, help: 'same as --no-dereference --preserve=links' },
    force: { short: 'f', help: 'if a destination cannot be opened, remove it and try again' },
    interactive: { short: 'i', help: 'ask before overwriting' },
    dereferenceOperands: { short: 'H', long: false, help: 'follow symbolic links in SOURCE' },
    link: { short: 'l', help: 'hard link instead of copying' },
    dereference: { short: 'L', help: 'always follow symbolic links in SOURCE' },
    noClobber: { short: 'n', help: 'do not overwrite an existing file' },
    noDereference: { short: 'P', help: 'never follow symbolic links in SOURCE' },
    preserveDefault: { short: 'p', long: false, help: 'same as --preserve=mode,ownership,timestamps' },
    preserve: {
      arg: 'ATTR_LIST',
      optional: true,
      busybox: false,
      help: 'preserve mode, ownership, timestamps, links, xattr, all',
    },
    noPreserve: { arg: 'ATTR_LIST', busybox: false, help: 'do not preserve these' },
    parents: { help: 'use the full source name under DIRECTORY' },
    recursive: { short: 'Rr', help: 'copy directories recursively' },
    reflink: { arg: 'WHEN', optional: true, busybox: false, help: 'control clone copies' },
    removeDestination: { busybox: false, help: 'remove each existing destination first' },
    sparse: { arg: 'WHEN', busybox: false, help: 'control holes' },
    stripTrailingSlashes: { busybox: false, help: 'remove trailing slashes from each SOURCE' },
    symbolicLink: { short: 's', help: 'make symbolic links instead of copying' },
    targetDirectory: { short: 't', arg: 'DIRECTORY', help: 'copy all SOURCEs into DIRECTORY' },
    noTargetDirectory: { short: 'T', help: 'treat DEST as a normal file' },
    update: { short: 'u', help: 'copy only what is newer' },
    verbose: { short: 'v', help: 'say what is done' },
    oneFileSystem: { short: 'x', busybox: false, help: 'stay on this file system' },
  },
  busybox: {
    at: '/bin/cp',
    usage: '[-arPLHpfinlsTu] SOURCE DEST\nor: cp [-arPLHpfinlsu] SOURCE... { -t DIRECTORY | DIRECTORY }',
    help: "Copy SOURCEs to DEST\n\n\t-a\tSame as -dpR\n\t-R,-r\tRecurse\n\t-d,-P\tPreserve symlinks (default if -R)\n\t-L\tFollow all symlinks\n\t-H\tFollow symlinks on command line\n\t-p\tPreserve file attributes if possible\n\t-f\tOverwrite\n\t-i\tPrompt before overwrite\n\t-n\tDon't overwrite\n\t-l,-s\tCreate (sym)links\n\t-T\tRefuse to copy if DEST is a directory\n\t-t DIR\tCopy all SOURCEs into DIR\n\t-u\tCopy only newer files\n",
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
    for (const [option, word, valid] of [
      ['--reflink', opts.reflink, ['auto', 'always', 'never']],
      ['--sparse', opts.sparse, ['auto', 'always', 'never']],
    ] as const)
      if (word && !valid.some((known) => known.startsWith(word)))
        return yield* ctx.usage(invalidArgument(option, word, valid));
    const keep = new Set((opts.preserve === '' ? 'mode,ownership,timestamps' : (opts.preserve ?? '')).split(','));
    const all = opts.archive || keep.has('all');
    const recursive = opts.recursive || opts.archive;
    const copier = new TreeCopier(ctx, {
      ...PLAIN_COPY,
      recursive,
      follow: opts.dereference
        ? 'always'
        : opts.dereferenceOperands
          ? 'operands'
          : opts.archive || opts.noDereference || opts.noDereferenceLinks || recursive
            ? 'never'
            : 'always',
      preserveMode: all || opts.preserveDefault || keep.has('mode'),
      preserveOwner: all || opts.preserveDefault || keep.has('ownership'),
      preserveTimes: all || opts.preserveDefault || keep.has('timestamps'),
      preserveLinks: all || opts.noDereferenceLinks || keep.has('links'),
      force: opts.force,
      removeDestination: opts.removeDestination,
      noClobber: opts.noClobber,
      update: opts.update,
      interactive: opts.interactive,
      verbose: opts.verbose,
      link: opts.link ? 'hard' : opts.symbolicLink ? 'symbolic' : undefined,
      attributesOnly: opts.attributesOnly,
      backup: yield* backupOf(ctx),
    });
    const into = opts.targetDirectory !== undefined || (!opts.noTargetDirectory && isDir(sys, dest));
    if (!into && sources.length > 1)
      return yield* ctx.die(
        form === 'gnu'
          ? `target ${shellQuote(dest)}: ${ctx.strerror(sys.stat(dest, new Stat()) < 0 ? ENOENT : ENOTDIR)}`
          : `target '${dest}' is not a directory`,
      );
    let status = 0;
    for (const given of sources) {
      const source = opts.stripTrailingSlashes ? given.replace(/(.)\/+$/, '$1') : given;
      if (opts.parents && !(yield* makeParents(ctx, dest, source))) {
        status = 1;
        continue;
      }
      const to = into ? joinPath(dest, opts.parents ? source.replace(/^\/+/, '') : basename(source)) : dest;
      if (!(yield* copier.copy(source, basename(source) === '.' && into ? dest : to))) status = 1;
    }
    return status;
  },
});

/** The directories of `source` below `dest`, for --parents. @returns false where one cannot be made */
function* makeParents(ctx: Context, dest: string, source: string): Wait<boolean> {
  const parts = dirname(source.replace(/^\/+/, '')).split('/');
  const st = new Stat();
  let path = dest;
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    path = joinPath(path, part);
    if (ctx.sys.stat(path, st) === 0) continue;
    const r = ctx.sys.mkdir(path, 0o777);
    if (r < 0) {
      yield* ctx.warn(`cannot make directory ${shellQuote(path)}: ${ctx.strerror(r)}`);
      return false;
    }
  }
  return true;
}
