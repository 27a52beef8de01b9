import { AF_INET6, AF_UNIX, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, type SockAddr } from '../abi/socket.ts';
import type { Sys } from '../abi/sys.ts';
import { CONTINUE, chunk, formatHead, HttpParser, LAST_CHUNK, type RequestHead, statusText } from '../lib/http.ts';
import { Headers } from '../lib/http-headers.ts';
import { encode } from '../lib/utf8.ts';
import { accept, joinBytes, read, type Wait, writeAll } from './io.ts';
import { type Certificate, tlsAccept } from './tls.ts';

/** A request as a site sees it. */
export interface SiteRequest {
  head: RequestHead;
  /** Path of the target, decoded, without the query. */
  path: string;
  query: ReadonlyMap<string, string>;
  body: Uint8Array;
  /** Address of the client as text. */
  client: string;
}

/** What a site answers. */
export interface SiteResponse {
  status: number;
  headers?: readonly (readonly [string, string])[];
  /** Bytes, text, or a producer that writes pieces (sent chunked unless Content-Length is among the headers). */
  body?: Uint8Array | string | ((write: (bytes: Uint8Array) => Wait<number>) => Wait<void>);
}

export type Site = (sys: Sys, request: SiteRequest) => Wait<SiteResponse>;

/** Largest request body that a site takes, bytes. */
const BODY_MAX = 64 * 1024 * 1024;

/** Makes a listening TCP socket on every address. @returns its fd, or -errno */
export function listenTcp(sys: Sys, port: number, addr = ''): number {
  const fd = sys.socket(AF_INET6, SOCK_STREAM, 0);
  if (fd < 0) return fd;
  sys.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  const r = sys.bind(fd, { family: AF_INET6, addr, port });
  const l = r < 0 ? r : sys.listen(fd, 128);
  if (l < 0) sys.close(fd);
  return l < 0 ? l : fd;
}

/** Serves HTTP/1.1 on a listening socket for ever, a thread a connection. `certificate`: it is HTTPS. */
export function* serveHttp(
  sys: Sys,
  listener: number,
  site: Site,
  certificate?: (name: string) => Certificate,
): Wait<number> {
  for (;;) {
    const peer: { address?: SockAddr } = {};
    const fd = yield* accept(sys, listener, peer);
    if (fd === -4 || fd === -103) continue;
    if (fd < 0) return fd;
    const client = peer.address && peer.address.family !== AF_UNIX ? peer.address.addr : '';
    sys.thread(function* (own) {
      yield* connection(own, fd, client, site, certificate);
      own.close(fd);
      return 0;
    });
  }
}

function* connection(
  sys: Sys,
  fd: number,
  client: string,
  site: Site,
  certificate: ((name: string) => Certificate) | undefined,
): Wait<void> {
  if (certificate) {
    const hello = yield* tlsAccept(sys, fd, certificate);
    if (hello === 'plain') {
      yield* writeAll(sys, fd, 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n');
      return;
    }
    if (typeof hello === 'string') return;
  }
  const parser = new HttpParser('request');
  const buf = new Uint8Array(65536);
  let head: RequestHead | undefined;
  let keepAlive = false;
  let pieces: Uint8Array[] = [];
  let total = 0;
  let events = parser.next();
  for (;;) {
    for (const event of events) {
      if (event.type === 'error') {
        yield* writeAll(
          sys,
          fd,
          `HTTP/1.1 ${event.status} ${statusText(event.status)}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${event.status} ${statusText(event.status)}`,
        );
        return;
      }
      if (event.type === 'head' && event.head.kind === 'request') {
        head = event.head;
        keepAlive = event.keepAlive;
        pieces = [];
        total = 0;
        if (event.expectContinue) yield* writeAll(sys, fd, CONTINUE);
      } else if (event.type === 'data') {
        total += event.bytes.length;
        if (total > BODY_MAX) return;
        pieces.push(event.bytes.slice());
      } else if (event.type === 'end' && head) {
        const request = requestOf(head, joinBytes(pieces), client);
        const ok = yield* answer(sys, fd, request, yield* site(sys, request), keepAlive);
        if (!ok || !keepAlive) return;
      }
    }
    events = parser.next();
    if (events.length > 0) continue;
    const n = yield* read(sys, fd, buf);
    if (n <= 0) return;
    events = parser.push(buf.subarray(0, n));
    if (sys.tick()) yield;
  }
}

function requestOf(head: RequestHead, body: Uint8Array, client: string): SiteRequest {
  const mark = head.target.indexOf('?');
  const raw = mark < 0 ? head.target : head.target.slice(0, mark);
  const query = new Map<string, string>();
  for (const pair of mark < 0 ? [] : head.target.slice(mark + 1).split('&')) {
    const equals = pair.indexOf('=');
    query.set(
      percentDecode(equals < 0 ? pair : pair.slice(0, equals)),
      percentDecode(equals < 0 ? '' : pair.slice(equals + 1)),
    );
  }
  return { head, path: percentDecode(raw), query, body, client };
}

/** Decodes %XX and +; a wrong escape stays as it is. */
export function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** @returns whether the connection may go on */
function* answer(
  sys: Sys,
  fd: number,
  request: SiteRequest,
  response: SiteResponse,
  keepAlive: boolean,
): Wait<boolean> {
  const headers = new Headers(response.headers ?? []);
  const { body } = response;
  const streamed = typeof body === 'function';
  const bytes = streamed ? new Uint8Array(0) : typeof body === 'string' ? encode(body) : (body ?? new Uint8Array(0));
  const counted = headers.has('content-length');
  if (!streamed && !counted && response.status !== 204 && response.status !== 304)
    headers.set('Content-Length', String(bytes.length));
  if (streamed && !counted) headers.set('Transfer-Encoding', 'chunked');
  if (!keepAlive) headers.set('Connection', 'close');
  const head = formatHead({
    kind: 'response',
    status: response.status,
    reason: statusText(response.status),
    version: '1.1',
    headers,
  });
  if ((yield* writeAll(sys, fd, head)) < 0) return false;
  if (request.head.method === 'HEAD') return true;
  if (!streamed) return (yield* writeAll(sys, fd, bytes)) === 0;
  let failed = false;
  yield* body(function* (piece) {
    const r = yield* writeAll(sys, fd, counted ? piece : chunk(piece));
    if (r < 0) failed = true;
    return r;
  });
  if (!counted && !failed) failed = (yield* writeAll(sys, fd, LAST_CHUNK)) < 0;
  return !failed;
}
