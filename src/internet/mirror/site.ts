import type { Entry, Sys } from '../../abi/sys.ts';
import { type HashFactory, loadHash } from '../../lib/hash.ts';
import { armouredKey } from '../../lib/openpgp.ts';
import { percentDecode, type Site, type SiteRequest, type SiteResponse, serveHttp } from '../../libc/http-server.ts';
import type { Wait } from '../../libc/io.ts';
import { publicCertificate } from '../certificate.ts';
import { ApkRepository } from './alpine.ts';
import { AptRepository, type Archive, filled, type Hashes } from './apt-repository.ts';
import {
  DEBIAN,
  DEBIAN_SECURITY,
  DOCKER_KEY,
  dockerArchive,
  PAST_DEBIAN,
  PAST_DEBIAN_SECURITY,
  PAST_UBUNTU,
  UBUNTU,
} from './archives.ts';
import { centosFile, dockerCentos, mirrorList, RpmRepository, repositoryOf } from './centos.ts';
import { debPieces } from './deb.ts';
import { type Package, readPackage } from './package.ts';
import { vendorArchive } from './vendors.ts';

/** The archives of Debian packages by the path under which every mirror has them. */
const ARCHIVES: Readonly<Record<string, Archive>> = {
  ubuntu: UBUNTU,
  debian: DEBIAN,
  'debian-security': DEBIAN_SECURITY,
  'past/ubuntu': PAST_UBUNTU,
  'past/debian': PAST_DEBIAN,
  'past/debian-security': PAST_DEBIAN_SECURITY,
  'docker/ubuntu': dockerArchive('ubuntu', ['noble', 'jammy', 'focal', 'bionic', 'xenial', 'trusty', 'questing']),
  'docker/debian': dockerArchive('debian', ['bookworm', 'bullseye', 'trixie', 'buster', 'stretch', 'jessie']),
};

/** Where a host has what: prefix of the path, name in ARCHIVES. The first that fits counts. */
const PLACES: readonly (readonly [host: RegExp, prefix: string, archive: string])[] = [
  [/^download\.docker\.com$/, '/linux/ubuntu/', 'docker/ubuntu'],
  [/^download\.docker\.com$/, '/linux/debian/', 'docker/debian'],
  [/^security\.debian\.org$/, '/debian-security/', 'debian-security'],
  [/^security\.debian\.org$/, '/', 'debian-security'],
  [/^mirrors?\./, '/docker-ce/linux/ubuntu/', 'docker/ubuntu'],
  [/^mirrors?\./, '/docker-ce/linux/debian/', 'docker/debian'],
  [/^archive\.debian\.org$/, '/debian-security/', 'past/debian-security'],
  [/^archive\.debian\.org$/, '/', 'past/debian'],
  [/^archive\.debian\.org$/, '/debian/', 'past/debian'],
  [/^old-releases\.ubuntu\.com$/, '/ubuntu/', 'past/ubuntu'],
  [/./, '/ubuntu/', 'ubuntu'],
  [/./, '/debian-security/', 'debian-security'],
  [/./, '/debian/', 'debian'],
];

/** What the site is made with: loaded before its program begins. */
export interface Stock {
  hashes: Hashes;
  sha1: HashFactory;
  packages: ReadonlyMap<string, readonly Package[]>;
  alpine: readonly Package[];
  centos: readonly Package[];
}

/** Loads tables and hashes. */
export async function loadStock(): Promise<Stock> {
  const [sha256, md5, sha1, alpine, centos, ...lists] = await Promise.all([
    loadHash('sha256'),
    loadHash('md5'),
    loadHash('sha1'),
    import('./alpine.json'),
    import('./centos7.json'),
    ...Object.entries(ARCHIVES).map(async ([name, archive]) => [name, await archive.packages()] as const),
  ]);
  return {
    hashes: { sha256, md5 },
    sha1,
    packages: new Map(lists),
    alpine: alpine.default.map(readPackage),
    centos: centos.default.map(readPackage),
  };
}

/** Descriptors of the listening sockets that whoever started the program handed on. */
export const PLAIN_FD = 3;
export const SECURE_FD = 4;

/** The mirrors of distributions: one program for all of them, which looks at the Host field and the path. */
export function makeMirror(stock: Stock): Entry {
  const repositories = new Map<string, AptRepository>();
  const repository = (name: string): AptRepository => {
    const made =
      repositories.get(name) ?? new AptRepository(ARCHIVES[name]!, stock.packages.get(name) ?? [], stock.hashes);
    repositories.set(name, made);
    return made;
  };
  const apk = new ApkRepository(stock.alpine, stock.sha1);
  const vendors = new Map<string, AptRepository>();
  const rpms = new Map<string, RpmRepository>();
  const rpm = (name: string): RpmRepository => {
    const packages = name === 'docker' ? dockerCentos() : stock.centos.filter((pkg) => pkg.component === name);
    const made = rpms.get(name) ?? new RpmRepository(packages, stock.hashes.sha256);
    rpms.set(name, made);
    return made;
  };
  const site: Site = function* (sys, request) {
    const host = (request.head.headers.get('host') ?? '').replace(/:\d+$/, '').toLowerCase();
    if (request.head.method !== 'GET' && request.head.method !== 'HEAD') return { status: 405, body: '' };
    const alpine = /^\/alpine\/(.*)$/.exec(pathOf(request))?.[1];
    const body = alpine === undefined ? undefined : yield* apk.find(sys, alpine);
    if (body) return { status: 200, headers: [BINARY], body };
    const key = keyOf(host, request.path);
    if (key) return key;
    const yum = yield* fromYum(sys, host, request, rpm);
    if (yum) return yum;
    return (
      (yield* fromArchives(sys, host, request, repository)) ??
      (yield* fromVendors(sys, host, request, vendors, stock.hashes)) ??
      missing(request)
    );
  };
  return function* (sys) {
    sys.thread(function* (own) {
      return yield* serveHttp(own, PLAIN_FD, site);
    });
    return yield* serveHttp(sys, SECURE_FD, site, (name) => publicCertificate(sys, name));
  };
}

/** An answer of known length, in pieces. */
const streamed = (type: string, length: number, pieces: Iterable<Uint8Array>): SiteResponse => ({
  status: 200,
  headers: [
    ['Content-Type', type],
    ['Content-Length', String(length)],
  ],
  *body(write) {
    for (const piece of pieces) if ((yield* write(piece)) < 0) return;
  },
});

function* fromArchives(
  sys: Sys,
  host: string,
  request: SiteRequest,
  repository: (name: string) => AptRepository,
): Wait<SiteResponse | undefined> {
  const path = pathOf(request);
  for (const [hosts, prefix, name] of PLACES) {
    if (!hosts.test(host) || !path.startsWith(prefix)) continue;
    const found = yield* repository(name).find(sys, path.slice(prefix.length));
    if (!found) continue;
    if (found.kind === 'bytes') {
      const { modified } = found;
      const zeros = found.zeros ?? 0;
      if (zeros > 0) return streamed(BINARY[1], found.bytes.length + zeros, filled(found.bytes, zeros));
      if (modified === undefined) return { status: 200, headers: [BINARY], body: found.bytes };
      const since = Date.parse(request.head.headers.get('if-modified-since') ?? '');
      if (since >= Date.parse(modified)) return { status: 304, headers: [['Last-Modified', modified]] };
      return { status: 200, headers: [BINARY, ['Last-Modified', modified]], body: found.bytes };
    }
    const { deb } = found;
    return streamed('application/vnd.debian.binary-package', deb.size, debPieces(deb));
  }
  return undefined;
}

/** The path with its escapes decoded; a plus sign is one. */
const pathOf = (request: SiteRequest): string =>
  percentDecode(request.head.target.replace(/\?.*$/, '').replaceAll('+', '%2b'));

const BINARY: readonly [string, string] = ['Content-Type', 'application/octet-stream'];

/** Repositories of those who have one of their own, wherever on their host it is looked for. */
function* fromVendors(
  sys: Sys,
  host: string,
  request: SiteRequest,
  made: Map<string, AptRepository>,
  hashes: Hashes,
): Wait<SiteResponse | undefined> {
  const path = pathOf(request);
  const m =
    /^.*?\/(dists\/([^/]+)\/.*)$/.exec(path) ??
    /^.*?\/(pool\/.*)$/.exec(path) ??
    /^.*\/(InRelease|Release|Packages(?:\.gz)?|amd64\/[^/]+\.deb)$/.exec(path);
  if (!m) {
    const archive = vendorArchive(host, '');
    const isKey = archive && /(gpg|key|asc)[^/]*$/i.test(path);
    return isKey ? { status: 200, headers: [BINARY], body: armouredKey(archive.key) } : undefined;
  }
  const suite = m[2] ?? (m[1]!.startsWith('pool/') ? 'pool' : '');
  const archive = vendorArchive(host, suite);
  if (!archive) return undefined;
  const key = `${host} ${suite}`;
  const repository = made.get(key) ?? new AptRepository(archive, archive.packages(), hashes);
  made.set(key, repository);
  const found = yield* repository.find(sys, m[1]!);
  if (!found) return undefined;
  return found.kind === 'bytes'
    ? { status: 200, headers: [BINARY], body: found.bytes }
    : streamed('application/vnd.debian.binary-package', found.deb.size, debPieces(found.deb));
}

/** Repositories of RPM packages, and the files that lead to them. */
function* fromYum(
  sys: Sys,
  host: string,
  request: SiteRequest,
  repository: (name: string) => RpmRepository,
): Wait<SiteResponse | undefined> {
  const path = pathOf(request);
  const text =
    host === 'mirrorlist.centos.org' ? mirrorList(request.query.get('repo') ?? 'os') : centosFile(host, path);
  if (text !== undefined) return { status: 200, headers: [['Content-Type', 'text/plain']], body: text };
  const place = repositoryOf(path);
  const body = place && (yield* repository(place[0]).find(sys, place[1]));
  return body && { status: 200, headers: [BINARY], body };
}

/** The keys with which repositories are signed, where their instructions say that they are. */
function keyOf(host: string, path: string): SiteResponse | undefined {
  if (!/\/(ubuntu|debian)\/gpg$/.test(path)) return undefined;
  if (host !== 'download.docker.com' && !path.includes('/docker-ce/')) return undefined;
  return { status: 200, headers: [BINARY], body: armouredKey(DOCKER_KEY) };
}

function missing(request: SiteRequest): SiteResponse {
  return {
    status: 404,
    headers: [['Content-Type', 'text/html']],
    body: `<html>\n<head><title>404 Not Found</title></head>\n<body>\n<center><h1>404 Not Found</h1></center>\n<hr><center>${request.head.headers.get('host') ?? ''}</center>\n</body>\n</html>\n`,
  };
}
