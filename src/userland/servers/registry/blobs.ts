import { O_RDONLY } from '../../../abi/flags.ts';
import type { SiteResponse } from '../../../libc/http-server.ts';
import { open, type Wait } from '../../../libc/io.ts';
import { sendFile } from '../../../libc/send-file.ts';
import type { Call } from './call.ts';
import { refuse } from './errors.ts';

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
    *body(write) {
      const fd = yield* open(sys, storage.blobPath(digest), O_RDONLY);
      if (fd >= 0) yield* sendFile(sys, fd, from, to - from + 1, write);
    },
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

/** DELETE: the repository has the blob no longer; its bytes go when garbage is collected. */
export function* deleteBlob(call: Call): Wait<SiteResponse> {
  const { sys, registry, reference: digest } = call;
  if (!registry.config.deletes) throw refuse('UNSUPPORTED');
  if (!registry.storage.hasLayer(sys, call.name, digest)) throw refuse('BLOB_UNKNOWN');
  registry.storage.unlinkLayer(sys, call.name, digest);
  return { status: 202, headers: [['Content-Length', '0']] };
}
