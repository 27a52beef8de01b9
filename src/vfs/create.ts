import { EACCES, EEXIST, EINVAL, ENAMETOOLONG, ENOENT, EPERM, EROFS, EXDEV } from '../abi/errno.ts';
import { MS_RDONLY, PATH_MAX, W_OK, X_OK } from '../abi/flags.ts';
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK, S_ISGID } from '../abi/stat.ts';
import { byteLength } from '../lib/utf8.ts';
import { dentryOf, lookupDentry } from './dentry.ts';
import type { Dentry, Inode, Mount, VfsContext } from './objects.ts';
import { capable, inGroup, isOwner } from './permission.ts';
import { isDeleted, resolve, Walk } from './walk.ts';

/** Is writing through this mount refused with EROFS? */
export const isReadOnly = (mount: Mount): boolean => ((mount.flags | mount.fs.flags) & MS_RDONLY) !== 0;

/** May the caller make an entry in this directory? @returns 0, -ENOENT (it is removed), -EACCES */
export function mayCreate(ctx: VfsContext, dir: Dentry): number {
  if (isDeleted(dir)) return -ENOENT;
  return dir.inode.permission(ctx, W_OK | X_OK) < 0 ? -EACCES : 0;
}

/**
 * Makes a file of any type under a name that does not exist.
 * @param mode type and permission bits before the umask
 * @returns its dentry, or -EROFS, -EACCES, -ENOSPC, …
 */
export function createIn(
  ctx: VfsContext,
  mount: Mount,
  dir: Dentry,
  name: string,
  mode: number,
  rdev: number,
  target?: string,
): Dentry | number {
  if (isReadOnly(mount)) return -EROFS;
  const allowed = mayCreate(ctx, dir);
  if (allowed < 0) return allowed;
  const type = mode & S_IFMT;
  let bits = type === S_IFLNK ? 0o777 : mode & 0o7777 & ~ctx.umask;
  let gid = ctx.cred.egid;
  if ((dir.inode.mode & S_ISGID) !== 0) {
    gid = dir.inode.gid;
    if (type === S_IFDIR) bits |= S_ISGID;
    else if ((bits & 0o2010) === 0o2010 && !inGroup(ctx.cred, gid) && !capable(ctx.cred, 'CAP_FSETID'))
      bits &= ~S_ISGID;
  }
  const init = { mode: type | bits, uid: ctx.cred.euid, gid, rdev };
  const inode = dir.inode.create(ctx, name, target === undefined ? init : { ...init, target });
  return typeof inode === 'number' ? inode : dentryOf(dir, name, inode);
}

/** Walks to where a new name shall be. @param directory whether a trailing slash is allowed. @returns the walk or -errno */
function newName(ctx: VfsContext, path: string, directory: boolean): Walk | number {
  const walk = new Walk(ctx);
  const status = walk.toParent(path);
  if (status < 0) return status;
  if (walk.kind !== 'name') return -EEXIST;
  const found = lookupDentry(ctx, walk.dentry, walk.name);
  if (typeof found !== 'number') return -EEXIST;
  if (found !== -ENOENT) return found;
  return walk.trailing && !directory ? -ENOENT : walk;
}

const statusOf = (made: Dentry | number): number => (typeof made === 'number' ? made : 0);

/** mkdir(2). */
export function mkdir(ctx: VfsContext, path: string, mode: number): number {
  const walk = newName(ctx, path, true);
  if (typeof walk === 'number') return walk;
  return statusOf(createIn(ctx, walk.mount, walk.dentry, walk.name, S_IFDIR | (mode & 0o1777), 0));
}

/** symlink(2). */
export function symlink(ctx: VfsContext, target: string, path: string): number {
  if (target === '') return -ENOENT;
  if (byteLength(target) >= PATH_MAX) return -ENAMETOOLONG;
  const walk = newName(ctx, path, false);
  if (typeof walk === 'number') return walk;
  return statusOf(createIn(ctx, walk.mount, walk.dentry, walk.name, S_IFLNK | 0o777, 0, target));
}

/** mknod(2): regular file, fifo, socket, and with CAP_MKNOD devices (a whiteout, 0:0, without). */
export function mknod(ctx: VfsContext, path: string, mode: number, dev: number): number {
  const type = mode & S_IFMT || S_IFREG;
  if (type === S_IFDIR) return -EPERM;
  if (![S_IFREG, S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK].includes(type)) return -EINVAL;
  const walk = newName(ctx, path, false);
  if (typeof walk === 'number') return walk;
  const whiteout = type === S_IFCHR && dev === 0;
  const device = type === S_IFCHR || type === S_IFBLK;
  if (device && !whiteout && !capable(ctx.cred, 'CAP_MKNOD')) return -EPERM;
  return statusOf(createIn(ctx, walk.mount, walk.dentry, walk.name, type | (mode & 0o7777), device ? dev : 0));
}

/** link(2): a symbolic link at the end of `from` is linked itself. */
export function link(ctx: VfsContext, from: string, to: string): number {
  const source = resolve(ctx, from, false);
  if (typeof source === 'number') return source;
  const walk = newName(ctx, to, false);
  if (typeof walk === 'number') return walk;
  if (walk.mount !== source.mount) return -EXDEV;
  if (isReadOnly(walk.mount)) return -EROFS;
  const inode = source.inode;
  if (!mayLink(ctx, inode)) return -EPERM;
  const allowed = mayCreate(ctx, walk.dentry);
  if (allowed < 0) return allowed;
  if ((inode.mode & S_IFMT) === S_IFDIR) return -EPERM;
  if (inode.nlink === 0) return -ENOENT;
  return walk.dentry.inode.link(ctx, walk.name, inode);
}

/** fs.protected_hardlinks = 1: proc(5). */
function mayLink(ctx: VfsContext, inode: Inode): boolean {
  if (isOwner(ctx.cred, inode)) return true;
  if ((inode.mode & S_IFMT) !== S_IFREG) return false;
  if ((inode.mode & 0o4000) !== 0 || (inode.mode & 0o2010) === 0o2010) return false;
  return inode.permission(ctx, 6) === 0;
}
