import type { Sys } from '../../../abi/sys.ts';
import { PatternMatcher, readIgnoreFile } from '../../../lib/pattern-matcher.ts';
import { TarWriter, tarHeader } from '../../../lib/tar.ts';
import { decode } from '../../../lib/utf8.ts';
import type { BodySource } from '../../../libc/http-client.ts';
import { joinBytes, readFile, type Wait } from '../../../libc/io.ts';
import { tarTree } from '../../../libc/tar-tree.ts';

/** Folder in which a Dockerfile travels that is not in the context; the daemon takes it out again. */
export const OUTSIDE = '.dockerfile.outside';

/**
 * A folder as the archive that the daemon builds from, without what its .dockerignore names. Owners are root's, as in
 * what a client sends.
 * @param dockerfile its path in the folder: it travels even if it is ignored
 * @param extra the Dockerfile, where it is from elsewhere
 */
export function* folderContext(
  sys: Sys,
  folder: string,
  dockerfile: string,
  extra: Uint8Array | undefined,
): Wait<BodySource> {
  let ignored = yield* readFile(sys, `${folder}/${dockerfile}.dockerignore`);
  if (typeof ignored === 'number') ignored = yield* readFile(sys, `${folder}/.dockerignore`);
  const matcher = typeof ignored === 'number' ? undefined : new PatternMatcher(readIgnoreFile(decode(ignored)));
  const pieces: Uint8Array[] = [];
  if (extra) pieces.push(single(dockerfile, extra));
  const kept = new Set([dockerfile, '.dockerignore']);
  yield* tarTree(
    sys,
    folder,
    {
      prefix: '',
      layer: false,
      include: (path, isDir) =>
        !matcher ||
        kept.has(path) ||
        (isDir && (matcher.hasExclusions || leadsTo(path, kept))) ||
        !matcher.matches(path),
      withoutRoot: true,
      map: (header) => ({ ...header, uid: 0, gid: 0, uname: '', gname: '', mtimeNsec: 0 }),
    },
    function* (bytes) {
      pieces.push(bytes.slice());
      return true;
    },
  );
  let at = 0;
  return {
    *next() {
      return pieces[at++];
    },
  };
}

/** An archive with a Dockerfile alone, which came on standard input. */
export function dockerfileContext(bytes: Uint8Array, name: string): Uint8Array {
  return joinBytes([single(name, bytes), new TarWriter().finish()]);
}

const leadsTo = (path: string, kept: ReadonlySet<string>): boolean =>
  [...kept].some((name) => name.startsWith(`${path}/`));

/** One file as an entry, filled up to its block. */
function single(name: string, bytes: Uint8Array): Uint8Array {
  const writer = new TarWriter();
  const head = writer.header(tarHeader({ name, type: 'file', mode: 0o644, size: bytes.length }));
  const data = writer.data(bytes);
  const end = writer.finish();
  return joinBytes([head, data, end.subarray(0, end.length - 1024)]);
}
