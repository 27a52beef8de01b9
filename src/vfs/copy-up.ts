import { EOPNOTSUPP } from '../abi/errno.ts';
import type { Inode, VfsContext } from './objects.ts';

const PIECE = 65536;

/** Gives an empty file all content of another, shared where the filesystems can. @returns 0, -errno, or BLOCKED */
export function copyUpContent(ctx: VfsContext, from: Inode, to: Inode): number {
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
export function copyUpXattrs(ctx: VfsContext, from: Inode, to: Inode, except: string): void {
  const names = from.listxattr(ctx);
  if (typeof names === 'number') return;
  for (const name of names) {
    if (name.startsWith(except)) continue;
    const value = from.getxattr(ctx, name);
    if (typeof value !== 'number') to.setxattr(ctx, name, value, 0);
  }
}
