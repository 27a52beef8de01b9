import { EACCES, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR } from '../abi/errno.ts';
import { NAME_MAX, PATH_MAX, X_OK } from '../abi/flags.ts';
import { S_IFDIR, S_IFLNK, S_IFMT } from '../abi/stat.ts';
import { byteLength } from '../lib/utf8.ts';
import { lookupDentry } from './dentry.ts';
import { type Dentry, type Mount, Path, type VfsContext } from './objects.ts';

/** Symbolic links that one walk follows; one more is ELOOP. */
const MAX_LINKS = 40;

/** What the last component of a path is, where a walk stops before it. */
export type LastKind = 'name' | 'dot' | 'dotdot' | 'root';

/** A walk followed a link that has no text. */
export const JUMPED = 1;

const SLASH = 47;
const DOT = 46;

const FOLLOW = 0;
const NOFOLLOW = 1;
const PARENT = 2;

/**
 * One path walk: path_resolution(7). It stands on `mount`/`dentry`; after a walk to the parent, `name`, `kind` and
 * `trailing` tell the last component.
 */
export class Walk {
  mount: Mount;
  dentry: Dentry;
  name = '';
  kind: LastKind = 'root';
  /** The path ends in a slash. */
  trailing = false;
  private links = 0;
  private readonly ctx: VfsContext;

  constructor(ctx: VfsContext) {
    this.ctx = ctx;
    this.mount = ctx.cwd.mount;
    this.dentry = ctx.cwd.dentry;
  }

  /** Walks all of `path`. @param follow also a symbolic link at its end. @returns 0 or -errno */
  toEnd(path: string, follow: boolean): number {
    return this.start(path, follow ? FOLLOW : NOFOLLOW);
  }

  /** Walks to the directory of the last component. @returns 0 or -errno */
  toParent(path: string): number {
    return this.start(path, PARENT);
  }

  /**
   * After toParent, when the last component is the symbolic link `link`: walks to the parent of what it says.
   * @returns 0, -errno, or JUMPED: it was a magic link, and the walk stands on the place itself
   */
  followToParent(link: Dentry): number {
    const target = this.targetOf(link);
    if (typeof target === 'number') return target;
    if (typeof target !== 'string') {
      this.mount = target.mount;
      this.dentry = target.dentry;
      return JUMPED;
    }
    return this.run(this.trailing ? `${target}/` : target, PARENT);
  }

  place(): Path {
    return new Path(this.mount, this.dentry);
  }

  private start(path: string, mode: number): number {
    if (path.length === 0) return -ENOENT;
    if (path.length > 1365 && byteLength(path) >= PATH_MAX) return -ENAMETOOLONG;
    return this.run(path, mode);
  }

  private run(text: string, mode: number): number {
    const ctx = this.ctx;
    let path = text;
    let at = 0;
    if (path.charCodeAt(0) === SLASH) this.toRoot();
    for (;;) {
      while (path.charCodeAt(at) === SLASH) at++;
      if (at >= path.length) return this.end(path, mode);
      let end = path.indexOf('/', at);
      if (end < 0) end = path.length;
      const inode = this.dentry.inode;
      if ((inode.mode & S_IFMT) !== S_IFDIR) return -ENOTDIR;
      const allowed = inode.permission(ctx, X_OK);
      if (allowed < 0) return allowed;
      const name = path.slice(at, end);
      at = end;
      const last = mode !== FOLLOW && isLast(path, end);
      if (mode === PARENT && last) {
        this.name = name;
        this.trailing = end < path.length;
        this.kind = name === '.' ? 'dot' : name === '..' ? 'dotdot' : 'name';
        return this.kind === 'name' && tooLong(name) ? -ENAMETOOLONG : 0;
      }
      if (name.charCodeAt(0) === DOT && name.length < 3) {
        if (name === '.') continue;
        if (name === '..') {
          this.up();
          continue;
        }
      }
      if (tooLong(name)) return -ENAMETOOLONG;
      const found = lookupDentry(ctx, this.dentry, name);
      if (typeof found === 'number') return found;
      if (found.mounts === 0 && (found.inode.mode & S_IFMT) === S_IFLNK && !(last && end === path.length)) {
        const target = this.targetOf(found);
        if (typeof target === 'number') return target;
        const rest = path.slice(end);
        if (typeof target !== 'string') {
          this.mount = target.mount;
          this.dentry = target.dentry;
          continue;
        }
        path = target + rest;
        at = 0;
        if (path.charCodeAt(0) === SLASH) this.toRoot();
        continue;
      }
      this.dentry = found;
      if (found.mounts > 0) this.enterMounts();
    }
  }

  private end(path: string, mode: number): number {
    if (mode === PARENT) {
      this.kind = 'root';
      this.name = '';
      return 0;
    }
    const slashed = path.charCodeAt(path.length - 1) === SLASH;
    return slashed && (this.dentry.inode.mode & S_IFMT) !== S_IFDIR ? -ENOTDIR : 0;
  }

  private targetOf(link: Dentry): string | Path | number {
    if (this.links++ >= MAX_LINKS) return -ELOOP;
    const target = link.inode.follow(this.ctx);
    return target === '' ? -ENOENT : target;
  }

  private toRoot(): void {
    this.mount = this.ctx.root.mount;
    this.dentry = this.ctx.root.dentry;
    if (this.dentry.mounts > 0) this.enterMounts();
  }

  private up(): void {
    const root = this.ctx.root;
    for (;;) {
      if (this.dentry === root.dentry && this.mount === root.mount) break;
      if (this.dentry !== this.mount.root) {
        this.dentry = this.dentry.parent;
        break;
      }
      if (this.mount.parent === undefined || this.mount.mountpoint === undefined) break;
      this.dentry = this.mount.mountpoint;
      this.mount = this.mount.parent;
    }
    if (this.dentry.mounts > 0) this.enterMounts();
  }

  /** Steps from a mount point to what is mounted on it, in this namespace. */
  enterMounts(): void {
    for (;;) {
      const over = this.mount.children.get(this.dentry);
      if (over === undefined) return;
      this.mount = over;
      this.dentry = over.root;
    }
  }
}

/** Is there nothing but slashes after `end`? */
function isLast(path: string, end: number): boolean {
  for (let i = end; i < path.length; i++) if (path.charCodeAt(i) !== SLASH) return false;
  return true;
}

const tooLong = (name: string): boolean => name.length > 85 && byteLength(name) > NAME_MAX;

/**
 * The place that `path` names.
 * @param follow a symbolic link at the end too
 * @see path_resolution(7)
 */
export function resolve(ctx: VfsContext, path: string, follow = true): Path | number {
  const walk = new Walk(ctx);
  const status = walk.toEnd(path, follow);
  return status < 0 ? status : walk.place();
}

/** The directory that `path` names, as chdir(2) and chroot(2) want it: it must be searchable. */
export function resolveDirectory(ctx: VfsContext, path: string): Path | number {
  const place = resolve(ctx, path);
  if (typeof place === 'number') return place;
  const status = enterable(ctx, place);
  return status < 0 ? status : place;
}

/** May the caller make this its working directory? @returns 0, -ENOTDIR, -EACCES */
export function enterable(ctx: VfsContext, place: Path): number {
  if ((place.inode.mode & S_IFMT) !== S_IFDIR) return -ENOTDIR;
  return place.inode.permission(ctx, X_OK) < 0 ? -EACCES : 0;
}

/**
 * The absolute path of a place as seen from `root`; ` (deleted)` after an unlinked one, `(unreachable)` before one that
 * is not below the root.
 * @see getcwd(2), Linux d_path
 */
export function dPath(place: Path, root: Path): string {
  const named = place.dentry.inode.fs.displayName(place.dentry);
  if (named !== undefined) return named;
  let { mount, dentry } = place;
  let text = '';
  for (;;) {
    if (mount === root.mount && dentry === root.dentry) break;
    if (dentry === mount.root || dentry.parent === dentry) {
      if (mount.parent === undefined || mount.mountpoint === undefined) {
        if (mount !== root.mount) text = `(unreachable)${text || '/'}`;
        break;
      }
      dentry = mount.mountpoint;
      mount = mount.parent;
      continue;
    }
    text = `/${dentry.name}${text}`;
    dentry = dentry.parent;
  }
  if (text === '') text = '/';
  return isDeleted(place.dentry) ? `${text} (deleted)` : text;
}

/** Was it, or a directory above it, removed? */
export function isDeleted(dentry: Dentry): boolean {
  return dentry.deleted || ((dentry.inode.mode & S_IFMT) === S_IFDIR && dentry.inode.nlink === 0);
}
