import { O_RDONLY } from '../../../abi/flags.ts';
import { byteRange, rangeFields } from '../../../libc/http-range.ts';
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
  const range = byteRange(call.request.head.headers.get('range'), size);
  const etag: [string, string] = ['Etag', `"${digest}"`];
  if (range === 'outside' || range === 'backward')
    return {
      status: 416,
      headers: [
        ...(range === 'outside' ? ([['Content-Range', `bytes */${size}`]] as const) : []),
        ['Content-Type', 'text/plain; charset=utf-8'],
        ['Docker-Content-Digest', digest],
        etag,
      ],
      body: range === 'outside' ? 'invalid range: failed to overlap\n' : 'invalid range\n',
    };
  const { from, to } = range ?? { from: 0, to: size - 1 };
  return {
    status: range ? 206 : 200,
    headers: [
      ['Accept-Ranges', 'bytes'],
      ['Cache-Control', 'max-age=31536000'],
      ...rangeFields(range, size),
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

/** DELETE: the repository has the blob no longer; its bytes go when garbage is collected. */
export function* deleteBlob(call: Call): Wait<SiteResponse> {
  const { sys, registry, reference: digest } = call;
  if (!registry.config.deletes) throw refuse('UNSUPPORTED');
  if (!registry.storage.hasLayer(sys, call.name, digest)) throw refuse('BLOB_UNKNOWN');
  registry.storage.unlinkLayer(sys, call.name, digest);
  return { status: 202, headers: [['Content-Length', '0']] };
}
