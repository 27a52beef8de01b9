import { EINVAL, EROFS } from '../abi/errno.ts';
import { W_OK } from '../abi/flags.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, type Stat, type StatFs } from '../abi/stat.ts';
import { isReadOnly } from './create.ts';
import { noteAccess } from './files.ts';
import type { OpenFile, Path, VfsContext } from './objects.ts';
import { resolve, Walk } from './walk.ts';

/** stat(2): follows a symbolic link at the end. */
export function stat(ctx: VfsContext, path: string, st: Stat): number {
  const walk = new Walk(ctx);
  const status = walk.toEnd(path, true);
  return status < 0 ? status : walk.dentry.inode.getattr(ctx, st);
}

/** lstat(2). */
export function lstat(ctx: VfsContext, path: string, st: Stat): number {
  const walk = new Walk(ctx);
  const status = walk.toEnd(path, false);
  return status < 0 ? status : walk.dentry.inode.getattr(ctx, st);
}

/** faccessat2(2) with the ids that `ctx` has. @param mode R_OK | W_OK | X_OK, or F_OK */
export function access(ctx: VfsContext, path: string, mode: number): number {
  if ((mode & ~7) !== 0) return -EINVAL;
  const place = resolve(ctx, path);
  if (typeof place === 'number') return place;
  const inode = place.inode;
  const type = inode.mode & S_IFMT;
  if ((mode & W_OK) !== 0 && (type === S_IFREG || type === S_IFDIR || type === S_IFLNK) && isReadOnly(place.mount)) {
    return -EROFS;
  }
  return mode === 0 ? 0 : inode.permission(ctx, mode);
}

/** readlink(2). */
export function readlink(ctx: VfsContext, path: string): string | number {
  const place = resolve(ctx, path, false);
  if (typeof place === 'number') return place;
  if ((place.inode.mode & S_IFMT) !== S_IFLNK) return -EINVAL;
  noteAccess(ctx, place);
  return place.inode.readlink(ctx);
}

/** statfs(2). */
export function statfs(ctx: VfsContext, path: string, out: StatFs): number {
  const place = resolve(ctx, path);
  return typeof place === 'number' ? place : statfsAt(ctx, place, out);
}

/** fstatfs(2). */
export function fstatfs(ctx: VfsContext, file: OpenFile, out: StatFs): number {
  return file.path === undefined ? -EINVAL : statfsAt(ctx, file.path, out);
}

function statfsAt(ctx: VfsContext, place: Path, out: StatFs): number {
  out.type = place.mount.fs.type;
  out.flags = place.mount.flags;
  return place.mount.fs.statfs(ctx, out);
}
