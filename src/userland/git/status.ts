import type { Wait } from '../../libc/io.ts';
import { isDir, listDir } from '../../libc/paths.ts';
import { Ignore } from './ignore.ts';
import type { IndexEntry } from './index-file.ts';
import type { Repo } from './repo.ts';
import type { Files } from './tree.ts';

export type Letter = 'A' | 'M' | 'D' | 'R' | 'T' | 'U';

export interface PathChange {
  path: string;
  letter: Letter;
  /** Where it was before (R). */
  from?: string;
}

export interface Status {
  staged: PathChange[];
  unstaged: PathChange[];
  untracked: string[];
  /** Paths in conflict: which stages there are. */
  unmerged: Map<string, Set<number>>;
}

/** The id that a path of the work tree has now; undefined where it is no file. Equal stat data are trusted. */
export function* workId(repo: Repo, path: string, entry?: IndexEntry): Wait<{ mode: number; id: string } | undefined> {
  const now = repo.statEntry(path);
  if (!now) return undefined;
  if (
    entry &&
    entry.mtimeSec === now.mtimeSec &&
    entry.mtimeNsec === now.mtimeNsec &&
    entry.size === now.size &&
    entry.ino === now.ino &&
    entry.mtimeSec > 0 &&
    now.mtimeSec !== Math.floor(repo.sys.now(0) / 1000)
  )
    return { mode: now.mode, id: entry.id };
  const bytes = yield* repo.fileBytes(path);
  return typeof bytes === 'number' ? undefined : { mode: now.mode, id: repo.objects.id('blob', bytes) };
}

/** Changes between two sets of files, renames of equal content found. */
export function changesBetween(before: Files, after: Files): PathChange[] {
  const out: PathChange[] = [];
  const gone: string[] = [];
  for (const [path, file] of before) {
    const now = after.get(path);
    if (!now) gone.push(path);
    else if (now.id !== file.id || now.mode !== file.mode)
      out.push({ path, letter: (now.mode & 0o170000) !== (file.mode & 0o170000) ? 'T' : 'M' });
  }
  for (const [path, file] of after) {
    if (before.has(path)) continue;
    const from = gone.findIndex((old) => before.get(old)!.id === file.id);
    if (from >= 0) out.push({ path, letter: 'R', from: gone.splice(from, 1)[0]! });
    else out.push({ path, letter: 'A' });
  }
  for (const path of gone) out.push({ path, letter: 'D' });
  return out.sort((a, b) => (a.path < b.path ? -1 : 1));
}

export const indexFiles = (index: readonly IndexEntry[]): Files =>
  new Map(index.filter((e) => e.stage === 0).map((e) => [e.path, { mode: e.mode, id: e.id }]));

/** @param all every untracked file, not their folders alone */
export function* computeStatus(repo: Repo, all = false): Wait<Status> {
  const index = yield* repo.index();
  const staged = changesBetween(yield* repo.filesAt(yield* repo.head()), indexFiles(index));
  const unmerged = new Map<string, Set<number>>();
  const unstaged: PathChange[] = [];
  for (const entry of index) {
    if (repo.sys.tick()) yield;
    if (entry.stage > 0) {
      unmerged.set(entry.path, (unmerged.get(entry.path) ?? new Set()).add(entry.stage));
      continue;
    }
    const now = yield* workId(repo, entry.path, entry);
    if (!now) unstaged.push({ path: entry.path, letter: 'D' });
    else if (now.id !== entry.id || now.mode !== entry.mode) unstaged.push({ path: entry.path, letter: 'M' });
  }
  const untracked = yield* untrackedPaths(repo, new Set(index.map((e) => e.path)), all);
  return { staged: staged.filter((c) => !unmerged.has(c.path)), unstaged, untracked, unmerged };
}

/** Paths that git does not know and that are not ignored; a folder with nothing known ends in a slash. */
export function* untrackedPaths(
  repo: Repo,
  tracked: ReadonlySet<string>,
  all: boolean,
  ignored = false,
): Wait<string[]> {
  const folders = new Set<string>();
  for (const path of tracked)
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at));
  const ignore = new Ignore();
  yield* ignore.load(repo.sys, `${repo.gitDir}/info/exclude`, '');
  const home = repo.git.ctx.env.get('HOME');
  const excludes =
    (yield* repo.get('core.excludesfile')) ?? (home === undefined ? undefined : `${home}/.config/git/ignore`);
  if (excludes !== undefined) yield* ignore.load(repo.sys, excludes.replace(/^~/, home ?? ''), '');
  const out: string[] = [];
  const walk = function* (folder: string): Wait<boolean> {
    const full = folder === '' ? repo.workTree! : `${repo.workTree}/${folder.slice(0, -1)}`;
    yield* ignore.load(repo.sys, `${full}/.gitignore`, folder);
    const names = listDir(repo.sys, full);
    let any = false;
    for (const name of typeof names === 'number' ? [] : names.sort()) {
      if (repo.sys.tick()) yield;
      if (name === '.git') continue;
      const path = folder + name;
      const directory =
        typeof repo.sys.readlink(`${repo.workTree}/${path}`) !== 'string' &&
        isDir(repo.sys, `${repo.workTree}/${path}`);
      if (tracked.has(path)) continue;
      if (ignore.ignores(path, directory) !== ignored) {
        if (!(ignored && directory)) continue;
      } else if (ignored) {
        out.push(directory ? `${path}/` : path);
        any = true;
        continue;
      }
      if (!directory) {
        out.push(path);
        any = true;
      } else if (all || folders.has(path) || ignored) any = (yield* walk(`${path}/`)) || any;
      else {
        const from = out.length;
        const some = yield* walk(`${path}/`);
        out.length = from;
        if (some) out.push(`${path}/`);
        any ||= some;
      }
    }
    return any;
  };
  yield* walk('');
  return out;
}
