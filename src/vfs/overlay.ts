import { EEXIST, ENODATA, ENOENT, ENOTDIR, ENOTEMPTY, EOPNOTSUPP, EPERM, EROFS, EXDEV } from '../abi/errno.ts';
import { MS_RDONLY, O_ACCMODE, O_RDONLY, O_TRUNC, RENAME_EXCHANGE } from '../abi/flags.ts';
import { type Dirent, S_IFCHR, S_IFMT, S_IFREG, type Stat, type StatFs } from '../abi/stat.ts';
import type { Attributes } from './attributes.ts';
import type { BlobRef } from './blob.ts';
import { copyUpFile } from './copy-up.ts';
import {
  clearWhiteouts,
  isDir,
  isOpaque,
  isWhiteout,
  lowerStack,
  makeOpaque,
  mergeEntries,
  type OverlayLayers,
  PRIVATE,
  shinesThrough,
  upperEntries,
} from './layers.ts';
import { FileSystem, Inode, type InodeInit, type OpenFile, type Path, type VfsContext } from './objects.ts';

/**
 * Layers seen as one tree, with index=off, redirect_dir=off, metacopy=off. The lower layers must not change meanwhile.
 * @see Linux Documentation/filesystems/overlayfs.rst
 */
export class OverlayFs extends FileSystem {
  readonly root: OverlayInode;
  readonly work: Inode | undefined;
  /** Of upper files with several names: all of them are one inode here as well. */
  readonly byUpper: WeakMap<Inode, OverlayInode> = new WeakMap();
  private readonly optionText: string;

  constructor(layers: OverlayLayers) {
    super('overlay');
    this.optionText = layers.options;
    this.work = layers.work;
    if (layers.upper === undefined) this.flags |= MS_RDONLY;
    this.root = new OverlayInode(this, layers.upper, layers.lowers, undefined, '');
  }

  override options(): string {
    return this.optionText;
  }

  override statfs(ctx: VfsContext, out: StatFs): number {
    return this.root.real().fs.statfs(ctx, out);
  }
}

/** What a name of an overlay names: an upper file, the topmost lower one, or a stack of merged directories. */
export class OverlayInode extends Inode {
  declare readonly fs: OverlayFs;
  upper: Inode | undefined;
  /** Of a directory, those that are merged, topmost first; of a file that is not in the upper layer, that one. */
  lowers: readonly Inode[];
  private parent: OverlayInode | undefined;
  private name: string;
  /** Found entries; null: there is none in the lower layers, nor was in the upper one. */
  private cache: Map<string, OverlayInode | null> | undefined = undefined;
  /** Names that the lower layers show together. */
  private lowerEntries: Map<string, Dirent> | undefined = undefined;
  private opens = 0;
  /** st_ino: of the lower file also after a copy-up, unless that had several names of which only this one was copied. */
  private shownIno: number;
  /** Has no name any more. */
  private gone = false;

  constructor(
    fs: OverlayFs,
    upper: Inode | undefined,
    lowers: readonly Inode[],
    parent: OverlayInode | undefined,
    name: string,
  ) {
    const real = (upper ?? lowers[0])!;
    super(fs, (lowers[0] ?? real).ino, real.mode);
    this.upper = upper;
    this.lowers = lowers;
    this.parent = parent;
    this.name = name;
    this.shownIno = this.ino;
    this.sync();
  }

  /** The inode whose attributes and content show. */
  real(): Inode {
    return (this.upper ?? this.lowers[0])!;
  }

  override contentInode(): Inode {
    return this.real().contentInode();
  }

  override get size(): number {
    return this.real().size;
  }

  /** Takes over what permission checks need. */
  private sync(): void {
    const real = this.real();
    this.mode = real.mode;
    this.uid = real.uid;
    this.gid = real.gid;
    this.rdev = real.rdev;
    const merged = isDir(real) && this.lowers.length > (this.upper === undefined ? 1 : 0);
    this.nlink = this.gone ? 0 : merged ? 1 : real.nlink;
  }

  // ---- looking up
  override lookup(ctx: VfsContext, name: string): Inode | number {
    if (!isDir(this)) return -ENOTDIR;
    return this.find(ctx, name) ?? -ENOENT;
  }

  private find(ctx: VfsContext, name: string): OverlayInode | undefined {
    const cached = this.cache?.get(name);
    if (this.upper === undefined) {
      if (cached !== undefined) return cached ?? undefined;
      return this.findAnew(ctx, name, undefined);
    }
    const found = this.upper.lookup(ctx, name);
    const above = typeof found === 'number' ? undefined : found;
    if (cached !== undefined) {
      if (cached === null) {
        if (above === undefined) return undefined;
      } else if (cached.upper === above) {
        if (above !== undefined && cached.mode !== above.mode) cached.sync();
        return cached;
      }
    }
    if (above === undefined && this.lowers.length === 0) return undefined;
    return this.findAnew(ctx, name, above);
  }

  private findAnew(ctx: VfsContext, name: string, above: Inode | undefined): OverlayInode | undefined {
    if (above !== undefined && isWhiteout(above)) {
      this.cache?.delete(name);
      return undefined;
    }
    const inode = this.assemble(ctx, name, above);
    this.remember(name, inode ?? null);
    return inode;
  }

  /** Goes through the layers from the top: a whiteout, an opaque directory or a file under a directory ends it. */
  private assemble(ctx: VfsContext, name: string, above: Inode | undefined): OverlayInode | undefined {
    if (above !== undefined && !isDir(above)) {
      const known = above.nlink > 1 ? this.fs.byUpper.get(above) : undefined;
      if (known !== undefined) return known;
      const made = new OverlayInode(this.fs, above, [], this, name);
      if (above.nlink > 1) this.fs.byUpper.set(above, made);
      return made;
    }
    const stack =
      above !== undefined && isOpaque(ctx, above) ? [] : lowerStack(ctx, this.lowers, name, above !== undefined);
    if (above === undefined && stack.length === 0) return undefined;
    return new OverlayInode(this.fs, above, stack, this, name);
  }

  override readdir(ctx: VfsContext): Dirent[] | number {
    if (!isDir(this)) return -ENOTDIR;
    const hidden = new Set<string>();
    const out = this.upper === undefined ? [] : upperEntries(ctx, this.upper, hidden);
    if (typeof out === 'number') return out;
    for (const entry of out) entry.ino = this.cache?.get(entry.name)?.shownIno ?? entry.ino;
    if (this.lowers.length === 0) return out;
    this.lowerEntries ??= mergeEntries(ctx, this.lowers);
    for (const entry of this.lowerEntries.values()) if (!hidden.has(entry.name)) out.push(entry);
    return out;
  }

  override readlink(ctx: VfsContext): string | number {
    return this.real().readlink(ctx);
  }

  override follow(ctx: VfsContext): string | Path | number {
    return this.real().follow(ctx);
  }

  // ---- copy-up
  /** Makes sure that the upper layer has it, and the directories above it. @returns 0, -EROFS, -ENOSPC, … or BLOCKED */
  copyUp(ctx: VfsContext): number {
    if (this.upper !== undefined) return 0;
    const parent = this.parent;
    if (parent === undefined || this.fs.work === undefined) return -EROFS;
    if (this.gone) return this.copyUpOrphan(ctx);
    const above = parent.copyUp(ctx);
    if (above < 0) return above;
    const dir = parent.upper!;
    const { atimeSec, atimeNsec, mtimeSec, mtimeNsec } = dir;
    const made = copyUpFile(ctx, this.lowers[0]!, dir, this.name);
    dir.setattr(ctx, { atimeSec, atimeNsec, mtimeSec, mtimeNsec });
    if (typeof made === 'number') return made;
    this.becomeUpper(made);
    return 0;
  }

  /** An unlinked lower file that is still open: its copy has no name either. */
  private copyUpOrphan(ctx: VfsContext): number {
    const work = this.fs.work!;
    const name = `#${this.ino}`;
    const made = copyUpFile(ctx, this.lowers[0]!, work, name);
    if (typeof made === 'number') return made;
    made.retain();
    work.unlink(ctx, name, made);
    this.becomeUpper(made);
    made.release();
    return 0;
  }

  private becomeUpper(made: Inode): void {
    const lower = this.lowers[0]!;
    for (let i = 0; i < this.opens; i++) {
      lower.release();
      made.retain();
    }
    this.upper = made;
    if (!isDir(made)) this.lowers = [];
    if (!isDir(made) && lower.nlink > 1) this.shownIno = made.ino;
    this.sync();
  }

  // ---- making
  override create(ctx: VfsContext, name: string, init: InodeInit): Inode | number {
    if ((init.mode & S_IFMT) === S_IFCHR && init.rdev === 0) return -EPERM;
    const status = this.copyUp(ctx);
    if (status < 0) return status;
    const made = this.overWhiteout(ctx, name, (dir) => dir.create(ctx, name, init));
    if (typeof made === 'number') return made;
    const inode = new OverlayInode(this.fs, made, [], this, name);
    this.remember(name, inode);
    this.sync();
    return inode;
  }

  private remember(name: string, inode: OverlayInode | null): void {
    this.cache ??= new Map();
    this.cache.set(name, inode);
  }

  /** Makes an upper entry, where needed in the place of a whiteout; a directory becomes opaque then. */
  private overWhiteout<T extends Inode | number>(ctx: VfsContext, name: string, make: (dir: Inode) => T): T | number {
    const dir = this.upper!;
    const present = dir.lookup(ctx, name);
    if (typeof present === 'number') return make(dir);
    if (!isWhiteout(present)) return -EEXIST;
    const removed = dir.unlink(ctx, name, present);
    if (removed < 0) return removed;
    const made = make(dir);
    if (typeof made === 'number') {
      if (made < 0) this.putWhiteout(ctx, name);
      return made;
    }
    if (isDir(made)) makeOpaque(ctx, made);
    return made;
  }

  private putWhiteout(ctx: VfsContext, name: string): number {
    const made = this.upper!.create(ctx, name, { mode: S_IFCHR, uid: 0, gid: 0, rdev: 0 });
    return typeof made === 'number' ? made : 0;
  }

  override link(ctx: VfsContext, name: string, target: Inode): number {
    const inode = target as OverlayInode;
    let status = inode.copyUp(ctx);
    if (status < 0) return status;
    status = this.copyUp(ctx);
    if (status < 0) return status;
    const upper = inode.upper!;
    status = this.overWhiteout(ctx, name, (dir) => dir.link(ctx, name, upper));
    if (status < 0) return status;
    this.fs.byUpper.set(upper, inode);
    this.remember(name, inode);
    inode.sync();
    return 0;
  }

  // ---- removing
  override unlink(ctx: VfsContext, name: string, target: Inode): number {
    return this.remove(ctx, name, target as OverlayInode);
  }

  override rmdir(ctx: VfsContext, name: string, target: Inode): number {
    const dir = target as OverlayInode;
    const entries = dir.readdir(ctx);
    if (typeof entries === 'number') return entries;
    if (entries.length > 0) return -ENOTEMPTY;
    return this.remove(ctx, name, dir);
  }

  private remove(ctx: VfsContext, name: string, victim: OverlayInode): number {
    const status = this.copyUp(ctx);
    if (status < 0) return status;
    const needsWhiteout = shinesThrough(ctx, this.lowers, name);
    const taken = this.takeUpper(ctx, name, victim);
    if (taken < 0) return taken;
    if (needsWhiteout) {
      const put = this.putWhiteout(ctx, name);
      if (put < 0) return put;
    }
    this.cache?.delete(name);
    victim.lostName();
    this.sync();
    return 0;
  }

  /** Removes the upper file, or the upper directory with the whiteouts in it. */
  private takeUpper(ctx: VfsContext, name: string, victim: OverlayInode): number {
    const upper = victim.upper;
    if (upper === undefined) return 0;
    if (!isDir(upper)) return this.upper!.unlink(ctx, name, upper);
    const status = clearWhiteouts(ctx, upper);
    return status < 0 ? status : this.upper!.rmdir(ctx, name, upper);
  }

  private lostName(): void {
    this.gone = isDir(this) || this.upper === undefined || this.upper.nlink === 0;
    this.sync();
  }

  // ---- moving
  override rename(
    ctx: VfsContext,
    name: string,
    inode: Inode,
    newDir: Inode,
    newName: string,
    replaced: Inode | undefined,
    flags: number,
  ): number {
    const moved = inode as OverlayInode;
    const to = newDir as OverlayInode;
    const old = replaced as OverlayInode | undefined;
    if (isDir(moved) && moved.lowers.length > 0) return -EXDEV;
    if ((flags & RENAME_EXCHANGE) !== 0 && old !== undefined) return this.exchange(ctx, name, moved, to, newName, old);
    if (old !== undefined && isDir(old)) {
      const entries = old.readdir(ctx);
      if (typeof entries === 'number') return entries;
      if (entries.length > 0) return -ENOTEMPTY;
    }
    let status = moved.copyUp(ctx);
    if (status >= 0) status = to.copyUp(ctx);
    if (status < 0) return status;
    const needsWhiteout = shinesThrough(ctx, this.lowers, name);
    status = to.makeRoom(ctx, newName, old, isDir(moved));
    if (status < 0) return status;
    const upper = moved.upper!;
    const there = to.upper!.lookup(ctx, newName);
    status = this.upper!.rename(ctx, name, upper, to.upper!, newName, typeof there === 'number' ? undefined : there, 0);
    if (status < 0) return status;
    if (isDir(moved)) to.hideBelow(ctx, upper);
    if (needsWhiteout) this.putWhiteout(ctx, name);
    this.cache?.delete(name);
    to.place(newName, moved);
    old?.lostName();
    this.sync();
    return 0;
  }

  private place(name: string, inode: OverlayInode): void {
    inode.parent = this;
    inode.name = name;
    this.remember(name, inode);
    inode.sync();
    this.sync();
  }

  /** What stands in the way of a rename in the upper layer: whiteouts in an empty directory, a whiteout under a directory. */
  private makeRoom(ctx: VfsContext, name: string, old: OverlayInode | undefined, forDirectory: boolean): number {
    const dir = this.upper!;
    const there = dir.lookup(ctx, name);
    if (typeof there === 'number') return 0;
    if (isWhiteout(there)) return forDirectory ? dir.unlink(ctx, name, there) : 0;
    return old !== undefined && isDir(there) ? clearWhiteouts(ctx, there) : 0;
  }

  /** A directory that comes into a merged one must not merge with what has its name below. */
  private hideBelow(ctx: VfsContext, upper: Inode): void {
    if (this.lowers.length > 0 && !isOpaque(ctx, upper)) makeOpaque(ctx, upper);
  }

  private exchange(
    ctx: VfsContext,
    name: string,
    moved: OverlayInode,
    to: OverlayInode,
    newName: string,
    other: OverlayInode,
  ): number {
    if (isDir(other) && other.lowers.length > 0) return -EXDEV;
    for (const inode of [moved, other, this, to]) {
      const status = inode.copyUp(ctx);
      if (status < 0) return status;
    }
    const status = this.upper!.rename(ctx, name, moved.upper!, to.upper!, newName, other.upper!, RENAME_EXCHANGE);
    if (status < 0) return status;
    if (isDir(moved)) to.hideBelow(ctx, moved.upper!);
    if (isDir(other)) this.hideBelow(ctx, other.upper!);
    to.place(newName, moved);
    this.place(name, other);
    return 0;
  }

  // ---- attributes
  override getattr(ctx: VfsContext, st: Stat): number {
    const status = this.real().getattr(ctx, st);
    st.dev = this.fs.dev;
    st.ino = this.shownIno;
    if (isDir(this)) st.nlink = this.nlink;
    return status;
  }

  override setattr(ctx: VfsContext, attributes: Attributes): number {
    const up = this.copyUp(ctx);
    if (up < 0) return up;
    const status = this.upper!.setattr(ctx, attributes);
    this.sync();
    return status;
  }

  override getxattr(ctx: VfsContext, name: string): Uint8Array | number {
    return name.startsWith(PRIVATE) ? -ENODATA : this.real().getxattr(ctx, name);
  }

  override setxattr(ctx: VfsContext, name: string, value: Uint8Array, flags: number): number {
    if (name.startsWith(PRIVATE)) return -EOPNOTSUPP;
    const up = this.copyUp(ctx);
    return up < 0 ? up : this.upper!.setxattr(ctx, name, value, flags);
  }

  override listxattr(ctx: VfsContext): string[] | number {
    const names = this.real().listxattr(ctx);
    return typeof names === 'number' ? names : names.filter((name) => !name.startsWith(PRIVATE));
  }

  override removexattr(ctx: VfsContext, name: string): number {
    if (name.startsWith(PRIVATE)) return -EOPNOTSUPP;
    const present = this.real().getxattr(ctx, name);
    if (typeof present === 'number') return present;
    const up = this.copyUp(ctx);
    return up < 0 ? up : this.upper!.removexattr(ctx, name);
  }

  // ---- content
  override open(ctx: VfsContext, path: Path, flags: number): OpenFile | number | undefined {
    if ((this.mode & S_IFMT) === S_IFREG && ((flags & O_ACCMODE) !== O_RDONLY || (flags & O_TRUNC) !== 0)) {
      const up = this.copyUp(ctx);
      if (up < 0) return up;
    }
    return this.real().open(ctx, path, flags);
  }

  override read(ctx: VfsContext, buf: Uint8Array, position: number): number {
    return this.real().read(ctx, buf, position);
  }

  override write(ctx: VfsContext, buf: Uint8Array, position: number): number {
    const up = this.copyUp(ctx);
    return up < 0 ? up : this.upper!.write(ctx, buf, position);
  }

  override truncate(ctx: VfsContext, length: number): number {
    const up = this.copyUp(ctx);
    return up < 0 ? up : this.upper!.truncate(ctx, length);
  }

  override copyRange(ctx: VfsContext, position: number, from: Inode, fromPosition: number, length: number): number {
    const up = this.copyUp(ctx);
    return up < 0 ? up : this.upper!.copyRange(ctx, position, from, fromPosition, length);
  }

  override cloneContent(ctx: VfsContext, from: Inode): number {
    const up = this.copyUp(ctx);
    return up < 0 ? up : this.upper!.cloneContent(ctx, from);
  }

  override referToBlob(ctx: VfsContext, blob: BlobRef): number {
    const up = this.copyUp(ctx);
    return up < 0 ? up : this.upper!.referToBlob(ctx, blob);
  }

  override accessed(ctx: VfsContext): void {
    this.upper?.accessed(ctx);
  }

  override fsync(ctx: VfsContext): number {
    return this.upper === undefined ? 0 : this.upper.fsync(ctx);
  }

  override retain(): void {
    this.opens++;
    this.real().retain();
  }

  override release(): void {
    this.opens--;
    this.real().release();
  }
}
