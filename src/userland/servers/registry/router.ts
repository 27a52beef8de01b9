import type { SiteRequest, SiteResponse } from '../../../libc/http-server.ts';
import type { Wait } from '../../../libc/io.ts';
import { deleteBlob, getBlob } from './blobs.ts';
import type { Call, Handler, Registry } from './call.ts';
import { refuse } from './errors.ts';
import { catalog, tagList } from './lists.ts';
import { deleteManifest, getManifest, getReferrers, putManifest } from './manifests.ts';
import { isDigest } from './storage.ts';
import { beginUpload, cancelUpload, finishUpload, patchUpload, uploadStatus } from './uploads.ts';

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const NAME = `(${COMPONENT}(?:/${COMPONENT})*)`;

interface Route {
  path: RegExp;
  methods: Readonly<Record<string, Handler>>;
  /** The reference is a digest. */
  digest?: true;
}

/** The distribution API. @see OCI distribution-spec "Endpoints", distribution registry/api/v2/descriptors.go */
const ROUTES: readonly Route[] = [
  {
    path: new RegExp(
      `^/v2/${NAME}/manifests/([\\w][\\w.-]{0,127}|[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})$`,
    ),
    methods: { DELETE: deleteManifest, GET: getManifest, HEAD: getManifest, PUT: putManifest },
  },
  {
    path: new RegExp(`^/v2/${NAME}/tags/list$`),
    methods: { GET: tagList },
  },
  {
    path: new RegExp(`^/v2/${NAME}/blobs/uploads/$`),
    methods: { POST: beginUpload },
  },
  {
    path: new RegExp(`^/v2/${NAME}/blobs/uploads/([a-zA-Z0-9\\-_.=]+)$`),
    methods: {
      DELETE: cancelUpload,
      GET: uploadStatus,
      HEAD: uploadStatus,
      PATCH: patchUpload,
      PUT: finishUpload,
    },
  },
  {
    path: new RegExp(`^/v2/${NAME}/blobs/([A-Za-z0-9]+:[0-9a-fA-F]+)$`),
    methods: { DELETE: deleteBlob, GET: getBlob, HEAD: getBlob },
    digest: true,
  },
];

/** What version 2 does not have. */
const SINCE_3: readonly Route[] = [
  {
    path: new RegExp(`^/v2/${NAME}/referrers/([A-Za-z0-9]+:[0-9a-fA-F]+)$`),
    methods: { GET: getReferrers, HEAD: getReferrers },
    digest: true,
  },
];

/** Methods that change something. */
const WRITES = ['PUT', 'POST', 'PATCH', 'DELETE'];

/** Where a request goes; a refusal by its words where it goes nowhere. */
export type Target =
  | { kind: 'call'; name: string; reference: string; handler: Handler; write: boolean }
  | { kind: 'answer'; response: SiteResponse };

const plain = (status: number, text: string, headers: readonly (readonly [string, string])[] = []): Target => ({
  kind: 'answer',
  response: {
    status,
    headers: [...headers, ['Content-Type', 'text/plain; charset=utf-8']],
    body: `${text}\n`,
  },
});

function* ping(): Wait<SiteResponse> {
  return {
    status: 200,
    headers: [
      ['Content-Length', '2'],
      ['Content-Type', 'application/json; charset=utf-8'],
    ],
    body: '{}',
  };
}

/** Finds what a request asks for. */
export function route(request: SiteRequest, registry: Registry): Target {
  const { method } = request.head;
  if (request.path === '/v2/') return of({ GET: ping, HEAD: ping }, method, '', '', registry);
  if (request.path === '/v2')
    return {
      kind: 'answer',
      response: {
        status: 301,
        headers: [
          ['Content-Type', 'text/html; charset=utf-8'],
          ['Location', '/v2/'],
        ],
        body: '<a href="/v2/">Moved Permanently</a>.\n\n',
      },
    };
  if (request.path === '/v2/_catalog') return of({ GET: catalog }, method, '', '', registry);
  for (const { path, methods, digest } of registry.major >= 3 ? [...ROUTES, ...SINCE_3] : ROUTES) {
    const parts = path.exec(request.path);
    if (!parts) continue;
    const [, name = '', reference = ''] = parts;
    if (digest && !isDigest(reference)) return of({ [method]: invalidDigest }, method, name, reference, registry);
    return of(methods, method, name, reference, registry);
  }
  return plain(404, '404 page not found');
}

function* invalidDigest(_: Call): Wait<SiteResponse> {
  throw refuse('DIGEST_INVALID', {});
}

function of(
  methods: Readonly<Record<string, Handler>>,
  method: string,
  name: string,
  reference: string,
  registry: Registry,
): Target {
  const write = WRITES.includes(method);
  const handler = write && registry.config.readOnly ? undefined : methods[method];
  if (handler) return { kind: 'call', name, reference, handler, write };
  return plain(405, 'Method not allowed', [['Allow', Object.keys(methods).sort().join(', ')]]);
}
