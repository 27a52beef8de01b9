import { compareSync } from 'bcryptjs';
import { fromBase64 } from '../../../lib/base64.ts';
import { Headers } from '../../../lib/http-headers.ts';
import { decode } from '../../../lib/utf8.ts';
import type { SiteRequest, SiteResponse } from '../../../libc/http-server.ts';
import { passwordMatches } from '../nginx/password.ts';
import type { Middleware } from './dynamic.ts';

/** A request as middlewares leave it for the service. */
export interface Passing {
  path: string;
  /** With its `?`, or empty. */
  search: string;
  secure: boolean;
  headers: Headers;
  /** Fields that the answer gets. */
  answer: [string, string][];
}

const words = (value: unknown): string[] =>
  (Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)]).filter((word) => word !== '');

const redirect = (to: string, permanent: boolean): SiteResponse => ({
  status: permanent ? 301 : 302,
  headers: [
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Location', to],
  ],
  body: permanent ? 'Moved Permanently' : 'Found',
});

/** Applies one. @returns an answer that ends the way, if it gives one @see Traefik, "HTTP Middlewares" */
export function applyMiddleware(
  middleware: Middleware,
  request: SiteRequest,
  passing: Passing,
): SiteResponse | undefined {
  for (const [kind, options] of Object.entries(middleware)) {
    const answer = applyKind(kind, options, request, passing);
    if (answer) return answer;
  }
  return undefined;
}

function applyKind(
  kind: string,
  options: Record<string, unknown>,
  request: SiteRequest,
  passing: Passing,
): SiteResponse | undefined {
  const host = request.head.headers.get('host') ?? '';
  switch (kind) {
    case 'addPrefix':
      passing.path = `${words(options.prefix)[0] ?? ''}${passing.path}`;
      return undefined;
    case 'replacePath':
      passing.headers.set('X-Replaced-Path', passing.path);
      passing.path = words(options.path)[0] ?? passing.path;
      return undefined;
    case 'stripPrefix': {
      const prefix = words(options.prefixes).find((each) => passing.path.startsWith(each));
      if (prefix === undefined) return undefined;
      const rest = passing.path.slice(prefix.length);
      passing.path = rest.startsWith('/') ? rest : `/${rest}`;
      passing.headers.set('X-Forwarded-Prefix', prefix);
      return undefined;
    }
    case 'redirectScheme': {
      const scheme = words(options.scheme)[0] ?? 'https';
      if (passing.secure === (scheme === 'https')) return undefined;
      const port = words(options.port)[0];
      const at = port !== undefined && port !== '443' && port !== '80' ? `:${port}` : '';
      return redirect(
        `${scheme}://${host.replace(/:\d+$/, '')}${at}${request.head.target}`,
        String(options.permanent) === 'true',
      );
    }
    case 'redirectRegex': {
      const url = `${passing.secure ? 'https' : 'http'}://${host}${request.head.target}`;
      const pattern = new RegExp(words(options.regex)[0] ?? '$^');
      if (!pattern.test(url)) return undefined;
      const to = url.replace(pattern, (words(options.replacement)[0] ?? '').replace(/\$\{(\d+)\}/g, '$$$1'));
      return redirect(to, String(options.permanent) === 'true');
    }
    case 'basicAuth':
      return authenticate(words(options.users), words(options.realm)[0] ?? 'traefik', request);
    case 'headers':
      for (const [name, value] of Object.entries((options.customrequestheaders ?? {}) as Record<string, string>))
        if (value === '') passing.headers.delete(name);
        else passing.headers.set(name, value);
      for (const pair of Object.entries((options.customresponseheaders ?? {}) as Record<string, string>))
        passing.answer.push(pair);
      return undefined;
    default:
      return undefined;
  }
}

function authenticate(users: readonly string[], realm: string, { head }: SiteRequest): SiteResponse | undefined {
  const basic = fromBase64(/^Basic (.*)$/i.exec(head.headers.get('authorization') ?? '')?.[1] ?? '');
  const pair = basic ? decode(basic) : '';
  const colon = pair.indexOf(':');
  const entry = users.find((each) => colon > 0 && each.startsWith(`${pair.slice(0, colon)}:`))?.slice(colon + 1);
  const password = pair.slice(colon + 1);
  if (
    entry !== undefined &&
    (/^\$2[aby]\$/.test(entry) ? compareSync(password, entry) : passwordMatches(password, entry))
  )
    return undefined;
  const headers = [
    ['Content-Type', 'text/plain'],
    ['Www-Authenticate', `Basic realm="${realm}"`],
  ] as const;
  return { status: 401, headers, body: '401 Unauthorized\n' };
}

/** Answers get the fields that middlewares wanted; an empty value takes one away. */
export function withFields(response: SiteResponse, fields: readonly (readonly [string, string])[]): SiteResponse {
  if (fields.length === 0) return response;
  const headers = new Headers(response.headers ?? []);
  for (const [name, value] of fields)
    if (value === '') headers.delete(name);
    else headers.set(name, value);
  return { ...response, headers: [...headers] };
}
