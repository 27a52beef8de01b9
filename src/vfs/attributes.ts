import type { Stat } from '../abi/stat.ts';
import { S_IFMT } from '../abi/stat.ts';
import type { Timespec } from '../abi/sys.ts';

/** What setattr changes: only what is present. The VFS has checked permissions and cleared set-id bits. */
export interface Attributes {
  /** Permission bits (no type). */
  mode?: number;
  uid?: number;
  gid?: number;
  atimeSec?: number;
  atimeNsec?: number;
  mtimeSec?: number;
  mtimeNsec?: number;
}

/** The fields of an inode that stat(2) shows. */
interface Shown {
  readonly fs: { readonly dev: number };
  readonly ino: number;
  mode: number;
  uid: number;
  gid: number;
  readonly nlink: number;
  readonly rdev: number;
  readonly size: number;
  atimeSec: number;
  atimeNsec: number;
  mtimeSec: number;
  mtimeNsec: number;
  ctimeSec: number;
  ctimeNsec: number;
}

/** Fills `st` from the fields of an inode; `blocks` is 0. */
export function fillStat(inode: Shown, st: Stat): void {
  st.dev = inode.fs.dev;
  st.ino = inode.ino;
  st.mode = inode.mode;
  st.nlink = inode.nlink;
  st.uid = inode.uid;
  st.gid = inode.gid;
  st.rdev = inode.rdev;
  st.size = inode.size;
  st.blocks = 0;
  st.atimeSec = inode.atimeSec;
  st.atimeNsec = inode.atimeNsec;
  st.mtimeSec = inode.mtimeSec;
  st.mtimeNsec = inode.mtimeNsec;
  st.ctimeSec = inode.ctimeSec;
  st.ctimeNsec = inode.ctimeNsec;
}

/** Sets what `a` has, and the time of the change. */
export function assignAttributes(inode: Shown, a: Attributes, now: Readonly<Timespec>): void {
  if (a.mode !== undefined) inode.mode = (inode.mode & S_IFMT) | (a.mode & 0o7777);
  if (a.uid !== undefined) inode.uid = a.uid;
  if (a.gid !== undefined) inode.gid = a.gid;
  if (a.atimeSec !== undefined) inode.atimeSec = a.atimeSec;
  if (a.atimeNsec !== undefined) inode.atimeNsec = a.atimeNsec;
  if (a.mtimeSec !== undefined) inode.mtimeSec = a.mtimeSec;
  if (a.mtimeNsec !== undefined) inode.mtimeNsec = a.mtimeNsec;
  inode.ctimeSec = now.sec;
  inode.ctimeNsec = now.nsec;
}

/** relatime: does a time of access move? Only where it is not after the last change, or a day old. mount(8) */
export function accessShows(inode: Shown, now: Readonly<Timespec>): boolean {
  if (now.sec === inode.atimeSec && now.nsec === inode.atimeNsec) return false;
  if (now.sec - inode.atimeSec >= 86400) return true;
  const after = (sec: number, nsec: number): boolean =>
    inode.atimeSec > sec || (inode.atimeSec === sec && inode.atimeNsec > nsec);
  return !(after(inode.mtimeSec, inode.mtimeNsec) && after(inode.ctimeSec, inode.ctimeNsec));
}
