import type { Wait } from '../../../libc/io.ts';
import { type GitCommand, readArguments } from '../command.ts';
import { openWorkTree, type Repo } from '../repo.ts';
import { short, upstreamOf, walk } from '../revision.ts';
import { computeStatus, type PathChange } from '../status.ts';

const WORDS: Readonly<Record<string, string>> = {
  A: 'new file:   ',
  M: 'modified:   ',
  D: 'deleted:    ',
  R: 'renamed:    ',
  T: 'typechange: ',
  U: 'unmerged:   ',
};

/** How a path in conflict is called, by its stages. */
function conflictWords(stages: ReadonlySet<number>): [string, string] {
  const key = [1, 2, 3].map((stage) => (stages.has(stage) ? stage : '')).join('');
  const table: Readonly<Record<string, [string, string]>> = {
    '123': ['both modified:   ', 'UU'],
    '23': ['both added:      ', 'AA'],
    '12': ['deleted by them: ', 'UD'],
    '13': ['deleted by us:   ', 'DU'],
    '1': ['both deleted:    ', 'DD'],
    '2': ['added by us:     ', 'AU'],
    '3': ['added by them:   ', 'UA'],
  };
  return table[key] ?? table['123']!;
}

/** How far a branch and what it follows are apart. */
export function* aheadBehind(
  repo: Repo,
  branch: string,
): Wait<{ upstream: string; ahead: number; behind: number; gone: boolean } | undefined> {
  const upstream = yield* upstreamOf(repo, branch);
  if (upstream === undefined) return undefined;
  const name = upstream.replace(/^refs\/(?:remotes|heads)\//, '');
  const there = yield* repo.ref(upstream);
  const here = yield* repo.ref(`refs/heads/${branch}`);
  if (there === undefined || here === undefined)
    return { upstream: name, ahead: 0, behind: 0, gone: there === undefined };
  const ahead = (yield* walk(repo, [here], [there])).length;
  const behind = (yield* walk(repo, [there], [here])).length;
  return { upstream: name, ahead, behind, gone: false };
}

/** A path with blanks stands in quotes in the short form. */
const quoted = (path: string): string => (/[\s"\\]/.test(path) ? JSON.stringify(path) : path);

const plural = (n: number): string => `${n} commit${n === 1 ? '' : 's'}`;

/** The lines about the branch that is followed; '' where there is none. */
export function* trackingText(repo: Repo, branch: string): Wait<string> {
  const apart = yield* aheadBehind(repo, branch);
  if (!apart) return '';
  const { upstream, ahead, behind } = apart;
  if (apart.gone)
    return `Your branch is based on '${upstream}', but the upstream is gone.\n  (use "git branch --unset-upstream" to fixup)\n`;
  if (ahead === 0 && behind === 0) return `Your branch is up to date with '${upstream}'.\n`;
  if (behind === 0)
    return `Your branch is ahead of '${upstream}' by ${plural(ahead)}.\n  (use "git push" to publish your local commits)\n`;
  if (ahead === 0)
    return `Your branch is behind '${upstream}' by ${plural(behind)}, and can be fast-forwarded.\n  (use "git pull" to update your local branch)\n`;
  return `Your branch and '${upstream}' have diverged,\nand have ${ahead} and ${behind} different commits each, respectively.\n  (use "git pull" if you want to integrate the remote branch with yours)\n`;
}

/** `git status`; `commit`: as commit says it where there is nothing to do; `template`: for the editor. */
export function* longStatus(repo: Repo, as: 'status' | 'commit' | 'template' = 'status', colour = false): Wait<string> {
  const red = (text: string): string => (colour ? `\x1b[31m${text}\x1b[m` : text);
  const green = (text: string): string => (colour ? `\x1b[32m${text}\x1b[m` : text);
  const status = yield* computeStatus(repo);
  const ref = yield* repo.headRef();
  const head = yield* repo.head();
  let out =
    ref === undefined
      ? `${colour ? red('HEAD detached at ') : 'HEAD detached at '}${short(repo, head!)}\n`
      : `On branch ${ref.replace(/^refs\/heads\//, '')}\n`;
  const tracking = ref === undefined ? '' : yield* trackingText(repo, ref.replace(/^refs\/heads\//, ''));
  if (tracking !== '') out += `${tracking}\n`;
  if (head === undefined)
    out +=
      as === 'status' || as === 'commit'
        ? `\n${as === 'commit' ? 'Initial commit' : 'No commits yet'}\n\n`
        : '\nInitial commit\n\n';
  const merging = (yield* repo.text('MERGE_HEAD')) !== undefined;
  if (merging && as !== 'template')
    out +=
      status.unmerged.size > 0
        ? 'You have unmerged paths.\n  (fix conflicts and run "git commit")\n  (use "git merge --abort" to abort the merge)\n\n'
        : 'All conflicts fixed but you are still merging.\n  (use "git commit" to conclude merge)\n\n';
  const row = (change: PathChange): string =>
    `${WORDS[change.letter]}${change.from === undefined ? '' : `${change.from} -> `}${change.path}`;
  if (status.staged.length > 0) {
    const hint =
      head === undefined
        ? '  (use "git rm --cached <file>..." to unstage)\n'
        : '  (use "git restore --staged <file>..." to unstage)\n';
    out += `Changes to be committed:\n${as === 'template' || merging ? '' : hint}`;
    for (const change of status.staged) out += `\t${green(row(change))}\n`;
    out += '\n';
  }
  if (status.unmerged.size > 0) {
    const deleted = [...status.unmerged.values()].some((stages) => stages.size < 3 && stages.has(1));
    out += `Unmerged paths:\n  (use "git add${deleted ? '/rm' : ''} <file>..."${deleted ? ' as appropriate' : ''} to mark resolution)\n`;
    for (const [path, stages] of status.unmerged) out += `\t${red(conflictWords(stages)[0] + path)}\n`;
    out += '\n';
  }
  if (status.unstaged.length > 0) {
    const deleted = status.unstaged.some((change) => change.letter === 'D');
    out += `Changes not staged for commit:\n${as === 'template' ? '' : `  (use "git add${deleted ? '/rm' : ''} <file>..." to update what will be committed)\n  (use "git restore <file>..." to discard changes in working directory)\n`}`;
    for (const change of status.unstaged) out += `\t${red(row(change))}\n`;
    out += '\n';
  }
  if (status.untracked.length > 0) {
    out += `Untracked files:\n${as === 'template' ? '' : '  (use "git add <file>..." to include in what will be committed)\n'}`;
    for (const path of status.untracked) out += `\t${red(path)}\n`;
    out += '\n';
  }
  if (as === 'template' || status.staged.length > 0 || (merging && status.unmerged.size === 0)) return out;
  if (status.unstaged.length > 0 || status.unmerged.size > 0)
    return `${out}no changes added to commit (use "git add" and/or "git commit -a")\n`;
  if (status.untracked.length > 0)
    return `${out}nothing added to commit but untracked files present (use "git add" to track)\n`;
  if (head === undefined) return `${out}nothing to commit (create/copy files and use "git add" to track)\n`;
  return `${out}nothing to commit, working tree clean\n`;
}

export const status: GitCommand = {
  usage: 'git status [<options>] [--] [<pathspec>...]',
  *run(git, argv) {
    const specs = {
      short: { short: 's', help: 'show status concisely' },
      branch: { short: 'b', help: 'show branch information' },
      porcelain: { arg: 'version', optional: true, help: 'machine-readable output' },
      long: { help: 'show status in long format (default)' },
      untrackedFiles: { short: 'u', arg: 'mode', optional: true, help: 'show untracked files' },
    } as const;
    const { opts } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openWorkTree(git);
    const colour = git.sys.isatty(1);
    if (!opts.short && opts.porcelain === undefined) {
      yield* git.out(yield* longStatus(repo, 'status', colour));
      return 0;
    }
    const paint = (code: number, text: string): string =>
      colour && opts.porcelain === undefined && text !== ' ' ? `\x1b[${code}m${text}\x1b[m` : text;
    if (opts.branch) {
      const ref = (yield* repo.headRef())?.replace(/^refs\/heads\//, '');
      const apart = ref === undefined ? undefined : yield* aheadBehind(repo, ref);
      const counts = apart
        ? [apart.ahead > 0 ? `ahead ${apart.ahead}` : '', apart.behind > 0 ? `behind ${apart.behind}` : '']
            .filter(Boolean)
            .join(', ')
        : '';
      const name =
        ref === undefined ? 'HEAD (no branch)' : (yield* repo.head()) === undefined ? `No commits yet on ${ref}` : ref;
      yield* git.out(`## ${name}${apart ? `...${apart.upstream}` : ''}${counts === '' ? '' : ` [${counts}]`}\n`);
    }
    const state = yield* computeStatus(repo, opts.untrackedFiles === 'all' || opts.untrackedFiles === '');
    const rows = new Map<string, [string, string, string]>();
    for (const change of state.staged)
      rows.set(change.path, [
        change.letter,
        ' ',
        change.from === undefined ? quoted(change.path) : `${quoted(change.from)} -> ${quoted(change.path)}`,
      ]);
    for (const change of state.unstaged) {
      const row = rows.get(change.path);
      if (row) row[1] = change.letter;
      else rows.set(change.path, [' ', change.letter, quoted(change.path)]);
    }
    for (const [path, stages] of state.unmerged) {
      const [x, y] = conflictWords(stages)[1];
      rows.set(path, [x!, y!, path]);
    }
    for (const [, [x, y, text]] of [...rows].sort(([a], [b]) => (a < b ? -1 : 1)))
      yield* git.out(`${paint(32, x)}${paint(31, y)} ${text}\n`);
    if (opts.untrackedFiles !== 'no')
      for (const path of state.untracked) yield* git.out(`${paint(31, '??')} ${quoted(path)}\n`);
    return 0;
  },
};
