import { CLOCK_REALTIME, O_CREAT, O_TRUNC, O_WRONLY } from '../../../abi/flags.ts';
import { S_IFDIR, S_IFLNK, S_IFMT } from '../../../abi/stat.ts';
import { shellStatus, WaitResult } from '../../../abi/wait.ts';
import { readCpio } from '../../../lib/cpio.ts';
import { Gunzip } from '../../../lib/gzip.ts';
import { type RpmHeader, readRpm, rpmNumbers, rpmText, rpmTexts } from '../../../lib/rpm.ts';
import { decode } from '../../../lib/utf8.ts';
import { joinBytes, open, readFile, spawn, type Wait, waitpid, writeAll } from '../../../libc/io.ts';
import { dirname, isDir, mkdirp } from '../../../libc/paths.ts';
import type { Context } from '../../../libc/program.ts';
import type { RpmDatabase, RpmPackage } from './database.ts';

/** What a header says of a package, with the time and source of its installation. */
export function packageOf(header: RpmHeader, installed: number, repo: string): RpmPackage {
  const dirs = rpmTexts(header, 'dirNames');
  const indexes = rpmNumbers(header, 'dirIndexes');
  const scripts: Record<string, string> = {};
  for (const name of ['postIn', 'preUn', 'postUn', 'preIn'] as const)
    if (rpmText(header, name) !== '') scripts[name] = rpmText(header, name);
  return {
    name: rpmText(header, 'name'),
    version: rpmText(header, 'version'),
    release: rpmText(header, 'release'),
    epoch: rpmNumbers(header, 'epoch')[0] ?? 0,
    arch: rpmText(header, 'arch'),
    summary: rpmText(header, 'summary'),
    size: rpmNumbers(header, 'size')[0] ?? 0,
    provides: rpmTexts(header, 'provides'),
    requires: rpmTexts(header, 'requires'),
    files: rpmTexts(header, 'baseNames').map((name, at) => `${dirs[indexes[at] ?? 0] ?? ''}${name}`),
    scripts,
    installed,
    repo,
  };
}

/** Reads the header of an archive. @returns -errno, or undefined where it is no package */
export function* readHeader(ctx: Context, path: string): Wait<RpmHeader | number | undefined> {
  const bytes = yield* readFile(ctx.sys, path);
  return typeof bytes === 'number' ? bytes : readRpm(bytes)?.header;
}

/** Puts the files of an archive on the disk, runs its scripts and records it. @returns words of what went wrong */
export function* installRpm(ctx: Context, db: RpmDatabase, path: string, repo: string): Wait<RpmPackage | string> {
  const { sys } = ctx;
  const bytes = yield* readFile(sys, path);
  if (typeof bytes === 'number') return ctx.strerror(bytes);
  const rpm = readRpm(bytes);
  if (!rpm) return 'not an rpm package';
  const pkg = packageOf(rpm.header, Math.floor(sys.now(CLOCK_REALTIME) / 1000), repo);
  const sizes = rpmNumbers(rpm.header, 'fileSizes');
  const old = db.get(pkg.name);
  if (pkg.scripts.preIn) yield* script(ctx, pkg.scripts.preIn, old ? 2 : 1);
  const payload = joinBytes(new Gunzip().push(bytes.subarray(rpm.payload)));
  for (const [at, entry] of readCpio(payload).entries()) {
    const target = entry.name.replace(/^\./, '');
    const mode = entry.mode & 0o7777;
    if ((entry.mode & S_IFMT) === S_IFDIR) {
      mkdirp(sys, target, mode);
      continue;
    }
    if (!isDir(sys, dirname(target))) mkdirp(sys, dirname(target), 0o755);
    if (target.startsWith('/etc/') && old?.files.includes(target) && sys.access(target, 0) === 0) continue;
    const beside = `${target};rpm`;
    sys.unlink(beside);
    if ((entry.mode & S_IFMT) === S_IFLNK) sys.symlink(decode(entry.data), beside);
    else {
      const fd = yield* open(sys, beside, O_WRONLY | O_CREAT | O_TRUNC, mode);
      if (fd < 0) return ctx.strerror(fd);
      const r = yield* writeAll(sys, fd, entry.data);
      if (r < 0) return ctx.strerror(r);
      // what the payload leaves out are zeros
      sys.ftruncate(fd, Math.max(sizes[at] ?? 0, entry.data.length));
      sys.close(fd);
      sys.chmod(beside, mode);
    }
    const moved = sys.rename(beside, target);
    if (moved < 0) return ctx.strerror(moved);
    if (sys.tick()) yield;
  }
  if (old) {
    for (const file of old.files) if (!pkg.files.includes(file) && !isDir(sys, file)) sys.unlink(file);
    db.remove(old);
  }
  db.add(pkg);
  if (pkg.scripts.postIn) yield* script(ctx, pkg.scripts.postIn, old ? 2 : 1);
  return pkg;
}

/** Takes a package away; configuration that was changed stays as .rpmsave where the caller says so. */
export function* eraseRpm(ctx: Context, db: RpmDatabase, pkg: RpmPackage): Wait<void> {
  const { sys } = ctx;
  if (pkg.scripts.preUn) yield* script(ctx, pkg.scripts.preUn, 0);
  for (const file of [...pkg.files].sort().reverse()) {
    if (isDir(sys, file)) sys.rmdir(file);
    else sys.unlink(file);
  }
  db.remove(pkg);
  if (pkg.scripts.postUn) yield* script(ctx, pkg.scripts.postUn, 0);
}

function* script(ctx: Context, text: string, count: number): Wait<number> {
  yield* ctx.stdout.flush();
  const pid = yield* spawn(
    ctx.sys,
    '/bin/sh',
    ['/bin/sh', '-c', text, 'scriptlet', String(count)],
    ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  );
  if (pid < 0) return 127;
  const result = new WaitResult();
  yield* waitpid(ctx.sys, pid, 0, result);
  return shellStatus(result.status);
}
