import { O_RDONLY } from '../../abi/flags.ts';
import {
  isBlockDevice,
  isCharDevice,
  isDirectory,
  isFifo,
  isRegular,
  isSymlink,
  major,
  minor,
  Stat,
} from '../../abi/stat.ts';
import { type TarType, TarWriter, tarHeader } from '../../lib/tar.ts';
import { Accounts } from '../../libc/accounts.ts';
import { parseDate } from '../../libc/date-parse.ts';
import { open, read, type Wait } from '../../libc/io.ts';
import { joinPath, listDir } from '../../libc/paths.ts';
import type { Context } from '../../libc/program.ts';
import type { ArchiveOutput, NameFilter } from './archive.ts';
import type { Listing } from './listing.ts';
import type { TAR_OPTIONS } from './options.ts';

type Ctx = Context<typeof TAR_OPTIONS>;

const RECORD = 10240;

/** Names that --exclude-vcs leaves out. */
const VCS = new Set([
  'CVS',
  '.cvsignore',
  'RCS',
  'SCCS',
  '.git',
  '.gitignore',
  '.gitattributes',
  '.gitmodules',
  '.svn',
  '.arch-ids',
  '{arch}',
  '=RELEASE-ID',
  '=meta-update',
  '=update',
  '.bzr',
  '.bzrignore',
  '.bzrtags',
  '.hg',
  '.hgignore',
  '.hgtags',
  '_darcs',
]);

/** Writes files into an archive. */
export class Creator {
  failed = false;
  /** -u: names that the archive has, with their newest times; what is no newer is left out. */
  newest: ReadonlyMap<string, number> = new Map();
  /** -N: seconds; older files are left out. */
  since: number | undefined;
  private readonly writer = new TarWriter();
  private readonly accounts: Accounts;
  private readonly links = new Map<string, string>();
  private readonly told = new Set<string>();
  /** The archive itself, which is left out. */
  private readonly own = new Stat();

  constructor(
    private readonly ctx: Ctx,
    private readonly out: ArchiveOutput,
    private readonly filter: NameFilter,
    private readonly listing: Listing,
  ) {
    this.accounts = new Accounts(ctx.sys);
    if (out.archive < 0 || ctx.sys.fstat(out.archive, this.own) < 0) this.own.ino = -1;
  }

  *finish(): Wait<void> {
    yield* this.out.write(this.writer.finish());
    // GNU tar fills up its last record
    if (this.ctx.form === 'gnu') yield* this.out.write(new Uint8Array((RECORD - (this.out.total % RECORD)) % RECORD));
    yield* this.out.end();
  }

  /** The name in the archive: without what leads out of it. */
  private *memberName(path: string): Wait<string> {
    if (this.ctx.opts.absoluteNames) return path;
    const m = /^(?:\/+|(?:\.\.\/)+)+/.exec(path);
    if (!m) return path;
    if (!this.told.has(m[0])) {
      this.told.add(m[0]);
      const words =
        this.ctx.form === 'gnu'
          ? `Removing leading \`${m[0]}' from member names`
          : `removing leading '${m[0]}' from member names`;
      yield* this.ctx.stderr.write(`tar: ${words}\n`);
    }
    return path.slice(m[0].length) || './';
  }

  /** @param device of the directory above, for --one-file-system */
  *add(path: string, device?: number): Wait<void> {
    const { ctx } = this;
    const { sys, opts } = ctx;
    if (this.filter.excludes(path)) return;
    const st = new Stat();
    const r = opts.dereference ? sys.stat(path, st) : sys.lstat(path, st);
    if (r < 0) {
      this.failed = true;
      yield* ctx.warn(ctx.form === 'gnu' ? `${path}: Cannot stat: ${ctx.strerror(r)}` : `${path}: ${ctx.strerror(r)}`);
      return;
    }
    if (st.ino === this.own.ino && st.dev === this.own.dev && isRegular(st.mode)) {
      yield* ctx.warn(`${path}: file is the archive; not dumped`);
      return;
    }
    const type = typeOf(st);
    if (type === undefined) {
      yield* ctx.warn(`${path}: socket ignored`);
      return;
    }
    const known = this.newest.get(path.replace(/^\/+/, '').replace(/(.)\/+$/, '$1'));
    if (known !== undefined && st.mtimeSec <= known) return;
    if (opts.excludeVcs && VCS.has(path.slice(path.lastIndexOf('/') + 1))) return;
    if (type === 'dir' || this.since === undefined || st.mtimeSec >= this.since) yield* this.entry(path, st, type);
    if (type !== 'dir' || (opts.noRecursion && !opts.recursion)) return;
    if (opts.oneFileSystem && st.dev !== device && device !== undefined) return;
    const names = listDir(sys, path);
    if (typeof names === 'number') {
      this.failed = true;
      yield* ctx.warn(`${path}: Cannot open: ${ctx.strerror(names)}`);
      return;
    }
    if (opts.sort === 'name') names.sort();
    for (const name of names) {
      yield* this.add(joinPath(path, name), device ?? st.dev);
      if (sys.tick()) yield;
    }
    if (opts.removeFiles && path !== '.') sys.rmdir(path);
  }

  private *entry(path: string, st: Stat, type: TarType): Wait<void> {
    const { ctx } = this;
    const { sys, opts } = ctx;
    let name = this.filter.renamed(yield* this.memberName(path));
    if (type === 'dir' && !name.endsWith('/')) name += '/';
    let fd = -1;
    if (type === 'file') {
      fd = yield* open(sys, path, O_RDONLY);
      if (fd < 0) {
        this.failed = !opts.ignoreFailedRead;
        yield* ctx.warn(
          ctx.form === 'gnu'
            ? `${path}: Cannot open: ${ctx.strerror(fd)}`
            : `can't open '${path}': ${ctx.strerror(fd)}`,
        );
        return;
      }
    }
    const key = `${st.dev}:${st.ino}`;
    const first = type === 'file' && st.nlink > 1 ? this.links.get(key) : undefined;
    if (type === 'file' && st.nlink > 1 && first === undefined) this.links.set(key, name);
    const target = type === 'symlink' ? sys.readlink(path) : '';
    const when = opts.mtime === undefined ? undefined : parseDate(opts.mtime.replace(/^@/, '@'), st.mtimeSec);
    const [uname, uid] = yield* this.owner(opts.owner, st.uid, true);
    const [gname, gid] = yield* this.owner(opts.group, st.gid, false);
    const header = tarHeader({
      name,
      type: first === undefined ? type : 'link',
      mode: opts.mode !== undefined && /^[0-7]+$/.test(opts.mode) ? Number.parseInt(opts.mode, 8) : st.mode & 0o7777,
      uid,
      gid,
      uname: opts.numericOwner ? '' : uname,
      gname: opts.numericOwner ? '' : gname,
      size: type === 'file' && first === undefined ? st.size : 0,
      mtimeSec: when?.sec ?? st.mtimeSec,
      linkname: first ?? (typeof target === 'string' ? target : ''),
      devmajor: type === 'char' || type === 'block' ? major(st.rdev) : 0,
      devminor: type === 'char' || type === 'block' ? minor(st.rdev) : 0,
    });
    if (opts.verbose > 0) {
      const plain = ctx.form === 'busybox' ? name : type === 'dir' && !path.endsWith('/') ? `${path}/` : path;
      const line = opts.verbose > 1 ? this.listing.line(header) : plain;
      yield* (this.out.archive === 1 ? ctx.stderr : ctx.stdout).write(`${line}\n`);
    }
    yield* this.out.write(this.writer.header(header));
    if (fd < 0) {
      if (opts.removeFiles && type !== 'dir') sys.unlink(path);
      return;
    }
    if (first === undefined) yield* this.content(path, fd, st.size);
    sys.close(fd);
    if (opts.removeFiles) sys.unlink(path);
  }

  private *owner(asked: string | undefined, id: number, user: boolean): Wait<[string, number]> {
    if (asked === undefined) {
      const name = user ? yield* this.accounts.userName(id) : yield* this.accounts.groupName(id);
      return [/^\d+$/.test(name) ? '' : name, id];
    }
    const [name = '', number] = asked.split(':');
    if (number !== undefined) return [name, Number(number)];
    if (/^\d+$/.test(name)) {
      const found = user ? yield* this.accounts.userName(Number(name)) : yield* this.accounts.groupName(Number(name));
      return [found === name ? '' : found, Number(name)];
    }
    const known = user ? (yield* this.accounts.byName(name))?.uid : (yield* this.accounts.groupByName(name))?.gid;
    return [name, known ?? id];
  }

  private *content(path: string, fd: number, size: number): Wait<void> {
    const buf = new Uint8Array(65536);
    let left = size;
    while (left > 0) {
      let n = yield* read(this.ctx.sys, fd, left < buf.length ? buf.subarray(0, left) : buf);
      if (n <= 0) {
        yield* this.ctx.warn(`${path}: File shrank by ${left} bytes; padding with zeros`);
        this.failed = true;
        n = Math.min(left, buf.length);
        buf.fill(0, 0, n);
      }
      yield* this.out.write(this.writer.data(buf.subarray(0, n)));
      left -= n;
      if (this.ctx.sys.tick()) yield;
    }
  }
}

function typeOf(st: Stat): TarType | undefined {
  if (isRegular(st.mode)) return 'file';
  if (isDirectory(st.mode)) return 'dir';
  if (isSymlink(st.mode)) return 'symlink';
  if (isFifo(st.mode)) return 'fifo';
  if (isCharDevice(st.mode)) return 'char';
  return isBlockDevice(st.mode) ? 'block' : undefined;
}
