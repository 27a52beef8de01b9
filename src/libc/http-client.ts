import { EPIPE, ETIMEDOUT } from '../abi/errno.ts';
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from '../abi/flags.ts';
import { AF_INET, AF_INET6, AF_UNIX, SHUT_RDWR, SHUT_WR, SOCK_CLOEXEC, SOCK_STREAM } from '../abi/socket.ts';
import type { Sys } from '../abi/sys.ts';
import { chunk, type HttpEvent, HttpParser, LAST_CHUNK } from '../lib/http.ts';
import { formatHead, type ResponseHead } from '../lib/http-head.ts';
import { Headers } from '../lib/http-headers.ts';
import { isIp6 } from '../lib/ip.ts';
import { decode } from '../lib/utf8.ts';
import { connect, joinBytes, poll, read, type Wait, writeAll } from './io.ts';

/** Bytes that a request sends: `next` gives a piece at a time, undefined at the end. Without a length it goes chunked. */
export interface BodySource {
  readonly length?: number;
  next(): Wait<Uint8Array | undefined>;
}

export interface HttpRequest {
  method: string;
  /** Path and query, as it stands in the request line. */
  target: string;
  headers: Headers;
  body?: Uint8Array | BodySource;
}

/** Why there is no answer: `errno` of the socket (0 where the other side closed too early), and words. */
export interface HttpFailure {
  kind: 'failure';
  errno: number;
  message: string;
}

/** Most answers are small; one that fills its buffer is read in larger pieces from then on. */
const SMALL = 4096;
const LARGE = 65536;

const failure = (errno: number, message: string): HttpFailure => ({ kind: 'failure', errno: Math.abs(errno), message });

/** Opens a stream to a unix socket. @returns fd or -errno */
export function* connectUnix(sys: Sys, path: string): Wait<number> {
  return yield* connected(sys, AF_UNIX, { family: AF_UNIX, path });
}

/** Opens a stream to an address. @returns fd or -errno */
export function* connectTcp(sys: Sys, addr: string, port: number): Wait<number> {
  const family = isIp6(addr) ? AF_INET6 : AF_INET;
  return yield* connected(sys, family, { family, addr, port });
}

function* connected(sys: Sys, family: number, address: Parameters<Sys['connect']>[1]): Wait<number> {
  const fd = sys.socket(family, SOCK_STREAM | SOCK_CLOEXEC);
  if (fd < 0) return fd;
  const r = yield* connect(sys, fd, address);
  if (r >= 0) return fd;
  sys.close(fd);
  return r;
}

/** An answer, whose body is read as it comes. */
export class HttpResponse {
  readonly kind = 'response';
  /** Why the body ended too early, undefined so far. */
  broken: HttpFailure | undefined;
  #ended = false;

  constructor(
    readonly connection: HttpConnection,
    readonly head: ResponseHead,
    /** 101: the connection is the caller's now. */
    readonly upgraded: boolean,
    private readonly keepAlive: boolean,
  ) {}

  get status(): number {
    return this.head.status;
  }

  get headers(): Headers {
    return this.head.headers;
  }

  /** The next bytes of the body. @returns undefined at its end, also where it broke (see `broken`) */
  *chunk(): Wait<Uint8Array | undefined> {
    while (!this.#ended) {
      const event = yield* this.connection.next();
      if ('errno' in event) {
        this.broken = event;
        this.#end(false);
      } else if (event.type === 'data') return event.bytes;
      else if (event.type === 'end') this.#end(this.keepAlive);
    }
    return undefined;
  }

  #end(reusable: boolean): void {
    this.#ended = true;
    this.connection.release(reusable);
  }

  /** All that is left of the body. */
  *bytes(): Wait<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for (let part; (part = yield* this.chunk()); ) pieces.push(part.slice());
    return joinBytes(pieces);
  }

  *text(): Wait<string> {
    return decode(yield* this.bytes());
  }

  /** Ends without reading what is left. */
  close(): void {
    if (!this.#ended) this.#end(false);
  }
}

/** One connection to an HTTP/1.1 server, for one request after another. Not shared between threads. */
export class HttpConnection {
  readonly #parser = new HttpParser('response');
  readonly #events: HttpEvent[] = [];
  #buffer = new Uint8Array(0);
  #open = true;
  #busy = false;

  constructor(
    readonly sys: Sys,
    readonly fd: number,
  ) {}

  /** Whether another request may be sent. */
  get usable(): boolean {
    return this.#open && !this.#busy;
  }

  close(): void {
    if (this.#open) this.sys.close(this.fd);
    this.#open = false;
  }

  /** Called by the response at its end. */
  release(reusable: boolean): void {
    this.#busy = false;
    if (!reusable) this.close();
    else this.#events.push(...this.#parser.next());
  }

  /** Sends a request and waits for the head of its answer. What the server says before it has read all is heeded. */
  *request(request: HttpRequest): Wait<HttpResponse | HttpFailure> {
    this.#busy = true;
    this.#parser.expect(request.method);
    const body = request.body instanceof Uint8Array ? ofBytes(request.body) : request.body;
    const headers = new Headers(request.headers);
    if (body) {
      if (body.length === undefined) headers.set('Transfer-Encoding', 'chunked');
      else headers.set('Content-Length', String(body.length));
    } else if (request.method === 'POST' || request.method === 'PUT') headers.set('Content-Length', '0');
    const head = formatHead({
      kind: 'request',
      method: request.method,
      target: request.target,
      version: '1.1',
      headers,
    });
    let sent = yield* writeAll(this.sys, this.fd, head);
    if (sent === 0 && body) sent = yield* this.#send(body);
    const answer = yield* this.#answer();
    if ('status' in answer) return answer;
    this.close();
    return sent < 0 ? failure(sent, answer.message) : answer;
  }

  /** Sends a body while it listens: a refusal that comes before its end stops it; what else comes waits to be read. */
  *#send(body: BodySource): Wait<number> {
    const chunked = body.length === undefined;
    for (let part; (part = yield* body.next()); ) {
      const bytes = chunked ? chunk(part) : part;
      for (let at = 0; at < bytes.length; ) {
        const ready = { fd: this.fd, events: POLLIN | POLLOUT, revents: 0 };
        if ((yield* poll(this.sys, [ready], -1)) < 0) continue;
        if (ready.revents & (POLLIN | POLLHUP | POLLERR)) {
          const error = yield* this.#fill();
          if (error) return -EPIPE;
          if (this.#events.some((e) => e.type === 'head' && e.head.kind === 'response' && e.head.status >= 400))
            return 0;
        }
        if (!(ready.revents & POLLOUT)) continue;
        const n = this.sys.write(this.fd, bytes.subarray(at, at + 65536));
        if (n < 0 && n > -4096) return n;
        if (n < 0) yield;
        else at += n;
      }
    }
    return chunked ? yield* writeAll(this.sys, this.fd, LAST_CHUNK) : 0;
  }

  *#answer(): Wait<HttpResponse | HttpFailure> {
    for (;;) {
      const event = yield* this.next();
      if ('errno' in event) return event;
      if (event.type !== 'head' || event.head.kind !== 'response') continue;
      return new HttpResponse(this, event.head, event.head.status === 101, event.keepAlive);
    }
  }

  /** The next thing that the server says. */
  *next(): Wait<HttpEvent | HttpFailure> {
    while (this.#events.length === 0) {
      const error = yield* this.#fill();
      if (error && this.#events.length === 0) return error;
    }
    const event = this.#events.shift()!;
    return event.type === 'error' ? failure(0, event.message) : event;
  }

  *#fill(): Wait<HttpFailure | undefined> {
    if (this.#buffer.length === 0) this.#buffer = new Uint8Array(SMALL);
    const n = yield* read(this.sys, this.fd, this.#buffer);
    if (n > 0) {
      for (const event of this.#parser.push(this.#buffer.subarray(0, n))) {
        this.#events.push(event.type === 'data' ? { type: 'data', bytes: event.bytes.slice() } : event);
      }
      if (n === SMALL) this.#buffer = new Uint8Array(LARGE);
      return undefined;
    }
    this.#events.push(...this.#parser.end());
    return failure(n, n === -ETIMEDOUT ? 'timeout' : 'EOF');
  }

  /** After an upgrade: takes the stream. @returns what the server sent already */
  takeOver(): Uint8Array {
    const early: Uint8Array[] = [];
    for (const event of this.#events) if (event.type === 'data') early.push(event.bytes);
    this.#events.length = 0;
    early.push(this.#parser.takeRest());
    return joinBytes(early);
  }

  /** Ends both directions at once: who reads sees the end. */
  abort(): void {
    this.sys.shutdown(this.fd, SHUT_RDWR);
  }

  /** Says that no more bytes will be sent; what comes can still be read. */
  closeWrite(): void {
    this.sys.shutdown(this.fd, SHUT_WR);
  }
}

function ofBytes(bytes: Uint8Array): BodySource {
  let given = false;
  return {
    length: bytes.length,
    *next() {
      if (given || bytes.length === 0) return undefined;
      given = true;
      return bytes;
    },
  };
}
