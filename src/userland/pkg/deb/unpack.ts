import { EEXIST, ENOENT } from '../../../abi/errno.ts';
import { O_CREAT, O_TRUNC, O_WRONLY } from '../../../abi/flags.ts';
import { isDirectory, Stat } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { type TarHeader, TarReader } from '../../../lib/tar.ts';
import { open, type Wait, writeAll } from '../../../libc/io.ts';
import { dirname, isDir, mkdirp } from '../../../libc/paths.ts';

/** What became of an archive's data. */
export interface Unpacked {
  /** Paths in the archive's order, `/.` first. */
  paths: string[];
  /** Errno and path of the first entry that could not be made. */
  failed?: { path: string; errno: number };
}

/**
 * Puts the entries of a data archive on the disk: each regular file is written beside its place and then renamed over
 * what is there, so that who runs or reads the old one keeps it. Directories that are links stay links.
 */
export class DataUnpacker {
  readonly result: Unpacked = { paths: [] };
  readonly #reader = new TarReader();
  #current: TarHeader | undefined;
  #fd = -1;

  constructor(
    readonly sys: Sys,
    /** Where a file goes; undefined: it is left out. */
    readonly place: (path: string) => string | undefined,
    readonly root = '',
  ) {}

  *push(bytes: Uint8Array): Wait<void> {
    for (const event of this.#reader.push(bytes)) {
      if (event.type === 'header') yield* this.#begin(event.header);
      else if (event.type === 'data' && this.#fd >= 0) {
        this.sys.lseek(this.#fd, event.offset, 0);
        const r = yield* writeAll(this.sys, this.#fd, event.bytes);
        if (r < 0) this.#fail(this.#current!, r);
      } else if (event.type === 'end-entry' && this.#fd >= 0) this.#end();
    }
  }

  #path(header: TarHeader): string {
    const path = header.name.replace(/^\.?\/?/, '').replace(/\/+$/, '');
    return path === '' ? '/.' : `/${path}`;
  }

  #fail(header: TarHeader, errno: number): void {
    this.result.failed ??= { path: this.#path(header), errno: Math.abs(errno) };
  }

  *#begin(header: TarHeader): Wait<void> {
    const { sys } = this;
    this.#current = header;
    this.#fd = -1;
    const path = this.#path(header);
    if (path.split('/').includes('..')) return;
    this.result.paths.push(path);
    if (path === '/.') return;
    const wanted = this.place(path);
    if (wanted === undefined) return;
    const target = this.root + wanted;
    if (header.type === 'dir') {
      const r = sys.mkdir(target, header.mode);
      if (r === 0) this.#attributes(header, target);
      else if (r === -ENOENT) mkdirp(sys, target, 0o755);
      else if (r !== -EEXIST || !isDir(sys, target)) this.#fail(header, r);
      return;
    }
    if (!isDir(sys, dirname(target))) mkdirp(sys, dirname(target), 0o755);
    const st = new Stat();
    if (sys.lstat(target, st) === 0 && isDirectory(st.mode)) {
      this.#fail(header, -21);
      return;
    }
    const beside = `${target}.dpkg-new`;
    if (header.type === 'file') {
      const fd = yield* open(sys, beside, O_WRONLY | O_CREAT | O_TRUNC, 0o600);
      if (fd < 0) this.#fail(header, fd);
      else this.#fd = fd;
      return;
    }
    sys.unlink(beside);
    const r =
      header.type === 'symlink'
        ? sys.symlink(header.linkname, beside)
        : header.type === 'link'
          ? sys.link(`${this.root}/${header.linkname.replace(/^\.?\//, '')}`, beside)
          : 0;
    const moved = r < 0 ? r : sys.rename(beside, target);
    if (moved < 0) this.#fail(header, moved);
  }

  #end(): void {
    const { sys } = this;
    const header = this.#current!;
    sys.ftruncate(this.#fd, header.size);
    sys.close(this.#fd);
    this.#fd = -1;
    const target = this.root + (this.place(this.#path(header)) ?? '');
    const beside = `${target}.dpkg-new`;
    this.#attributes(header, beside);
    const r = sys.rename(beside, target);
    if (r < 0) this.#fail(header, r);
  }

  #attributes(header: TarHeader, path: string): void {
    this.sys.lchown(path, header.uid, header.gid);
    this.sys.chmod(path, header.mode & 0o7777);
    this.sys.utimens(path, header.mtimeSec, header.mtimeNsec, header.mtimeSec, header.mtimeNsec, true);
  }
}
