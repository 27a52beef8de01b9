import { isDirectory, Stat } from '../../../abi/stat.ts';
import { encode } from '../../../lib/utf8.ts';
import type { Wait } from '../../../libc/io.ts';
import { authorize } from './access.ts';
import { filePath } from './file-path.ts';
import { type LimitZones, limitRequest } from './limit-req.ts';
import { findLocation, type Location } from './locations.ts';
import { builtinPage, bytesReply, hasPage, reasonOf } from './pages.ts';
import { proxyPass } from './proxy.ts';
import { type Log, type Outcome, type Reply, special } from './reply.ts';
import type { Request } from './request.ts';
import { normalizePath, splitUri } from './request-line.ts';
import { runRewrite } from './rewrite.ts';
import { directory, staticFile, textReply } from './static.ts';
import type { Balancer, Upstream } from './upstream.ts';
import { parseSize } from './values.ts';
import type { Counters } from './variables.ts';
import { versionOf } from './version.ts';

/** What a request needs of the worker that serves it. */
export interface Services {
  counters: Counters;
  zones: LimitZones;
  balancer(upstream: Upstream): Balancer;
}

/**
 * Takes a request through the phases to its answer, error pages and internal redirects included.
 * @param refused a status that was found before
 */
export function* respond(request: Request, services: Services, log: Log, refused?: number): Wait<Reply> {
  const path = normalizePath(splitUri(withoutHost(request.target)).path, request.scope.flag('merge_slashes', true));
  let outcome: Outcome;
  if (refused !== undefined) outcome = special(refused);
  else if (path === undefined) outcome = special(400);
  else {
    request.uri = path;
    const early = rewriteOutcome(request, runRewrite(request.server.steps, request));
    outcome = early ?? (yield* locate(request, services, log));
  }
  let status: number | undefined;
  for (;;) {
    if (outcome.kind === 'reply')
      return status === undefined ? outcome : { ...outcome, status, reason: reasonOf(status) };
    const failed: number = outcome.status;
    const page = errorPage(request, failed);
    if (!page) return ownPage(request, failed, outcome.fields);
    request.inErrorPage = true;
    if (/^https?:\/\//.test(page.target)) {
      const code = page.status !== undefined && page.status >= 301 && page.status <= 308 ? page.status : 302;
      return ownPage(request, code, [['Location', page.target]]);
    }
    status = page.overrides ? page.status : failed;
    request.internal = true;
    if (request.method !== 'HEAD') request.method = 'GET';
    if (page.target.startsWith('@')) outcome = yield* enterNamed(request, page.target, services, log);
    else {
      setUri(request, page.target);
      outcome = yield* locate(request, services, log);
    }
    if (outcome.kind === 'special') status = undefined;
  }
}

/** Whether a body of so many bytes may come to where the request goes. */
export function allowsBody(request: Request, bytes: number): boolean {
  const path = normalizePath(splitUri(withoutHost(request.target)).path);
  const found = path === undefined ? undefined : findLocation(request.server.locations, path);
  const scope = found?.location.scope ?? request.server.scope;
  const limit = parseSize(scope.value('client_max_body_size') ?? '1m') ?? 0;
  return limit === 0 || bytes <= limit;
}

const withoutHost = (target: string): string => target.replace(/^https?:\/\/[^/?]*/i, '') || '/';

/** Changes the URI within the server; arguments stay unless the new one has its own. */
function setUri(request: Request, target: string): void {
  const { path, args } = splitUri(target);
  request.uri = path;
  request.args = args;
}

function rewriteOutcome(request: Request, result: ReturnType<typeof runRewrite>): Outcome | undefined {
  if (result.next !== 'answer') return undefined;
  const { status, text } = result;
  if (result.redirect && text !== undefined) return special(status, [['Location', text]]);
  if (text !== undefined) return textReply(request, status, encode(text));
  if (status === 444) return { ...bytesReply(444, '', new Uint8Array(0)), close: true };
  if (hasPage(status)) return special(status);
  return { ...bytesReply(status, '', new Uint8Array(0)), contentType: '' };
}

/** Finds the location, rewrites as it says, and makes the content. */
function* locate(request: Request, services: Services, log: Log): Wait<Outcome> {
  for (;;) {
    if (request.changesLeft-- === 0) {
      yield* log('error', `rewrite or internal redirection cycle while processing "${request.uri}"`);
      return special(500);
    }
    const found = findLocation(request.server.locations, request.uri);
    if (found?.captures) request.capture(found.captures.text, found.captures.match, found.captures.names);
    const redirect = found ? undefined : slashRedirect(request);
    if (redirect) return redirect;
    request.location = found?.location;
    request.scope = found?.location.scope ?? request.server.scope;
    request.breaks = false;
    if (request.scope.own('internal').length > 0 && !request.internal) return special(404);
    const exactSlash = found && slashRedirect(request, found.location);
    if (exactSlash) return exactSlash;
    const outcome = yield* inLocation(request, services, log);
    if (outcome !== 'relocate') return outcome;
  }
}

/** `/app` where only `location /app/ { proxy_pass … }` stands. */
function slashRedirect(request: Request, found?: Location): Outcome | undefined {
  const wanted = `${request.uri}/`;
  if (found && found.name.length >= wanted.length) return undefined;
  const target = request.server.locations.prefixes.find((l) => l.name === wanted);
  if (!target || target.scope.own('proxy_pass').length === 0 || found?.modifier === '=') return undefined;
  return special(301, [['Location', `${wanted}${request.args === '' ? '' : `?${request.args}`}`]]);
}

function* enterNamed(request: Request, name: string, services: Services, log: Log): Wait<Outcome> {
  if (request.changesLeft-- === 0) return special(500);
  const location = request.server.named.get(name);
  if (!location) {
    yield* log('error', `could not find named location "${name}"`);
    return special(500);
  }
  request.location = location;
  request.scope = location.scope;
  request.internal = true;
  const outcome = yield* inLocation(request, services, log);
  return outcome === 'relocate' ? yield* locate(request, services, log) : outcome;
}

function* inLocation(request: Request, services: Services, log: Log): Wait<Outcome | 'relocate'> {
  const result = runRewrite(request.location?.steps ?? [], request);
  const answer = rewriteOutcome(request, result);
  if (answer) return answer;
  if (result.next === 'relocate') return 'relocate';
  if (!request.limited) {
    request.limited = true;
    const limited = yield* limitRequest(request, services.zones, log);
    if (limited) return limited;
  }
  const denied = yield* authorize(request, log);
  if (denied) return denied;
  const tried = yield* tryFiles(request, services, log);
  if (tried) return tried;
  return yield* content(request, services, log);
}

function* tryFiles(request: Request, services: Services, log: Log): Wait<Outcome | 'relocate' | undefined> {
  // an `if` inside the location does not inherit it
  const directive = request.scope.find('try_files');
  if (!directive || request.scope.kind === 'if') return undefined;
  const st = new Stat();
  for (const candidate of directive.args.slice(0, -1)) {
    const uri = request.text(candidate);
    const wantsDirectory = uri.endsWith('/');
    const path = filePath(request, wantsDirectory ? uri.slice(0, -1) : uri);
    if (request.sys.stat(path || '/', st) < 0 || isDirectory(st.mode) !== wantsDirectory) continue;
    request.uri = uri;
    return undefined;
  }
  const last = directive.args.at(-1)!;
  if (last.startsWith('=')) return special(Number(last.slice(1)));
  if (last.startsWith('@')) return yield* enterNamed(request, last, services, log);
  const target = splitUri(request.text(last));
  request.uri = target.path;
  request.args = target.args === '' && !last.includes('?') ? request.args : target.args;
  request.internal = true;
  return 'relocate';
}

function* content(request: Request, services: Services, log: Log): Wait<Outcome> {
  const { scope } = request;
  const pass = passOf(request);
  if (pass) return yield* proxyPass(request, pass, services, log);
  if (scope.own('stub_status').length > 0) return stubStatus(services.counters);
  if (scope.own('empty_gif').length > 0) return bytesReply(200, 'image/gif', EMPTY_GIF);
  if (!request.uri.endsWith('/')) return yield* staticFile(request, log);
  const next = yield* directory(request, log);
  if ('kind' in next) return next;
  request.uri = next.uri;
  request.internal = true;
  return yield* locate(request, services, log);
}

/** The proxy_pass in force: an `if` inherits it from its location. */
function passOf(request: Request): string | undefined {
  const { scope } = request;
  const own = scope.own('proxy_pass')[0] ?? (scope.kind === 'if' ? scope.parent?.own('proxy_pass')[0] : undefined);
  return own?.args[0];
}

const EMPTY_GIF = Uint8Array.from([
  0x47, 0x49, 0x46, 0x38, 0x39, 0x61, 1, 0, 1, 0, 0x80, 1, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x21, 0xf9, 4, 1, 0, 0, 1, 0,
  0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 1, 0, 0x3b,
]);

function stubStatus(c: Counters): Reply {
  const text = `Active connections: ${c.active} \nserver accepts handled requests\n ${c.accepted} ${c.handled} ${c.requests} \nReading: ${c.reading} Writing: ${c.writing} Waiting: ${c.waiting} \n`;
  return bytesReply(200, 'text/plain', encode(text));
}

interface ErrorPage {
  target: string;
  /** `=200`; with a bare `=` the status is the page's own. */
  status: number | undefined;
  overrides: boolean;
}

function errorPage(request: Request, status: number): ErrorPage | undefined {
  if (request.inErrorPage && !request.scope.flag('recursive_error_pages', false)) return undefined;
  for (const directive of request.scope.all('error_page')) {
    const { args } = directive;
    const codes = args.slice(0, -1);
    const override = codes.at(-1)?.startsWith('=') ? codes.pop()! : undefined;
    if (!codes.includes(String(status))) continue;
    const own = override === undefined || override === '=' ? undefined : Number(override.slice(1));
    return { target: request.text(args.at(-1)!), status: own, overrides: override !== undefined };
  }
  return undefined;
}

function ownPage(request: Request, status: number, fields: [string, string][]): Reply {
  const tokens = request.scope.value('server_tokens') ?? 'on';
  const server = tokens === 'off' ? 'nginx' : `nginx/${versionOf(request.sys.image)}`;
  const agent = request.headers.get('user-agent') ?? '';
  const padded = request.scope.flag('msie_padding', true) && /MSIE |Chrome\//.test(agent) && !/Opera/.test(agent);
  const shown = status === 494 || status === 497 ? 400 : status;
  const body = hasPage(status) ? builtinPage(status, server, padded) : new Uint8Array(0);
  const reply = bytesReply(shown, hasPage(status) ? 'text/html' : '', body);
  for (const [name, value] of fields)
    if (name === 'Location') reply.location = value;
    else reply.fields.push([name, value]);
  if ([400, 413, 414, 494, 497, 500, 501].includes(status)) reply.close = true;
  return reply;
}
