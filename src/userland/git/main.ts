import type { HashFactory } from '../../lib/hash.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, exitWith } from '../../libc/program.ts';
import type { GitCommand } from './command.ts';
import { branch, checkout, switchCommand } from './commands/branch.ts';
import { clone } from './commands/clone.ts';
import { commit } from './commands/commit.ts';
import { diff } from './commands/diff.ts';
import { log, show } from './commands/log.ts';
import { cherryPick, merge, revert } from './commands/merge.ts';
import {
  catFile,
  describe,
  hashObject,
  lsFiles,
  lsTree,
  reflog,
  revList,
  revParse,
  shortlog,
  symbolicRef,
  updateServerInfo,
  writeTreeCommand,
} from './commands/plumbing.ts';
import { fetch, pull, push, remote } from './commands/remote.ts';
import { config, init } from './commands/setup.ts';
import { add, clean, mv, reset, restore, rm } from './commands/stage.ts';
import { stash } from './commands/stash.ts';
import { status } from './commands/status.ts';
import { tag } from './commands/tag.ts';
import { allConfig, findRepo, type Git } from './repo.ts';

const COMMANDS: Readonly<Record<string, GitCommand>> = {
  add,
  branch,
  'cat-file': catFile,
  checkout,
  'cherry-pick': cherryPick,
  clean,
  clone,
  commit,
  config,
  describe,
  diff,
  fetch,
  'hash-object': hashObject,
  init,
  log,
  'ls-files': lsFiles,
  'ls-tree': lsTree,
  merge,
  mv,
  pull,
  push,
  reflog,
  remote,
  reset,
  restore,
  revert,
  'rev-list': revList,
  'rev-parse': revParse,
  rm,
  shortlog,
  show,
  stash,
  status,
  switch: switchCommand,
  'symbolic-ref': symbolicRef,
  tag,
  'update-server-info': updateServerInfo,
  'write-tree': writeTreeCommand,
};

/** Commands that exist and are not here. */
const ELSEWHERE =
  'am apply archive bisect blame bundle format-patch fsck gc grep notes pack-objects rebase repack submodule worktree'.split(
    ' ',
  );

/** git(1): global options, aliases, the command. */
export function* gitMain(ctx: Context, sha1: HashFactory): Wait<number> {
  const cwd = ctx.sys.getcwd();
  const git: Git = {
    ctx,
    sys: ctx.sys,
    sha1,
    cwd: typeof cwd === 'string' ? cwd : '/',
    *out(text) {
      if (text !== '') yield* ctx.stdout.write(text);
    },
    *err(text) {
      yield* ctx.stdout.flush();
      yield* ctx.stderr.write(text);
    },
    *fatal(message, code = 128) {
      yield* git.err(`fatal: ${message}\n`);
      return exitWith(code);
    },
    *error(message, code = 1) {
      yield* git.err(`error: ${message}\n`);
      return exitWith(code);
    },
  };
  const argv = [...ctx.args];
  const settings: [string, string][] = [];
  while (argv[0]?.startsWith('-')) {
    const option = argv.shift()!;
    if (option === '--version' || option === '-v') {
      yield* git.out(`git version ${ctx.sys.image.version || '2.43.0'}\n`);
      return 0;
    }
    if (option === '--help' || option === '-h') {
      yield* git.out(usage());
      return 0;
    }
    if (option === '-C') {
      const to = argv.shift() ?? '';
      if (ctx.sys.chdir(to) < 0) return yield* git.fatal(`cannot change to '${to}': No such file or directory`);
      git.cwd = ctx.sys.getcwd() as string;
    } else if (option === '-c') {
      const [key, ...value] = (argv.shift() ?? '').split('=');
      settings.push([key!, value.length === 0 ? 'true' : value.join('=')]);
    } else if (option.startsWith('--git-dir=')) (ctx.env as Map<string, string>).set('GIT_DIR', option.slice(10));
    else if (option.startsWith('--work-tree=')) (ctx.env as Map<string, string>).set('GIT_WORK_TREE', option.slice(12));
    else if (option === '--no-pager' || option === '-P') (ctx.env as Map<string, string>).set('SYSTEMD_PAGER', '');
    else if (option !== '-p' && option !== '--paginate') {
      yield* git.err(`unknown option: ${option}\n${usage()}`);
      return 129;
    }
  }
  git.settings = settings.map(([key, value]) => ({ key: key.toLowerCase(), value }));
  let name = argv.shift();
  if (name === undefined) {
    yield* git.out(usage());
    return 1;
  }
  if (name === 'version' || name === 'help') {
    yield* git.out(name === 'version' ? `git version ${ctx.sys.image.version || '2.43.0'}\n` : usage());
    return 0;
  }
  if (!COMMANDS[name]) {
    const repo = yield* findRepo(git, git.cwd);
    const alias = (yield* allConfig(git, repo?.gitDir)).findLast(
      (item) => item.key === `alias.${name!.toLowerCase()}`,
    )?.value;
    if (alias !== undefined && !alias.startsWith('!')) {
      const words = alias.trim().split(/\s+/);
      name = words.shift()!;
      argv.unshift(...words);
    }
  }
  const command = COMMANDS[name];
  if (command) return yield* command.run(git, argv);
  if (ELSEWHERE.includes(name)) {
    yield* git.err(`git: '${name}' is not simulated in Drydock\n`);
    return 1;
  }
  yield* git.err(`git: '${name}' is not a git command. See 'git --help'.\n${similar(name)}`);
  return 1;
}

/** Commands that are spelt alike. */
function similar(name: string): string {
  const near = Object.keys(COMMANDS).filter((other) => distance(name, other) <= 2);
  if (near.length === 0) return '';
  return `\nThe most similar command${near.length === 1 ? ' is' : 's are'}\n${near.map((other) => `\t${other}\n`).join('')}`;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

function usage(): string {
  const names = Object.keys(COMMANDS).map((name) => `   ${name}\n`);
  return `usage: git [-v | --version] [-h | --help] [-C <path>] [-c <name>=<value>]\n           [--git-dir=<path>] [--work-tree=<path>] <command> [<args>]\n\nCommands that are here:\n\n${names.join('')}`;
}
