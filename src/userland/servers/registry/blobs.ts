import { O_RDONLY } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import type { SiteResponse } from '../../../libc/http-server.ts';
import { open, read, type Wait } from '../../../libc/io.ts';
import type { Call } from './call.ts';
import { refuse } from './errors.ts';

const PIECE = 65536;

/** GET and HEAD of a blob that the repository has, or of a range of it. */
export function* getBlob(call: Call): Wait<SiteResponse> {
  const { sys, registry, reference: digest } = call;
  const { storage } = registry;
  const size = storage.hasLayer(sys, call.name, digest) ? storage.blobSize(sys, digest) : undefined;
  if (size === undefined) throw refuse('BLOB_UNKNOWN', digest);
  const range = rangeOf(call.request.head.headers.get('range'), size);
  const etag: [string, string] = ['Etag', `"${digest}"`];
  if (range === 'outside')
    return {
      status: 416,
      headers: [
        ['Content-Range', `bytes */${size}`],
        ['Content-Type', 'text/plain; charset=utf-8'],
        ['Docker-Content-Digest', digest],
        etag,
      ],
      body: 'invalid range: failed to overlap\n',
    };
  const { from, to } = range ?? { from: 0, to: size - 1 };
  return {
    status: range ? 206 : 200,
    headers: [
      ['Accept-Ranges', 'bytes'],
      ['Cache-Control', 'max-age=31536000'],
      ['Content-Length', String(to - from + 1)],
      ...(range ? ([['Content-Range', `bytes ${from}-${to}/${size}`]] as const) : []),
      ['Content-Type', 'application/octet-stream'],
      ['Docker-Content-Digest', digest],
      etag,
    ],
    body: (write) => send(sys, storage.blobPath(digest), from, to - from + 1, write),
  };
}

/** The one range that was asked for; undefined where it is none or cannot be read. @see RFC 9110 section 14.1.2 */
function rangeOf(field: string | undefined, size: number): { from: number; to: number } | 'outside' | undefined {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(field ?? '');
  if (!parts || (parts[1] === '' && parts[2] === '')) return undefined;
  const [, first = '', last = ''] = parts;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return from >= size || from > to ? 'outside' : { from, to };
}

function* send(
  sys: Sys,
  path: string,
  from: number,
  length: number,
  write: (bytes: Uint8Array) => Wait<number>,
): Wait<void> {
  const fd = yield* open(sys, path, O_RDONLY);
  if (fd < 0) return;
  sys.lseek(fd, from, 0);
  const buf = new Uint8Array(PIECE);
  for (let left = length; left > 0; ) {
    const n = yield* read(sys, fd, buf.subarray(0, Math.min(left, PIECE)));
    if (n <= 0 || (yield* write(buf.subarray(0, n))) < 0) break;
    left -= n;
  }
  sys.close(fd);
}

/** DELETE: the repository has the blob no longer; its bytes go when garbage is collected. */
export function* deleteBlob(call: Call): Wait<SiteResponse> {
  const { sys, registry, reference: digest } = call;
  if (!registry.config.deletes) throw refuse('UNSUPPORTED');
  if (!registry.storage.hasLayer(sys, call.name, digest)) throw refuse('BLOB_UNKNOWN');
  registry.storage.unlinkLayer(sys, call.name, digest);
  return { status: 202, headers: [['Content-Length', '0']] };
}
