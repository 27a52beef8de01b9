import { decode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import { parseCommit } from './commit-object.ts';
import type { Repo } from './repo.ts';
import { filesOf } from './tree.ts';

/** Where a short name of a reference is looked for. @see gitrevisions(7) */
const PLACES = ['', 'refs/', 'refs/tags/', 'refs/heads/', 'refs/remotes/'];

/** The full name of a reference; undefined where there is none. */
export function* fullName(repo: Repo, name: string): Wait<string | undefined> {
  if (name === '@') return 'HEAD';
  for (const place of PLACES) {
    if (place === '' && !name.startsWith('refs/') && !/^[A-Z_]+$/.test(name)) continue;
    if ((yield* repo.ref(place + name)) !== undefined) return place + name;
  }
  const remote = `refs/remotes/${name}/HEAD`;
  return (yield* repo.ref(remote)) === undefined ? undefined : remote;
}

/** The object that an expression names. @returns undefined where there is none */
export function* resolveRevision(repo: Repo, text: string): Wait<string | undefined> {
  const colon = text.indexOf(':');
  if (colon >= 0) return yield* pathOf(repo, text.slice(0, colon), text.slice(colon + 1));
  const base = /^(?:@\{[^}]*\}|[^~^]*?)(?:@\{[^}]*\})?(?=[~^]|$)/.exec(text)![0];
  let id = yield* baseId(repo, base);
  for (const step of text.slice(base.length).match(/\^\{[^}]*\}|[~^]\d*/g) ?? []) {
    if (id === undefined) return undefined;
    if (step.startsWith('^{')) id = yield* peel(repo, id, step.slice(2, -1));
    else {
      const count = step.length === 1 ? 1 : Number(step.slice(1));
      const commit: string | undefined = yield* peel(repo, id, 'commit');
      id = commit;
      if (step[0] === '^') {
        if (count > 0 && commit !== undefined) id = (yield* repo.commit(commit)).parents[count - 1];
      } else for (let i = 0; i < count && id !== undefined; i++) id = (yield* repo.commit(id)).parents[0];
    }
  }
  return id;
}

function* baseId(repo: Repo, base: string): Wait<string | undefined> {
  const at = /^(.*)@\{(.*)\}$/.exec(base);
  if (at) {
    const [, name, what] = at;
    if (what === 'u' || what === 'upstream') {
      const branch = name === '' ? (yield* repo.headRef())?.slice(11) : name;
      const up = branch === undefined ? undefined : yield* upstreamOf(repo, branch);
      return up === undefined ? undefined : yield* repo.ref(up);
    }
    const minus = /^-(\d+)$/.exec(what!);
    if (minus) {
      const back = yield* previousBranch(repo, Number(minus[1]));
      return back === undefined ? undefined : yield* resolveRevision(repo, back);
    }
    const full = name === '' ? ((yield* repo.headRef()) ?? 'HEAD') : yield* fullName(repo, name!);
    if (full === undefined || !/^\d+$/.test(what!)) return undefined;
    const entries = yield* repo.reflog(full);
    return entries[Number(what)]?.id ?? (entries.length === Number(what) ? entries.at(-1)?.before : undefined);
  }
  if (/^[0-9a-f]{40}$/.test(base)) return repo.objects.has(base) ? base : undefined;
  const full = yield* fullName(repo, base === '' ? 'HEAD' : base);
  if (full !== undefined) return yield* repo.ref(full);
  if (!/^[0-9a-f]{4,39}$/.test(base)) return undefined;
  const ids = repo.objects.matching(base);
  return ids.length === 1 ? ids[0] : undefined;
}

/** The branch (or commit) that was left `count` switches ago. */
export function* previousBranch(repo: Repo, count: number): Wait<string | undefined> {
  const moves = (yield* repo.reflog('HEAD')).map((entry) => /^checkout: moving from (\S+) to/.exec(entry.why)?.[1]);
  return moves.filter((name) => name !== undefined)[count - 1];
}

/** The reference that a branch follows, by its full name. */
export function* upstreamOf(repo: Repo, branch: string): Wait<string | undefined> {
  const remote = yield* repo.get(`branch.${branch}.remote`);
  const merge = yield* repo.get(`branch.${branch}.merge`);
  if (remote === undefined || merge === undefined) return undefined;
  return remote === '.' ? merge : `refs/remotes/${remote}/${merge.replace(/^refs\/heads\//, '')}`;
}

/** Follows tags, and a commit to its tree. */
export function* peel(repo: Repo, id: string, to: string): Wait<string | undefined> {
  let object = yield* repo.objects.read(id);
  while (object?.type === 'tag' && to !== 'tag') {
    id = /^object ([0-9a-f]{40})/.exec(decode(object.bytes))![1]!;
    object = yield* repo.objects.read(id);
  }
  if (!object) return undefined;
  if (to === '' || to === object.type) return id;
  if (to === 'tree' && object.type === 'commit') return parseCommit(object.bytes).tree;
  return undefined;
}

function* pathOf(repo: Repo, revision: string, path: string): Wait<string | undefined> {
  if (revision === '') {
    const entry = (yield* repo.index()).find((e) => e.path === path && e.stage === 0);
    return entry?.id;
  }
  const id = yield* resolveRevision(repo, revision);
  const tree = id === undefined ? undefined : yield* peel(repo, id, 'tree');
  if (tree === undefined) return undefined;
  if (path === '') return tree;
  return (yield* filesOf(repo.objects, tree)).get(path.replace(/^\.\//, ''))?.id;
}

/** A commit, or the end of the command in git's words. */
export function* needCommit(repo: Repo, text: string): Wait<string> {
  const id = yield* resolveRevision(repo, text);
  const commit = id === undefined ? undefined : yield* peel(repo, id, 'commit');
  if (commit !== undefined) return commit;
  return yield* repo.git.fatal(
    `ambiguous argument '${text}': unknown revision or path not in the working tree.\nUse '--' to separate paths from revisions, like this:\n'git <command> [<revision>...] -- [<file>...]'`,
  );
}

/** Commits that can be reached from `from` and not from `not`, the newest first. */
export function* walk(
  repo: Repo,
  from: readonly string[],
  not: readonly string[] = [],
  topological = false,
): Wait<string[]> {
  const hidden = not.length > 0 ? new Set(yield* walk(repo, not)) : new Set<string>();
  const seen = new Set<string>();
  const queue: { id: string; at: number; order: number }[] = [];
  let order = 0;
  const push = function* (id: string): Wait<void> {
    if (seen.has(id) || hidden.has(id)) return;
    seen.add(id);
    const { committer } = yield* repo.commit(id);
    queue.push({ id, at: Number(/ (\d+) [+-]\d{4}$/.exec(committer)?.[1] ?? 0), order: order++ });
  };
  for (const id of from) yield* push(id);
  const out: string[] = [];
  while (queue.length > 0) {
    if (repo.sys.tick()) yield;
    let best = 0;
    for (let i = 1; i < queue.length; i++)
      if (queue[i]!.at > queue[best]!.at || (queue[i]!.at === queue[best]!.at && queue[i]!.order < queue[best]!.order))
        best = i;
    const [next] = queue.splice(best, 1);
    out.push(next!.id);
    for (const parent of (yield* repo.commit(next!.id)).parents) yield* push(parent);
  }
  return topological ? yield* parentsLast(repo, out) : out;
}

/** No commit before all its children (--topo-order, --graph). */
function* parentsLast(repo: Repo, ids: readonly string[]): Wait<string[]> {
  const children = new Map<string, number>(ids.map((id) => [id, 0]));
  for (const id of ids)
    for (const parent of (yield* repo.commit(id)).parents)
      if (children.has(parent)) children.set(parent, children.get(parent)! + 1);
  const ready = ids.filter((id) => children.get(id) === 0).reverse();
  const out: string[] = [];
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    out.push(id);
    for (const parent of (yield* repo.commit(id)).parents) {
      if (!children.has(parent)) continue;
      children.set(parent, children.get(parent)! - 1);
      if (children.get(parent) === 0) ready.push(parent);
    }
  }
  return out;
}

/** The best common ancestor of two commits. */
export function* mergeBase(repo: Repo, a: string, b: string): Wait<string | undefined> {
  const ofA = new Set(yield* walk(repo, [a]));
  return (yield* walk(repo, [b])).find((id) => ofA.has(id));
}

/** An id as short as it is shown: seven digits, more where they are not enough. */
export function short(repo: Repo, id: string): string {
  for (let length = 7; length < 40; length++)
    if (repo.objects.matching(id.slice(0, length)).length <= 1) return id.slice(0, length);
  return id;
}
