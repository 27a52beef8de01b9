import { EACCES, EINVAL, ELOOP, EPERM, EROFS } from '../abi/errno.ts';
import { UTIME_NOW, UTIME_OMIT, W_OK } from '../abi/flags.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_ISGID } from '../abi/stat.ts';
import type { Attributes } from './attributes.ts';
import { isReadOnly } from './create.ts';
import { withoutSetIds } from './files.ts';
import type { OpenFile, Path, VfsContext } from './objects.ts';
import { capable, inGroup, isOwner } from './permission.ts';
import { resolve } from './walk.ts';

/** chmod(2). */
export function chmod(ctx: VfsContext, path: string, mode: number): number {
  const place = resolve(ctx, path);
  return typeof place === 'number' ? place : chmodAt(ctx, place, mode);
}

/** fchmod(2). */
export function fchmod(ctx: VfsContext, file: OpenFile, mode: number): number {
  return file.path === undefined ? -EINVAL : chmodAt(ctx, file.path, mode);
}

function chmodAt(ctx: VfsContext, place: Path, mode: number): number {
  if (isReadOnly(place.mount)) return -EROFS;
  const inode = place.inode;
  if ((inode.mode & S_IFMT) === S_IFLNK) return -ELOOP;
  if (!isOwner(ctx.cred, inode)) return -EPERM;
  let bits = mode & 0o7777;
  if ((bits & S_ISGID) !== 0 && !inGroup(ctx.cred, inode.gid) && !capable(ctx.cred, 'CAP_FSETID')) bits &= ~S_ISGID;
  return inode.setattr(ctx, { mode: bits });
}

/** chown(2); -1 leaves an id as it is. */
export function chown(ctx: VfsContext, path: string, uid: number, gid: number): number {
  const place = resolve(ctx, path);
  return typeof place === 'number' ? place : chownAt(ctx, place, uid, gid);
}

/** lchown(2): a symbolic link itself. */
export function lchown(ctx: VfsContext, path: string, uid: number, gid: number): number {
  const place = resolve(ctx, path, false);
  return typeof place === 'number' ? place : chownAt(ctx, place, uid, gid);
}

export function fchown(ctx: VfsContext, file: OpenFile, uid: number, gid: number): number {
  return file.path === undefined ? -EINVAL : chownAt(ctx, file.path, uid, gid);
}

function chownAt(ctx: VfsContext, place: Path, uid: number, gid: number): number {
  if (isReadOnly(place.mount)) return -EROFS;
  const inode = place.inode;
  const cred = ctx.cred;
  const newUid = uid === -1 || uid === 0xffffffff ? undefined : uid;
  const newGid = gid === -1 || gid === 0xffffffff ? undefined : gid;
  if (!capable(cred, 'CAP_CHOWN')) {
    if (newUid !== undefined && (cred.euid !== inode.uid || newUid !== inode.uid)) return -EPERM;
    if (newGid !== undefined && (cred.euid !== inode.uid || !(inGroup(cred, newGid) || newGid === inode.gid)))
      return -EPERM;
  }
  const change: Attributes = {};
  if (newUid !== undefined) change.uid = newUid;
  if (newGid !== undefined) change.gid = newGid;
  if ((inode.mode & S_IFMT) !== S_IFDIR) {
    const mode = withoutSetIds(inode.mode);
    if (mode !== inode.mode) change.mode = mode & 0o7777;
  }
  return inode.setattr(ctx, change);
}

/** utimensat(2); nsec may be UTIME_NOW or UTIME_OMIT. */
export function utimens(
  ctx: VfsContext,
  path: string,
  atimeSec: number,
  atimeNsec: number,
  mtimeSec: number,
  mtimeNsec: number,
  nofollow = false,
): number {
  const place = resolve(ctx, path, !nofollow);
  return typeof place === 'number' ? place : utimensAt(ctx, place, atimeSec, atimeNsec, mtimeSec, mtimeNsec);
}

/** futimens(3). */
export function futimens(
  ctx: VfsContext,
  file: OpenFile,
  atimeSec: number,
  atimeNsec: number,
  mtimeSec: number,
  mtimeNsec: number,
): number {
  return file.path === undefined ? -EINVAL : utimensAt(ctx, file.path, atimeSec, atimeNsec, mtimeSec, mtimeNsec);
}

function utimensAt(ctx: VfsContext, place: Path, aSec: number, aNsec: number, mSec: number, mNsec: number): number {
  if (!validNsec(aNsec) || !validNsec(mNsec)) return -EINVAL;
  if (aNsec === UTIME_OMIT && mNsec === UTIME_OMIT) return 0;
  if (isReadOnly(place.mount)) return -EROFS;
  const inode = place.inode;
  if (!isOwner(ctx.cred, inode)) {
    if (aNsec !== UTIME_NOW || mNsec !== UTIME_NOW) return -EPERM;
    if (inode.permission(ctx, W_OK) < 0) return -EACCES;
  }
  const now = ctx.now();
  const change: Attributes = {};
  if (aNsec !== UTIME_OMIT) {
    change.atimeSec = aNsec === UTIME_NOW ? now.sec : aSec;
    change.atimeNsec = aNsec === UTIME_NOW ? now.nsec : aNsec;
  }
  if (mNsec !== UTIME_OMIT) {
    change.mtimeSec = mNsec === UTIME_NOW ? now.sec : mSec;
    change.mtimeNsec = mNsec === UTIME_NOW ? now.nsec : mNsec;
  }
  return inode.setattr(ctx, change);
}

const validNsec = (nsec: number): boolean => nsec === UTIME_NOW || nsec === UTIME_OMIT || (nsec >= 0 && nsec < 1e9);
