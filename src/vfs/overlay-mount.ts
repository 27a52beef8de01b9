import { EINVAL, ENOTDIR, EROFS } from '../abi/errno.ts';
import { S_IFDIR, S_IFMT } from '../abi/stat.ts';
import { isReadOnly } from './create.ts';
import { isBelow } from './dentry.ts';
import type { Inode, Path, VfsContext } from './objects.ts';
import { OverlayFs } from './overlay.ts';
import { resolve } from './walk.ts';

/** Most lower layers of one mount. */
const MAX_LOWERS = 500;

/** Values of an option that this overlay may be told, and what it is told without them. */
const FIXED: Record<string, readonly string[]> = {
  index: ['off'],
  metacopy: ['off'],
  redirect_dir: ['off', 'nofollow', 'follow'],
  xino: ['off', 'auto', 'on'],
  uuid: ['on', 'off', 'null', 'auto'],
  nfs_export: ['off'],
  volatile: [''],
  userxattr: [''],
};

/**
 * The filesystem that mount(2) with type `overlay` asks for.
 * @param data `lowerdir=a:b,upperdir=u,workdir=w`; a `:` in a path is written `\:`, a `,` `\,`
 * @returns -EINVAL (no lowerdir, an upper without a work directory, unknown options), -ENOENT, -ENOTDIR
 * @see Linux Documentation/filesystems/overlayfs.rst
 */
export function makeOverlay(ctx: VfsContext, data: string): OverlayFs | number {
  const options = splitEscaped(data, ',');
  let lowerText: string | undefined;
  let upperText: string | undefined;
  let workText: string | undefined;
  for (const option of options) {
    if (option === '') continue;
    const equals = option.indexOf('=');
    const key = equals < 0 ? option : option.slice(0, equals);
    const value = equals < 0 ? '' : option.slice(equals + 1);
    if (key === 'lowerdir') lowerText = value;
    else if (key === 'upperdir') upperText = value;
    else if (key === 'workdir') workText = value;
    else if (!FIXED[key]?.includes(value)) return -EINVAL;
  }
  if (!lowerText) return -EINVAL;
  const lowers: Inode[] = [];
  for (const text of splitEscaped(lowerText, ':')) {
    const place = directory(ctx, text);
    if (typeof place === 'number') return place;
    lowers.push(place.inode);
  }
  if (lowers.length > MAX_LOWERS) return -EINVAL;
  if (!upperText) return lowers.length < 2 ? -EINVAL : new OverlayFs({ lowers, options: data });
  if (!workText) return -EINVAL;
  const upper = directory(ctx, upperText);
  if (typeof upper === 'number') return upper;
  const work = directory(ctx, workText);
  if (typeof work === 'number') return work;
  if (upper.mount !== work.mount) return -EINVAL;
  if (isBelow(upper.dentry, work.dentry) || isBelow(work.dentry, upper.dentry)) return -EINVAL;
  if (isReadOnly(upper.mount)) return -EROFS;
  const workDir = makeWork(ctx, work.inode);
  if (typeof workDir === 'number') return workDir;
  return new OverlayFs({ lowers, upper: upper.inode, work: workDir, options: data });
}

function directory(ctx: VfsContext, text: string): Path | number {
  const place = resolve(ctx, text.replace(/\\(.)/g, '$1'));
  if (typeof place === 'number') return place;
  return (place.inode.mode & S_IFMT) === S_IFDIR ? place : -ENOTDIR;
}

/** `work/work`, where the kernel prepares what it then renames. */
function makeWork(ctx: VfsContext, work: Inode): Inode | number {
  const present = work.lookup(ctx, 'work');
  return typeof present === 'number' ? work.create(ctx, 'work', { mode: S_IFDIR, uid: 0, gid: 0, rdev: 0 }) : present;
}

function splitEscaped(text: string, separator: string): string[] {
  const out = [''];
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === separator) out.push('');
    else {
      out[out.length - 1] += c;
      if (c === '\\' && i + 1 < text.length) out[out.length - 1] += text[++i]!;
    }
  }
  return out;
}
