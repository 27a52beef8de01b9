import { chunk, formatHead, type HttpEvent, HttpParser, LAST_CHUNK, type ResponseHead } from '../lib/http.ts';
import { Headers } from '../lib/http-headers.ts';
import { decode, encode } from '../lib/utf8.ts';
import { API_VERSION, type Endpoint } from './endpoint.ts';
import { ApiError, kindOfStatus } from './errors.ts';
import { formatTarget } from './query.ts';
import type { ByteStream, Wait } from './stream.ts';

/** A body that is sent as it comes. `undefined` ends it. */
export type BodySource = () => Wait<Uint8Array | undefined>;

export interface CallOptions {
  headers?: Readonly<Record<string, string>>;
}

type Any = Endpoint<never, unknown, unknown>;

/**
 * Calls operations of the Engine API. A connection is kept for the next call where the answer was read to its end.
 * @throws ApiError with the daemon's words; what `connect` and the stream throw passes through
 */
export class ApiClient {
  /** Version in the paths; undefined: none. */
  version: string | undefined = API_VERSION;
  /** Sent with every request (`User-Agent`, `X-Registry-Auth` …). */
  readonly headers: Record<string, string> = { 'User-Agent': 'Docker-Client/28.5.2 (linux)' };
  /** Value of the Host field. */
  host = 'api.moby.localhost';
  readonly #connect: () => Wait<ByteStream>;
  #idle: Connection | undefined;

  constructor(connect: () => Wait<ByteStream>) {
    this.#connect = connect;
  }

  /** Makes the call and reads the whole answer: JSON, text, or nothing. */
  *call<P, R, B>(e: Endpoint<P, R, B>, params: P, body?: B, options: CallOptions = {}): Wait<R> {
    const answer = yield* this.stream(e, params, body, options);
    const bytes = yield* answer.readAll();
    if (e.answer === 'text') return decode(bytes) as R;
    return (bytes.length === 0 ? undefined : JSON.parse(decode(bytes))) as R;
  }

  /** Makes the call; the answer's body is read by the caller, who closes it. */
  *stream<P, R, B>(
    e: Endpoint<P, R, B>,
    params: P,
    body?: B | BodySource,
    options: CallOptions = {},
  ): Wait<ResponseBody> {
    const connection = yield* this.#send(e as Any, params, body, options);
    const answer = yield* connection.response(e.method);
    yield* this.#check(answer);
    return answer;
  }

  /** Makes the call and takes the connection over: what follows the answer's head is raw both ways. */
  *hijack<P, R, B>(e: Endpoint<P, R, B>, params: P, body?: B, options: CallOptions = {}): Wait<HijackedStream> {
    const headers = { Connection: 'Upgrade', Upgrade: 'tcp', ...options.headers };
    const connection = yield* this.#send(e as Any, params, body, { headers });
    const answer = yield* connection.response(e.method);
    if (answer.head.status !== 101) yield* this.#check(answer);
    return connection.takeOver(answer.head);
  }

  /** Closes what is kept open. */
  close(): void {
    this.#idle?.stream.close();
    this.#idle = undefined;
  }

  *#send(e: Any, params: unknown, body: unknown, options: CallOptions): Wait<Connection> {
    const target = formatTarget(e, params as Record<string, unknown>, this.version);
    const headers = new Headers([['Host', this.host], ...Object.entries(this.headers)]);
    for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value);
    const source = typeof body === 'function' ? (body as BodySource) : undefined;
    const json = source === undefined && body !== undefined ? encode(`${JSON.stringify(body)}\n`) : undefined;
    if (json) {
      headers.set('Content-Type', 'application/json');
      headers.set('Content-Length', String(json.length));
    } else if (source) headers.set('Transfer-Encoding', 'chunked');
    else if (e.method !== 'GET' && e.method !== 'HEAD') headers.set('Content-Length', '0');
    const head = formatHead({ kind: 'request', method: e.method, target, version: '1.1', headers });
    const connection = this.#idle ?? new Connection(yield* this.#connect(), (c) => this.#keep(c));
    this.#idle = undefined;
    yield* connection.stream.write(json ? join(head, json) : head);
    if (source) yield* connection.sendBody(source);
    return connection;
  }

  #keep(connection: Connection): void {
    if (this.#idle) connection.stream.close();
    else this.#idle = connection;
  }

  *#check(answer: ResponseBody): Wait<void> {
    const { status } = answer.head;
    if (status < 400 && status !== 304) return;
    const text = decode(yield* answer.readAll());
    throw new ApiError(kindOfStatus(status), messageOf(text, answer.head), status);
  }
}

function messageOf(text: string, head: ResponseHead): string {
  if (text.trim() === '') return head.status === 304 ? '' : `${head.reason}`;
  try {
    const value = JSON.parse(text) as { message?: unknown };
    if (typeof value.message === 'string') return value.message;
  } catch {
    // plain text
  }
  return text.trim();
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

class Connection {
  readonly stream: ByteStream;
  readonly parser: HttpParser = new HttpParser('response');
  readonly events: HttpEvent[] = [];
  readonly #keep: (connection: Connection) => void;

  constructor(stream: ByteStream, keep: (connection: Connection) => void) {
    this.stream = stream;
    this.#keep = keep;
  }

  *sendBody(source: BodySource): Wait<void> {
    for (;;) {
      const bytes = yield* source();
      if (bytes === undefined) break;
      if (bytes.length > 0) yield* this.stream.write(chunk(bytes));
    }
    yield* this.stream.write(LAST_CHUNK);
  }

  /** The next event of the parser; reads as it must. */
  *event(): Wait<HttpEvent> {
    while (this.events.length === 0) {
      const bytes = yield* this.stream.read();
      if (bytes !== undefined) this.events.push(...this.parser.push(bytes));
      else {
        const last = this.parser.end();
        if (last.length === 0) throw new Error('unexpected EOF');
        this.events.push(...last);
      }
    }
    return this.events.shift()!;
  }

  *response(method: string): Wait<ResponseBody> {
    this.parser.expect(method);
    this.events.push(...this.parser.next());
    for (;;) {
      const event = yield* this.event();
      if (event.type === 'error') throw new Error(event.message);
      if (event.type === 'head' && event.head.kind === 'response') {
        return new ResponseBody(this, event.head, event.keepAlive, event.body === 'none');
      }
    }
  }

  done(reusable: boolean): void {
    if (reusable) this.#keep(this);
    else this.stream.close();
  }

  takeOver(head: ResponseHead): HijackedStream {
    const early: Uint8Array[] = [];
    for (const event of this.events) if (event.type === 'data') early.push(event.bytes.slice());
    const rest = this.parser.takeRest();
    if (rest.length > 0) early.push(rest);
    return new HijackedStream(this.stream, head, early);
  }
}

/** An answer whose body is read piece by piece. */
export class ResponseBody {
  readonly head: ResponseHead;
  readonly #connection: Connection;
  readonly #keepAlive: boolean;
  #ended: boolean;

  constructor(connection: Connection, head: ResponseHead, keepAlive: boolean, empty: boolean) {
    this.#connection = connection;
    this.head = head;
    this.#keepAlive = keepAlive;
    this.#ended = false;
    if (empty && head.status !== 101) this.#end();
  }

  get headers(): Headers {
    return this.head.headers;
  }

  /** The next bytes; undefined at the end. Valid until the next read. @throws Error where the connection breaks */
  *read(): Wait<Uint8Array | undefined> {
    while (!this.#ended) {
      const event = yield* this.#connection.event();
      if (event.type === 'data') return event.bytes;
      if (event.type === 'error') {
        this.close();
        throw new Error(event.message);
      }
      if (event.type === 'end') this.#end();
    }
    return undefined;
  }

  *readAll(): Wait<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let total = 0;
    for (;;) {
      const bytes = yield* this.read();
      if (bytes === undefined) break;
      pieces.push(bytes.slice());
      total += bytes.length;
    }
    const out = new Uint8Array(total);
    let at = 0;
    for (const piece of pieces) {
      out.set(piece, at);
      at += piece.length;
    }
    return out;
  }

  /** Gives up what is not read yet. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#connection.stream.close();
  }

  #end(): void {
    this.#ended = true;
    this.#connection.done(this.#keepAlive);
  }
}

/** A connection that was taken over (attach, exec): raw bytes both ways, each way closed by itself. */
export class HijackedStream implements ByteStream {
  readonly head: ResponseHead;
  readonly #stream: ByteStream;
  readonly #early: Uint8Array[];

  constructor(stream: ByteStream, head: ResponseHead, early: Uint8Array[]) {
    this.#stream = stream;
    this.head = head;
    this.#early = early;
  }

  *read(): Wait<Uint8Array | undefined> {
    return this.#early.shift() ?? (yield* this.#stream.read());
  }

  *write(bytes: Uint8Array): Wait<void> {
    yield* this.#stream.write(bytes);
  }

  closeWrite(): void {
    this.#stream.closeWrite();
  }

  close(): void {
    this.#stream.close();
  }
}
