import type { Sys } from '../../abi/sys.ts';
import { Gunzip } from '../../lib/gzip.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import { Untar, UntarError } from '../../libc/untar.ts';
import type { BuildHost } from './context.ts';
import { fetchGit, type GitLog, isGit, parseGit } from './git.ts';
import { download } from './remote.ts';

/** Unpacks the archive of a request, which may be gzipped. @throws UntarError */
export function* unpackContext(sys: Sys, dir: string, next: () => Wait<Uint8Array | undefined>): Wait<void> {
  const untar = new Untar(sys, dir, { whiteouts: false });
  let gunzip: Gunzip | undefined;
  let first = true;
  for (let piece; (piece = yield* next()) !== undefined; ) {
    if (first && piece[0] === 0x1f && piece[1] === 0x8b) gunzip = new Gunzip();
    first = false;
    for (const part of gunzip ? gunzip.push(piece) : [piece]) yield* untar.push(part);
    if (gunzip?.error) throw new UntarError('unexpected EOF');
  }
  yield* untar.finish();
}

/** Whether bytes begin a tar archive, plain or gzipped. */
export const isTar = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0x1f && bytes[1] === 0x8b) || decode(bytes.subarray(257, 262)) === 'ustar';

/** The bytes as the one piece of a stream. */
export function inOnePiece(bytes: Uint8Array): () => Wait<Uint8Array | undefined> {
  let sent = false;
  return function* () {
    if (sent) return undefined;
    sent = true;
    return bytes;
  };
}

/** A context that the client does not have. */
export interface RemoteContext {
  url: string;
  /** Folder of the build. */
  dir: string;
  dockerfile: string;
  log: GitLog;
  /** Fetches what has no address in any network. @returns whether this was such a thing */
  upload(sys: Sys, url: string, path: string): Wait<boolean>;
}

/**
 * Fetches a context: an archive is unpacked into context/ and its Dockerfile put into dockerfile/; anything else is the
 * Dockerfile.
 * @returns whether it was an archive
 * @throws ApiError, UntarError
 */
export function* fetchContext(sys: Sys, host: BuildHost, context: RemoteContext): Wait<boolean> {
  const { url, dir, dockerfile, log } = context;
  for (const name of ['context', 'dockerfile']) mkdirp(sys, `${dir}/${name}`, 0o755);
  if (isGit(url)) yield* fetchGit(sys, parseGit(url), `${dir}/context`, false, log);
  const file = `${dir}/dockerfile/${dockerfile.replace(/^.*\//, '')}`;
  const given = yield* readFile(sys, file);
  if (!isGit(url)) {
    if (!(yield* context.upload(sys, url, `${dir}/download`))) yield* download(sys, { host }, url, `${dir}/download`);
    const bytes = yield* readFile(sys, `${dir}/download`);
    sys.unlink(`${dir}/download`);
    if (typeof bytes === 'number') return false;
    if (!isTar(bytes)) {
      if (typeof given === 'number') yield* writeFile(sys, file, bytes, 0o644);
      return false;
    }
    yield* unpackContext(sys, `${dir}/context`, inOnePiece(bytes));
  }
  const inside = yield* readFile(sys, `${dir}/context/${dockerfile}`);
  if (typeof given === 'number' && typeof inside !== 'number') yield* writeFile(sys, file, inside, 0o644);
  return !isGit(url);
}
