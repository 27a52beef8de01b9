import { BLOCKED, EAGAIN, EINVAL } from '../abi/errno.ts';
import { LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN } from '../abi/flags.ts';
import type { FileLocks, OpenFile, VfsContext } from './objects.ts';

/** flock(2). @returns 0, -EAGAIN with LOCK_NB, or BLOCKED */
export function flock(ctx: VfsContext, file: OpenFile, operation: number): number {
  const inode = file.path?.inode;
  if (inode === undefined) return -EINVAL;
  const kind = operation & ~LOCK_NB;
  if (kind === LOCK_UN) {
    releaseFlock(ctx, file);
    return 0;
  }
  if (kind !== LOCK_SH && kind !== LOCK_EX) return -EINVAL;
  let locks = ctx.ns.state.locks.get(inode);
  if (locks === undefined) {
    locks = { holders: new Map(), waiting: [] };
    ctx.ns.state.locks.set(inode, locks);
  }
  for (const [holder, held] of locks.holders) {
    if (holder === file || (held === LOCK_SH && kind === LOCK_SH)) continue;
    if ((operation & LOCK_NB) !== 0) return -EAGAIN;
    locks.waiting.push(ctx.waker());
    return BLOCKED;
  }
  locks.holders.set(file, kind);
  if (kind === LOCK_SH) wake(locks);
  return 0;
}

/** Ends the lock that an open file holds, if any. */
export function releaseFlock(ctx: VfsContext, file: OpenFile): void {
  const inode = file.path?.inode;
  const locks = inode && ctx.ns.state.locks.get(inode);
  if (locks === undefined || !locks.holders.delete(file)) return;
  wake(locks);
}

function wake(locks: FileLocks): void {
  for (const waker of locks.waiting.splice(0)) waker();
}
