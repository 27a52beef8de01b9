import { Stat } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { goMatch } from '../../../lib/go-match.ts';
import { joinPath, listDir, normalizePath } from '../../../libc/paths.ts';
import { resolveIn } from '../../runtime/scope.ts';

/** A file of a source, and the directories that `--parents` keeps. */
export interface Found {
  path: string;
  parents: string;
}

/** What lies at the top of a folder. */
export function allIn(sys: Sys, root: string): Found[] {
  const names = listDir(sys, root);
  return (typeof names === 'number' ? [] : names.sort()).map((name) => ({ path: joinPath(root, name), parents: '' }));
}

/** Paths below `root` that a source names; a pattern may name many. */
export function findSources(sys: Sys, root: string, source: string, keepParents: boolean): Found[] {
  // `a/./b`: --parents keeps what comes after the dot
  const pivot = keepParents ? source.indexOf('/./') : -1;
  const skipped =
    pivot < 0
      ? 0
      : normalizePath(`/${source.slice(0, pivot)}`)
          .split('/')
          .filter((p) => p !== '').length;
  const clean = normalizePath(`/${source}`);
  const parts = clean.split('/').filter((part) => part !== '');
  const found = (path: string, way: readonly string[]): Found => ({
    path,
    parents: keepParents ? way.slice(skipped, -1).join('/') : '',
  });
  if (!/[*?[]/.test(clean)) {
    const path = clean === '/' ? root : resolveIn(sys, root, clean);
    return sys.lstat(path, new Stat()) === 0 ? [found(path, parts)] : [];
  }
  let level: { dir: string; way: string[] }[] = [{ dir: root, way: [] }];
  for (const part of parts) {
    const next: { dir: string; way: string[] }[] = [];
    for (const { dir, way } of level) {
      if (part === '**' && keepParents) {
        next.push(...below(sys, dir, way));
        continue;
      }
      const names = listDir(sys, dir);
      for (const name of typeof names === 'number' ? [] : names.sort())
        if (goMatch(part, name)) next.push({ dir: joinPath(dir, name), way: [...way, name] });
    }
    level = next;
  }
  return level.map(({ dir, way }) => found(dir, way));
}

/** A directory and all directories below it. */
function below(sys: Sys, dir: string, way: string[]): { dir: string; way: string[] }[] {
  const out = [{ dir, way }];
  const names = listDir(sys, dir);
  for (const name of typeof names === 'number' ? [] : names.sort())
    if (typeof listDir(sys, joinPath(dir, name)) !== 'number')
      out.push(...below(sys, joinPath(dir, name), [...way, name]));
  return out;
}
