import { isCharDevice, isDirectory, isRegular, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import type { Change } from '../../api/container.ts';
import type { Wait } from '../../libc/io.ts';
import { listDir } from '../../libc/paths.ts';
import type { Container } from '../container/container.ts';
import type { Daemon } from '../daemon.ts';

const OPAQUE = 'trusted.overlay.opaque';

/**
 * What a layer changed against those below it: its own files, whiteouts as deletions. In the order of their paths.
 * @param upper the layer's directory
 * @param lowers directories of the layers below, uppermost first
 */
export function* layerChanges(sys: Sys, upper: string, lowers: readonly string[]): Wait<Change[]> {
  const changes: Change[] = [];
  yield* walk(sys, upper, lowers, '', changes);
  return changes.sort((a, b) => (a.Path < b.Path ? -1 : 1));
}

function* walk(sys: Sys, upper: string, lowers: readonly string[], at: string, changes: Change[]): Wait<boolean> {
  const names = listDir(sys, upper + at);
  if (typeof names === 'number') return false;
  const st = new Stat();
  const opaque = at !== '' && isOpaque(sys, upper + at);
  let any = false;
  const kept = new Set<string>();
  for (const name of names.sort()) {
    if (sys.tick()) yield;
    const path = `${at}/${name}`;
    if (sys.lstat(upper + path, st) < 0) continue;
    kept.add(name);
    any = true;
    if (isCharDevice(st.mode) && st.rdev === 0) {
      changes.push({ Path: path, Kind: 2 });
      continue;
    }
    const below = findBelow(sys, lowers, path);
    const isDir = isDirectory(st.mode);
    const mine = changes.length;
    if (isDir) {
      const { mode, uid, gid, mtimeSec, mtimeNsec } = st;
      yield* walk(sys, upper, below ? lowers : [], path, changes);
      const same =
        below !== undefined &&
        isDirectory(below.mode) &&
        below.mode === mode &&
        below.uid === uid &&
        below.gid === gid &&
        below.mtimeSec === mtimeSec &&
        below.mtimeNsec === mtimeNsec;
      if (same && changes.length === mine) continue;
    }
    changes.push({ Path: path, Kind: below ? 0 : 1 });
  }
  if (opaque)
    for (const name of namesBelow(sys, lowers, at))
      if (!kept.has(name)) changes.push({ Path: `${at}/${name}`, Kind: 2 });
  return any;
}

function isOpaque(sys: Sys, path: string): boolean {
  const value = sys.getxattr(path, OPAQUE, true);
  return typeof value !== 'number' && value[0] === 0x79;
}

function findBelow(sys: Sys, lowers: readonly string[], path: string): Stat | undefined {
  const st = new Stat();
  for (const lower of lowers) {
    if (sys.lstat(lower + path, st) === 0) return isCharDevice(st.mode) && st.rdev === 0 ? undefined : st;
    if (hiddenIn(sys, lower, path)) return undefined;
  }
  return undefined;
}

/** A whiteout, another file, or an opaque directory of this layer stands on the way to `path`. */
function hiddenIn(sys: Sys, lower: string, path: string): boolean {
  const st = new Stat();
  const parts = path.split('/').slice(1, -1);
  let at = lower;
  for (const part of parts) {
    at += `/${part}`;
    if (sys.lstat(at, st) < 0) return false;
    if (!isDirectory(st.mode)) return true;
    if (isOpaque(sys, at)) return true;
  }
  return false;
}

function namesBelow(sys: Sys, lowers: readonly string[], at: string): Set<string> {
  const names = new Set<string>();
  for (const lower of lowers) {
    const list = listDir(sys, lower + at);
    if (typeof list === 'number') continue;
    for (const name of list) if (findBelow(sys, lowers, `${at}/${name}`)) names.add(name);
    if (isOpaque(sys, lower + at)) break;
  }
  return names;
}

/** Bytes of the regular files in a layer's directory; each file once, whatever its links. */
export function* directorySize(sys: Sys, root: string): Wait<number> {
  let total = 0;
  const seen = new Set<string>();
  const todo = [root];
  const st = new Stat();
  while (todo.length > 0) {
    if (sys.tick()) yield;
    const dir = todo.pop()!;
    const names = listDir(sys, dir);
    if (typeof names === 'number') continue;
    for (const name of names) {
      const path = `${dir}/${name}`;
      if (sys.lstat(path, st) < 0) continue;
      if (isDirectory(st.mode)) todo.push(path);
      else if (isRegular(st.mode)) {
        const key = `${st.dev}:${st.ino}`;
        if (st.nlink > 1 && seen.has(key)) continue;
        seen.add(key);
        total += st.size;
      }
    }
  }
  return total;
}

/** Bytes that a container wrote, and those with its image. */
export function* layerSizes(sys: Sys, daemon: Daemon, c: Container): Wait<{ rw: number; rootFs: number }> {
  const rw = c.layer ? yield* directorySize(sys, daemon.layers.diffPath(c.layer.mountId)) : 0;
  const image = yield* daemon.images.byId(sys, c.image);
  return { rw, rootFs: rw + (image ? yield* daemon.images.size(sys, image) : 0) };
}
