import type { Wait } from '../../libc/io.ts';
import type { FileDiff, Side } from './diff-text.ts';
import { covers, type Repo } from './repo.ts';
import { changesBetween, indexFiles, workId } from './status.ts';
import type { Files } from './tree.ts';

function* sideOf(repo: Repo, file: { mode: number; id: string } | undefined): Wait<Side | undefined> {
  if (!file) return undefined;
  const object = yield* repo.objects.read(file.id);
  return { ...file, bytes: object?.bytes ?? new Uint8Array(0) };
}

/** What differs between two sets of stored files. @param specs paths that are wanted; none: all */
export function* compareFiles(
  repo: Repo,
  before: Files,
  after: Files,
  specs: readonly string[] = [],
): Wait<FileDiff[]> {
  const out: FileDiff[] = [];
  for (const { path, from = path } of changesBetween(before, after)) {
    if (specs.length > 0 && !specs.some((spec) => covers(spec, path) || covers(spec, from))) continue;
    out.push({
      path,
      from,
      before: yield* sideOf(repo, before.get(from)),
      after: yield* sideOf(repo, after.get(path)),
    });
  }
  return out;
}

/** What differs between stored files and the work tree, of the paths that the index knows. */
export function* compareWork(repo: Repo, before: Files, specs: readonly string[] = []): Wait<FileDiff[]> {
  const index = yield* repo.index();
  const byPath = new Map(index.map((e) => [e.path, e]));
  const out: FileDiff[] = [];
  for (const path of [...new Set([...before.keys(), ...byPath.keys()])].sort()) {
    if (specs.length > 0 && !specs.some((spec) => covers(spec, path))) continue;
    const now = byPath.has(path) ? yield* workId(repo, path, byPath.get(path)) : undefined;
    const old = before.get(path);
    if (old?.id === now?.id && old?.mode === now?.mode) continue;
    const bytes = now ? yield* repo.fileBytes(path) : 0;
    const after = now && typeof bytes !== 'number' ? { ...now, bytes } : undefined;
    if (!old && !after) continue;
    out.push({ path, from: path, before: yield* sideOf(repo, old), after });
  }
  return out;
}

export function* indexed(repo: Repo): Wait<Files> {
  return indexFiles(yield* repo.index());
}
