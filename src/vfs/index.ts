export type { Attributes } from './attributes.ts';
export { fillStat } from './attributes.ts';
export { BlobRef, type BlobSource } from './blob.ts';
export { checkDisk } from './check-disk.ts';
export type { ChunkSource } from './content.ts';
export { link, mkdir, mknod, symlink } from './create.ts';
export { samePath } from './dentry.ts';
export { copyFileRange, DirectoryFile, RegularFile, referToBlob } from './files.ts';
export { flock } from './flock.ts';
export { type Changes, dump, Journal } from './journal.ts';
export { isWhiteout, OPAQUE } from './layers.ts';
export { copyDump, decodeChanges, encodeChanges, loadDisk } from './load-disk.ts';
export {
  bindMount,
  bindMountAt,
  cloneNamespace,
  createNamespace,
  destroyNamespace,
  detachedMount,
  listMounts,
  type MountRow,
  mountFileSystem,
  moveMount,
  namespaceRoot,
  pinPath,
  pivotRoot,
  remount,
  umount,
  unpinPath,
} from './mount.ts';
export { access, fstatfs, lstat, readlink, stat, statfs } from './names.ts';
export {
  Dentry,
  FileSystem,
  Inode,
  type InodeInit,
  Mount,
  MountNamespace,
  OpenFile,
  Path,
  type VfsContext,
  VfsState,
} from './objects.ts';
export { closeFile, mayExec, open, openAt, setIds, truncate } from './open.ts';
export { OverlayFs } from './overlay.ts';
export { makeOverlay } from './overlay-mount.ts';
export { capable, genericPermission, inGroup, isOwner } from './permission.ts';
export { rename, rmdir, unlink } from './remove.ts';
export { chmod, chown, fchmod, fchown, futimens, lchown, utimens } from './setattr.ts';
export { type Snapshot, Snapshots } from './snapshot.ts';
export { TmpFs } from './tmpfs.ts';
export type { TmpFsOptions } from './tmpfs-data.ts';
export { parseTmpfsData } from './tmpfs-data.ts';
export { dPath, enterable, resolve, resolveDirectory } from './walk.ts';
export { getxattr, listxattr, removexattr, setxattr } from './xattr.ts';
