import { EEXIST } from '../../abi/errno.ts';
import { isDirectory, Stat } from '../../abi/stat.ts';
import { BACKUP_OPTIONS, type Backup, backupOf, keep } from '../../libc/backup.ts';
import { basename, dirname, joinPath, normalizePath } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';
import { shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'ln',
  at: ['/usr/bin/ln'],
  spec: 'GNU coreutils 9.4 ln(1)',
  version: '(GNU coreutils) 9.4',
  usage:
    '[OPTION]... [-T] TARGET LINK_NAME\n  or:  ln [OPTION]... TARGET\n  or:  ln [OPTION]... TARGET... DIRECTORY\n  or:  ln [OPTION]... -t DIRECTORY TARGET...',
  about: 'Make a link LINK_NAME to TARGET: a hard one, or with -s a symbolic one.',
  options: {
    ...BACKUP_OPTIONS,
    busyboxBackup: { short: 'b', long: false, busybox: 'only', help: 'Make a backup of the target' },
    busyboxSuffix: { short: 'S', long: false, arg: 'SUF', busybox: 'only', help: 'Use suffix instead of ~' },
    force: { short: 'f', help: 'remove an existing LINK_NAME' },
    interactive: { short: 'i', busybox: false, help: 'ask before removing' },
    logical: { short: 'L', busybox: false, help: 'follow TARGETs that are symbolic links' },
    noDereference: { short: 'n', help: 'treat a LINK_NAME that is a link to a directory as a file' },
    physical: { short: 'P', busybox: false, help: 'link symbolic links themselves' },
    relative: { short: 'r', busybox: false, help: 'with -s, make TARGET relative to the link' },
    symbolic: { short: 's', help: 'make symbolic links' },
    targetDirectory: { short: 't', arg: 'DIRECTORY', busybox: false, help: 'make the links in DIRECTORY' },
    noTargetDirectory: { short: 'T', help: 'treat LINK_NAME as a normal file' },
    verbose: { short: 'v', help: 'say what is linked' },
  },
  busybox: {
    at: '/bin/ln',
    long: [],
    usage: '[-sfnbtv] [-S SUF] TARGET... LINK|DIR',
    help: "Create a link LINK or DIR/TARGET to the specified TARGET(s)\n\n\t-s\tMake symlinks instead of hardlinks\n\t-f\tRemove existing destinations\n\t-n\tDon't dereference symlinks - treat like normal file\n\t-b\tMake a backup of the target (if exists) before link operation\n\t-S SUF\tUse suffix instead of ~ when making backup files\n\t-T\tTreat LINK as a file, not DIR\n\t-v\tVerbose\n",
  },
  *main(ctx) {
    const { opts, form, sys } = ctx;
    const targets = ctx.args.slice();
    if (targets.length === 0) return yield* ctx.usage(form === 'gnu' ? 'missing file operand' : undefined);
    const st = new Stat();
    const isDirHere = (path: string): boolean =>
      (opts.noDereference ? sys.lstat(path, st) : sys.stat(path, st)) === 0 && isDirectory(st.mode);
    let dest = opts.targetDirectory;
    let into = dest !== undefined;
    if (dest === undefined) {
      if (targets.length === 1) {
        dest = '.';
        into = true;
      } else {
        dest = targets.pop()!;
        into = !opts.noTargetDirectory && isDirHere(dest);
      }
    }
    if (!into && targets.length > 1)
      return yield* ctx.die(
        form === 'gnu' ? `target ${shellQuote(dest)}: ${ctx.strerror(20)}` : `target '${dest}' is not a directory`,
      );
    const backup: Backup | undefined =
      form === 'gnu'
        ? yield* backupOf(ctx)
        : opts.busyboxBackup
          ? { method: 'simple', suffix: opts.busyboxSuffix ?? '~' }
          : undefined;
    let status = 0;
    for (const target of targets) {
      const link = into ? joinPath(dest, basename(target)) : dest;
      const text = opts.symbolic && opts.relative ? relativeTo(sys.getcwd(), target, link) : target;
      let note = '';
      if (backup && sys.lstat(link, st) === 0 && !isDirectory(st.mode)) {
        const kept = keep(sys, link, backup);
        if (typeof kept === 'string') note = `${shellQuote(kept)} ~ `;
      }
      let r = opts.symbolic ? sys.symlink(text, link) : sys.link(target, link);
      if (r === -EEXIST && opts.force) {
        const a = new Stat();
        const same =
          !opts.symbolic &&
          sys.lstat(target, st) === 0 &&
          sys.lstat(link, a) === 0 &&
          a.ino === st.ino &&
          a.dev === st.dev;
        if (same) {
          yield* ctx.warn(`${shellQuote(target)} and ${shellQuote(link)} are the same file`);
          status = 1;
          continue;
        }
        const gone = sys.unlink(link);
        r = gone < 0 ? gone : opts.symbolic ? sys.symlink(text, link) : sys.link(target, link);
      }
      if (r < 0) {
        status = 1;
        if (form === 'busybox') yield* ctx.warn(`${link}: ${ctx.strerror(r)}`);
        else if (opts.symbolic)
          yield* ctx.warn(`failed to create symbolic link ${shellQuote(link)}: ${ctx.strerror(r)}`);
        else if (sys.lstat(target, st) < 0)
          yield* ctx.warn(`failed to access ${shellQuote(target)}: ${ctx.strerror(r)}`);
        else if (isDirectory(st.mode)) yield* ctx.warn(`${shellQuote(target)}: hard link not allowed for directory`);
        else
          yield* ctx.warn(
            `failed to create hard link ${shellQuote(link)}${r === -EEXIST ? '' : ` => ${shellQuote(target)}`}: ${ctx.strerror(r)}`,
          );
        continue;
      }
      if (opts.verbose)
        yield* ctx.stdout.write(`${note}${shellQuote(link)} ${opts.symbolic ? '->' : '=>'} ${shellQuote(text)}\n`);
    }
    return status;
  },
});

function relativeTo(cwd: string | number, target: string, link: string): string {
  const base = typeof cwd === 'string' ? cwd : '/';
  const absolute = (path: string): string[] =>
    normalizePath(path.startsWith('/') ? path : joinPath(base, path))
      .split('/')
      .filter((p) => p !== '');
  const to = absolute(target);
  const from = absolute(dirname(link));
  let common = 0;
  while (common < to.length && common < from.length && to[common] === from[common]) common++;
  return [...from.slice(common).map(() => '..'), ...to.slice(common)].join('/') || '.';
}
