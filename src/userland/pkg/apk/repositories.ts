import { type ApkRecord, parseApkRecord } from '../../../lib/apk-index.ts';
import { Gunzip } from '../../../lib/gzip.ts';
import { TarReader } from '../../../lib/tar.ts';
import { decode } from '../../../lib/utf8.ts';
import { joinBytes, readFile, type Wait } from '../../../libc/io.ts';
import { listDir, mkdirp } from '../../../libc/paths.ts';
import type { Fetched } from '../fetch.ts';
import type { Apk } from './apk.ts';

/** A line of /etc/apk/repositories. */
export interface Repository {
  url: string;
  /** `@edge`: only packages that ask for the tag are taken from it. */
  tag: string | undefined;
}

/** A package that a repository has. */
export interface Available {
  record: ApkRecord;
  repository: Repository;
}

const CACHE = '/var/cache/apk';

/** The repositories of the system, and those of -X. */
export function* readRepositories(apk: Apk): Wait<Repository[]> {
  const bytes = yield* readFile(apk.sys, apk.repositoriesFile);
  const lines = typeof bytes === 'number' ? [] : decode(bytes).split('\n');
  const out: Repository[] = [];
  for (const line of [...lines, ...apk.extraRepositories]) {
    const words = line.replace(/#.*/, '').trim().split(/\s+/);
    const tag = words[0]?.startsWith('@') ? words.shift()!.slice(1) : undefined;
    const url = words[0];
    if (url) out.push({ url: url.replace(/\/+$/, ''), tag });
  }
  return out;
}

/** Name of a cached index: real ones have a hash there; ours the address. */
const cacheName = (repository: Repository): string =>
  `${CACHE}/APKINDEX.${repository.url.replace(/^[a-z]+:\/\//, '').replace(/[^A-Za-z0-9.]+/g, '_')}.tar.gz`;

const indexUrl = (repository: Repository): string => `${repository.url}/x86_64/APKINDEX.tar.gz`;

/** What one index says, and its description. */
export interface Index {
  repository: Repository;
  description: string;
  packages: Available[];
}

/** Reads the indexes, fetching those that are not in the cache (`update`: all). Problems are said and counted. */
export function* loadIndexes(apk: Apk, update: boolean): Wait<Index[]> {
  const indexes: Index[] = [];
  for (const repository of yield* readRepositories(apk)) {
    const cached = cacheName(repository);
    let bytes: Uint8Array | number = apk.noCache || update ? -2 : yield* readFile(apk.sys, cached);
    if (typeof bytes === 'number') {
      if (apk.noNetwork) {
        yield* apk.warn(`opening from cache ${repository.url}: No such file or directory`);
        continue;
      }
      yield* apk.say(`fetch ${indexUrl(repository)}\n`);
      const path = apk.noCache ? `/tmp/.apk.${apk.sys.getpid()}` : cached;
      if (!apk.noCache) mkdirp(apk.sys, CACHE, 0o755);
      const result = yield* apk.downloader.fetch(indexUrl(repository), path, { agent: 'apk-tools/2.14.9' });
      if (result.kind !== 'ok') {
        yield* apk.warn(`updating and opening ${repository.url}: ${why(result)}`);
        apk.unavailable++;
        continue;
      }
      bytes = yield* readFile(apk.sys, path);
      if (apk.noCache) apk.sys.unlink(path);
    }
    if (typeof bytes === 'number') continue;
    const index = readIndex(bytes, repository);
    if (!(yield* trusted(apk, index.key))) {
      yield* apk.warn(`opening ${repository.url}: UNTRUSTED signature`);
      continue;
    }
    indexes.push(index);
    if (apk.sys.tick()) yield;
  }
  return indexes;
}

/** Whether the key with which something was signed is one of the system's. */
export function* trusted(apk: Apk, key: string | undefined): Wait<boolean> {
  if (apk.allowUntrusted) return true;
  const keys = listDir(apk.sys, '/etc/apk/keys');
  const shared = listDir(apk.sys, '/usr/share/apk/keys');
  return [keys, shared].some((list) => typeof list !== 'number' && key !== undefined && list.includes(key));
}

function readIndex(bytes: Uint8Array, repository: Repository): Index & { key: string | undefined } {
  const tar = joinBytes(new Gunzip().push(bytes));
  const reader = new TarReader();
  const files = new Map<string, string[]>();
  let name = '';
  let key: string | undefined;
  for (const event of reader.push(tar)) {
    if (event.type === 'header') {
      name = event.header.name;
      files.set(name, []);
      const signed = /^\.SIGN\.RSA\.(.*)$/.exec(name);
      if (signed) key = signed[1];
    } else if (event.type === 'data') files.get(name)?.push(decode(event.bytes));
  }
  const text = (file: string): string => (files.get(file) ?? []).join('');
  const packages: Available[] = [];
  for (const block of text('APKINDEX').split('\n\n')) {
    const record = parseApkRecord(block.split('\n'));
    if (record) packages.push({ record, repository });
  }
  return { repository, description: text('DESCRIPTION').trim(), packages, key };
}

/** Why something could not be fetched, in apk's words. */
export function why(result: Fetched): string {
  switch (result.kind) {
    case 'status':
      return result.status === 404 ? 'No such file or directory' : `HTTP error ${result.status}`;
    case 'resolve':
      return result.temporary ? 'temporary error (try again later)' : 'DNS lookup error';
    case 'connect':
      return result.errno === 111
        ? 'Connection refused'
        : result.errno === 101
          ? 'Network unreachable'
          : 'network error (check Internet connection and firewall)';
    case 'untrusted':
      return 'TLS: server certificate not trusted';
    case 'local':
      return result.errno === 28
        ? 'No space left on device'
        : result.errno === 13
          ? 'Permission denied'
          : 'No such file or directory';
    default:
      return 'unexpected end of file';
  }
}
