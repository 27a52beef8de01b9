import type { Sys } from '../../../abi/sys.ts';
import { type Paragraph, parseDeb822 } from '../../../lib/deb822.ts';
import { compareDebianVersions } from '../../../lib/debian-version.ts';
import { Gunzip } from '../../../lib/gzip.ts';
import { decode } from '../../../lib/utf8.ts';
import { joinBytes, readFile, type Wait } from '../../../libc/io.ts';
import { Database, isInstalled, type Known } from '../deb/database.ts';
import { providesOf, type Relation } from '../deb/relations.ts';
import { listName, type Source, suiteUrl } from './sources.ts';

export const LISTS = '/var/lib/apt/lists';
export const EXTENDED_STATES = '/var/lib/apt/extended_states';

/** An index of packages that was fetched. */
export interface Index {
  source: Source;
  component: string;
  /** Fields of the suite's Release file. */
  release: Paragraph;
}

/** A version of a package that can be had: from indexes, or because it is installed. */
export interface Version {
  name: string;
  version: string;
  arch: string;
  fields: Paragraph;
  places: Index[];
  provides: readonly Relation[];
}

/** What apt knows: versions of packages by name, the dpkg database, which packages came by themselves. */
export class AptCache {
  readonly versions = new Map<string, Version[]>();
  /** Names that are only provided: providers. */
  readonly providers = new Map<string, Version[]>();
  readonly auto = new Set<string>();
  readonly indexes: Index[] = [];

  private constructor(
    readonly sys: Sys,
    readonly db: Database,
  ) {}

  static *load(sys: Sys, sources: readonly Source[]): Wait<AptCache> {
    const cache = new AptCache(sys, yield* Database.read(sys));
    for (const source of sources) yield* cache.addSource(source);
    for (const pkg of cache.db.packages.values()) if (isInstalled(pkg)) cache.addInstalled(pkg);
    for (const list of cache.versions.values()) list.sort((a, b) => compareDebianVersions(b.version, a.version));
    const states = yield* readFile(sys, EXTENDED_STATES);
    if (typeof states !== 'number')
      for (const fields of parseDeb822(decode(states)))
        if (fields.get('Auto-Installed') === '1') cache.auto.add(fields.get('Package') ?? '');
    return cache;
  }

  private *addSource(source: Source): Wait<void> {
    const base = `${LISTS}/${listName(suiteUrl(source))}`;
    const signed = yield* readFile(this.sys, `${base}_InRelease`);
    const release =
      typeof signed === 'number'
        ? new Map<string, string>()
        : (parseDeb822(decode(signed).replace(/^-----BEGIN PGP SIGNED MESSAGE-----\n(?:.+\n)*\n/, ''))[0] ??
          new Map<string, string>());
    const flat = source.suite.endsWith('/');
    for (const component of flat ? [''] : source.components) {
      const path = flat ? `${base}_Packages` : `${base}_${component}_binary-amd64_Packages`;
      const text = yield* readIndex(this.sys, path);
      if (text === undefined) continue;
      const index: Index = { source, component, release };
      this.indexes.push(index);
      for (const fields of parseDeb822(text)) this.addVersion(fields, index);
      if (this.sys.tick()) yield;
    }
  }

  private addVersion(fields: Paragraph, index: Index): void {
    const name = fields.get('Package');
    const version = fields.get('Version');
    if (!name || !version) return;
    const list = this.versions.get(name) ?? [];
    const same = list.find((one) => one.version === version);
    if (same) {
      same.places.push(index);
      return;
    }
    list.push(this.make(name, version, fields, [index]));
    this.versions.set(name, list);
  }

  private make(name: string, version: string, fields: Paragraph, places: Index[]): Version {
    const made: Version = {
      name,
      version,
      arch: fields.get('Architecture') ?? 'amd64',
      fields,
      places,
      provides: providesOf(fields),
    };
    for (const one of made.provides) {
      const list = this.providers.get(one.name);
      if (list) list.push(made);
      else this.providers.set(one.name, [made]);
    }
    return made;
  }

  private addInstalled(pkg: Known): void {
    const list = this.versions.get(pkg.name) ?? [];
    if (!list.some((one) => one.version === pkg.version)) list.push(this.make(pkg.name, pkg.version, pkg.fields, []));
    this.versions.set(pkg.name, list);
  }

  /** Takes an archive on this machine among the versions. */
  addLocal(fields: Paragraph): Version | undefined {
    const name = fields.get('Package');
    const version = fields.get('Version');
    if (!name || !version) return undefined;
    const made = this.make(name, version, fields, []);
    this.versions.set(name, [made, ...(this.versions.get(name) ?? []).filter((one) => one.version !== version)]);
    return made;
  }

  installed(name: string): Known | undefined {
    return this.db.installed(name);
  }

  /** The version that would be installed: the newest, unless its source says otherwise. */
  candidate(name: string): Version | undefined {
    const list = this.versions.get(name);
    const known = this.db.get(name);
    return (
      list?.find((one) => !one.places.length || !one.places.every(notAutomatic) || one.version === known?.version) ??
      list?.[0]
    );
  }

  /** Packages whose installed version is not the candidate. */
  upgradable(): { pkg: Known; to: Version }[] {
    const out: { pkg: Known; to: Version }[] = [];
    for (const pkg of this.db.sorted()) {
      if (!isInstalled(pkg)) continue;
      const to = this.candidate(pkg.name);
      if (to && compareDebianVersions(to.version, pkg.version) > 0) out.push({ pkg, to });
    }
    return out;
  }
}

/** Backports are not taken by themselves. */
const notAutomatic = (index: Index): boolean => index.source.suite.endsWith('-backports');

/** An index as text, compressed or not. @returns undefined where it was not fetched */
export function* readIndex(sys: Sys, path: string): Wait<string | undefined> {
  const plain = yield* readFile(sys, path);
  if (typeof plain !== 'number') return decode(plain);
  const packed = yield* readFile(sys, `${path}.gz`);
  if (typeof packed === 'number') return undefined;
  const pieces = new Gunzip().push(packed);
  return decode(joinBytes(pieces));
}

/** `http://archive.ubuntu.com/ubuntu noble/main amd64`, for a version's or an index's line. */
export const placeText = (index: Index): string =>
  `${index.source.uri} ${index.component === '' ? index.source.suite : `${index.source.suite}/${index.component}`} amd64`;
