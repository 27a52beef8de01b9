import { SOCK_CLOEXEC } from '../../abi/socket.ts';
import type { Program, Sys } from '../../abi/sys.ts';
import { API_VERSION, compareVersions, MIN_API_VERSION } from '../../api/endpoint.ts';
import { ApiError, STATUS } from '../../api/errors.ts';
import { parseQuery } from '../../api/query.ts';
import { encode } from '../../lib/utf8.ts';
import { accept, type Wait } from '../../libc/io.ts';
import type { Daemon } from '../daemon.ts';
import { Call } from './call.ts';
import { Connection } from './connection.ts';
import { readParams } from './params.ts';
import { Router } from './router.ts';
import type { Route } from './serve.ts';

/** Serves the API for ever. */
export class Server {
  readonly #daemon: Daemon;
  readonly #router: Router;

  constructor(daemon: Daemon, routes: readonly Route[]) {
    this.#daemon = daemon;
    this.#router = new Router(routes);
  }

  /** Takes connections, each in a thread of its own. */
  *run(sys: Sys, fd: number): Wait<number> {
    for (;;) {
      const client = yield* accept(sys, fd, undefined, SOCK_CLOEXEC);
      if (client < 0) return client;
      const thread = sys.thread((own) => this.#serve(own, client));
      if (thread < 0) sys.close(client);
    }
  }

  *#serve(sys: Sys, fd: number): Program {
    const connection = new Connection(sys, fd, this.#daemon.config.experimental);
    try {
      for (;;) {
        const head = yield* connection.next();
        if (head === undefined) break;
        yield* this.#request(connection, head.method, head.target);
        if (!(yield* connection.finish())) break;
      }
      if (connection.raw) yield* connection.raw.end(sys);
    } finally {
      sys.close(fd);
    }
    return 0;
  }

  *#request(connection: Connection, method: string, target: string): Wait<void> {
    const path = target.startsWith('/') ? target : target.replace(/^https?:\/\/[^/?]*/, '');
    const question = path.indexOf('?');
    const plain = question < 0 ? path : path.slice(0, question);
    const versioned = /^\/v([0-9.]+)(\/.*)$/.exec(plain);
    const found = this.#router.find(method, versioned ? versioned[2]! : plain);
    if (method === 'OPTIONS') {
      yield* connection.answer(200, new Uint8Array(0));
      return;
    }
    const clean = cleanPath(plain);
    if (clean !== plain) {
      connection.fields = {};
      const query = question < 0 ? '' : path.slice(question);
      yield* connection.answer(301, new Uint8Array(0), { Location: clean + query });
      return;
    }
    if (!found) {
      connection.fields = {};
      yield* connection.json(404, { message: 'page not found' });
      return;
    }
    const version = versioned?.[1] ?? API_VERSION;
    const refusal = versionProblem(version);
    if (refusal !== undefined) {
      const { 'Docker-Experimental': _, ...fields } = connection.fields;
      connection.fields = fields;
      yield* refuseVersion(connection, version, refusal);
      return;
    }
    const call = new Call(connection, this.#daemon, version);
    try {
      const query = parseQuery(question < 0 ? '' : path.slice(question + 1));
      const params = { ...readParams(found.route.endpoint, query), ...found.params };
      yield* this.#answer(call, found.route, yield* found.route.handle(call, params));
    } catch (error) {
      yield* this.#fail(call, error);
    }
  }

  *#answer(call: Call, route: Route, result: unknown): Wait<void> {
    if (call.begun) return;
    const status = call.status ?? route.endpoint.ok;
    const { connection } = call;
    if (route.endpoint.answer === 'text') {
      yield* connection.answer(status, encode(String(result)), call.headers, 'text/plain; charset=utf-8');
    } else if (route.endpoint.answer === 'json') yield* connection.json(status, result ?? null, call.headers);
    else yield* connection.answer(status, new Uint8Array(0), call.headers);
  }

  *#fail(call: Call, error: unknown): Wait<void> {
    if (!(error instanceof ApiError)) {
      this.#daemon.report(error);
      error = new ApiError('internal', error instanceof Error ? error.message : String(error));
    }
    const failure = error as ApiError;
    const { connection } = call;
    if (call.begun) {
      connection.abort();
      return;
    }
    if (failure.status === STATUS['not-modified']) yield* connection.answer(304, new Uint8Array(0));
    else yield* connection.json(failure.status, { message: failure.message }, call.headers);
  }
}

/** A path without empty parts and dots: clients are sent there. */
function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  const tail = path.endsWith('/') && parts.length > 0 ? '/' : '';
  return `/${parts.join('/')}${tail}`;
}

/** Clients that are too old for JSON get plain text. */
function* refuseVersion(connection: Connection, version: string, message: string): Wait<void> {
  if (compareVersions(version, MIN_API_VERSION) >= 0) yield* connection.json(400, { message });
  else
    yield* connection.answer(400, encode(`${message}\n`), {
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
    });
}

function versionProblem(version: string): string | undefined {
  if (compareVersions(version, API_VERSION) > 0)
    return `client version ${version} is too new. Maximum supported API version is ${API_VERSION}`;
  if (compareVersions(version, MIN_API_VERSION) < 0)
    return `client version ${version} is too old. Minimum supported API version is ${MIN_API_VERSION}, please upgrade your client to a newer version`;
  return undefined;
}
