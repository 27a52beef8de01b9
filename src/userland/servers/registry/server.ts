import type { Sys } from '../../../abi/sys.ts';
import { formatDuration } from '../../../lib/go-duration.ts';
import type { Site, SiteRequest, SiteResponse } from '../../../libc/http-server.ts';
import type { Wait } from '../../../libc/io.ts';
import { now, type Registry } from './call.ts';
import { errorResponse, messageOf, RegistryError, refuse } from './errors.ts';
import { isAllowed } from './htpasswd.ts';
import { newUuid } from './ids.ts';
import type { Fields } from './log.ts';
import { route } from './router.ts';

const API: readonly [string, string] = ['Docker-Distribution-Api-Version', 'registry/2.0'];

/** The site that a registry is. `secure`: it is reached by HTTPS. */
export function registrySite(registry: Registry, secure: boolean): Site {
  return function* (sys, request) {
    const begin = now(sys);
    if (request.path === '/')
      return yield* logged(sys, registry, request, begin, { status: 200, headers: [['Cache-Control', 'no-cache']] });
    const outcome = yield* respond(sys, registry, request, secure);
    const response = withFields(registry, outcome.response);
    return yield* logged(sys, registry, request, begin, response, outcome.error, outcome.vars);
  };
}

interface Outcome {
  response: SiteResponse;
  error?: RegistryError;
  vars: Fields;
}

function* respond(sys: Sys, registry: Registry, request: SiteRequest, secure: boolean): Wait<Outcome> {
  const target = route(request, registry);
  if (target.kind === 'answer') return { response: target.response, vars: {} };
  const { name, reference, handler } = target;
  const vars = { ...(name && { 'vars.name': name }), ...(reference && { 'vars.reference': reference }) };
  const { htpasswd } = registry.config;
  const { headers } = request.head;
  try {
    if (htpasswd && !(yield* isAllowed(sys, htpasswd.path, headers.get('authorization')))) {
      const actions = target.write ? ['pull', 'push'] : ['pull'];
      const detail =
        name === '' ? null : actions.map((Action) => ({ Type: 'repository', Class: '', Name: name, Action }));
      throw refuse('UNAUTHORIZED', detail);
    }
    const scheme = headers.get('x-forwarded-proto') ?? (secure ? 'https' : 'http');
    const base = registry.config.host?.replace(/\/$/, '') ?? `${scheme}://${headers.get('host') ?? ''}`;
    const origin = registry.config.relativeUrls ? '' : base;
    return { response: yield* handler({ sys, registry, request, name, reference, origin }), vars };
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    const challenge = error.status === 401 && htpasswd ? `Basic realm="${htpasswd.realm}"` : undefined;
    return { response: errorResponse(error, challenge ? [['Www-Authenticate', challenge]] : []), error, vars };
  }
}

/** Adds the fields that every answer has, in their alphabet's order as Go writes them. */
function withFields(registry: Registry, response: SiteResponse): SiteResponse {
  const all = [...(response.headers ?? []), API, ...registry.config.headers];
  return { ...response, headers: all.sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)) };
}

/** Writes what happened to the two logs. */
function* logged(
  sys: Sys,
  registry: Registry,
  request: SiteRequest,
  begin: number,
  response: SiteResponse,
  error?: RegistryError,
  vars: Fields = {},
): Wait<SiteResponse> {
  const { head } = request;
  const { log } = registry;
  const { length, type } = measure(head.method, response);
  const agent = head.headers.get('user-agent') ?? '';
  const fields: Fields = {
    'http.request.host': head.headers.get('host') ?? '',
    'http.request.id': newUuid(sys),
    'http.request.method': head.method,
    'http.request.remoteaddr': request.client,
    'http.request.uri': head.target,
    'http.request.useragent': agent,
    ...(type && { 'http.response.contenttype': type }),
    'http.response.duration': formatDuration(Math.round((now(sys) - begin) * 1e9)),
    'http.response.status': response.status,
    'http.response.written': length,
  };
  if (error) {
    const { code, detail } = error.problems[0]!;
    const err: Fields = {
      'err.code': code.toLowerCase().replaceAll('_', ' '),
      ...(detail !== undefined && detail !== null && { 'err.detail': shown(detail) }),
      'err.message': messageOf(error.problems[0]!),
    };
    yield* log.write(sys, 'error', 'response completed with error', { ...err, ...fields, ...vars });
  } else if (response.status < 400 && request.path !== '/') yield* log.write(sys, 'info', 'response completed', fields);
  if (registry.config.log.access) {
    const line = `${head.method} ${head.target} HTTP/${head.version}`;
    yield* log.access(sys, request.client, line, response.status, length, head.headers.get('referer') ?? '', agent);
  }
  return response;
}

function shown(detail: unknown): string {
  if (typeof detail !== 'object' || detail === null) return String(detail);
  if (Array.isArray(detail)) return `[${detail.map((entry) => shown(entry)).join(' ')}]`;
  return `map[${Object.entries(detail)
    .map(([key, value]) => `${key}:${shown(value)}`)
    .join(' ')}]`;
}

/** Bytes that the answer's body has, and its type. */
function measure(method: string, { body, headers = [] }: SiteResponse): { length: number; type: string | undefined } {
  const field = (name: string): string | undefined => headers.find(([n]) => n.toLowerCase() === name)?.[1];
  const own = typeof body === 'string' ? body.length : body instanceof Uint8Array ? body.length : undefined;
  const length = method === 'HEAD' ? 0 : (own ?? Number(field('content-length') ?? 0));
  return { length, type: field('content-type') };
}
