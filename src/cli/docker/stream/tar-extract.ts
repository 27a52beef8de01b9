import { EEXIST, EISDIR, ENOENT } from '../../../abi/errno.ts';
import { O_CREAT, O_TRUNC, O_WRONLY } from '../../../abi/flags.ts';
import { isDirectory, makedev, S_IFBLK, S_IFCHR, S_IFIFO, Stat } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { type TarHeader, TarReader } from '../../../lib/tar.ts';
import { open, type Wait, writeAll } from '../../../libc/io.ts';
import { CliError } from '../errors.ts';
import { directoryOf, makeDirectories, pathError } from '../files.ts';

export interface ExtractOptions {
  /** The folder that names are relative to. */
  folder: string;
  /** What an entry is called there; undefined leaves it out. */
  rename(name: string): string | undefined;
  /** Owners are kept. */
  owners: boolean;
}

/** Unpacks a tar into a folder as it comes. @throws CliError */
export class TarExtract {
  readonly #reader = new TarReader();
  #fd = -1;
  readonly #folders: { path: string; header: TarHeader }[] = [];

  constructor(
    private readonly sys: Sys,
    private readonly options: ExtractOptions,
  ) {}

  *push(bytes: Uint8Array): Wait<void> {
    for (const event of this.#reader.push(bytes)) {
      if (event.type === 'header') yield* this.#begin(event.header);
      else if (event.type === 'data') {
        if (this.#fd >= 0) yield* writeAll(this.sys, this.#fd, event.bytes);
      } else if (event.type === 'end-entry') this.#close();
      else if (event.type === 'error') throw new CliError(event.message);
    }
  }

  /** The archive is over: folders get their times. */
  end(): void {
    this.#close();
    for (const { path, header } of this.#folders.reverse()) {
      this.sys.utimens(path, header.mtimeSec, header.mtimeNsec, header.mtimeSec, header.mtimeNsec);
    }
  }

  #close(): void {
    if (this.#fd >= 0) this.sys.close(this.#fd);
    this.#fd = -1;
  }

  *#begin(header: TarHeader): Wait<void> {
    const name = this.options.rename(header.name);
    if (name === undefined || name.split('/').includes('..')) return;
    const path = `${this.options.folder}/${name}`.replace(/\/+$/, '').replace(/\/\.$/, '');
    const made = makeDirectories(this.sys, directoryOf(path), 0o755);
    if (made < 0) throw new CliError(pathError('mkdir', directoryOf(path), made));
    this.#clear(path, header);
    yield* this.#make(path, header);
    if (header.type === 'link') return;
    if (this.options.owners) this.sys.lchown(path, header.uid, header.gid);
    if (header.type === 'symlink') return;
    this.sys.chmod(path, header.mode & 0o7777);
    if (header.type === 'dir') this.#folders.push({ path, header });
    else this.sys.utimens(path, header.mtimeSec, header.mtimeNsec, header.mtimeSec, header.mtimeNsec);
  }

  /** Takes away what is in the way. */
  #clear(path: string, header: TarHeader): void {
    const st = new Stat();
    if (this.sys.lstat(path, st) === -ENOENT) return;
    if (isDirectory(st.mode)) {
      if (header.type === 'dir') return;
      if (this.sys.rmdir(path) < 0)
        throw new CliError(`cannot overwrite directory "${path}" with non-directory "${directoryOf(path)}"`);
    } else this.sys.unlink(path);
  }

  *#make(path: string, header: TarHeader): Wait<void> {
    let r = 0;
    if (header.type === 'dir') {
      r = this.sys.mkdir(path, 0o755);
      if (r === -EEXIST) r = 0;
    } else if (header.type === 'file') {
      r = yield* open(this.sys, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600);
      if (r >= 0) this.#fd = r;
    } else if (header.type === 'symlink') r = this.sys.symlink(header.linkname, path);
    else if (header.type === 'link') {
      const target = this.options.rename(header.linkname);
      r = target === undefined ? -ENOENT : this.sys.link(`${this.options.folder}/${target}`, path);
    } else if (header.type === 'fifo') r = this.sys.mknod(path, S_IFIFO | header.mode, 0);
    else if (header.type === 'char' || header.type === 'block') {
      r = this.sys.mknod(
        path,
        (header.type === 'char' ? S_IFCHR : S_IFBLK) | header.mode,
        makedev(header.devmajor, header.devminor),
      );
    }
    if (r === -EISDIR || r < 0) throw new CliError(pathError('open', path, r));
  }
}
