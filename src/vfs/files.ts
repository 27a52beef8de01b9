import { EBADF, EINVAL, EISDIR, ENOENT, EXDEV } from '../abi/errno.ts';
import { MS_NOATIME, SEEK_CUR, SEEK_DATA, SEEK_END, SEEK_HOLE, SEEK_SET } from '../abi/flags.ts';
import { type Dirent, S_IFDIR, S_IFMT, S_IFREG } from '../abi/stat.ts';
import type { BlobRef } from './blob.ts';
import { isReadOnly } from './create.ts';
import { seekData } from './holes.ts';
import { type Inode, OpenFile, type Path, type VfsContext } from './objects.ts';
import { capable } from './permission.ts';

/** An open regular file: an offset over its inode's read and write. */
export class RegularFile extends OpenFile {
  declare readonly path: Path;

  override read(ctx: VfsContext, buf: Uint8Array): number {
    const n = this.pread(ctx, buf, this.offset);
    if (n > 0) this.offset += n;
    return n;
  }

  override pread(ctx: VfsContext, buf: Uint8Array, position: number): number {
    if (!this.readable) return -EBADF;
    if (position < 0) return -EINVAL;
    const inode = this.path.inode;
    const n = inode.read(ctx, buf, position);
    if (n >= 0 && buf.length > 0) noteAccess(ctx, this.path);
    return n;
  }

  override write(ctx: VfsContext, buf: Uint8Array): number {
    const inode = this.path.inode;
    const position = this.append ? inode.size : this.offset;
    const n = this.writeAt(ctx, buf, position);
    if (n > 0) this.offset = position + n;
    return n;
  }

  override pwrite(ctx: VfsContext, buf: Uint8Array, position: number): number {
    if (position < 0) return -EINVAL;
    return this.writeAt(ctx, buf, this.append ? this.path.inode.size : position);
  }

  private writeAt(ctx: VfsContext, buf: Uint8Array, position: number): number {
    if (!this.writable) return -EBADF;
    const inode = this.path.inode;
    if ((inode.mode & 0o6000) !== 0 && buf.length > 0) dropSetIds(ctx, inode);
    return inode.write(ctx, buf, position);
  }

  override lseek(_ctx: VfsContext, offset: number, whence: number): number {
    let to = offset;
    if (whence === SEEK_CUR) to += this.offset;
    else if (whence === SEEK_END) to += this.path.inode.size;
    else if (whence === SEEK_DATA || whence === SEEK_HOLE) {
      to = seekData(this.path.inode, offset, whence === SEEK_HOLE);
      if (to < 0) return to;
    } else if (whence !== SEEK_SET) return -EINVAL;
    if (to < 0) return -EINVAL;
    this.offset = to;
    return to;
  }

  override ftruncate(ctx: VfsContext, length: number): number {
    if (!this.writable || length < 0) return -EINVAL;
    const inode = this.path.inode;
    if ((inode.mode & 0o6000) !== 0) dropSetIds(ctx, inode);
    return inode.truncate(ctx, length);
  }

  override fsync(ctx: VfsContext): number {
    return this.path.inode.fsync(ctx);
  }

  override readableBytes(_ctx: VfsContext): number {
    return Math.max(0, this.path.inode.size - this.offset);
  }
}

/** A file was read: its time of access may move, where the mount lets it. */
export function noteAccess(ctx: VfsContext, place: Path): void {
  if ((place.mount.flags & MS_NOATIME) === 0 && !isReadOnly(place.mount)) place.inode.accessed(ctx);
}

/** A place without access to what is there (O_PATH). */
export class PathFile extends OpenFile {
  override read(_ctx: VfsContext, _buf: Uint8Array): number {
    return -EBADF;
  }

  override write(_ctx: VfsContext, _buf: Uint8Array): number {
    return -EBADF;
  }

  override pread(_ctx: VfsContext, _buf: Uint8Array, _position: number): number {
    return -EBADF;
  }

  override pwrite(_ctx: VfsContext, _buf: Uint8Array, _position: number): number {
    return -EBADF;
  }

  override lseek(_ctx: VfsContext, _offset: number, _whence: number): number {
    return -EBADF;
  }

  override ftruncate(_ctx: VfsContext, _length: number): number {
    return -EBADF;
  }

  override getdents(_ctx: VfsContext): Dirent[] | number {
    return -EBADF;
  }

  override fsync(_ctx: VfsContext): number {
    return -EBADF;
  }
}

/** Writing takes the set-id bits away, unless one has CAP_FSETID. */
export function dropSetIds(ctx: VfsContext, inode: Inode): void {
  if (capable(ctx.cred, 'CAP_FSETID')) return;
  const mode = withoutSetIds(inode.mode);
  if (mode !== inode.mode) inode.setattr(ctx, { mode: mode & 0o7777 });
}

/** A mode without set-user-ID, and without set-group-ID where the group may execute. */
export const withoutSetIds = (mode: number): number => mode & ~((mode & 0o10) !== 0 ? 0o6000 : 0o4000);

/** An open directory. The list is made at the first getdents, so that removing entries meanwhile loses none. */
export class DirectoryFile extends OpenFile {
  declare readonly path: Path;
  private list: Dirent[] | undefined = undefined;

  override read(_ctx: VfsContext, _buf: Uint8Array): number {
    return -EISDIR;
  }

  override pread(_ctx: VfsContext, _buf: Uint8Array, _position: number): number {
    return -EISDIR;
  }

  override write(_ctx: VfsContext, _buf: Uint8Array): number {
    return -EBADF;
  }

  override pwrite(_ctx: VfsContext, _buf: Uint8Array, _position: number): number {
    return -EBADF;
  }

  override getdents(ctx: VfsContext): Dirent[] | number {
    const { dentry, mount } = this.path;
    const inode = dentry.inode;
    if (this.list === undefined) {
      if (dentry.deleted || inode.nlink === 0) return -ENOENT;
      const entries = inode.readdir(ctx);
      if (typeof entries === 'number') return entries;
      const up = dentry === mount.root ? inode : dentry.parent.inode;
      this.list = [
        { ino: inode.ino, type: S_IFDIR, name: '.' },
        { ino: up.ino, type: S_IFDIR, name: '..' },
        ...entries,
      ];
      noteAccess(ctx, this.path);
    }
    if (this.offset >= this.list.length) return [];
    const rest = this.offset === 0 ? this.list : this.list.slice(this.offset);
    this.offset = this.list.length;
    return rest;
  }

  /** The offset counts entries; back to 0 reads the directory anew. */
  override lseek(_ctx: VfsContext, offset: number, whence: number): number {
    const to = whence === SEEK_SET ? offset : whence === SEEK_CUR ? this.offset + offset : -1;
    if (to < 0) return -EINVAL;
    this.offset = to;
    if (to === 0) this.list = undefined;
    return to;
  }

  override fsync(ctx: VfsContext): number {
    return this.path.inode.fsync(ctx);
  }
}

/**
 * copy_file_range(2) at the offsets of two files, which move on.
 * @returns bytes copied (may be fewer), 0 at the end of `from`; may return BLOCKED
 */
export function copyFileRange(ctx: VfsContext, from: OpenFile, to: OpenFile, length: number): number {
  if (!from.readable || !to.writable || to.append) return -EBADF;
  if (from.path === undefined || to.path === undefined) return -EINVAL;
  const source = from.path.inode;
  const target = to.path.inode;
  if ((source.mode & S_IFMT) === S_IFDIR || (target.mode & S_IFMT) === S_IFDIR) return -EISDIR;
  if ((source.mode & S_IFMT) !== S_IFREG || (target.mode & S_IFMT) !== S_IFREG) return -EINVAL;
  const want = Math.min(length, source.size - from.offset);
  if (want <= 0) return 0;
  if (source === target && Math.abs(from.offset - to.offset) < want) return -EINVAL;
  if ((target.mode & 0o6000) !== 0) dropSetIds(ctx, target);
  let n = target.copyRange(ctx, to.offset, source, from.offset, want);
  if (n < 0) n = copyBytes(ctx, source, from.offset, target, to.offset, want);
  if (n <= 0) return n;
  from.offset += n;
  to.offset += n;
  return n;
}

/** Makes the content of an empty file a part of a blob. @returns 0, -EBADF, -EINVAL, or as the file's inode says */
export function referToBlob(ctx: VfsContext, file: OpenFile, blob: BlobRef): number {
  if (!file.writable) return -EBADF;
  return file.path === undefined ? -EINVAL : file.path.inode.referToBlob(ctx, blob);
}

function copyBytes(ctx: VfsContext, from: Inode, at: number, to: Inode, toAt: number, length: number): number {
  const buf = new Uint8Array(Math.min(length, 65536 - (toAt % 65536)));
  const n = from.read(ctx, buf, at);
  if (n === -EINVAL) return -EXDEV;
  return n <= 0 ? n : to.write(ctx, n === buf.length ? buf : buf.subarray(0, n), toAt);
}
