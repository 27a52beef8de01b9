import { O_RDONLY } from '../../abi/flags.ts';
import { S_IFMT, S_IFREG, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { WaitResult } from '../../abi/wait.ts';
import { makeElf } from '../../lib/elf.ts';
import { gzip } from '../../lib/gzip.ts';
import { TarWriter, tarHeader } from '../../lib/tar.ts';
import { decode } from '../../lib/utf8.ts';
import type { SiteResponse } from '../../libc/http-server.ts';
import { joinBytes, open, spawn, type Wait, waitpid, writeFile } from '../../libc/io.ts';
import { dirname, mkdirp } from '../../libc/paths.ts';
import { sendFile } from '../../libc/send-file.ts';
import { escapeHtml, link, notThere, page } from '../page.ts';
import type { Stock, StockFile } from './stock.ts';

const HOST = 'github.com';
const ROOT = '/srv/git';
/** When all commits were made: 2025-10-01. */
const DATE = '1759276800 +0000';
const BRANCH = 'main';
/** Bytes of the release of docker-compose that people download. */
const COMPOSE_SIZE = 73_699_264;
const ZEROS = new Uint8Array(65_536);

/** github.com and the hosts beside it, for the repositories that sites/ has: their pages, files, archives, and git. */
export class GitHub {
  /** Repositories that git has made on this host's disk. */
  readonly #made = new Set<string>();

  constructor(private readonly stock: Stock) {}

  *serve(sys: Sys, host: string, path: string): Wait<SiteResponse> {
    if (host === 'raw.githubusercontent.com') return this.#raw(path);
    const [, owner = '', repository = '', rest = ''] = /^\/([\w.-]+)\/([\w.-]+?)(?:\.git)?(\/.*)?$/.exec(path) ?? [];
    const name = `${owner}/${repository}`;
    const release = /^\/releases\/(?:latest\/)?download\/(?:([^/]+)\/)?(docker-compose-[\w-]+)$/.exec(rest);
    if (name === 'docker/compose' && release) return compose(release[1] ?? 'v2.40.3');
    const files = this.#files(name);
    if (files.size === 0) return notThere(`There is no offline copy of ${HOST}${path}.`);
    const archive = /^\/(?:archive|tar\.gz)\/(?:refs\/heads\/)?([\w.-]+?)(?:\.tar\.gz)?$/.exec(rest);
    if (archive) return tarball(`${repository}-${archive[1]}`, files);
    if (/^\/(info\/refs|HEAD|objects\/.*)$/.test(rest)) return yield* this.#git(sys, name, files, rest);
    return repositoryPage(name, files);
  }

  #files(name: string): Map<string, StockFile> {
    const prefix = `${HOST}/${name}/`;
    return new Map(
      [...this.stock]
        .filter(([path]) => path.startsWith(prefix))
        .map(([path, file]) => [path.slice(prefix.length), file]),
    );
  }

  /** `/OWNER/NAME/BRANCH/PATH` */
  #raw(path: string): SiteResponse {
    const [, name = '', file = ''] = /^\/([^/]+\/[^/]+)\/(?:refs\/heads\/)?[^/]+\/(.+)$/.exec(path) ?? [];
    const found = this.stock.get(`${HOST}/${name}/${file}`);
    const headers: [string, string][] = [['Content-Type', 'text/plain; charset=utf-8']];
    return found ? { status: 200, headers, body: found.bytes } : { status: 404, headers, body: '404: Not Found' };
  }

  /** A file of the repository for clients that ask for files one by one. @see gitprotocol-http(5), "Dumb Clients" */
  *#git(sys: Sys, name: string, files: Map<string, StockFile>, rest: string): Wait<SiteResponse> {
    const folder = `${ROOT}/${name}`;
    if (!this.#made.has(name)) {
      this.#made.add(name);
      yield* makeRepository(sys, folder, files);
    }
    const path = `${folder}/.git${rest}`;
    const st = new Stat();
    if (sys.stat(path, st) < 0 || (st.mode & S_IFMT) !== S_IFREG) return notThere('Not Found');
    return {
      status: 200,
      headers: [
        ['Content-Type', 'text/plain'],
        ['Content-Length', String(st.size)],
      ],
      *body(write) {
        const fd = yield* open(sys, path, O_RDONLY);
        if (fd >= 0) yield* sendFile(sys, fd, 0, st.size, write);
      },
    };
  }
}

/** Writes the files and has git make one commit of them. */
function* makeRepository(sys: Sys, folder: string, files: Map<string, StockFile>): Wait<void> {
  mkdirp(sys, folder);
  for (const [path, { bytes, mode }] of files) {
    mkdirp(sys, dirname(`${folder}/${path}`));
    yield* writeFile(sys, `${folder}/${path}`, bytes, mode);
  }
  const person = ['-c', 'user.name=Drydock', '-c', 'user.email=drydock@example.com'];
  for (const words of [
    ['init', '-q', '-b', BRANCH],
    ['add', '-A'],
    [...person, 'commit', '-q', '-m', 'The files of the tutorial'],
    ['update-server-info'],
  ]) {
    const environment = ['HOME=/tmp', 'PATH=/bin', `GIT_AUTHOR_DATE=${DATE}`, `GIT_COMMITTER_DATE=${DATE}`];
    const pid = yield* spawn(sys, '/bin/git', ['git', '-C', folder, ...words], environment);
    if (pid > 0) yield* waitpid(sys, pid, 0, new WaitResult());
  }
}

/** The release of docker-compose: a program of Docker's, as large as the real one. */
function compose(version: string): SiteResponse {
  const elf = makeElf({ program: 'docker-compose', version: version.replace(/^v/, ''), flavour: 'go' });
  return {
    status: 200,
    headers: [
      ['Content-Type', 'application/octet-stream'],
      ['Content-Length', String(COMPOSE_SIZE)],
    ],
    *body(write) {
      if ((yield* write(elf)) < 0) return;
      for (let left = COMPOSE_SIZE - elf.length; left > 0; left -= ZEROS.length)
        if ((yield* write(left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS)) < 0) return;
    },
  };
}

function tarball(folder: string, files: Map<string, StockFile>): SiteResponse {
  const writer = new TarWriter();
  const pieces: Uint8Array[] = [];
  for (const [path, { bytes, mode }] of files)
    pieces.push(
      writer.header(
        tarHeader({
          name: `${folder}/${path}`,
          type: 'file',
          mode,
          size: bytes.length,
          mtimeSec: Number.parseInt(DATE, 10),
        }),
      ),
      writer.data(bytes),
    );
  const body = gzip(joinBytes([...pieces, writer.finish()]));
  return { status: 200, headers: [['Content-Type', 'application/x-gzip']], body };
}

function repositoryPage(name: string, files: Map<string, StockFile>): SiteResponse {
  const readme = files.get('README.md');
  const list = [...files.keys()].map(
    (path) => `<li>${link(`https://raw.githubusercontent.com/${name}/${BRANCH}/${path}`, path)}</li>`,
  );
  const text = readme ? `<pre>${escapeHtml(decode(readme.bytes))}</pre>` : '';
  return page(name, `<ul>\n${list.join('\n')}\n</ul>\n${text}`);
}
