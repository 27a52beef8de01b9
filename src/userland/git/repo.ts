import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { isDirectory, isSymlink, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import type { HashFactory } from '../../lib/hash.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../libc/io.ts';
import { dirname, isDir, listDir, mkdirp } from '../../libc/paths.ts';
import { type Context, exitWith } from '../../libc/program.ts';
import { localZone } from '../../libc/zone.ts';
import { type Commit, formatCommit, parseCommit } from './commit-object.ts';
import { type ConfigValue, parseConfig } from './config-file.ts';
import { formatIndex, type IndexEntry, parseIndex } from './index-file.ts';
import { ObjectStore } from './objects.ts';
import { type Files, filesOf } from './tree.ts';

/** What a git command runs with. */
export interface Git {
  ctx: Context;
  sys: Sys;
  sha1: HashFactory;
  out(text: string): Wait<void>;
  err(text: string): Wait<void>;
  /** `fatal: …`, status 128. */
  fatal(message: string, status?: number): Wait<never>;
  error(message: string, status?: number): Wait<never>;
  /** Where the command was called. */
  cwd: string;
  /** Values of -c. */
  settings?: readonly ConfigValue[];
}

export const ZERO_ID = '0'.repeat(40);

/** A repository on the disk. */
export class Repo {
  readonly objects: ObjectStore;
  #config: ConfigValue[] | undefined;

  constructor(
    readonly git: Git,
    readonly gitDir: string,
    /** Undefined: a bare one. */
    readonly workTree: string | undefined,
  ) {
    this.objects = new ObjectStore(git.sys, `${gitDir}/objects`, git.sha1);
  }

  get sys(): Sys {
    return this.git.sys;
  }

  // ---- files of .git

  *text(name: string): Wait<string | undefined> {
    const bytes = yield* readFile(this.sys, `${this.gitDir}/${name}`);
    return typeof bytes === 'number' ? undefined : decode(bytes);
  }

  *put(name: string, text: string | Uint8Array): Wait<void> {
    const path = `${this.gitDir}/${name}`;
    mkdirp(this.sys, dirname(path), 0o777);
    const r = yield* writeFile(this.sys, path, text);
    if (r < 0) yield* this.git.fatal(`Unable to create '${path}': ${this.git.ctx.strerror(r)}`);
  }

  // ---- configuration

  *config(): Wait<ConfigValue[]> {
    this.#config ??= yield* allConfig(this.git, this.gitDir);
    return this.#config;
  }

  forgetConfig(): void {
    this.#config = undefined;
  }

  *get(key: string): Wait<string | undefined> {
    const parts = key.split('.');
    const wanted = [parts[0]!.toLowerCase(), ...parts.slice(1, -1), parts.at(-1)!.toLowerCase()].join('.');
    return (yield* this.config()).findLast((item) => item.key === wanted)?.value;
  }

  // ---- references

  /** What HEAD names: a branch's full name, or undefined where it is detached. */
  *headRef(): Wait<string | undefined> {
    return /^ref: (.*)/.exec((yield* this.text('HEAD')) ?? '')?.[1]?.trim();
  }

  /** The id of a reference by its full name. */
  *ref(name: string): Wait<string | undefined> {
    const text = (yield* this.text(name))?.trim();
    const symbolic = text === undefined ? undefined : /^ref: (.*)$/.exec(text)?.[1];
    if (symbolic !== undefined) return yield* this.ref(symbolic);
    if (text !== undefined && /^[0-9a-f]{40}$/.test(text)) return text;
    const packed = yield* this.text('packed-refs');
    return packed
      ?.split('\n')
      .find((line) => line.slice(41) === name)
      ?.slice(0, 40);
  }

  *head(): Wait<string | undefined> {
    return yield* this.ref('HEAD');
  }

  /** All references below `prefix`, sorted by name. */
  *refs(prefix: string): Wait<[string, string][]> {
    const found = new Map<string, string>();
    for (const line of ((yield* this.text('packed-refs')) ?? '').split('\n'))
      if (/^[0-9a-f]{40} /.test(line) && line.slice(41).startsWith(prefix))
        found.set(line.slice(41), line.slice(0, 40));
    const walk = function* (repo: Repo, folder: string): Wait<void> {
      const names = listDir(repo.sys, `${repo.gitDir}/${folder}`);
      if (typeof names === 'number') return;
      for (const name of names) {
        const path = `${folder}/${name}`;
        if (isDir(repo.sys, `${repo.gitDir}/${path}`)) yield* walk(repo, path);
        else {
          const id = yield* repo.ref(path);
          if (id !== undefined) found.set(path, id);
        }
      }
    };
    yield* walk(this, prefix.replace(/\/$/, ''));
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** Sets a reference and notes it in its log, and in HEAD's where HEAD names it. */
  *setRef(name: string, id: string, why: string): Wait<void> {
    const before = (yield* this.ref(name)) ?? ZERO_ID;
    const head = yield* this.headRef();
    const target = name === 'HEAD' && head !== undefined ? head : name;
    yield* this.put(target, `${id}\n`);
    if (/^refs\/(?:heads|remotes|stash)/.test(target)) yield* this.log(target, before, id, why);
    if (name === 'HEAD' || target === head) yield* this.log('HEAD', before, id, why);
  }

  *log(name: string, before: string, after: string, why: string): Wait<void> {
    const old = (yield* this.text(`logs/${name}`)) ?? '';
    yield* this.put(`logs/${name}`, `${old}${before} ${after} ${yield* this.signature('COMMITTER', false)}\t${why}\n`);
  }

  /** Entries of a reference's log, the newest first. */
  *reflog(name: string): Wait<{ before: string; id: string; why: string }[]> {
    const lines = ((yield* this.text(`logs/${name}`)) ?? '').split('\n').filter(Boolean);
    return lines.reverse().map((line) => ({
      before: line.slice(0, 40),
      id: line.slice(41, 81),
      why: line.slice(line.indexOf('\t') + 1),
    }));
  }

  /** Points HEAD at a branch, or (an id) detaches it. */
  *setHead(target: string, why: string): Wait<void> {
    const before = (yield* this.head()) ?? ZERO_ID;
    yield* this.put('HEAD', target.startsWith('refs/') ? `ref: ${target}\n` : `${target}\n`);
    const after = (yield* this.head()) ?? ZERO_ID;
    if (after !== ZERO_ID) yield* this.log('HEAD', before, after, why);
  }

  *deleteRef(name: string): Wait<void> {
    this.sys.unlink(`${this.gitDir}/${name}`);
    this.sys.unlink(`${this.gitDir}/logs/${name}`);
    const packed = yield* this.text('packed-refs');
    if (packed?.includes(` ${name}\n`))
      yield* this.put(
        'packed-refs',
        packed
          .split('\n')
          .filter((line) => line.slice(41) !== name)
          .join('\n'),
      );
  }

  // ---- objects

  *commit(id: string): Wait<Commit> {
    const object = yield* this.objects.read(id);
    if (object?.type !== 'commit') return yield* this.git.fatal(`bad object ${id}`);
    return parseCommit(object.bytes);
  }

  *addCommit(commit: Commit): Wait<string> {
    return yield* this.objects.write('commit', formatCommit(commit));
  }

  /** Files of a commit; none where there is no commit yet. */
  *filesAt(commit: string | undefined): Wait<Files> {
    return commit === undefined ? new Map() : yield* filesOf(this.objects, (yield* this.commit(commit)).tree);
  }

  /** Who does it and when, for a commit. */
  *signature(role: 'AUTHOR' | 'COMMITTER', must = true): Wait<string> {
    const { env } = this.git.ctx;
    const user = env.get('USER') ?? env.get('LOGNAME') ?? 'root';
    const name = env.get(`GIT_${role}_NAME`) ?? (yield* this.get('user.name'));
    const mail = env.get(`GIT_${role}_EMAIL`) ?? env.get('EMAIL') ?? (yield* this.get('user.email'));
    if (must && (name === undefined || mail === undefined)) {
      const host = `${user}@${this.sys.uname().nodename}.(none)`;
      yield* this.git.err(
        `${role === 'AUTHOR' ? 'Author' : 'Committer'} identity unknown\n\n*** Please tell me who you are.\n\nRun\n\n  git config --global user.email "you@example.com"\n  git config --global user.name "Your Name"\n\nto set your account's default identity.\nOmit --global to set the identity only in this repository.\n\n`,
      );
      return yield* this.git.fatal(`unable to auto-detect email address (got '${host}')`);
    }
    return `${name ?? user} <${mail ?? `${user}@${this.sys.uname().nodename}`}> ${yield* this.moment(env.get(`GIT_${role}_DATE`))}`;
  }

  /** `SECONDS +0800`: now, or as GIT_…_DATE says. */
  *moment(text: string | undefined): Wait<string> {
    const raw = text === undefined ? undefined : /^@?(\d+)(?: ([+-]\d{4}))?$/.exec(text);
    if (raw) return `${raw[1]} ${raw[2] ?? '+0000'}`;
    const iso =
      text === undefined ? null : /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)\s*(?:(Z)|([+-]\d\d):?(\d\d))?$/.exec(text);
    if (iso) {
      const zone = iso[4] === undefined ? '+0000' : iso[4] + iso[5]!;
      return `${Date.parse(`${iso[1]}T${iso[2]}${iso[4] === undefined ? 'Z' : `${iso[4]}:${iso[5]}`}`) / 1000} ${zone}`;
    }
    const sec = Math.floor(this.sys.now(CLOCK_REALTIME) / 1000);
    const { offset } = (yield* localZone(this.sys, this.git.ctx.env)).at(sec);
    return `${sec} ${zoneText(offset)}`;
  }

  // ---- the index and the work tree

  *index(): Wait<IndexEntry[]> {
    const bytes = yield* readFile(this.sys, `${this.gitDir}/index`);
    if (typeof bytes === 'number') return [];
    return parseIndex(bytes) ?? (yield* this.git.fatal('index file corrupt'));
  }

  *writeIndex(entries: readonly IndexEntry[]): Wait<void> {
    yield* this.put('index', formatIndex(entries, this.git.sha1));
  }

  /** The bytes of a path of the work tree: a link's is its target. @returns -errno */
  *fileBytes(path: string): Wait<Uint8Array | number> {
    const full = `${this.workTree}/${path}`;
    const link = this.sys.readlink(full);
    return typeof link === 'string' ? encode(link) : yield* readFile(this.sys, full);
  }

  /** What a path of the work tree is like for the index; undefined where it is no file. */
  statEntry(path: string): Omit<IndexEntry, 'id' | 'stage'> | undefined {
    const st = new Stat();
    if (this.sys.lstat(`${this.workTree}/${path}`, st) < 0 || isDirectory(st.mode)) return undefined;
    const mode = isSymlink(st.mode) ? 0o120000 : (st.mode & 0o100) !== 0 ? 0o100755 : 0o100644;
    const { ctimeSec, ctimeNsec, mtimeSec, mtimeNsec, ino, uid, gid, size } = st;
    return { path, mode, ctimeSec, ctimeNsec, mtimeSec, mtimeNsec, dev: st.dev >>> 0, ino: ino >>> 0, uid, gid, size };
  }
}

/** `+0800` of seconds east of UTC. */
export function zoneText(offset: number): string {
  const minutes = Math.floor(Math.abs(offset) / 60);
  return `${offset < 0 ? '-' : '+'}${String(Math.floor(minutes / 60)).padStart(2, '0')}${String(minutes % 60).padStart(2, '0')}`;
}

/** Files of the configuration, the weakest first. */
export function configFiles(git: Git, gitDir: string | undefined): { scope: string; path: string }[] {
  const home = git.ctx.env.get('HOME');
  return [
    { scope: 'system', path: '/etc/gitconfig' },
    ...(home === undefined ? [] : [{ scope: 'global', path: `${home}/.config/git/config` }]),
    ...(home === undefined
      ? []
      : [{ scope: 'global', path: git.ctx.env.get('GIT_CONFIG_GLOBAL') ?? `${home}/.gitconfig` }]),
    ...(gitDir === undefined ? [] : [{ scope: 'local', path: `${gitDir}/config` }]),
  ];
}

export function* allConfig(git: Git, gitDir: string | undefined): Wait<ConfigValue[]> {
  const all: ConfigValue[] = [];
  for (const { path } of configFiles(git, gitDir)) {
    const bytes = yield* readFile(git.sys, path);
    if (typeof bytes !== 'number') all.push(...parseConfig(decode(bytes)));
  }
  return [...all, ...(git.settings ?? [])];
}

const looksLikeGitDir = (sys: Sys, path: string): boolean =>
  sys.access(`${path}/HEAD`, 0) === 0 && isDir(sys, `${path}/objects`) && isDir(sys, `${path}/refs`);

/** The repository that `directory` is in; undefined where it is in none. */
export function* findRepo(git: Git, directory: string): Wait<Repo | undefined> {
  const given = git.ctx.env.get('GIT_DIR');
  if (given !== undefined) return new Repo(git, given, git.ctx.env.get('GIT_WORK_TREE') ?? directory);
  for (let path = directory; ; path = dirname(path)) {
    const dot = path === '/' ? '/.git' : `${path}/.git`;
    if (looksLikeGitDir(git.sys, dot)) return new Repo(git, dot, path);
    if (looksLikeGitDir(git.sys, path)) return new Repo(git, path, undefined);
    if (path === '/') return undefined;
  }
}

/** The repository of the working directory; ends the command where there is none, or where it is somebody else's. */
export function* openRepo(git: Git): Wait<Repo> {
  const repo = yield* findRepo(git, git.cwd);
  if (!repo) return yield* git.fatal('not a git repository (or any of the parent directories): .git');
  const st = new Stat();
  const uid = git.sys.credentials().euid;
  const place = repo.workTree ?? repo.gitDir;
  if (git.sys.stat(place, st) === 0 && st.uid !== uid) {
    const safe = (yield* repo.config()).filter((item) => item.key === 'safe.directory').map((item) => item.value);
    if (!safe.includes('*') && !safe.includes(place)) {
      yield* git.err(
        `fatal: detected dubious ownership in repository at '${place}'\nTo add an exception for this directory, call:\n\n\tgit config --global --add safe.directory ${place}\n`,
      );
      return exitWith(128);
    }
  }
  return repo;
}

/** The repository with a work tree. */
export function* openWorkTree(git: Git): Wait<Repo & { workTree: string }> {
  const repo = yield* openRepo(git);
  if (repo.workTree === undefined) return yield* git.fatal('this operation must be run in a work tree');
  return repo as Repo & { workTree: string };
}

/** A path as the user gave it, as one of the work tree; ends the command where it is outside. */
export function* inTree(repo: Repo, path: string): Wait<string> {
  const parts: string[] = [];
  const full = path.startsWith('/') ? path : `${repo.git.cwd}/${path}`;
  for (const part of full.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  const clean = `/${parts.join('/')}`;
  const root = repo.workTree === '/' ? '' : repo.workTree!;
  if (clean === root || (clean === '/' && root === '')) return '';
  if (!clean.startsWith(`${root}/`))
    return yield* repo.git.fatal(`${path}: '${path}' is outside repository at '${repo.workTree}'`);
  return clean.slice(root.length + 1);
}

/** Is `path` the file or below the folder (`''`: everything), or does it match the pattern? */
export function covers(spec: string, path: string): boolean {
  if (spec === '' || path === spec || path.startsWith(`${spec}/`)) return true;
  if (!/[*?[]/.test(spec)) return false;
  const pattern = spec
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${pattern}(?:/|$)`).test(path);
}
