import { R_OK, W_OK, X_OK } from '../../../abi/flags.ts';
import {
  isBlockDevice,
  isCharDevice,
  isDirectory,
  isFifo,
  isRegular,
  isSocket,
  isSymlink,
  S_ISGID,
  S_ISUID,
  S_ISVTX,
  Stat,
} from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';

/** The file operators of test(1). */
export function fileTest(sys: Sys, op: string, path: string): boolean {
  const st = new Stat();
  if (op === '-h' || op === '-L') return sys.lstat(path, st) === 0 && isSymlink(st.mode);
  if (op === '-r') return sys.access(path, R_OK) === 0;
  if (op === '-w') return sys.access(path, W_OK) === 0;
  if (op === '-x') return sys.access(path, X_OK) === 0;
  const fd = /^\/dev\/fd\/(\d+)$/.exec(path);
  const found = fd ? sys.fstat(Number(fd[1]), st) : sys.stat(path, st);
  if (found !== 0) return false;
  switch (op) {
    case '-a':
    case '-e':
      return true;
    case '-f':
      return isRegular(st.mode);
    case '-d':
      return isDirectory(st.mode);
    case '-s':
      return st.size > 0;
    case '-p':
      return isFifo(st.mode);
    case '-S':
      return isSocket(st.mode);
    case '-b':
      return isBlockDevice(st.mode);
    case '-c':
      return isCharDevice(st.mode);
    case '-g':
      return (st.mode & S_ISGID) !== 0;
    case '-u':
      return (st.mode & S_ISUID) !== 0;
    case '-k':
      return (st.mode & S_ISVTX) !== 0;
    case '-O':
      return st.uid === sys.credentials().euid;
    case '-G':
      return st.gid === sys.credentials().egid;
    case '-N':
      return st.mtimeSec > st.atimeSec || (st.mtimeSec === st.atimeSec && st.mtimeNsec > st.atimeNsec);
    default:
      return false;
  }
}

/** `-nt`, `-ot`, `-ef`. `inSeconds`: of files that are both there, by the seconds of their times (busybox). */
export function compareFiles(sys: Sys, op: string, left: string, right: string, inSeconds = false): boolean {
  const a = new Stat();
  const b = new Stat();
  const hasA = sys.stat(left, a) === 0;
  const hasB = sys.stat(right, b) === 0;
  if (op === '-ef') return hasA && hasB && a.dev === b.dev && a.ino === b.ino;
  if (inSeconds) return hasA && hasB && (op === '-nt' ? a.mtimeSec > b.mtimeSec : a.mtimeSec < b.mtimeSec);
  const newer = (x: Stat, y: Stat): boolean =>
    x.mtimeSec > y.mtimeSec || (x.mtimeSec === y.mtimeSec && x.mtimeNsec > y.mtimeNsec);
  if (op === '-nt') return hasA && (!hasB || newer(a, b));
  return hasB && (!hasA || newer(b, a));
}
