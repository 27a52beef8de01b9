import { CLOCK_REALTIME } from '../../../abi/flags.ts';
import { matchGlob } from '../../../lib/glob.ts';
import type { HashFactory } from '../../../lib/hash.ts';
import { decode } from '../../../lib/utf8.ts';
import { calendar, DAY_NAMES, MONTH_NAMES, two } from '../../../libc/clock-text.ts';
import { readFile, sleep, type Wait, writeFile } from '../../../libc/io.ts';
import { mkdirp } from '../../../libc/paths.ts';
import { type Context, exitWith } from '../../../libc/program.ts';
import { compareEvr, matches, RpmDatabase, type RpmPackage } from './database.ts';
import { Fetcher, isOn, type RemotePackage, type RepoConfig, readRepos } from './repositories.ts';

const PID_FILE = '/var/run/yum.pid';

/** Options of a run. */
export interface YumOptions {
  yes: boolean;
  no: boolean;
  quiet: boolean;
  duplicates: boolean;
  downloadOnly: boolean;
  cacheOnly: boolean;
  enable: string[];
  disable: string[];
}

/** One run of yum: repositories, the database, and how it talks. */
export class Yum {
  db!: RpmDatabase;
  available: RemotePackage[] = [];
  repos: RepoConfig[] = [];
  readonly fetcher: Fetcher;
  /** Packages by what they provide. */
  private providers = new Map<string, RemotePackage[]>();

  constructor(
    readonly ctx: Context,
    readonly options: YumOptions,
    sha256: HashFactory,
  ) {
    this.fetcher = new Fetcher(ctx, sha256);
  }

  *say(text: string): Wait<void> {
    if (this.options.quiet) return;
    yield* this.ctx.stdout.write(text);
    yield* this.ctx.stdout.flush();
  }

  *out(text: string): Wait<void> {
    yield* this.ctx.stdout.write(text);
  }

  *fail(text: string, status = 1): Wait<never> {
    yield* this.ctx.stdout.flush();
    yield* this.ctx.stderr.write(text);
    exitWith(status);
  }

  /** Takes /var/run/yum.pid; waits as long as who wrote it lives. */
  *lock(): Wait<void> {
    const { sys } = this.ctx;
    for (let first = true; ; first = false) {
      const bytes = yield* readFile(sys, PID_FILE);
      const pid = typeof bytes === 'number' ? 0 : Number(decode(bytes).trim());
      if (!(pid > 0) || pid === sys.getpid() || sys.kill(pid, 0) < 0) break;
      if (first) yield* this.say(`Existing lock ${PID_FILE}: another copy is running as pid ${pid}.\n`);
      yield* this.say(yield* this.holder(pid));
      yield* sleep(sys, 2000);
    }
    mkdirp(sys, '/var/run', 0o755);
    yield* writeFile(sys, PID_FILE, String(sys.getpid()), 0o644);
  }

  private *holder(pid: number): Wait<string> {
    const { sys } = this.ctx;
    const text = function* (name: string): Wait<string> {
      const bytes = yield* readFile(sys, `/proc/${pid}/${name}`);
      return typeof bytes === 'number' ? '' : decode(bytes);
    };
    const status = yield* text('status');
    const name = /^Name:\s*(.*)$/m.exec(status)?.[1] ?? 'yum';
    const state = /^State:\s*\S\s*\((.*)\)/m.exec(status)?.[1] ?? 'sleeping';
    const kib = (field: string, otherwise: number): number =>
      Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? otherwise);
    const ticks = Number((yield* text('stat')).replace(/^.*\) /, '').split(' ')[19] ?? 0) / 100;
    const uptime = yield* readFile(sys, '/proc/uptime');
    const up = typeof uptime === 'number' ? 0 : Number(decode(uptime).split(' ')[0] ?? 0);
    const ago = Math.max(0, Math.floor(up - ticks));
    const c = calendar(Math.floor(sys.now(CLOCK_REALTIME) / 1000) - ago);
    const started = `${DAY_NAMES[c.weekday]!.slice(0, 3)} ${MONTH_NAMES[c.month - 1]!.slice(0, 3)} ${String(c.day).padStart(2)} ${two(c.hour)}:${two(c.minute)}:${two(c.second)} ${c.year}`;
    const size = (k: number): string => (k < 10_240 ? `${k} k` : `${Math.round(k / 1024)} M`);
    return `Another app is currently holding the yum lock; waiting for it to exit...\n  The other application is: ${name}\n    Memory : ${size(kib('VmRSS', 24_576)).padStart(5)} RSS (${size(kib('VmSize', 424_000)).padStart(5)}B VSZ)\n    Started: ${started} - ${two(Math.floor(ago / 60))}:${two(ago % 60)} ago\n    State  : ${state[0]!.toUpperCase()}${state.slice(1)}, pid: ${pid}\n`;
  }

  unlock(): void {
    this.ctx.sys.unlink(PID_FILE);
  }

  /** Reads the database, and the repositories that are on. */
  *open(remote: boolean, fresh = false): Wait<void> {
    this.db = yield* RpmDatabase.read(this.ctx.sys);
    this.repos = (yield* readRepos(this.ctx)).filter((repo) => {
      if (this.options.disable.some((pattern) => matchGlob(pattern, repo.id)))
        return this.options.enable.includes(repo.id);
      return isOn(repo) || this.options.enable.some((pattern) => matchGlob(pattern, repo.id));
    });
    if (!remote) return;
    const mirrored = this.repos.filter((repo) => !repo.fields.get('baseurl'));
    const known = yield* readFile(this.ctx.sys, `/var/cache/yum/x86_64/7/timedhosts.txt`);
    if (mirrored.length > 0 || this.repos.length > 0)
      yield* this.say(
        typeof known === 'number' ? 'Determining fastest mirrors\n' : 'Loading mirror speeds from cached hostfile\n',
      );
    for (const repo of mirrored) {
      const bases = yield* this.fetcher.bases(repo);
      if (typeof bases !== 'string' && bases[0])
        yield* this.say(` * ${repo.id}: ${bases[0].replace(/^[a-z]+:\/\//, '').replace(/\/.*$/, '')}\n`);
    }
    mkdirp(this.ctx.sys, '/var/cache/yum/x86_64/7', 0o755);
    yield* writeFile(this.ctx.sys, '/var/cache/yum/x86_64/7/timedhosts.txt', 'mirrors 0.05\n', 0o644);
    for (const repo of this.repos) yield* this.load(repo, fresh);
    for (const pkg of this.available)
      for (const name of [...pkg.provides, ...pkg.files]) {
        const list = this.providers.get(name);
        if (list) list.push(pkg);
        else this.providers.set(name, [pkg]);
      }
  }

  private *load(repo: RepoConfig, fresh: boolean): Wait<void> {
    const got = yield* this.fetcher.packages(repo, fresh);
    if (typeof got === 'string') {
      if (repo.fields.get('skip_if_unavailable') === '1') return;
      yield* this.say(`${got}\nTrying other mirror.\n`);
      yield* this.fail(
        `\n\n One of the configured repositories failed (${repo.fields.get('name') ?? repo.id}),\n and yum doesn't have enough cached data to continue. At this point the only\n safe thing yum can do is fail.\n\nCannot find a valid baseurl for repo: ${repo.id}\n`,
      );
      return;
    }
    if (got.fetched) yield* this.say(progress(repo.id, '3.6 kB'));
    this.available.push(...got.packages);
  }

  /** The newest of what a word names. */
  best(word: string): RemotePackage | undefined {
    const plain = this.available.filter((pkg) => matches(pkg, word));
    const hits = plain.length > 0 ? plain : (this.providers.get(word) ?? []);
    return newest(hits);
  }

  /** All that a word or pattern names, the newest of each name. */
  all(word: string): RemotePackage[] {
    if (!/[*?[]/.test(word)) {
      const one = this.best(word);
      return one ? [one] : [];
    }
    const names = new Set(this.available.map((pkg) => pkg.name).filter((name) => matchGlob(word, name)));
    return [...names].map((name) => newest(this.available.filter((pkg) => pkg.name === name))!);
  }

  /** What an installed package would be updated to. */
  updateFor(pkg: RpmPackage): RemotePackage | undefined {
    const found = newest(this.available.filter((one) => one.name === pkg.name));
    return found && compareEvr(found, pkg) > 0 ? found : undefined;
  }
}

export function newest(list: readonly RemotePackage[]): RemotePackage | undefined {
  let best: RemotePackage | undefined;
  for (const pkg of list) if (!best || compareEvr(pkg, best) > 0) best = pkg;
  return best;
}

/** `base                                                     | 3.6 kB     00:00     ` */
export const progress = (name: string, size: string): string =>
  `${name.slice(0, 56).padEnd(56)} | ${size}${' '.repeat(Math.max(1, 10 - size.length))}00:00     \n`;

/** A size as yum shows it: `547 k`, `27 M`. */
export function yumSize(bytes: number): string {
  let size = bytes;
  for (const unit of [' ', 'k', 'M', 'G']) {
    if (size < 999)
      return unit === ' ' ? `${Math.round(size)}  ` : `${size < 9.95 ? size.toFixed(1) : Math.round(size)} ${unit}`;
    size /= 1024;
  }
  return `${Math.round(size)} T`;
}
