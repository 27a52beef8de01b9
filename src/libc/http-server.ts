import { CLOCK_REALTIME } from '../abi/flags.ts';
import { AF_INET6, AF_UNIX, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, type SockAddr } from '../abi/socket.ts';
import type { Sys } from '../abi/sys.ts';
import { formatHttpDate } from '../lib/go-time.ts';
import {
  CONTINUE,
  chunk,
  formatHead,
  type HttpEvent,
  HttpParser,
  LAST_CHUNK,
  type RequestHead,
  statusText,
} from '../lib/http.ts';
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
  body: RequestBody;
  /** Address and port of the client as text, `[::1]:41234` for IPv6. */
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

/** Bytes of a body that nobody wanted, up to which it is read away so that the connection may go on. */
const DRAIN_MAX = 256 * 1024;

/** The messages of one connection, as they come. */
class Incoming {
  readonly #parser = new HttpParser('request');
  readonly #buf = new Uint8Array(65536);
  #events: HttpEvent[] = this.#parser.next();

  constructor(
    readonly sys: Sys,
    readonly fd: number,
  ) {}

  /** @returns the next part of a message; undefined where the connection ended. Its bytes are good until the next call */
  *event(): Wait<HttpEvent | undefined> {
    for (;;) {
      const event = this.#events.shift();
      if (event) return event;
      this.#events = this.#parser.next();
      if (this.#events.length > 0) continue;
      const n = yield* read(this.sys, this.fd, this.#buf);
      if (n <= 0) return undefined;
      this.#events = this.#parser.push(this.#buf.subarray(0, n));
      if (this.sys.tick()) yield;
    }
  }
}

/** A request's body, read as it comes: it takes no more memory than its reader wants. */
export class RequestBody {
  /** The connection ended, or was no HTTP any more, before the body did. */
  broken = false;
  #ended = false;

  constructor(
    private readonly incoming: Incoming,
    private waiting: boolean,
  ) {}

  /** @returns the next bytes, good until the next call; undefined at the end */
  *next(): Wait<Uint8Array | undefined> {
    if (this.#ended) return undefined;
    if (this.waiting) {
      this.waiting = false;
      yield* writeAll(this.incoming.sys, this.incoming.fd, CONTINUE);
    }
    const event = yield* this.incoming.event();
    if (event?.type === 'data') return event.bytes;
    this.#ended = true;
    this.broken = event?.type !== 'end';
    return undefined;
  }

  /** @returns the whole body; undefined where it is longer than `max` bytes or broken */
  *bytes(max: number): Wait<Uint8Array | undefined> {
    const pieces: Uint8Array[] = [];
    let total = 0;
    for (let piece; (piece = yield* this.next()) !== undefined; ) {
      total += piece.length;
      if (total > max) return undefined;
      pieces.push(piece.slice());
    }
    return this.broken ? undefined : joinBytes(pieces, total);
  }

  /** Reads away what is left. @returns whether the connection may be used for another request */
  *drain(): Wait<boolean> {
    if (this.waiting) return false;
    let left = DRAIN_MAX;
    for (let piece; (piece = yield* this.next()) !== undefined; ) {
      left -= piece.length;
      if (left < 0) return false;
    }
    return !this.broken;
  }
}

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
    const client = peer.address && peer.address.family !== AF_UNIX ? endpoint(peer.address) : '';
    sys.thread(function* (own) {
      yield* connection(own, fd, client, site, certificate);
      own.close(fd);
      return 0;
    });
  }
}

/** `10.0.0.1:80`; an IPv4 address that came through an IPv6 socket is one of IPv4. */
function endpoint({ addr, port }: { addr: string; port: number }): string {
  const name = addr.replace(/^::ffff:(?=\d+\.)/, '');
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`;
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
  const incoming = new Incoming(sys, fd);
  for (let event; (event = yield* incoming.event()) !== undefined; ) {
    if (event.type === 'error') {
      const status = `${event.status} ${statusText(event.status)}`;
      const fields = 'Content-Type: text/plain; charset=utf-8\r\nConnection: close';
      yield* writeAll(sys, fd, `HTTP/1.1 ${status}\r\n${fields}\r\n\r\n${status}`);
      return;
    }
    if (event.type !== 'head' || event.head.kind !== 'request') continue;
    const { keepAlive } = event;
    const body = new RequestBody(incoming, event.expectContinue);
    const request = requestOf(event.head, body, client);
    const ok = yield* answer(sys, fd, request, yield* site(sys, request), keepAlive);
    if (!ok || !keepAlive || !(yield* body.drain())) return;
  }
}

function requestOf(head: RequestHead, body: RequestBody, client: string): SiteRequest {
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
  if (!headers.has('date')) headers.set('Date', formatHttpDate(Math.floor(sys.now(CLOCK_REALTIME) / 1000)));
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
