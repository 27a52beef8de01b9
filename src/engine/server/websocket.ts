import type { Sys } from '../../abi/sys.ts';
import {
  WebsocketParser,
  WS_BINARY,
  WS_CLOSE,
  WS_PING,
  WS_PONG,
  WS_TEXT,
  websocketAccept,
  websocketFrame,
} from '../../lib/websocket.ts';
import type { Wait } from '../../libc/io.ts';
import type { Call } from './call.ts';
import type { ClientStream, RawStream } from './raw-stream.ts';

const FRAME_MAX = 32 * 1024 * 1024;
/** "Normal closure". */
const NORMAL = Uint8Array.of(3, 232);
/** Clients before this version get text frames. */
const BINARY_SINCE = '1.28';

/** Makes a request's connection a WebSocket. @returns undefined where it asked for none (it was told) */
export function* openWebsocket(call: Call): Wait<WebsocketStream | undefined> {
  const refuse = (why: string, more = ''): Wait<void> => call.connection.refuseBare(400, more, why);
  const has = (name: string, word: string): boolean =>
    (call.header(name) ?? '')
      .toLowerCase()
      .split(/\s*,\s*/)
      .includes(word);
  const key = call.header('sec-websocket-key') ?? '';
  if (!has('upgrade', 'websocket') || !has('connection', 'upgrade')) {
    yield* refuse('not websocket protocol');
    return undefined;
  }
  if (key === '') {
    yield* refuse('mismatch challenge/response');
    return undefined;
  }
  if (call.header('sec-websocket-version') !== '13') {
    yield* refuse('missing or bad WebSocket Version', 'Sec-WebSocket-Version: 13\r\n');
    return undefined;
  }
  const raw = yield* call.connection.takeOver(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${websocketAccept(key)}\r\n\r\n`,
  );
  return new WebsocketStream(raw, call.since(BINARY_SINCE) ? WS_BINARY : WS_TEXT);
}

/** A hijacked connection that speaks WebSocket: what is written goes out as messages, what messages hold is read. */
export class WebsocketStream implements ClientStream {
  readonly #raw: RawStream;
  readonly #kind: number;
  readonly #parser: WebsocketParser = new WebsocketParser(FRAME_MAX);
  readonly #ready: Uint8Array[] = [];
  #closed = false;

  constructor(raw: RawStream, kind: number) {
    this.#raw = raw;
    this.#kind = kind;
  }

  get fd(): number {
    return this.#raw.fd;
  }

  get broken(): boolean {
    return this.#raw.broken;
  }

  set broken(value: boolean) {
    this.#raw.broken = value;
  }

  *read(sys: Sys, buffer: Uint8Array): Wait<Uint8Array | undefined> {
    while (this.#ready.length === 0) {
      if (this.#closed || this.#parser.broken) return undefined;
      const bytes = yield* this.#raw.read(sys, buffer);
      if (bytes === undefined) return undefined;
      for (const message of this.#parser.push(bytes)) {
        if (message.kind === WS_CLOSE) this.#closed = true;
        else if (message.kind === WS_PING) yield* this.#raw.write(sys, websocketFrame(WS_PONG, message.bytes));
        else if (message.kind !== WS_PONG && message.bytes.length > 0) this.#ready.push(message.bytes);
      }
    }
    return this.#ready.shift();
  }

  write(sys: Sys, bytes: Uint8Array): Wait<boolean> {
    return this.#raw.write(sys, websocketFrame(this.#kind, bytes));
  }

  readInThread(sys: Sys, body: (sys: Sys) => Wait<void>): void {
    this.#raw.readInThread(sys, body);
  }

  *closeWrite(sys: Sys): Wait<void> {
    yield* this.#raw.write(sys, websocketFrame(WS_CLOSE, NORMAL));
    yield* this.#raw.closeWrite(sys);
  }
}
