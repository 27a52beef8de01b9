import { BLOCKED } from '../../abi/errno.ts';
import { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } from '../../abi/flags.ts';
import { isDirectory, isRegular, isSymlink, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { open, type Wait } from '../../libc/io.ts';
import { listDir } from '../../libc/paths.ts';

/** Copies what is in a directory into another one, with owners, modes, times and links; the directory's own owner and mode too. */
export function* copyTree(sys: Sys, from: string, to: string): Wait<void> {
  yield* copyInto(sys, from, to, new Map());
  const st = new Stat();
  if (sys.stat(from, st) < 0) return;
  sys.chown(to, st.uid, st.gid);
  sys.chmod(to, st.mode & 0o7777);
  sys.utimens(to, st.atimeSec, st.atimeNsec, st.mtimeSec, st.mtimeNsec);
}

function* copyInto(sys: Sys, from: string, to: string, links: Map<string, string>): Wait<void> {
  const names = listDir(sys, from);
  if (typeof names === 'number') return;
  for (const name of names) yield* copyNode(sys, `${from}/${name}`, `${to}/${name}`, links);
}

function* copyNode(sys: Sys, from: string, to: string, links: Map<string, string>): Wait<void> {
  if (sys.tick()) yield;
  const st = new Stat();
  if (sys.lstat(from, st) < 0) return;
  const key = `${st.dev}:${st.ino}`;
  const first = st.nlink > 1 && !isDirectory(st.mode) ? links.get(key) : undefined;
  if (first !== undefined && sys.link(first, to) === 0) return;
  if (st.nlink > 1) links.set(key, to);
  if (isSymlink(st.mode)) {
    const target = sys.readlink(from);
    if (typeof target === 'string') sys.symlink(target, to);
  } else if (isDirectory(st.mode)) {
    sys.mkdir(to, 0o700);
    yield* copyInto(sys, from, to, links);
  } else if (isRegular(st.mode)) yield* copyFile(sys, from, to, st.size);
  else sys.mknod(to, st.mode, st.rdev);
  sys.lchown(to, st.uid, st.gid);
  if (!isSymlink(st.mode)) sys.chmod(to, st.mode & 0o7777);
  sys.utimens(to, st.atimeSec, st.atimeNsec, st.mtimeSec, st.mtimeNsec, true);
}

function* copyFile(sys: Sys, from: string, to: string, size: number): Wait<void> {
  const source = yield* open(sys, from, O_RDONLY | O_NOFOLLOW);
  if (source < 0) return;
  const target = yield* open(sys, to, O_WRONLY | O_CREAT | O_EXCL, 0o600);
  let left = size;
  while (target >= 0 && left > 0) {
    const n = sys.copyFileRange(source, target, left);
    if (n === BLOCKED) {
      yield;
      continue;
    }
    if (n <= 0) break;
    left -= n;
  }
  if (target >= 0) sys.close(target);
  sys.close(source);
}
