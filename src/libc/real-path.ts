import { ELOOP, ENOENT, ENOTDIR } from '../abi/errno.ts';
import { isDirectory, isSymlink, Stat } from '../abi/stat.ts';
import type { Sys } from '../abi/sys.ts';
import { joinPath } from './paths.ts';

/**
 * realpath(3): an absolute path without links, `.` and `..`.
 * @param must 'existing': every component exists; 'parents': all but the last; 'missing': none need
 * @returns the path, or -errno
 */
export function realPath(sys: Sys, path: string, must: 'existing' | 'parents' | 'missing'): string | number {
  if (path === '') return -ENOENT;
  const cwd = sys.getcwd();
  if (typeof cwd === 'number') return cwd;
  const todo = (path.startsWith('/') ? path : joinPath(cwd, path)).split('/').filter((part) => part !== '');
  let done = '/';
  let links = 0;
  const st = new Stat();
  while (todo.length > 0) {
    const part = todo.shift()!;
    if (part === '.') continue;
    if (part === '..') {
      done = done.slice(0, done.lastIndexOf('/')) || '/';
      continue;
    }
    const next = joinPath(done, part);
    const r = sys.lstat(next, st);
    if (r < 0) {
      const tolerated = must === 'missing' || (must === 'parents' && todo.length === 0 && r === -ENOENT);
      if (!tolerated) return r;
      done = next;
      continue;
    }
    if (isSymlink(st.mode)) {
      if (++links > 40) return -ELOOP;
      const target = sys.readlink(next);
      if (typeof target === 'number') return target;
      if (target.startsWith('/')) done = '/';
      todo.unshift(...target.split('/').filter((p) => p !== ''));
      continue;
    }
    if (!isDirectory(st.mode) && todo.length > 0 && must !== 'missing') return -ENOTDIR;
    done = next;
  }
  return done;
}
