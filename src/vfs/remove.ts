import {
  EACCES,
  EBUSY,
  EEXIST,
  EINVAL,
  EISDIR,
  ENOENT,
  ENOTDIR,
  ENOTEMPTY,
  EPERM,
  EROFS,
  EXDEV,
} from '../abi/errno.ts';
import { RENAME_EXCHANGE, RENAME_NOREPLACE, W_OK, X_OK } from '../abi/flags.ts';
import { S_IFDIR, S_IFMT } from '../abi/stat.ts';
import { isReadOnly, mayCreate } from './create.ts';
import { dropDentry, isBelow, lookupDentry, moveDentry } from './dentry.ts';
import type { Dentry, Mount, VfsContext } from './objects.ts';
import { mayDelete } from './permission.ts';
import { Walk } from './walk.ts';

const isDir = (dentry: Dentry): boolean => (dentry.inode.mode & S_IFMT) === S_IFDIR;

/** Is something mounted on it in the caller's namespace? */
const isMountpoint = (mount: Mount, dentry: Dentry): boolean => dentry.mounts > 0 && mount.children.has(dentry);

/** May the caller remove `victim` from `dir`? @returns 0 or -errno */
function mayRemove(ctx: VfsContext, dir: Dentry, victim: Dentry, asDirectory: boolean): number {
  if (dir.inode.permission(ctx, W_OK | X_OK) < 0) return -EACCES;
  if (!mayDelete(ctx.cred, dir.inode, victim.inode)) return -EPERM;
  if (asDirectory && !isDir(victim)) return -ENOTDIR;
  if (!asDirectory && isDir(victim)) return -EISDIR;
  return 0;
}

/** unlink(2). */
export function unlink(ctx: VfsContext, path: string): number {
  const walk = new Walk(ctx);
  const status = walk.toParent(path);
  if (status < 0) return status;
  if (walk.kind !== 'name') return -EISDIR;
  if (isReadOnly(walk.mount)) return -EROFS;
  const victim = lookupDentry(ctx, walk.dentry, walk.name);
  if (typeof victim === 'number') return victim;
  if (walk.trailing) return isDir(victim) ? -EISDIR : -ENOTDIR;
  const allowed = mayRemove(ctx, walk.dentry, victim, false);
  if (allowed < 0) return allowed;
  if (isMountpoint(walk.mount, victim)) return -EBUSY;
  const done = walk.dentry.inode.unlink(ctx, walk.name, victim.inode);
  if (done >= 0) dropDentry(victim);
  return done;
}

/** rmdir(2). */
export function rmdir(ctx: VfsContext, path: string): number {
  const walk = new Walk(ctx);
  const status = walk.toParent(path);
  if (status < 0) return status;
  if (walk.kind === 'dotdot') return -ENOTEMPTY;
  if (walk.kind === 'dot') return -EINVAL;
  if (walk.kind === 'root') return -EBUSY;
  if (isReadOnly(walk.mount)) return -EROFS;
  const victim = lookupDentry(ctx, walk.dentry, walk.name);
  if (typeof victim === 'number') return victim;
  const allowed = mayRemove(ctx, walk.dentry, victim, true);
  if (allowed < 0) return allowed;
  if (isMountpoint(walk.mount, victim)) return -EBUSY;
  const done = walk.dentry.inode.rmdir(ctx, walk.name, victim.inode);
  if (done >= 0) dropDentry(victim);
  return done;
}

/** renameat2(2). @param flags RENAME_NOREPLACE, RENAME_EXCHANGE */
export function rename(ctx: VfsContext, from: string, to: string, flags = 0): number {
  const exchange = (flags & RENAME_EXCHANGE) !== 0;
  const keep = (flags & RENAME_NOREPLACE) !== 0;
  if ((flags & ~(RENAME_EXCHANGE | RENAME_NOREPLACE)) !== 0 || (exchange && keep)) return -EINVAL;
  const old = new Walk(ctx);
  let status = old.toParent(from);
  if (status < 0) return status;
  const target = new Walk(ctx);
  status = target.toParent(to);
  if (status < 0) return status;
  if (old.mount !== target.mount) return -EXDEV;
  if (old.kind !== 'name') return -EBUSY;
  if (target.kind !== 'name') return keep ? -EEXIST : -EBUSY;
  if (isReadOnly(old.mount)) return -EROFS;
  const moved = lookupDentry(ctx, old.dentry, old.name);
  if (typeof moved === 'number') return moved;
  const found = lookupDentry(ctx, target.dentry, target.name);
  if (typeof found === 'number' && found !== -ENOENT) return found;
  const replaced = typeof found === 'number' ? undefined : found;
  if (keep && replaced !== undefined) return -EEXIST;
  if (exchange && replaced === undefined) return -ENOENT;
  if (exchange && target.trailing && replaced !== undefined && !isDir(replaced)) return -ENOTDIR;
  if (!isDir(moved)) {
    if (old.trailing) return -ENOTDIR;
    if (!exchange && target.trailing) return -ENOTDIR;
  }
  if (isDir(moved) && isBelow(target.dentry, moved)) return -EINVAL;
  if (replaced !== undefined && isDir(replaced) && isBelow(old.dentry, replaced))
    return exchange ? -EINVAL : -ENOTEMPTY;
  return renameChecked(ctx, old, moved, target, replaced, flags);
}

function renameChecked(
  ctx: VfsContext,
  old: Walk,
  moved: Dentry,
  target: Walk,
  replaced: Dentry | undefined,
  flags: number,
): number {
  if (replaced !== undefined && replaced.inode === moved.inode) return 0;
  const exchange = (flags & RENAME_EXCHANGE) !== 0;
  let allowed = mayRemove(ctx, old.dentry, moved, isDir(moved));
  if (allowed < 0) return allowed;
  if (replaced === undefined) allowed = mayCreate(ctx, target.dentry);
  else allowed = mayRemove(ctx, target.dentry, replaced, exchange ? isDir(replaced) : isDir(moved));
  if (allowed < 0) return allowed;
  if (old.dentry !== target.dentry) {
    if (isDir(moved) && moved.inode.permission(ctx, W_OK) < 0) return -EACCES;
    if (exchange && replaced !== undefined && isDir(replaced) && replaced.inode.permission(ctx, W_OK) < 0)
      return -EACCES;
  }
  if (isMountpoint(old.mount, moved)) return -EBUSY;
  if (replaced !== undefined && isMountpoint(target.mount, replaced)) return -EBUSY;
  const done = old.dentry.inode.rename(
    ctx,
    old.name,
    moved.inode,
    target.dentry.inode,
    target.name,
    replaced?.inode,
    flags,
  );
  if (done < 0) return done;
  if (replaced !== undefined) {
    if (exchange) moveDentry(replaced, old.dentry, old.name);
    else dropDentry(replaced);
  }
  moveDentry(moved, target.dentry, target.name);
  return 0;
}
