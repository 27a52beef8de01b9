import type { Wait } from '../../../libc/io.ts';
import { blockedBy, forceFiles, moveFiles } from '../checkout-files.ts';
import { type GitCommand, readArguments } from '../command.ts';
import { subjectOf } from '../commit-object.ts';
import { compareFiles, compareWork } from '../compare.ts';
import { editConfig, removeSection } from '../config-file.ts';
import { type Git, openRepo, openWorkTree, type Repo } from '../repo.ts';
import { mergeBase, needCommit, previousBranch, resolveRevision, short } from '../revision.ts';
import { indexFiles } from '../status.ts';
import { restorePaths, shortAndSubject } from './stage.ts';
import { aheadBehind, trackingText } from './status.ts';

/** May a branch be called that? @see git-check-ref-format(1) */
const goodName = (name: string): boolean =>
  !/^[-/.]|\.\.|[\x00-\x20~^:?*[\\\x7f]|\/\/|\/$|\.lock$|@\{|\/\.|\.$/.test(name) && name !== '@' && name !== '';

export const branch: GitCommand = {
  usage: 'git branch [<options>] [-r | -a] [--merged] [--no-merged]',
  *run(git, argv) {
    const specs = {
      all: { short: 'a', help: 'list both remote-tracking and local branches' },
      remotes: { short: 'r', help: 'act on remote-tracking branches' },
      verbose: { short: 'v', many: true, help: 'show hash and subject' },
      delete: { short: 'd', help: 'delete fully merged branch' },
      forceDelete: { short: 'D', long: false, help: 'delete branch (even if not merged)' },
      move: { short: 'm', help: 'move/rename a branch' },
      forceMove: { short: 'M', long: false, help: 'move/rename a branch, even if target exists' },
      force: { short: 'f', help: 'force creation, move/rename, deletion' },
      showCurrent: { help: 'show current branch name' },
      list: { short: 'l', help: 'list branch names' },
      setUpstreamTo: { short: 'u', arg: 'upstream', help: 'change the upstream info' },
      unsetUpstream: { help: 'unset the upstream info' },
      merged: { arg: 'commit', optional: true, help: 'print only branches that are merged' },
      noMerged: { arg: 'commit', optional: true, help: 'print only branches that are not merged' },
      quiet: { short: 'q', help: 'suppress informational messages' },
      track: { short: 't', help: 'set branch tracking' },
    } as const;
    const { opts, args } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openRepo(git);
    const current = (yield* repo.headRef())?.replace(/^refs\/heads\//, '');
    if (opts.showCurrent) {
      if (current !== undefined) yield* git.out(`${current}\n`);
      return 0;
    }
    if (opts.delete || opts.forceDelete)
      return yield* deleteBranches(git, repo, args, current, opts.forceDelete || opts.force, opts.remotes);
    if (opts.move || opts.forceMove) return yield* renameBranch(git, repo, args, current, opts.forceMove || opts.force);
    if (opts.setUpstreamTo !== undefined) return yield* follow(git, repo, args[0] ?? current!, opts.setUpstreamTo);
    if (opts.unsetUpstream) {
      const name = args[0] ?? current!;
      yield* repo.put('config', removeSection((yield* repo.text('config')) ?? '', 'branch', name));
      return 0;
    }
    if (args.length > 0 && !opts.list) {
      const [name, start = 'HEAD'] = args as [string, string?];
      if (!goodName(name)) return yield* git.fatal(`'${name}' is not a valid branch name`);
      if ((yield* repo.ref(`refs/heads/${name}`)) !== undefined && !opts.force)
        return yield* git.fatal(`a branch named '${name}' already exists`);
      const id = yield* resolveRevision(repo, start);
      if (id === undefined)
        return yield* git.fatal(
          start === 'HEAD' ? `not a valid object name: '${current}'` : `not a valid object name: '${start}'`,
        );
      yield* repo.setRef(`refs/heads/${name}`, yield* needCommit(repo, start), `branch: Created from ${start}`);
      if ((yield* repo.ref(`refs/remotes/${start}`)) !== undefined) yield* follow(git, repo, name, start);
      return 0;
    }
    return yield* listBranches(git, repo, opts, args);
  },
};

function* listBranches(
  git: Git,
  repo: Repo,
  opts: { all: boolean; remotes: boolean; verbose: number; merged: string | undefined; noMerged: string | undefined },
  patterns: readonly string[],
): Wait<number> {
  const head = yield* repo.headRef();
  const colour = git.sys.isatty(1);
  const rows: { label: string; id: string; name: string; current: boolean; remote: boolean }[] = [];
  const id = yield* repo.head();
  if (head === undefined && id !== undefined && !opts.remotes)
    rows.push({ label: `(HEAD detached at ${short(repo, id)})`, id, name: '', current: true, remote: false });
  if (!opts.remotes)
    for (const [ref, at] of yield* repo.refs('refs/heads/'))
      rows.push({ label: ref.slice(11), id: at, name: ref.slice(11), current: ref === head, remote: false });
  if (opts.remotes || opts.all)
    for (const [ref, at] of yield* repo.refs('refs/remotes/')) {
      const target = /^ref: refs\/remotes\/(\S+)/.exec((yield* repo.text(ref)) ?? '')?.[1];
      rows.push({
        label: ref.slice(opts.all ? 5 : 13) + (target === undefined ? '' : ` -> ${target}`),
        id: at,
        name: '',
        current: false,
        remote: true,
      });
    }
  const wide = Math.max(0, ...rows.map((row) => row.label.length));
  for (const row of rows) {
    if (
      patterns.length > 0 &&
      !patterns.some((p) => new RegExp(`^${p.replace(/[.+^${}()|\\]/g, '\\$&').replace(/\*/g, '.*')}$`).test(row.label))
    )
      continue;
    const limit = opts.merged ?? opts.noMerged;
    if (limit !== undefined) {
      const into = yield* needCommit(repo, limit || 'HEAD');
      const merged = (yield* mergeBase(repo, row.id, into)) === row.id;
      if (merged !== (opts.merged !== undefined)) continue;
    }
    let text = row.label;
    if (opts.verbose > 0) {
      text = `${row.label.padEnd(wide)} ${short(repo, row.id)}`;
      const apart = row.name === '' ? undefined : yield* aheadBehind(repo, row.name);
      if (apart) {
        const counts = [apart.ahead > 0 ? `ahead ${apart.ahead}` : '', apart.behind > 0 ? `behind ${apart.behind}` : '']
          .filter(Boolean)
          .join(', ');
        if (opts.verbose > 1) text += ` [${apart.upstream}${counts === '' ? '' : `: ${counts}`}]`;
        else if (counts !== '') text += ` [${counts}]`;
      }
      text += ` ${subjectOf((yield* repo.commit(row.id)).message)}`;
    }
    const painted = colour && (row.current || row.remote) ? `\x1b[${row.current ? 32 : 31}m${text}\x1b[m` : text;
    yield* git.out(`${row.current ? '*' : ' '} ${painted}\n`);
  }
  return 0;
}

function* deleteBranches(
  git: Git,
  repo: Repo,
  names: readonly string[],
  current: string | undefined,
  force: boolean,
  remote: boolean,
): Wait<number> {
  if (names.length === 0) return yield* git.fatal('branch name required');
  let status = 0;
  for (const name of names) {
    const ref = `refs/${remote ? 'remotes' : 'heads'}/${name}`;
    const id = yield* repo.ref(ref);
    if (id === undefined) {
      yield* git.err(`error: branch '${name}' not found.\n`);
      status = 1;
    } else if (name === current && !remote) {
      yield* git.err(`error: Cannot delete branch '${name}' checked out at '${repo.workTree}'\n`);
      status = 1;
    } else if (!force && !remote && (yield* mergeBase(repo, id, (yield* repo.head())!)) !== id) {
      yield* git.err(
        `error: The branch '${name}' is not fully merged.\nIf you are sure you want to delete it, run 'git branch -D ${name}'.\n`,
      );
      status = 1;
    } else {
      yield* repo.deleteRef(ref);
      if (!remote) yield* repo.put('config', removeSection((yield* repo.text('config')) ?? '', 'branch', name));
      yield* git.out(`Deleted ${remote ? 'remote-tracking ' : ''}branch ${name} (was ${short(repo, id)}).\n`);
    }
  }
  return status;
}

function* renameBranch(
  git: Git,
  repo: Repo,
  args: readonly string[],
  current: string | undefined,
  force: boolean,
): Wait<number> {
  const [from, to] = args.length === 1 ? [current, args[0]!] : [args[0], args[1]!];
  if (from === undefined || to === undefined) return yield* git.fatal('branch name required');
  if (!goodName(to)) return yield* git.fatal(`'${to}' is not a valid branch name`);
  const id = yield* repo.ref(`refs/heads/${from}`);
  if (id === undefined && from !== current) return yield* git.fatal(`no branch named '${from}'`);
  if (!force && from !== to && (yield* repo.ref(`refs/heads/${to}`)) !== undefined)
    return yield* git.fatal(`a branch named '${to}' already exists`);
  if (id !== undefined && from !== to) {
    const log = yield* repo.text(`logs/refs/heads/${from}`);
    yield* repo.deleteRef(`refs/heads/${from}`);
    yield* repo.put(`refs/heads/${to}`, `${id}\n`);
    if (log !== undefined) yield* repo.put(`logs/refs/heads/${to}`, log);
  }
  if (from === current) yield* repo.put('HEAD', `ref: refs/heads/${to}\n`);
  const config = (yield* repo.text('config')) ?? '';
  yield* repo.put('config', config.replace(`[branch "${from}"]`, `[branch "${to}"]`));
  return 0;
}

/** Makes a branch follow another. */
export function* follow(git: Git, repo: Repo, name: string, upstream: string, quiet = false): Wait<number> {
  const remotes = yield* repo.refs('refs/remotes/');
  const found = remotes.find(([ref]) => ref === `refs/remotes/${upstream}`);
  const local = yield* repo.ref(`refs/heads/${upstream}`);
  if (!found && local === undefined) {
    yield* git.err(
      `fatal: the requested upstream branch '${upstream}' does not exist\nhint: \nhint: If you are planning on basing your work on an upstream\nhint: branch that already exists at the remote, you may need to\nhint: run "git fetch" to retrieve it.\nhint: \nhint: If you are planning to push out a new local branch that\nhint: will track its remote counterpart, you may want to use\nhint: "git push -u" to set the upstream config as you push.\nhint: Turn this message off by running\nhint: "git config advice.setUpstreamFailure false"\n`,
    );
    return 128;
  }
  const slash = upstream.indexOf('/');
  const remote = found ? upstream.slice(0, slash) : '.';
  const merge = `refs/heads/${found ? upstream.slice(slash + 1) : upstream}`;
  let text = (yield* repo.text('config')) ?? '';
  text = editConfig(text, `branch.${name}.remote`, remote);
  yield* repo.put('config', editConfig(text, `branch.${name}.merge`, merge));
  repo.forgetConfig();
  if (!quiet) yield* git.out(`branch '${name}' set up to track '${upstream}'.\n`);
  return 0;
}

/** What `checkout` and `switch` have in common: goes to a branch or commit. */
function* goTo(
  git: Git,
  repo: Repo,
  word: string,
  how: { detach: boolean; force: boolean; create: boolean; quiet: boolean; start?: string },
): Wait<number> {
  const before = yield* repo.head();
  const oldRef = yield* repo.headRef();
  const oldName = oldRef?.replace(/^refs\/heads\//, '') ?? before ?? '';
  let ref: string | undefined = `refs/heads/${word}`;
  let id = how.detach ? undefined : yield* repo.ref(ref);
  if (how.create) id = how.start === undefined ? before : yield* needCommit(repo, how.start);
  else if (id === undefined) {
    ref = undefined;
    id = yield* needCommit(repo, word);
  }
  const [from, to] = [yield* repo.filesAt(before), yield* repo.filesAt(id)];
  if (how.force) yield* forceFiles(repo, to);
  else if (before !== id) {
    const { changed, untracked } = yield* blockedBy(repo, from, to);
    if (changed.length > 0 || untracked.length > 0) {
      if (changed.length > 0)
        yield* git.err(
          `error: Your local changes to the following files would be overwritten by checkout:\n${changed.map((p) => `\t${p}\n`).join('')}Please commit your changes or stash them before you switch branches.\n`,
        );
      if (untracked.length > 0)
        yield* git.err(
          `error: The following untracked working tree files would be overwritten by checkout:\n${untracked.map((p) => `\t${p}\n`).join('')}Please move or remove them before you switch branches.\n`,
        );
      yield* git.err('Aborting\n');
      return 1;
    }
    yield* moveFiles(repo, from, to);
  }
  const newName = ref?.replace(/^refs\/heads\//, '') ?? word;
  if (how.create && id !== undefined) yield* repo.setRef(ref!, id, `branch: Created from ${how.start ?? 'HEAD'}`);
  yield* repo.setHead(ref ?? id!, `checkout: moving from ${oldName} to ${newName}`);
  if (how.create && how.start !== undefined && (yield* repo.ref(`refs/remotes/${how.start}`)) !== undefined)
    yield* follow(git, repo, newName, how.start, how.quiet);
  if (!how.force && id !== undefined) yield* sayKept(git, repo, id);
  if (how.quiet) return 0;
  if (oldRef === undefined && before !== undefined && before !== id && ref !== undefined)
    yield* git.err(`Previous HEAD position was ${yield* shortAndSubject(repo, before)}\n`);
  if (ref === undefined) {
    if (oldRef !== undefined && !how.detach) yield* git.err(detachedAdvice(word));
    else if (before !== undefined && before !== id && oldRef === undefined)
      yield* git.err(`Previous HEAD position was ${yield* shortAndSubject(repo, before)}\n`);
    yield* git.err(`HEAD is now at ${yield* shortAndSubject(repo, id!)}\n`);
    return 0;
  }
  yield* git.err(
    how.create
      ? `Switched to a new branch '${newName}'\n`
      : ref === oldRef
        ? `Already on '${newName}'\n`
        : `Switched to branch '${newName}'\n`,
  );
  if (!how.create) yield* git.out(yield* trackingText(repo, newName));
  return 0;
}

const detachedAdvice = (word: string): string => `Note: switching to '${word}'.

You are in 'detached HEAD' state. You can look around, make experimental
changes and commit them, and you can discard any commits you make in this
state without impacting any branches by switching back to a branch.

If you want to create a new branch to retain commits you create, you may
do so (now or later) by using -c with the switch command. Example:

  git switch -c <new-branch-name>

Or undo this operation with:

  git switch -

Turn off this advice by setting config variable advice.detachedHead to false

`;

/** Paths that keep their changes. */
function* sayKept(git: Git, repo: Repo, id: string): Wait<void> {
  const files = yield* repo.filesAt(id);
  for (const file of yield* compareWork(repo, files))
    yield* git.out(`${file.before ? (file.after ? 'M' : 'D') : 'A'}\t${file.path}\n`);
}

/** A branch of one remote that is meant by a name that no local branch has. */
function* remoteBranch(repo: Repo, name: string): Wait<string | undefined> {
  const found = (yield* repo.refs('refs/remotes/')).filter(([ref]) => ref.slice(13).replace(/^[^/]*\//, '') === name);
  return found.length === 1 ? found[0]![0].slice(13) : undefined;
}

export const checkout: GitCommand = {
  usage: 'git checkout [<options>] <branch>',
  *run(git, argv) {
    const specs = {
      create: { short: 'b', long: false, arg: 'branch', help: 'create and checkout a new branch' },
      forceCreate: { short: 'B', long: false, arg: 'branch', help: 'create/reset and checkout a branch' },
      detach: { help: 'detach HEAD at named commit' },
      force: { short: 'f', help: 'force checkout (throw away local modifications)' },
      quiet: { short: 'q', help: 'suppress progress reporting' },
      track: { short: 't', help: 'set branch tracking' },
      orphan: { arg: 'new-branch', help: 'new unparented branch' },
    } as const;
    const { opts, args, paths } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openWorkTree(git);
    if (opts.orphan !== undefined) {
      yield* repo.put('HEAD', `ref: refs/heads/${opts.orphan}\n`);
      yield* git.err(`Switched to a new branch '${opts.orphan}'\n`);
      return 0;
    }
    const name = opts.create ?? opts.forceCreate;
    if (name !== undefined) return yield* createAndGo(git, repo, name, args[0], opts.forceCreate !== undefined, opts);
    const [first, ...rest] = args;
    if (paths !== undefined || (first !== undefined && !(yield* isRevision(repo, first)))) {
      if (
        paths === undefined &&
        args.length === 1 &&
        (yield* remoteBranch(repo, first!)) !== undefined &&
        git.sys.access(first!, 0) < 0
      )
        return yield* createAndGo(git, repo, first!, yield* remoteBranch(repo, first!), false, opts);
      const source = paths !== undefined && first !== undefined ? yield* needCommit(repo, first) : undefined;
      const words = paths !== undefined ? [...rest, ...paths] : args;
      const count = yield* restorePaths(repo, words, source, true);
      if (!opts.quiet && paths === undefined)
        yield* git.err(
          `Updated ${count} path${count === 1 ? '' : 's'} from ${source === undefined ? 'the index' : short(repo, source)}\n`,
        );
      return 0;
    }
    if (first === undefined) {
      const head = yield* repo.head();
      if (head !== undefined) yield* sayKept(git, repo, head);
      return 0;
    }
    if (rest.length > 0) {
      const source = yield* needCommit(repo, first);
      const count = yield* restorePaths(repo, rest, source, true);
      if (!opts.quiet) yield* git.err(`Updated ${count} path${count === 1 ? '' : 's'} from ${short(repo, source)}\n`);
      return 0;
    }
    const target = first === '-' ? ((yield* previousBranch(repo, 1)) ?? '-') : first;
    return yield* goTo(git, repo, target, { ...opts, create: false });
  },
};

const isRevision = function* (repo: Repo, word: string): Wait<boolean> {
  return word === '-' || (yield* resolveRevision(repo, word)) !== undefined;
};

function* createAndGo(
  git: Git,
  repo: Repo,
  name: string,
  start: string | undefined,
  force: boolean,
  opts: { force: boolean; quiet: boolean },
): Wait<number> {
  if (!goodName(name)) return yield* git.fatal(`'${name}' is not a valid branch name`);
  if (!force && (yield* repo.ref(`refs/heads/${name}`)) !== undefined)
    return yield* git.fatal(`a branch named '${name}' already exists`);
  return yield* goTo(git, repo, name, {
    detach: false,
    force: opts.force,
    create: true,
    quiet: opts.quiet,
    ...(start === undefined ? {} : { start }),
  });
}

export const switchCommand: GitCommand = {
  usage: 'git switch [<options>] [<branch>]',
  *run(git, argv) {
    const specs = {
      create: { short: 'c', arg: 'branch', help: 'create and switch to a new branch' },
      forceCreate: { short: 'C', arg: 'branch', help: 'create/reset and switch to a branch' },
      detach: { short: 'd', help: 'detach HEAD at named commit' },
      discardChanges: { help: 'throw away local modifications' },
      force: { short: 'f', help: 'force checkout (throw away local modifications)' },
      quiet: { short: 'q', help: 'suppress progress reporting' },
    } as const;
    const { opts, args } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openWorkTree(git);
    const force = opts.force || opts.discardChanges;
    const name = opts.create ?? opts.forceCreate;
    if (name !== undefined)
      return yield* createAndGo(git, repo, name, args[0], opts.forceCreate !== undefined, { force, quiet: opts.quiet });
    const first = args[0];
    if (first === undefined) return yield* git.fatal('missing branch or commit argument');
    const target = first === '-' ? ((yield* previousBranch(repo, 1)) ?? '-') : first;
    const local = yield* repo.ref(`refs/heads/${target}`);
    if (local === undefined && !opts.detach) {
      const remote = yield* remoteBranch(repo, target);
      if (remote !== undefined)
        return yield* createAndGo(git, repo, target, remote, false, { force, quiet: opts.quiet });
      if ((yield* resolveRevision(repo, target)) === undefined) return yield* git.fatal(`invalid reference: ${target}`);
      yield* git.err(
        `fatal: a branch is expected, got ${/^[0-9a-f]{4,40}$/.test(target) ? 'commit' : 'tag'} '${target}'\nhint: If you want to detach HEAD at the commit, try again with the --detach option.\n`,
      );
      return 128;
    }
    return yield* goTo(git, repo, target, { detach: opts.detach, force, create: false, quiet: opts.quiet });
  },
};

/** Nothing in the index or the work tree differs from HEAD. */
export function* isClean(repo: Repo): Wait<boolean> {
  const files = yield* repo.filesAt(yield* repo.head());
  const staged = yield* compareFiles(repo, files, indexFiles(yield* repo.index()));
  return staged.length === 0 && (yield* compareWork(repo, files)).length === 0;
}
