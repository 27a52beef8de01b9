import { ENOENT, ENOTDIR } from '../../abi/errno.ts';
import { O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } from '../../abi/flags.ts';
import { isDirectory, Stat } from '../../abi/stat.ts';
import { Accounts } from '../../libc/accounts.ts';
import { BACKUP_OPTIONS, type Backup, backupOf, keep } from '../../libc/backup.ts';
import { open, read, type Wait, writeAll } from '../../libc/io.ts';
import { applyMode } from '../../libc/mode.ts';
import { basename, dirname, isDir, joinPath, mkdirp } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { localeQuote, shellQuote } from '../../libc/shell-quote.ts';

const options = {
  ...BACKUP_OPTIONS,
  directory: { short: 'd', help: 'treat all arguments as directory names; create all components' },
  leading: { short: 'D', long: false, help: 'create all leading components of DEST, then copy SOURCE to DEST' },
  compare: { short: 'C', busybox: false, help: 'leave DEST alone if it is the same' },
  c: { short: 'c', long: false, help: '(ignored)' },
  group: { short: 'g', arg: 'GROUP', help: "set group ownership, instead of process' current group" },
  mode: { short: 'm', arg: 'MODE', help: 'set permission mode (as in chmod), instead of rwxr-xr-x' },
  owner: { short: 'o', arg: 'OWNER', help: 'set ownership (super-user only)' },
  preserveTimestamps: { short: 'p', help: 'apply access/modification times of SOURCE files to DEST files' },
  strip: { short: 's', help: 'strip symbol tables (programs have none)' },
  targetDirectory: { short: 't', arg: 'DIRECTORY', help: 'copy all SOURCE arguments into DIRECTORY' },
  noTargetDirectory: { short: 'T', busybox: false, help: 'treat DEST as a normal file' },
  verbose: { short: 'v', help: 'print the name of each directory as it is created' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'install',
  at: ['/usr/bin/install'],
  spec: 'GNU coreutils 9.4 install(1); without -Z',
  version: '(GNU coreutils) 9.4',
  usage:
    '[OPTION]... [-T] SOURCE DEST\n  or:  install [OPTION]... SOURCE... DIRECTORY\n  or:  install [OPTION]... -t DIRECTORY SOURCE...\n  or:  install [OPTION]... -d DIRECTORY...',
  about: 'Copy files, and set their attributes.',
  options,
  busybox: {
    at: '/usr/bin/install',
    usage: '[-cdDsp] [-o USER] [-g GRP] [-m MODE] [-t DIR] [SOURCE]... DEST',
    help: 'Copy files and set attributes\n\n\t-c\tJust copy (default)\n\t-d\tCreate directories\n\t-D\tCreate leading target directories\n\t-s\tStrip symbol table\n\t-p\tPreserve date\n\t-o USER\tSet ownership\n\t-g GRP\tSet group ownership\n\t-m MODE\tSet permissions\n\t-t DIR\tInstall to DIR\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    const mode = opts.mode === undefined ? 0o755 : applyMode(opts.mode, 0, false, 0);
    if (mode === undefined) return yield* ctx.die(`invalid mode ${localeQuote(opts.mode!)}`);
    const owner = yield* ownership(ctx);
    if (opts.directory) {
      if (ctx.args.length === 0) return yield* ctx.usage('missing file operand');
      let status = 0;
      for (const dir of ctx.args) {
        const existed = isDir(sys, dir);
        const r = mkdirp(sys, dir, 0o755);
        if (r < 0) {
          status = 1;
          yield* ctx.warn(`cannot create directory ${shellQuote(dir)}: ${ctx.strerror(r)}`);
          continue;
        }
        if (opts.verbose && !existed) yield* ctx.stdout.write(`${ctx.name}: creating directory ${shellQuote(dir)}\n`);
        sys.chmod(dir, mode);
        if (owner) sys.chown(dir, ...owner);
      }
      return status;
    }
    const sources = [...ctx.args];
    const target = opts.targetDirectory ?? (sources.length > 1 ? sources.pop()! : undefined);
    if (sources.length === 0) return yield* ctx.usage('missing file operand');
    if (target === undefined)
      return yield* ctx.usage(`missing destination file operand after ${shellQuote(sources[0]!)}`);
    const inside = !opts.noTargetDirectory && (opts.targetDirectory !== undefined || isDir(sys, target));
    if (sources.length > 1 && !inside)
      return yield* ctx.die(
        `target ${shellQuote(target)}: ${ctx.strerror(sys.stat(target, new Stat()) < 0 ? ENOENT : ENOTDIR)}`,
      );
    const backup = yield* backupOf(ctx);
    let status = 0;
    for (const source of sources) {
      const dest = inside ? joinPath(target, basename(source)) : target;
      if (opts.leading) mkdirp(sys, opts.targetDirectory ?? dirname(dest), 0o755);
      if (!(yield* installFile(ctx, source, dest, mode, owner, backup))) status = 1;
    }
    return status;
  },
});

function* ownership(ctx: Ctx): Wait<[number, number] | undefined> {
  const { owner, group } = ctx.opts;
  if (owner === undefined && group === undefined) return undefined;
  const accounts = new Accounts(ctx.sys);
  const who = owner === undefined ? undefined : yield* accounts.byName(owner);
  if (owner !== undefined && !who && !/^\d+$/.test(owner)) return yield* ctx.die(`invalid user ${localeQuote(owner)}`);
  const what = group === undefined ? undefined : yield* accounts.groupByName(group);
  if (group !== undefined && !what && !/^\d+$/.test(group))
    return yield* ctx.die(`invalid group ${localeQuote(group)}`);
  return [
    owner === undefined ? -1 : (who?.uid ?? Number(owner)),
    group === undefined ? -1 : (what?.gid ?? Number(group)),
  ];
}

function* installFile(
  ctx: Ctx,
  source: string,
  dest: string,
  mode: number,
  owner: [number, number] | undefined,
  backup: Backup | undefined,
): Wait<boolean> {
  const { sys, opts } = ctx;
  const st = new Stat();
  const r = sys.stat(source, st);
  if (r < 0) {
    yield* ctx.warn(`cannot stat ${shellQuote(source)}: ${ctx.strerror(r)}`);
    return false;
  }
  if (isDirectory(st.mode)) {
    yield* ctx.warn(`omitting directory ${shellQuote(source)}`);
    return false;
  }
  const from = yield* open(sys, source, O_RDONLY);
  if (from < 0) {
    yield* ctx.warn(`cannot open ${shellQuote(source)} for reading: ${ctx.strerror(from)}`);
    return false;
  }
  const old = new Stat();
  const existed = sys.lstat(dest, old) === 0;
  if (existed && isDirectory(old.mode)) {
    sys.close(from);
    yield* ctx.warn(`cannot overwrite directory ${shellQuote(dest)} with non-directory`);
    return false;
  }
  let note = '';
  if (existed && backup) {
    const kept = keep(sys, dest, backup);
    if (typeof kept === 'string') note = ` (backup: ${shellQuote(kept)})`;
  } else if (existed) sys.unlink(dest);
  if (opts.verbose) {
    if (existed && note === '') yield* ctx.stdout.write(`removed ${shellQuote(dest)}\n`);
    yield* ctx.stdout.write(`${shellQuote(source)} -> ${shellQuote(dest)}${note}\n`);
  }
  const to = yield* open(sys, dest, O_WRONLY | O_CREAT | O_EXCL, 0o600);
  if (to < 0) {
    sys.close(from);
    yield* ctx.warn(`cannot create regular file ${shellQuote(dest)}: ${ctx.strerror(to)}`);
    return false;
  }
  const buf = new Uint8Array(65536);
  let failed = 0;
  for (;;) {
    const n = yield* read(sys, from, buf);
    if (n <= 0) {
      failed = n;
      break;
    }
    failed = yield* writeAll(sys, to, buf.subarray(0, n));
    if (failed < 0) break;
    if (sys.tick()) yield;
  }
  sys.close(from);
  if (owner) sys.fchown(to, ...owner);
  sys.fchmod(to, mode);
  sys.close(to);
  if (opts.preserveTimestamps) sys.utimens(dest, st.atimeSec, st.atimeNsec, st.mtimeSec, st.mtimeNsec);
  if (failed < 0) yield* ctx.warn(`error writing ${shellQuote(dest)}: ${ctx.strerror(failed)}`);
  return failed >= 0;
}
