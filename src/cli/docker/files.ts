import { EEXIST } from '../../abi/errno.ts';
import { isDirectory, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { strerror } from '../../libc/strerror.ts';

/** mkdir -p. @returns 0 or -errno */
export function makeDirectories(sys: Sys, path: string, mode: number): number {
  let at = path.startsWith('/') ? '' : '.';
  for (const part of path.split('/')) {
    if (part === '') continue;
    at += `/${part}`;
    const made = sys.mkdir(at, mode);
    if (made < 0 && made !== -EEXIST) return made;
  }
  return 0;
}

/** Whether a path is a directory, its links followed. */
export function isDirectoryAt(sys: Sys, path: string): boolean {
  const st = new Stat();
  return sys.stat(path, st) === 0 && isDirectory(st.mode);
}

/** The text of Go's *fs.PathError: `open nosuch.tar: no such file or directory`. */
export const pathError = (operation: string, path: string, errno: number): string =>
  `${operation} ${path}: ${strerror(Math.abs(errno), 'go')}`;

/** filepath.Dir. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return '.';
  return slash === 0 ? '/' : path.slice(0, slash);
}

/** filepath.Base. */
export function baseOf(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '') return path === '' ? '.' : '/';
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}
