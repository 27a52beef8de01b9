import type { Sys } from '../../../abi/sys.ts';
import { fromBase64, toBase64 } from '../../../lib/base64.ts';
import {
  CANCELLED,
  decodeGrpcMessage,
  encodeGrpcMessage,
  GrpcMessages,
  grpcMessage,
  OK,
  RESOURCE_EXHAUSTED,
  UNAVAILABLE,
  UNKNOWN,
} from '../../../lib/grpc.ts';
import type { Field } from '../../../lib/hpack.ts';
import { CANCEL, Http2Connection, type Http2Event } from '../../../lib/http2.ts';
import type { Wait } from '../../../libc/io.ts';
import { Condition } from '../../../libc/sync.ts';
import type { ClientStream } from '../../server/raw-stream.ts';

/** How a call ended. */
export interface RpcStatus {
  code: number;
  message: string;
  /** A google.rpc.Status in protobuf. */
  details?: Uint8Array;
}

/** A call that ended with another status than OK. */
export class RpcError extends Error {
  constructor(readonly status: RpcStatus) {
    super(status.message);
  }
}

const MESSAGE_MAX = 16 * 1024 * 1024;
/** Bytes that wait to be sent, of a call and of a connection, before who sends more has to wait. */
const CALL_PENDING_MAX = 128 * 1024;
const UNTAKEN_MAX = 512 * 1024;
const READ_SIZE = 65536;
/** Bytes before a message. */
const HEAD = 5;

const ANSWER: readonly Field[] = [
  [':status', '200'],
  ['content-type', 'application/grpc'],
];

/** One call, on either side. Each thread that uses it brings its own `sys`. */
export class RpcStream {
  readonly #peer: RpcPeer;
  readonly #messages = new GrpcMessages(MESSAGE_MAX);
  #inbox: Uint8Array[] = [];
  /** Bytes of a message that is not whole yet for which more was asked already: it may be larger than the window. */
  #early = 0;
  /** The other side sends no more messages. */
  over = false;
  /** The other side broke the call off, or the connection ended. */
  cancelled = false;
  #cancelHandlers: (() => void)[] = [];
  #answered = false;
  /** How the server ended the call (for its client). */
  status: RpcStatus | undefined;

  constructor(
    peer: RpcPeer,
    readonly id: number,
    /** `/package.Service/Method` */
    readonly path: string,
    readonly fields: readonly Field[],
  ) {
    this.#peer = peer;
  }

  /** Value of a field of the request. */
  field(name: string): string | undefined {
    return this.fields.find(([n]) => n === name)?.[1];
  }

  /** Calls `handler` (which must not wait) when the call is broken off, at once where it was. */
  onCancel(handler: () => void): void {
    if (this.cancelled) handler();
    else this.#cancelHandlers.push(handler);
  }

  /** The next message; undefined at the end. @throws RpcError where the call has failed */
  *receive(sys: Sys): Wait<Uint8Array | undefined> {
    for (;;) {
      const message = this.#inbox.shift();
      if (message) {
        const size = message.length + HEAD;
        const told = Math.min(this.#early, size);
        this.#early -= told;
        this.#peer.consumed(sys, this.id, size - told);
        return message;
      }
      if (this.#messages.problem !== undefined)
        throw new RpcError({ code: RESOURCE_EXHAUSTED, message: this.#messages.problem });
      if (this.over || this.cancelled) break;
      yield* this.#peer.changed.wait(sys);
    }
    if (this.status && this.status.code !== OK) throw new RpcError(this.status);
    if (this.cancelled && !this.over) throw new RpcError({ code: CANCELLED, message: 'context canceled' });
    return undefined;
  }

  /** Waits until there is room for another message. @returns false where nobody takes one any more */
  *send(sys: Sys, message: Uint8Array): Wait<boolean> {
    const peer = this.#peer;
    while (!this.cancelled && !peer.closed && peer.isFull(this.id)) yield* peer.changed.wait(sys);
    if (this.cancelled || peer.closed) return false;
    this.#head(sys);
    peer.data(sys, this.id, grpcMessage(message));
    return true;
  }

  /** The client has no more messages. */
  closeSend(sys: Sys): void {
    this.#peer.endData(sys, this.id);
  }

  /** A field of the answer, before its first message. */
  head(sys: Sys, fields: readonly Field[]): void {
    this.#head(sys, fields);
  }

  #head(sys: Sys, more: readonly Field[] = []): void {
    if (this.#answered || !this.#peer.isServer) return;
    this.#answered = true;
    this.#peer.headers(sys, this.id, [...ANSWER, ...more]);
  }

  /** Ends the call (of a server). */
  finish(sys: Sys, status: RpcStatus): void {
    if (this.cancelled) return;
    this.#head(sys);
    const fields: Field[] = [['grpc-status', String(status.code)]];
    if (status.message !== '') fields.push(['grpc-message', encodeGrpcMessage(status.message)]);
    if (status.details) fields.push(['grpc-status-details-bin', toBase64(status.details)]);
    this.#peer.trailers(sys, this.id, fields);
  }

  /** Breaks the call off. */
  cancel(sys: Sys): void {
    if (this.cancelled) return;
    this.cancelled = true;
    this.#peer.reset(sys, this.id);
  }

  /** The other side did something. */
  take(sys: Sys, event: Http2Event): void {
    if (event.type === 'data') {
      const messages = this.#messages.push(event.bytes);
      if (messages.length === 0 && this.#inbox.length === 0) {
        this.#early += event.bytes.length;
        this.#peer.consumed(sys, this.id, event.bytes.length);
      }
      for (const message of messages) this.#inbox.push(message.slice());
      this.over = event.end;
    } else if (event.type === 'headers') {
      this.#readStatus(event.fields);
      this.over = event.end;
    } else this.broken();
  }

  /** Nothing comes any more. */
  broken(): void {
    if (this.cancelled) return;
    this.cancelled = true;
    for (const handler of this.#cancelHandlers) handler();
  }

  #readStatus(fields: readonly Field[]): void {
    const value = (name: string): string | undefined => fields.find(([n]) => n === name)?.[1];
    const http = value(':status');
    const code = value('grpc-status');
    if (code !== undefined) {
      const details = value('grpc-status-details-bin');
      const bytes =
        details === undefined ? undefined : fromBase64(details.padEnd(Math.ceil(details.length / 4) * 4, '='));
      this.status = {
        code: /^\d+$/.test(code) ? Number(code) : UNKNOWN,
        message: decodeGrpcMessage(value('grpc-message') ?? ''),
        ...(bytes ? { details: bytes } : {}),
      };
    } else if (http !== undefined && http !== '200')
      this.status = { code: UNAVAILABLE, message: `unexpected HTTP status code received from server: ${http}` };
  }
}

/** Answers calls; what it throws ends the call. */
export type RpcHandler = (sys: Sys, stream: RpcStream) => Wait<RpcStatus>;

/** One end of a gRPC connection over a stream of bytes. */
export class RpcPeer {
  readonly #http: Http2Connection;
  readonly #streams = new Map<number, RpcStream>();
  /** Told whenever something came or went. */
  readonly changed = new Condition();
  readonly #work = new Condition();
  readonly isServer: boolean;
  closed = false;
  #threads = 0;

  constructor(
    readonly stream: ClientStream,
    role: 'client' | 'server',
  ) {
    this.#http = new Http2Connection(role);
    this.isServer = role === 'server';
  }

  /** Reads until the connection ends. @param handle answers the calls of the other side, each in a thread of its own */
  *run(sys: Sys, handle?: RpcHandler): Wait<void> {
    this.#thread(sys, (own) => this.#write(own));
    const buffer = new Uint8Array(READ_SIZE);
    while (!this.closed) {
      const bytes = yield* this.stream.read(sys, buffer);
      if (bytes === undefined) break;
      for (const event of this.#http.push(bytes)) this.#event(sys, event, handle);
      this.#tell(sys);
    }
    this.#close(sys);
    while (this.#threads > 0) yield* this.changed.wait(sys);
  }

  /** Begins a call. */
  open(sys: Sys, path: string, metadata: readonly Field[]): RpcStream {
    const fields: Field[] = [
      [':method', 'POST'],
      [':scheme', 'http'],
      [':path', path],
      [':authority', 'localhost'],
      ['content-type', 'application/grpc'],
      ['user-agent', 'grpc-go/1.72.2'],
      ['te', 'trailers'],
      ...metadata,
    ];
    const id = this.#http.open(fields, false);
    const stream = new RpcStream(this, id, path, fields);
    if (this.closed) stream.broken();
    else this.#streams.set(id, stream);
    this.#work.notify(sys);
    return stream;
  }

  /** A call of one message and one answer. @throws RpcError */
  *unary(sys: Sys, path: string, request: Uint8Array): Wait<Uint8Array> {
    const stream = this.open(sys, path, []);
    yield* stream.send(sys, request);
    stream.closeSend(sys);
    const answer = yield* stream.receive(sys);
    while ((yield* stream.receive(sys)) !== undefined);
    return answer ?? new Uint8Array(0);
  }

  /** Ends the connection. */
  shutdown(sys: Sys): void {
    this.#http.goAway();
    this.#work.notify(sys);
  }

  isFull(id: number): boolean {
    return this.#http.pending(id) >= CALL_PENDING_MAX || this.#http.untaken >= UNTAKEN_MAX;
  }

  consumed(sys: Sys, id: number, bytes: number): void {
    this.#http.consumed(id, bytes);
    this.#work.notify(sys);
  }

  headers(sys: Sys, id: number, fields: readonly Field[]): void {
    this.#http.headers(id, fields, false);
    this.#work.notify(sys);
  }

  data(sys: Sys, id: number, bytes: Uint8Array): void {
    this.#http.data(id, bytes);
    this.#work.notify(sys);
  }

  endData(sys: Sys, id: number): void {
    this.#http.data(id, new Uint8Array(0), true);
    this.#work.notify(sys);
  }

  trailers(sys: Sys, id: number, fields: readonly Field[]): void {
    this.#http.trailers(id, fields);
    this.#work.notify(sys);
  }

  reset(sys: Sys, id: number): void {
    this.#http.reset(id, CANCEL);
    this.#streams.delete(id);
    this.#tell(sys);
  }

  #event(sys: Sys, event: Http2Event, handle: RpcHandler | undefined): void {
    if (event.type === 'error') {
      this.closed = true;
      return;
    }
    if (event.type === 'window' || event.type === 'goaway') return;
    let stream = this.#streams.get(event.stream);
    if (!stream) {
      if (event.type !== 'headers' || !handle) return;
      const path = event.fields.find(([name]) => name === ':path')?.[1] ?? '';
      stream = new RpcStream(this, event.stream, path, event.fields);
      stream.over = event.end;
      this.#streams.set(event.stream, stream);
      this.#answer(sys, stream, handle);
      return;
    }
    stream.take(sys, event);
    if (stream.cancelled || (!this.isServer && stream.over)) this.#streams.delete(event.stream);
  }

  #answer(sys: Sys, stream: RpcStream, handle: RpcHandler): void {
    const peer = this;
    this.#thread(sys, function* (own) {
      let status: RpcStatus;
      try {
        status = yield* handle(own, stream);
      } catch (error) {
        status =
          error instanceof RpcError
            ? error.status
            : { code: UNKNOWN, message: error instanceof Error ? error.message : String(error) };
      }
      stream.finish(own, status);
      peer.#streams.delete(stream.id);
    });
  }

  #thread(sys: Sys, body: (sys: Sys) => Wait<void>): void {
    const peer = this;
    this.#threads++;
    const tid = sys.thread(function* (own) {
      try {
        yield* body(own);
      } finally {
        peer.#threads--;
        peer.#tell(own);
      }
      return 0;
    });
    if (tid < 0) this.#threads--;
  }

  /** Writes what there is, until the connection is closed. */
  *#write(sys: Sys): Wait<void> {
    for (;;) {
      const bytes = this.#http.take();
      if (!bytes) {
        if (this.closed) return;
        yield* this.#work.wait(sys);
        continue;
      }
      if (!(yield* this.stream.write(sys, bytes))) {
        this.#close(sys);
        return;
      }
      this.changed.notify(sys);
    }
  }

  #close(sys: Sys): void {
    this.closed = true;
    for (const stream of this.#streams.values()) stream.broken();
    this.#streams.clear();
    this.#tell(sys);
  }

  #tell(sys: Sys): void {
    this.changed.notify(sys);
    this.#work.notify(sys);
  }
}
