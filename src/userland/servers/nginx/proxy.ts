import { ETIMEDOUT } from '../../../abi/errno.ts';
import { POLLIN } from '../../../abi/flags.ts';
import { SHUT_WR } from '../../../abi/socket.ts';
import type { Sys } from '../../../abi/sys.ts';
import { formatHead, type ResponseHead } from '../../../lib/http.ts';
import { Headers } from '../../../lib/http-headers.ts';
import { isIp6 } from '../../../lib/ip.ts';
import { encode } from '../../../lib/utf8.ts';
import { queryServer } from '../../../libc/dns-client.ts';
import { poll, read, type Wait, writeAll } from '../../../libc/io.ts';
import { tlsConnect } from '../../../libc/tls.ts';
import { errnoText } from './config-file.ts';
import type { Log, Outcome, Reply } from './reply.ts';
import { special } from './reply.ts';
import type { Request } from './request.ts';
import { escapePath, normalizePath, splitUri } from './request-line.ts';
import { type Balancer, PEER, type Peer, type Upstream } from './upstream.ts';
import { connectPeer, UpstreamConnection, type UpstreamFailure } from './upstream-connection.ts';
import { parseTime } from './values.ts';

/** Fields of the client that are between it and us. */
const HOP = new Set([
  'host',
  'connection',
  'keep-alive',
  'te',
  'transfer-encoding',
  'expect',
  'upgrade',
  'content-length',
]);
/** Fields of an upstream that are not passed on. */
const HIDDEN = [
  'date',
  'server',
  'x-pad',
  'x-accel-expires',
  'x-accel-redirect',
  'x-accel-limit-rate',
  'x-accel-buffering',
  'x-accel-charset',
];
const OWN = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-type',
  'content-length',
  'location',
  'refresh',
  'status',
]);

interface Target {
  scheme: string;
  authority: string;
  /** The URI of `proxy_pass`; '' where it has none. */
  uri: string;
}

/** Where the balancers of a worker are. */
export interface Balancers {
  balancer(upstream: Upstream): Balancer;
}

/** Hands a request to an upstream. @param pass argument of proxy_pass */
export function* proxyPass(request: Request, pass: string, balancers: Balancers, log: Log): Wait<Outcome> {
  const target = /^(https?):\/\/(unix:[^:]+:?|[^/?]+)(.*)$/s.exec(request.text(pass));
  if (!target) {
    yield* log('error', `invalid URL prefix in "${request.text(pass)}"`);
    return special(500);
  }
  const to: Target = { scheme: target[1]!, authority: target[2]!, uri: target[3]! };
  request.set.set('proxy_host', to.authority);
  request.set.set('proxy_port', /:(\d+)$/.exec(to.authority)?.[1] ?? (to.scheme === 'https' ? '443' : '80'));
  const upstream = request.config.upstreams.get(to.authority) ?? (yield* lookUp(request, to, log));
  if (!upstream) return special(502);
  const uri = upstreamUri(request, to, pass.includes('$'));
  return yield* tryPeers(request, to, uri, balancers.balancer(upstream), log);
}

/** A host that only the request told: asked of the `resolver`. */
function* lookUp(request: Request, to: Target, log: Log): Wait<Upstream | undefined> {
  const parts = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(to.authority);
  const host = parts?.[1]?.replace(/^\[|\]$/g, '') ?? to.authority;
  const port = Number(parts?.[2] ?? (to.scheme === 'https' ? 443 : 80));
  let addresses = /^[\d.]+$/.test(host) || isIp6(host) ? [host] : [];
  const servers = (request.scope.find('resolver')?.args ?? []).filter((word) => !word.includes('='));
  if (addresses.length === 0 && servers.length === 0) {
    yield* log('error', `no resolver defined to resolve ${host}`);
    return undefined;
  }
  for (const server of addresses.length === 0 ? servers : []) {
    const reply = yield* queryServer(request.sys, server.replace(/^\[|\]?(:\d+)?$/g, ''), host, 'A');
    if (typeof reply === 'number') continue;
    addresses = reply.message.answers.filter((record) => record.type === 1).map((record) => record.data);
    if (addresses.length > 0) break;
  }
  if (addresses.length === 0) {
    yield* log('error', `${host} could not be resolved (3: Host not found)`);
    return undefined;
  }
  const peers = addresses.map((addr) => ({
    ...PEER,
    name: `${isIp6(addr) ? `[${addr}]` : addr}:${port}`,
    address: { family: isIp6(addr) ? 10 : 2, addr, port } as Peer['address'],
  }));
  return { name: to.authority, method: 'round-robin', peers };
}

/** What stands in the request line to the upstream. */
function upstreamUri(request: Request, to: Target, hasVariables: boolean): string {
  const args = request.args === '' ? '' : `?${request.args}`;
  const { location } = request;
  if (to.uri !== '' && hasVariables) return to.uri.startsWith('/') ? to.uri : `/${to.uri}`;
  if (to.uri !== '' && location && !location.regex && !request.breaks)
    return escapePath(to.uri.replace(/^(?=\?)/, '/') + request.uri.slice(location.name.length)) + args;
  const raw = request.target.replace(/^https?:\/\/[^/?]*/i, '');
  if (!request.internal && normalizePath(splitUri(raw).path) === request.uri && splitUri(raw).args === request.args)
    return raw;
  return escapePath(request.uri) + args;
}

function* tryPeers(request: Request, to: Target, uri: string, balancer: Balancer, log: Log): Wait<Outcome> {
  const { sys, upstream: trace } = request;
  const conditions = request.scope.find('proxy_next_upstream')?.args ?? ['error', 'timeout'];
  const tried = new Set<Peer>();
  let failed = 502;
  for (;;) {
    const now = sys.now(0);
    const { key } = balancer.upstream;
    const peer = balancer.choose(tried, now, key === undefined ? request.client.addr : request.text(key));
    if (!peer) {
      if (tried.size > 0) return special(failed);
      request.upstreamUrl = `${to.scheme}://${to.authority}${uri}`;
      yield* log('error', 'no live upstreams while connecting to upstream');
      trace.addresses.push(to.authority);
      trace.statuses.push('502');
      trace.times.push('0.000');
      return special(502);
    }
    tried.add(peer);
    request.upstreamUrl = `${to.scheme}://${peer.name}${uri}`;
    trace.addresses.push(peer.name);
    balancer.opened(peer);
    const answer = yield* exchange(request, to, uri, peer);
    const took = ((sys.now(0) - now) / 1000).toFixed(3);
    trace.times.push(took);
    if ('head' in answer) {
      balancer.closed(peer, true, sys.now(0));
      trace.statuses.push(String(answer.head.status));
      trace.headers = answer.head.headers;
      const wanted = `http_${answer.head.status}`;
      if (conditions.includes(wanted) && balancer.upstream.peers.length > tried.size) {
        answer.connection.close();
        continue;
      }
      return toReply(request, to, answer.head, answer.connection, log);
    }
    balancer.closed(peer, false, sys.now(0));
    const timedOut = answer.errno === ETIMEDOUT;
    failed = timedOut ? 504 : 502;
    trace.statuses.push(String(failed));
    const number = answer.errno === 0 ? '' : ` ${errnoText(sys, answer.errno)}`;
    yield* log('error', `${answer.what}${number} while ${answer.doing}`);
    if (!conditions.includes(timedOut ? 'timeout' : 'error')) return special(failed);
  }
}

interface Exchanged {
  head: ResponseHead;
  connection: UpstreamConnection;
}

const timeOf = (request: Request, name: string): number => parseTime(request.scope.value(name) ?? '60s') ?? 60_000;

function* exchange(
  request: Request,
  to: Target,
  uri: string,
  peer: Peer,
): Wait<Exchanged | (UpstreamFailure & { doing: string })> {
  const { sys } = request;
  const fd = yield* connectPeer(sys, peer, timeOf(request, 'proxy_connect_timeout'));
  if (typeof fd !== 'number') return { ...fd, doing: 'connecting to upstream' };
  if (to.scheme === 'https') {
    const certificate = yield* tlsConnect(sys, fd, to.authority.replace(/:\d+$/, ''));
    if (typeof certificate === 'string') {
      sys.close(fd);
      return {
        errno: 0,
        what: 'SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number)',
        doing: 'SSL handshaking to upstream',
      };
    }
  }
  const connection = new UpstreamConnection(sys, fd, timeOf(request, 'proxy_read_timeout'));
  const method = request.scope.value('proxy_method') ?? request.method;
  const { head, body } = upstreamRequest(request, to, uri, method);
  const unsent = yield* connection.send(method, head, body);
  const answer = unsent ?? (yield* connection.head());
  if ('status' in answer) return { head: answer, connection };
  connection.close();
  return { ...answer, doing: unsent ? 'sending request to upstream' : 'reading response header from upstream' };
}

function upstreamRequest(
  request: Request,
  to: Target,
  uri: string,
  method: string,
): { head: Uint8Array; body: Uint8Array } {
  const { scope } = request;
  const headers = new Headers();
  const given = new Set<string>();
  for (const { args } of scope.all('proxy_set_header')) {
    given.add(args[0]!.toLowerCase());
    const value = request.text(args[1]!);
    if (value !== '') headers.append(args[0]!, value);
  }
  if (!given.has('host')) headers.append('Host', to.authority.startsWith('unix:') ? 'localhost' : to.authority);
  if (!given.has('connection')) headers.append('Connection', 'close');
  const replaced = scope.value('proxy_set_body');
  const passes = scope.flag('proxy_pass_request_body', true);
  const body = replaced === undefined ? (passes ? request.body : new Uint8Array(0)) : encode(request.text(replaced));
  const hasBody = request.headers.has('content-length') || request.headers.has('transfer-encoding') || body.length > 0;
  if (hasBody && !given.has('content-length')) headers.append('Content-Length', String(body.length));
  if (scope.flag('proxy_pass_request_headers', true))
    for (const [name, value] of request.headers) {
      const lower = name.toLowerCase();
      if (!HOP.has(lower) && !given.has(lower)) headers.append(name, value);
    }
  const version = scope.value('proxy_http_version') === '1.1' ? '1.1' : '1.0';
  return { head: formatHead({ kind: 'request', method, target: uri, version, headers }), body };
}

function toReply(request: Request, to: Target, head: ResponseHead, connection: UpstreamConnection, log: Log): Outcome {
  const { scope } = request;
  const { headers, status } = head;
  if (scope.flag('proxy_intercept_errors', false) && status >= 300 && scope.all('error_page').length > 0) {
    connection.close();
    return special(
      status,
      status === 401 && headers.has('www-authenticate') ? [['WWW-Authenticate', headers.get('www-authenticate')!]] : [],
    );
  }
  const passed = new Set(scope.all('proxy_pass_header').map((d) => d.args[0]!.toLowerCase()));
  const hidden = new Set([...HIDDEN, ...scope.all('proxy_hide_header').map((d) => d.args[0]!.toLowerCase())]);
  const fields: [string, string][] = [];
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (!OWN.has(lower) && (passed.has(lower) || !hidden.has(lower))) fields.push([name, value]);
  }
  const reply: Reply = {
    kind: 'reply',
    status,
    reason: head.reason,
    contentType: headers.get('content-type') ?? '',
    length: lengthOf(headers, status),
    fields,
    *body(write) {
      for (;;) {
        const bytes = yield* connection.chunk();
        if (bytes === undefined) return;
        if (!(bytes instanceof Uint8Array)) {
          yield* log('error', `${bytes.what} while reading upstream`);
          reply.close = true;
          reply.broken = true;
          return;
        }
        if ((yield* write(bytes)) < 0) return;
      }
    },
    release: () => connection.close(),
  };
  const location = headers.get('location');
  if (location !== undefined) reply.location = redirected(request, to, location);
  if (status === 101) {
    reply.fields.push(['Connection', 'upgrade']);
    reply.tunnel = () => tunnel(request.sys, request.client.fd, connection);
  }
  return reply;
}

function lengthOf(headers: Headers, status: number): number | undefined {
  if (status === 204 || status === 304 || status === 101) return 0;
  const length = headers.get('content-length');
  return length === undefined || headers.has('transfer-encoding') ? undefined : Number(length);
}

/** proxy_redirect: what the upstream calls itself becomes what the client calls it. */
function redirected(request: Request, to: Target, location: string): string {
  const rules = request.scope.all('proxy_redirect');
  if (rules.some((d) => d.args[0] === 'off')) return location;
  for (const { args } of rules) {
    if (args.length < 2) continue;
    const from = request.text(args[0]!);
    if (location.startsWith(from)) return request.text(args[1]!) + location.slice(from.length);
  }
  const byDefault = rules.length === 0 || rules.some((d) => d.args[0] === 'default');
  const { location: at } = request;
  const own = `${to.scheme}://${to.authority}${to.uri === '' ? (at?.name ?? '/') : to.uri}`;
  if (byDefault && at && !at.regex && location.startsWith(own)) return at.name + location.slice(own.length);
  return location;
}

/** Carries bytes both ways until either side closes. */
function* tunnel(sys: Sys, client: number, connection: UpstreamConnection): Wait<void> {
  const buf = new Uint8Array(65536);
  const early = connection.takeRest();
  if (early.length > 0) yield* writeAll(sys, client, early);
  const open = [true, true];
  while (open[0] || open[1]) {
    const fds = [
      { fd: open[0] ? client : -1, events: POLLIN, revents: 0 },
      { fd: open[1] ? connection.fd : -1, events: POLLIN, revents: 0 },
    ];
    yield* poll(sys, fds, -1);
    for (const [i, from] of [client, connection.fd].entries()) {
      if (fds[i]!.revents === 0) continue;
      const to = i === 0 ? connection.fd : client;
      const n = yield* read(sys, from, buf);
      if (n > 0 && (yield* writeAll(sys, to, buf.subarray(0, n))) === 0) continue;
      open[i] = false;
      sys.shutdown(to, SHUT_WR);
      if (n < 0) open[1 - i] = false;
    }
  }
}
