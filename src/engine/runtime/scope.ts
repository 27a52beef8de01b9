import { isSymlink, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';

/** Most links that are followed. */
const LINKS_MAX = 255;

/**
 * Where `path` leads for someone whose root is `root`: links are followed, none of them and no `..` leads out. What does
 * not exist is taken as it is written.
 * @returns a path of the caller's, which begins with `root`
 */
export function resolveIn(sys: Sys, root: string, path: string): string {
  const todo = path.split('/').filter((part) => part !== '');
  const done: string[] = [];
  const st = new Stat();
  const prefix = root === '/' ? '' : root;
  let links = 0;
  while (todo.length > 0) {
    const part = todo.shift()!;
    if (part === '.') continue;
    if (part === '..') {
      done.pop();
      continue;
    }
    const here = `${prefix}/${[...done, part].join('/')}`;
    if (sys.lstat(here, st) === 0 && isSymlink(st.mode) && links < LINKS_MAX) {
      const target = sys.readlink(here);
      if (typeof target === 'string') {
        links++;
        if (target.startsWith('/')) done.length = 0;
        todo.unshift(...target.split('/').filter((p) => p !== ''));
        continue;
      }
    }
    done.push(part);
  }
  return done.length === 0 ? root : `${prefix}/${done.join('/')}`;
}
