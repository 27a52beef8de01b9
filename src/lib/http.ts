import { type BodyKind, frame, type HttpHead, keepsAlive, parseHead, type ResponseHead } from './http-head.ts';
import { decode, encode } from './utf8.ts';

export {
  type BodyKind,
  formatHead,
  type HttpHead,
  keepsAlive,
  type RequestHead,
  type ResponseHead,
  statusText,
} from './http-head.ts';

export type HttpEvent =
  | {
      type: 'head';
      head: HttpHead;
      body: BodyKind;
      /** Bytes of the body where `body` is `length`. */
      length: number;
      /** Whether the connection may carry another message after this one. */
      keepAlive: boolean;
      /** The protocol of `Connection: Upgrade`, if the head asks for (or agrees to) one. */
      upgrade: string | undefined;
      /** The client waits for `100 Continue` before it sends the body. */
      expectContinue: boolean;
    }
  /** A 1xx response other than 101; the final one follows. */
  | { type: 'informational'; head: ResponseHead }
  /** A piece of the body (or, after an upgrade, of the raw stream). A view: valid until the next push. */
  | { type: 'data'; bytes: Uint8Array }
  /** The message is over. What came after it waits for `next()` or `takeRest()`. */
  | { type: 'end' }
  /** 101, or 2xx to CONNECT: what follows is raw. `takeRest()` has what came already; later pushes give `data`. */
  | { type: 'upgrade' }
  /** The stream is of no use any more. `status`: what a server answers. */
  | { type: 'error'; status: number; message: string };

/** Largest head (start line and fields) in bytes. */
export const HEAD_MAX = 65536;
const LINE_MAX = 4096;
const CR = 13;
const LF = 10;
const SPACE = 32;

type State =
  | 'head'
  | 'length'
  | 'close'
  | 'chunk-size'
  | 'chunk-data'
  | 'chunk-end'
  | 'trailer'
  | 'done'
  | 'raw'
  | 'dead';

/**
 * Reads HTTP/1.x messages from bytes that come in any pieces. One message at a time: after `end` (and `upgrade`) the
 * parser keeps what it has until `next()` begins the next message or `takeRest()` takes the connection over, so that a
 * server can hijack it. Never throws; after an `error` event it gives no more events.
 * @see RFC 9112
 */
export class HttpParser {
  private readonly kind: 'request' | 'response';
  private state: State = 'head';
  private buffer: Uint8Array = new Uint8Array(0);
  private start = 0;
  private stop = 0;
  /** Whether `buffer` is ours (may be grown) or the caller's (only within a push). */
  private owned = false;
  /** Where the search for the end of a line or head goes on. */
  private scanned = 0;
  private left = 0;
  private method = 'GET';

  constructor(kind: 'request' | 'response') {
    this.kind = kind;
  }

  /** Tells a response parser which request the next response answers: HEAD has no body, CONNECT upgrades. */
  expect(method: string): void {
    this.method = method;
  }

  /** Takes the next bytes of the connection. */
  push(bytes: Uint8Array): HttpEvent[] {
    if (bytes.length === 0 || this.state === 'dead') return [];
    this.append(bytes);
    const events = this.run();
    this.keep();
    return events;
  }

  /** After `end`: begins the next message with what has come already. */
  next(): HttpEvent[] {
    if (this.state !== 'done') return [];
    this.state = 'head';
    this.scanned = this.start;
    const events = this.run();
    this.keep();
    return events;
  }

  /** The connection was closed by the other side. */
  end(): HttpEvent[] {
    const state = this.state;
    if (state === 'close') {
      this.state = 'done';
      return [{ type: 'end' }];
    }
    if (state === 'raw' || state === 'done' || state === 'dead') return [];
    this.state = 'dead';
    if (state === 'head' && this.start === this.stop) return [];
    return [{ type: 'error', status: 400, message: 'unexpected EOF' }];
  }

  /** Whether nothing of a message has come yet: a connection that ends here ends in order. */
  get idle(): boolean {
    return (this.state === 'head' && this.start === this.stop) || this.state === 'done';
  }

  /** Takes the connection over: @returns what came after the message; from now on pushes give `data` as it comes. */
  takeRest(): Uint8Array {
    const rest = new Uint8Array(this.buffer.subarray(this.start, this.stop));
    this.start = this.stop;
    this.state = 'raw';
    return rest;
  }

  private append(bytes: Uint8Array): void {
    const kept = this.stop - this.start;
    if (kept === 0) {
      this.buffer = bytes;
      this.start = 0;
      this.stop = bytes.length;
      this.scanned = 0;
      this.owned = false;
      return;
    }
    if (!this.owned || this.stop + bytes.length > this.buffer.length) {
      const grown = new Uint8Array(Math.max(1024, (kept + bytes.length) * 2));
      grown.set(this.buffer.subarray(this.start, this.stop));
      this.scanned -= this.start;
      this.start = 0;
      this.stop = kept;
      this.buffer = grown;
      this.owned = true;
    }
    this.buffer.set(bytes, this.stop);
    this.stop += bytes.length;
  }

  /** Copies what is left of the caller's bytes. */
  private keep(): void {
    if (this.owned) return;
    this.buffer = new Uint8Array(this.buffer.subarray(this.start, this.stop));
    this.scanned = Math.max(0, this.scanned - this.start);
    this.stop -= this.start;
    this.start = 0;
    this.owned = true;
  }

  private run(): HttpEvent[] {
    const events: HttpEvent[] = [];
    while (this.step(events)) {
      // each step takes what it can
    }
    return events;
  }

  /** @returns false when more bytes, or a call of the owner, are needed */
  private step(events: HttpEvent[]): boolean {
    switch (this.state) {
      case 'head':
        return this.readHead(events);
      case 'length':
      case 'chunk-data':
        return this.readCounted(events);
      case 'close':
      case 'raw':
        if (this.start === this.stop) return false;
        events.push({ type: 'data', bytes: this.buffer.subarray(this.start, this.stop) });
        this.start = this.scanned = this.stop;
        return false;
      case 'chunk-size':
        return this.readChunkSize(events);
      case 'chunk-end':
        return this.readChunkEnd(events);
      case 'trailer':
        return this.readTrailer(events);
      default:
        return false;
    }
  }

  private fail(events: HttpEvent[], status: number, message: string): false {
    this.state = 'dead';
    events.push({ type: 'error', status, message });
    return false;
  }

  /** The next whole line without its line end; undefined where it is not here yet. */
  private line(): string | undefined {
    const at = this.buffer.indexOf(LF, this.scanned);
    if (at < 0 || at >= this.stop) {
      this.scanned = this.stop;
      return undefined;
    }
    const end = at > this.start && this.buffer[at - 1] === CR ? at - 1 : at;
    const text = decode(this.buffer, this.start, end);
    this.start = this.scanned = at + 1;
    return text;
  }

  private readHead(events: HttpEvent[]): boolean {
    // Empty lines before a start line are skipped (RFC 9112 section 2.2).
    while (this.start < this.stop && (this.buffer[this.start] === LF || this.buffer[this.start] === CR)) {
      if (this.buffer[this.start] === CR) {
        if (this.start + 1 >= this.stop) return false;
        if (this.buffer[this.start + 1] !== LF) return this.fail(events, 400, 'malformed HTTP message');
        this.start++;
      }
      this.start++;
    }
    // a control character begins no start line: it may be TLS, which waits for an answer and sends no line end
    if (this.start < this.stop && this.buffer[this.start]! < SPACE)
      return this.fail(events, 400, 'malformed HTTP message');
    const end = this.findHeadEnd();
    if (end < 0) {
      if (this.stop - this.start > HEAD_MAX) return this.fail(events, 431, 'header too large');
      return false;
    }
    if (end - this.start > HEAD_MAX) return this.fail(events, 431, 'header too large');
    const text = decode(this.buffer, this.start, end);
    this.start = this.scanned = end;
    const head = parseHead(this.kind, text);
    if ('error' in head) return this.fail(events, head.status, head.error);
    return this.begin(events, head);
  }

  /** Offset after the empty line that ends the head, or -1. */
  private findHeadEnd(): number {
    let i = Math.max(this.scanned, this.start);
    for (;;) {
      const at = this.buffer.indexOf(LF, i);
      if (at < 0 || at >= this.stop) {
        this.scanned = Math.max(this.start, this.stop - 2);
        return -1;
      }
      if (at > this.start) {
        const before = this.buffer[at - 1] === CR ? at - 2 : at - 1;
        if (before >= this.start && this.buffer[before] === LF) return at + 1;
      }
      i = at + 1;
    }
  }

  private begin(events: HttpEvent[], head: HttpHead): boolean {
    const { headers } = head;
    if (head.kind === 'response' && head.status >= 100 && head.status < 200 && head.status !== 101) {
      events.push({ type: 'informational', head });
      return true;
    }
    const framing = frame(head, this.method);
    if ('error' in framing) return this.fail(events, framing.status, framing.error);
    const wantsUpgrade = headers.hasToken('connection', 'upgrade') ? headers.get('upgrade') : undefined;
    events.push({
      type: 'head',
      head,
      body: framing.body,
      length: framing.length,
      keepAlive: framing.body !== 'close' && keepsAlive(head),
      upgrade: wantsUpgrade,
      expectContinue: head.kind === 'request' && headers.get('expect')?.toLowerCase() === '100-continue',
    });
    if (head.kind === 'response' && this.isSwitch(head)) {
      events.push({ type: 'upgrade' });
      this.state = 'raw';
      return false;
    }
    this.left = framing.length;
    if (framing.body === 'none') {
      this.finish(events);
      return false;
    }
    this.state = framing.body === 'chunked' ? 'chunk-size' : framing.body;
    return true;
  }

  private isSwitch(head: ResponseHead): boolean {
    return head.status === 101 || (this.method === 'CONNECT' && head.status >= 200 && head.status < 300);
  }

  private finish(events: HttpEvent[]): void {
    this.state = 'done';
    events.push({ type: 'end' });
  }

  private readCounted(events: HttpEvent[]): boolean {
    const n = Math.min(this.left, this.stop - this.start);
    if (n > 0) {
      events.push({ type: 'data', bytes: this.buffer.subarray(this.start, this.start + n) });
      this.start += n;
      this.scanned = this.start;
      this.left -= n;
    }
    if (this.left > 0) return false;
    if (this.state === 'chunk-data') {
      this.state = 'chunk-end';
      return true;
    }
    this.finish(events);
    return false;
  }

  private readChunkSize(events: HttpEvent[]): boolean {
    const text = this.line();
    if (text === undefined) {
      return this.stop - this.start > LINE_MAX ? this.fail(events, 400, 'chunk header too long') : false;
    }
    const size = text.split(';')[0]!.trim();
    if (!/^[0-9a-fA-F]{1,13}$/.test(size)) return this.fail(events, 400, 'invalid byte in chunk length');
    this.left = Number.parseInt(size, 16);
    this.state = this.left === 0 ? 'trailer' : 'chunk-data';
    return true;
  }

  private readChunkEnd(events: HttpEvent[]): boolean {
    if (this.start === this.stop) return false;
    const width = this.buffer[this.start] === CR ? 2 : 1;
    if (this.stop - this.start < width) return false;
    if (this.buffer[this.start + width - 1] !== LF) return this.fail(events, 400, 'malformed chunked encoding');
    this.start += width;
    this.scanned = this.start;
    this.state = 'chunk-size';
    return true;
  }

  private readTrailer(events: HttpEvent[]): boolean {
    const text = this.line();
    if (text === undefined) {
      return this.stop - this.start > LINE_MAX ? this.fail(events, 400, 'trailer too long') : false;
    }
    if (text !== '') return true;
    this.finish(events);
    return false;
  }
}

/** One chunk of a chunked body. An empty piece gives no bytes, because an empty chunk would end the body. */
export function chunk(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return new Uint8Array(0);
  const size = encode(`${bytes.length.toString(16)}\r\n`);
  const out = new Uint8Array(size.length + bytes.length + 2);
  out.set(size);
  out.set(bytes, size.length);
  out.set([CR, LF], size.length + bytes.length);
  return out;
}

/** Ends a chunked body (no trailers). Shared: do not write to it. */
export const LAST_CHUNK: Uint8Array = encode('0\r\n\r\n');

/** The interim answer to `Expect: 100-continue`. */
export const CONTINUE: Uint8Array = encode('HTTP/1.1 100 Continue\r\n\r\n');
