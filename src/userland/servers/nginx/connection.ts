import { POLLIN } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import { CONTINUE, type HttpEvent, HttpParser, type RequestHead } from '../../../lib/http.ts';
import { Headers } from '../../../lib/http-headers.ts';
import { RegexBudgetError } from '../../../lib/regex/regex.ts';
import { decode } from '../../../lib/utf8.ts';
import { joinBytes, poll, read, type Wait, writeAll } from '../../../libc/io.ts';
import { chooseServer, type ListenGroup } from './listeners.ts';
import { allowsBody, respond } from './phases.ts';
import { realAddress } from './real-ip.ts';
import type { Log, Reply } from './reply.ts';
import { type Client, Request } from './request.ts';
import { send } from './send.ts';
import { parseTime } from './values.ts';
import type { Worker } from './worker.ts';

/** A connection of a worker. */
export interface Connection {
  fd: number;
  /** Between requests: it may be closed when the worker quits. */
  idle: boolean;
}

/** A request as it comes in. */
interface Incoming {
  request: Request;
  keepAlive: boolean;
  pieces: Uint8Array[];
  total: number;
}

/** Serves one connection to its end. */
export function* serveConnection(sys: Sys, worker: Worker, group: ListenGroup, client: Client): Wait<void> {
  const connection: Connection = { fd: client.fd, idle: true };
  const { counters } = worker.shared;
  worker.connections.add(connection);
  counters.active++;
  counters.waiting++;
  try {
    yield* new Session(sys, worker, group, client, connection).run();
  } finally {
    if (connection.idle) counters.waiting--;
    else counters.writing--;
    counters.active--;
    worker.connections.delete(connection);
    sys.close(client.fd);
  }
}

class Session {
  readonly #parser = new HttpParser('request');
  readonly #buffer = new Uint8Array(65536);
  #incoming: Incoming | undefined;
  #lastLine = '';

  constructor(
    readonly sys: Sys,
    readonly worker: Worker,
    readonly group: ListenGroup,
    readonly client: Client,
    readonly connection: Connection,
  ) {}

  *run(): Wait<void> {
    let events = this.#parser.next();
    for (;;) {
      for (const event of events) if (!(yield* this.#event(event))) return;
      events = this.#parser.next();
      if (events.length > 0) continue;
      const n = yield* this.#read();
      if (n <= 0) return;
      const bytes = this.#buffer.subarray(0, n);
      if (!this.#incoming) this.#lastLine = decode(bytes.subarray(0, 2048)).split(/\r?\n/)[0]!;
      events = this.#parser.push(bytes);
      if (this.sys.tick()) yield;
    }
  }

  /** @returns bytes read; 0 where the connection is to end */
  *#read(): Wait<number> {
    const idle = this.#parser.idle && !this.#incoming;
    this.#idle(idle);
    if (idle && this.worker.quitting) return 0;
    const { scope } = this.group.defaultServer;
    const name = idle && this.client.requests > 0 ? 'keepalive_timeout' : 'client_header_timeout';
    const timeout = parseTime(scope.value(name) ?? (name === 'keepalive_timeout' ? '75s' : '60s')) ?? 60_000;
    const ready = [{ fd: this.client.fd, events: POLLIN, revents: 0 }];
    if ((yield* poll(this.sys, ready, timeout)) <= 0) return 0;
    const n = yield* read(this.sys, this.client.fd, this.#buffer);
    if (n > 0) this.#idle(false);
    return n;
  }

  #idle(idle: boolean): void {
    if (this.connection.idle === idle) return;
    this.connection.idle = idle;
    const { counters } = this.worker.shared;
    counters.waiting += idle ? 1 : -1;
    counters.writing += idle ? -1 : 1;
  }

  /** @returns whether the connection goes on */
  *#event(event: HttpEvent): Wait<boolean> {
    if (event.type === 'error') {
      const head = { method: 'GET', target: '/', version: '1.1', headers: new Headers(), line: this.#lastLine };
      const request = this.#request(head, this.#lastLine.length);
      const status = event.status === 431 ? 494 : [501, 505].includes(event.status) ? event.status : 400;
      yield* this.worker.log(this.sys, request, 'info', 'client sent invalid request');
      yield* this.#answer(request, false, status);
      return false;
    }
    if (event.type === 'head' && event.head.kind === 'request') return yield* this.#begin(event.head, event);
    if (event.type === 'data') return yield* this.#data(event.bytes);
    if (event.type !== 'end' || !this.#incoming) return true;
    const { request, keepAlive, pieces } = this.#incoming;
    this.#incoming = undefined;
    request.body = pieces.length === 0 ? new Uint8Array(0) : joinBytes(pieces);
    return yield* this.#answer(request, keepAlive);
  }

  *#begin(head: RequestHead, event: Extract<HttpEvent, { type: 'head' }>): Wait<boolean> {
    const line = `${head.method} ${head.target} HTTP/${head.version}`;
    let length = line.length + 4;
    for (const [name, value] of head.headers) length += name.length + value.length + 4;
    const request = this.#request({ ...head, line }, length);
    this.#incoming = { request, keepAlive: event.keepAlive, pieces: [], total: 0 };
    if (event.body === 'length' && !allowsBody(request, event.length)) return yield* this.#tooLarge(event.length);
    if (event.expectContinue) yield* writeAll(this.sys, this.client.fd, CONTINUE);
    return true;
  }

  *#data(bytes: Uint8Array): Wait<boolean> {
    if (!this.#incoming) return true;
    this.#incoming.total += bytes.length;
    this.#incoming.pieces.push(bytes.slice());
    const { request, total } = this.#incoming;
    return allowsBody(request, total) ? true : yield* this.#tooLarge(total);
  }

  *#tooLarge(bytes: number): Wait<boolean> {
    const { request } = this.#incoming!;
    this.#incoming = undefined;
    yield* this.worker.log(this.sys, request, 'error', `client intended to send too large body: ${bytes} bytes`);
    yield* this.#answer(request, false, 413);
    return false;
  }

  #request(head: Request['head'], length: number): Request {
    const { worker, client, sys } = this;
    client.requests++;
    worker.shared.counters.requests++;
    const group = worker.groupFor(this.group, client);
    const absolute = /^https?:\/\/([^/?:]+)/i.exec(head.target)?.[1];
    const host = (absolute ?? (head.headers.get('host') ?? '').replace(/:\d*$/, '')).toLowerCase().replace(/\.$/, '');
    const { server, match } = chooseServer(group, host);
    const seen = { ...client, addr: realAddress(server.scope, client.peerAddr, head.headers) };
    const request = new Request(sys, worker.config, seen, server, head, length, (r, name) => worker.variable(r, name));
    if (match) request.capture(host, match.match, match.names);
    return request;
  }

  /** A pattern that takes too long fails the request, not the worker. */
  *#respond(request: Request, log: Log, refused: number | undefined): Wait<Reply> {
    try {
      return yield* respond(request, this.worker, log, refused);
    } catch (error) {
      if (!(error instanceof RegexBudgetError)) throw error;
      yield* log('alert', `pcre2_match() failed: -47 on "${request.uri}"`);
      return yield* respond(request, this.worker, log, 500);
    }
  }

  *#answer(request: Request, wantsKeepAlive: boolean, refused?: number): Wait<boolean> {
    const { sys, worker, client } = this;
    const log = (level: Parameters<Worker['log']>[2], message: string): Wait<void> =>
      worker.log(sys, request, level, message);
    const reply = yield* this.#respond(request, log, refused);
    const [timeout, shown] = request.scope.find('keepalive_timeout')?.args ?? ['75s'];
    const most = Number(request.scope.value('keepalive_requests') ?? 1000);
    const keepAlive = wantsKeepAlive && !worker.quitting && parseTime(timeout!) !== 0 && client.requests < most;
    const goesOn = yield* send(request, reply, { keepAlive, keepAliveHeader: shown });
    if (reply.status === 444) request.status = 444;
    yield* worker.access(sys, request);
    return goesOn;
  }
}
