import { CLOCK_REALTIME } from '../../../abi/flags.ts';
import { decode } from '../../../lib/utf8.ts';
import type { Wait } from '../../../libc/io.ts';
import { page } from '../../systemd/pager.ts';
import { type GitCommand, readArguments } from '../command.ts';
import { type Commit, parseSignature, subjectOf } from '../commit-object.ts';
import { compareFiles } from '../compare.ts';
import { patchText, statText } from '../diff-text.ts';
import { covers, type Git, inTree, openRepo, type Repo } from '../repo.ts';
import { needCommit, peel, resolveRevision, short, walk } from '../revision.ts';
import { MODE_TREE, parseTree } from '../tree.ts';
import { gitDate } from './commit.ts';
import { drawGraph } from './graph.ts';

export const LOG_OPTIONS = {
  oneline: { help: 'one line a commit' },
  format: { arg: 'format', help: 'how a commit is shown' },
  pretty: { arg: 'format', optional: true, help: 'how a commit is shown' },
  abbrevCommit: { help: 'short ids' },
  maxCount: { short: 'n', arg: 'number', help: 'limit the number of commits' },
  patch: { short: 'p', help: 'show the changes' },
  stat: { help: 'show counts of lines' },
  nameOnly: { help: 'show names of changed files' },
  nameStatus: { help: 'show names and states of changed files' },
  graph: { help: 'draw the history' },
  all: { help: 'all references' },
  decorate: { arg: 'how', optional: true, help: 'show names of references' },
  noDecorate: { help: 'without names of references' },
  reverse: { help: 'the oldest first' },
  author: { arg: 'pattern', help: 'commits of an author' },
  grep: { arg: 'pattern', help: 'commits whose message matches' },
  merges: { help: 'merges only' },
  noMerges: { help: 'no merges' },
  firstParent: { help: 'follow the first parent only' },
  since: { arg: 'date', help: 'commits after a date' },
  until: { arg: 'date', help: 'commits before a date' },
  follow: { help: 'go on beyond renames' },
  date: { arg: 'format', help: 'how dates are shown' },
  noPatch: { short: 's', help: 'without changes' },
} as const;

type Opts = {
  [K in keyof typeof LOG_OPTIONS]: (typeof LOG_OPTIONS)[K] extends { arg: string } ? string | undefined : boolean;
};

/** Names of references by the commit that they name: `HEAD -> main, tag: v1, origin/main`. */
export function* decorations(repo: Repo): Wait<Map<string, string[]>> {
  const out = new Map<string, string[]>();
  const put = (id: string | undefined, name: string): void => {
    if (id !== undefined) out.set(id, [...(out.get(id) ?? []), name]);
  };
  const head = yield* repo.headRef();
  const headId = yield* repo.head();
  if (head === undefined) put(headId, 'HEAD');
  else put(headId, `HEAD -> ${head.replace(/^refs\/heads\//, '')}`);
  for (const [name, id] of yield* repo.refs('refs/tags/'))
    put(yield* peel(repo, id, 'commit'), `tag: ${name.slice(10)}`);
  for (const [name, id] of yield* repo.refs('refs/remotes/')) put(id, name.slice(13));
  for (const [name, id] of yield* repo.refs('refs/heads/')) if (name !== head) put(id, name.slice(11));
  return out;
}

interface Style {
  colour: boolean;
  decorate: boolean;
  opts: Opts;
  names: Map<string, string[]>;
  now: number;
}

/** One commit as log and show print it, without its changes. */
function* commitText(repo: Repo, id: string, commit: Commit, style: Style): Wait<string> {
  const { opts, colour } = style;
  const format = opts.oneline ? 'oneline' : (opts.format ?? opts.pretty ?? 'medium');
  const shown = opts.abbrevCommit || opts.oneline ? short(repo, id) : id;
  const yellow = (text: string): string => (colour ? `\x1b[33m${text}\x1b[m` : text);
  const names = style.decorate ? paintNames(style.names.get(id), colour) : '';
  if (format === 'oneline') return `${yellow(shown)}${names === '' ? '' : ` ${names}`} ${subjectOf(commit.message)}\n`;
  const custom = /^(?:t?format:)?(.*)$/s.exec(format)![1]!;
  if (format.includes('%'))
    return `${expandFormat(repo, id, commit, custom, style)}${format.startsWith('format:') ? '' : '\n'}`;
  const merge = commit.parents.length > 1 ? `Merge: ${commit.parents.map((p) => short(repo, p)).join(' ')}\n` : '';
  const who = parseSignature(commit.author);
  const head = `${yellow(`commit ${shown}`)}${names === '' ? '' : ` ${names}`}\n${merge}`;
  const body = commit.message
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n');
  const author = `Author: ${who.name} <${who.mail}>\n`;
  if (format === 'short') return `${head}${author}\n    ${subjectOf(commit.message)}\n`;
  if (format === 'full' || format === 'fuller') {
    const by = parseSignature(commit.committer);
    if (format === 'full') return `${head}${author}Commit: ${by.name} <${by.mail}>\n\n${body}\n`;
    return `${head}Author:     ${who.name} <${who.mail}>\nAuthorDate: ${gitDate(who.sec, who.zone)}\nCommit:     ${by.name} <${by.mail}>\nCommitDate: ${gitDate(by.sec, by.zone)}\n\n${body}\n`;
  }
  return `${head}${author}Date:   ${dateText(who.sec, who.zone, opts.date, style.now)}\n\n${body}\n`;
}

function paintNames(names: readonly string[] | undefined, colour: boolean): string {
  if (!names) return '';
  if (!colour) return `(${names.join(', ')})`;
  const one = (name: string): string => {
    const arrow = /^HEAD -> (.*)$/.exec(name);
    if (arrow) return `\x1b[1;36mHEAD -> \x1b[m\x1b[1;32m${arrow[1]}\x1b[m`;
    const code = name.startsWith('tag: ') ? '1;33' : name.includes('/') ? '1;31' : name === 'HEAD' ? '1;36' : '1;32';
    return `\x1b[${code}m${name}\x1b[m`;
  };
  const y = (text: string): string => `\x1b[33m${text}\x1b[m`;
  return `${y('(')}${names.map(one).join(y(', '))}${y(')')}`;
}

function dateText(sec: number, zone: string, format: string | undefined, now: number): string {
  const offset = (zone[0] === '-' ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3))) * 60;
  const iso = new Date((sec + offset) * 1000).toISOString();
  if (format === 'short') return iso.slice(0, 10);
  if (format === 'iso' || format === 'iso8601') return `${iso.slice(0, 10)} ${iso.slice(11, 19)} ${zone}`;
  if (format === 'unix') return String(sec);
  if (format === 'relative') return relativeDate(now - sec);
  return gitDate(sec, zone);
}

/** `5 minutes ago`. @param ago seconds */
export function relativeDate(ago: number): string {
  const say = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'} ago`;
  if (ago < 90) return say(Math.max(0, ago), 'second');
  if (ago < 90 * 60) return say(Math.round(ago / 60), 'minute');
  if (ago < 36 * 3600) return say(Math.round(ago / 3600), 'hour');
  if (ago < 14 * 86400) return say(Math.round(ago / 86400), 'day');
  if (ago < 70 * 86400) return say(Math.round(ago / 604800), 'week');
  if (ago < 365 * 86400) return say(Math.round(ago / 2629800), 'month');
  return say(Math.floor(ago / 31557600), 'year');
}

const COLOURS: Readonly<Record<string, string>> = {
  red: '31',
  green: '32',
  yellow: '33',
  blue: '34',
  magenta: '35',
  cyan: '36',
  reset: '',
};

/** Placeholders of --format. @see git-log(1), "PRETTY FORMATS" */
export function expandFormat(
  repo: Repo,
  id: string,
  commit: Commit,
  format: string,
  style: Pick<Style, 'names' | 'now' | 'colour'>,
): string {
  const who = parseSignature(commit.author);
  const by = parseSignature(commit.committer);
  const body = commit.message.replace(/^[\s\S]*?\n\n/, '');
  const names = style.names.get(id);
  const values: Readonly<Record<string, () => string>> = {
    H: () => id,
    h: () => short(repo, id),
    T: () => commit.tree,
    t: () => short(repo, commit.tree),
    P: () => commit.parents.join(' '),
    p: () => commit.parents.map((p) => short(repo, p)).join(' '),
    an: () => who.name,
    ae: () => who.mail,
    ad: () => gitDate(who.sec, who.zone),
    aI: () =>
      `${dateText(who.sec, who.zone, 'iso', style.now)
        .replace(' ', 'T')
        .replace(/ ([+-]\d\d)(\d\d)$/, '$1:$2')}`,
    ai: () => dateText(who.sec, who.zone, 'iso', style.now),
    ar: () => relativeDate(style.now - who.sec),
    as: () => dateText(who.sec, who.zone, 'short', style.now),
    at: () => String(who.sec),
    cn: () => by.name,
    ce: () => by.mail,
    cd: () => gitDate(by.sec, by.zone),
    ci: () => dateText(by.sec, by.zone, 'iso', style.now),
    cr: () => relativeDate(style.now - by.sec),
    cs: () => dateText(by.sec, by.zone, 'short', style.now),
    ct: () => String(by.sec),
    s: () => subjectOf(commit.message),
    b: () => (commit.message.includes('\n\n') ? body : ''),
    B: () => commit.message,
    d: () => (names ? ` (${names.join(', ')})` : ''),
    D: () => names?.join(', ') ?? '',
    n: () => '\n',
    '%': () => '%',
  };
  return format.replace(
    /%(C\(([^)]*)\)|C(red|green|yellow|blue|reset)|x([0-9a-fA-F]{2})|[ac][nedirIst]|[a-zA-Z%])/g,
    (all, key: string, paren?: string, name?: string, hex?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      const colour = paren ?? name;
      if (colour !== undefined)
        return style.colour ? `\x1b[${COLOURS[colour.replace(/^auto,|^bold /, '')] ?? ''}m` : '';
      return values[key]?.() ?? all;
    },
  );
}

/** The changes of a commit as its options ask for them. */
function* changesText(
  repo: Repo,
  commit: Commit,
  id: string,
  opts: Opts,
  specs: readonly string[],
  colour: boolean,
  patch: boolean,
  merges = false,
): Wait<string> {
  if (!patch && !opts.stat && !opts.nameOnly && !opts.nameStatus) return '';
  if (commit.parents.length > 1 && (patch || !merges)) return '';
  const files = yield* compareFiles(repo, yield* repo.filesAt(commit.parents[0]), yield* repo.filesAt(id), specs);
  let out = '';
  if (opts.stat) out += yield* statText(repo, files, colour);
  if (opts.nameOnly) out += files.map((file) => `${file.path}\n`).join('');
  if (opts.nameStatus)
    out += files
      .map((f) =>
        f.from !== f.path ? `R100\t${f.from}\t${f.path}\n` : `${f.before ? (f.after ? 'M' : 'D') : 'A'}\t${f.path}\n`,
      )
      .join('');
  if (patch && out !== '') out += '\n';
  if (patch) for (const file of files) out += yield* patchText(repo, file, { context: 3, colour });
  return out;
}

/** Expressions of a range: what is wanted and what is not. */
export function* ranges(repo: Repo, words: readonly string[]): Wait<{ from: string[]; not: string[] }> {
  const from: string[] = [];
  const not: string[] = [];
  for (const word of words) {
    const dots = /^(.*?)(\.\.\.?)(.*)$/.exec(word);
    if (dots) {
      not.push(yield* needCommit(repo, dots[1] || 'HEAD'));
      from.push(yield* needCommit(repo, dots[3] || 'HEAD'));
    } else if (word.startsWith('^')) not.push(yield* needCommit(repo, word.slice(1)));
    else from.push(yield* needCommit(repo, word));
  }
  return { from, not };
}

/** Takes `-3` for `-n 3`. */
export const countOption = (argv: string[]): string[] =>
  argv.map((word) => (/^-\d+$/.test(word) ? `-n${word.slice(1)}` : word));

export const log: GitCommand = {
  usage: 'git log [<options>] [<revision-range>] [[--] <path>...]',
  *run(git, argv) {
    const { opts, args, paths } = yield* readArguments(git, this.usage, LOG_OPTIONS, countOption(argv));
    const repo = yield* openRepo(git);
    const words: string[] = [];
    const specs: string[] = [];
    for (const [i, word] of args.entries()) {
      const part = word.replace(/^\^/, '').split('..')[0]!;
      if (
        specs.length > 0 ||
        (part !== '' &&
          (yield* resolveRevision(repo, part)) === undefined &&
          repo.workTree !== undefined &&
          git.sys.access(word, 0) === 0)
      )
        specs.push(yield* inTree(repo, args[i]!));
      else words.push(word);
    }
    for (const path of paths ?? []) specs.push(yield* inTree(repo, path));
    const head = yield* repo.head();
    if (words.length === 0 && head === undefined && !opts.all) {
      const branch = (yield* repo.headRef())?.replace(/^refs\/heads\//, '');
      return yield* git.fatal(`your current branch '${branch}' does not have any commits yet`);
    }
    const { from, not } = yield* ranges(repo, words);
    if (opts.all)
      for (const [, id] of yield* repo.refs('refs/')) {
        const commit = yield* peel(repo, id, 'commit');
        if (commit !== undefined) from.push(commit);
      }
    if (from.length === 0 || opts.all) if (head !== undefined) from.push(head);
    const style = yield* styleOf(git, repo, opts);
    yield* page(git.ctx, yield* history(repo, from, not, opts, specs, style), { pager: true });
    return 0;
  },
};

function* styleOf(git: Git, repo: Repo, opts: Opts): Wait<Style> {
  const colour = git.sys.isatty(1);
  const decorate = opts.decorate !== undefined ? opts.decorate !== 'no' : colour && !opts.noDecorate;
  return {
    colour,
    decorate,
    opts,
    names: yield* decorations(repo),
    now: Math.floor(git.sys.now(CLOCK_REALTIME) / 1000),
  };
}

function* history(
  repo: Repo,
  from: string[],
  not: string[],
  opts: Opts,
  specs: readonly string[],
  style: Style,
): Wait<string> {
  const limit = opts.maxCount === undefined ? Number.POSITIVE_INFINITY : Number(opts.maxCount);
  const blocks: { id: string; parents: string[]; text: string }[] = [];
  const ids = opts.firstParent ? yield* firstParents(repo, from[0]!) : yield* walk(repo, from, not, opts.graph);
  for (const id of ids) {
    if (blocks.length >= limit) break;
    const commit = yield* repo.commit(id);
    if (opts.merges && commit.parents.length < 2) continue;
    if (opts.noMerges && commit.parents.length > 1) continue;
    if (opts.author !== undefined && !commit.author.includes(opts.author)) continue;
    if (opts.grep !== undefined && !commit.message.includes(opts.grep)) continue;
    if (opts.since !== undefined || opts.until !== undefined) {
      const at = parseSignature(commit.committer).sec;
      if (opts.since !== undefined && at < sinceSeconds(opts.since, style.now)) continue;
      if (opts.until !== undefined && at > sinceSeconds(opts.until, style.now)) continue;
    }
    if (specs.length > 0 && !(yield* touches(repo, id, commit, specs))) continue;
    const text = yield* commitText(repo, id, commit, style);
    const changes = yield* changesText(repo, commit, id, opts, specs, style.colour, opts.patch);
    const line = opts.oneline || (opts.format ?? opts.pretty)?.includes('%');
    blocks.push({ id, parents: commit.parents, text: changes === '' ? text : `${text}${line ? '' : '\n'}${changes}` });
  }
  if (opts.reverse) blocks.reverse();
  if (opts.graph) return drawGraph(blocks, opts.oneline || (opts.format ?? '').includes('%'));
  const format = opts.format ?? opts.pretty ?? '';
  const tight = opts.oneline || format === 'oneline' || (format.includes('%') && !format.startsWith('format:'));
  const joined = blocks.map((block) => block.text).join(tight ? '' : '\n');
  return format.startsWith('format:') && joined !== '' && !joined.endsWith('\n') ? `${joined}\n` : joined;
}

function sinceSeconds(text: string, now: number): number {
  const match = /^(\d+)[ .](second|minute|hour|day|week|month|year)s?(?:[ .]ago)?$/.exec(text);
  const size = { second: 1, minute: 60, hour: 3600, day: 86400, week: 604800, month: 2629800, year: 31557600 };
  if (match) return now - Number(match[1]) * size[match[2] as keyof typeof size];
  if (text === 'yesterday') return now - 86400;
  const at = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : `${text.replace(' ', 'T')}Z`);
  return Number.isNaN(at) ? now : at / 1000;
}

function* firstParents(repo: Repo, from: string): Wait<string[]> {
  const out: string[] = [];
  for (let id: string | undefined = from; id !== undefined; id = (yield* repo.commit(id)).parents[0]) out.push(id);
  return out;
}

function* touches(repo: Repo, id: string, commit: Commit, specs: readonly string[]): Wait<boolean> {
  const files = yield* repo.filesAt(id);
  for (const parent of commit.parents.length === 0 ? [undefined] : commit.parents) {
    const before = yield* repo.filesAt(parent);
    const differs = [...new Set([...files.keys(), ...before.keys()])].some(
      (path) => specs.some((spec) => covers(spec, path)) && files.get(path)?.id !== before.get(path)?.id,
    );
    if (!differs) return false;
  }
  return true;
}

export const show: GitCommand = {
  usage: 'git show [<options>] [<object>...]',
  *run(git, argv) {
    const { opts, args, paths } = yield* readArguments(git, this.usage, LOG_OPTIONS, countOption(argv));
    const repo = yield* openRepo(git);
    const specs: string[] = [];
    for (const path of paths ?? []) specs.push(yield* inTree(repo, path));
    const style = yield* styleOf(git, repo, opts);
    let out = '';
    for (const [i, word] of (args.length === 0 ? ['HEAD'] : args).entries()) {
      const id = (yield* resolveRevision(repo, word)) ?? (yield* needCommit(repo, word));
      if (i > 0) out += '\n';
      out += yield* showObject(repo, id, word, opts, specs, style);
    }
    yield* page(git.ctx, out, { pager: true });
    return 0;
  },
};

function* showObject(
  repo: Repo,
  id: string,
  word: string,
  opts: Opts,
  specs: readonly string[],
  style: Style,
): Wait<string> {
  const object = yield* repo.objects.read(id);
  if (object?.type === 'blob') return decode(object.bytes);
  if (object?.type === 'tree') {
    return `tree ${word}\n\n${parseTree(object.bytes)
      .map((e) => `${e.name}${e.mode === MODE_TREE ? '/' : ''}\n`)
      .join('')}`;
  }
  if (object?.type === 'tag') {
    const body = decode(object.bytes);
    const tagger = parseSignature(/^tagger (.*)$/m.exec(body)![1]!);
    const head = `tag ${/^tag (.*)$/m.exec(body)![1]}\nTagger: ${tagger.name} <${tagger.mail}>\nDate:   ${gitDate(tagger.sec, tagger.zone)}\n\n${body.slice(body.indexOf('\n\n') + 2)}\n`;
    return head + (yield* showObject(repo, /^object (\w+)/.exec(body)![1]!, word, opts, specs, style));
  }
  const commit = yield* repo.commit(id);
  const text = yield* commitText(repo, id, commit, style);
  const quiet = opts.noPatch || opts.stat || opts.nameOnly || opts.nameStatus;
  const changes = opts.noPatch
    ? ''
    : yield* changesText(repo, commit, id, opts, specs, style.colour, !quiet || opts.patch, true);
  const line = opts.oneline || (opts.format ?? opts.pretty)?.includes('%');
  return changes === '' ? text : `${text}${line && opts.oneline ? '' : '\n'}${changes}`;
}
