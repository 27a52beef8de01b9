import { chunk, LAST_CHUNK } from '../../../lib/http.ts';
import type { Headers } from '../../../lib/http-headers.ts';
import { strftime } from '../../../lib/strftime.ts';
import { encode } from '../../../lib/utf8.ts';
import { joinBytes, type Wait, writeAll } from '../../../libc/io.ts';
import { compress } from './compress.ts';
import { conditional } from './conditional.ts';
import { expiresFields } from './expires.ts';
import { withCharset } from './mime.ts';
import { builtinPage, reasonOf } from './pages.ts';
import { byteRange } from './range.ts';
import type { Reply } from './reply.ts';
import type { Request } from './request.ts';
import { versionOf } from './version.ts';

/** Statuses whose answers get `add_header` without `always`. */
const ADDED = new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308]);

export const httpDate = (sec: number): string => strftime('%a, %d %b %Y %H:%M:%S GMT', sec);

/** What the connection allows after this answer. */
export interface SendOptions {
  keepAlive: boolean;
  /** Second argument of keepalive_timeout, seconds. */
  keepAliveHeader: string | undefined;
}

/** Sends an answer through the filters. @returns whether the connection may go on */
export function* send(request: Request, reply: Reply, options: SendOptions): Wait<boolean> {
  try {
    return yield* filtered(request, reply, options);
  } finally {
    reply.release?.();
  }
}

function* filtered(request: Request, original: Reply, options: SendOptions): Wait<boolean> {
  const { sys, client } = request;
  if (original.status === 444) return false;
  const conditionalStatus = conditional(request, original);
  let reply = conditionalStatus === undefined ? original : withoutBody(request, original, conditionalStatus);
  const range = reply.ranges && reply.status === 200 ? byteRange(request, reply) : undefined;
  if (range === 'unsatisfiable') reply = unsatisfiable(request, reply);
  reply = compress(request, reply, range !== undefined);
  const headOnly = request.head.method === 'HEAD' || [204, 304].includes(reply.status);
  const from = typeof range === 'object' ? range.from : 0;
  const to = typeof range === 'object' ? range.to : (reply.length ?? 0);
  const status = typeof range === 'object' ? 206 : reply.status;
  const chunked = reply.length === undefined && request.head.version === '1.1' && !headOnly;
  const keepAlive = options.keepAlive && !reply.close && (reply.length !== undefined || chunked || headOnly);
  request.status = status;

  const headers = request.sent;
  headers.append('Server', serverName(request));
  headers.append('Date', httpDate(Math.floor(sys.now(0) / 1000)));
  if (reply.contentType && status !== 304 && status !== 204)
    headers.append('Content-Type', withCharset(request.scope, reply.contentType));
  if (reply.length !== undefined && ![204, 304, 101].includes(status))
    headers.append('Content-Length', String(to - from));
  if (reply.lastModified !== undefined && status !== 204) headers.append('Last-Modified', httpDate(reply.lastModified));
  if (reply.location !== undefined) headers.append('Location', absolute(request, reply.location));
  if (chunked) headers.append('Transfer-Encoding', 'chunked');
  if (reply.tunnel) headers.append('Connection', 'upgrade');
  else headers.append('Connection', keepAlive ? 'keep-alive' : 'close');
  if (keepAlive && options.keepAliveHeader) headers.append('Keep-Alive', `timeout=${options.keepAliveHeader}`);
  for (const [name, value] of reply.fields) if (!(reply.tunnel && name === 'Connection')) headers.append(name, value);
  if (reply.etag !== undefined) headers.append('ETag', reply.etag);
  for (const [name, value] of expiresFields(request, reply, status)) headers.append(name, value);
  addHeaders(request, headers, status);
  if (typeof range === 'object') headers.append('Content-Range', `bytes ${from}-${to - 1}/${reply.length}`);
  else if (reply.ranges && reply.status === 200) headers.append('Accept-Ranges', 'bytes');

  const reason = reply.reason !== undefined && status === reply.status ? reply.reason : reasonOf(status);
  let text = `HTTP/1.1 ${String(status).padStart(3, '0')}${reason === '' ? '' : ` ${reason}`}\r\n`;
  for (const [name, value] of headers) text += `${name}: ${value.replace(/[\r\n]+/g, ' ')}\r\n`;
  const head = encode(`${text}\r\n`);
  request.bytesSent = head.length;
  if (reply.tunnel) {
    yield* writeAll(sys, client.fd, head);
    yield* reply.tunnel();
    return false;
  }
  if (headOnly || (to === from && reply.length !== undefined))
    return (yield* writeAll(sys, client.fd, head)) === 0 && keepAlive;
  return (
    (yield* sendBody(request, reply, head, { from, to, chunked })) && keepAlive && !reply.broken && !original.broken
  );
}

function* sendBody(
  request: Request,
  reply: Reply,
  head: Uint8Array,
  how: { from: number; to: number; chunked: boolean },
): Wait<boolean> {
  const { sys, client } = request;
  let waiting: Uint8Array | undefined = head;
  let failed = false;
  function* write(bytes: Uint8Array): Wait<number> {
    if (bytes.length === 0) return 0;
    const framed = how.chunked ? chunk(bytes) : bytes;
    const r: number = yield* writeAll(sys, client.fd, waiting ? joinBytes([waiting, framed]) : framed);
    waiting = undefined;
    if (r < 0) failed = true;
    else {
      request.bodyBytes += framed.length;
      request.bytesSent += framed.length;
    }
    return r;
  }
  if (reply.body instanceof Uint8Array) yield* write(reply.body.subarray(how.from, how.to));
  else yield* reply.body(write, how.from, how.to);
  if (waiting && !failed) failed = (yield* writeAll(sys, client.fd, waiting)) < 0;
  if (how.chunked && !failed && !reply.broken) {
    failed = (yield* writeAll(sys, client.fd, LAST_CHUNK)) < 0;
    request.bodyBytes += LAST_CHUNK.length;
    request.bytesSent += LAST_CHUNK.length;
  }
  // fewer bytes than were promised: the connection cannot go on
  return !failed && (how.chunked || reply.length === undefined || request.bodyBytes === how.to - how.from);
}

function serverName(request: Request): string {
  const tokens = request.scope.value('server_tokens') ?? 'on';
  return tokens === 'off' ? 'nginx' : `nginx/${versionOf(request.sys.image)}`;
}

function withoutBody(request: Request, reply: Reply, status: number): Reply {
  if (status === 304) return { ...reply, status, length: 0, ranges: false };
  const body = builtinPage(status, serverName(request), false);
  return { kind: 'reply', status, contentType: 'text/html', length: body.length, body, fields: [] };
}

function unsatisfiable(request: Request, reply: Reply): Reply {
  const page = withoutBody(request, reply, 416);
  return { ...page, fields: [['Content-Range', `bytes */${reply.length}`]] };
}

/** A path as Location says it: with scheme, host and the port on which the server listens. */
function absolute(request: Request, location: string): string {
  const { scope, client } = request;
  if (!location.startsWith('/') || location.startsWith('//') || !scope.flag('absolute_redirect', true)) return location;
  const host =
    scope.flag('server_name_in_redirect', false) && request.server.name !== '' ? request.server.name : request.host;
  const usual = client.ssl ? 443 : 80;
  const port = client.localPort !== usual && scope.flag('port_in_redirect', true) ? `:${client.localPort}` : '';
  const name = host === '' ? client.localAddr : host;
  return `${client.ssl ? 'https' : 'http'}://${name}${port}${location}`;
}

function addHeaders(request: Request, headers: Headers, status: number): void {
  for (const { args } of request.scope.all('add_header')) {
    if (!ADDED.has(status) && args[2] !== 'always') continue;
    const value = request.text(args[1]!);
    if (value !== '') headers.append(args[0]!, value);
  }
}
