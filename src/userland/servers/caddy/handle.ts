import { compareSync } from 'bcryptjs';
import { fromBase64 } from '../../../lib/base64.ts';
import { Headers } from '../../../lib/http-headers.ts';
import { decode } from '../../../lib/utf8.ts';
import { connectTcp, connectUnix } from '../../../libc/http-client.ts';
import { passOn } from '../../../libc/http-proxy.ts';
import type { SiteResponse } from '../../../libc/http-server.ts';
import type { Wait } from '../../../libc/io.ts';
import { resolve } from '../../../libc/resolver.ts';
import type { HandlerConfig, RouteConfig } from './config.ts';
import type { Exchange } from './exchange.ts';
import { fileServer } from './file-server.ts';
import { matches } from './matching.ts';

type Of<K extends HandlerConfig['handler']> = Extract<HandlerConfig, { handler: K }>;

/** What went wrong, for the log. */
export type Complain = (message: string, more: Record<string, unknown>) => Wait<void>;

/** Passes a request through routes in their order. @returns undefined where none of them answers */
export function* runRoutes(
  routes: readonly RouteConfig[],
  exchange: Exchange,
  complain: Complain,
): Wait<SiteResponse | undefined> {
  const groups = new Set<string>();
  for (const route of routes) {
    if (route.group !== undefined && groups.has(route.group)) continue;
    if (route.match && !route.match.some((set) => matches(set, exchange))) continue;
    if (route.group !== undefined) groups.add(route.group);
    for (const handler of route.handle ?? []) {
      const answer = yield* handle(handler, exchange, complain);
      if (answer) return answer;
    }
    if (route.terminal) return { status: 200, body: '' };
  }
  return undefined;
}

function* handle(handler: HandlerConfig, exchange: Exchange, complain: Complain): Wait<SiteResponse | undefined> {
  switch (handler.handler) {
    case 'vars':
      for (const [name, value] of Object.entries(handler))
        if (name !== 'handler' && value !== undefined) exchange.vars.set(name, exchange.fill(value));
      return undefined;
    case 'headers':
      if (handler.response) exchange.wantHeaders(handler.response);
      if (handler.request) exchange.apply(handler.request, exchange.headers);
      return undefined;
    case 'rewrite':
      rewrite(handler, exchange);
      return undefined;
    case 'encode':
      // answers go as they are: identity is always acceptable
      exchange.wantHeaders({ add: { Vary: ['Accept-Encoding'] } });
      return undefined;
    case 'subroute':
      return yield* runRoutes(handler.routes, exchange, complain);
    case 'authentication':
      return authenticate(handler, exchange);
    case 'error':
      return { status: handler.status_code ?? 500, body: '' };
    case 'static_response':
      return respond(handler, exchange);
    case 'file_server':
      return yield* fileServer(handler, exchange);
    case 'reverse_proxy':
      return yield* proxy(handler, exchange, complain);
  }
}

function rewrite(handler: Of<'rewrite'>, exchange: Exchange): void {
  if (handler.method !== undefined) exchange.method = exchange.fill(handler.method);
  const { strip_path_prefix: prefix, strip_path_suffix: suffix } = handler;
  if (prefix !== undefined && exchange.path.startsWith(prefix)) {
    const rest = exchange.path.slice(prefix.length);
    exchange.path = rest.startsWith('/') ? rest : `/${rest}`;
  }
  if (suffix !== undefined && exchange.path.endsWith(suffix)) exchange.path = exchange.path.slice(0, -suffix.length);
  if (handler.uri === undefined) return;
  const uri = exchange.fill(handler.uri.replace('{http.matchers.file.relative}', '{vars.http.matchers.file.relative}'));
  const mark = uri.indexOf('?');
  exchange.path = mark < 0 ? uri : uri.slice(0, mark);
  if (mark >= 0) exchange.search = uri.slice(mark);
}

function respond(handler: Of<'static_response'>, exchange: Exchange): SiteResponse {
  const headers = Object.entries(handler.headers ?? {}).flatMap(([name, values]) =>
    values.map((value) => [name, exchange.fill(value)] as const),
  );
  const body = exchange.fill(handler.body ?? '');
  const typed = body !== '' && !headers.some(([name]) => name.toLowerCase() === 'content-type');
  const type: [string, string] = ['Content-Type', 'text/plain; charset=utf-8'];
  return { status: handler.status_code ?? 200, headers: typed ? [...headers, type] : headers, body };
}

function authenticate({ providers }: Of<'authentication'>, exchange: Exchange): SiteResponse | undefined {
  const basic = fromBase64(/^Basic (.*)$/i.exec(exchange.headers.get('authorization') ?? '')?.[1] ?? '');
  const pair = basic ? decode(basic) : '';
  const colon = pair.indexOf(':');
  const [user, password] = [pair.slice(0, Math.max(colon, 0)), pair.slice(colon + 1)];
  const account = providers.http_basic.accounts.find(({ username }) => username === user);
  if (colon >= 0 && account && /^\$2[aby]\$/.test(account.password) && compareSync(password, account.password)) {
    exchange.vars.set('http.auth.user.id', user);
    return undefined;
  }
  return { status: 401, headers: [['Www-Authenticate', 'Basic realm="restricted"']], body: '' };
}

function* proxy(handler: Of<'reverse_proxy'>, exchange: Exchange, complain: Complain): Wait<SiteResponse> {
  const { sys } = exchange;
  const byte = new Uint8Array(1);
  sys.getrandom(byte);
  const first = handler.load_balancing?.selection_policy?.policy === 'first' ? 0 : byte[0]! % handler.upstreams.length;
  const address = exchange.fill(handler.upstreams[first]!.dial);
  if (handler.transport && 'tls' in handler.transport) {
    yield* complain('HTTPS to an upstream is not simulated in Drydock', { upstream: address });
    return { status: 502, body: '' };
  }
  const fd = yield* dial(exchange, address);
  if (typeof fd === 'string') {
    yield* complain(`dial tcp: ${fd}`, { upstream: address, status: 502 });
    return { status: 502, body: '' };
  }
  const request = {
    ...exchange.request,
    head: { ...exchange.request.head, method: exchange.method, headers: exchange.headers },
  };
  const answer = yield* passOn(sys, fd, request, exchange.uri, (headers) => {
    headers.set('X-Forwarded-For', exchange.client);
    headers.set('X-Forwarded-Host', exchange.headers.get('host') ?? '');
    headers.set('X-Forwarded-Proto', exchange.secure ? 'https' : 'http');
    headers.set('Via', '1.1 Caddy');
    if (handler.headers?.request) exchange.apply(handler.headers.request, headers);
  });
  if ('kind' in answer) {
    yield* complain(answer.message, { upstream: address, status: 502 });
    return { status: 502, body: '' };
  }
  const headers = new Headers(answer.headers ?? []);
  headers.append('Via', '1.1 Caddy');
  if (handler.headers?.response) exchange.apply(handler.headers.response, headers);
  return { ...answer, headers: [...headers] };
}

/** @returns a connection, or why there is none */
function* dial({ sys }: Exchange, address: string): Wait<number | string> {
  if (address.startsWith('unix/')) {
    const fd = yield* connectUnix(sys, address.slice('unix/'.length));
    return fd < 0 ? `dial unix ${address}: connect: no such file or directory` : fd;
  }
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon) || 'localhost';
  const found = yield* resolve(sys, host.replace(/^\[|\]$/g, ''));
  if (typeof found === 'string') return `lookup ${host}: no such host`;
  let fd = -1;
  for (const each of found.addresses) {
    fd = yield* connectTcp(sys, each, Number(address.slice(colon + 1)));
    if (fd >= 0) return fd;
  }
  return `${found.addresses[0]}:${address.slice(colon + 1)}: connect: connection refused`;
}
