import type { Sys } from '../../abi/sys.ts';
import { compareVersions } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import { decode, encode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import type { Daemon } from '../daemon.ts';
import type { Connection } from './connection.ts';
import { foldKeys, type Shape } from './fold-keys.ts';
import type { RawStream } from './raw-stream.ts';

/** A request's body is kept in memory only up to this many bytes. */
const JSON_MAX = 16 * 1024 * 1024;

/** One request, and its answer: what a handler gets. */
export class Call {
  readonly sys: Sys;
  readonly daemon: Daemon;
  readonly connection: Connection;
  /** Version of the API that the client speaks. */
  readonly version: string;
  /** Header fields that the answer gets besides those of every answer. */
  readonly headers: Record<string, string> = {};
  /** Status of the answer, where it is not that of the operation. */
  status: number | undefined;

  constructor(connection: Connection, daemon: Daemon, version: string) {
    this.sys = connection.sys;
    this.connection = connection;
    this.daemon = daemon;
    this.version = version;
  }

  /** True where the client speaks at least this version. */
  since(version: string): boolean {
    return compareVersions(this.version, version) >= 0;
  }

  header(name: string): string | undefined {
    return this.connection.head?.headers.get(name);
  }

  /** The next bytes of the request's body; undefined at the end. Valid until the next read. */
  read(): Wait<Uint8Array | undefined> {
    return this.connection.readBody();
  }

  /** Bytes of the body, once it was read by `body`. */
  bodyLength = 0;

  /** The request's body as JSON. @throws ApiError for what is none; a missing one is an error unless `optional`. `body`: what it may have */
  *body<T>(optional = false, body?: Shape): Wait<T> {
    const { connection } = this;
    const type = (this.header('content-type') ?? '').split(';')[0]!.trim();
    const bytes = yield* connection.readWholeBody(JSON_MAX);
    this.bodyLength = bytes.length;
    if (connection.bodyProblem !== '')
      throw new ApiError('invalid-parameter', `invalid JSON: ${connection.bodyProblem}`);
    if (bytes.length === 0) {
      if (optional) return {} as T;
      throw new ApiError('invalid-parameter', 'invalid JSON: got EOF while reading request body');
    }
    if (type !== 'application/json') {
      if (optional && type === '') return {} as T;
      throw new ApiError(
        'invalid-parameter',
        type === ''
          ? 'malformed Content-Type header (): mime: no media type'
          : `unsupported Content-Type header (${this.header('content-type')}): must be 'application/json'`,
      );
    }
    let value: unknown;
    try {
      value = JSON.parse(decode(bytes));
    } catch {
      throw new ApiError('invalid-parameter', jsonProblem(decode(bytes)));
    }
    // Go leaves what it decodes null into as it was: empty
    if (value === null) return {} as T;
    if (!body && typeof value !== 'object')
      throw new ApiError('invalid-parameter', 'invalid JSON: json: cannot unmarshal into Go value');
    return (body ? foldKeys(value, body) : value) as T;
  }

  /** Begins an answer that is written piece by piece (chunked). */
  *stream(contentType: string): Wait<AnswerStream> {
    yield* this.connection.beginStream(this.status ?? 200, { ...this.headers, 'Content-Type': contentType });
    return new AnswerStream(this.connection);
  }

  /** Takes the connection over: raw bytes both ways from now on. @param bare the answer has no other fields */
  hijack(contentType: string, plainType = contentType, bare = false): Wait<RawStream> {
    return this.connection.hijack(contentType, plainType, bare);
  }

  /** True where the answer has begun: nothing but its body can be said any more. */
  get begun(): boolean {
    return this.connection.answered;
  }
}

/** The body of an answer that is on its way. */
export class AnswerStream {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** @returns false where the client is gone */
  write(data: Uint8Array | string): Wait<boolean> {
    return this.#connection.writeChunk(typeof data === 'string' ? encode(data) : data);
  }

  /** One JSON document and a line end. */
  json(value: unknown): Wait<boolean> {
    return this.write(`${JSON.stringify(value)}\n`);
  }

  get gone(): boolean {
    return this.#connection.broken;
  }
}

/** Go's words for a text that is no JSON, as far as they depend on where it breaks. */
function jsonProblem(text: string): string {
  if (firstValueEnds(text)) return 'unexpected content after JSON';
  const first = text.trimStart().charAt(0);
  if (first !== '{' && first !== '[')
    return `invalid JSON: invalid character '${first}' looking for beginning of value`;
  const key = /^\s*\{\s*([^"}\s])/.exec(text);
  if (key) return `invalid JSON: invalid character '${key[1]}' looking for beginning of object key string`;
  return 'invalid JSON: unexpected EOF';
}

/** Whether a text begins with a whole object, after which something else stands. */
function firstValueEnds(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c === '\\') i++;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === '{') depth++;
    else if (c === '}' && --depth === 0) return text.slice(i + 1).trim() !== '';
  }
  return false;
}
