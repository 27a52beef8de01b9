import { shellStatus, WaitResult } from '../../../abi/wait.ts';
import { decode } from '../../../lib/utf8.ts';
import { readFile, spawn, type Wait, waitpid } from '../../../libc/io.ts';
import { type GitCommand, readArguments } from '../command.ts';
import { cleanMessage, parseSignature, subjectOf } from '../commit-object.ts';
import { compareFiles } from '../compare.ts';
import { lineCounts, shortStat, summaryText } from '../diff-text.ts';
import { covers, type Git, inTree, openWorkTree, type Repo } from '../repo.ts';
import { short } from '../revision.ts';
import { indexFiles } from '../status.ts';
import { writeTree } from '../tree.ts';
import { byPath, stagePath } from './stage.ts';
import { longStatus } from './status.ts';

/** Lets the user edit a text. @returns it, or undefined where the editor failed */
export function* edit(git: Git, repo: Repo, name: string, text: string): Wait<string | undefined> {
  yield* repo.put(name, text);
  const { env } = git.ctx;
  const editor =
    env.get('GIT_EDITOR') ?? (yield* repo.get('core.editor')) ?? env.get('VISUAL') ?? env.get('EDITOR') ?? 'vi';
  const path = `${repo.gitDir}/${name}`;
  yield* git.ctx.stdout.flush();
  const pid = yield* spawn(git.sys, '/bin/sh', ['sh', '-c', `${editor} "$@"`, editor, path], git.sys.envp);
  const result = new WaitResult();
  if (pid > 0) yield* waitpid(git.sys, pid, 0, result);
  if (pid < 0 || shellStatus(result.status) !== 0) {
    yield* git.err(`error: There was a problem with the editor '${editor}'.\n`);
    return undefined;
  }
  const bytes = yield* readFile(git.sys, path);
  return typeof bytes === 'number' ? undefined : decode(bytes);
}

const specs = {
  message: { short: 'm', arg: 'message', many: true, help: 'commit message' },
  file: { short: 'F', arg: 'file', help: 'read message from file' },
  all: { short: 'a', help: 'commit all changed files' },
  amend: { help: 'amend previous commit' },
  edit: { help: 'force edit of commit' },
  noEdit: { help: 'do not edit the message' },
  allowEmpty: { help: 'ok to record an empty change' },
  allowEmptyMessage: { help: 'ok to record a change with an empty message' },
  quiet: { short: 'q', help: 'suppress summary after successful commit' },
  author: { arg: 'author', help: 'override author for commit' },
  date: { arg: 'date', help: 'override date for commit' },
  signoff: { short: 's', help: 'add a Signed-off-by trailer' },
  noVerify: { short: 'n', help: 'bypass hooks' },
} as const;

export const commit: GitCommand = {
  usage: 'git commit [-a | --interactive | --patch] [-s] [-v] [--amend] [-F <file> | -m <msg>] [--] [<pathspec>...]',
  *run(git, argv) {
    const { opts, args, paths } = yield* readArguments(git, this.usage, specs, argv);
    const repo = yield* openWorkTree(git);
    const index = byPath(yield* repo.index());
    if ([...index.values()].some((e) => e.stage > 0) && !opts.all) {
      yield* git.err(
        "error: Committing is not possible because you have unmerged files.\nhint: Fix them up in the work tree, and then use 'git add/rm <file>'\nhint: as appropriate to mark resolution and make a commit.\nfatal: Exiting because of an unresolved conflict.\n",
      );
      return 128;
    }
    const words = [...args, ...(paths ?? [])];
    if (opts.all)
      for (const path of new Set([...index.values()].map((e) => e.path))) yield* stagePath(repo, index, path);
    for (const word of words) {
      const spec = yield* inTree(repo, word);
      const matched = [...new Set([...index.values()].map((e) => e.path))].filter((path) => covers(spec, path));
      if (matched.length === 0) return yield* git.error(`pathspec '${word}' did not match any file(s) known to git`);
      for (const path of matched) yield* stagePath(repo, index, path);
    }
    if (opts.all || words.length > 0) yield* repo.writeIndex([...index.values()]);
    const head = yield* repo.head();
    const merging = (yield* repo.text('MERGE_HEAD'))?.trim().split('\n');
    const old = opts.amend && head !== undefined ? yield* repo.commit(head) : undefined;
    if (opts.amend && head === undefined) return yield* git.fatal('You have nothing to amend.');
    const files = indexFiles([...index.values()]);
    const parents = old ? old.parents : [...(head === undefined ? [] : [head]), ...(merging ?? [])];
    const before = yield* repo.filesAt(parents[0]);
    const changes = yield* compareFiles(repo, before, files);
    if (changes.length === 0 && !opts.allowEmpty && !merging && !opts.amend) {
      yield* git.out(yield* longStatus(repo, 'commit'));
      return 1;
    }
    const author = yield* authorOf(git, repo, opts.author, opts.date, old?.author);
    const committer = yield* repo.signature('COMMITTER');
    const message = yield* messageOf(git, repo, opts, old?.message);
    if (message === undefined) return 1;
    if (message === '' && !opts.allowEmptyMessage) {
      yield* git.err('Aborting commit due to empty commit message.\n');
      return 1;
    }
    const tree = yield* writeTree(repo.objects, files);
    const signed = opts.signoff ? `${message}\nSigned-off-by: ${committer.replace(/ \d+ [+-]\d{4}$/, '')}\n` : message;
    const id = yield* repo.addCommit({ tree, parents, author, committer, message: signed });
    const kind = old
      ? 'commit (amend)'
      : head === undefined
        ? 'commit (initial)'
        : merging
          ? 'commit (merge)'
          : 'commit';
    yield* repo.setRef('HEAD', id, `${kind}: ${subjectOf(signed)}`);
    for (const name of ['MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE', 'CHERRY_PICK_HEAD', 'REVERT_HEAD'])
      git.sys.unlink(`${repo.gitDir}/${name}`);
    if (!opts.quiet) yield* git.out(yield* commitSummary(repo, id, old !== undefined, author, committer));
    return 0;
  },
};

/** `[main 1234567] Subject` and what changed. */
export function* commitSummary(
  repo: Repo,
  id: string,
  amended = false,
  author?: string,
  committer?: string,
): Wait<string> {
  const made = yield* repo.commit(id);
  const branch = (yield* repo.headRef())?.replace(/^refs\/heads\//, '') ?? 'detached HEAD';
  const root = made.parents.length === 0 ? ' (root-commit)' : '';
  let out = `[${branch}${root} ${short(repo, id)}] ${subjectOf(made.message)}\n`;
  const who = parseSignature(made.author);
  const by = parseSignature(made.committer);
  if (author !== undefined && committer !== undefined && (who.name !== by.name || who.mail !== by.mail))
    out += ` Author: ${who.name} <${who.mail}>\n`;
  if (amended) out += ` Date: ${gitDate(who.sec, who.zone)}\n`;
  if (made.parents.length > 1) return out;
  const changes = yield* compareFiles(repo, yield* repo.filesAt(made.parents[0]), yield* repo.filesAt(id));
  if (changes.length === 0) return out;
  const rows: { added: number; removed: number }[] = [];
  for (const file of changes) rows.push((yield* lineCounts(repo, file)) ?? { added: 0, removed: 0 });
  return out + shortStat(rows) + summaryText(changes);
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Wed Nov 25 13:20:01 2026 +0100` */
export function gitDate(sec: number, zone: string): string {
  const offset = (zone[0] === '-' ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3))) * 60;
  const d = new Date((sec + offset) * 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${DAYS[d.getUTCDay()]} ${MONTHS[d.getUTCMonth()]} ${d.getUTCDate()} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} ${d.getUTCFullYear()} ${zone}`;
}

function* authorOf(
  git: Git,
  repo: Repo,
  author: string | undefined,
  date: string | undefined,
  old: string | undefined,
): Wait<string> {
  const base = old ?? (yield* repo.signature('AUTHOR', author === undefined));
  const match = author === undefined ? undefined : /^(.*?) ?<(.*)>$/.exec(author);
  if (match === null)
    return yield* git.fatal(`--author '${author}' is not 'Name <email>' and matches no existing author`);
  const when = date === undefined ? / (\d+ [+-]\d{4})$/.exec(base)![1]! : yield* repo.moment(date);
  return `${match ? `${match[1]} <${match[2]}>` : base.replace(/ \d+ [+-]\d{4}$/, '')} ${when}`;
}

function* messageOf(
  git: Git,
  repo: Repo,
  opts: { message: string[]; file: string | undefined; edit: boolean; noEdit: boolean; amend: boolean },
  old: string | undefined,
): Wait<string | undefined> {
  let given: string | undefined;
  if (opts.message.length > 0) given = opts.message.join('\n\n');
  else if (opts.file === '-') given = yield* git.ctx.stdin.text();
  else if (opts.file !== undefined) {
    const bytes = yield* readFile(git.sys, opts.file);
    if (typeof bytes === 'number')
      return yield* git.fatal(`could not read log file '${opts.file}': ${git.ctx.strerror(bytes)}`);
    given = decode(bytes);
  } else if (opts.noEdit) given = old ?? (yield* repo.text('MERGE_MSG'));
  if (given !== undefined && !opts.edit) return cleanMessage(given, false);
  const begin = given ?? old ?? (yield* repo.text('MERGE_MSG')) ?? '';
  const status = (yield* longStatus(repo, 'template')).replace(/^(?=.)/gm, '# ').replace(/^$(?=\n)/gm, '#');
  const template = `${begin}\n# Please enter the commit message for your changes. Lines starting\n# with '#' will be ignored, and an empty message aborts the commit.\n#\n${status}#\n`;
  const edited = yield* edit(git, repo, 'COMMIT_EDITMSG', template);
  if (edited === undefined) {
    yield* git.err('Please supply the message using either -m or -F option.\n');
    return undefined;
  }
  return cleanMessage(edited, true);
}

/** Makes a commit of another's change on top of HEAD. */
export function* needIndexClean(repo: Repo): Wait<boolean> {
  const head = yield* repo.head();
  return (yield* compareFiles(repo, yield* repo.filesAt(head), indexFiles(yield* repo.index()))).length === 0;
}
