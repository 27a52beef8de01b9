import { EACCES, EEXIST, EINVAL, EISDIR, ELOOP, ENOENT, ENOTDIR, ENXIO, EROFS } from '../abi/errno.ts';
import {
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  O_ACCMODE,
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOCTTY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_PATH,
  O_RDONLY,
  O_TRUNC,
  O_WRONLY,
  R_OK,
  W_OK,
  X_OK,
} from '../abi/flags.ts';
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from '../abi/stat.ts';
import { createIn, isReadOnly } from './create.ts';
import { holdDentry, lookupDentry, releaseDentry } from './dentry.ts';
import { DirectoryFile, dropSetIds, PathFile, RegularFile } from './files.ts';
import { releaseFlock } from './flock.ts';
import { type Inode, type OpenFile, Path, type VfsContext } from './objects.ts';
import { JUMPED, resolve, Walk } from './walk.ts';

/** Flags that stay with the open file. */
const KEPT = O_ACCMODE | O_APPEND | O_NONBLOCK | O_PATH | O_DIRECTORY | O_NOCTTY;

/**
 * open(2).
 * @param mode permission bits of a file that O_CREAT makes, before the umask
 */
export function open(ctx: VfsContext, path: string, flags: number, mode = 0): OpenFile | number {
  if ((flags & O_CREAT) !== 0 && (flags & O_PATH) === 0) return openCreating(ctx, path, flags, mode);
  const follow = (flags & O_NOFOLLOW) === 0;
  const walk = new Walk(ctx);
  const status = walk.toEnd(path, follow);
  if (status < 0) return status;
  return openAt(ctx, walk.place(), flags);
}

function openCreating(ctx: VfsContext, path: string, flags: number, mode: number): OpenFile | number {
  if ((flags & O_DIRECTORY) !== 0) return -EINVAL;
  const walk = new Walk(ctx);
  let status = walk.toParent(path);
  for (;;) {
    if (status < 0) return status;
    if (walk.kind !== 'name') return -EISDIR;
    if (walk.trailing) return -EISDIR;
    const found = lookupDentry(ctx, walk.dentry, walk.name);
    if (found === -ENOENT) return createAndOpen(ctx, walk, flags, mode);
    if (typeof found === 'number') return found;
    if ((flags & O_EXCL) !== 0) return -EEXIST;
    if (found.mounts === 0 && (found.inode.mode & S_IFMT) === S_IFLNK) {
      if ((flags & O_NOFOLLOW) !== 0) return -ELOOP;
      status = walk.followToParent(found);
      if (status === JUMPED) return openAt(ctx, walk.place(), flags);
      continue;
    }
    walk.dentry = found;
    if (found.mounts > 0) walk.enterMounts();
    if ((walk.dentry.inode.mode & S_IFMT) === S_IFDIR) return -EISDIR;
    return openAt(ctx, walk.place(), flags);
  }
}

function createAndOpen(ctx: VfsContext, walk: Walk, flags: number, mode: number): OpenFile | number {
  const made = createIn(ctx, walk.mount, walk.dentry, walk.name, S_IFREG | (mode & 0o7777), 0);
  if (typeof made === 'number') return made;
  return finish(ctx, new Path(walk.mount, made), flags & ~O_TRUNC);
}

/** Opens what is at a place: the checks of open(2) without a walk and without creation. */
export function openAt(ctx: VfsContext, place: Path, flags: number): OpenFile | number {
  const inode = place.inode;
  const type = inode.mode & S_IFMT;
  if ((flags & O_PATH) !== 0) {
    if ((flags & O_DIRECTORY) !== 0 && type !== S_IFDIR) return -ENOTDIR;
    return held(new PathFile(place, flags & KEPT));
  }
  if (type === S_IFLNK) return -ELOOP;
  if ((flags & O_DIRECTORY) !== 0 && type !== S_IFDIR) return -ENOTDIR;
  const access = flags & O_ACCMODE;
  if (access === 3) return -EINVAL;
  let mask = access === O_RDONLY ? R_OK : access === O_WRONLY ? W_OK : R_OK | W_OK;
  if ((flags & O_TRUNC) !== 0) mask |= W_OK;
  if (type === S_IFDIR && (mask & W_OK) !== 0) return -EISDIR;
  if ((type === S_IFCHR || type === S_IFBLK) && (place.mount.flags & MS_NODEV) !== 0) return -EACCES;
  if ((mask & W_OK) !== 0 && type === S_IFREG && isReadOnly(place.mount)) return -EROFS;
  const allowed = inode.permission(ctx, mask);
  if (allowed < 0) return allowed;
  return finish(ctx, place, flags);
}

/** Makes the file object, truncates. */
function finish(ctx: VfsContext, place: Path, flags: number): OpenFile | number {
  const inode = place.inode;
  const file = inode.open(ctx, place, flags & KEPT) ?? defaultFile(ctx, place, inode, flags & KEPT);
  if (typeof file === 'number') return file;
  if ((flags & O_TRUNC) !== 0 && (inode.mode & S_IFMT) === S_IFREG) {
    if ((inode.mode & 0o6000) !== 0) dropSetIds(ctx, inode);
    const status = inode.truncate(ctx, 0);
    if (status < 0) return status;
  }
  return held(file);
}

function defaultFile(ctx: VfsContext, place: Path, inode: Inode, flags: number): OpenFile | number {
  switch (inode.mode & S_IFMT) {
    case S_IFREG:
      return new RegularFile(place, flags);
    case S_IFDIR:
      return new DirectoryFile(place, flags);
    case S_IFSOCK:
      return -ENXIO;
    case S_IFIFO:
    case S_IFCHR:
    case S_IFBLK:
      return ctx.openSpecial(place, inode, flags);
    default:
      return -ELOOP;
  }
}

function held(file: OpenFile): OpenFile {
  const path = file.path;
  if (path === undefined) return file;
  holdDentry(path.dentry);
  path.mount.pins++;
  path.inode.retain();
  return file;
}

/** One descriptor less; the last one ends it: flocks go, an unlinked file is freed. */
export function closeFile(ctx: VfsContext, file: OpenFile): void {
  file.references--;
  if (file.references > 0) return;
  file.release(ctx);
  releaseFlock(ctx, file);
  const path = file.path;
  if (path === undefined) return;
  releaseDentry(path.dentry);
  path.mount.pins--;
  path.inode.release();
}

/** May the caller execute the file (execve(2))? @returns 0 or -EACCES */
export function mayExec(ctx: VfsContext, place: Path): number {
  const inode = place.inode;
  if ((inode.mode & S_IFMT) !== S_IFREG) return -EACCES;
  if ((place.mount.flags & MS_NOEXEC) !== 0) return -EACCES;
  return inode.permission(ctx, X_OK);
}

/** The ids that executing the file gives: of its owner with S_ISUID, of its group with S_ISGID; none on a nosuid mount. */
export function setIds(place: Path): { uid?: number; gid?: number } {
  if ((place.mount.flags & MS_NOSUID) !== 0) return {};
  const { mode, uid, gid } = place.inode;
  const out: { uid?: number; gid?: number } = {};
  if ((mode & 0o4000) !== 0) out.uid = uid;
  if ((mode & 0o2010) === 0o2010) out.gid = gid;
  return out;
}

/** truncate(2). */
export function truncate(ctx: VfsContext, path: string, length: number): number {
  if (length < 0) return -EINVAL;
  const place = resolve(ctx, path);
  if (typeof place === 'number') return place;
  const inode = place.inode;
  const type = inode.mode & S_IFMT;
  if (type === S_IFDIR) return -EISDIR;
  if (type !== S_IFREG) return -EINVAL;
  if (isReadOnly(place.mount)) return -EROFS;
  const allowed = inode.permission(ctx, W_OK);
  if (allowed < 0) return allowed;
  if ((inode.mode & 0o6000) !== 0) dropSetIds(ctx, inode);
  return inode.truncate(ctx, length);
}
