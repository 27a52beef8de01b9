import { EACCES, ECONNREFUSED, ENOENT } from '../../abi/errno.ts';
import type { Sys } from '../../abi/sys.ts';
import { queryEscape } from '../../lib/go-template-functions.ts';
import { Headers } from '../../lib/http-headers.ts';
import { ipBytes } from '../../lib/ip.ts';
import { JsonStream } from '../../lib/json-stream.ts';
import { encode } from '../../lib/utf8.ts';
import {
  type BodySource,
  connectTcp,
  connectUnix,
  HttpConnection,
  type HttpFailure,
  type HttpResponse,
} from '../../libc/http-client.ts';
import type { Wait } from '../../libc/io.ts';
import { resolve } from '../../libc/resolver.ts';
import { strerror } from '../../libc/strerror.ts';
import { ConnectionError, DaemonError } from './errors.ts';
import { lookupFailure } from './lookup.ts';
import { CLIENT } from './version-data.ts';

/** Query parameters; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface CallOptions {
  query?: Query;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  body?: Uint8Array | BodySource;
  headers?: Readonly<Record<string, string>>;
}

/** Any JSON object of the API. */
export type Json = Record<string, unknown>;

/** Talks to the daemon: one connection kept alive for one call after another, further ones for streams. */
export class DockerClient {
  #connection: HttpConnection | undefined;
  /** Version of the API that both sides know, once negotiated. */
  #version: string | undefined;

  constructor(
    readonly sys: Sys,
    /** `unix:///var/run/docker.sock`, `tcp://host:port` */
    readonly host: string,
    private readonly extraHeaders: Readonly<Record<string, string>> = {},
    private readonly fixedVersion?: string,
  ) {}

  /** A client of the same daemon for another thread. */
  clone(sys: Sys = this.sys): DockerClient {
    return new DockerClient(sys, this.host, this.extraHeaders, this.#version ?? this.fixedVersion);
  }

  /** The version that calls are made with. */
  *apiVersion(): Wait<string> {
    if (this.#version === undefined) yield* this.#negotiate();
    return this.#version!;
  }

  /** What /_ping says. @throws ConnectionError */
  *ping(): Wait<Headers> {
    const response = yield* this.#send('HEAD', '/_ping', {});
    yield* response.bytes();
    return response.headers;
  }

  *#negotiate(): Wait<void> {
    if (this.fixedVersion !== undefined) {
      this.#version = this.fixedVersion;
      return;
    }
    let theirs: string;
    try {
      theirs = (yield* this.ping()).get('api-version') ?? '1.24';
    } catch (error) {
      // The call itself will tell.
      if (!(error instanceof ConnectionError)) throw error;
      this.#version = CLIENT.apiVersion;
      return;
    }
    this.#version = older(theirs, CLIENT.apiVersion) ? theirs : CLIENT.apiVersion;
  }

  /** Makes a call; an answer of 400 and above is thrown. The body is the caller's to read. @throws DaemonError, ConnectionError */
  *call(method: string, path: string, options: CallOptions = {}): Wait<HttpResponse> {
    const response = yield* this.#send(
      method,
      `/v${yield* this.apiVersion()}${cleanPath(path)}${queryText(options.query)}`,
      options,
    );
    if (response.status < 300 || response.status === 304) return response;
    if (response.status < 400) throw new ConnectionError('unexpected redirect in response');
    const text = yield* response.text();
    throw new DaemonError(errorText(text, response, path), response.status);
  }

  /** A call whose answer is JSON. */
  *json<T = Json>(method: string, path: string, options: CallOptions = {}): Wait<T> {
    const response = yield* this.call(method, path, options);
    const text = yield* response.text();
    return (text.trim() === '' ? undefined : JSON.parse(text)) as T;
  }

  /** The text of an answer as it came. */
  *text(method: string, path: string, options: CallOptions = {}): Wait<string> {
    return yield* (yield* this.call(method, path, options)).text();
  }

  /** A call whose answer does not matter. */
  *done(method: string, path: string, options: CallOptions = {}): Wait<void> {
    yield* (yield* this.call(method, path, options)).bytes();
  }

  /** A call whose answer is JSON documents one after another. */
  *documents(response: HttpResponse, each: (document: Json) => Wait<void>): Wait<void> {
    const stream = new JsonStream();
    for (let part; (part = yield* response.chunk()); ) {
      for (const document of stream.push(part)) yield* each(document as Json);
    }
    if (response.broken)
      throw new ConnectionError(response.broken.errno === 0 ? 'unexpected EOF' : response.broken.message);
  }

  /** Asks for an upgrade to a raw stream. @returns the response, whose connection is the caller's if it was upgraded */
  *hijack(path: string, options: CallOptions = {}): Wait<HttpResponse> {
    const headers = { ...options.headers, Connection: 'Upgrade', Upgrade: 'tcp' };
    const target = `/v${yield* this.apiVersion()}${cleanPath(path)}${queryText(options.query)}`;
    const response = yield* this.#sendOn(yield* this.#connect('POST', target), 'POST', target, { ...options, headers });
    if (response.status === 101) return response;
    response.close();
    throw new ConnectionError(`unable to upgrade to tcp, received ${response.status}`);
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  *#send(method: string, target: string, options: CallOptions): Wait<HttpResponse> {
    if (!this.#connection?.usable) this.#connection = yield* this.#connect(method, target);
    return yield* this.#sendOn(this.#connection, method, target, options);
  }

  *#sendOn(connection: HttpConnection, method: string, target: string, options: CallOptions): Wait<HttpResponse> {
    const headers = new Headers([
      ['Host', hostHeader(this.host)],
      ['User-Agent', CLIENT.userAgent],
      ...Object.entries(this.extraHeaders),
      ...Object.entries(options.headers ?? {}),
    ]);
    let body = options.body;
    if (options.json !== undefined) {
      headers.set('Content-Type', 'application/json');
      body = encode(JSON.stringify(options.json));
    } else if (body && !headers.has('content-type')) headers.set('Content-Type', 'text/plain');
    const answer = yield* connection.request({ method, target, headers, ...(body && { body }) });
    if (answer.kind === 'failure') throw this.#broken(method, target, answer);
    return answer;
  }

  #broken(method: string, target: string, failure: HttpFailure): ConnectionError {
    const words = failure.errno === 0 ? failure.message : strerror(failure.errno, 'go');
    return new ConnectionError(
      `error during connect: ${title(method)} ${JSON.stringify(urlOf(this.host, target))}: ${words}`,
    );
  }

  *#connect(method: string, target: string): Wait<HttpConnection> {
    const { sys } = this;
    const [scheme, address] = splitHost(this.host);
    if (scheme === 'unix') {
      const fd = yield* connectUnix(sys, address);
      if (fd >= 0) return new HttpConnection(sys, fd);
      throw this.#refused(fd, method, target, `dial unix ${address}: connect`);
    }
    if (scheme === 'ssh') throw this.#withoutSsh(method, target, address);
    const server = address.replace(/\/.*$/, '');
    const colon = server.lastIndexOf(':');
    const name = server.slice(0, colon).replace(/^\[|\]$/g, '');
    const addresses = ipBytes(name) ? { addresses: [name] } : yield* resolve(sys, name);
    if (typeof addresses === 'string') {
      const at = `${title(method)} ${JSON.stringify(urlOf(this.host, target))}`;
      throw new ConnectionError(`error during connect: ${at}: ${yield* lookupFailure(sys, name)}`);
    }
    let error = -ECONNREFUSED;
    for (const ip of addresses.addresses) {
      const fd = yield* connectTcp(sys, ip, Number(server.slice(colon + 1)));
      if (fd >= 0) return new HttpConnection(sys, fd);
      error = fd;
    }
    throw this.#refused(error, method, target, `dial tcp ${server}: connect`);
  }

  /** What is said where ssh, which carries the connection, is not there. */
  #withoutSsh(method: string, target: string, address: string): ConnectionError {
    const url = `http://docker.example.com${target}`;
    return new ConnectionError(
      `error during connect: ${title(method)} ${JSON.stringify(url)}: command [ssh -o ConnectTimeout=30 -T -- ${address} docker system dial-stdio] has exited with exit status 127, make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=ssh: command not found`,
    );
  }

  #refused(error: number, method: string, target: string, dial: string): ConnectionError {
    if (error === -EACCES) {
      const at = `${title(method)} ${JSON.stringify(urlOf(this.host, target))}`;
      return new ConnectionError(
        `permission denied while trying to connect to the Docker daemon socket at ${this.host}: ${at}: ${dial}: permission denied`,
      );
    }
    if (error === -ENOENT || error === -ECONNREFUSED) {
      return new ConnectionError(`Cannot connect to the Docker daemon at ${this.host}. Is the docker daemon running?`);
    }
    const at = `${title(method)} ${JSON.stringify(urlOf(this.host, target))}`;
    return new ConnectionError(`error during connect: ${at}: ${dial}: ${strerror(-error, 'go')}`);
  }
}

const title = (method: string): string => method[0] + method.slice(1).toLowerCase();

/** Whether version `a` comes before `b`. */
export function older(a: string, b: string): boolean {
  const [x = 0, y = 0] = a.split('.').map(Number);
  const [v = 0, w = 0] = b.split('.').map(Number);
  return x < v || (x === v && y < w);
}

function splitHost(host: string): [string, string] {
  const at = host.indexOf('://');
  return [host.slice(0, at), host.slice(at + 3)];
}

function hostHeader(host: string): string {
  const [scheme, address] = splitHost(host);
  return scheme === 'unix' ? 'api.moby.localhost' : address;
}

function urlOf(host: string, target: string): string {
  const [scheme, address] = splitHost(host);
  return scheme === 'unix' ? `http://${queryEscape(address)}${target}` : `http://${address}${target}`;
}

/** `?a=1&b=2`, sorted by name as url.Values.Encode does. */
export function queryText(query: Query | undefined): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(query ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value === undefined) continue;
    const values = Array.isArray(value)
      ? (value as readonly string[])
      : [value === true ? '1' : value === false ? '0' : String(value)];
    for (const one of values) pairs.push(`${queryEscape(name)}=${queryEscape(one)}`);
  }
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

/** A path segment: `/containers/${segment(name)}/json`. Slashes around it go, as the whole path is cleaned. */
export const segment = (text: string): string =>
  queryEscape(text.replace(/^\/+|\/+$/g, ''))
    .replaceAll('+', '%20')
    .replaceAll('%2F', '/')
    .replaceAll('%3A', ':')
    .replaceAll('%40', '@');

/** A path without empty parts, `.` and `..`. @throws ConnectionError where a name in it is empty */
function cleanPath(path: string): string {
  const empty = /^\/(container|network|volume)s\/(?:\/|$)/.exec(path);
  if (empty) throw new ConnectionError(`invalid ${empty[1]} name or ID: value is empty`);
  if (path.startsWith('/images//')) throw new ConnectionError('Error: No such image: ');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** Filters as the API takes them: `{"name":{"x":true}}`. */
export function filtersText(filters: readonly string[]): string | undefined {
  if (filters.length === 0) return undefined;
  const found: Record<string, Record<string, boolean>> = {};
  for (const filter of filters) {
    const equals = filter.indexOf('=');
    const name = filter.slice(0, equals).trim().toLowerCase();
    (found[name] ??= {})[filter.slice(equals + 1).trim()] = true;
  }
  return JSON.stringify(Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function errorText(text: string, response: HttpResponse, path: string): string {
  if (text !== '' && (response.headers.get('content-type') ?? '').startsWith('application/json')) {
    const value = JSON.parse(text) as { message?: string };
    if (value.message !== undefined) return value.message.trim();
  }
  if (text.trim() !== '') return text.trim();
  return `request returned ${response.status} for API route and version ${path}, check if the server supports the requested API version`;
}
