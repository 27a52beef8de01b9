import { decode } from '../../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../../libc/io.ts';
import { isDir, mkdirp, normalizePath } from '../../../libc/paths.ts';
import { type GitCommand, readArguments } from '../command.ts';
import { editConfig, parseConfig, removeSection, splitKey } from '../config-file.ts';
import { allConfig, configFiles, findRepo, type Git } from '../repo.ts';

/** Makes the files of an empty repository. @returns true where it was one already */
export function* makeRepository(git: Git, gitDir: string, bare: boolean, branch: string): Wait<boolean> {
  const existed = git.sys.access(`${gitDir}/HEAD`, 0) === 0;
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'hooks', 'info', 'branches'])
    mkdirp(git.sys, `${gitDir}/${folder}`, 0o777);
  if (existed) return true;
  yield* writeFile(git.sys, `${gitDir}/HEAD`, `ref: refs/heads/${branch}\n`);
  const core = `[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = ${bare}\n${bare ? '' : '\tlogallrefupdates = true\n'}`;
  yield* writeFile(git.sys, `${gitDir}/config`, core);
  yield* writeFile(
    git.sys,
    `${gitDir}/description`,
    "Unnamed repository; edit this file 'description' to name the repository.\n",
  );
  yield* writeFile(git.sys, `${gitDir}/info/exclude`, '# Patterns of files that only this clone leaves out.\n');
  return false;
}

/** Name of the first branch: init.defaultBranch, else master. */
export function* firstBranch(git: Git): Wait<string | undefined> {
  return (yield* allConfig(git, undefined)).findLast((item) => item.key === 'init.defaultbranch')?.value;
}

const HINT = `hint: Using 'master' as the name for the initial branch. This default branch name
hint: is subject to change. To configure the initial branch name to use in all
hint: of your new repositories, which will suppress this warning, call:
hint:
hint: 	git config --global init.defaultBranch <name>
hint:
hint: Names commonly chosen instead of 'master' are 'main', 'trunk' and
hint: 'development'. The just-created branch can be renamed via this command:
hint:
hint: 	git branch -m <name>
`;

export const init: GitCommand = {
  usage: 'git init [-q | --quiet] [--bare] [-b <branch-name> | --initial-branch=<branch-name>] [<directory>]',
  *run(git, argv) {
    const specs = {
      quiet: { short: 'q', help: 'be quiet' },
      bare: { help: 'create a bare repository' },
      initialBranch: { short: 'b', arg: 'name', help: 'override the name of the initial branch' },
    } as const;
    const { opts, args } = yield* readArguments(git, this.usage, specs, argv);
    const target = args[0] === undefined ? git.cwd : args[0].startsWith('/') ? args[0] : `${git.cwd}/${args[0]}`;
    const place = normalizePath(target);
    mkdirp(git.sys, place, 0o777);
    if (!isDir(git.sys, place)) return yield* git.fatal(`cannot mkdir ${args[0]}: ${git.ctx.strerror(17)}`);
    const gitDir = opts.bare ? place : `${place === '/' ? '' : place}/.git`;
    const chosen = opts.initialBranch ?? (yield* firstBranch(git));
    const fresh = git.sys.access(`${gitDir}/HEAD`, 0) < 0;
    if (fresh && chosen === undefined && !opts.quiet) yield* git.err(HINT);
    const existed = yield* makeRepository(git, gitDir, opts.bare, chosen ?? 'master');
    if (!opts.quiet)
      yield* git.out(`${existed ? 'Reinitialized existing' : 'Initialized empty'} Git repository in ${gitDir}/\n`);
    return 0;
  },
};

export const config: GitCommand = {
  usage: 'git config [<options>]',
  *run(git, argv) {
    const specs = {
      global: { help: 'use global config file' },
      system: { help: 'use system config file' },
      local: { help: 'use repository config file' },
      file: { short: 'f', arg: 'file', help: 'use given config file' },
      get: { help: 'get value' },
      getAll: { help: 'get all values' },
      add: { help: 'add a new variable' },
      unset: { help: 'remove a variable' },
      unsetAll: { help: 'remove all matches' },
      removeSection: { help: 'remove a section' },
      list: { short: 'l', help: 'list all' },
      showOrigin: { help: 'show origin of config' },
      bool: { help: 'value is "true" or "false"' },
      int: { help: 'value is decimal number' },
      replaceAll: { help: 'replace all matching variables' },
    } as const;
    const { opts, args } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* findRepo(git, git.cwd);
    const files = configFiles(git, repo?.gitDir);
    const scope = opts.global ? 'global' : opts.system ? 'system' : opts.local ? 'local' : undefined;
    const chosen = opts.file ?? files.findLast((file) => file.scope === (scope ?? 'local'))?.path;
    const readable =
      opts.file !== undefined
        ? [opts.file]
        : files.filter((f) => scope === undefined || f.scope === scope).map((f) => f.path);
    const text = function* (path: string): Wait<string> {
      const bytes = yield* readFile(git.sys, path);
      return typeof bytes === 'number' ? '' : decode(bytes);
    };
    if (opts.list) {
      for (const path of readable)
        for (const { key, value } of parseConfig(yield* text(path)))
          yield* git.out(`${opts.showOrigin ? `file:${path}\t` : ''}${key}=${value}\n`);
      return 0;
    }
    const [key, value] = args;
    if (key === undefined) {
      yield* git.err(`usage: ${this.usage}\n`);
      return 129;
    }
    if (chosen === undefined) {
      yield* git.err(
        scope === 'local'
          ? 'fatal: --local can only be used inside a git repository\n'
          : 'fatal: not in a git directory\n',
      );
      return 128;
    }
    if (opts.removeSection) {
      const dot = key.indexOf('.');
      yield* writeFile(
        git.sys,
        chosen,
        removeSection(yield* text(chosen), dot < 0 ? key : key.slice(0, dot), dot < 0 ? undefined : key.slice(dot + 1)),
      );
      return 0;
    }
    const parts = splitKey(key);
    if (!parts) {
      yield* git.err(
        key.includes('.') ? `error: invalid key: ${key}\n` : `error: key does not contain a section: ${key}\n`,
      );
      return key.includes('.') ? 1 : 2;
    }
    const full = [parts.section, ...(parts.middle === undefined ? [] : [parts.middle]), parts.name.toLowerCase()].join(
      '.',
    );
    if (opts.unset || opts.unsetAll) {
      const before = yield* text(chosen);
      if (!parseConfig(before).some((item) => item.key === full)) return 5;
      yield* writeFile(git.sys, chosen, editConfig(before, key, undefined));
      return 0;
    }
    if (value !== undefined && !opts.get && !opts.getAll) {
      const r = yield* writeFile(git.sys, chosen, editConfig(yield* text(chosen), key, value, opts.add));
      if (r < 0) return yield* git.error(`could not lock config file ${chosen}: ${git.ctx.strerror(r)}`, 255);
      return 0;
    }
    const found: string[] = [];
    for (const path of readable)
      for (const item of parseConfig(yield* text(path))) if (item.key === full) found.push(item.value);
    if (found.length === 0) return 1;
    for (const item of opts.getAll ? found : found.slice(-1)) yield* git.out(`${opts.bool ? boolText(item) : item}\n`);
    return 0;
  },
};

const boolText = (value: string): string => String(/^(?:true|yes|on|1)$/i.test(value));
