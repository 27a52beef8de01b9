import { EINVAL, ENODATA, EOPNOTSUPP, EPERM, ERANGE, EROFS } from '../abi/errno.ts';
import { R_OK, W_OK } from '../abi/flags.ts';
import { S_IFDIR, S_IFMT, S_IFREG } from '../abi/stat.ts';
import { byteLength } from '../lib/utf8.ts';
import { isReadOnly } from './create.ts';
import type { Inode, Path, VfsContext } from './objects.ts';
import { capable, isOwner } from './permission.ts';
import { resolve } from './walk.ts';

/** Bytes of a name and of a value at most. */
const NAME_LIMIT = 255;
const VALUE_LIMIT = 65536;

/** May the caller use this name at all? xattr(7). @returns 0 or -errno */
function permitted(ctx: VfsContext, inode: Inode, name: string, writing: boolean): number {
  const space = name.slice(0, name.indexOf('.') + 1);
  if (space === 'trusted.') return capable(ctx.cred, 'CAP_SYS_ADMIN') ? 0 : writing ? -EPERM : -ENODATA;
  if (space === 'user.') {
    const type = inode.mode & S_IFMT;
    if (type !== S_IFREG && type !== S_IFDIR) return writing ? -EPERM : -ENODATA;
    if (writing && type === S_IFDIR && (inode.mode & 0o1000) !== 0 && !isOwner(ctx.cred, inode)) return -EPERM;
    return inode.permission(ctx, writing ? W_OK : R_OK);
  }
  if (space === 'security.') {
    if (!writing) return 0;
    const capability = name === 'security.capability' ? 'CAP_SETFCAP' : 'CAP_SYS_ADMIN';
    return capable(ctx.cred, capability) ? 0 : -EPERM;
  }
  if (space === 'system.') return -EOPNOTSUPP;
  return -EOPNOTSUPP;
}

function checkedPlace(ctx: VfsContext, path: string, name: string, nofollow: boolean, writing: boolean): Path | number {
  if (name === '' || byteLength(name) > NAME_LIMIT) return -ERANGE;
  const place = resolve(ctx, path, !nofollow);
  if (typeof place === 'number') return place;
  if (writing && isReadOnly(place.mount)) return -EROFS;
  const allowed = permitted(ctx, place.inode, name, writing);
  return allowed < 0 ? allowed : place;
}

/** getxattr(2), lgetxattr(2). */
export function getxattr(ctx: VfsContext, path: string, name: string, nofollow = false): Uint8Array | number {
  const place = checkedPlace(ctx, path, name, nofollow, false);
  return typeof place === 'number' ? place : place.inode.getxattr(ctx, name);
}

/** setxattr(2), lsetxattr(2). @param flags XATTR_CREATE 1, XATTR_REPLACE 2 */
export function setxattr(
  ctx: VfsContext,
  path: string,
  name: string,
  value: Uint8Array,
  nofollow = false,
  flags = 0,
): number {
  if ((flags & ~3) !== 0 || value.length > VALUE_LIMIT) return -EINVAL;
  const place = checkedPlace(ctx, path, name, nofollow, true);
  return typeof place === 'number' ? place : place.inode.setxattr(ctx, name, value, flags);
}

/** removexattr(2), lremovexattr(2). */
export function removexattr(ctx: VfsContext, path: string, name: string, nofollow = false): number {
  const place = checkedPlace(ctx, path, name, nofollow, true);
  return typeof place === 'number' ? place : place.inode.removexattr(ctx, name);
}

/** listxattr(2), llistxattr(2): `trusted.` names only for CAP_SYS_ADMIN. */
export function listxattr(ctx: VfsContext, path: string, nofollow = false): string[] | number {
  const place = resolve(ctx, path, !nofollow);
  if (typeof place === 'number') return place;
  const names = place.inode.listxattr(ctx);
  if (typeof names === 'number' || capable(ctx.cred, 'CAP_SYS_ADMIN')) return names;
  return names.filter((name) => !name.startsWith('trusted.'));
}
