import { O_RDONLY } from '../abi/flags.ts';
import type { Entry, Sys } from '../abi/sys.ts';
import { toBase64 } from '../lib/base64.ts';
import { decode, encode } from '../lib/utf8.ts';
import { listenTcp, type Site, type SiteRequest, type SiteResponse, serveHttp } from '../libc/http-server.ts';
import { open, read, readFile, type Wait } from '../libc/io.ts';
import { PUBLIC_ISSUER } from '../libc/tls.ts';

/** What Docker Hub has: read from /srv/hub/index.json of the host that runs it. Blobs lie in /srv/hub/sha256. */
interface Index {
  repositories: Record<string, { tags: Record<string, string> }>;
  manifests: Record<string, { mediaType: string; size: number }>;
  blobs: Record<string, number>;
}

const JSON_TYPE: readonly [string, string] = ['Content-Type', 'application/json'];
const YEAR = 31_536_000;

/** Docker Hub's hosts: the registry and its token server, one program that looks at the Host field. */
export const hub: Entry = function* (sys) {
  const bytes = yield* readFile(sys, '/srv/hub/index.json');
  if (typeof bytes === 'number') return 1;
  const index = JSON.parse(decode(bytes)) as Index;
  const secure = listenTcp(sys, 443);
  const plain = listenTcp(sys, 80);
  if (secure < 0 || plain < 0) return 1;
  sys.thread(function* (own) {
    return yield* serveHttp(own, plain, redirect);
  });
  const site: Site = (own, request) => serve(own, request, index);
  return yield* serveHttp(sys, secure, site, (name) => ({
    subject: '*.docker.io',
    issuer: PUBLIC_ISSUER,
    names: ['*.docker.io', 'docker.io', '*.docker.com', name],
    notBefore: 0,
    notAfter: Math.floor(sys.now(0) / 1000) + YEAR,
  }));
};

function* redirect(_sys: Sys, request: SiteRequest): Wait<SiteResponse> {
  return {
    status: 301,
    headers: [['Location', `https://${request.head.headers.get('host') ?? ''}${request.head.target}`]],
  };
}

function* serve(sys: Sys, request: SiteRequest, index: Index): Wait<SiteResponse> {
  const host = (request.head.headers.get('host') ?? '').replace(/:\d+$/, '');
  if (host === 'auth.docker.io') return token(sys, request);
  if (host === 'hub.docker.com' || host === 'www.docker.com' || host === 'docker.com')
    return {
      status: 200,
      headers: [['Content-Type', 'text/html']],
      body: '<!doctype html><title>Docker Hub</title><h1>Docker Hub</h1>\n',
    };
  return yield* registry(sys, request, index);
}

/** GET /token: anybody may pull, so everybody gets one. It names the scope that it is for. */
function token(sys: Sys, request: SiteRequest): SiteResponse {
  if (request.path !== '/token') return notFound('404 page not found');
  const seconds = Math.floor(sys.now(0) / 1000);
  const part = (value: unknown): string =>
    toBase64(encode(JSON.stringify(value)))
      .replace(/=+$/, '')
      .replaceAll('+', '-')
      .replaceAll('/', '_');
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ aud: request.query.get('service'), exp: seconds + 300, iat: seconds, iss: 'auth.docker.io', scope: request.query.get('scope') ?? '' })}.${part('drydock')}`;
  return {
    status: 200,
    headers: [JSON_TYPE],
    body: JSON.stringify({
      token: text,
      access_token: text,
      expires_in: 300,
      issued_at: new Date(seconds * 1000).toISOString(),
    }),
  };
}

function notFound(text: string): SiteResponse {
  return { status: 404, headers: [['Content-Type', 'text/plain; charset=utf-8']], body: `${text}\n` };
}

const VERSION: readonly [string, string] = ['Docker-Distribution-Api-Version', 'registry/2.0'];

function failure(status: number, code: string, message: string, detail?: unknown): SiteResponse {
  return {
    status,
    headers: [JSON_TYPE, VERSION],
    body: `${JSON.stringify({ errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] })}\n`,
  };
}

/** The OCI distribution API, as far as reading goes. @see OCI distribution-spec v1.1, "Pull" */
function* registry(sys: Sys, request: SiteRequest, index: Index): Wait<SiteResponse> {
  const { method } = request.head;
  const path = /^\/v2\/(.*)$/.exec(request.path);
  if (!path) return notFound('404 page not found');
  const rest = path[1]!;
  const parts = /^(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(rest);
  const name = parts?.[1] ?? '';
  if (!request.head.headers.has('authorization')) return unauthorized(request, name);
  if (rest === '') return { status: 200, headers: [JSON_TYPE, VERSION], body: '{}' };
  if (!parts) return notFound('404 page not found');
  if (method !== 'GET' && method !== 'HEAD')
    return failure(401, 'UNAUTHORIZED', 'authentication required', [
      { Type: 'repository', Class: '', Name: name, Action: 'push' },
    ]);
  const repository = index.repositories[name];
  // Hub does not tell a private repository from one that is not there
  if (!repository)
    return failure(401, 'UNAUTHORIZED', 'authentication required', [
      { Type: 'repository', Class: '', Name: name, Action: 'pull' },
    ]);
  const [kind, reference] = [parts[2]!, parts[3]!];
  if (kind === 'tags') {
    if (reference !== 'list') return notFound('404 page not found');
    return {
      status: 200,
      headers: [JSON_TYPE, VERSION],
      body: JSON.stringify({ name, tags: Object.keys(repository.tags).sort() }),
    };
  }
  if (kind === 'blobs') return yield* blob(sys, request, index, reference);
  const digest = reference.startsWith('sha256:') ? reference : repository.tags[reference];
  const manifest = digest === undefined ? undefined : index.manifests[digest];
  if (digest === undefined || !manifest) {
    return failure(
      404,
      'MANIFEST_UNKNOWN',
      'manifest unknown',
      `unknown ${reference.startsWith('sha256:') ? 'manifest' : 'tag'}=${reference}`,
    );
  }
  const body = yield* readFile(sys, `/srv/hub/${digest.replace(':', '/')}`);
  if (typeof body === 'number') return failure(500, 'UNKNOWN', 'unknown error');
  return {
    status: 200,
    headers: [
      ['Content-Type', manifest.mediaType],
      ['Docker-Content-Digest', digest],
      VERSION,
      ['Etag', `"${digest}"`],
    ],
    body,
  };
}

function unauthorized(request: SiteRequest, name: string): SiteResponse {
  const scope =
    name === ''
      ? ''
      : `,scope="repository:${name}:${request.head.method === 'GET' || request.head.method === 'HEAD' ? 'pull' : 'pull,push'}"`;
  const refusal = failure(401, 'UNAUTHORIZED', 'authentication required', null);
  return {
    ...refusal,
    headers: [
      ...refusal.headers!,
      ['Www-Authenticate', `Bearer realm="https://auth.docker.io/token",service="registry.docker.io"${scope}`],
    ],
  };
}

function* blob(sys: Sys, request: SiteRequest, index: Index, digest: string): Wait<SiteResponse> {
  const size = index.blobs[digest];
  if (size === undefined) return failure(404, 'BLOB_UNKNOWN', 'blob unknown to registry', digest);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.head.headers.get('range') ?? '');
  const from = range ? Number(range[1]) : 0;
  const to = range?.[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
  const headers: [string, string][] = [
    ['Content-Type', 'application/octet-stream'],
    ['Docker-Content-Digest', digest],
    ['Content-Length', String(to - from + 1)],
    ['Accept-Ranges', 'bytes'],
  ];
  if (range) {
    if (from >= size) return { status: 416, headers: [['Content-Range', `bytes */${size}`]] };
    headers.push(['Content-Range', `bytes ${from}-${to}/${size}`]);
  }
  return {
    status: range ? 206 : 200,
    headers,
    *body(write) {
      const fd = yield* open(sys, `/srv/hub/${digest.replace(':', '/')}`, O_RDONLY);
      if (fd < 0) return;
      sys.lseek(fd, from, 0);
      const buf = new Uint8Array(65536);
      let left = to - from + 1;
      while (left > 0) {
        const n = yield* read(sys, fd, buf.subarray(0, Math.min(left, buf.length)));
        if (n <= 0 || (yield* write(buf.subarray(0, n))) < 0) break;
        left -= n;
      }
      sys.close(fd);
    },
  };
}
