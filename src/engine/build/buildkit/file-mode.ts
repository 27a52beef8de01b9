import {
  isBlockDevice,
  isCharDevice,
  isDirectory,
  isFifo,
  isSocket,
  isSymlink,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFREG,
  S_IFSOCK,
  S_ISGID,
  S_ISUID,
  S_ISVTX,
} from '../../../abi/stat.ts';

/** Bits of a mode as Go writes it. @see https://pkg.go.dev/io/fs#FileMode */
const DIRECTORY = 2 ** 31;
const SYMLINK = 2 ** 27;
const DEVICE = 2 ** 26;
const FIFO = 2 ** 25;
const SOCKET = 2 ** 24;
const SETUID = 2 ** 23;
const SETGID = 2 ** 22;
const CHAR_DEVICE = 2 ** 21;
const STICKY = 2 ** 20;
const PERMISSIONS = 0o777;

const has = (mode: number, bit: number): boolean => Math.floor(mode / bit) % 2 === 1;

/** st_mode as Go writes it. */
export function toGoMode(mode: number): number {
  let out = mode & PERMISSIONS;
  if (isDirectory(mode)) out += DIRECTORY;
  else if (isSymlink(mode)) out += SYMLINK;
  else if (isFifo(mode)) out += FIFO;
  else if (isSocket(mode)) out += SOCKET;
  else if (isCharDevice(mode)) out += DEVICE + CHAR_DEVICE;
  else if (isBlockDevice(mode)) out += DEVICE;
  if (mode & S_ISUID) out += SETUID;
  if (mode & S_ISGID) out += SETGID;
  if (mode & S_ISVTX) out += STICKY;
  return out;
}

/** A mode of Go as st_mode. */
export function fromGoMode(mode: number): number {
  let out = mode & PERMISSIONS;
  if (has(mode, DIRECTORY)) out |= S_IFDIR;
  else if (has(mode, SYMLINK)) out |= S_IFLNK;
  else if (has(mode, FIFO)) out |= S_IFIFO;
  else if (has(mode, SOCKET)) out |= S_IFSOCK;
  else if (has(mode, DEVICE)) out |= has(mode, CHAR_DEVICE) ? S_IFCHR : S_IFBLK;
  else out |= S_IFREG;
  if (has(mode, SETUID)) out |= S_ISUID;
  if (has(mode, SETGID)) out |= S_ISGID;
  if (has(mode, STICKY)) out |= S_ISVTX;
  return out;
}
