import { CLOCK_MONOTONIC } from '../../../abi/flags.ts';
import { Stat } from '../../../abi/stat.ts';
import { parseDeb822 } from '../../../lib/deb822.ts';
import { Gunzip } from '../../../lib/gzip.ts';
import type { HashFactory } from '../../../lib/hash.ts';
import { keysIn, readClearSigned } from '../../../lib/openpgp.ts';
import { decode, encode } from '../../../lib/utf8.ts';
import { joinBytes, readFile, type Wait, writeFile } from '../../../libc/io.ts';
import { listDir, mkdirp } from '../../../libc/paths.ts';
import { Downloader, type Fetched } from '../fetch.ts';
import type { Apt } from './apt.ts';
import { LISTS } from './cache.ts';
import { listName, type Source, suiteUrl } from './sources.ts';
import { aptSize, aptTime } from './words.ts';

const AGENT = 'Debian APT-HTTP/1.3 (2.8.3)';

const UNVERIFIED = "The following signatures couldn't be verified because the public key is not available: ";

/** Counts and shows what is fetched: `Get:1 …`, `Hit:2 …`, `Err:3 …`, and the sum at the end. */
export class Fetching {
  readonly downloader: Downloader;
  private count = 0;
  bytes = 0;
  private readonly begun: number;

  constructor(
    private readonly apt: Apt,
    sha256: HashFactory,
  ) {
    this.downloader = new Downloader(apt.sys, sha256);
    this.begun = apt.sys.now(CLOCK_MONOTONIC);
  }

  *get(url: string, path: string, what: string, expected?: number, since?: string): Wait<Fetched> {
    const result = yield* this.downloader.fetch(url, path, { agent: AGENT, ...(since === undefined ? {} : { since }) });
    const number = ++this.count;
    if (result.kind === 'ok') {
      this.bytes += result.size;
      yield* this.apt.say(`Get:${number} ${what} [${aptSize(expected ?? result.size)}B]\n`);
    } else if (result.kind === 'unchanged') yield* this.apt.say(`Hit:${number} ${what}\n`);
    return result;
  }

  *ignored(what: string): Wait<void> {
    yield* this.apt.say(`Ign:${this.count} ${what}\n`);
  }

  *failed(what: string, result: Fetched): Wait<void> {
    yield* this.failedText(what, reason(result));
  }

  *failedText(what: string, words: string): Wait<void> {
    yield* this.apt.say(`Err:${this.count} ${what}\n${words.replace(/^/gm, '  ')}\n`);
  }

  *finish(): Wait<void> {
    this.downloader.close();
    if (this.bytes === 0) return;
    const seconds = (this.apt.sys.now(CLOCK_MONOTONIC) - this.begun) / 1000;
    yield* this.apt.say(
      `Fetched ${aptSize(this.bytes)}B in ${aptTime(seconds)} (${aptSize(this.bytes / Math.max(seconds, 0.001))}B/s)\n`,
    );
  }
}

/** Why a download failed, in apt's words. */
export function reason(result: Fetched): string {
  switch (result.kind) {
    case 'status':
      return `${result.status}  ${result.reason} [IP: ${result.peer}]`;
    case 'resolve':
      return result.temporary ? `Temporary failure resolving '${result.host}'` : `Could not resolve '${result.host}'`;
    case 'connect': {
      const [address, port] = result.peer.split(' ');
      const words = CONNECT[result.errno] ?? [`connect (${result.errno})`, 'Could not connect'];
      return result.errno === 111
        ? `Could not connect to ${result.host}:${port} (${address}). - connect (111: Connection refused)`
        : `Cannot initiate the connection to ${result.host}:${port} (${address}). - ${words[0]}`;
    }
    case 'untrusted':
      return result.why === 'handshake'
        ? `Could not handshake: An unexpected TLS packet was received. [IP: ${result.peer}]`
        : `Certificate verification failed: The certificate is NOT trusted. ${TRUST[result.why] ?? ''}  Could not handshake: Error in the certificate verification. [IP: ${result.peer}]`;
    case 'broken':
      return `Connection failed [IP: ${result.peer}]`;
    case 'local':
      return `File not found - ${result.path}`;
    default:
      return '';
  }
}

const CONNECT: Readonly<Record<number, [string, string]>> = {
  101: ['connect (101: Network is unreachable)', 'unreachable'],
  110: ['connect (110: Connection timed out)', 'timed out'],
  113: ['connect (113: No route to host)', 'no route'],
};

const TRUST: Readonly<Record<string, string>> = {
  'no-bundle': 'The certificate issuer is unknown.',
  'unknown-issuer': 'The certificate issuer is unknown.',
  'self-signed': 'The certificate issuer is unknown.',
  expired: 'The certificate chain uses expired certificate.',
  name: 'The name in the certificate does not match the expected.',
};

const transient = (result: Fetched): boolean => result.kind !== 'status' && result.kind !== 'local';

/** What `apt update` found out. */
export interface UpdateResult {
  /** Whether something that is no passing trouble went wrong. */
  failed: boolean;
}

/** Fetches the indexes of all sources into /var/lib/apt/lists. */
export function* updateLists(apt: Apt, sources: readonly Source[], sha256: HashFactory): Wait<UpdateResult> {
  const { sys } = apt;
  mkdirp(sys, `${LISTS}/partial`, 0o755);
  const fetching = new Fetching(apt, sha256);
  const keep = new Set(['lock', 'partial', 'auxfiles']);
  const suites = new Map<string, Source[]>();
  for (const source of sources) {
    const url = suiteUrl(source);
    suites.set(url, [...(suites.get(url) ?? []), source]);
  }
  const indexes: { url: string; path: string; what: string; sha256: string; size: number }[] = [];
  const state = { failed: false, warned: false };
  for (const [url, group] of suites) {
    const source = group[0]!;
    const name = listName(`${url}/InRelease`);
    const release = yield* fetchRelease(apt, fetching, source, url, sha256, state);
    if (release === undefined) {
      for (const file of namesOf(sys)) if (file.startsWith(listName(url))) keep.add(file);
      continue;
    }
    keep.add(name);
    for (const line of (release.get('SHA256') ?? '').split('\n')) {
      const [digest, size, path] = line.trim().split(/\s+/);
      if (!digest || !size || !path) continue;
      if (source.suite.endsWith('/') && path === 'Packages.gz')
        indexes.push({
          url: `${url}/${path}`,
          path: `${LISTS}/${listName(`${url}/Packages`)}`,
          what: `${source.uri} ${source.suite} Packages`,
          sha256: digest,
          size: Number(size),
        });
      for (const one of group)
        for (const component of one.components)
          if (path === `${component}/binary-amd64/Packages.gz` && Number(size) > 20)
            indexes.push({
              url: `${url}/${path}`,
              path: `${LISTS}/${listName(`${url}/${path}`).replace(/\.gz$/, '')}`,
              what: `${source.uri} ${source.suite}/${component} amd64 Packages`,
              sha256: digest,
              size: Number(size),
            });
    }
    for (const one of group)
      for (const component of one.components)
        if (!(release.get('Components') ?? '').split(' ').includes(component)) {
          yield* apt.warn(
            `Skipping acquire of configured file '${component}/binary-amd64/Packages' as repository '${source.uri} ${source.suite} InRelease' doesn't have the component '${component}' (component misspelt in sources.list?)`,
          );
        }
  }
  const packed = apt.config.flag('Acquire::GzipIndexes', false);
  for (const index of indexes) {
    const file = packed ? `${index.path}.gz` : index.path;
    keep.add(file.slice(LISTS.length + 1));
    if (yield* isFresh(sys, file, index.sha256, sha256, packed)) continue;
    const partial = `${LISTS}/partial/${file.slice(LISTS.length + 1)}`;
    const result = yield* fetching.get(index.url, partial, index.what, index.size);
    if (result.kind !== 'ok') {
      yield* fetching.failed(index.what, result);
      yield* apt.warn(`Failed to fetch ${index.url}  ${reason(result)}`);
      state.warned = true;
      continue;
    }
    if (result.sha256 !== index.sha256) {
      yield* apt.error(
        `Failed to fetch ${index.url}  File has unexpected size (${result.size} != ${index.size}). Mirror sync in progress?`,
      );
      state.failed = true;
      continue;
    }
    if (!packed) {
      const bytes = yield* readFile(sys, partial);
      sys.unlink(partial);
      if (typeof bytes !== 'number') yield* writeFile(sys, file, joinBytes(new Gunzip().push(bytes)), 0o644);
    } else sys.rename(partial, file);
    if (packed) continue;
    mkdirp(sys, `${LISTS}/auxfiles`, 0o755);
    yield* writeFile(sys, `${LISTS}/auxfiles/${file.slice(LISTS.length + 1)}`, index.sha256, 0o644);
  }
  for (const file of namesOf(sys)) if (!keep.has(file)) sys.unlink(`${LISTS}/${file}`);
  yield* fetching.finish();
  if (state.warned)
    yield* apt.warn('Some index files failed to download. They have been ignored, or old ones used instead.');
  return { failed: state.failed };
}

function namesOf(sys: Apt['sys']): string[] {
  const names = listDir(sys, LISTS);
  return typeof names === 'number' ? [] : names;
}

/** Whether the list that is there is the one that Release names: compressed it can be seen, else by its time. */
function* isFresh(sys: Apt['sys'], file: string, digest: string, sha256: HashFactory, packed: boolean): Wait<boolean> {
  if (sys.stat(file, new Stat()) < 0) return false;
  if (!packed) {
    const noted = yield* readFile(sys, `${LISTS}/auxfiles/${file.slice(LISTS.length + 1)}`);
    return typeof noted !== 'number' && decode(noted) === digest;
  }
  const bytes = yield* readFile(sys, file);
  return typeof bytes !== 'number' && sha256.hex(bytes) === digest;
}

/** Gets a suite's InRelease and looks at its signature. @returns its fields, or undefined: the suite is left as it is */
function* fetchRelease(
  apt: Apt,
  fetching: Fetching,
  source: Source,
  url: string,
  sha256: HashFactory,
  state: { failed: boolean; warned: boolean },
): Wait<Map<string, string> | undefined> {
  const { sys } = apt;
  const what = source.suite === '/' ? source.uri : `${source.uri} ${source.suite}`;
  const file = `${LISTS}/${listName(`${url}/InRelease`)}`;
  const partial = `${LISTS}/partial/${listName(`${url}/InRelease`)}`;
  const st = new Stat();
  const since = sys.stat(file, st) === 0 ? new Date(st.mtimeSec * 1000).toUTCString() : undefined;
  const result = yield* fetching.get(`${url}/InRelease`, partial, `${what} InRelease`, undefined, since);
  if (result.kind === 'status') {
    yield* fetching.ignored(`${what} InRelease`);
    const plain = yield* fetching.get(`${url}/Release`, partial, `${what} Release`);
    if (plain.kind !== 'ok') {
      yield* fetching.failed(`${what} Release`, plain);
      yield* apt.error(`The repository '${what} Release' does not have a Release file.`);
    } else if (source.trusted) {
      yield* apt.note(`The repository '${what} Release' is not signed.`);
      return yield* take(sys, partial, file, plain.modified);
    } else yield* apt.error(`The repository '${what} Release' is not signed.`);
    yield* insecureNotes(apt);
    state.failed = true;
    return undefined;
  }
  if (result.kind !== 'ok' && result.kind !== 'unchanged') {
    yield* fetching.failed(`${what} InRelease`, result);
    yield* apt.warn(`Failed to fetch ${url}/InRelease  ${reason(result).split('\n').join('  ')}`);
    if (transient(result)) state.warned = true;
    else state.failed = true;
    return undefined;
  }
  const bytes = yield* readFile(sys, result.kind === 'ok' ? partial : file);
  const signed = typeof bytes === 'number' ? undefined : readClearSigned(decode(bytes), sha256);
  const problem = yield* judge(apt, source, signed);
  if (problem !== undefined) {
    const missing = problem.startsWith('NO_PUBKEY');
    yield* fetching.failedText(`${what} InRelease`, missing ? `${UNVERIFIED}${problem}` : problem);
    yield* apt.warn(`GPG error: ${what} InRelease: ${missing ? `${UNVERIFIED}${problem}` : problem}`);
    yield* apt.error(`The repository '${what} InRelease' is not signed.`);
    yield* insecureNotes(apt);
    state.failed = true;
    return undefined;
  }
  if (result.kind === 'unchanged') return parseDeb822(signed?.text ?? '')[0];
  return yield* take(sys, partial, file, result.modified);
}

function* take(
  sys: Apt['sys'],
  partial: string,
  file: string,
  modified: string | undefined,
): Wait<Map<string, string> | undefined> {
  sys.rename(partial, file);
  const seconds = modified === undefined ? Number.NaN : Date.parse(modified) / 1000;
  if (!Number.isNaN(seconds)) sys.utimens(file, seconds, 0, seconds, 0);
  const bytes = yield* readFile(sys, file);
  const text = typeof bytes === 'number' ? '' : decode(bytes);
  return parseDeb822(text.replace(/^-----BEGIN PGP SIGNED MESSAGE-----\n(?:.+\n)*\n/, ''))[0];
}

/** What is wrong with a signature; undefined: nothing. */
function* judge(apt: Apt, source: Source, signed: ReturnType<typeof readClearSigned>): Wait<string | undefined> {
  if (source.trusted) return undefined;
  if (!signed?.fingerprint) return 'The signature could not be read';
  const trusted = yield* trustedKeys(apt, source);
  if (!trusted.has(signed.fingerprint)) return `NO_PUBKEY ${signed.fingerprint.slice(-16)}`;
  return signed.valid ? undefined : `The following signatures were invalid: BADSIG ${signed.fingerprint.slice(-16)}`;
}

/** Fingerprints of the keys that a source may be signed with. */
function* trustedKeys(apt: Apt, source: Source): Wait<Set<string>> {
  const { sys } = apt;
  const keys = new Set<string>();
  const add = (bytes: Uint8Array | number): void => {
    if (typeof bytes !== 'number') for (const key of keysIn(bytes)) keys.add(key.fingerprint);
  };
  if (source.signedBy?.includes('-----BEGIN')) {
    add(encode(source.signedBy.replace(/^ ?\.?$/gm, '').replace(/^ /gm, '')));
    return keys;
  }
  if (source.signedBy !== undefined) {
    for (const path of source.signedBy.split(/[,\s]+/)) if (path !== '') add(yield* readFile(sys, path));
    return keys;
  }
  const names = listDir(sys, '/etc/apt/trusted.gpg.d');
  for (const name of typeof names === 'number' ? [] : names)
    add(yield* readFile(sys, `/etc/apt/trusted.gpg.d/${name}`));
  add(yield* readFile(sys, '/etc/apt/trusted.gpg'));
  // what the distribution itself is signed with lies beside
  for (const ring of ['debian-archive-keyring.gpg', 'ubuntu-archive-keyring.gpg'])
    add(yield* readFile(sys, `/usr/share/keyrings/${ring}`));
  return keys;
}

function* insecureNotes(apt: Apt): Wait<void> {
  yield* apt.note("Updating from such a repository can't be done securely, and is therefore disabled by default.");
  yield* apt.note('See apt-secure(8) manpage for repository creation and user configuration details.');
}
