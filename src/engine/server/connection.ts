import type { Sys } from '../../abi/sys.ts';
import { API_VERSION } from '../../api/endpoint.ts';
import { formatHttpDate } from '../../lib/go-time.ts';
import {
  CONTINUE,
  chunk,
  formatHead,
  type HttpEvent,
  HttpParser,
  LAST_CHUNK,
  type RequestHead,
  statusText,
} from '../../lib/http.ts';
import { Headers } from '../../lib/http-headers.ts';
import { encode } from '../../lib/utf8.ts';
import { joinBytes, read, type Wait, writeAll } from '../../libc/io.ts';
import { now } from '../clock.ts';
import { JsonText } from './json-text.ts';
import { RawStream } from './raw-stream.ts';

export const SERVER_VERSION = '28.5.2';
/** Go writes a body up to this size with its length, a longer one in chunks. */
const WHOLE_MAX = 2048;

/** Fields of every answer of the API. */
const API_FIELDS: Readonly<Record<string, string>> = {
  'Api-Version': API_VERSION,
  'Docker-Experimental': 'false',
  Ostype: 'linux',
  Server: `Docker/${SERVER_VERSION} (linux)`,
};

/** Mistakes that are named to the client. */
const TOLD = /Host header|unsupported protocol version|invalid header/;

/** One connection of a client: reads requests one after another and writes their answers. */
export class Connection {
  readonly sys: Sys;
  readonly fd: number;
  readonly parser: HttpParser = new HttpParser('request');
  head: RequestHead | undefined;
  /** The head of an answer has been written. */
  answered = false;
  /** Why the request's body has no proper end; '' where it has (or may yet). */
  bodyProblem = '';
  /** A write failed, or the client broke off: nothing can be said any more. */
  broken = false;
  /** The connection belongs to a stream now. */
  hijacked = false;
  raw: RawStream | undefined;
  #streaming = false;
  #keepAlive = true;
  #bodyEnded = true;
  #expectsContinue = false;
  #upgrade: string | undefined;
  readonly #events: HttpEvent[] = [];
  readonly #buffer: Uint8Array = new Uint8Array(32768);
  /** Which fields an answer has: an unknown path has none of the API's. */
  fields: Readonly<Record<string, string>>;

  readonly #usual: Readonly<Record<string, string>>;

  /** @param experimental what is experimental is on */
  constructor(sys: Sys, fd: number, experimental: boolean) {
    this.#usual = experimental ? { ...API_FIELDS, 'Docker-Experimental': 'true' } : API_FIELDS;
    this.fields = this.#usual;
    this.sys = sys;
    this.fd = fd;
  }

  /** The next request. @returns undefined where the client has no more, or spoke no HTTP (it was told) */
  *next(): Wait<RequestHead | undefined> {
    if (this.broken || !this.#keepAlive) return undefined;
    this.#events.length = 0;
    this.#events.push(...this.parser.next());
    for (;;) {
      const event = yield* this.#event();
      if (event === undefined) return undefined;
      if (event.type === 'error') {
        yield* this.#refuse(event.status, event.message);
        return undefined;
      }
      if (event.type === 'head' && event.head.kind === 'request') {
        this.head = event.head;
        this.answered = false;
        this.fields = this.#usual;
        this.#streaming = false;
        this.#keepAlive = event.keepAlive;
        this.#bodyEnded = event.body === 'none';
        this.#expectsContinue = event.expectContinue;
        this.#upgrade = event.upgrade;
        return event.head;
      }
    }
  }

  *#event(): Wait<HttpEvent | undefined> {
    while (this.#events.length === 0) {
      const n = yield* read(this.sys, this.fd, this.#buffer);
      if (n <= 0) {
        const last = this.parser.end();
        if (n < 0 || last.length === 0) return undefined;
        this.#events.push(...last);
      } else this.#events.push(...this.parser.push(this.#buffer.subarray(0, n)));
    }
    return this.#events.shift();
  }

  /** Some of what is wrong is told in the status line too, as Go does. */
  *#refuse(status: number, message: string): Wait<void> {
    const line = `${status} ${statusText(status)}${TOLD.test(message) ? `: ${message}` : ''}`;
    yield* writeAll(
      this.sys,
      this.fd,
      `HTTP/1.1 ${line}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n${line}`,
    );
  }

  /** The next bytes of the body; undefined at its end (or where the client broke off: see `bodyProblem`). */
  *readBody(): Wait<Uint8Array | undefined> {
    if (this.#expectsContinue && !this.answered) {
      this.#expectsContinue = false;
      yield* this.#write(CONTINUE);
    }
    while (!this.#bodyEnded) {
      const event = yield* this.#event();
      if (event?.type === 'data') return event.bytes;
      if (event === undefined || event.type === 'error') {
        this.bodyProblem = event === undefined ? 'unexpected EOF' : event.message;
        this.#keepAlive = false;
        this.#bodyEnded = true;
      } else if (event.type === 'end') this.#bodyEnded = true;
    }
    return undefined;
  }

  /** The whole body. Bytes above `limit` are dropped. */
  *readWholeBody(limit: number): Wait<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let total = 0;
    for (;;) {
      const bytes = yield* this.readBody();
      if (bytes === undefined) break;
      if (total + bytes.length > limit) continue;
      pieces.push(bytes.slice());
      total += bytes.length;
    }
    return pieces.length === 0 ? new Uint8Array(0) : joinBytes(pieces, total);
  }

  *#write(bytes: Uint8Array): Wait<boolean> {
    if (this.broken) return false;
    const r = yield* writeAll(this.sys, this.fd, bytes);
    if (r < 0) this.broken = true;
    return r >= 0;
  }

  #headBytes(status: number, more: Readonly<Record<string, string>>, last: readonly [string, string][]): Uint8Array {
    const fields = { ...this.fields, ...more };
    const headers = new Headers(
      Object.keys(fields)
        .sort()
        .map((name) => [name, fields[name]!] as const),
    );
    headers.append('Date', formatHttpDate(now(this.sys).sec));
    for (const [name, value] of last) headers.append(name, value);
    const old = this.head?.version === '1.0';
    if (old && this.#keepAlive) headers.append('Connection', 'keep-alive');
    if (!old && !this.#keepAlive) headers.append('Connection', 'close');
    return formatHead({ kind: 'response', status, reason: statusText(status), version: old ? '1.0' : '1.1', headers });
  }

  /** A whole answer. @param sniffed type of the body, where Go would have guessed it: it stands last */
  *answer(status: number, body: Uint8Array, more: Readonly<Record<string, string>> = {}, sniffed?: string): Wait<void> {
    this.answered = true;
    const bodyless = status === 204 || status === 304;
    const isHead = this.head?.method === 'HEAD';
    const chunked = !isHead && body.length > WHOLE_MAX && this.head?.version === '1.1';
    const length: [string, string][] =
      bodyless || (isHead && body.length === 0)
        ? []
        : chunked
          ? [['Transfer-Encoding', 'chunked']]
          : [['Content-Length', String(body.length)]];
    if (sniffed !== undefined) length.push(['Content-Type', sniffed]);
    const head = this.#headBytes(status, more, length);
    if (bodyless || isHead) yield* this.#write(head);
    else if (chunked) yield* this.#write(joinBytes([head, chunk(body), LAST_CHUNK]));
    else yield* this.#write(joinBytes([head, body]));
  }

  /** An answer in JSON, with a line end as Go's encoder writes it. */
  json(status: number, value: unknown, more: Readonly<Record<string, string>> = {}): Wait<void> {
    const text = value instanceof JsonText ? value.text : JSON.stringify(value);
    return this.answer(status, encode(`${text}\n`), { 'Content-Type': 'application/json', ...more });
  }

  /** Begins an answer that comes in chunks (or, to an old client, until the connection ends). */
  *beginStream(status: number, more: Readonly<Record<string, string>>): Wait<void> {
    this.answered = true;
    this.#streaming = this.head?.version === '1.1';
    if (!this.#streaming) this.#keepAlive = false;
    yield* this.#write(this.#headBytes(status, more, this.#streaming ? [['Transfer-Encoding', 'chunked']] : []));
  }

  /** @returns false where the client is gone */
  writeChunk(bytes: Uint8Array): Wait<boolean> {
    return this.#write(this.#streaming ? chunk(bytes) : bytes);
  }

  /** Ends what the handler began; reads what is left of the request. @returns whether another request may follow */
  *finish(): Wait<boolean> {
    if (this.hijacked) return false;
    if (this.#streaming) yield* this.#write(LAST_CHUNK);
    this.#streaming = false;
    // An answer that came before the body was read: the rest is of no use, and the connection with it.
    if (!this.#bodyEnded) {
      let left = 256 * 1024;
      while (left > 0) {
        const bytes = yield* this.readBody();
        if (bytes === undefined) break;
        left -= bytes.length;
      }
      if (!this.#bodyEnded) return false;
    }
    return this.#keepAlive && !this.broken;
  }

  /** Ends the stream without its last chunk: the client sees that something went wrong. */
  abort(): void {
    this.broken = true;
  }

  /** Refuses to hand the connection over, as the engine does where it should become a stream. */
  *refuseStream(status: number, contentType: string, message: string): Wait<void> {
    yield* this.refuseBare(status, `Content-Type: ${contentType}\r\n`, `${message}\r\n`);
  }

  /** Refuses with an answer of these fields (each with its line end) and no others, which ends the connection. */
  *refuseBare(status: number, fields: string, body: string): Wait<void> {
    this.answered = true;
    this.#keepAlive = false;
    yield* this.#write(encode(`HTTP/1.1 ${status} ${statusText(status)}\r\n${fields}\r\n${body}`));
  }

  /** @param bare without the fields of every answer */
  *hijack(contentType: string, plainType: string, bare: boolean): Wait<RawStream> {
    const fields = bare ? [] : Object.entries(this.fields).sort(([a], [b]) => (a < b ? -1 : 1));
    const rest = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const first =
      this.#upgrade === undefined
        ? `HTTP/1.1 200 OK\r\nContent-Type: ${plainType}\r\n`
        : `HTTP/1.1 101 UPGRADED\r\nContent-Type: ${contentType}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n`;
    return yield* this.takeOver(`${first}${rest}\r\n`);
  }

  /** Makes the connection a stream of bytes; `head` is written first. */
  *takeOver(head: string): Wait<RawStream> {
    this.answered = true;
    this.hijacked = true;
    yield* this.#write(encode(head));
    const early: Uint8Array[] = [];
    for (const event of this.#events) if (event.type === 'data') early.push(event.bytes.slice());
    const taken = this.parser.takeRest();
    if (taken.length > 0) early.push(taken);
    this.raw = new RawStream(this.fd, early);
    return this.raw;
  }
}
