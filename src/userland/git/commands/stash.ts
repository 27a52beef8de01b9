import type { Wait } from '../../../libc/io.ts';
import { blockedBy, forceFiles, moveFiles } from '../checkout-files.ts';
import { type GitCommand, readArguments } from '../command.ts';
import { compareFiles, compareWork, indexed } from '../compare.ts';
import { patchText, statText } from '../diff-text.ts';
import { mergeTrees } from '../merge-files.ts';
import { openWorkTree, ZERO_ID } from '../repo.ts';
import { untrackedPaths } from '../status.ts';
import { type Files, writeTree } from '../tree.ts';
import { noteConflicts, sayConflicts } from './merge.ts';
import { shortAndSubject, unstage } from './stage.ts';
import { longStatus } from './status.ts';

export const stash: GitCommand = {
  usage: 'git stash [push [-u] [-m <message>]] | list | show | pop | apply | drop | clear',
  *run(git, argv) {
    const repo = yield* openWorkTree(git);
    const verb = argv[0] === undefined || argv[0].startsWith('-') ? 'push' : argv[0];
    const rest = argv[0] === verb ? argv.slice(1) : argv;
    const entries = yield* repo.reflog('refs/stash');
    if (verb === 'list') {
      for (const [i, entry] of entries.entries()) yield* git.out(`stash@{${i}}: ${entry.why}\n`);
      return 0;
    }
    if (verb === 'clear') {
      yield* repo.deleteRef('refs/stash');
      return 0;
    }
    if (verb === 'push' || verb === 'save') return yield* push(verb === 'save' ? ['-m', rest.join(' ')] : rest);
    const word = rest.find((arg) => !arg.startsWith('-'));
    const number = word === undefined ? 0 : Number(/^(?:stash@\{)?(\d+)\}?$/.exec(word)?.[1] ?? Number.NaN);
    const entry = entries[number];
    if (!entry) {
      if (entries.length === 0) return yield* git.error('No stash entries found.');
      return yield* git.error(`stash@{${number}} is not a valid reference`);
    }
    if (verb === 'show') {
      const commit = yield* repo.commit(entry.id);
      const files = yield* compareFiles(repo, yield* repo.filesAt(commit.parents[0]), yield* repo.filesAt(entry.id));
      if (rest.includes('-p'))
        for (const file of files)
          yield* git.out(yield* patchText(repo, file, { context: 3, colour: git.sys.isatty(1) }));
      else yield* git.out(yield* statText(repo, files, git.sys.isatty(1)));
      return 0;
    }
    if (verb === 'drop') return yield* drop();
    if (verb === 'pop' || verb === 'apply') {
      const commit = yield* repo.commit(entry.id);
      const head = yield* repo.filesAt(yield* repo.head());
      const base = yield* repo.filesAt(commit.parents[0]);
      const stashed = yield* repo.filesAt(entry.id);
      const merged = yield* mergeTrees(repo, base, head, stashed, ['Updated upstream', 'Stashed changes']);
      const { changed } = yield* blockedBy(repo, head, merged.files);
      if (changed.length > 0) {
        yield* git.err(
          `error: Your local changes to the following files would be overwritten by merge:\n${changed.map((p) => `\t${p}\n`).join('')}Please commit your changes or stash them before you merge.\nAborting\n`,
        );
        return 1;
      }
      const staged = yield* repo.index();
      yield* moveFiles(repo, head, merged.files);
      // New files stay added; changes of known ones are left unstaged.
      const added = (yield* repo.index()).filter(
        (e) => !head.has(e.path) && merged.files.has(e.path) && !staged.some((s) => s.path === e.path),
      );
      yield* unstage(
        repo,
        yield* repo.head(),
        [...merged.files.keys()].filter((path) => head.has(path) && head.get(path)!.id !== merged.files.get(path)!.id),
      );
      const index = (yield* repo.index()).filter((e) => !added.some((a) => a.path === e.path));
      yield* repo.writeIndex([...index, ...added]);
      if (merged.conflicts.length > 0) {
        yield* noteConflicts(repo, merged.conflicts);
        for (const path of merged.auto) yield* git.out(`Auto-merging ${path}\n`);
        yield* sayConflicts(git, merged.conflicts, 'Stashed changes');
        yield* git.out(yield* longStatus(repo));
        if (verb === 'pop') yield* git.err('The stash entry is kept in case you need it again.\n');
        return 1;
      }
      yield* git.out(yield* longStatus(repo));
      return verb === 'pop' ? yield* drop() : 0;
    }
    yield* git.err(`fatal: subcommand wasn't specified; 'push' can't be assumed due to unexpected token '${verb}'\n`);
    return 128;

    function* drop(): Wait<number> {
      const text = (yield* repo.text('logs/refs/stash')) ?? '';
      const lines = text.split('\n').filter(Boolean);
      lines.splice(lines.length - 1 - number, 1);
      if (lines.length === 0) yield* repo.deleteRef('refs/stash');
      else {
        yield* repo.put('logs/refs/stash', `${lines.join('\n')}\n`);
        yield* repo.put('refs/stash', `${lines.at(-1)!.slice(41, 81)}\n`);
      }
      yield* git.out(`Dropped ${word === undefined ? 'refs/stash@{0}' : `stash@{${number}}`} (${entry!.id})\n`);
      return 0;
    }

    function* push(words: string[]): Wait<number> {
      const specs = {
        message: { short: 'm', arg: 'message', help: 'stash message' },
        includeUntracked: { short: 'u', help: 'include untracked files in stash' },
        keepIndex: { short: 'k', help: 'keep index' },
        quiet: { short: 'q', help: 'quiet mode' },
      } as const;
      const { opts } = yield* readArguments(git, 'git stash push', specs, words);
      const head = yield* repo.head();
      if (head === undefined) {
        yield* git.err('You do not have the initial commit yet\n');
        return 1;
      }
      const before = yield* repo.filesAt(head);
      const staged = yield* indexed(repo);
      const differs = [...(yield* compareFiles(repo, before, staged)), ...(yield* compareWork(repo, staged))];
      const known = new Set((yield* repo.index()).map((e) => e.path));
      const untracked = opts.includeUntracked ? yield* untrackedPaths(repo, known, true) : [];
      if (differs.length === 0 && untracked.length === 0) {
        yield* git.out('No local changes to save\n');
        return 0;
      }
      const work: Files = new Map(staged);
      for (const file of yield* compareWork(repo, staged)) {
        if (!file.after) work.delete(file.path);
        else work.set(file.path, { mode: file.after.mode, id: yield* repo.objects.write('blob', file.after.bytes) });
      }
      for (const path of untracked) {
        const bytes = yield* repo.fileBytes(path);
        if (typeof bytes !== 'number')
          work.set(path, { mode: repo.statEntry(path)!.mode, id: yield* repo.objects.write('blob', bytes) });
      }
      const branch = (yield* repo.headRef())?.replace(/^refs\/heads\//, '') ?? '(no branch)';
      const at = `${branch}: ${yield* shortAndSubject(repo, head)}`;
      const who = yield* repo.signature('COMMITTER');
      const kept = yield* repo.addCommit({
        tree: yield* writeTree(repo.objects, staged),
        parents: [head],
        author: who,
        committer: who,
        message: `index on ${at}\n`,
      });
      const message = opts.message === undefined ? `WIP on ${at}` : `On ${branch}: ${opts.message}`;
      const id = yield* repo.addCommit({
        tree: yield* writeTree(repo.objects, work),
        parents: [head, kept],
        author: who,
        committer: who,
        message,
      });
      const old = (yield* repo.ref('refs/stash')) ?? ZERO_ID;
      yield* repo.put('refs/stash', `${id}\n`);
      yield* repo.log('refs/stash', old, id, message);
      for (const path of untracked) git.sys.unlink(`${repo.workTree}/${path}`);
      yield* forceFiles(repo, opts.keepIndex ? staged : before);
      if (!opts.quiet) yield* git.out(`Saved working directory and index state ${message}\n`);
      return 0;
    }
  },
};
