/** File types, permission bits and the structures of stat(2), statfs(2) and getdents(2). */
export const S_IFMT = 0o170000;
export const S_IFSOCK = 0o140000;
export const S_IFLNK = 0o120000;
export const S_IFREG = 0o100000;
export const S_IFBLK = 0o060000;
export const S_IFDIR = 0o040000;
export const S_IFCHR = 0o020000;
export const S_IFIFO = 0o010000;
export const S_ISUID = 0o4000;
export const S_ISGID = 0o2000;
export const S_ISVTX = 0o1000;

export const isDirectory = (mode: number): boolean => (mode & S_IFMT) === S_IFDIR;
export const isRegular = (mode: number): boolean => (mode & S_IFMT) === S_IFREG;
export const isSymlink = (mode: number): boolean => (mode & S_IFMT) === S_IFLNK;
export const isFifo = (mode: number): boolean => (mode & S_IFMT) === S_IFIFO;
export const isSocket = (mode: number): boolean => (mode & S_IFMT) === S_IFSOCK;
export const isCharDevice = (mode: number): boolean => (mode & S_IFMT) === S_IFCHR;
export const isBlockDevice = (mode: number): boolean => (mode & S_IFMT) === S_IFBLK;

/** A device number: major in the upper, minor in the lower 20 bits. */
export const makedev = (major: number, minor: number): number => major * 0x100000 + minor;
export const major = (dev: number): number => Math.floor(dev / 0x100000);
export const minor = (dev: number): number => dev % 0x100000;

/** struct stat; the caller owns it and the kernel fills it, so that a hot loop allocates nothing. */
export class Stat {
  dev = 0;
  ino = 0;
  /** File type and permission bits. */
  mode = 0;
  nlink = 0;
  uid = 0;
  gid = 0;
  rdev = 0;
  /** Length in bytes; of a symlink, of its target. */
  size = 0;
  /** Units of 512 bytes that are allocated (a hole takes none). */
  blocks = 0;
  atimeSec = 0;
  atimeNsec = 0;
  mtimeSec = 0;
  mtimeNsec = 0;
  ctimeSec = 0;
  ctimeNsec = 0;
}

/** struct statfs. */
export class StatFs {
  /** Name of the filesystem's type, as in /proc/mounts. */
  type = '';
  /** Bytes of a block. */
  bsize = 4096;
  blocks = 0;
  bfree = 0;
  bavail = 0;
  files = 0;
  ffree = 0;
  flags = 0;
}

/** One entry of getdents(2). `type` is the S_IFMT part of the mode. */
export interface Dirent {
  ino: number;
  type: number;
  name: string;
}
