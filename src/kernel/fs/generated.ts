import { EACCES, EINVAL, ENOENT } from '../../abi/errno.ts';
import { SEEK_CUR, SEEK_SET } from '../../abi/flags.ts';
import { type Dirent, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../../abi/stat.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { type FileSystem, Inode, OpenFile, type Path, type VfsContext } from '../../vfs/index.ts';
import type { Task } from '../task/task.ts';
import { taskOf } from '../task/task-view.ts';

// Filesystems whose files are made up when they are read: proc, sysfs, cgroup2.

/** What a made-up file says, and what writing to it does. */
export interface Text {
  /** @returns text, bytes, or -errno; what the reader is (credentials, namespaces) may matter */
  read?(reader: Task): string | Uint8Array | number;
  /** @returns 0 or -errno */
  write?(text: string, writer: Task): number;
}

/** Counts inode numbers of a filesystem, and has the time of its making. */
export interface Origin extends FileSystem {
  nextIno(): number;
  readonly madeSec: number;
}

function stamp(inode: Inode, fs: Origin): void {
  inode.atimeSec = inode.mtimeSec = inode.ctimeSec = fs.madeSec;
}

/** A file whose text is made at the first read after the open (or after a seek to 0). */
export class TextFile extends OpenFile {
  readonly #text: Text;
  #bytes: Uint8Array | undefined = undefined;

  constructor(path: Path, flags: number, text: Text) {
    super(path, flags);
    this.#text = text;
  }

  override read(ctx: VfsContext, buf: Uint8Array): number {
    const n = this.pread(ctx, buf, this.offset);
    if (n > 0) this.offset += n;
    return n;
  }

  override pread(ctx: VfsContext, buf: Uint8Array, position: number): number {
    if (this.#text.read === undefined) return -EINVAL;
    if (this.#bytes === undefined || position === 0) {
      const made = this.#text.read(taskOf(ctx));
      if (typeof made === 'number') return made;
      this.#bytes = typeof made === 'string' ? encode(made) : made;
    }
    const piece = this.#bytes.subarray(position, position + buf.length);
    buf.set(piece);
    return piece.length;
  }

  override write(ctx: VfsContext, buf: Uint8Array): number {
    if (this.#text.write === undefined) return -EACCES;
    const r = this.#text.write(decode(buf), taskOf(ctx));
    if (r < 0) return r;
    this.#bytes = undefined;
    this.offset += buf.length;
    return buf.length;
  }

  override pwrite(ctx: VfsContext, buf: Uint8Array): number {
    return this.write(ctx, buf);
  }

  override lseek(_ctx: VfsContext, offset: number, whence: number): number {
    if (whence !== SEEK_SET && whence !== SEEK_CUR) return -EINVAL;
    const to = whence === SEEK_SET ? offset : this.offset + offset;
    if (to < 0) return -EINVAL;
    this.offset = to;
    return to;
  }

  override ftruncate(): number {
    return 0;
  }
}

export class TextInode extends Inode {
  readonly #text: Text;
  readonly #size: number;

  /** @param mode permission bits @param size what stat(2) says (0 in proc, 4096 in sysfs) */
  constructor(fs: Origin, mode: number, text: Text, size = 0) {
    super(fs, fs.nextIno(), S_IFREG | mode);
    stamp(this, fs);
    this.#text = text;
    this.#size = size;
  }

  override get size(): number {
    return this.#size;
  }

  override open(_ctx: VfsContext, path: Path, flags: number): OpenFile {
    return new TextFile(path, flags, this.#text);
  }

  override truncate(): number {
    return 0;
  }
}

/** A symbolic link whose target is made when it is followed. */
export class LinkInode extends Inode {
  readonly #target: (reader: Task) => string | number;

  constructor(fs: Origin, target: (reader: Task) => string | number) {
    super(fs, fs.nextIno(), S_IFLNK | 0o777);
    stamp(this, fs);
    this.#target = target;
  }

  override readlink(ctx: VfsContext): string | number {
    return this.#target(taskOf(ctx));
  }
}

/** A directory that makes its entries when they are looked up; each is made once. */
export abstract class MadeDirectory extends Inode {
  readonly #made: Map<string, Inode> = new Map();

  constructor(fs: Origin, mode = 0o555) {
    super(fs, fs.nextIno(), S_IFDIR | mode);
    stamp(this, fs);
    this.nlink = 2;
  }

  get origin(): Origin {
    return this.fs as Origin;
  }

  /** Names that exist now. */
  abstract names(reader: Task): Iterable<string>;

  /** Makes the inode of a name. @returns undefined where there is none */
  abstract make(name: string, reader: Task): Inode | undefined;

  /** Whether what was made is made once: what is many and lives shortly is not. */
  protected get keeps(): boolean {
    return true;
  }

  /** Does a name that was made once still exist? */
  protected exists(_name: string, _reader: Task): boolean {
    return true;
  }

  override lookup(ctx: VfsContext, name: string): Inode | number {
    const reader = taskOf(ctx);
    const known = this.#made.get(name);
    if (known !== undefined) {
      if (this.exists(name, reader)) return known;
      this.#made.delete(name);
    }
    const made = this.make(name, reader);
    if (made === undefined) return -ENOENT;
    if (this.keeps) this.#made.set(name, made);
    return made;
  }

  override readdir(ctx: VfsContext): Dirent[] {
    const out: Dirent[] = [];
    for (const name of this.names(taskOf(ctx))) {
      const inode = this.lookup(ctx, name);
      if (typeof inode !== 'number') out.push({ ino: inode.ino, type: inode.mode & S_IFMT, name });
    }
    return out;
  }

  /** Forgets an inode that was made. */
  protected forget(name: string): void {
    this.#made.delete(name);
  }
}

/** Makes the inode of an entry. */
export type Maker = (fs: Origin) => Inode;

export type Entries = Readonly<Record<string, Maker>>;

/** A directory with fixed entries; where they are many and seldom looked at, a function that lists them. */
export class FixedDirectory extends MadeDirectory {
  readonly #entries: Entries | (() => Entries);

  constructor(fs: Origin, entries: Entries | (() => Entries), mode = 0o555) {
    super(fs, mode);
    this.#entries = entries;
  }

  #list(): Entries {
    return typeof this.#entries === 'function' ? this.#entries() : this.#entries;
  }

  override names(): Iterable<string> {
    return Object.keys(this.#list());
  }

  override make(name: string): Inode | undefined {
    const entries = this.#list();
    return Object.hasOwn(entries, name) ? entries[name]!(this.origin) : undefined;
  }
}

export const directory =
  (entries: Entries | (() => Entries), mode?: number): Maker =>
  (fs) =>
    new FixedDirectory(fs, entries, mode);

/** A file that only says something. */
export const text =
  (read: (reader: Task) => string | Uint8Array | number, mode = 0o444, size = 0): Maker =>
  (fs) =>
    new TextInode(fs, mode, { read }, size);

export const link =
  (target: (reader: Task) => string | number): Maker =>
  (fs) =>
    new LinkInode(fs, target);
