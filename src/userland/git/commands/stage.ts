import type { Wait } from '../../../libc/io.ts';
import { isDir, listDir, removeTree } from '../../../libc/paths.ts';
import { forceFiles, removeWorkFile, writeWorkFile } from '../checkout-files.ts';
import { type GitCommand, readArguments } from '../command.ts';
import { subjectOf } from '../commit-object.ts';
import type { IndexEntry } from '../index-file.ts';
import { covers, type Git, inTree, openWorkTree, type Repo } from '../repo.ts';
import { needCommit, peel, resolveRevision, short } from '../revision.ts';
import { indexFiles, untrackedPaths, workId } from '../status.ts';
import { filesOf } from '../tree.ts';

/** Puts the present content of a path into the index. */
export function* stagePath(repo: Repo, index: Map<string, IndexEntry>, path: string): Wait<void> {
  const now = repo.statEntry(path);
  for (const key of [...index.keys()]) if (key === path || key.startsWith(`${path}\0`)) index.delete(key);
  if (!now) return;
  const bytes = yield* repo.fileBytes(path);
  if (typeof bytes === 'number') return yield* repo.git.error(`open("${path}"): ${repo.git.ctx.strerror(bytes)}`, 128);
  index.set(path, { ...now, id: yield* repo.objects.write('blob', bytes), stage: 0 });
}

/** The index by path; conflicting stages under keys of their own. */
export const byPath = (index: readonly IndexEntry[]): Map<string, IndexEntry> =>
  new Map(index.map((e) => [e.stage === 0 ? e.path : `${e.path}\0${e.stage}`, e]));

export const add: GitCommand = {
  usage: 'git add [<options>] [--] <pathspec>...',
  *run(git, argv) {
    const specs = {
      all: { short: 'A', help: 'add changes from all tracked and untracked files' },
      update: { short: 'u', help: 'update tracked files' },
      force: { short: 'f', help: 'allow adding otherwise ignored files' },
      verbose: { short: 'v', help: 'be verbose' },
      dryRun: { short: 'n', help: 'dry run' },
    } as const;
    const { opts, args, paths } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openWorkTree(git);
    const words = [...args, ...(paths ?? [])];
    if (words.length === 0 && !opts.all && !opts.update) {
      yield* git.err(
        'Nothing specified, nothing added.\nhint: Maybe you wanted to say \'git add .\'?\nhint: Turn this message off by running\nhint: "git config advice.addEmptyPathspec false"\n',
      );
      return 0;
    }
    const wanted: string[] = [];
    for (const word of words.length === 0 ? [repo.workTree] : words) wanted.push(yield* inTree(repo, word));
    const index = byPath(yield* repo.index());
    const known = new Set([...index.values()].map((e) => e.path));
    const untracked = opts.update ? [] : yield* untrackedPaths(repo, known, true);
    const forced = opts.force ? yield* untrackedPaths(repo, known, true, true) : [];
    const all = [...known, ...untracked, ...forced];
    const refused: string[] = [];
    for (const [i, spec] of wanted.entries()) {
      if (all.some((path) => covers(spec, path)) || spec === '') continue;
      if (isDir(git.sys, `${repo.workTree}/${spec}`) && listDir(git.sys, `${repo.workTree}/${spec}`).toString() === '')
        continue;
      if (repo.statEntry(spec) || isDir(git.sys, `${repo.workTree}/${spec}`)) refused.push(spec);
      else return yield* git.fatal(`pathspec '${words[i]}' did not match any files`);
    }
    for (const path of all.filter((path) => wanted.some((spec) => covers(spec, path))).sort()) {
      if (git.sys.tick()) yield;
      const file = path.replace(/\/$/, '');
      if (opts.verbose || opts.dryRun) {
        const now = repo.statEntry(file);
        const old = index.get(file);
        const same = now && old && (yield* workId(repo, file, old))?.id === old.id;
        if (!same) yield* git.out(`${now ? 'add' : 'remove'} '${file}'\n`);
      }
      if (!opts.dryRun) yield* stagePath(repo, index, file);
    }
    if (!opts.dryRun) yield* repo.writeIndex([...index.values()]);
    if (refused.length === 0) return 0;
    yield* git.err(
      `The following paths are ignored by one of your .gitignore files:\n${refused.join('\n')}\nhint: Use -f if you really want to add them.\nhint: Turn this message off by running\nhint: "git config advice.addIgnoredFile false"\n`,
    );
    return 1;
  },
};

export const rm: GitCommand = {
  usage: 'git rm [<options>] [--] <file>...',
  *run(git, argv) {
    const specs = {
      cached: { help: 'only remove from the index' },
      force: { short: 'f', help: 'override the up-to-date check' },
      recursive: { short: 'r', long: false, help: 'allow recursive removal' },
      quiet: { short: 'q', help: 'do not list removed files' },
    } as const;
    const { opts, args, paths } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openWorkTree(git);
    const index = byPath(yield* repo.index());
    const words = [...args, ...(paths ?? [])];
    if (words.length === 0) return yield* git.fatal('No pathspec was given. Which files should I remove?');
    const head = yield* repo.filesAt(yield* repo.head());
    const gone: string[] = [];
    for (const word of words) {
      const spec = yield* inTree(repo, word);
      const matched = [...new Set([...index.values()].map((e) => e.path))].filter((path) => covers(spec, path));
      if (matched.length === 0) return yield* git.fatal(`pathspec '${word}' did not match any files`);
      if (!opts.recursive && !matched.includes(spec) && !/[*?[]/.test(spec))
        return yield* git.fatal(`not removing '${word}' recursively without -r`);
      gone.push(...matched);
    }
    for (const path of opts.force ? [] : gone) {
      const entry = index.get(path);
      const now = yield* workId(repo, path, entry);
      const staged = entry && head.get(path)?.id !== entry.id;
      const local = now && now.id !== entry?.id;
      if (staged && local)
        return yield* git.error(
          `the following file has staged content different from both the\nfile and the HEAD:\n    ${path}\n(use -f to force removal)`,
        );
      if (staged && !opts.cached)
        return yield* git.error(
          `the following file has changes staged in the index:\n    ${path}\n(use --cached to keep the file, or -f to force removal)`,
        );
      if (local && !opts.cached)
        return yield* git.error(
          `the following file has local modifications:\n    ${path}\n(use --cached to keep the file, or -f to force removal)`,
        );
    }
    for (const path of gone) {
      for (const key of [...index.keys()]) if (index.get(key)!.path === path) index.delete(key);
      if (!opts.cached) removeWorkFile(repo, path);
      if (!opts.quiet) yield* git.out(`rm '${path}'\n`);
    }
    yield* repo.writeIndex([...index.values()]);
    return 0;
  },
};

export const mv: GitCommand = {
  usage: 'git mv [<options>] <source>... <destination>',
  *run(git, argv) {
    const specs = {
      force: { short: 'f', help: 'force move/rename even if target exists' },
      verbose: { short: 'v', help: 'be verbose' },
    } as const;
    const { opts, args, paths } = yield* readArguments(git, this.usage, specs, argv);
    const words = [...args, ...(paths ?? [])];
    if (words.length < 2) {
      yield* git.err(`usage: ${this.usage}\n`);
      return 129;
    }
    const repo = yield* openWorkTree(git);
    const index = byPath(yield* repo.index());
    const last = words.pop()!;
    const to = yield* inTree(repo, last);
    const folder = isDir(git.sys, `${repo.workTree}/${to}`);
    for (const word of words) {
      const from = yield* inTree(repo, word);
      const target = folder ? `${to === '' ? '' : `${to}/`}${from.slice(from.lastIndexOf('/') + 1)}` : to;
      const moved = [...index.values()].filter((e) => covers(from, e.path));
      const fail = (why: string): Wait<never> => git.fatal(`${why}, source=${from}, destination=${target}`);
      if (git.sys.access(`${repo.workTree}/${from}`, 0) < 0) return yield* fail('bad source');
      if (moved.length === 0) return yield* fail('not under version control');
      if (!opts.force && git.sys.access(`${repo.workTree}/${target}`, 0) === 0)
        return yield* fail('destination exists');
      if (opts.verbose) yield* git.out(`Renaming ${from} to ${target}\n`);
      if (git.sys.rename(`${repo.workTree}/${from}`, `${repo.workTree}/${target}`) < 0)
        return yield* fail('renaming failed');
      for (const entry of moved) {
        index.delete(entry.path);
        const path = target + entry.path.slice(from.length);
        index.set(path, { ...entry, ...repo.statEntry(path), path, id: entry.id });
      }
    }
    yield* repo.writeIndex([...index.values()]);
    return 0;
  },
};

/** Sets paths of the index to those of a commit. */
export function* unstage(repo: Repo, commit: string | undefined, specs: readonly string[]): Wait<void> {
  const index = byPath(yield* repo.index());
  const files = yield* repo.filesAt(commit);
  for (const [key, entry] of [...index]) if (specs.some((spec) => covers(spec, entry.path))) index.delete(key);
  for (const [path, file] of files) {
    if (!specs.some((spec) => covers(spec, path))) continue;
    const now = yield* workId(repo, path);
    const stat = repo.statEntry(path);
    const fresh = {
      path,
      mode: file.mode,
      ctimeSec: 0,
      ctimeNsec: 0,
      mtimeSec: 0,
      mtimeNsec: 0,
      dev: 0,
      ino: 0,
      uid: 0,
      gid: 0,
      size: 0,
    };
    index.set(path, { ...(now?.id === file.id && stat ? stat : fresh), mode: file.mode, id: file.id, stage: 0 });
  }
  yield* repo.writeIndex([...index.values()]);
}

export const reset: GitCommand = {
  usage: 'git reset [--mixed | --soft | --hard] [-q] [<commit>]',
  *run(git, argv) {
    const specs = {
      mixed: { help: 'reset HEAD and index' },
      soft: { help: 'reset only HEAD' },
      hard: { help: 'reset HEAD, index and working tree' },
      quiet: { short: 'q', help: 'be quiet, only report errors' },
    } as const;
    const { opts, args, paths } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openWorkTree(git);
    const first = args[0];
    const named = first !== undefined && (yield* resolveRevision(repo, first)) !== undefined;
    if (
      first !== undefined &&
      !named &&
      !repo.statEntry(yield* inTree(repo, first)) &&
      !(yield* repo.index()).some((e) => e.path === first)
    )
      yield* needCommit(repo, first);
    const rest = [...(named ? args.slice(1) : args), ...(paths ?? [])];
    const head = yield* repo.head();
    const commit = named ? yield* needCommit(repo, first!) : head;
    if (rest.length > 0) {
      if (opts.soft || opts.hard) return yield* git.fatal(`Cannot do ${opts.soft ? 'soft' : 'hard'} reset with paths.`);
      const wanted: string[] = [];
      for (const word of rest) wanted.push(yield* inTree(repo, word));
      yield* unstage(repo, commit, wanted);
      if (!opts.quiet) yield* sayUnstaged(git, repo);
      return 0;
    }
    if (commit !== undefined) {
      if (head !== undefined) yield* repo.put('ORIG_HEAD', `${head}\n`);
      if (opts.hard) yield* forceFiles(repo, yield* repo.filesAt(commit));
      else if (!opts.soft) yield* unstage(repo, commit, ['']);
      yield* repo.setRef('HEAD', commit, `reset: moving to ${first ?? 'HEAD'}`);
    } else if (!opts.soft) yield* unstage(repo, undefined, ['']);
    for (const name of ['MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE', 'CHERRY_PICK_HEAD', 'REVERT_HEAD'])
      git.sys.unlink(`${repo.gitDir}/${name}`);
    if (opts.hard && !opts.quiet && commit !== undefined) {
      yield* git.out(`HEAD is now at ${yield* shortAndSubject(repo, commit)}\n`);
    } else if (!opts.soft && !opts.quiet) yield* sayUnstaged(git, repo);
    return 0;
  },
};

/** `abc1234 Subject` */
export function* shortAndSubject(repo: Repo, id: string): Wait<string> {
  return `${short(repo, id)} ${subjectOf((yield* repo.commit(id)).message)}`;
}

function* sayUnstaged(git: Git, repo: Repo): Wait<void> {
  const index = yield* repo.index();
  const lines: string[] = [];
  for (const entry of index) {
    if (entry.stage > 0) continue;
    const now = yield* workId(repo, entry.path, entry);
    if (!now) lines.push(`D\t${entry.path}\n`);
    else if (now.id !== entry.id || now.mode !== entry.mode) lines.push(`M\t${entry.path}\n`);
  }
  if (lines.length > 0) yield* git.out(`Unstaged changes after reset:\n${lines.join('')}`);
}

/** Writes paths of the index, or of a commit (then into the index too), into the work tree. @returns how many */
export function* restorePaths(
  repo: Repo,
  words: readonly string[],
  source: string | undefined,
  both: boolean,
): Wait<number> {
  const index = byPath(yield* repo.index());
  const tree = source === undefined ? undefined : yield* peel(repo, source, 'tree');
  const from = source === undefined ? indexFiles([...index.values()]) : yield* filesOf(repo.objects, tree);
  const wanted: string[] = [];
  for (const word of words) {
    const spec = yield* inTree(repo, word);
    if (![...from.keys()].some((path) => covers(spec, path)) && ![...index.values()].some((e) => covers(spec, e.path)))
      return yield* repo.git.error(`pathspec '${word}' did not match any file(s) known to git`);
    wanted.push(spec);
  }
  let count = 0;
  for (const [path, file] of from) {
    if (!wanted.some((spec) => covers(spec, path))) continue;
    const now = yield* workId(repo, path, index.get(path));
    if (now?.id === file.id && now.mode === file.mode && (source === undefined || !both)) continue;
    const entry = yield* writeWorkFile(repo, path, file.mode, file.id);
    if (source === undefined || both) index.set(path, entry);
    count++;
  }
  if (source !== undefined && both)
    for (const entry of [...index.values()])
      if (wanted.some((spec) => covers(spec, entry.path)) && !from.has(entry.path)) {
        index.delete(entry.path);
        removeWorkFile(repo, entry.path);
      }
  yield* repo.writeIndex([...index.values()]);
  return count;
}

export const restore: GitCommand = {
  usage: 'git restore [<options>] [--source=<branch>] <file>...',
  *run(git, argv) {
    const specs = {
      source: { short: 's', arg: 'tree-ish', help: 'which tree-ish to checkout from' },
      staged: { short: 'S', help: 'restore the index' },
      worktree: { short: 'W', help: 'restore the working tree (default)' },
      quiet: { short: 'q', help: 'suppress progress reporting' },
    } as const;
    const { opts, args, paths } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openWorkTree(git);
    const words = [...args, ...(paths ?? [])];
    if (words.length === 0) return yield* git.fatal('you must specify path(s) to restore');
    const source = opts.source === undefined ? undefined : yield* needCommit(repo, opts.source);
    if (opts.staged) {
      const wanted: string[] = [];
      const known = [
        ...(yield* repo.index()).map((e) => e.path),
        ...(yield* repo.filesAt(source ?? (yield* repo.head()))).keys(),
      ];
      for (const word of words) {
        const spec = yield* inTree(repo, word);
        if (!known.some((path) => covers(spec, path)))
          return yield* git.error(`pathspec '${word}' did not match any file(s) known to git`);
        wanted.push(spec);
      }
      yield* unstage(repo, source ?? (yield* repo.head()), wanted);
      if (!opts.worktree) return 0;
    }
    yield* restorePaths(repo, words, source, false);
    return 0;
  },
};

export const clean: GitCommand = {
  usage: 'git clean [-d] [-f] [-n] [-q] [-x | -X] [--] [<pathspec>...]',
  *run(git, argv) {
    const specs = {
      directories: { short: 'd', long: false, help: 'remove whole directories' },
      force: { short: 'f', many: true, help: 'force' },
      dryRun: { short: 'n', help: 'dry run' },
      quiet: { short: 'q', help: 'do not print names of files removed' },
      ignored: { short: 'x', long: false, help: 'remove ignored files, too' },
    } as const;
    const { opts, args, paths } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openWorkTree(git);
    if (opts.force === 0 && !opts.dryRun)
      return yield* git.fatal(
        'clean.requireForce defaults to true and neither -i, -n, nor -f given; refusing to clean',
      );
    const known = new Set((yield* repo.index()).map((e) => e.path));
    const found = yield* untrackedPaths(repo, known, false);
    if (opts.ignored) found.push(...(yield* untrackedPaths(repo, known, false, true)));
    const wanted: string[] = [];
    for (const word of [...args, ...(paths ?? [])]) wanted.push(yield* inTree(repo, word));
    for (const path of found.sort()) {
      if (path.endsWith('/') && !opts.directories) continue;
      if (wanted.length > 0 && !wanted.some((spec) => covers(spec, path.replace(/\/$/, '')))) continue;
      if (!opts.quiet) yield* git.out(`${opts.dryRun ? 'Would remove' : 'Removing'} ${path}\n`);
      if (!opts.dryRun) removeTree(git.sys, `${repo.workTree}/${path.replace(/\/$/, '')}`);
    }
    return 0;
  },
};
