import { EEXIST, ENOENT } from '../abi/errno.ts';
import { O_CREAT, O_TRUNC, O_WRONLY } from '../abi/flags.ts';
import { isDirectory, makedev, S_IFBLK, S_IFCHR, S_IFIFO, Stat } from '../abi/stat.ts';
import type { Sys } from '../abi/sys.ts';
import { type TarHeader, TarReader } from '../lib/tar.ts';
import { encode } from '../lib/utf8.ts';
import { open, type Wait, writeAll } from './io.ts';
import { dirname, mkdirp, removeTree } from './paths.ts';
import { strerror } from './strerror.ts';

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';

/** How an archive is unpacked. */
export interface UntarOptions {
  /** Layer archives: `.wh.NAME` becomes a whiteout of overlayfs, `.wh..wh..opq` its opaque mark. */
  whiteouts: boolean;
  /** A directory does not take the place of something else, nor the reverse. */
  keepTypes?: boolean;
  /** Digest of the blob that the archive is packed in: files refer to it where the machine has it, and nothing is copied. */
  blob?: string | undefined;
  /** Is told the header of each entry. */
  onHeader?(header: TarHeader): void;
}

/** An archive that cannot be unpacked: words for the client. */
export class UntarError extends Error {}

/**
 * Unpacks a tar stream into a directory, piece by piece: owners, modes, times, xattrs, devices, holes and links as they
 * stand in it. No entry gets out of the directory. What is there is replaced.
 */
export class Untar {
  /** Bytes of regular files so far: what a layer's size is. */
  size = 0;
  #reader = new TarReader();
  #directories: TarHeader[] = [];
  #current: TarHeader | undefined;
  #fd = -1;
  /** The file at hand refers to the blob: its data need not be written. */
  #refers = false;

  constructor(
    readonly sys: Sys,
    readonly root: string,
    readonly options: UntarOptions,
  ) {}

  /** @throws UntarError */
  *push(bytes: Uint8Array): Wait<void> {
    for (const event of this.#reader.push(bytes)) yield* this.#event(event);
  }

  *finish(): Wait<void> {
    for (const event of this.#reader.end()) yield* this.#event(event);
    for (const dir of this.#directories.reverse()) this.#times(dir, this.#path(dir.name));
  }

  *#event(event: ReturnType<TarReader['push']>[number]): Wait<void> {
    if (event.type === 'error') throw new UntarError(event.message);
    if (event.type === 'header') {
      this.#current = event.header;
      this.#fd = -1;
      this.#refers = false;
      this.options.onHeader?.(event.header);
      yield* this.#begin(event.header);
    } else if (event.type === 'data' && this.#fd >= 0) {
      this.#refers ||= this.#refer(event.offset, event.at);
      if (this.#refers) return;
      this.sys.lseek(this.#fd, event.offset, 0);
      const r = yield* writeAll(this.sys, this.#fd, event.bytes);
      if (r < 0) throw new UntarError(`write ${this.#current!.name}: ${strerror(-r, 'go')}`);
    } else if (event.type === 'end-entry' && this.#fd >= 0) {
      this.sys.ftruncate(this.#fd, this.#current!.size);
      this.sys.close(this.#fd);
      this.#fd = -1;
      this.#attributes(this.#current!, this.#path(this.#current!.name));
      this.size += this.#current!.size;
    }
    if (this.sys.tick()) yield;
  }

  /** Makes the file refer to the blob, where its first data are all that it has. */
  #refer(offset: number, at: number): boolean {
    const { blob } = this.options;
    const { sparse, size } = this.#current!;
    if (blob === undefined || offset > 0 || (sparse && sparse.length > 1)) return false;
    return this.sys.referToBlob(this.#fd, blob, at, sparse?.[0]?.[1] ?? size) === 0;
  }

  /** The place of an entry: `..` and a leading `/` are taken out, as if the directory were the root. */
  #path(name: string): string {
    const parts: string[] = [];
    for (const part of name.split('/')) {
      if (part === '' || part === '.') continue;
      if (part === '..') parts.pop();
      else parts.push(part);
    }
    return parts.length === 0 ? this.root : `${this.root}/${parts.join('/')}`;
  }

  /** Makes the directories above `path`; a link among them is not followed out of the root. */
  #parents(path: string): void {
    const { sys } = this;
    const up = dirname(path);
    if (up === this.root || !up.startsWith(`${this.root}/`)) return;
    const st = new Stat();
    let at = this.root;
    for (const part of up.slice(this.root.length + 1).split('/')) {
      at = `${at}/${part}`;
      const r = sys.lstat(at, st);
      if (r === -ENOENT) sys.mkdir(at, 0o755);
      else if (r === 0 && !isDirectory(st.mode)) {
        if (sys.readlink(at) === -22) {
          sys.unlink(at);
          sys.mkdir(at, 0o755);
        } else throw new UntarError(`invalid symlink in the path of ${path.slice(this.root.length)}`);
      }
    }
  }

  *#begin(header: TarHeader): Wait<void> {
    const { sys } = this;
    const path = this.#path(header.name);
    if (path === this.root) {
      if (header.type === 'dir') this.#directories.push(header);
      if (header.type === 'dir') this.#attributes(header, path);
      return;
    }
    this.#parents(path);
    const base = path.slice(path.lastIndexOf('/') + 1);
    if (this.options.whiteouts && base.startsWith(WHITEOUT)) {
      this.#whiteout(path, base);
      return;
    }
    const st = new Stat();
    const there = sys.lstat(path, st) === 0;
    if (there && this.options.keepTypes && isDirectory(st.mode) !== (header.type === 'dir'))
      throw new UntarError(
        header.type === 'dir'
          ? `cannot overwrite non-directory "${path}" with directory "${this.root}"`
          : `cannot overwrite directory "${path}" with non-directory "${this.root}"`,
      );
    if (there && !(isDirectory(st.mode) && header.type === 'dir')) removeTree(sys, path);
    const r = yield* this.#make(header, path, there && isDirectory(st.mode));
    if (r < 0) throw new UntarError(`${verb(header)} ${path}: ${strerror(-r, 'go')}`);
    if (header.type === 'dir') this.#directories.push(header);
    if (header.type !== 'file' && header.type !== 'link') this.#attributes(header, path);
  }

  *#make(header: TarHeader, path: string, isDir: boolean): Wait<number> {
    const { sys } = this;
    switch (header.type) {
      case 'dir': {
        const r = isDir ? 0 : sys.mkdir(path, 0o755);
        return r === -EEXIST ? 0 : r;
      }
      case 'symlink':
        return sys.symlink(header.linkname, path);
      case 'link':
        return sys.link(this.#path(header.linkname), path);
      case 'char':
        return sys.mknod(path, S_IFCHR | header.mode, makedev(header.devmajor, header.devminor));
      case 'block':
        return sys.mknod(path, S_IFBLK | header.mode, makedev(header.devmajor, header.devminor));
      case 'fifo':
        return sys.mknod(path, S_IFIFO | header.mode, 0);
      case 'file':
        this.#fd = yield* open(sys, path, O_WRONLY | O_CREAT | O_TRUNC, 0o644);
        return this.#fd;
      default:
        return 0;
    }
  }

  #whiteout(path: string, base: string): void {
    const dir = dirname(path);
    if (base === OPAQUE) {
      this.sys.setxattr(dir, 'trusted.overlay.opaque', encode('y'));
      return;
    }
    if (base.startsWith('.wh..wh.')) return;
    const target = `${dir}/${base.slice(WHITEOUT.length)}`;
    removeTree(this.sys, target);
    this.sys.mknod(target, S_IFCHR, 0);
  }

  #attributes(header: TarHeader, path: string): void {
    const { sys } = this;
    sys.lchown(path, header.uid, header.gid);
    if (header.type !== 'symlink') sys.chmod(path, header.mode & 0o7777);
    for (const [name, value] of header.xattrs ?? []) sys.setxattr(path, name, value, true);
    this.#times(header, path);
  }

  #times(header: TarHeader, path: string): void {
    this.sys.utimens(path, header.mtimeSec, header.mtimeNsec, header.mtimeSec, header.mtimeNsec, true);
  }
}

const verb = (header: TarHeader): string =>
  ({
    dir: 'mkdir',
    symlink: 'symlink',
    link: 'link',
    char: 'mknod',
    block: 'mknod',
    fifo: 'mkfifo',
    file: 'open',
    unknown: 'open',
  })[header.type];

/** Makes the directory to unpack into. */
export const prepareRoot = (sys: Sys, root: string): number => mkdirp(sys, root, 0o755);
