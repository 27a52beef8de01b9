import { ENOTEMPTY } from '../abi/errno.ts';
import { type Dirent, S_IFCHR, S_IFDIR, S_IFMT } from '../abi/stat.ts';
import type { Inode, VfsContext } from './objects.ts';

export interface OverlayLayers {
  /** Upper layer first; at least one. */
  lowers: Inode[];
  /** Where changes go; none: the overlay is read-only. */
  upper?: Inode | undefined;
  /** An empty directory of the upper's filesystem. */
  work?: Inode | undefined;
  /** Text for /proc/mounts. */
  options: string;
}

/** Marks an upper directory that hides what lies below it. */
export const OPAQUE = 'trusted.overlay.opaque';
/** What belongs to the overlay itself, and is not shown through it. */
export const PRIVATE = 'trusted.overlay.';
const YES = 'y'.charCodeAt(0);

/** A character device 0:0 hides the name in the layers below. */
export const isWhiteout = (inode: Inode): boolean => (inode.mode & S_IFMT) === S_IFCHR && inode.rdev === 0;

export const isDir = (inode: Inode): boolean => (inode.mode & S_IFMT) === S_IFDIR;

/** Does an upper or lower directory hide what lies below it? */
export function isOpaque(ctx: VfsContext, dir: Inode): boolean {
  const value = dir.getxattr(ctx, OPAQUE);
  return typeof value !== 'number' && value.length === 1 && value[0] === YES;
}

export function makeOpaque(ctx: VfsContext, dir: Inode): void {
  dir.setxattr(ctx, OPAQUE, new Uint8Array([YES]), 0);
}

/**
 * What `name` is in the lower directories `lowers`, topmost first: the directories that merge, or one file. A whiteout, an
 * opaque directory or a file under a directory ends the search.
 * @param merging a directory of that name was found above, so that only directories count
 */
export function lowerStack(ctx: VfsContext, lowers: readonly Inode[], name: string, merging: boolean): Inode[] {
  const stack: Inode[] = [];
  for (const lower of lowers) {
    const found = lower.lookup(ctx, name);
    if (typeof found === 'number') continue;
    if (isWhiteout(found)) break;
    if (!isDir(found)) {
      if (!merging && stack.length === 0) stack.push(found);
      break;
    }
    stack.push(found);
    if (isOpaque(ctx, found)) break;
  }
  return stack;
}

/** Would `name` show if no upper directory had it? */
export function shinesThrough(ctx: VfsContext, lowers: readonly Inode[], name: string): boolean {
  for (const lower of lowers) {
    const found = lower.lookup(ctx, name);
    if (typeof found !== 'number') return !isWhiteout(found);
  }
  return false;
}

/** Is this entry of a directory of one layer a whiteout? */
function isWhiteoutEntry(ctx: VfsContext, dir: Inode, entry: Dirent): boolean {
  if (entry.type !== S_IFCHR) return false;
  const inode = dir.lookup(ctx, entry.name);
  return typeof inode !== 'number' && isWhiteout(inode);
}

/** Entries of an upper directory without whiteouts. @param hidden takes all names, which lower layers do not show */
export function upperEntries(ctx: VfsContext, dir: Inode, hidden: Set<string>): Dirent[] | number {
  const entries = dir.readdir(ctx);
  if (typeof entries === 'number') return entries;
  for (const { name } of entries) hidden.add(name);
  return entries.filter((entry) => !isWhiteoutEntry(ctx, dir, entry));
}

/** What several lower directories show together. */
export function mergeEntries(ctx: VfsContext, layers: readonly Inode[]): Map<string, Dirent> {
  const shown = new Map<string, Dirent>();
  const seen = new Set<string>();
  for (const layer of layers) {
    const entries = layer.readdir(ctx);
    if (typeof entries === 'number') continue;
    for (const entry of entries) {
      if (seen.has(entry.name)) continue;
      seen.add(entry.name);
      if (!isWhiteoutEntry(ctx, layer, entry)) shown.set(entry.name, entry);
    }
  }
  return shown;
}

/** Empties an upper directory that holds nothing but whiteouts. */
export function clearWhiteouts(ctx: VfsContext, dir: Inode): number {
  const entries = dir.readdir(ctx);
  if (typeof entries === 'number') return entries;
  for (const { name } of entries) {
    const inode = dir.lookup(ctx, name);
    if (typeof inode === 'number') continue;
    if (!isWhiteout(inode)) return -ENOTEMPTY;
    const status = dir.unlink(ctx, name, inode);
    if (status < 0) return status;
  }
  return 0;
}
