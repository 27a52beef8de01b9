import type { Sys } from '../../abi/sys.ts';
import { formatDeb822 } from '../../lib/deb822.ts';
import { gzip } from '../../lib/gzip.ts';
import type { HashFactory } from '../../lib/hash.ts';
import { clearSigned, type Key } from '../../lib/openpgp.ts';
import { encode } from '../../lib/utf8.ts';
import { joinBytes, type Wait } from '../../libc/io.ts';
import { controlFields, type DebArchive, DebDigests, makeDeb, poolPath } from './deb.ts';
import type { Package } from './package.ts';

/** A suite of an archive: what its Release file says, and which packages are in it. */
export interface Suite {
  /** Its folder below dists/. */
  folder: string;
  suite: string;
  codename: string;
  version?: string;
  description: string;
  components: readonly string[];
  /** Seconds since the Epoch. */
  date: number;
  /** Bytes of the compressed index of a component, where the real one is longer than ours: zeros follow it then. */
  sizes?: Readonly<Record<string, number>>;
  has(pkg: Package): boolean;
}

/** An archive of Debian packages, as it lies below one address. */
export interface Archive {
  origin: string;
  label: string;
  maintainer: string;
  key: Key;
  suites: readonly Suite[];
  packages(): Promise<readonly Package[]> | readonly Package[];
}

/** The hashes that archives are made with. */
export interface Hashes {
  sha256: HashFactory;
  md5: HashFactory;
}

interface IndexFile {
  path: string;
  bytes: Uint8Array;
  /** Zeros after the bytes; gzip(1) takes them for nothing. */
  zeros: number;
}

const ZEROS = new Uint8Array(65536);

/** Bytes and what fills them up, in pieces. */
export function* filled(bytes: Uint8Array, zeros: number): Generator<Uint8Array, void, void> {
  yield bytes;
  for (let left = zeros; left > 0; left -= ZEROS.length) yield left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS;
}

/** What a request gets: bytes at once, or the pieces of a package. */
export type Found =
  | { kind: 'bytes'; bytes: Uint8Array; zeros?: number; modified?: string }
  | { kind: 'deb'; deb: DebArchive };

/** Serves one archive; indexes are made when they are first asked for. */
export class AptRepository {
  private readonly byPath = new Map<string, Package>();
  private readonly digests: DebDigests;
  private readonly records = new Map<Package, string>();
  private readonly sums = new Map<IndexFile, string>();
  private readonly suites = new Map<string, readonly IndexFile[]>();

  constructor(
    private readonly archive: Archive,
    private readonly packages: readonly Package[],
    private readonly hashes: Hashes,
  ) {
    this.digests = new DebDigests(hashes.sha256);
    for (const pkg of packages) this.byPath.set(poolPath(pkg), pkg);
  }

  /** @param path below the archive's address, without a leading slash */
  *find(sys: Sys, path: string): Wait<Found | undefined> {
    const inPool = this.byPath.get(path);
    if (inPool) return { kind: 'deb', deb: makeDeb(inPool, this.archive, this.hashes.md5) };
    const flat = this.archive.suites.find((one) => one.folder === '');
    if (flat) return yield* this.findFlat(sys, flat, path);
    const dist = /^dists\/(.+?)\/(InRelease|Release|(?:[^/]+\/)?binary-.*|[^/]+\/binary-.*)$/.exec(path);
    const suite = dist && this.archive.suites.find((one) => one.folder === dist[1] || one.suite === dist[1]);
    if (!dist || !suite) return undefined;
    const files = yield* this.indexes(sys, suite);
    const release = (): string => this.release(suite, files);
    if (dist[2] === 'Release') return { kind: 'bytes', bytes: encode(release()) };
    if (dist[2] === 'InRelease')
      return {
        kind: 'bytes',
        bytes: encode(clearSigned(release(), this.archive.key, this.hashes.sha256)),
        modified: new Date(suite.date * 1000).toUTCString(),
      };
    const file = files.find((one) => one.path === dist[2]);
    return file && { kind: 'bytes', bytes: file.bytes, zeros: file.zeros };
  }

  /** A repository without dists/: its index and its packages lie in one folder. */
  private *findFlat(sys: Sys, suite: Suite, path: string): Wait<Found | undefined> {
    const pkg = [...this.byPath].find(([inPool]) => inPool.endsWith(`/${path.replace(/^amd64\//, '')}`))?.[1];
    if (pkg) return { kind: 'deb', deb: makeDeb(pkg, this.archive, this.hashes.md5) };
    const files = (yield* this.indexes(sys, suite)).map((file) => ({
      ...file,
      path: file.path.slice(file.path.lastIndexOf('/') + 1),
    }));
    if (path === 'Release') return { kind: 'bytes', bytes: encode(this.release(suite, files)) };
    if (path === 'InRelease')
      return {
        kind: 'bytes',
        bytes: encode(clearSigned(this.release(suite, files), this.archive.key, this.hashes.sha256)),
      };
    const file = files.find((one) => one.path === path);
    return file && { kind: 'bytes', bytes: file.bytes };
  }

  /** The Packages files of a suite, as text and compressed, for each component. */
  private *indexes(sys: Sys, suite: Suite): Wait<readonly IndexFile[]> {
    const made = this.suites.get(suite.folder);
    if (made) return made;
    const files: IndexFile[] = [];
    const mine = this.packages.filter((pkg) => suite.has(pkg));
    for (const component of suite.components) {
      const parts: Uint8Array[] = [];
      for (const pkg of mine) {
        if (pkg.component !== component) continue;
        parts.push(encode(this.record(pkg)));
        if (sys.tick()) yield;
      }
      const bytes = joinBytes(parts);
      const packed = gzip(bytes);
      const zeros = bytes.length === 0 ? 0 : Math.max(0, (suite.sizes?.[component] ?? 0) - packed.length);
      files.push({ path: `${component}/binary-amd64/Packages`, bytes, zeros: 0 });
      files.push({ path: `${component}/binary-amd64/Packages.gz`, bytes: packed, zeros });
    }
    this.suites.set(suite.folder, files);
    return files;
  }

  private get flat(): boolean {
    return this.archive.suites[0]?.folder === '';
  }

  private record(pkg: Package): string {
    const known = this.records.get(pkg);
    if (known !== undefined) return known;
    const deb = makeDeb(pkg, this.archive, this.hashes.md5);
    const fields = controlFields(pkg, this.archive);
    const description = fields.pop()!;
    const text = `${formatDeb822([
      ...fields,
      ['Filename', this.flat ? `amd64/${poolPath(pkg).replace(/.*\//, '')}` : poolPath(pkg)],
      ['Size', String(deb.size)],
      ['SHA256', this.digests.of(deb)],
      description,
    ])}\n`;
    this.records.set(pkg, text);
    return text;
  }

  private digest(file: IndexFile): string {
    const known = this.sums.get(file);
    if (known !== undefined) return known;
    const hash = this.hashes.sha256.create();
    for (const piece of filled(file.bytes, file.zeros)) hash.update(piece);
    const sum = hash.digestHex();
    this.sums.set(file, sum);
    return sum;
  }

  private release(suite: Suite, files: readonly IndexFile[]): string {
    const { origin, label } = this.archive;
    const sums = files
      .map((file) => `\n ${this.digest(file)} ${String(file.bytes.length + file.zeros).padStart(16)} ${file.path}`)
      .join('');
    return formatDeb822([
      ['Origin', origin],
      ['Label', label],
      ['Suite', suite.suite],
      ...(suite.version === undefined ? [] : [['Version', suite.version] as const]),
      ['Codename', suite.codename],
      ['Date', new Date(suite.date * 1000).toUTCString().replace('GMT', 'UTC')],
      ['Acquire-By-Hash', 'no'],
      ['Architectures', 'amd64'],
      ['Components', suite.components.join(' ')],
      ['Description', suite.description],
      ['SHA256', sums],
    ]);
  }
}
