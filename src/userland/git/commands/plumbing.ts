import { joinBytes, readFile } from '../../../libc/io.ts';
import { type GitCommand, readArguments } from '../command.ts';
import { parseSignature, subjectOf } from '../commit-object.ts';
import { ObjectStore, type ObjectType } from '../objects.ts';
import { covers, inTree, openRepo, openWorkTree } from '../repo.ts';
import { fullName, needCommit, peel, resolveRevision, short, upstreamOf, walk } from '../revision.ts';
import { indexFiles, untrackedPaths, workId } from '../status.ts';
import { filesOf, MODE_TREE, parseTree, writeTree } from '../tree.ts';
import { countOption, ranges } from './log.ts';

export const revParse: GitCommand = {
  usage: 'git rev-parse [<options>] <args>...',
  *run(git, argv) {
    const repo = yield* openRepo(git);
    let digits = 40;
    let verify = false;
    let quiet = false;
    let abbrevRef = false;
    for (const word of argv) {
      const value = /^--short(?:=(\d+))?$/.exec(word);
      if (value) digits = Number(value[1] ?? 7);
      else if (word === '--verify') verify = true;
      else if (word === '-q' || word === '--quiet') quiet = true;
      else if (word === '--abbrev-ref') abbrevRef = true;
      else if (word === '--show-toplevel') {
        if (repo.workTree === undefined) return yield* git.fatal('this operation must be run in a work tree');
        yield* git.out(`${repo.workTree}\n`);
      } else if (word === '--git-dir') yield* git.out(`${repo.workTree === git.cwd ? '.git' : repo.gitDir}\n`);
      else if (word === '--absolute-git-dir') yield* git.out(`${repo.gitDir}\n`);
      else if (word === '--is-inside-work-tree') yield* git.out(`${repo.workTree !== undefined}\n`);
      else if (word === '--is-bare-repository') yield* git.out(`${repo.workTree === undefined}\n`);
      else if (word === '--is-inside-git-dir') yield* git.out(`${git.cwd.startsWith(repo.gitDir)}\n`);
      else if (word === '--show-prefix')
        yield* git.out(`${git.cwd === repo.workTree ? '' : `${git.cwd.slice((repo.workTree ?? '').length + 1)}/`}\n`);
      else if (word === '--show-cdup')
        yield* git.out(`${'../'.repeat(git.cwd.slice((repo.workTree ?? '').length).split('/').length - 1)}\n`);
      else if (word.startsWith('--')) yield* git.out(`${word}\n`);
      else {
        const id = yield* resolveRevision(repo, word);
        if (id === undefined) {
          if (quiet) return 1;
          if (verify) return yield* git.fatal('Needed a single revision');
          yield* git.out(`${word}\n`);
          return yield* git.fatal(
            `ambiguous argument '${word}': unknown revision or path not in the working tree.\nUse '--' to separate paths from revisions, like this:\n'git <command> [<revision>...] -- [<file>...]'`,
          );
        }
        if (abbrevRef) {
          const up = /^(.*)@\{u(?:pstream)?\}$/.exec(word);
          const branch = up ? up[1] || (yield* repo.headRef())!.slice(11) : undefined;
          const ref =
            branch !== undefined
              ? yield* upstreamOf(repo, branch)
              : word === 'HEAD'
                ? ((yield* repo.headRef()) ?? 'HEAD')
                : yield* fullName(repo, word);
          yield* git.out(`${(ref ?? '').replace(/^refs\/(?:heads|remotes|tags)\//, '')}\n`);
        } else yield* git.out(`${digits < 40 ? (digits === 7 ? short(repo, id) : id.slice(0, digits)) : id}\n`);
      }
    }
    return 0;
  },
};

export const lsFiles: GitCommand = {
  usage: 'git ls-files [<options>] [<file>...]',
  *run(git, argv) {
    const specs = {
      stage: { short: 's', help: "show staged contents' object name" },
      cached: { short: 'c', help: 'show cached files' },
      deleted: { short: 'd', help: 'show deleted files' },
      modified: { short: 'm', help: 'show modified files' },
      others: { short: 'o', help: 'show other files' },
      unmerged: { short: 'u', help: 'show unmerged files' },
      excludeStandard: { help: 'add the standard git exclusions' },
      errorUnmatch: { help: 'an error where a file is not known' },
      zero: { short: 'z', long: false, help: 'separate paths with NUL' },
    } as const;
    const { opts, args, paths } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openWorkTree(git);
    const wanted: string[] = [];
    for (const word of [...args, ...(paths ?? [])]) wanted.push(yield* inTree(repo, word));
    const here = yield* inTree(repo, '.');
    const shown = (path: string): boolean =>
      wanted.length > 0 ? wanted.some((spec) => covers(spec, path)) : covers(here, path);
    const name = (path: string): string =>
      here !== '' && path.startsWith(`${here}/`) ? path.slice(here.length + 1) : path;
    const index = yield* repo.index();
    const end = opts.zero ? '\0' : '\n';
    if (opts.errorUnmatch)
      for (const [i, spec] of wanted.entries())
        if (!index.some((e) => covers(spec, e.path)))
          return yield* git.error(
            `pathspec '${[...args, ...(paths ?? [])][i]}' did not match any file(s) known to git\nDid you forget to 'git add'?`,
          );
    if (opts.others) {
      const known = new Set(index.map((e) => e.path));
      const all = yield* untrackedPaths(repo, known, true);
      if (!opts.excludeStandard) all.push(...(yield* untrackedPaths(repo, known, true, true)));
      for (const path of all.sort()) if (shown(path)) yield* git.out(name(path) + end);
      if (!opts.cached) return 0;
    }
    for (const entry of index) {
      if (!shown(entry.path)) continue;
      if (opts.deleted || opts.modified) {
        const now = yield* workId(repo, entry.path, entry);
        if (now && (!opts.modified || now.id === entry.id)) continue;
      }
      if (opts.unmerged && entry.stage === 0) continue;
      yield* git.out(
        `${opts.stage || opts.unmerged ? `${entry.mode.toString(8)} ${entry.id} ${entry.stage}\t` : ''}${name(entry.path)}${end}`,
      );
    }
    return 0;
  },
};

export const lsTree: GitCommand = {
  usage: 'git ls-tree [<options>] <tree-ish> [<path>...]',
  *run(git, argv) {
    const specs = {
      recursive: { short: 'r', long: false, help: 'recurse into subtrees' },
      nameOnly: { help: 'list only filenames' },
      long: { short: 'l', help: 'include object size' },
    } as const;
    const { opts, args } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openRepo(git);
    const id = yield* resolveRevision(repo, args[0] ?? '');
    const tree = id === undefined ? undefined : yield* peel(repo, id, 'tree');
    if (tree === undefined) return yield* git.fatal(`Not a valid object name ${args[0]}`);
    const rows = opts.recursive
      ? [...(yield* filesOf(repo.objects, tree))].map(([name, file]) => ({ name, ...file }))
      : parseTree((yield* repo.objects.read(tree))!.bytes);
    for (const row of rows) {
      if (args.length > 1 && !args.slice(1).some((spec) => covers(spec.replace(/\/$/, ''), row.name))) continue;
      if (opts.nameOnly) {
        yield* git.out(`${row.name}\n`);
        continue;
      }
      const type = row.mode === MODE_TREE ? 'tree' : 'blob';
      const size = opts.long
        ? ` ${(type === 'tree' ? '-' : String((yield* repo.objects.read(row.id))?.bytes.length ?? 0)).padStart(7)}`
        : '';
      yield* git.out(`${row.mode.toString(8).padStart(6, '0')} ${type} ${row.id}${size}\t${row.name}\n`);
    }
    return 0;
  },
};

export const catFile: GitCommand = {
  usage: 'git cat-file (-t | -s | -p | -e | <type>) <object>',
  *run(git, argv) {
    const [what, word] = argv;
    const repo = yield* openRepo(git);
    const id = yield* resolveRevision(repo, word ?? '');
    if (what === '-e') return id === undefined ? 1 : 0;
    const object = id === undefined ? undefined : yield* repo.objects.read(id);
    if (!object) return yield* git.fatal(`Not a valid object name ${word}`);
    if (what === '-t') yield* git.out(`${object.type}\n`);
    else if (what === '-s') yield* git.out(`${object.bytes.length}\n`);
    else if (what === '-p' && object.type === 'tree')
      for (const e of parseTree(object.bytes))
        yield* git.out(
          `${e.mode.toString(8).padStart(6, '0')} ${e.mode === MODE_TREE ? 'tree' : 'blob'} ${e.id}\t${e.name}\n`,
        );
    else yield* git.ctx.stdout.write(object.bytes);
    return 0;
  },
};

export const hashObject: GitCommand = {
  usage: 'git hash-object [-t <type>] [-w] [--stdin] [<file>...]',
  *run(git, argv) {
    const specs = {
      type: { short: 't', arg: 'type', help: 'object type' },
      write: { short: 'w', long: false, help: 'write the object into the object database' },
      stdin: { help: 'read the object from stdin' },
    } as const;
    const { opts, args } = yield* readArguments(git, this.usage, specs, argv);
    const type = (opts.type ?? 'blob') as ObjectType;
    const contents: Uint8Array[] = [];
    if (opts.stdin) {
      const pieces: Uint8Array[] = [];
      for (let part; (part = yield* git.ctx.stdin.chunk()); ) pieces.push(part.slice());
      contents.push(joinBytes(pieces));
    }
    for (const path of args) {
      const bytes = yield* readFile(git.sys, path.startsWith('/') ? path : `${git.cwd}/${path}`);
      if (typeof bytes === 'number')
        return yield* git.fatal(`could not open '${path}' for reading: ${git.ctx.strerror(bytes)}`);
      contents.push(bytes);
    }
    for (const bytes of contents) {
      if (opts.write) {
        const repo = yield* openRepo(git);
        yield* git.out(`${yield* repo.objects.write(type, bytes)}\n`);
      } else {
        yield* git.out(`${new ObjectStore(git.sys, '', git.sha1).id(type, bytes)}\n`);
      }
    }
    return 0;
  },
};

export const writeTreeCommand: GitCommand = {
  usage: 'git write-tree',
  *run(git) {
    const repo = yield* openRepo(git);
    yield* git.out(`${yield* writeTree(repo.objects, indexFiles(yield* repo.index()))}\n`);
    return 0;
  },
};

export const revList: GitCommand = {
  usage: 'git rev-list [<options>] <commit>... [--] [<path>...]',
  *run(git, argv) {
    const specs = {
      count: { help: 'only the number' },
      all: { help: 'all references' },
      maxCount: { short: 'n', arg: 'number', help: 'limit' },
      reverse: { help: 'the oldest first' },
    } as const;
    const { opts, args } = yield* readArguments(git, this.usage, specs, countOption(argv));
    const repo = yield* openRepo(git);
    const { from, not } = yield* ranges(repo, args);
    if (opts.all) for (const [, id] of yield* repo.refs('refs/')) from.push((yield* peel(repo, id, 'commit')) ?? id);
    let ids = yield* walk(repo, from, not);
    if (opts.maxCount !== undefined) ids = ids.slice(0, Number(opts.maxCount));
    if (opts.reverse) ids.reverse();
    yield* git.out(opts.count ? `${ids.length}\n` : ids.map((id) => `${id}\n`).join(''));
    return 0;
  },
};

export const reflog: GitCommand = {
  usage: 'git reflog [show] [<ref>]',
  *run(git, argv) {
    const repo = yield* openRepo(git);
    const words = argv.filter((word) => word !== 'show' && !word.startsWith('-'));
    const name = words[0] ?? 'HEAD';
    const full = name === 'HEAD' ? 'HEAD' : ((yield* fullName(repo, name)) ?? name);
    for (const [i, entry] of (yield* repo.reflog(full)).entries())
      yield* git.out(`${short(repo, entry.id)} ${name}@{${i}}: ${entry.why}\n`);
    return 0;
  },
};

export const describe: GitCommand = {
  usage: 'git describe [<options>] [<commit-ish>...]',
  *run(git, argv) {
    const specs = {
      tags: { help: 'use any tag, even unannotated' },
      always: { help: 'show abbreviated commit object as fallback' },
      dirty: { arg: 'mark', optional: true, help: 'append a mark where the work tree differs' },
      abbrev: { arg: 'n', help: 'digits of an id' },
      long: { help: 'always use long format' },
    } as const;
    const { opts, args } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openRepo(git);
    const id = yield* needCommit(repo, args[0] ?? 'HEAD');
    const tags = new Map<string, string>();
    for (const [ref, at] of yield* repo.refs('refs/tags/')) {
      const annotated = (yield* repo.objects.read(at))?.type === 'tag';
      const commit = yield* peel(repo, at, 'commit');
      if (commit !== undefined && (annotated || opts.tags)) tags.set(commit, ref.slice(10));
    }
    const found = (yield* walk(repo, [id])).find((each) => tags.has(each));
    if (found === undefined) {
      if (!opts.always)
        return yield* git.fatal(
          tags.size === 0 && !opts.tags
            ? `No annotated tags can describe '${id}'.\nHowever, there were unannotated tags: try --tags.`
            : 'No names found, cannot describe anything.',
        );
      yield* git.out(`${short(repo, id)}\n`);
      return 0;
    }
    const count = (yield* walk(repo, [id], [found])).length;
    yield* git.out(
      count === 0 && !opts.long
        ? `${tags.get(found)}\n`
        : opts.abbrev === '0'
          ? `${tags.get(found)}\n`
          : `${tags.get(found)}-${count}-g${short(repo, id)}\n`,
    );
    return 0;
  },
};

export const shortlog: GitCommand = {
  usage: 'git shortlog [<options>] [<revision-range>]',
  *run(git, argv) {
    const specs = {
      summary: { short: 's', help: 'only the numbers' },
      numbered: { short: 'n', help: 'sort by number' },
      email: { short: 'e', help: 'show the email address' },
    } as const;
    const { opts, args } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openRepo(git);
    const { from, not } = yield* ranges(repo, args.length === 0 ? ['HEAD'] : args);
    const people = new Map<string, string[]>();
    for (const id of (yield* walk(repo, from, not)).reverse()) {
      const commit = yield* repo.commit(id);
      const who = parseSignature(commit.author);
      const key = opts.email ? `${who.name} <${who.mail}>` : who.name;
      people.set(key, [...(people.get(key) ?? []), subjectOf(commit.message)]);
    }
    const rows = [...people].sort(([a, x], [b, y]) => (opts.numbered ? y.length - x.length : 0) || (a < b ? -1 : 1));
    for (const [name, subjects] of rows)
      yield* git.out(
        opts.summary
          ? `${String(subjects.length).padStart(6)}\t${name}\n`
          : `${name} (${subjects.length}):\n${subjects.map((s) => `      ${s}\n`).join('')}\n`,
      );
    return 0;
  },
};

export const symbolicRef: GitCommand = {
  usage: 'git symbolic-ref [-q] [--short] <name> [<ref>]',
  *run(git, argv) {
    const specs = {
      short: { help: 'shorten ref output' },
      quiet: { short: 'q', help: 'no error for a detached HEAD' },
    } as const;
    const { opts, args } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openRepo(git);
    const [name = 'HEAD', target] = args;
    if (target !== undefined) {
      yield* repo.put(name, `ref: ${target}\n`);
      return 0;
    }
    const ref = /^ref: (\S+)/.exec((yield* repo.text(name)) ?? '')?.[1];
    if (ref === undefined) return opts.quiet ? 1 : yield* git.fatal(`ref ${name} is not a symbolic ref`);
    yield* git.out(`${opts.short ? ref.replace(/^refs\/(?:heads|remotes)\//, '') : ref}\n`);
    return 0;
  },
};

/** Writes what the dumb protocol over HTTP reads. */
export const updateServerInfo: GitCommand = {
  usage: 'git update-server-info',
  *run(git) {
    const repo = yield* openRepo(git);
    let text = '';
    for (const [ref, id] of yield* repo.refs('refs/')) {
      text += `${id}\t${ref}\n`;
      const peeled = yield* peel(repo, id, 'commit');
      if (peeled !== undefined && peeled !== id) text += `${peeled}\t${ref}^{}\n`;
    }
    yield* repo.put('info/refs', text);
    yield* repo.put('objects/info/packs', '\n');
    return 0;
  },
};
