import type { ApkRecord } from '../../../lib/apk-index.ts';
import { compareDebianVersions } from '../../../lib/debian-version.ts';
import type { ApkDatabase } from './database.ts';
import type { Available } from './repositories.ts';

/** `name`, `name@tag`, `name=1.2-r0`, `name>1`, `name~1.2`, `!name`. */
export interface Wish {
  name: string;
  tag: string | undefined;
  operator: string | undefined;
  version: string | undefined;
  not: boolean;
}

export function parseWish(word: string): Wish {
  const m = /^(!?)([^@=<>~]+)(?:@([A-Za-z0-9_-]+))?(?:([=<>~]+)(.*))?$/.exec(word);
  return {
    name: m?.[2] ?? word,
    tag: m?.[3],
    operator: m?.[4],
    version: m?.[5],
    not: m?.[1] === '!',
  };
}

/** Whether a version is one that the wish allows. */
export function fits(wish: Wish, version: string): boolean {
  if (wish.operator === undefined || wish.version === undefined) return true;
  if (wish.operator.includes('~'))
    return version === wish.version || version.startsWith(`${wish.version}.`) || version.startsWith(`${wish.version}-`);
  const order = compareApkVersions(version, wish.version);
  return (
    (wish.operator.includes('=') && order === 0) ||
    (wish.operator.includes('<') && order < 0) ||
    (wish.operator.includes('>') && order > 0)
  );
}

/** Orders versions: `_alpha`, `_beta`, `_pre`, `_rc` come before the release, `_p` and `-r` after it. */
export function compareApkVersions(a: string, b: string): number {
  const plain = (version: string): string =>
    version.replace(/_(alpha|beta|pre|rc)/g, '~$1').replace(/_(p|git|svn|cvs|hg)/g, '+$1');
  return compareDebianVersions(plain(a), plain(b));
}

/** A step of the work. */
export type Step =
  | { kind: 'install'; to: Available }
  | { kind: 'upgrade'; from: ApkRecord; to: Available; word: 'Upgrading' | 'Downgrading' | 'Replacing' }
  | { kind: 'purge'; from: ApkRecord };

/** What could not be had: the wish, why, and who needs it. */
export interface Missing {
  name: string;
  why: 'no such package' | 'version';
  by: string;
  available: string | undefined;
}

const nameOf = (entry: string): string => entry.replace(/[=<>~].*$/, '');

/** Works out what is to be installed so that all wishes of the world are met. */
export class Solver {
  readonly missing: Missing[] = [];
  private readonly chosen = new Map<string, Available | ApkRecord>();
  private readonly order: string[] = [];

  constructor(
    private readonly db: ApkDatabase,
    private readonly available: readonly Available[],
    private readonly upgrade: boolean,
    /** Names of packages that are upgraded in any case. */
    private readonly fresh: ReadonlySet<string>,
  ) {}

  /** @param wishes the world as it shall be */
  solve(wishes: readonly string[]): Step[] {
    for (const word of wishes) this.want(parseWish(word), `world[${word}]`);
    if (this.missing.length > 0) return [];
    for (const { record } of this.db.sorted())
      if (record.installIf.length > 0 && record.installIf.every((name) => this.chosen.has(parseWish(name).name)))
        this.choose(record);
    const steps: Step[] = [];
    for (const name of this.order) {
      const choice = this.chosen.get(name)!;
      if (!('record' in choice)) continue;
      const there = this.db.installed.get(name)?.record;
      if (!there) steps.push({ kind: 'install', to: choice });
      else if (there.version !== choice.record.version) {
        const order = compareApkVersions(choice.record.version, there.version);
        steps.push({ kind: 'upgrade', from: there, to: choice, word: order > 0 ? 'Upgrading' : 'Downgrading' });
      }
    }
    return [...this.purges(), ...steps];
  }

  /** What nobody wants any more, those that need others of them first. */
  private purges(): Step[] {
    const gone = this.db.sorted().map(({ record }) => record);
    const left = gone.filter((record) => !this.chosen.has(record.name));
    const out: Step[] = [];
    const done = new Set<string>();
    const visit = (record: ApkRecord): void => {
      if (done.has(record.name)) return;
      done.add(record.name);
      for (const user of left) if (user.depends.some((word) => parseWish(word).name === record.name)) visit(user);
      out.push({ kind: 'purge', from: record });
    };
    for (const record of left) visit(record);
    return out;
  }

  private want(wish: Wish, by: string): void {
    if (wish.not) return;
    const provided = [...this.chosen.values()].some((one) => {
      const record = 'record' in one ? one.record : one;
      return (
        (record.name === wish.name && fits(wish, record.version)) ||
        record.provides.some((entry) => nameOf(entry) === wish.name)
      );
    });
    if (provided) return;
    const there = this.db.installed.get(wish.name)?.record;
    const candidates = this.available
      .filter(
        (one) =>
          one.record.name === wish.name &&
          (one.repository.tag === undefined || one.repository.tag === wish.tag) &&
          (wish.tag === undefined || one.repository.tag === wish.tag),
      )
      .sort((a, b) => compareApkVersions(b.record.version, a.record.version));
    const fitting = candidates.filter((one) => fits(wish, one.record.version));
    const keep =
      there !== undefined &&
      fits(wish, there.version) &&
      wish.tag === undefined &&
      !this.upgrade &&
      !this.fresh.has(wish.name);
    const choice = keep ? there : (fitting[0] ?? (there && fits(wish, there.version) ? there : undefined));
    if (choice) {
      this.choose(choice);
      return;
    }
    const provider =
      [...this.db.installed.values()].find((pkg) => pkg.record.provides.some((entry) => nameOf(entry) === wish.name))
        ?.record ??
      this.available.find(
        (one) => one.repository.tag === undefined && one.record.provides.some((entry) => nameOf(entry) === wish.name),
      );
    if (provider) {
      this.choose(provider);
      return;
    }
    this.missing.push({
      name: wish.operator ? `${wish.name}-${candidates[0]?.record.version ?? there?.version ?? ''}` : wish.name,
      why: candidates.length > 0 || there ? 'version' : 'no such package',
      by,
      available: candidates[0]?.record.version ?? there?.version,
    });
  }

  private choose(choice: Available | ApkRecord): void {
    const record = 'record' in choice ? choice.record : choice;
    if (this.chosen.has(record.name)) return;
    this.chosen.set(record.name, choice);
    for (const word of record.depends) this.want(parseWish(word), `${record.name}-${record.version}[${word}]`);
    this.order.push(record.name);
  }
}
