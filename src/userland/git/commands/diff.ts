import { page } from '../../systemd/pager.ts';
import { type GitCommand, readArguments } from '../command.ts';
import { compareFiles, compareWork, indexed } from '../compare.ts';
import { type FileDiff, lineCounts, patchText, shortStat, statText } from '../diff-text.ts';
import { inTree, openRepo } from '../repo.ts';
import { mergeBase, needCommit, resolveRevision } from '../revision.ts';

export const diff: GitCommand = {
  usage: 'git diff [<options>] [<commit>] [--] [<path>...]',
  *run(git, argv) {
    const specs = {
      cached: { help: 'compare with the index' },
      staged: { help: 'synonym of --cached' },
      stat: { help: 'counts of lines' },
      shortstat: { help: 'the last line of --stat' },
      numstat: { help: 'counts for machines' },
      nameOnly: { help: 'names of changed files' },
      nameStatus: { help: 'names and states of changed files' },
      unified: { short: 'U', arg: 'lines', help: 'lines of context' },
      patch: { short: 'p', help: 'generate patch' },
      quiet: { help: 'no output, the status tells' },
      exitCode: { help: 'status 1 where there are differences' },
      color: { arg: 'when', optional: true, help: 'colours' },
      noColor: { help: 'no colours' },
    } as const;
    const { opts, args, paths } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openRepo(git);
    const revisions: string[] = [];
    const wanted: string[] = [];
    for (const word of args) {
      const parts = word.split(/\.\.\.?/);
      const first = parts[0] === '' ? 'HEAD' : parts[0]!;
      if (wanted.length === 0 && (yield* resolveRevision(repo, first)) !== undefined) {
        if (parts.length === 1) revisions.push(yield* needCommit(repo, word));
        else {
          const [a, b] = [yield* needCommit(repo, first), yield* needCommit(repo, parts[1] || 'HEAD')];
          revisions.push(word.includes('...') ? ((yield* mergeBase(repo, a, b)) ?? a) : a, b);
        }
      } else if (git.sys.access(word.startsWith('/') ? word : `${git.cwd}/${word}`, 0) === 0)
        wanted.push(yield* inTree(repo, word));
      else yield* needCommit(repo, word);
    }
    for (const path of paths ?? []) wanted.push(yield* inTree(repo, path));
    let files: FileDiff[];
    if (revisions.length > 1)
      files = yield* compareFiles(repo, yield* repo.filesAt(revisions[0]), yield* repo.filesAt(revisions[1]), wanted);
    else if (opts.cached || opts.staged)
      files = yield* compareFiles(
        repo,
        yield* repo.filesAt(revisions[0] ?? (yield* repo.head())),
        yield* indexed(repo),
        wanted,
      );
    else
      files = yield* compareWork(
        repo,
        revisions[0] === undefined ? yield* indexed(repo) : yield* repo.filesAt(revisions[0]),
        wanted,
      );
    const status = (opts.exitCode || opts.quiet) && files.length > 0 ? 1 : 0;
    if (opts.quiet) return status;
    const colour = opts.noColor ? false : opts.color !== undefined ? opts.color !== 'never' : git.sys.isatty(1);
    let out = '';
    if (opts.stat) out += yield* statText(repo, files, colour);
    else if (opts.shortstat || opts.numstat) {
      const rows: { added: number; removed: number }[] = [];
      for (const file of files) {
        const count = yield* lineCounts(repo, file);
        rows.push(count ?? { added: 0, removed: 0 });
        if (opts.numstat) out += `${count?.added ?? '-'}\t${count?.removed ?? '-'}\t${file.path}\n`;
      }
      if (opts.shortstat && rows.length > 0) out += shortStat(rows);
    } else if (opts.nameOnly) out += files.map((file) => `${file.path}\n`).join('');
    else if (opts.nameStatus)
      out += files
        .map((f) =>
          f.from !== f.path ? `R100\t${f.from}\t${f.path}\n` : `${f.before ? (f.after ? 'M' : 'D') : 'A'}\t${f.path}\n`,
        )
        .join('');
    else for (const file of files) out += yield* patchText(repo, file, { context: Number(opts.unified ?? 3), colour });
    yield* page(git.ctx, out, { pager: true });
    return status;
  },
};
