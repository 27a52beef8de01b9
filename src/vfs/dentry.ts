import { S_IFDIR, S_IFMT } from '../abi/stat.ts';
import { Dentry, type Inode, type Path, type VfsContext } from './objects.ts';

export const samePath = (a: Path, b: Path): boolean => a.mount === b.mount && a.dentry === b.dentry;

/** The dentry of a filesystem's root directory. */
export function rootDentry(root: Inode): Dentry {
  root.alias ??= new Dentry('', undefined, root);
  return root.alias;
}

/** Finds `name` (neither `.` nor `..`) in a directory. @returns its dentry, or -errno of the lookup */
export function lookupDentry(ctx: VfsContext, dir: Dentry, name: string): Dentry | number {
  const held = dir.held?.get(name);
  if (held !== undefined && held.mounts > 0) return held;
  const inode = dir.inode.lookup(ctx, name);
  if (typeof inode === 'number') return inode;
  if (held !== undefined && held.inode === inode) return held;
  return dentryOf(dir, name, inode);
}

/** The dentry of an inode that was just found or made as `name` of `dir`. */
export function dentryOf(dir: Dentry, name: string, inode: Inode): Dentry {
  if ((inode.mode & S_IFMT) !== S_IFDIR) return new Dentry(name, dir, inode);
  const alias = inode.alias;
  if (alias === undefined) {
    inode.alias = new Dentry(name, dir, inode);
    return inode.alias;
  }
  // moved by somebody who works on the inodes (an overlay on its upper directory)
  if (alias.parent !== dir) alias.parent = dir;
  if (alias.name !== name) alias.name = name;
  return alias;
}

/** Keeps a dentry known to its directory, so that a rename or unlink reaches it. */
export function holdDentry(dentry: Dentry): void {
  dentry.pins++;
  if (dentry.pins > 1 || dentry.parent === dentry || dentry.deleted) return;
  const dir = dentry.parent;
  dir.held ??= new Map();
  const present = dir.held.get(dentry.name);
  if (present === undefined || present.pins === 0 || present.inode !== dentry.inode) dir.held.set(dentry.name, dentry);
}

export function releaseDentry(dentry: Dentry): void {
  dentry.pins--;
  if (dentry.pins > 0) return;
  forgetHeld(dentry);
}

function forgetHeld(dentry: Dentry): void {
  const held = dentry.parent.held;
  if (held === undefined || held.get(dentry.name) !== dentry) return;
  held.delete(dentry.name);
  if (held.size === 0) dentry.parent.held = undefined;
}

/** After an unlink or rmdir. */
export function dropDentry(dentry: Dentry): void {
  forgetHeld(dentry);
  dentry.deleted = true;
}

/** After a rename. */
export function moveDentry(dentry: Dentry, dir: Dentry, name: string): void {
  forgetHeld(dentry);
  dentry.parent = dir;
  dentry.name = name;
  if (dentry.pins === 0) return;
  dir.held ??= new Map();
  dir.held.set(name, dentry);
}

/** Is `dentry` at or below `top`, within one filesystem? */
export function isBelow(dentry: Dentry, top: Dentry): boolean {
  for (let at = dentry; ; at = at.parent) {
    if (at === top) return true;
    if (at.parent === at) return false;
  }
}
