import type { Wait } from '../../../libc/io.ts';
import { basename, isDir, listDir, mkdirp, removeTree } from '../../../libc/paths.ts';
import { moveFiles } from '../checkout-files.ts';
import { type GitCommand, readArguments } from '../command.ts';
import { editConfig } from '../config-file.ts';
import { Repo } from '../repo.ts';
import { peel } from '../revision.ts';
import { copyObjects, type Remote } from '../transport.ts';
import { addRemote, connectRemote } from './remote.ts';
import { firstBranch, makeRepository } from './setup.ts';

export const clone: GitCommand = {
  usage: 'git clone [<options>] [--] <repo> [<dir>]',
  *run(git, argv) {
    const specs = {
      bare: { help: 'create a bare repository' },
      branch: { short: 'b', arg: 'branch', help: "checkout <branch> instead of the remote's HEAD" },
      depth: { arg: 'depth', help: 'create a shallow clone of that depth (everything is copied)' },
      singleBranch: { help: 'clone only one branch' },
      quiet: { short: 'q', help: 'be more quiet' },
      noCheckout: { short: 'n', help: "don't create a checkout" },
      origin: { short: 'o', arg: 'name', help: "use <name> instead of 'origin'" },
      recursive: { help: 'initialize submodules (there are none)' },
      recurseSubmodules: { help: 'initialize submodules (there are none)' },
    } as const;
    const { opts, args, paths } = yield* readArguments(git, this.usage, specs, argv);
    const [url, given] = [...args, ...(paths ?? [])];
    if (url === undefined) {
      yield* git.err(`fatal: You must specify a repository to clone.\n\nusage: ${this.usage}\n`);
      return 129;
    }
    const local = !/^[a-z+]+:\/\/|^[\w.-]+@[\w.-]+:/.test(url);
    const origin = local ? (url.startsWith('/') ? url : `${git.cwd}/${url}`) : url;
    const stem = basename(
      url
        .replace(/\/+$/, '')
        .replace(/\/\.git$/, '')
        .replace(/:/g, '/'),
    ).replace(/\.git$/, '');
    const name = given ?? (opts.bare ? `${stem}.git` : stem);
    const target = name.startsWith('/') ? name : `${git.cwd}/${name}`;
    const there = listDir(git.sys, target);
    if (typeof there !== 'number' && there.length > 0)
      return yield* git.fatal(`destination path '${name}' already exists and is not an empty directory.`);
    const existed = isDir(git.sys, target);
    if (local && git.sys.access(origin, 0) < 0) return yield* git.fatal(`repository '${url}' does not exist`);
    if (!opts.quiet) yield* git.err(`Cloning into ${opts.bare ? 'bare repository ' : ''}'${name}'...\n`);
    const source = yield* connectRemote(git, local ? origin.replace(/\/\.$/, '') : url);
    mkdirp(git.sys, target, 0o777);
    const gitDir = opts.bare ? target : `${target}/.git`;
    const wanted =
      opts.branch === undefined
        ? source.head
        : source.refs.has(`refs/heads/${opts.branch}`)
          ? `refs/heads/${opts.branch}`
          : source.refs.has(`refs/tags/${opts.branch}`)
            ? `refs/tags/${opts.branch}`
            : undefined;
    if (opts.branch !== undefined && wanted === undefined) {
      if (!existed) removeTree(git.sys, target);
      return yield* git.fatal(`Remote branch ${opts.branch} not found in upstream ${opts.origin ?? 'origin'}`);
    }
    const branch = wanted?.startsWith('refs/heads/') ? wanted.slice(11) : ((yield* firstBranch(git)) ?? 'master');
    yield* makeRepository(git, gitDir, opts.bare, branch);
    const repo = new Repo(git, gitDir, opts.bare ? undefined : target);
    const copied = yield* copyObjects((id) => source.object(id), repo, [...source.refs.values()]);
    if (typeof copied === 'string') {
      if (!existed) removeTree(git.sys, target);
      return yield* git.fatal(`missing object ${copied}`);
    }
    if (opts.bare) {
      for (const [ref, id] of source.refs) if (ref !== 'HEAD') yield* repo.put(ref, `${id}\n`);
      yield* repo.put('config', editConfig((yield* repo.text('config')) ?? '', 'remote.origin.url', origin));
      if (!opts.quiet && source.refs.size === 0)
        yield* git.err('warning: You appear to have cloned an empty repository.\n');
      if (!opts.quiet && source.local) yield* git.err('done.\n');
      return 0;
    }
    yield* adopt(repo, source, opts.origin ?? 'origin', origin, wanted, branch);
    const id = wanted === undefined ? undefined : source.refs.get(wanted);
    const commit = id === undefined ? undefined : yield* peel(repo, id, 'commit');
    if (!opts.quiet && source.refs.size === 0)
      yield* git.err('warning: You appear to have cloned an empty repository.\n');
    if (!opts.quiet && source.local) yield* git.err('done.\n');
    if (commit !== undefined) {
      if (wanted!.startsWith('refs/tags/')) yield* repo.put('HEAD', `${commit}\n`);
      else yield* repo.setRef(`refs/heads/${branch}`, commit, `clone: from ${origin}`);
      if (!opts.noCheckout) yield* moveFiles(repo, new Map(), yield* repo.filesAt(commit));
    }
    return 0;
  },
};

/** Notes where a clone comes from. */
function* adopt(
  repo: Repo,
  source: Remote,
  name: string,
  url: string,
  wanted: string | undefined,
  branch: string,
): Wait<void> {
  let config = addRemote((yield* repo.text('config')) ?? '', name, url);
  if (wanted === undefined || wanted.startsWith('refs/heads/')) {
    config = editConfig(config, `branch.${branch}.remote`, name);
    config = editConfig(config, `branch.${branch}.merge`, `refs/heads/${branch}`);
  }
  yield* repo.put('config', config);
  repo.forgetConfig();
  const packed = [...source.refs]
    .filter(([ref]) => /^refs\/(?:heads|tags)\//.test(ref))
    .map(([ref, id]) => [ref.replace(/^refs\/heads\//, `refs/remotes/${name}/`), id] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (packed.length > 0)
    yield* repo.put(
      'packed-refs',
      `# pack-refs with: peeled fully-peeled sorted \n${packed.map(([ref, id]) => `${id} ${ref}\n`).join('')}`,
    );
  if (source.head !== undefined && source.refs.has(source.head))
    yield* repo.put(`refs/remotes/${name}/HEAD`, `ref: refs/remotes/${name}/${source.head.slice(11)}\n`);
}
