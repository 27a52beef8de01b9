import { EBUSY, EINVAL, ELOOP, ENOENT, ENOTDIR, EPERM } from '../abi/errno.ts';
import { MNT_DETACH, MS_NOATIME, MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY, MS_RELATIME } from '../abi/flags.ts';
import { makedev, S_IFDIR, S_IFMT } from '../abi/stat.ts';
import { holdDentry, isBelow, releaseDentry, rootDentry } from './dentry.ts';
import {
  type Dentry,
  type FileSystem,
  Mount,
  MountNamespace,
  Path,
  type VfsContext,
  type VfsState,
} from './objects.ts';
import { capable } from './permission.ts';
import { dPath, isDeleted, resolve, Walk } from './walk.ts';

/** Flags that a mount keeps. */
const KEPT = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_RELATIME;

function newMount(state: VfsState, fs: FileSystem, root: Dentry, source: string, flags: number): Mount {
  if (fs.dev === 0) fs.dev = makedev(0, state.nextDevice++);
  const kept = flags & KEPT;
  return new Mount(state.nextMount++, fs, root, source, (kept & MS_NOATIME) === 0 ? kept | MS_RELATIME : kept);
}

/** A mount that stands in no namespace: of pipes, sockets, and other things without a path. */
export function detachedMount(fs: FileSystem, state: VfsState): Mount {
  return newMount(state, fs, rootDentry(fs.root), fs.type, 0);
}

/** A namespace whose root is `fs`. */
export function createNamespace(fs: FileSystem, source: string, state: VfsState, flags = 0): MountNamespace {
  const mount = newMount(state, fs, rootDentry(fs.root), source, flags);
  const ns = new MountNamespace(mount, state);
  mount.ns = ns;
  return ns;
}

/** The root directory of a namespace. */
export const namespaceRoot = (ns: MountNamespace): Path => new Path(ns.root, ns.root.root);

function attach(ns: MountNamespace, mount: Mount, at: Path): void {
  mount.ns = ns;
  mount.parent = at.mount;
  mount.mountpoint = at.dentry;
  at.mount.children.set(at.dentry, mount);
  at.dentry.mounts++;
  holdDentry(at.dentry);
}

function detach(mount: Mount): void {
  if (mount.parent === undefined || mount.mountpoint === undefined) return;
  mount.parent.children.delete(mount.mountpoint);
  mount.mountpoint.mounts--;
  releaseDentry(mount.mountpoint);
  mount.parent = undefined;
  mount.mountpoint = undefined;
}

/** `.` stays in the directory that a mount covers; what is mounted and unmounted is what lies on top. */
function resolveTop(ctx: VfsContext, path: string): Path | number {
  const walk = new Walk(ctx);
  const status = walk.toEnd(path, true);
  if (status < 0) return status;
  walk.enterMounts();
  return walk.place();
}

const isDir = (place: Path): boolean => (place.inode.mode & S_IFMT) === S_IFDIR;

/** Resolves a mount point: in the caller's namespace, of the right kind. */
function target(ctx: VfsContext, path: string, directory: boolean): Path | number {
  if (!capable(ctx.cred, 'CAP_SYS_ADMIN')) return -EPERM;
  const place = resolveTop(ctx, path);
  if (typeof place === 'number') return place;
  if (place.mount.ns !== ctx.ns) return -EINVAL;
  if (isDir(place) !== directory) return -ENOTDIR;
  return isDeleted(place.dentry) ? -ENOENT : place;
}

/** mount(2) of a new filesystem. @param flags MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME */
export function mountFileSystem(ctx: VfsContext, fs: FileSystem, source: string, path: string, flags: number): number {
  const place = target(ctx, path, (fs.root.mode & S_IFMT) === S_IFDIR);
  if (typeof place === 'number') return place;
  if (place.mount.fs === fs && place.dentry === place.mount.root) return -EBUSY;
  attach(ctx.ns, newMount(ctx.ns.state, fs, rootDentry(fs.root), source, flags), place);
  return 0;
}

/** mount(2) with MS_BIND: shows a directory or file at a second place. @param recursive MS_REC: with what is mounted below */
export function bindMount(ctx: VfsContext, from: string, path: string, recursive: boolean): number {
  const source = resolve(ctx, from);
  if (typeof source === 'number') return source;
  return bindMountAt(ctx, source, path, recursive);
}

/** The same from a place (a magic link, or one that was resolved under another root). */
export function bindMountAt(ctx: VfsContext, source: Path, path: string, recursive: boolean): number {
  const place = target(ctx, path, isDir(source));
  if (typeof place === 'number') return place;
  // files of nsfs are in no namespace and may be mounted all the same (mount_namespaces(7))
  if (source.mount.ns === undefined && source.mount.fs.type !== 'nsfs') return -EINVAL;
  const copy = copyTree(ctx.ns, source.mount, source.dentry, recursive, undefined);
  attach(ctx.ns, copy, place);
  return 0;
}

/** A copy of `mount` from `root` on, in `ns` but not attached; with its children where `recursive`. */
function copyTree(
  ns: MountNamespace,
  mount: Mount,
  root: Dentry,
  recursive: boolean,
  copies: Map<Mount, Mount> | undefined,
): Mount {
  const copy = newMount(ns.state, mount.fs, root, mount.source, mount.flags);
  copy.ns = ns;
  copies?.set(mount, copy);
  if (!recursive) return copy;
  for (const [dentry, child] of [...mount.children]) {
    if (!isBelow(dentry, root)) continue;
    attach(ns, copyTree(ns, child, child.root, true, copies), new Path(copy, dentry));
  }
  return copy;
}

/**
 * mount(2) with MS_REMOUNT. @param bind MS_BIND too: only this mount's flags, not the filesystem's.
 * @param recursive the mounts below as well (mount_setattr(2) with AT_RECURSIVE)
 */
export function remount(ctx: VfsContext, path: string, flags: number, bind: boolean, recursive = false): number {
  if (!capable(ctx.cred, 'CAP_SYS_ADMIN')) return -EPERM;
  const place = resolve(ctx, path);
  if (typeof place === 'number') return place;
  const mount = place.mount;
  if (place.dentry !== mount.root || mount.ns !== ctx.ns) return -EINVAL;
  setFlags(mount, flags, recursive);
  if (!bind) mount.fs.flags = (mount.fs.flags & ~MS_RDONLY) | (flags & MS_RDONLY);
  return 0;
}

function setFlags(mount: Mount, flags: number, recursive: boolean): void {
  const kept = flags & KEPT;
  mount.flags = (kept & MS_NOATIME) === 0 ? kept | MS_RELATIME : kept;
  if (recursive) for (const child of mount.children.values()) setFlags(child, flags, true);
}

/** mount(2) with MS_MOVE. */
export function moveMount(ctx: VfsContext, from: string, to: string): number {
  if (!capable(ctx.cred, 'CAP_SYS_ADMIN')) return -EPERM;
  const source = resolve(ctx, from);
  if (typeof source === 'number') return source;
  const mount = source.mount;
  if (source.dentry !== mount.root || mount.parent === undefined || mount.ns !== ctx.ns) return -EINVAL;
  const place = target(ctx, to, isDir(source));
  if (typeof place === 'number') return place;
  for (let at: Mount | undefined = place.mount; at !== undefined; at = at.parent) if (at === mount) return -ELOOP;
  detach(mount);
  attach(ctx.ns, mount, place);
  return 0;
}

/** umount2(2). @param flags MNT_DETACH: at once, whoever uses it goes on */
export function umount(ctx: VfsContext, path: string, flags: number): number {
  if (!capable(ctx.cred, 'CAP_SYS_ADMIN')) return -EPERM;
  const place = resolveTop(ctx, path);
  if (typeof place === 'number') return place;
  const mount = place.mount;
  if (place.dentry !== mount.root || mount.ns !== ctx.ns) return -EINVAL;
  if (mount.parent === undefined) return (flags & MNT_DETACH) !== 0 ? -EINVAL : -EBUSY;
  if ((flags & MNT_DETACH) === 0 && (mount.pins > 0 || mount.children.size > 0)) return -EBUSY;
  detach(mount);
  dissolve(mount);
  return 0;
}

/** Takes a detached tree apart. */
function dissolve(mount: Mount): void {
  mount.ns = undefined;
  for (const child of [...mount.children.values()]) {
    detach(child);
    dissolve(child);
  }
}

/** The namespace ends with its last task. */
export function destroyNamespace(ns: MountNamespace): void {
  dissolve(ns.root);
}

/**
 * pivot_root(2): `newRoot` becomes `/`, the old root is mounted at `putOld`.
 * @returns the two roots: tasks whose root or working directory is `from` get `to`; or -errno
 */
export function pivotRoot(ctx: VfsContext, newRoot: string, putOld: string): { from: Path; to: Path } | number {
  if (!capable(ctx.cred, 'CAP_SYS_ADMIN')) return -EPERM;
  const fresh = resolve(ctx, newRoot);
  if (typeof fresh === 'number') return fresh;
  const put = resolve(ctx, putOld);
  if (typeof put === 'number') return put;
  if (!isDir(fresh) || !isDir(put)) return -ENOTDIR;
  const root = ctx.root;
  const { mount } = fresh;
  if (mount === root.mount || put.mount === root.mount) return -EBUSY;
  if (fresh.dentry !== mount.root || root.dentry !== root.mount.root) return -EINVAL;
  if (mount.ns !== ctx.ns || mount.parent === undefined || mount.mountpoint === undefined) return -EINVAL;
  if (!isUnder(put, fresh)) return -EINVAL;
  const old = root.mount;
  const above = old.parent;
  const aboveAt = old.mountpoint;
  detach(mount);
  detach(old);
  // put_old may be new_root itself: the old root then lies over the new one
  attach(ctx.ns, old, put);
  if (above !== undefined && aboveAt !== undefined) attach(ctx.ns, mount, new Path(above, aboveAt));
  if (ctx.ns.root === old) ctx.ns.root = mount;
  return { from: root, to: fresh };
}

function isUnder(place: Path, top: Path): boolean {
  let { mount, dentry } = place;
  for (;;) {
    if (mount === top.mount) return isBelow(dentry, top.dentry);
    if (mount.parent === undefined || mount.mountpoint === undefined) return false;
    dentry = mount.mountpoint;
    mount = mount.parent;
  }
}

/** A copy of a namespace for CLONE_NEWNS; `translate` gives the place in the copy for a task's root and working directory. */
export function cloneNamespace(ns: MountNamespace): { ns: MountNamespace; translate: (path: Path) => Path } {
  const copies = new Map<Mount, Mount>();
  const clone = new MountNamespace(ns.root, ns.state);
  clone.root = copyTree(clone, ns.root, ns.root.root, true, copies);
  return {
    ns: clone,
    translate: (path) => {
      const mount = copies.get(path.mount);
      return mount === undefined ? path : new Path(mount, path.dentry);
    },
  };
}

/** A row of /proc/PID/mounts. */
export interface MountRow {
  mount: Mount;
  /** Path of the mount point as seen from the root. */
  place: string;
}

/** The mounts that are visible below `root`, parents first, in the order of mounting. */
export function listMounts(ns: MountNamespace, root: Path): MountRow[] {
  const rows: MountRow[] = [];
  const visit = (mount: Mount): void => {
    const place = dPath(new Path(mount, mount.root), root);
    const below = mount === root.mount ? root.dentry === mount.root : !place.startsWith('(unreachable)');
    if (below) rows.push({ mount, place });
    for (const child of mount.children.values()) visit(child);
  };
  visit(root.mount.ns === ns ? root.mount : ns.root);
  return rows.sort((a, b) => a.mount.id - b.mount.id);
}

/** A task's root or working directory keeps a mount busy: call it for each place that a task takes … */
export function pinPath(path: Path): void {
  path.mount.pins++;
}

/** … and this for each that it leaves. */
export function unpinPath(path: Path): void {
  path.mount.pins--;
}
