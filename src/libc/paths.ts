import { ENOENT } from '../abi/errno.ts';
import { X_OK } from '../abi/flags.ts';
import { isDirectory, isRegular, Stat } from '../abi/stat.ts';
import type { Sys } from '../abi/sys.ts';

/** Last component, as basename(1). */
export function basename(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '') return path === '' ? '' : '/';
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

/** All but the last component, as dirname(1). */
export function dirname(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '') return path === '' ? '.' : '/';
  const at = trimmed.lastIndexOf('/');
  if (at < 0) return '.';
  return trimmed.slice(0, at).replace(/\/+$/, '') || '/';
}

export const joinPath = (dir: string, name: string): string => (dir.endsWith('/') ? dir + name : `${dir}/${name}`);

/** Text-only: `.` and `..` and double slashes taken out of an absolute path. */
export function normalizePath(path: string): string {
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') out.pop();
    else out.push(part);
  }
  return `/${out.join('/')}`;
}

export function isDir(sys: Sys, path: string): boolean {
  const st = new Stat();
  return sys.stat(path, st) === 0 && isDirectory(st.mode);
}

/** mkdir -p. @returns 0 or -errno */
export function mkdirp(sys: Sys, path: string, mode = 0o777): number {
  const direct = sys.mkdir(path, mode);
  if (direct === 0 || isDir(sys, path)) return 0;
  if (direct !== -ENOENT) return direct;
  const up = mkdirp(sys, dirname(path), mode);
  if (up < 0) return up;
  const again = sys.mkdir(path, mode);
  return again < 0 && isDir(sys, path) ? 0 : again;
}

/** Removes a tree; what is not there is fine. @returns 0 or the first -errno */
export function removeTree(sys: Sys, path: string): number {
  const st = new Stat();
  const r = sys.lstat(path, st);
  if (r < 0) return r === -ENOENT ? 0 : r;
  if (!isDirectory(st.mode)) return sys.unlink(path);
  const names = listDir(sys, path);
  if (typeof names === 'number') return names;
  for (const name of names) {
    const inner = removeTree(sys, joinPath(path, name));
    if (inner < 0) return inner;
  }
  return sys.rmdir(path);
}

/** Names in a directory without `.` and `..`, in the filesystem's order. */
export function listDir(sys: Sys, path: string): string[] | number {
  const fd = sys.open(path, 0o200000 /* O_DIRECTORY: never blocks */);
  if (fd < 0) return fd;
  const names: string[] = [];
  for (;;) {
    const entries = sys.getdents(fd);
    if (typeof entries === 'number') {
      sys.close(fd);
      return entries;
    }
    if (entries.length === 0) break;
    for (const entry of entries) if (entry.name !== '.' && entry.name !== '..') names.push(entry.name);
  }
  sys.close(fd);
  return names;
}

/** Finds an executable as execvp(3) does. @returns its path, or undefined */
export function searchPath(sys: Sys, name: string, path: string): string | undefined {
  if (name.includes('/')) return name;
  const st = new Stat();
  for (const dir of path.split(':')) {
    const full = joinPath(dir === '' ? '.' : dir, name);
    if (sys.stat(full, st) === 0 && isRegular(st.mode) && sys.access(full, X_OK) === 0) return full;
  }
  return undefined;
}
