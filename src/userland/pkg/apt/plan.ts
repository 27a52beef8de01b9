import { compareDebianVersions } from '../../../lib/debian-version.ts';
import { isInstalled, type Known } from '../deb/database.ts';
import {
  dependenciesOf,
  parseRelations,
  providesOf,
  type Relation,
  relationText,
  satisfies,
} from '../deb/relations.ts';
import type { AptCache, Version } from './cache.ts';

/** A dependency that cannot be had. */
export interface Problem {
  of: string;
  relation: string;
  why: string;
}

/** What is to be done: worked out from what was asked for. */
export class Plan {
  /** Versions to install or upgrade to, in the order in which they were found to be needed. */
  readonly install = new Map<string, Version>();
  readonly remove = new Map<string, Known>();
  /** Names that were asked for. */
  readonly asked = new Set<string>();
  readonly problems: Problem[] = [];

  constructor(
    private readonly cache: AptCache,
    private readonly recommends: boolean,
  ) {}

  /** A package as it will be: the version to install, or the installed one. */
  private after(name: string): { name: string; version: string; provides: readonly Relation[] } | undefined {
    if (this.remove.has(name)) return undefined;
    const chosen = this.install.get(name);
    if (chosen) return chosen;
    const known = this.cache.installed(name);
    return known && { name, version: known.version, provides: providesOf(known.fields) };
  }

  private satisfied(relation: Relation): boolean {
    const direct = this.after(relation.name);
    if (direct && satisfies(relation, direct.name, direct.version, direct.provides)) return true;
    return (this.cache.providers.get(relation.name) ?? []).some((provider) => {
      const there = this.after(provider.name);
      return there?.version === provider.version && satisfies(relation, there.name, there.version, there.provides);
    });
  }

  /** Marks a version for installation with all it needs. */
  add(version: Version, asked: boolean): void {
    if (asked) this.asked.add(version.name);
    if (this.install.get(version.name) === version) return;
    this.remove.delete(version.name);
    this.install.set(version.name, version);
    this.conflicts(version);
    for (const group of dependenciesOf(version.fields)) this.need(version, group, true);
    if (this.recommends)
      for (const group of parseRelations(version.fields.get('Recommends'))) this.need(version, group, false);
  }

  private need(version: Version, group: readonly Relation[], must: boolean): void {
    if (group.some((relation) => this.satisfied(relation))) return;
    const found = group.map((relation) => this.best(relation)).find((one) => one !== undefined);
    if (found) {
      this.add(found, false);
      return;
    }
    if (!must) return;
    const first = group[0]!;
    const there = this.cache.candidate(first.name);
    const known = this.cache.installed(first.name);
    this.problems.push({
      of: version.name,
      relation: group.map(relationText).join(' or '),
      why: there
        ? `but ${there.version} is to be installed`
        : known
          ? `but ${known.version} is installed`
          : this.cache.versions.has(first.name) || this.cache.providers.has(first.name)
            ? 'but it is not going to be installed'
            : 'but it is not installable',
    });
  }

  /** The version that answers a relation best: the package itself, then the first that provides it. */
  private best(relation: Relation): Version | undefined {
    const own = this.cache.versions.get(relation.name) ?? [];
    const candidate = this.cache.candidate(relation.name);
    for (const version of candidate ? [candidate, ...own] : own)
      if (satisfies(relation, version.name, version.version, [])) return version;
    return (this.cache.providers.get(relation.name) ?? []).find(
      (provider) =>
        this.cache.candidate(provider.name) === provider &&
        satisfies(relation, provider.name, provider.version, provider.provides),
    );
  }

  /** What cannot stay beside a version goes. */
  private conflicts(version: Version): void {
    const bad = [
      ...parseRelations(version.fields.get('Conflicts')),
      ...parseRelations(version.fields.get('Breaks')),
    ].flat();
    for (const relation of bad) {
      for (const pkg of this.cache.db.packages.values()) {
        if (!isInstalled(pkg) || pkg.name === version.name || this.remove.has(pkg.name)) continue;
        const chosen = this.install.get(pkg.name);
        if (satisfies(relation, pkg.name, chosen?.version ?? pkg.version, chosen?.provides ?? providesOf(pkg.fields)))
          this.drop(pkg);
      }
    }
    for (const pkg of this.cache.db.packages.values()) {
      if (!isInstalled(pkg) || pkg.name === version.name || this.install.has(pkg.name)) continue;
      if (
        parseRelations(pkg.fields.get('Conflicts'))
          .flat()
          .some((relation) => satisfies(relation, version.name, version.version, version.provides))
      )
        this.drop(pkg);
    }
  }

  /** Marks a package for removal, and those that need it. */
  drop(pkg: Known): void {
    if (this.remove.has(pkg.name)) return;
    this.install.delete(pkg.name);
    this.remove.set(pkg.name, pkg);
    for (const other of this.cache.db.packages.values()) {
      if (!isInstalled(other) || this.remove.has(other.name) || this.install.has(other.name)) continue;
      const lacks = dependenciesOf(other.fields).some(
        (group) =>
          group.some((relation) => satisfies(relation, pkg.name, pkg.version, providesOf(pkg.fields))) &&
          !group.some((relation) => this.satisfied(relation)),
      );
      if (lacks) this.drop(other);
    }
  }

  /** Packages that came by themselves and that nobody needs any more. */
  unneeded(): Known[] {
    const db = this.cache.db;
    const needed = new Set<string>();
    const visit = (name: string): void => {
      if (needed.has(name)) return;
      const chosen = this.install.get(name);
      const known = this.cache.installed(name);
      const fields = chosen?.fields ?? (this.remove.has(name) ? undefined : known?.fields);
      if (!fields) return;
      needed.add(name);
      for (const field of ['Pre-Depends', 'Depends', 'Recommends', 'Suggests'])
        for (const relation of parseRelations(fields.get(field)).flat()) {
          visit(relation.name);
          for (const provider of this.cache.providers.get(relation.name) ?? []) visit(provider.name);
        }
    };
    for (const name of this.install.keys()) if (!this.cache.auto.has(name) || this.asked.has(name)) visit(name);
    for (const pkg of db.packages.values()) {
      if (!isInstalled(pkg) || this.remove.has(pkg.name)) continue;
      const stays =
        !this.cache.auto.has(pkg.name) ||
        this.asked.has(pkg.name) ||
        pkg.fields.get('Essential') === 'yes' ||
        ['required', 'important'].includes(pkg.fields.get('Priority') ?? '');
      if (stays) visit(pkg.name);
    }
    return db.sorted().filter((pkg) => isInstalled(pkg) && !needed.has(pkg.name) && !this.remove.has(pkg.name));
  }

  /** Versions that are new, newer, older, or the same as what is installed. */
  sort(): { fresh: Version[]; upgrade: Version[]; downgrade: Version[]; again: Version[] } {
    const out = {
      fresh: [] as Version[],
      upgrade: [] as Version[],
      downgrade: [] as Version[],
      again: [] as Version[],
    };
    for (const version of this.install.values()) {
      const known = this.cache.installed(version.name);
      const order = known ? compareDebianVersions(version.version, known.version) : undefined;
      if (order === undefined) out.fresh.push(version);
      else if (order > 0) out.upgrade.push(version);
      else if (order < 0) out.downgrade.push(version);
      else out.again.push(version);
    }
    for (const list of Object.values(out)) list.sort((a, b) => (a.name < b.name ? -1 : 1));
    return out;
  }

  /** The versions in the order of installation: what others need comes first. */
  ordered(): Version[] {
    const done = new Set<Version>();
    const out: Version[] = [];
    const visit = (version: Version): void => {
      if (done.has(version)) return;
      done.add(version);
      for (const relation of dependenciesOf(version.fields).flat()) {
        const other =
          this.install.get(relation.name) ??
          (this.cache.providers.get(relation.name) ?? []).find((one) => this.install.get(one.name) === one);
        if (other) visit(other);
      }
      out.push(version);
    };
    for (const version of [...this.install.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) visit(version);
    return out;
  }
}
