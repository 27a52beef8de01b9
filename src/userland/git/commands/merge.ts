import type { Wait } from '../../../libc/io.ts';
import { blockedBy, forceFiles, moveFiles } from '../checkout-files.ts';
import { type GitCommand, readArguments } from '../command.ts';
import { cleanMessage, parseSignature, subjectOf } from '../commit-object.ts';
import { compareFiles } from '../compare.ts';
import { statText, summaryText } from '../diff-text.ts';
import { type Conflict, mergeTrees } from '../merge-files.ts';
import { type Git, openWorkTree, type Repo } from '../repo.ts';
import { mergeBase, needCommit, resolveRevision, short, upstreamOf } from '../revision.ts';
import { type Files, writeTree } from '../tree.ts';
import { commitSummary, edit, gitDate } from './commit.ts';
import { longStatus } from './status.ts';

const specs = {
  noFf: { help: 'create a merge commit even when a fast-forward is possible' },
  ffOnly: { help: 'abort if fast-forward is not possible' },
  ff: { help: 'allow fast-forward (default)' },
  noCommit: { help: 'stop before the commit' },
  squash: { help: 'create a single commit instead of doing a merge' },
  message: { short: 'm', arg: 'message', many: true, help: 'merge commit message' },
  abort: { help: 'abort the current in-progress merge' },
  continue: { help: 'continue the current in-progress merge' },
  noEdit: { help: 'accept the message' },
  edit: { short: 'e', help: 'edit message before committing' },
  quiet: { short: 'q', help: 'be more quiet' },
  noStat: { short: 'n', help: 'no diffstat' },
  allowUnrelatedHistories: { help: 'allow merging unrelated histories' },
} as const;

export const merge: GitCommand = {
  usage: 'git merge [<options>] [<commit>...]',
  *run(git, argv) {
    const { opts, args } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openWorkTree(git);
    const merging = (yield* repo.text('MERGE_HEAD')) !== undefined;
    if (opts.abort) {
      if (!merging) return yield* git.fatal('There is no merge to abort (MERGE_HEAD missing).');
      yield* forceFiles(repo, yield* repo.filesAt(yield* repo.head()));
      for (const name of ['MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE']) git.sys.unlink(`${repo.gitDir}/${name}`);
      return 0;
    }
    if (merging) {
      yield* git.err(
        'fatal: You have not concluded your merge (MERGE_HEAD exists).\nPlease, commit your changes before you merge.\n',
      );
      return 128;
    }
    const current = (yield* repo.headRef())?.replace(/^refs\/heads\//, '');
    const upstream = args.length === 0 && current !== undefined ? yield* upstreamOf(repo, current) : undefined;
    const word = args[0] ?? upstream?.replace(/^refs\/(?:remotes|heads)\//, '');
    if (word === undefined) return yield* git.fatal('No remote for the current branch.');
    if ((yield* resolveRevision(repo, word)) === undefined) {
      yield* git.err(`merge: ${word} - not something we can merge\n`);
      return 1;
    }
    return yield* mergeInto(git, repo, yield* needCommit(repo, word), word, opts);
  },
};

export interface MergeOptions {
  noFf: boolean;
  ffOnly: boolean;
  noCommit: boolean;
  squash: boolean;
  message: string[];
  quiet: boolean;
  noStat: boolean;
  edit: boolean;
  noEdit: boolean;
  allowUnrelatedHistories: boolean;
}

/** Merges a commit into HEAD. @param name as the user called it @param message for the merge commit, where it is not the usual one */
export function* mergeInto(
  git: Git,
  repo: Repo,
  theirs: string,
  name: string,
  opts: MergeOptions,
  message?: string,
): Wait<number> {
  const ours = yield* repo.head();
  if (ours === undefined) {
    yield* moveFiles(repo, new Map(), yield* repo.filesAt(theirs));
    yield* repo.setRef('HEAD', theirs, 'initial pull');
    return 0;
  }
  const base = yield* mergeBase(repo, ours, theirs);
  if (base === undefined && !opts.allowUnrelatedHistories)
    return yield* git.fatal('refusing to merge unrelated histories');
  if (base === theirs) {
    yield* git.out('Already up to date.\n');
    return 0;
  }
  const [before, after] = [yield* repo.filesAt(ours), yield* repo.filesAt(theirs)];
  const forward = base === ours && !opts.noFf;
  if (forward) {
    if (
      !(yield* mayMove(
        git,
        repo,
        before,
        after,
        !opts.quiet ? `Updating ${short(repo, ours)}..${short(repo, theirs)}\n` : '',
      ))
    )
      return 1;
    if (!opts.quiet) yield* git.out(`Updating ${short(repo, ours)}..${short(repo, theirs)}\nFast-forward\n`);
    yield* moveFiles(repo, before, after);
    if (opts.squash) return yield* squashed(git, repo, theirs);
    yield* repo.put('ORIG_HEAD', `${ours}\n`);
    yield* repo.setRef('HEAD', theirs, `merge ${name}: Fast-forward`);
    if (!opts.quiet && !opts.noStat) yield* sayChanges(git, repo, before, after);
    return 0;
  }
  if (opts.ffOnly) return yield* git.fatal('Not possible to fast-forward, aborting.');
  const merged = yield* mergeTrees(repo, yield* repo.filesAt(base), before, after, ['HEAD', name]);
  if (!(yield* mayMove(git, repo, before, merged.files, ''))) {
    yield* git.err('Merge with strategy ort failed.\n');
    return 2;
  }
  yield* moveFiles(repo, before, merged.files);
  if (!opts.quiet) for (const path of merged.auto) yield* git.out(`Auto-merging ${path}\n`);
  const current = (yield* repo.headRef())?.replace(/^refs\/heads\//, '') ?? 'HEAD';
  const kind =
    (yield* repo.ref(`refs/remotes/${name}`)) !== undefined
      ? 'remote-tracking branch'
      : (yield* repo.ref(`refs/heads/${name}`)) !== undefined
        ? 'branch'
        : (yield* repo.ref(`refs/tags/${name}`)) !== undefined
          ? 'tag'
          : 'commit';
  const into = current === 'main' || current === 'master' ? '' : ` into ${current}`;
  const text =
    opts.message.length > 0 ? `${opts.message.join('\n\n')}\n` : `${message ?? `Merge ${kind} '${name}'`}${into}\n`;
  if (merged.conflicts.length > 0) return yield* conflicted(git, repo, merged.conflicts, theirs, text, name);
  if (opts.squash) return yield* squashed(git, repo, theirs);
  if (opts.noCommit) {
    yield* repo.put('MERGE_HEAD', `${theirs}\n`);
    yield* repo.put('MERGE_MSG', text);
    yield* git.out('Automatic merge went well; stopped before committing as requested\n');
    return 0;
  }
  let final = text;
  if (opts.edit || (opts.message.length === 0 && !opts.noEdit && git.sys.isatty(0) && git.sys.isatty(1))) {
    const edited = yield* edit(
      git,
      repo,
      'MERGE_MSG',
      `${text}# Please enter a commit message to explain why this merge is necessary.\n#\n# Lines starting with '#' will be ignored, and an empty message aborts\n# the commit.\n`,
    );
    git.sys.unlink(`${repo.gitDir}/MERGE_MSG`);
    final = edited === undefined ? '' : cleanMessage(edited, true);
    if (final === '') {
      yield* git.err("error: Empty commit message.\nNot committing merge; use 'git commit' to complete the merge.\n");
      return 1;
    }
  }
  const id = yield* repo.addCommit({
    tree: yield* writeTree(repo.objects, merged.files),
    parents: [ours, theirs],
    author: yield* repo.signature('AUTHOR'),
    committer: yield* repo.signature('COMMITTER'),
    message: final,
  });
  yield* repo.put('ORIG_HEAD', `${ours}\n`);
  yield* repo.setRef('HEAD', id, `merge ${name}: Merge made by the 'ort' strategy.`);
  if (opts.quiet) return 0;
  yield* git.out("Merge made by the 'ort' strategy.\n");
  if (!opts.noStat) yield* sayChanges(git, repo, before, merged.files);
  return 0;
}

function* squashed(git: Git, repo: Repo, theirs: string): Wait<number> {
  const commit = yield* repo.commit(theirs);
  yield* repo.put(
    'SQUASH_MSG',
    `Squashed commit of the following:\n\ncommit ${theirs}\n    ${subjectOf(commit.message)}\n`,
  );
  yield* git.out('Squash commit -- not updating HEAD\n');
  return 0;
}

function* sayChanges(git: Git, repo: Repo, before: Files, after: Files): Wait<void> {
  const files = yield* compareFiles(repo, before, after);
  yield* git.out((yield* statText(repo, files, git.sys.isatty(1))) + summaryText(files));
}

/** Nothing of the user's would be lost; else says what. */
function* mayMove(git: Git, repo: Repo, before: Files, after: Files, head: string): Wait<boolean> {
  const { changed, untracked } = yield* blockedBy(repo, before, after);
  if (changed.length === 0 && untracked.length === 0) return true;
  yield* git.out(head);
  if (changed.length > 0)
    yield* git.err(
      `error: Your local changes to the following files would be overwritten by merge:\n${changed.map((p) => `\t${p}\n`).join('')}Please commit your changes or stash them before you merge.\n`,
    );
  if (untracked.length > 0)
    yield* git.err(
      `error: The following untracked working tree files would be overwritten by merge:\n${untracked.map((p) => `\t${p}\n`).join('')}Please move or remove them before you merge.\n`,
    );
  yield* git.err('Aborting\n');
  return false;
}

/** Notes the stages of conflicts in the index. */
export function* noteConflicts(repo: Repo, conflicts: readonly Conflict[]): Wait<void> {
  const paths = new Set(conflicts.map((conflict) => conflict.path));
  const index = (yield* repo.index()).filter((entry) => !paths.has(entry.path));
  for (const { path, base, ours, theirs } of conflicts)
    for (const [i, side] of [base, ours, theirs].entries())
      if (side)
        index.push({
          path,
          mode: side.mode,
          id: side.id,
          stage: i + 1,
          ctimeSec: 0,
          ctimeNsec: 0,
          mtimeSec: 0,
          mtimeNsec: 0,
          dev: 0,
          ino: 0,
          uid: 0,
          gid: 0,
          size: 0,
        });
  yield* repo.writeIndex(index);
}

export function* sayConflicts(git: Git, conflicts: readonly Conflict[], name: string): Wait<void> {
  for (const { path, kind } of conflicts)
    yield* git.out(
      kind === 'content' || kind === 'add/add'
        ? `CONFLICT (${kind}): Merge conflict in ${path}\n`
        : kind === 'modify/delete'
          ? `CONFLICT (modify/delete): ${path} deleted in ${name} and modified in HEAD.  Version HEAD of ${path} left in tree.\n`
          : `CONFLICT (modify/delete): ${path} deleted in HEAD and modified in ${name}.  Version ${name} of ${path} left in tree.\n`,
    );
}

function* conflicted(
  git: Git,
  repo: Repo,
  conflicts: readonly Conflict[],
  theirs: string,
  text: string,
  name: string,
): Wait<number> {
  yield* noteConflicts(repo, conflicts);
  yield* sayConflicts(git, conflicts, name);
  yield* repo.put('MERGE_HEAD', `${theirs}\n`);
  yield* repo.put(
    'MERGE_MSG',
    `${text}\n# Conflicts:\n${conflicts.map((conflict) => `#\t${conflict.path}\n`).join('')}`,
  );
  yield* git.out('Automatic merge failed; fix conflicts and then commit the result.\n');
  return 1;
}

/** cherry-pick and revert: the change of a commit, or its reverse, on top of HEAD. */
function* pick(git: Git, argv: string[], reverse: boolean, usage: string): Wait<number> {
  const options = {
    noCommit: { short: 'n', help: "don't automatically commit" },
    edit: { short: 'e', help: 'edit the commit message' },
    noEdit: { help: 'do not edit the commit message' },
    origin: { short: 'x', long: false, help: 'append commit name' },
    abort: { help: 'cancel the operation' },
  } as const;
  const { opts, args } = yield* readArguments(git, usage, options, argv);
  const repo = yield* openWorkTree(git);
  const verb = reverse ? 'revert' : 'cherry-pick';
  if (opts.abort) {
    yield* forceFiles(repo, yield* repo.filesAt(yield* repo.head()));
    for (const name of ['CHERRY_PICK_HEAD', 'REVERT_HEAD', 'MERGE_MSG']) git.sys.unlink(`${repo.gitDir}/${name}`);
    return 0;
  }
  for (const word of args) {
    const id = yield* needCommit(repo, word);
    const commit = yield* repo.commit(id);
    if (commit.parents.length > 1) {
      yield* git.err(`error: commit ${id} is a merge but no -m option was given.\nfatal: ${verb} failed\n`);
      return 128;
    }
    const [changed, without] = [yield* repo.filesAt(id), yield* repo.filesAt(commit.parents[0])];
    const ours = (yield* repo.head())!;
    const before = yield* repo.filesAt(ours);
    const label = `${short(repo, id)} (${subjectOf(commit.message)})`;
    const merged = yield* mergeTrees(repo, reverse ? changed : without, before, reverse ? without : changed, [
      'HEAD',
      reverse ? `parent of ${label}` : label,
    ]);
    if (!(yield* mayMove(git, repo, before, merged.files, ''))) return 128;
    yield* moveFiles(repo, before, merged.files);
    const message = reverse
      ? `Revert "${subjectOf(commit.message)}"\n\nThis reverts commit ${id}.\n`
      : opts.origin
        ? `${commit.message.trimEnd()}\n\n(cherry picked from commit ${id})\n`
        : commit.message;
    for (const path of merged.auto) yield* git.out(`Auto-merging ${path}\n`);
    if (merged.conflicts.length > 0) {
      yield* noteConflicts(repo, merged.conflicts);
      yield* sayConflicts(git, merged.conflicts, label);
      yield* repo.put(reverse ? 'REVERT_HEAD' : 'CHERRY_PICK_HEAD', `${id}\n`);
      yield* repo.put('MERGE_MSG', message);
      yield* git.err(
        `error: could not ${reverse ? 'revert' : 'apply'} ${short(repo, id)}... ${subjectOf(commit.message)}\nhint: After resolving the conflicts, mark them with\nhint: "git add/rm <pathspec>", then run\nhint: "git ${verb} --continue".\n`,
      );
      return 1;
    }
    if (opts.noCommit) continue;
    if ((yield* compareFiles(repo, before, merged.files)).length === 0) {
      yield* git.err(
        `The previous cherry-pick is now empty, possibly due to conflict resolution.\nIf you wish to commit it anyway, use:\n\n    git commit --allow-empty\n\nOtherwise, please use 'git cherry-pick --skip'\n`,
      );
      yield* git.out(yield* longStatus(repo));
      return 1;
    }
    const made = yield* repo.addCommit({
      tree: yield* writeTree(repo.objects, merged.files),
      parents: [ours],
      author: reverse ? yield* repo.signature('AUTHOR') : commit.author,
      committer: yield* repo.signature('COMMITTER'),
      message,
    });
    yield* repo.setRef('HEAD', made, `${verb}: ${subjectOf(message)}`);
    const who = parseSignature(commit.author);
    const summary = yield* commitSummary(repo, made);
    yield* git.out(reverse ? summary : summary.replace('\n', `\n Date: ${gitDate(who.sec, who.zone)}\n`));
  }
  return 0;
}

export const cherryPick: GitCommand = {
  usage: 'git cherry-pick [--edit] [-n] [-x] <commit>...',
  *run(git, argv) {
    return yield* pick(git, argv, false, this.usage);
  },
};

export const revert: GitCommand = {
  usage: 'git revert [--[no-]edit] [-n] <commit>...',
  *run(git, argv) {
    return yield* pick(git, argv, true, this.usage);
  },
};
