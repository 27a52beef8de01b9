import { Gunzip } from '../../../lib/gzip.ts';
import type { HashFactory } from '../../../lib/hash.ts';
import { decode } from '../../../lib/utf8.ts';
import { joinBytes, readFile, type Wait, writeFile } from '../../../libc/io.ts';
import { listDir, mkdirp } from '../../../libc/paths.ts';
import type { Context } from '../../../libc/program.ts';
import { Downloader, type Fetched } from '../fetch.ts';
import type { Evr } from './database.ts';

export const REPOS = '/etc/yum.repos.d';
export const CACHE = '/var/cache/yum/x86_64/7';
const AGENT = 'urlgrabber/3.10 yum/3.4.3';

/** A section of a .repo file. */
export interface RepoConfig {
  id: string;
  file: string;
  fields: Map<string, string>;
}

/** A package that a repository has. */
export interface RemotePackage extends Evr {
  name: string;
  arch: string;
  summary: string;
  /** Bytes of the archive, and installed. */
  size: number;
  installed: number;
  checksum: string;
  location: string;
  provides: string[];
  requires: string[];
  files: string[];
  repo: string;
  /** Address of the repository that it is fetched from. */
  base: string;
}

const variables = (text: string): string =>
  text
    .replaceAll(/\$releasever/g, '7')
    .replaceAll(/\$basearch/g, 'x86_64')
    .replaceAll(/\$arch/g, 'x86_64')
    .replaceAll(/\$infra/g, 'stock');

/** Reads text in the form of .repo files. */
export function parseRepos(text: string, file: string): RepoConfig[] {
  const out: RepoConfig[] = [];
  let last = '';
  for (const raw of text.split('\n')) {
    const line = raw.replace(/^\s*[#;].*/, '');
    const section = /^\s*\[([^\]]+)\]/.exec(line);
    const field = /^\s*([A-Za-z0-9_]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (section) out.push({ id: section[1]!, file, fields: new Map() });
    else if (field) {
      last = field[1]!;
      out.at(-1)?.fields.set(last, variables(field[2]!));
    } else if (/^\s+\S/.test(line) && last !== '') {
      const fields = out.at(-1)?.fields;
      fields?.set(last, `${fields.get(last)} ${variables(line.trim())}`);
    }
  }
  return out;
}

/** All repositories of the system, those that are off too. */
export function* readRepos(ctx: Context): Wait<RepoConfig[]> {
  const names = listDir(ctx.sys, REPOS);
  const out: RepoConfig[] = [];
  for (const name of typeof names === 'number' ? [] : names.sort()) {
    if (!name.endsWith('.repo')) continue;
    const bytes = yield* readFile(ctx.sys, `${REPOS}/${name}`);
    if (typeof bytes !== 'number') out.push(...parseRepos(decode(bytes), `${REPOS}/${name}`));
  }
  return out;
}

export const isOn = (repo: RepoConfig): boolean =>
  !['0', 'no', 'false', 'off'].includes(repo.fields.get('enabled') ?? '1');

/** Fetches metadata and packages. */
export class Fetcher {
  readonly downloader: Downloader;

  constructor(
    readonly ctx: Context,
    readonly sha256: HashFactory,
  ) {
    this.downloader = new Downloader(ctx.sys, sha256);
  }

  *get(url: string, path: string): Wait<Fetched> {
    mkdirp(this.ctx.sys, path.slice(0, path.lastIndexOf('/')), 0o755);
    return yield* this.downloader.fetch(url, path, { agent: AGENT });
  }

  /** Addresses of a repository: its baseurl, or what its list of mirrors says. @returns words of the failure */
  *bases(repo: RepoConfig): Wait<string[] | string> {
    const base = repo.fields.get('baseurl');
    if (base) return base.split(/[\s,]+/).map((url) => url.replace(/\/+$/, ''));
    const list = repo.fields.get('mirrorlist') ?? repo.fields.get('metalink');
    if (!list) return 'Cannot find a valid baseurl for repo';
    const path = `${CACHE}/${repo.id}/mirrorlist.txt`;
    const result = yield* this.get(list, path);
    if (result.kind !== 'ok') return failureText(list, result);
    const bytes = yield* readFile(this.ctx.sys, path);
    return typeof bytes === 'number'
      ? 'no mirrors'
      : decode(bytes)
          .split('\n')
          .filter((line) => /^https?:/.test(line))
          .map((url) => url.replace(/\/+$/, ''));
  }

  /** The packages of a repository; from the cache unless `fresh`. `fetched` tells whether something came over the network. */
  *packages(repo: RepoConfig, fresh: boolean): Wait<{ packages: RemotePackage[]; fetched: boolean } | string> {
    const { sys } = this.ctx;
    const primary = `${CACHE}/${repo.id}/primary.xml.gz`;
    const baseFile = `${CACHE}/${repo.id}/base`;
    if (!fresh) {
      const [bytes, base] = [yield* readFile(sys, primary), yield* readFile(sys, baseFile)];
      if (typeof bytes !== 'number' && typeof base !== 'number')
        return { packages: parsePrimary(bytes, repo.id, decode(base).trim()), fetched: false };
    }
    const bases = yield* this.bases(repo);
    if (typeof bases === 'string') return bases;
    let problem = '';
    for (const base of bases) {
      const md = `${CACHE}/${repo.id}/repomd.xml`;
      const result = yield* this.get(`${base}/repodata/repomd.xml`, md);
      if (result.kind !== 'ok') {
        problem = failureText(`${base}/repodata/repomd.xml`, result);
        continue;
      }
      const text = yield* readFile(sys, md);
      const entry =
        typeof text === 'number' ? undefined : /<data type="primary">[\s\S]*?<\/data>/.exec(decode(text))?.[0];
      const sum = /<checksum[^>]*>([0-9a-f]+)</.exec(entry ?? '')?.[1];
      const href = /<location href="([^"]+)"/.exec(entry ?? '')?.[1];
      if (!href) {
        problem = `${base}/repodata/repomd.xml: [Errno -1] Error importing repomd.xml`;
        continue;
      }
      const got = yield* this.get(`${base}/${href}`, primary);
      if (got.kind !== 'ok' || got.sha256 !== sum) {
        problem =
          got.kind === 'ok'
            ? `${base}/${href}: [Errno -1] Metadata file does not match checksum`
            : failureText(`${base}/${href}`, got);
        continue;
      }
      const bytes = yield* readFile(sys, primary);
      if (typeof bytes === 'number') continue;
      yield* writeFile(sys, baseFile, `${base}\n`, 0o644);
      return { packages: parsePrimary(bytes, repo.id, base), fetched: true };
    }
    return problem;
  }
}

function unxml(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}

/** Reads a primary.xml. */
export function parsePrimary(packed: Uint8Array, repo: string, base: string): RemotePackage[] {
  const text = decode(joinBytes(new Gunzip().push(packed)));
  const out: RemotePackage[] = [];
  for (const part of text.split('<package ').slice(1)) {
    const one = (pattern: RegExp): string => unxml(pattern.exec(part)?.[1] ?? '');
    const names = (tag: string): string[] => {
      const block = new RegExp(`<rpm:${tag}>([\\s\\S]*?)</rpm:${tag}>`).exec(part)?.[1] ?? '';
      return [...block.matchAll(/<rpm:entry name="([^"]*)"/g)].map((m) => unxml(m[1]!));
    };
    out.push({
      name: one(/<name>([^<]*)</),
      arch: one(/<arch>([^<]*)</),
      epoch: Number(one(/epoch="(\d+)"/)),
      version: one(/ ver="([^"]*)"/),
      release: one(/ rel="([^"]*)"/),
      summary: one(/<summary>([^<]*)</),
      size: Number(one(/<size package="(\d+)"/)),
      installed: Number(one(/ installed="(\d+)"/)),
      checksum: one(/<checksum[^>]*>([0-9a-f]+)</),
      location: one(/<location href="([^"]*)"/),
      provides: names('provides'),
      requires: names('requires'),
      files: [...part.matchAll(/<file>([^<]*)</g)].map((m) => m[1]!),
      repo,
      base,
    });
  }
  return out;
}

/** `URL: [Errno 14] curl#6 - "Could not resolve host: x; Unknown error"` */
export function failureText(url: string, result: Fetched): string {
  switch (result.kind) {
    case 'resolve':
      return `${url}: [Errno 14] curl#6 - "Could not resolve host: ${result.host}; Unknown error"`;
    case 'connect':
      return result.errno === 110
        ? `${url}: [Errno 12] Timeout on ${url}: (28, 'Connection timed out after 30001 milliseconds')`
        : `${url}: [Errno 14] curl#7 - "Failed connect to ${result.host}:${result.peer.split(' ')[1]}; ${result.errno === 111 ? 'Connection refused' : 'Network is unreachable'}"`;
    case 'status':
      return `${url}: [Errno 14] HTTP${url.startsWith('https') ? 'S' : ''} Error ${result.status} - ${result.reason}`;
    case 'untrusted':
      return `${url}: [Errno 14] curl#60 - "Peer's Certificate issuer is not recognized."`;
    case 'local':
      return `[Errno ${result.errno}] ${result.path}`;
    default:
      return `${url}: [Errno 14] curl#52 - "Empty reply from server"`;
  }
}
