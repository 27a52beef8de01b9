import {
  EEXIST,
  EFBIG,
  EINVAL,
  EIO,
  EMLINK,
  ENODATA,
  ENOENT,
  ENOSPC,
  ENOTDIR,
  ENOTEMPTY,
  EOPNOTSUPP,
} from '../abi/errno.ts';
import { RENAME_EXCHANGE } from '../abi/flags.ts';
import { type Dirent, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, type Stat, type StatFs } from '../abi/stat.ts';
import type { Timespec } from '../abi/sys.ts';
import { byteLength } from '../lib/utf8.ts';
import { type Attributes, accessShows, assignAttributes, fillStat } from './attributes.ts';
import type { BlobRef, BlobSource } from './blob.ts';
import {
  allocatedPages,
  type Chunk,
  type ChunkSource,
  type Content,
  type ContentStore,
  dropContent,
  missingPages,
  PAGE,
  readContent,
  truncateContent,
  writeContent,
} from './content.ts';
import { FileSystem, Inode, type InodeInit, type VfsContext } from './objects.ts';
import { ownName } from './own-name.ts';
import { loadContent, refersToBlob, shareContent, shareRange } from './share-content.ts';
import type { TmpFsOptions } from './tmpfs-data.ts';

const MAX_LINKS = 65000;
/** Largest file: 16 TiB, as ext4 with 4 KiB blocks. */
const MAX_SIZE = 2 ** 44;

/** Who wants to know of every change before it is made (snapshots) or which there were (the journal). */
export interface ChangeWatcher {
  /** Attributes or content of `inode` change. */
  inodeChanges(inode: TmpfsInode): void;
  entryChanges(dir: TmpfsInode, name: string): void;
  inodeGone(inode: TmpfsInode): void;
  chunkGone(id: number): void;
  /** The tree was replaced. */
  everythingChanged(): void;
}

/** Of a directory without any. */
const NO_ENTRIES: ReadonlyMap<string, TmpfsInode> = new Map();

/** Entries of a directory that are made when it is first looked at (a copy of a snapshot). */
export interface LazyEntries {
  expand(): Map<string, TmpfsInode>;
}

/** A filesystem in memory with quotas: tmpfs(5), and the host's disk. */
export class TmpFs extends FileSystem implements ContentStore {
  readonly root: TmpfsInode;
  readonly blobs: BlobSource | undefined;
  readonly maxPages: number;
  readonly maxInodes: number;
  /** Allocated pages. */
  pages = 0;
  /** Files of any type. */
  inodes = 0;
  nextIno: number;
  journal: ChangeWatcher | undefined = undefined;
  /** Where chunks are that are only stored. */
  chunkSource: ChunkSource | undefined = undefined;
  /** Counts snapshots: an inode of an earlier epoch is preserved before it changes. */
  epoch = 0;
  /** Keeps the state of an inode for the snapshots that need it. */
  preserve: ((inode: TmpfsInode) => void) | undefined = undefined;
  private readonly optionText: string;
  private slab = new Uint8Array(0);
  private slabUsed = 0;

  constructor(o: TmpFsOptions) {
    super(o.type);
    this.blobs = o.blobs;
    this.maxPages = Math.floor(o.bytes / PAGE);
    this.maxInodes = o.inodes;
    this.optionText = o.options ?? '';
    this.nextIno = o.type === 'tmpfs' ? 2 : 12;
    this.root = new TmpfsInode(this, o.type === 'tmpfs' ? 1 : 2, S_IFDIR | (o.mode ?? 0o755));
    this.root.uid = o.uid ?? 0;
    this.root.gid = o.gid ?? 0;
    this.root.nlink = 2;
    this.root.stamp(o.now, true);
    this.inodes = 1;
  }

  override statfs(_ctx: VfsContext, out: StatFs): number {
    out.bsize = PAGE;
    out.blocks = this.maxPages;
    out.bfree = out.bavail = Math.max(0, this.maxPages - this.pages);
    out.files = this.maxInodes;
    out.ffree = Math.max(0, this.maxInodes - this.inodes);
    return 0;
  }

  override options(): string {
    return this.optionText;
  }

  chunkGone(id: number): void {
    this.journal?.chunkGone(id);
  }

  smallArray(length: number): Uint8Array {
    if (this.slabUsed + length > this.slab.length) {
      this.slab = new Uint8Array(PAGE);
      this.slabUsed = 0;
    }
    this.slabUsed += length;
    return this.slab.subarray(this.slabUsed - length, this.slabUsed);
  }

  loadChunk(chunk: Chunk, waker: () => () => void): number {
    const bytes = this.chunkSource?.read(chunk.id, waker) ?? -EIO;
    if (typeof bytes === 'number') return bytes;
    chunk.bytes = bytes;
    chunk.borrowed = true;
    chunk.absent = false;
    return 0;
  }

  /** Must be called before attributes or content of `inode` change. */
  changing(inode: TmpfsInode): void {
    if (inode.epoch !== this.epoch) {
      this.preserve?.(inode);
      inode.epoch = this.epoch;
    }
    this.journal?.inodeChanges(inode);
  }

  /** An inode with no names, which the quota counts. @returns -ENOSPC */
  allocate(init: InodeInit, now: Readonly<Timespec>): TmpfsInode | number {
    if (this.inodes >= this.maxInodes || this.pages >= this.maxPages) return -ENOSPC;
    const inode = new TmpfsInode(this, this.nextIno++, init.mode);
    inode.uid = init.uid;
    inode.gid = init.gid;
    inode.rdev = init.rdev;
    inode.epoch = this.epoch;
    const type = init.mode & S_IFMT;
    if (type === S_IFDIR) inode.nlink = 2;
    else if (type === S_IFLNK) {
      inode.content = init.target ?? '';
      inode.length = byteLength(inode.content);
    }
    inode.stamp(now, true);
    this.inodes++;
    this.journal?.inodeChanges(inode);
    return inode;
  }

  /** Gives back what an inode without names and without openers took. */
  free(inode: TmpfsInode): void {
    this.inodes--;
    if ((inode.mode & S_IFMT) === S_IFREG) {
      this.changing(inode);
      this.pages -= allocatedPages(inode.holder());
      dropContent(this, inode.holder());
    }
    this.journal?.inodeGone(inode);
  }
}

/** A file of any type in memory. `content` is Content of a regular file, the text of a link, a directory's entries if it has any. */
export class TmpfsInode extends Inode {
  declare readonly fs: TmpFs;
  content: Content | string | Map<string, TmpfsInode> | LazyEntries = undefined;
  length = 0;
  xattrs: ReadonlyMap<string, Uint8Array> | undefined = undefined;
  /** Open files. */
  opens = 0;
  epoch = 0;

  override get size(): number {
    if ((this.mode & S_IFMT) !== S_IFDIR) return this.length;
    return this.fs.type === 'tmpfs' ? (this.entries().size + 2) * 20 : PAGE;
  }

  /** This inode as a regular file's content. */
  holder(): { content: Content; length: number } {
    return this as { content: Content; length: number };
  }

  entries(): ReadonlyMap<string, TmpfsInode> {
    const content = this.content;
    if (content instanceof Map) return content;
    if (content === undefined) return NO_ENTRIES;
    const entries = (content as LazyEntries).expand();
    this.content = entries;
    return entries;
  }

  /** The entries, to be changed. */
  private changeable(): Map<string, TmpfsInode> {
    const entries = this.entries();
    if (entries !== NO_ENTRIES) return entries as Map<string, TmpfsInode>;
    const made = new Map<string, TmpfsInode>();
    this.content = made;
    return made;
  }

  /** Sets ctime and mtime, of a new inode atime too. */
  stamp(now: Readonly<Timespec>, all = false): void {
    this.mtimeSec = this.ctimeSec = now.sec;
    this.mtimeNsec = this.ctimeNsec = now.nsec;
    if (!all) return;
    this.atimeSec = now.sec;
    this.atimeNsec = now.nsec;
  }

  private stampChange(now: Readonly<Timespec>): void {
    this.ctimeSec = now.sec;
    this.ctimeNsec = now.nsec;
  }

  // ---- directories
  override lookup(_ctx: VfsContext, name: string): Inode | number {
    if ((this.mode & S_IFMT) !== S_IFDIR) return -ENOTDIR;
    return this.entries().get(name) ?? -ENOENT;
  }

  override create(ctx: VfsContext, name: string, init: InodeInit): Inode | number {
    if (this.nlink === 0) return -ENOENT;
    if (this.entries().has(name)) return -EEXIST;
    const now = ctx.now();
    const inode = this.fs.allocate(init, now);
    if (typeof inode === 'number') return inode;
    this.enter(name, now);
    if ((init.mode & S_IFMT) === S_IFDIR) this.nlink++;
    this.changeable().set(ownName(name), inode);
    return inode;
  }

  /** An entry `name` of this directory is about to change. */
  private enter(name: string, now: Readonly<Timespec>): void {
    this.fs.changing(this);
    this.fs.journal?.entryChanges(this, name);
    this.stamp(now);
  }

  override link(ctx: VfsContext, name: string, target: Inode): number {
    if (this.nlink === 0) return -ENOENT;
    const inode = target as TmpfsInode;
    if (inode.nlink >= MAX_LINKS) return -EMLINK;
    if (this.entries().has(name)) return -EEXIST;
    const now = ctx.now();
    this.enter(name, now);
    this.fs.changing(inode);
    inode.nlink++;
    inode.stampChange(now);
    this.changeable().set(ownName(name), inode);
    return 0;
  }

  override unlink(ctx: VfsContext, name: string, target: Inode): number {
    const now = ctx.now();
    this.enter(name, now);
    this.changeable().delete(name);
    (target as TmpfsInode).loseName(now);
    return 0;
  }

  override rmdir(ctx: VfsContext, name: string, target: Inode): number {
    const dir = target as TmpfsInode;
    if (dir.entries().size > 0) return -ENOTEMPTY;
    const now = ctx.now();
    this.enter(name, now);
    this.nlink--;
    this.changeable().delete(name);
    dir.loseName(now);
    return 0;
  }

  /** One name less; a directory loses its `.` too. */
  private loseName(now: Readonly<Timespec>): void {
    this.fs.changing(this);
    this.stampChange(now);
    this.nlink = (this.mode & S_IFMT) === S_IFDIR ? 0 : this.nlink - 1;
    if (this.nlink === 0 && this.opens === 0) this.fs.free(this);
  }

  override rename(
    ctx: VfsContext,
    name: string,
    inode: Inode,
    newDir: Inode,
    newName: string,
    replaced: Inode | undefined,
    flags: number,
  ): number {
    const to = newDir as TmpfsInode;
    const moved = inode as TmpfsInode;
    const old = replaced as TmpfsInode | undefined;
    if (to.nlink === 0) return -ENOENT;
    const exchange = (flags & RENAME_EXCHANGE) !== 0 && old !== undefined;
    const oldIsDir = old !== undefined && (old.mode & S_IFMT) === S_IFDIR;
    if (oldIsDir && !exchange && old.entries().size > 0) return -ENOTEMPTY;
    const movedIsDir = (moved.mode & S_IFMT) === S_IFDIR;
    const now = ctx.now();
    this.enter(name, now);
    to.enter(newName, now);
    this.fs.changing(moved);
    moved.stampChange(now);
    if (exchange) this.changeable().set(name, old);
    else this.changeable().delete(name);
    to.changeable().set(ownName(newName), moved);
    this.nlink += (exchange && oldIsDir ? 1 : 0) - (movedIsDir ? 1 : 0);
    to.nlink += (movedIsDir ? 1 : 0) - (oldIsDir ? 1 : 0);
    if (exchange) {
      this.fs.changing(old);
      old.stampChange(now);
    } else old?.loseName(now);
    return 0;
  }

  override readdir(_ctx: VfsContext): Dirent[] | number {
    if ((this.mode & S_IFMT) !== S_IFDIR) return -ENOTDIR;
    const out: Dirent[] = [];
    for (const [name, inode] of this.entries()) out.push({ ino: inode.ino, type: inode.mode & S_IFMT, name });
    return out;
  }

  override readlink(_ctx: VfsContext): string | number {
    return (this.mode & S_IFMT) === S_IFLNK ? (this.content as string) : -EINVAL;
  }

  // ---- attributes
  override getattr(_ctx: VfsContext, st: Stat): number {
    fillStat(this, st);
    const type = this.mode & S_IFMT;
    if (type === S_IFREG) st.blocks = allocatedPages(this.holder()) * 8;
    else if (type === S_IFDIR && this.fs.type !== 'tmpfs') st.blocks = 8;
    return 0;
  }

  override setattr(ctx: VfsContext, attributes: Attributes): number {
    this.fs.changing(this);
    assignAttributes(this, attributes, ctx.now());
    return 0;
  }

  override getxattr(_ctx: VfsContext, name: string): Uint8Array | number {
    return this.xattrs?.get(name) ?? -ENODATA;
  }

  override setxattr(ctx: VfsContext, name: string, value: Uint8Array, flags: number): number {
    const present = this.xattrs?.has(name) ?? false;
    if (flags === 1 && present) return -EEXIST;
    if (flags === 2 && !present) return -ENODATA;
    this.fs.changing(this);
    this.xattrs = new Map(this.xattrs).set(name, value.slice());
    this.stampChange(ctx.now());
    return 0;
  }

  override listxattr(_ctx: VfsContext): string[] | number {
    return this.xattrs === undefined ? [] : [...this.xattrs.keys()];
  }

  override removexattr(ctx: VfsContext, name: string): number {
    if (!this.xattrs?.has(name)) return -ENODATA;
    this.fs.changing(this);
    const left = new Map(this.xattrs);
    left.delete(name);
    this.xattrs = left.size === 0 ? undefined : left;
    this.stampChange(ctx.now());
    return 0;
  }

  // ---- content
  override read(ctx: VfsContext, buf: Uint8Array, position: number): number {
    return readContent(this.fs, this.holder(), buf, position, () => ctx.waker());
  }

  override write(ctx: VfsContext, buf: Uint8Array, position: number): number {
    if (buf.length === 0) return 0;
    if (position + buf.length > MAX_SIZE) return -EFBIG;
    const fits = this.fitting(position, buf.length);
    if (fits === 0) return -ENOSPC;
    const part = fits < buf.length ? buf.subarray(0, fits) : buf;
    const holder = this.holder();
    this.fs.changing(this);
    const before = allocatedPages(holder);
    const status = writeContent(this.fs, holder, part, position, () => ctx.waker());
    this.fs.pages += allocatedPages(holder) - before;
    if (status >= 0) this.stamp(ctx.now());
    return status;
  }

  /** How many of `length` bytes the quota lets in. */
  private fitting(position: number, length: number): number {
    const free = this.fs.maxPages - this.fs.pages;
    const holder = this.holder();
    if (missingPages(holder, position, position + length) <= free) return length;
    let fits = 0;
    for (let at = position; at < position + length; ) {
      const next = Math.min(position + length, (Math.floor(at / PAGE) + 1) * PAGE);
      if (missingPages(holder, position, next) > free) break;
      fits = next - position;
      at = next;
    }
    return fits;
  }

  override truncate(ctx: VfsContext, length: number): number {
    if (length > MAX_SIZE) return -EFBIG;
    const holder = this.holder();
    this.fs.changing(this);
    const before = allocatedPages(holder);
    const status = truncateContent(this.fs, holder, length, () => ctx.waker());
    this.fs.pages += allocatedPages(holder) - before;
    if (status >= 0) this.stamp(ctx.now());
    return status;
  }

  override copyRange(ctx: VfsContext, position: number, source: Inode, fromPosition: number, length: number): number {
    const from = source.contentInode();
    if (!(from instanceof TmpfsInode) || from === this) return -EOPNOTSUPP;
    if (this.length === 0 && position === 0 && fromPosition === 0 && length >= from.length) {
      const status = this.cloneContent(ctx, from);
      if (status >= 0) this.stamp(ctx.now());
      return status < 0 ? status : from.length;
    }
    if (missingPages(this.holder(), position, position + length) > this.fs.maxPages - this.fs.pages) return -EOPNOTSUPP;
    const holder = this.holder();
    this.fs.changing(this);
    const before = allocatedPages(holder);
    const done = shareRange(this.fs, holder, position, from.holder(), fromPosition, length, from.fs === this.fs);
    this.fs.pages += allocatedPages(holder) - before;
    if (done === 0) return -EOPNOTSUPP;
    this.stamp(ctx.now());
    return done;
  }

  /**
   * Takes over all content of another file, sharing chunks and blob references.
   * @returns 0; -EOPNOTSUPP where it is of another kind of filesystem, or of one with blobs of its own; -ENOSPC
   */
  override cloneContent(ctx: VfsContext, other: Inode): number {
    const from = other.contentInode();
    if (!(from instanceof TmpfsInode)) return -EOPNOTSUPP;
    const source = from.holder();
    if (from.fs.blobs !== this.fs.blobs && refersToBlob(source.content)) return -EOPNOTSUPP;
    const status = from.fs === this.fs ? 0 : loadContent(from.fs, source.content, () => ctx.waker());
    if (status < 0) return status;
    const pages = allocatedPages(source);
    if (pages > this.fs.maxPages - this.fs.pages) return -ENOSPC;
    this.fs.changing(this);
    const holder = this.holder();
    this.fs.pages += pages - allocatedPages(holder);
    dropContent(this.fs, holder);
    holder.content = shareContent(source.content, from.fs === this.fs);
    holder.length = source.length;
    return 0;
  }

  /** Makes an empty regular file a reference into a blob. @returns 0, -EINVAL, -ENOSPC, -ENOENT for a layer that is not here */
  override referToBlob(ctx: VfsContext, blob: BlobRef): number {
    if ((this.mode & S_IFMT) !== S_IFREG || this.length > 0) return -EINVAL;
    if (blob.unpacked && !this.fs.blobs?.holds?.(blob.digest)) return -ENOENT;
    if (Math.ceil(blob.length / PAGE) > this.fs.maxPages - this.fs.pages) return -ENOSPC;
    this.fs.changing(this);
    this.content = blob.length === 0 ? undefined : blob;
    this.length = blob.length;
    this.fs.pages += allocatedPages(this.holder());
    this.stamp(ctx.now());
    return 0;
  }

  /** relatime: the time of access moves only where it is not after the last change, or a day old. */
  override accessed(ctx: VfsContext): void {
    const now = ctx.now();
    if (!accessShows(this, now)) return;
    this.fs.changing(this);
    this.atimeSec = now.sec;
    this.atimeNsec = now.nsec;
  }

  override retain(): void {
    this.opens++;
  }

  override release(): void {
    this.opens--;
    if (this.opens === 0 && this.nlink === 0) this.fs.free(this);
  }
}
