import { O_CREAT, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { decode } from '../../lib/utf8.ts';
import { open, type Wait, writeAll } from '../../libc/io.ts';
import { dirname, mkdirp } from '../../libc/paths.ts';
import type { IndexEntry } from './index-file.ts';
import type { Repo } from './repo.ts';
import { indexFiles, workId } from './status.ts';
import { type Files, MODE_EXECUTABLE, MODE_LINK } from './tree.ts';

/** Writes a file of a commit into the work tree. @returns its entry for the index */
export function* writeWorkFile(repo: Repo, path: string, mode: number, id: string): Wait<IndexEntry> {
  const full = `${repo.workTree}/${path}`;
  const object = yield* repo.objects.read(id);
  const bytes = object?.bytes ?? new Uint8Array(0);
  mkdirp(repo.sys, dirname(full), 0o777);
  repo.sys.unlink(full);
  if (mode === MODE_LINK) repo.sys.symlink(decode(bytes), full);
  else {
    const fd = yield* open(repo.sys, full, O_WRONLY | O_CREAT | O_TRUNC, mode === MODE_EXECUTABLE ? 0o777 : 0o666);
    if (fd < 0) yield* repo.git.error(`unable to create file ${path}: ${repo.git.ctx.strerror(fd)}`);
    yield* writeAll(repo.sys, fd, bytes);
    repo.sys.close(fd);
  }
  return { ...repo.statEntry(path)!, mode, id, stage: 0 };
}

/** Removes a file and the folders that it leaves empty. */
export function removeWorkFile(repo: Repo, path: string): void {
  repo.sys.unlink(`${repo.workTree}/${path}`);
  for (let folder = path; folder.includes('/'); ) {
    folder = folder.slice(0, folder.lastIndexOf('/'));
    if (repo.sys.rmdir(`${repo.workTree}/${folder}`) < 0) break;
  }
}

/** Paths whose change in index or work tree would be lost by a move from `before` to `after`. */
export function* blockedBy(repo: Repo, before: Files, after: Files): Wait<{ changed: string[]; untracked: string[] }> {
  const index = yield* repo.index();
  const staged = indexFiles(index);
  const byPath = new Map(index.map((e) => [e.path, e]));
  const changed: string[] = [];
  const untracked: string[] = [];
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [old, wanted] = [before.get(path), after.get(path)];
    if (old?.id === wanted?.id && old?.mode === wanted?.mode) continue;
    const entry = staged.get(path);
    const now = yield* workId(repo, path, byPath.get(path));
    if (!entry) {
      if (now && wanted && now.id !== wanted.id) (old ? changed : untracked).push(path);
      continue;
    }
    const indexSame = entry.id === old?.id || entry.id === wanted?.id;
    const workSame = now === undefined || now.id === entry.id;
    if (!indexSame || (!workSame && now?.id !== wanted?.id)) changed.push(path);
  }
  return { changed: changed.sort(), untracked: untracked.sort() };
}

/** Moves index and work tree from one commit's files to another's; what neither touches keeps its changes. */
export function* moveFiles(repo: Repo, before: Files, after: Files): Wait<void> {
  const index = new Map((yield* repo.index()).filter((e) => e.stage === 0).map((e) => [e.path, e]));
  for (const path of before.keys())
    if (!after.has(path)) {
      removeWorkFile(repo, path);
      index.delete(path);
    }
  for (const [path, file] of after) {
    if (repo.sys.tick()) yield;
    const old = before.get(path);
    if (old?.id === file.id && old.mode === file.mode && index.has(path)) continue;
    index.set(path, yield* writeWorkFile(repo, path, file.mode, file.id));
  }
  yield* repo.writeIndex([...index.values()]);
}

/** Makes index and work tree those of a commit, whatever they hold (reset --hard). */
export function* forceFiles(repo: Repo, after: Files): Wait<void> {
  const index = yield* repo.index();
  const byPath = new Map(index.filter((e) => e.stage === 0).map((e) => [e.path, e]));
  const entries: IndexEntry[] = [];
  for (const path of new Set(index.map((e) => e.path))) if (!after.has(path)) removeWorkFile(repo, path);
  for (const [path, file] of after) {
    const entry = byPath.get(path);
    const now = yield* workId(repo, path, entry);
    if (entry && entry.id === file.id && now?.id === file.id && now.mode === file.mode) entries.push(entry);
    else entries.push(yield* writeWorkFile(repo, path, file.mode, file.id));
  }
  yield* repo.writeIndex(entries);
}
