import type { Wait } from '../../../libc/io.ts';
import { removeTree } from '../../../libc/paths.ts';
import { exitWith } from '../../../libc/program.ts';
import { type GitCommand, readArguments } from '../command.ts';
import { editConfig, removeSection } from '../config-file.ts';
import { type Git, openRepo, openWorkTree, type Repo } from '../repo.ts';
import { mergeBase, peel, resolveRevision, short, upstreamOf } from '../revision.ts';
import { copyObjects, openRemote, type Remote } from '../transport.ts';
import { follow } from './branch.ts';
import { mergeInto } from './merge.ts';

/** URL of a remote by its name, or what the user gave. */
function* urlOf(repo: Repo, name: string): Wait<string> {
  return (yield* repo.get(`remote.${name}.url`)) ?? name;
}

function* remoteNames(repo: Repo): Wait<string[]> {
  const names = new Set<string>();
  for (const { key } of yield* repo.config()) {
    const match = /^remote\.(.*)\.[^.]*$/.exec(key);
    if (match) names.add(match[1]!);
  }
  return [...names].sort();
}

/** Opens a repository elsewhere; ends the command where that fails. */
export function* connectRemote(git: Git, url: string): Wait<Remote> {
  const remote = yield* openRemote(git, url);
  if (typeof remote !== 'string') return remote;
  if (remote.startsWith('ssh:')) {
    yield* git.err(`${remote}\n`);
    return exitWith(128);
  }
  return yield* git.fatal(remote);
}

export const remote: GitCommand = {
  usage: 'git remote [-v | --verbose]',
  *run(git, argv) {
    const specs = {
      verbose: { short: 'v', help: 'be verbose' },
      fetch: { short: 'f', help: 'fetch after add' },
    } as const;
    const { opts, args } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openRepo(git);
    const [verb, name, url] = args;
    const names = yield* remoteNames(repo);
    const config = (yield* repo.text('config')) ?? '';
    const missing = (wanted: string): Wait<number> => git.error(`No such remote '${wanted}'`, 2);
    switch (verb) {
      case undefined:
        for (const each of names) {
          if (!opts.verbose) yield* git.out(`${each}\n`);
          else for (const what of ['fetch', 'push']) yield* git.out(`${each}\t${yield* urlOf(repo, each)} (${what})\n`);
        }
        return 0;
      case 'add':
        if (name === undefined || url === undefined) {
          yield* git.err('usage: git remote add [<options>] <name> <url>\n');
          return 129;
        }
        if (names.includes(name)) return yield* git.error(`remote ${name} already exists.`, 3);
        yield* repo.put('config', addRemote(config, name, url));
        return 0;
      case 'remove':
      case 'rm':
        if (name === undefined || !names.includes(name)) return yield* missing(name ?? '');
        yield* repo.put('config', removeSection(config, 'remote', name));
        removeTree(git.sys, `${repo.gitDir}/refs/remotes/${name}`);
        return 0;
      case 'rename':
        if (name === undefined || !names.includes(name)) return yield* missing(name ?? '');
        yield* repo.put(
          'config',
          config
            .replace(`[remote "${name}"]`, `[remote "${url}"]`)
            .replaceAll(`refs/remotes/${name}/`, `refs/remotes/${url}/`)
            .replaceAll(`remote = ${name}\n`, `remote = ${url}\n`),
        );
        git.sys.rename(`${repo.gitDir}/refs/remotes/${name}`, `${repo.gitDir}/refs/remotes/${url}`);
        return 0;
      case 'get-url':
        if (name === undefined || !names.includes(name)) return yield* missing(name ?? '');
        yield* git.out(`${yield* urlOf(repo, name)}\n`);
        return 0;
      case 'set-url':
        if (name === undefined || !names.includes(name)) return yield* missing(name ?? '');
        yield* repo.put('config', editConfig(config, `remote.${name}.url`, url));
        return 0;
      case 'show':
        if (name === undefined) {
          for (const each of names) yield* git.out(`${each}\n`);
          return 0;
        }
        return yield* showRemote(git, repo, name);
      default:
        yield* git.err(`error: unknown subcommand: \`${verb}'\nusage: ${this.usage}\n`);
        return 129;
    }
  },
};

/** The configuration with one more remote. */
export const addRemote = (config: string, name: string, url: string): string =>
  editConfig(
    editConfig(config, `remote.${name}.url`, url),
    `remote.${name}.fetch`,
    `+refs/heads/*:refs/remotes/${name}/*`,
  );

function* showRemote(git: Git, repo: Repo, name: string): Wait<number> {
  const url = yield* urlOf(repo, name);
  const there = yield* connectRemote(git, url);
  yield* git.out(
    `* remote ${name}\n  Fetch URL: ${url}\n  Push  URL: ${url}\n  HEAD branch: ${there.head?.replace('refs/heads/', '') ?? '(unknown)'}\n`,
  );
  const branches = [...there.refs.keys()].filter((ref) => ref.startsWith('refs/heads/')).map((ref) => ref.slice(11));
  yield* git.out(
    `  Remote branch${branches.length === 1 ? '' : 'es'}:\n${branches.map((each) => `    ${each} tracked\n`).join('')}`,
  );
  return 0;
}

/** Brings the branches and tags of a remote. */
function* fetchFrom(
  git: Git,
  repo: Repo,
  name: string,
  opts: { quiet: boolean; prune: boolean },
  only?: string,
): Wait<Remote> {
  const url = yield* urlOf(repo, name);
  const there = yield* connectRemote(git, url);
  const lines: string[] = [];
  const wanted = [...there.refs].filter(([ref]) =>
    only === undefined ? ref.startsWith('refs/heads/') : ref === `refs/heads/${only}` || ref === `refs/tags/${only}`,
  );
  if (only !== undefined && wanted.length === 0) yield* git.fatal(`couldn't find remote ref ${only}`);
  const tags = only === undefined ? [...there.refs].filter(([ref]) => ref.startsWith('refs/tags/')) : [];
  const copied = yield* copyObjects(
    (id) => there.object(id),
    repo,
    [...wanted, ...tags].map(([, id]) => id),
  );
  if (typeof copied === 'string') yield* git.fatal(`missing object ${copied}`);
  const named = (yield* repo.get(`remote.${name}.url`)) !== undefined;
  const heads: string[] = [];
  for (const [ref, id] of wanted) {
    const branch = ref.replace(/^refs\/(?:heads|tags)\//, '');
    heads.push(`${id}\t\tbranch '${branch}' of ${url}\n`);
    if (!named) {
      lines.push(` * branch            ${branch.padEnd(10)} -> FETCH_HEAD\n`);
      continue;
    }
    const local = `refs/remotes/${name}/${branch}`;
    const old = yield* repo.ref(local);
    if (old === id) continue;
    const forced = old !== undefined && (yield* mergeBase(repo, old, id)) !== old;
    yield* repo.setRef(
      local,
      id,
      old === undefined ? 'fetch: storing head' : forced ? 'fetch: forced-update' : 'fetch: fast-forward',
    );
    const to = `${name}/${branch}`;
    lines.push(
      old === undefined
        ? ` * [new branch]      ${branch.padEnd(10)} -> ${to}\n`
        : forced
          ? ` + ${`${short(repo, old)}...${short(repo, id)}`.padEnd(17)} ${branch.padEnd(10)} -> ${to}  (forced update)\n`
          : `   ${`${short(repo, old)}..${short(repo, id)}`.padEnd(17)} ${branch.padEnd(10)} -> ${to}\n`,
    );
  }
  for (const [ref, id] of tags) {
    if ((yield* repo.ref(ref)) !== undefined) continue;
    yield* repo.put(ref, `${id}\n`);
    lines.push(` * [new tag]         ${ref.slice(10).padEnd(10)} -> ${ref.slice(10)}\n`);
  }
  if (opts.prune)
    for (const [ref] of yield* repo.refs(`refs/remotes/${name}/`)) {
      const branch = ref.slice(`refs/remotes/${name}/`.length);
      if (branch === 'HEAD' || there.refs.has(`refs/heads/${branch}`)) continue;
      yield* repo.deleteRef(ref);
      lines.push(` - [deleted]         (none)     -> ${name}/${branch}\n`);
    }
  yield* repo.put('FETCH_HEAD', heads.join(''));
  if (lines.length > 0 && !opts.quiet) yield* git.err(`From ${url.replace(/\.git$/, '')}\n${lines.join('')}`);
  return there;
}

export const fetch: GitCommand = {
  usage: 'git fetch [<options>] [<repository> [<refspec>...]]',
  *run(git, argv) {
    const specs = {
      all: { help: 'fetch from all remotes' },
      prune: { short: 'p', help: 'prune remote-tracking branches' },
      quiet: { short: 'q', help: 'be more quiet' },
      tags: { short: 't', help: 'fetch all tags' },
      depth: { arg: 'depth', help: 'deepen history (everything is fetched)' },
      verbose: { short: 'v', help: 'be more verbose' },
    } as const;
    const { opts, args } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openRepo(git);
    const names = opts.all ? yield* remoteNames(repo) : [args[0] ?? (yield* usualRemote(repo))];
    for (const name of names) yield* fetchFrom(git, repo, name, opts, args[1]);
    return 0;
  },
};

function* usualRemote(repo: Repo): Wait<string> {
  const branch = (yield* repo.headRef())?.replace(/^refs\/heads\//, '');
  return (branch === undefined ? undefined : yield* repo.get(`branch.${branch}.remote`)) ?? 'origin';
}

export const pull: GitCommand = {
  usage: 'git pull [<options>] [<repository> [<refspec>...]]',
  *run(git, argv) {
    const specs = {
      noFf: { help: 'create a merge commit' },
      ffOnly: { help: 'abort if fast-forward is not possible' },
      noRebase: { help: 'merge' },
      noEdit: { help: 'accept the message' },
      quiet: { short: 'q', help: 'be more quiet' },
      allowUnrelatedHistories: { help: 'allow merging unrelated histories' },
    } as const;
    const { opts, args } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openWorkTree(git);
    const branch = (yield* repo.headRef())?.replace(/^refs\/heads\//, '');
    const upstream = branch === undefined ? undefined : yield* upstreamOf(repo, branch);
    const name = args[0] ?? (yield* usualRemote(repo));
    const merge =
      args[1] ??
      (upstream === undefined ? undefined : (yield* repo.get(`branch.${branch}.merge`))!.replace(/^refs\/heads\//, ''));
    const named = (yield* repo.get(`remote.${name}.url`)) !== undefined;
    const silent = merge === undefined && !named && args[0] === undefined;
    const there = silent ? undefined : yield* fetchFrom(git, repo, name, { quiet: opts.quiet, prune: false });
    if (merge === undefined || there === undefined) {
      yield* git.err(
        `There is no tracking information for the current branch.\nPlease specify which branch you want to merge with.\nSee git-pull(1) for details.\n\n    git pull <remote> <branch>\n\nIf you wish to set tracking information for this branch you can do so with:\n\n    git branch --set-upstream-to=${named ? name : '<remote>'}/<branch> ${branch}\n\n`,
      );
      return 1;
    }
    const theirs = there.refs.get(`refs/heads/${merge}`);
    if (theirs === undefined) return yield* git.fatal(`couldn't find remote ref ${merge}`);
    const ours = yield* repo.head();
    const base = ours === undefined ? undefined : yield* mergeBase(repo, ours, theirs);
    if (
      ours !== undefined &&
      base !== ours &&
      base !== theirs &&
      !opts.noRebase &&
      !opts.noFf &&
      !opts.ffOnly &&
      (yield* repo.get('pull.rebase')) === undefined &&
      (yield* repo.get('pull.ff')) === undefined
    ) {
      yield* git.err(
        'hint: You have divergent branches and need to specify how to reconcile them.\nhint: You can do so by running one of the following commands sometime before\nhint: your next pull:\nhint:\nhint:   git config pull.rebase false  # merge\nhint:   git config pull.rebase true   # rebase\nhint:   git config pull.ff only       # fast-forward only\nhint:\nhint: You can replace "git config" with "git config --global" to set a default\nhint: preference for all repositories. You can also pass --rebase, --no-rebase,\nhint: or --ff-only on the command line to override the configured default per\nhint: invocation.\nfatal: Need to specify how to reconcile divergent branches.\n',
      );
      return 128;
    }
    const options = { ...opts, noCommit: false, squash: false, message: [], noStat: false, edit: false };
    return yield* mergeInto(
      git,
      repo,
      theirs,
      `${name}/${merge}`,
      options,
      `Merge branch '${merge}' of ${(yield* urlOf(repo, name)).replace(/\.git$/, '')}`,
    );
  },
};

export const push: GitCommand = {
  usage: 'git push [<options>] [<repository> [<refspec>...]]',
  *run(git, argv) {
    const specs = {
      setUpstream: { short: 'u', help: 'set upstream for git pull/status' },
      force: { short: 'f', help: 'force updates' },
      forceWithLease: { arg: 'ref', optional: true, help: 'force updates of what is known' },
      all: { help: 'push all branches' },
      tags: { help: 'push tags' },
      delete: { short: 'd', help: 'delete refs' },
      quiet: { short: 'q', help: 'be more quiet' },
    } as const;
    const { opts, args } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openRepo(git);
    const branch = (yield* repo.headRef())?.replace(/^refs\/heads\//, '');
    const name = args[0] ?? (yield* usualRemote(repo));
    if (args[0] === undefined && (yield* repo.get(`remote.${name}.url`)) === undefined)
      return yield* git.fatal(
        'No configured push destination.\nEither specify the URL from the command-line or configure a remote repository using\n\n    git remote add <name> <url>\n\nand then push using the remote name\n\n    git push <name>\n',
      );
    const upstream = branch === undefined ? undefined : yield* upstreamOf(repo, branch);
    if (args.length < 2 && upstream === undefined && !opts.all && !opts.tags && !opts.setUpstream) {
      return yield* git.fatal(
        `The current branch ${branch} has no upstream branch.\nTo push the current branch and set the remote as upstream, use\n\n    git push --set-upstream ${name} ${branch}\n\nTo have this happen automatically for branches without a tracking\nupstream, see 'push.autoSetupRemote' in 'git help config'.\n`,
      );
    }
    const url = yield* urlOf(repo, name);
    const there = yield* connectRemote(git, url);
    if (!there.local) return yield* git.fatal(`unable to access '${url}/': The requested URL returned error: 403`);
    const specsOf = args.slice(1);
    if (opts.all) for (const [ref] of yield* repo.refs('refs/heads/')) specsOf.push(ref.slice(11));
    if (opts.tags) for (const [ref] of yield* repo.refs('refs/tags/')) specsOf.push(ref);
    if (specsOf.length === 0) specsOf.push(branch!);
    return yield* pushRefs(git, repo, there.local, name, url, specsOf, opts);
  },
};

function* pushRefs(
  git: Git,
  repo: Repo,
  there: Repo,
  name: string,
  url: string,
  specs: readonly string[],
  opts: { force: boolean; forceWithLease: string | undefined; delete: boolean; setUpstream: boolean; quiet: boolean },
): Wait<number> {
  const lines: string[] = [];
  const follows: [string, string][] = [];
  let status = 0;
  let rejected = false;
  for (const spec of specs) {
    const force = opts.force || opts.forceWithLease !== undefined || spec.startsWith('+');
    const [from, to = from] = spec.replace(/^\+/, '').split(':') as [string, string?];
    const source = opts.delete || from === '' ? undefined : yield* resolveRevision(repo, from);
    const target = to.startsWith('refs/')
      ? to
      : (yield* repo.ref(`refs/tags/${from}`)) !== undefined && (yield* repo.ref(`refs/heads/${from}`)) === undefined
        ? `refs/tags/${to}`
        : `refs/heads/${to === 'HEAD' ? ((yield* repo.headRef())?.slice(11) ?? to) : to}`;
    const label = target.replace(/^refs\/(?:heads|tags)\//, '');
    if (source === undefined && !opts.delete && from !== '') {
      yield* git.err(`error: src refspec ${from} does not match any\nerror: failed to push some refs to '${url}'\n`);
      return 1;
    }
    const old = yield* there.ref(target);
    if (source === undefined) {
      if (old === undefined) {
        yield* git.err(
          `error: unable to delete '${label}': remote ref does not exist\nerror: failed to push some refs to '${url}'\n`,
        );
        return 1;
      }
      yield* there.deleteRef(target);
      yield* repo.deleteRef(`refs/remotes/${name}/${label}`);
      lines.push(` - [deleted]         ${label}\n`);
      continue;
    }
    if (old !== source) {
      const commit = yield* peel(repo, source, 'commit');
      const ahead =
        old === undefined ||
        (repo.objects.has(old) && commit !== undefined && (yield* mergeBase(repo, old, commit)) === old);
      if (!ahead && !force) {
        lines.push(
          ` ! [rejected]        ${label} -> ${label} (${repo.objects.has(old!) ? 'non-fast-forward' : 'fetch first'})\n`,
        );
        status = 1;
        rejected = true;
        continue;
      }
      if (there.workTree !== undefined && (yield* there.headRef()) === target) {
        lines.push(` ! [remote rejected] ${label} -> ${label} (branch is currently checked out)\n`);
        yield* git.err(
          `remote: error: refusing to update checked out branch: ${target}        \nremote: error: By default, updating the current branch in a non-bare repository        \nremote: is denied, because it will make the index and work tree inconsistent        \nremote: with what you pushed, and will require 'git reset --hard' to match        \nremote: the work tree to HEAD.        \n`,
        );
        status = 1;
        continue;
      }
      const copied = yield* copyObjects((id) => repo.objects.read(id), there, [source]);
      if (typeof copied === 'string') return yield* git.fatal(`missing object ${copied}`);
      yield* there.setRef(target, source, 'push');
      const kind = target.startsWith('refs/tags/') ? '[new tag]' : '[new branch]';
      lines.push(
        old === undefined
          ? ` * ${kind.padEnd(17)} ${from} -> ${label}\n`
          : ahead
            ? `   ${`${short(repo, old)}..${short(repo, source)}`.padEnd(17)} ${from} -> ${label}\n`
            : ` + ${`${short(there, old)}...${short(repo, source)}`.padEnd(17)} ${from} -> ${label} (forced update)\n`,
      );
    }
    if (target.startsWith('refs/heads/') && (yield* repo.get(`remote.${name}.url`)) !== undefined) {
      if ((yield* repo.ref(`refs/remotes/${name}/${label}`)) !== source)
        yield* repo.setRef(`refs/remotes/${name}/${label}`, source, 'update by push');
      if (opts.setUpstream) follows.push([from, `${name}/${label}`]);
    }
  }
  if (lines.length === 0) yield* git.err('Everything up-to-date\n');
  else if (!opts.quiet || status > 0) yield* git.err(`To ${url}\n${lines.join('')}`);
  if (status > 0) {
    yield* git.err(`error: failed to push some refs to '${url}'\n`);
    if (rejected)
      yield* git.err(
        "hint: Updates were rejected because the tip of your current branch is behind\nhint: its remote counterpart. If you want to integrate the remote changes,\nhint: use 'git pull' before pushing again.\nhint: See the 'Note about fast-forwards' in 'git push --help' for details.\n",
      );
  }
  for (const [from, to] of follows)
    yield* follow(git, repo, from === 'HEAD' ? (yield* repo.headRef())!.slice(11) : from, to);
  return status;
}
