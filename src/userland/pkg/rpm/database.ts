import type { Sys } from '../../../abi/sys.ts';
import { compareRpmVersions } from '../../../lib/rpm.ts';
import { decode } from '../../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../../libc/io.ts';
import { mkdirp } from '../../../libc/paths.ts';

const FILE = '/var/lib/rpm/Packages';

/** Epoch, version and release. */
export interface Evr {
  epoch: number;
  version: string;
  release: string;
}

/** An installed package. */
export interface RpmPackage extends Evr {
  name: string;
  arch: string;
  summary: string;
  /** Bytes of its files. */
  size: number;
  provides: string[];
  requires: string[];
  files: string[];
  /** Scripts by name: postIn, preUn, postUn. */
  scripts: Record<string, string>;
  /** Seconds since the Epoch. */
  installed: number;
  /** The repository that it came from; `installed` where it was there from the start. */
  repo: string;
}

export function compareEvr(a: Evr, b: Evr): number {
  if (a.epoch !== b.epoch) return a.epoch < b.epoch ? -1 : 1;
  return compareRpmVersions(a.version, b.version) || compareRpmVersions(a.release, b.release);
}

/** `3:26.1.4-1.el7`, without an epoch of 0. */
export const evrText = ({ epoch, version, release }: Evr): string =>
  `${epoch > 0 ? `${epoch}:` : ''}${version}-${release}`;

/** `bash-4.2.46-35.el7_9.x86_64` */
export const nevra = (pkg: Evr & { name: string; arch: string }): string =>
  `${pkg.name}-${pkg.version}-${pkg.release}.${pkg.arch}`;

/** rpm's database: a line of JSON a package in /var/lib/rpm/Packages. */
export class RpmDatabase {
  readonly packages: RpmPackage[] = [];

  private constructor(readonly sys: Sys) {}

  static *read(sys: Sys): Wait<RpmDatabase> {
    const database = new RpmDatabase(sys);
    const bytes = yield* readFile(sys, FILE);
    if (typeof bytes === 'number') return database;
    for (const line of decode(bytes).split('\n')) {
      if (line.startsWith('{')) database.packages.push(JSON.parse(line) as RpmPackage);
    }
    return database;
  }

  *write(): Wait<number> {
    mkdirp(this.sys, '/var/lib/rpm', 0o755);
    this.packages.sort((a, b) => (a.name < b.name ? -1 : 1));
    return yield* writeFile(this.sys, FILE, this.packages.map((pkg) => `${JSON.stringify(pkg)}\n`).join(''), 0o644);
  }

  /** Packages by `name`, `name-version`, `name-version-release` or with `.arch`. */
  find(word: string): RpmPackage[] {
    return this.packages.filter((pkg) => matches(pkg, word));
  }

  get(name: string): RpmPackage | undefined {
    return this.packages.find((pkg) => pkg.name === name);
  }

  provider(what: string): RpmPackage | undefined {
    return this.packages.find((pkg) => pkg.name === what || pkg.provides.includes(what) || pkg.files.includes(what));
  }

  owner(path: string): RpmPackage | undefined {
    return this.packages.find((pkg) => pkg.files.includes(path));
  }

  add(pkg: RpmPackage): void {
    this.packages.push(pkg);
  }

  remove(pkg: RpmPackage): void {
    this.packages.splice(this.packages.indexOf(pkg), 1);
  }
}

/** Whether a word of a command line names a package. */
export function matches(pkg: Evr & { name: string; arch: string }, word: string): boolean {
  const { name, version, release, arch, epoch } = pkg;
  return [
    name,
    `${name}.${arch}`,
    `${name}-${version}`,
    `${name}-${version}-${release}`,
    `${name}-${version}-${release}.${arch}`,
    `${name}-${epoch}:${version}-${release}`,
    `${name}-${epoch}:${version}`,
    `${epoch}:${name}-${version}-${release}.${arch}`,
  ].includes(word);
}
