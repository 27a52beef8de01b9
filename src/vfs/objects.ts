import type { Credentials } from '../abi/credentials.ts';
import { EBADF, EINVAL, ENODATA, ENOENT, ENOTDIR, ENOTTY, EOPNOTSUPP, EPERM, ESPIPE } from '../abi/errno.ts';
import { O_ACCMODE, O_APPEND, O_RDONLY, O_WRONLY, POLLIN, POLLOUT } from '../abi/flags.ts';
import type { Dirent, Stat, StatFs } from '../abi/stat.ts';
import { S_IFDIR, S_IFMT } from '../abi/stat.ts';
import type { Timespec } from '../abi/sys.ts';
import { type Attributes, assignAttributes, fillStat } from './attributes.ts';
import type { BlobRef } from './blob.ts';
import { genericPermission } from './permission.ts';

// The objects of the VFS. They name each other, therefore they stand in one file; what is done with them does not.

/** On whose behalf a VFS call runs: what the kernel hands in from the calling task. */
export interface VfsContext {
  readonly cred: Credentials;
  /** The task's root directory (chroot(2)): `..` does not lead out of it. */
  readonly root: Path;
  readonly cwd: Path;
  /** Permission bits that new files do not get (umask(2)). */
  readonly umask: number;
  readonly ns: MountNamespace;
  /** CLOCK_REALTIME. The object may be the same in every call: copy the numbers. */
  now(): Readonly<Timespec>;
  /** Called when a call is about to return BLOCKED. @returns what wakes the calling task, so that it makes the call again */
  waker(): () => void;
  /** Opens what is not the VFS's own: a fifo, a character or block device of any filesystem. */
  openSpecial(path: Path, inode: Inode, flags: number): OpenFile | number;
}

/** A mounted filesystem instance (a superblock). Several mounts may show it. */
export abstract class FileSystem {
  /** Name as in /proc/mounts: `ext4`, `tmpfs`, `overlay`, `proc`. */
  readonly type: string;
  /** st_dev; 0 until the first mount gives it one of the anonymous numbers 0:N. */
  dev = 0;
  /** MS_RDONLY of the superblock. */
  flags = 0;

  constructor(type: string) {
    this.type = type;
  }

  abstract readonly root: Inode;

  /** Fills `out` but for `type`, which is already set. */
  statfs(_ctx: VfsContext, out: StatFs): number {
    out.bsize = 4096;
    out.blocks = out.bfree = out.bavail = out.files = out.ffree = 0;
    return 0;
  }

  /** Options that /proc/mounts shows after `rw,relatime`: `size=65536k`, `lowerdir=…`; '' for none. */
  options(): string {
    return '';
  }

  /** Text that stands for the path of an object without one: `pipe:[4711]`. @returns undefined where it has a path */
  displayName(_dentry: Dentry): string | undefined {
    return undefined;
  }
}

/** What a new inode is. The VFS has applied umask and the setgid rule of the directory. */
export interface InodeInit {
  /** File type and permission bits. */
  mode: number;
  uid: number;
  gid: number;
  /** Of a device. */
  rdev: number;
  /** Of a symbolic link. */
  target?: string;
}

/**
 * A file of any type: inode(7). A filesystem derives its own classes and overrides what it can do; what it does not
 * override answers as Linux does for a filesystem without that operation. All operations return a value or -errno;
 * permissions, read-only mounts, name lengths and the like were checked by the caller.
 */
export abstract class Inode {
  readonly fs: FileSystem;
  readonly ino: number;
  /** File type and permission bits, as st_mode. */
  mode: number;
  uid = 0;
  gid = 0;
  /** Number of names. */
  nlink = 1;
  rdev = 0;
  atimeSec = 0;
  atimeNsec = 0;
  mtimeSec = 0;
  mtimeNsec = 0;
  ctimeSec = 0;
  ctimeNsec = 0;
  /** The dentry of a directory (files have none of their own). */
  alias: Dentry | undefined = undefined;

  constructor(fs: FileSystem, ino: number, mode: number) {
    this.fs = fs;
    this.ino = ino;
    this.mode = mode;
  }

  /** Length in bytes; of a link, of its target. */
  get size(): number {
    return 0;
  }

  // ---- directories
  /** @returns the inode that `name` names, or -ENOENT. Give the same object for the same file as long as it lives. */
  lookup(_ctx: VfsContext, _name: string): Inode | number {
    return (this.mode & S_IFMT) === S_IFDIR ? -ENOENT : -ENOTDIR;
  }

  /** Makes a file of any type (see `init.mode`) under a name that does not exist. */
  create(_ctx: VfsContext, _name: string, _init: InodeInit): Inode | number {
    return -EPERM;
  }

  link(_ctx: VfsContext, _name: string, _target: Inode): number {
    return -EPERM;
  }

  /** Removes the name of something that is no directory. */
  unlink(_ctx: VfsContext, _name: string, _inode: Inode): number {
    return -EPERM;
  }

  /** @returns -ENOTEMPTY where it has entries */
  rmdir(_ctx: VfsContext, _name: string, _inode: Inode): number {
    return -EPERM;
  }

  /**
   * Moves `name` to `newName` of `newDir`, which is of the same filesystem. `replaced` is what the new name names now
   * (same kind: both directories or neither). With RENAME_EXCHANGE the two change places.
   */
  rename(
    _ctx: VfsContext,
    _name: string,
    _inode: Inode,
    _newDir: Inode,
    _newName: string,
    _replaced: Inode | undefined,
    _flags: number,
  ): number {
    return -EPERM;
  }

  /** All entries but `.` and `..`. */
  readdir(_ctx: VfsContext): Dirent[] | number {
    return -ENOTDIR;
  }

  // ---- links
  readlink(_ctx: VfsContext): string | number {
    return -EINVAL;
  }

  /** Where a walk goes on: the target's text, or (links of /proc/PID) the place itself. */
  follow(ctx: VfsContext): string | Path | number {
    return this.readlink(ctx);
  }

  // ---- attributes
  /** Fills all of `st`. */
  getattr(_ctx: VfsContext, st: Stat): number {
    fillStat(this, st);
    return 0;
  }

  setattr(ctx: VfsContext, attributes: Attributes): number {
    assignAttributes(this, attributes, ctx.now());
    return 0;
  }

  /** @param mask R_OK, W_OK, X_OK. @returns 0 or -EACCES */
  permission(ctx: VfsContext, mask: number): number {
    return genericPermission(ctx.cred, this, mask);
  }

  getxattr(_ctx: VfsContext, _name: string): Uint8Array | number {
    return -EOPNOTSUPP;
  }

  /** @param flags XATTR_CREATE 1, XATTR_REPLACE 2 */
  setxattr(_ctx: VfsContext, _name: string, _value: Uint8Array, _flags: number): number {
    return -EOPNOTSUPP;
  }

  listxattr(_ctx: VfsContext): string[] | number {
    return [];
  }

  removexattr(_ctx: VfsContext, _name: string): number {
    return -ENODATA;
  }

  // ---- content of regular files
  /** Reads at `position` up to buf.length bytes. May return BLOCKED. @returns bytes, 0 at the end */
  read(_ctx: VfsContext, _buf: Uint8Array, _position: number): number {
    return -EINVAL;
  }

  write(_ctx: VfsContext, _buf: Uint8Array, _position: number): number {
    return -EINVAL;
  }

  truncate(_ctx: VfsContext, _length: number): number {
    return -EINVAL;
  }

  /**
   * Copies from a file of any filesystem without reading, where content can be shared.
   * @returns bytes copied; -EOPNOTSUPP: the caller reads and writes
   */
  copyRange(_ctx: VfsContext, _position: number, _from: Inode, _fromPosition: number, _length: number): number {
    return -EOPNOTSUPP;
  }

  /** The inode that has the content: itself, or what lies below in a stacked filesystem. */
  contentInode(): Inode {
    return this;
  }

  /** Takes over all content of another file by sharing. @returns 0, -ENOSPC; -EOPNOTSUPP: the caller reads and writes */
  cloneContent(_ctx: VfsContext, _from: Inode): number {
    return -EOPNOTSUPP;
  }

  /** Makes an empty regular file a reference into a blob: no bytes are copied. @returns 0, -ENOSPC, -EOPNOTSUPP */
  referToBlob(_ctx: VfsContext, _blob: BlobRef): number {
    return -EOPNOTSUPP;
  }

  /** It was read: may move the time of access. */
  accessed(_ctx: VfsContext): void {}

  /** Bytes go to where they are safe. */
  fsync(_ctx: VfsContext): number {
    return 0;
  }

  // ---- life time
  /**
   * Opens it with a file object of its own (content made at open, blocking reads).
   * @returns undefined for the usual one: RegularFile or DirectoryFile over the operations above, ctx.openSpecial for fifos and devices
   */
  open(_ctx: VfsContext, _path: Path, _flags: number): OpenFile | number | undefined {
    return undefined;
  }

  /** An open file, or something like it, begins to use it. */
  retain(): void {}

  /** The last step of close: a file without names goes when nobody holds it. */
  release(): void {}
}

/**
 * A name in a directory, and the inode that it names. A directory has exactly one (`inode.alias`); of a file there is one
 * as long as somebody holds it (open files, mount points), otherwise each walk makes a fresh one.
 */
export class Dentry {
  name: string;
  /** The directory's dentry; its own of the root of a filesystem. */
  parent: Dentry;
  readonly inode: Inode;
  /** Unlinked: paths end in ` (deleted)`. */
  deleted = false;
  /** Mounts on it, in any namespace. */
  mounts = 0;
  /** Open files and mount points that hold it. */
  pins = 0;
  /** Held dentries of files, and mount points, by name. */
  held: Map<string, Dentry> | undefined = undefined;

  constructor(name: string, parent: Dentry | undefined, inode: Inode) {
    this.name = name;
    this.parent = parent ?? this;
    this.inode = inode;
  }
}

/** A place: which dentry, seen through which mount. */
export class Path {
  readonly mount: Mount;
  readonly dentry: Dentry;
  constructor(mount: Mount, dentry: Dentry) {
    this.mount = mount;
    this.dentry = dentry;
  }

  get inode(): Inode {
    return this.dentry.inode;
  }
}

/** A filesystem, or a part of one, at a place of a mount namespace. */
export class Mount {
  readonly id: number;
  readonly fs: FileSystem;
  /** What is visible at the mount point: the filesystem's root, or any directory or file of it (bind mounts). */
  readonly root: Dentry;
  /** First column of /proc/mounts. */
  source: string;
  /** MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME, MS_RELATIME. */
  flags: number;
  /** Undefined: the root of a namespace, or not in one. */
  parent: Mount | undefined = undefined;
  /** Where on the parent. */
  mountpoint: Dentry | undefined = undefined;
  /** Mounts on dentries of this one. */
  readonly children: Map<Dentry, Mount> = new Map();
  /** Undefined once unmounted. */
  ns: MountNamespace | undefined = undefined;
  /** Open files, and roots and working directories of tasks, that keep it busy. */
  pins = 0;

  constructor(id: number, fs: FileSystem, root: Dentry, source: string, flags: number) {
    this.id = id;
    this.fs = fs;
    this.root = root;
    this.source = source;
    this.flags = flags;
  }
}

/** Locks of one inode, by open file (flock(2)), and who waits for them. */
export interface FileLocks {
  holders: Map<OpenFile, number>;
  waiting: (() => void)[];
}

/** What all mount namespaces of one kernel share. */
export class VfsState {
  nextMount = 20;
  /** Minor of the next anonymous device number 0:N. */
  nextDevice = 20;
  readonly locks: WeakMap<Inode, FileLocks> = new WeakMap();
}

/** A tree of mounts (mount_namespaces(7)). */
export class MountNamespace {
  root: Mount;
  readonly state: VfsState;
  constructor(root: Mount, state: VfsState) {
    this.root = root;
    this.state = state;
  }
}

/**
 * An open file description: what dup(2) and fork(2) share. The VFS has those of regular files and directories; the
 * kernel derives its own (pipes, sockets, terminals). The default answers as a file that cannot do it.
 */
export abstract class OpenFile {
  /** Undefined for what has no place. */
  readonly path: Path | undefined;
  /** O_* of open(2), without O_CREAT, O_EXCL, O_TRUNC, O_NOFOLLOW, O_CLOEXEC. F_SETFL changes O_APPEND and O_NONBLOCK. */
  flags: number;
  /** File offset. */
  offset = 0;
  /** File descriptors that refer to it. `closeFile` counts down. */
  references = 1;

  constructor(path: Path | undefined, flags: number) {
    this.path = path;
    this.flags = flags;
  }

  get readable(): boolean {
    return (this.flags & O_ACCMODE) !== O_WRONLY;
  }

  get writable(): boolean {
    return (this.flags & O_ACCMODE) !== O_RDONLY;
  }

  get append(): boolean {
    return (this.flags & O_APPEND) !== 0;
  }

  /** May return BLOCKED, here and below. @returns bytes, 0 at the end, -errno */
  read(_ctx: VfsContext, _buf: Uint8Array): number {
    return -EINVAL;
  }

  write(_ctx: VfsContext, _buf: Uint8Array): number {
    return -EINVAL;
  }

  pread(_ctx: VfsContext, _buf: Uint8Array, _position: number): number {
    return -ESPIPE;
  }

  pwrite(_ctx: VfsContext, _buf: Uint8Array, _position: number): number {
    return -ESPIPE;
  }

  lseek(_ctx: VfsContext, _offset: number, _whence: number): number {
    return -ESPIPE;
  }

  ftruncate(_ctx: VfsContext, _length: number): number {
    return -EINVAL;
  }

  /** Entries not given yet, `.` and `..` first; [] at the end. */
  getdents(_ctx: VfsContext): Dirent[] | number {
    return -ENOTDIR;
  }

  fsync(_ctx: VfsContext): number {
    return -EINVAL;
  }

  stat(ctx: VfsContext, st: Stat): number {
    return this.path === undefined ? -EBADF : this.path.inode.getattr(ctx, st);
  }

  /** POLLIN, POLLOUT, … that hold now. */
  poll(_ctx: VfsContext): number {
    return POLLIN | POLLOUT;
  }

  /** FIONREAD. */
  readableBytes(_ctx: VfsContext): number {
    return -ENOTTY;
  }

  /** The last descriptor was closed. */
  release(_ctx: VfsContext): void {}
}
