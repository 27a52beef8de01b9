import { O_CREAT, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import { Headers } from '../../lib/http-headers.ts';
import { open, type Wait, writeAll } from '../../libc/io.ts';
import { request } from '../image/registry-client.ts';
import { BuildError, type BuildWork } from './context.ts';
import { DockerfileError, type Lines } from './dockerfile-error.ts';
import { fetchGit, isGit, parseGit } from './git.ts';
import type { FetchOp } from './ops.ts';

/** Most redirections that are followed. */
const REDIRECTS_MAX = 10;

/** Whether ADD fetches a source instead of taking it from the context. */
export const isRemote = (text: string): boolean => /^https?:\/\//.test(text) || isGit(text);

/** What a source of ADD is fetched as. */
export interface Fetch {
  build: BuildWork;
  url: string;
  /** The step in the display. */
  name: string;
  checksum: string | undefined;
  keepGitDir: boolean;
  at: Lines;
}

/** A source that is fetched by HTTP, or by git. @throws DockerfileError */
export function fetchOf({ build, url, name, checksum, keepGitDir, at }: Fetch): FetchOp {
  if (isGit(url)) return gitOf({ build, url, name, checksum, keepGitDir, at });
  if (checksum !== undefined && !/^sha256:[0-9a-f]{64}$/.test(checksum))
    throw new DockerfileError(
      checksum.includes(':') ? 'invalid checksum digest length' : 'invalid checksum digest format',
    );
  const file = nameOf(url);
  return {
    kind: 'fetch',
    name,
    at,
    *fetch(sys, dir) {
      try {
        const digest = yield* download(sys, build, url, `${dir}/${file}`);
        if (checksum !== undefined && digest !== checksum)
          throw new BuildError(`digest mismatch ${digest}: ${checksum}`, at.first, at.last);
        return `${file} ${digest}`;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        throw new BuildError(`failed to load cache key: ${error.message}`, at.first, at.last, error.message);
      }
    },
  };
}

function gitOf({ url, name, checksum, keepGitDir, at }: Fetch): FetchOp {
  return {
    kind: 'fetch',
    name,
    at,
    *fetch(sys, dir, log) {
      try {
        const commit = yield* fetchGit(sys, parseGit(url), dir, keepGitDir, log);
        if (checksum !== undefined && !commit.startsWith(checksum))
          throw new BuildError(`expected checksum to match ${checksum}, got ${commit}`, at.first, at.last);
        return `git ${commit} ${keepGitDir}`;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        throw new BuildError(`failed to load cache key: ${error.message}`, 0, 0, error.message);
      }
    },
  };
}

/** The file that a URL is saved as. */
const nameOf = (url: string): string => {
  const path = url.replace(/[?#].*$/, '').replace(/^https?:\/\/[^/]*/, '');
  return path.replace(/^.*\//, '') || 'download';
};

/** Fetches a URL into a file. @returns its digest. @throws ApiError in Go's words */
export function* download(sys: Sys, build: Pick<BuildWork, 'host'>, url: string, path: string): Wait<string> {
  let at = url;
  for (let i = 0; i < REDIRECTS_MAX; i++) {
    const m = /^(https?):\/\/([^/?#]+)([^#]*)/.exec(at);
    if (!m) throw new ApiError('invalid-parameter', `invalid url ${at}`);
    const target = { scheme: m[1] as 'http' | 'https', host: m[2]!, insecure: false };
    const response = yield* request(
      sys,
      target,
      'GET',
      m[3]!.startsWith('/') ? m[3]! : `/${m[3]}`,
      new Headers(),
      undefined,
      at,
    );
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location) {
      yield* response.bytes();
      response.close();
      at = location.startsWith('/') ? `${m[1]}://${m[2]}${location}` : location;
      continue;
    }
    const bytes = yield* response.bytes();
    response.close();
    if (response.status < 200 || response.status >= 400)
      throw new ApiError('internal', `invalid response status ${response.status}`);
    const fd = yield* open(sys, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600);
    if (fd < 0) throw new ApiError('internal', `open ${path}`);
    yield* writeAll(sys, fd, bytes);
    sys.close(fd);
    return `sha256:${build.host.sha256.hex(bytes)}`;
  }
  throw new ApiError('internal', `Get "${at}": stopped after 10 redirects`);
}
