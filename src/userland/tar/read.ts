import { EEXIST, ENOENT } from '../../abi/errno.ts';
import { O_CREAT, O_EXCL, O_TRUNC, O_WRONLY, UTIME_NOW } from '../../abi/flags.ts';
import { makedev, S_IFBLK, S_IFCHR, S_IFIFO, Stat } from '../../abi/stat.ts';
import { Glob } from '../../lib/glob.ts';
import { type TarEvent, type TarHeader, TarReader } from '../../lib/tar.ts';
import { Accounts } from '../../libc/accounts.ts';
import { open, type Wait, writeAll } from '../../libc/io.ts';
import { dirname, isDir, mkdirp } from '../../libc/paths.ts';
import type { Context } from '../../libc/program.ts';
import { startCommand, waitFor } from '../../libc/shell-command.ts';
import type { NameFilter } from './archive.ts';
import { busyboxWords } from './compression.ts';
import type { ArchiveInput } from './input.ts';
import type { Listing } from './listing.ts';
import type { TAR_OPTIONS } from './options.ts';

type Ctx = Context<typeof TAR_OPTIONS>;

/** Lists or extracts an archive. */
export class Extractor {
  failed = false;
  private fd = -1;
  private path = '';
  private header: TarHeader | undefined;
  private readonly accounts: Accounts;
  /** Directories get their times and modes at the end. */
  private readonly directories: { path: string; header: TarHeader }[] = [];
  private readonly wanted: { glob: Glob; text: string; found: boolean }[];
  private entries = 0;
  private readonly umask: number;
  private readonly told = new Set<string>();

  constructor(
    private readonly ctx: Ctx,
    private readonly mode: 'list' | 'extract',
    names: readonly string[],
    private readonly filter: NameFilter,
    private readonly listing: Listing,
  ) {
    this.accounts = new Accounts(ctx.sys);
    this.wanted = names.map((n) => ({
      glob: new Glob(n.replace(/(.)\/+$/, '$1')),
      text: n.replace(/(.)\/+$/, '$1'),
      found: false,
    }));
    this.umask = ctx.sys.umask(0);
    ctx.sys.umask(this.umask);
  }

  /**
   * @param child the unpacking command between the archive and `input`
   * @returns the exit status
   */
  *run(input: ArchiveInput, child: number | undefined): Wait<number> {
    const { ctx } = this;
    const reader = new TarReader();
    let any = false;
    for (let part: Uint8Array | undefined; (part = yield* input.next()) !== undefined; ) {
      any = true;
      const status = yield* this.events(reader.push(part));
      if (status !== undefined) return status;
      if (ctx.sys.tick()) yield;
    }
    if (child !== undefined) {
      const status = yield* waitFor(ctx.sys, child);
      if (status !== 0) {
        if (any) yield* this.events(reader.end());
        yield* ctx.warn(status > 255 ? `Child died with signal ${status - 256}` : `Child returned status ${status}`);
        yield* ctx.warn('Error is not recoverable: exiting now');
        return 2;
      }
    }
    if (input.wrong !== undefined) {
      const status = yield* this.badlyPacked(input.wrong, any);
      if (status !== undefined) return status;
    }
    if (input.error !== 0) {
      yield* ctx.warn(
        ctx.form === 'gnu'
          ? `${ctx.opts.file ?? '-'}: Cannot read: ${ctx.strerror(input.error)}`
          : `read error: ${ctx.strerror(input.error)}`,
      );
      return 2;
    }
    if (!any && ctx.form === 'busybox') return yield* ctx.die('short read');
    if (!any) {
      yield* ctx.warn('This does not look like a tar archive');
      yield* ctx.warn('Exiting with failure status due to previous errors');
      return 2;
    }
    const status = yield* this.events(reader.end());
    if (status !== undefined) return status;
    return yield* this.finish();
  }

  /** What the unpacking program says, and what comes of it. @returns a status where that is the end */
  private *badlyPacked(wrong: string, any: boolean): Wait<number | undefined> {
    const { ctx } = this;
    if (ctx.form === 'busybox') {
      yield* ctx.warn(
        ctx.opts.bzip2 || ctx.opts.xz || ctx.opts.lzma
          ? busyboxWords(wrong)
          : wrong === 'truncated'
            ? 'unexpected end of file'
            : 'invalid magic',
      );
      return yield* ctx.die('short read');
    }
    const words =
      wrong === 'truncated'
        ? 'unexpected end of file'
        : wrong === 'not-gzip'
          ? 'not in gzip format'
          : 'invalid compressed data--format violated';
    yield* ctx.stderr.write(`\ngzip: stdin: ${words}\n`);
    if (any && wrong === 'truncated') return undefined;
    yield* ctx.warn('Child returned status 1');
    yield* ctx.warn('Error is not recoverable: exiting now');
    return 2;
  }

  private *finish(): Wait<number> {
    const { ctx } = this;
    for (const { path, header } of this.directories.reverse()) yield* this.attributes(path, header);
    for (const w of this.wanted) {
      if (w.found) continue;
      this.failed = true;
      yield* ctx.warn(ctx.form === 'gnu' ? `${w.text}: Not found in archive` : `${w.text}: not found in archive`);
    }
    if (!this.failed) return 0;
    if (ctx.form === 'gnu') yield* ctx.warn('Exiting with failure status due to previous errors');
    return ctx.form === 'gnu' ? 2 : 1;
  }

  private *events(events: readonly TarEvent[]): Wait<number | undefined> {
    const { ctx } = this;
    for (const event of events) {
      if (event.type === 'header') {
        this.entries++;
        yield* this.begin(event.header);
      } else if (event.type === 'data') {
        if (this.fd < 0) continue;
        if (event.offset >= 0 && this.fd !== 1) ctx.sys.lseek(this.fd, event.offset, 0);
        const r = yield* writeAll(ctx.sys, this.fd, event.bytes);
        if (r < 0) {
          this.failed = true;
          yield* ctx.warn(
            ctx.form === 'gnu' ? `${this.path}: Cannot write: ${ctx.strerror(r)}` : `write error: ${ctx.strerror(r)}`,
          );
          if (this.fd !== 1) ctx.sys.close(this.fd);
          this.fd = -1;
        }
      } else if (event.type === 'end-entry') yield* this.end();
      else if (event.type === 'error') {
        if (ctx.form === 'busybox') return yield* ctx.die(this.entries === 0 ? 'invalid tar magic' : 'short read');
        if (event.message === 'unexpected EOF' && this.entries > 0) {
          yield* ctx.warn('Unexpected EOF in archive');
          yield* ctx.warn('Error is not recoverable: exiting now');
          return 2;
        }
        yield* ctx.warn('This does not look like a tar archive');
        yield* ctx.warn('Exiting with failure status due to previous errors');
        return 2;
      }
      if (ctx.sys.tick()) yield;
    }
    return undefined;
  }

  private isWanted(name: string): boolean {
    if (this.filter.excludes(name)) return false;
    if (this.wanted.length === 0) return true;
    const plain = name.replace(/(.)\/+$/, '$1');
    let any = false;
    for (const w of this.wanted) {
      const hit =
        plain === w.text ||
        plain.startsWith(`${w.text}/`) ||
        ((this.ctx.opts.wildcards || this.ctx.form === 'busybox') && w.glob.match(plain));
      if (hit) w.found = true;
      any ||= hit;
    }
    return any;
  }

  private *begin(h: TarHeader): Wait<void> {
    const { ctx } = this;
    const { opts } = ctx;
    this.fd = -1;
    this.header = undefined;
    if (!this.isWanted(h.name)) return;
    if (this.mode === 'list') {
      yield* ctx.stdout.write(`${opts.verbose > 0 ? this.listing.line(h) : h.name}\n`);
      return;
    }
    let name = this.filter.renamed(h.name);
    const strip = Number(opts.stripComponents ?? 0);
    if (strip > 0) {
      name = name.split('/').slice(strip).join('/');
      if (name === '') return;
    }
    if (opts.verbose > 0)
      yield* (opts.toStdout ? ctx.stderr : ctx.stdout).write(`${opts.verbose > 1 ? this.listing.line(h) : h.name}\n`);
    name = yield* this.safe(name);
    if (opts.toStdout) {
      yield* ctx.stdout.flush();
      if (h.type === 'file') this.fd = 1;
      return;
    }
    if (opts.toCommand !== undefined) {
      if (h.type === 'file') yield* this.pipe(h, opts.toCommand);
      return;
    }
    this.path = name;
    this.header = h;
    yield* this.make(name.replace(/(.)\/+$/, '$1'), h);
  }

  private command = -1;

  /** Starts the command of --to-command, with what it wants to know of the file in its environment. */
  private *pipe(h: TarHeader, command: string): Wait<void> {
    const { ctx } = this;
    yield* ctx.stdout.flush();
    const about = {
      TAR_FILENAME: h.name,
      TAR_FILETYPE: 'f',
      TAR_MODE: h.mode.toString(8).padStart(4, '0'),
      TAR_SIZE: h.size,
      TAR_MTIME: h.mtimeSec,
      TAR_UID: h.uid,
      TAR_GID: h.gid,
      TAR_UNAME: h.uname,
      TAR_GNAME: h.gname,
    };
    const envp = [...ctx.sys.envp, ...Object.entries(about).map(([key, value]) => `${key}=${value}`)];
    const started = yield* startCommand(ctx.sys, command, 'write', envp);
    if (typeof started === 'number') {
      this.failed = true;
      yield* ctx.warn(`${command}: Cannot exec: ${ctx.strerror(started)}`);
      return;
    }
    [this.fd, this.command] = started;
  }

  /** The name without what leads out of the directory. */
  private *safe(name: string): Wait<string> {
    if (this.ctx.opts.absoluteNames) return name;
    const m = /^(?:\/+|(?:.*\/)?\.\.\/)+/.exec(name);
    if (!m) return name || '.';
    if (!this.told.has(m[0])) {
      this.told.add(m[0]);
      yield* this.ctx.warn(
        this.ctx.form === 'gnu'
          ? `Removing leading \`${m[0]}' from member names`
          : `removing leading '${m[0]}' from member names`,
      );
    }
    return name.slice(m[0].length) || '.';
  }

  private *make(path: string, h: TarHeader): Wait<void> {
    const { ctx } = this;
    const { sys, opts } = ctx;
    const attempt = function* (): Wait<number> {
      switch (h.type) {
        case 'dir':
          return isDir(sys, path) ? 0 : sys.mkdir(path, 0o700 | (h.mode & 0o777));
        case 'symlink':
          return sys.symlink(h.linkname, path);
        case 'link':
          return sys.link(h.linkname, path);
        case 'fifo':
          return sys.mknod(path, S_IFIFO | h.mode, 0);
        case 'char':
        case 'block':
          return sys.mknod(path, (h.type === 'char' ? S_IFCHR : S_IFBLK) | h.mode, makedev(h.devmajor, h.devminor));
        default:
          return yield* open(sys, path, O_WRONLY | O_CREAT | (opts.overwrite ? O_TRUNC : O_EXCL), h.mode & 0o777);
      }
    };
    if (h.type !== 'dir' && (yield* this.isKept(path, h))) return;
    let r = yield* attempt();
    if (r === -ENOENT) {
      mkdirp(sys, dirname(path));
      r = yield* attempt();
    }
    if (r === -EEXIST && h.type !== 'dir' && !opts.keepOldFiles) {
      sys.unlink(path);
      r = yield* attempt();
    }
    if (r < 0) {
      this.failed = true;
      this.header = undefined;
      const what = h.type === 'dir' ? 'mkdir' : 'open';
      yield* ctx.warn(
        ctx.form === 'gnu'
          ? `${h.name}: Cannot ${what}: ${ctx.strerror(r)}`
          : `can't ${what === 'open' ? 'open' : 'make dir'} '${path}': ${ctx.strerror(r)}`,
      );
      return;
    }
    if (h.type === 'file') this.fd = r;
    if (h.type === 'dir') this.directories.push({ path, header: h });
  }

  /** True where a file is there already that the options leave as it is. */
  private *isKept(path: string, h: TarHeader): Wait<boolean> {
    const { ctx } = this;
    if (!ctx.opts.skipOldFiles && !ctx.opts.keepNewerFiles) return false;
    const st = new Stat();
    if (ctx.sys.lstat(path, st) < 0) return false;
    if (!ctx.opts.skipOldFiles && st.mtimeSec < h.mtimeSec) return false;
    if (ctx.opts.keepNewerFiles) yield* ctx.warn(`Current \u2018${path}\u2019 is newer or same age`);
    else if (ctx.opts.verbose > 0) yield* ctx.warn(`${path}: skipping existing file`);
    this.header = undefined;
    return true;
  }

  private *end(): Wait<void> {
    const { ctx } = this;
    if (this.fd > 2) {
      if (this.header && this.header.size > 0) ctx.sys.ftruncate(this.fd, this.header.size);
      ctx.sys.close(this.fd);
    }
    this.fd = -1;
    if (this.command >= 0) {
      const pid = this.command;
      const status = yield* waitFor(ctx.sys, pid);
      this.command = -1;
      if (status !== 0) {
        this.failed = true;
        yield* ctx.warn(`${pid}: Child returned status ${status}`);
      }
    }
    const h = this.header;
    if (h && h.type !== 'dir' && h.type !== 'link') yield* this.attributes(this.path, h);
    this.header = undefined;
  }

  private *attributes(path: string, h: TarHeader): Wait<void> {
    const { ctx } = this;
    const { sys, opts } = ctx;
    const root = sys.credentials().euid === 0;
    if (root && !opts.noSameOwner) {
      const byName = (h.uname && !opts.numericOwner ? yield* this.accounts.byName(h.uname) : undefined)?.uid;
      const byGroup = (h.gname && !opts.numericOwner ? yield* this.accounts.groupByName(h.gname) : undefined)?.gid;
      sys.lchown(path, byName ?? h.uid, byGroup ?? h.gid);
    }
    if (h.type !== 'symlink') {
      const keep = (root && !opts.noSamePermissions) || opts.samePermissions;
      sys.chmod(path, keep ? h.mode & 0o7777 : h.mode & 0o777 & ~this.umask);
    }
    for (const [name, value] of h.xattrs ?? []) sys.setxattr(path, name, value, true);
    if (!opts.touch) sys.utimens(path, 0, UTIME_NOW, h.mtimeSec, h.mtimeNsec, true);
  }
}
