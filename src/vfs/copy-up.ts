import { EOPNOTSUPP } from '../abi/errno.ts';
import { S_IFLNK, S_IFMT, S_IFREG } from '../abi/stat.ts';
import { PRIVATE } from './layers.ts';
import type { Inode, InodeInit, VfsContext } from './objects.ts';

const PIECE = 65536;

/** Gives an empty file all content of another, shared where the filesystems can. @returns 0, -errno, or BLOCKED */
function copyUpContent(ctx: VfsContext, from: Inode, to: Inode): number {
  const shared = to.cloneContent(ctx, from);
  if (shared !== -EOPNOTSUPP) return shared;
  const buf = new Uint8Array(PIECE);
  for (let at = 0; ; ) {
    const n = from.read(ctx, buf, at);
    if (n <= 0) return n;
    for (let done = 0; done < n; ) {
      const written = to.write(ctx, buf.subarray(done, n), at + done);
      if (written <= 0) return written;
      done += written;
    }
    at += n;
  }
}

/** Copies extended attributes, but for those whose names begin with `except`. */
function copyUpXattrs(ctx: VfsContext, from: Inode, to: Inode, except: string): void {
  const names = from.listxattr(ctx);
  if (typeof names === 'number') return;
  for (const name of names) {
    if (name.startsWith(except)) continue;
    const value = from.getxattr(ctx, name);
    if (typeof value !== 'number') to.setxattr(ctx, name, value, 0);
  }
}

/**
 * Copies a lower file with all its attributes as `name` of an upper directory; of a directory the entries are not copied.
 * @returns the copy, -errno, or BLOCKED
 */
export function copyUpFile(ctx: VfsContext, lower: Inode, dir: Inode, name: string): Inode | number {
  const { mode, uid, gid, rdev } = lower;
  const init: InodeInit = { mode, uid, gid, rdev };
  if ((mode & S_IFMT) === S_IFLNK) {
    const target = lower.readlink(ctx);
    if (typeof target === 'number') return target;
    init.target = target;
  }
  const made = dir.create(ctx, name, init);
  if (typeof made === 'number') return made;
  const status = (mode & S_IFMT) === S_IFREG ? copyUpContent(ctx, lower, made) : 0;
  if (status < 0) {
    dir.unlink(ctx, name, made);
    return status;
  }
  copyUpXattrs(ctx, lower, made, PRIVATE);
  const { atimeSec, atimeNsec, mtimeSec, mtimeNsec } = lower;
  made.setattr(ctx, { atimeSec, atimeNsec, mtimeSec, mtimeNsec });
  return made;
}
