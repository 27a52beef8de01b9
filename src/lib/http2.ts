import { type Field, HpackDecoder, HpackError, hpackEncode } from './hpack.ts';
import {
  ACK,
  CANCEL,
  COMPRESSION_ERROR,
  CONTINUATION,
  DATA,
  END_HEADERS,
  END_STREAM,
  ENHANCE_YOUR_CALM,
  FLOW_CONTROL_ERROR,
  FRAME_SIZE_ERROR,
  type Frame,
  FrameReader,
  formatFrame,
  formatSettings,
  GOAWAY,
  HEADERS,
  INITIAL_WINDOW_SIZE,
  MAX_CONCURRENT_STREAMS,
  MAX_FRAME_SIZE,
  MAX_HEADER_LIST_SIZE,
  NO_ERROR,
  PADDED,
  PING,
  PREFACE,
  PROTOCOL_ERROR,
  PUSH_PROMISE,
  REFUSED_STREAM,
  RST_STREAM,
  SETTINGS,
  WINDOW_UPDATE,
  WITH_PRIORITY,
  words,
} from './http2-frames.ts';
import { encode } from './utf8.ts';

export { CANCEL, NO_ERROR, PROTOCOL_ERROR } from './http2-frames.ts';

/** What the other side did. */
export type Http2Event =
  | { type: 'headers'; stream: number; fields: Field[]; end: boolean }
  | { type: 'data'; stream: number; bytes: Uint8Array; end: boolean }
  | { type: 'reset'; stream: number; code: number }
  /** No more streams: those above `last` were not looked at. */
  | { type: 'goaway'; last: number }
  /** More may be sent than before. */
  | { type: 'window' }
  /** The connection is over; the other side is told by what is still to be taken. */
  | { type: 'error'; message: string };

const FRAME_LIMIT = 16384;
const DEFAULT_WINDOW = 65535;
const WINDOW_LIMIT = 2 ** 31 - 1;
/** Bytes that may be under way to us: in a stream, and in all. */
const STREAM_WINDOW = 256 * 1024;
const WINDOW = 4 * 1024 * 1024;
const STREAMS_MAX = 100;
const HEADERS_LIMIT = 64 * 1024;
/** Bytes of frames that only answer frames: a side that asks for more before they are taken is hostile. */
const REPLIES_MAX = 64 * 1024;

type Queued = { bytes: Uint8Array; end: boolean } | { fields: readonly Field[] };

interface Stream {
  /** Bytes that may be sent. */
  window: number;
  /** Bytes that may come, and those that were used since the other side was told. */
  incoming: number;
  used: number;
  queue: Queued[];
  /** Bytes of the queue. */
  pending: number;
  /** We have ended our half; the other side has. */
  ended: boolean;
  over: boolean;
}

/** A mistake of the other side that ends the connection. */
class ConnectionError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * One end of an HTTP/2 connection, as a machine without a socket: bytes that come go in by `push`, bytes to send come out
 * of `take`. What is sent is held back as the other side's windows ask for; server push does not exist.
 * @see RFC 9113
 */
export class Http2Connection {
  readonly #client: boolean;
  readonly #frames = new FrameReader(FRAME_LIMIT);
  readonly #hpack = new HpackDecoder(4096, HEADERS_LIMIT);
  readonly #streams = new Map<number, Stream>();
  #out: Uint8Array[] = [];
  #untaken = 0;
  #replies = 0;
  #preface: number;
  #settled = false;
  #window = DEFAULT_WINDOW;
  #incoming = WINDOW;
  #used = 0;
  #initialWindow = DEFAULT_WINDOW;
  #frameSize = FRAME_LIMIT;
  /** The highest stream of the other side, and our next one. */
  #last = 0;
  #next = 1;
  /** A block of header fields that goes on in the next frame. */
  #block: { stream: number; pieces: Uint8Array[]; length: number; end: boolean } | undefined;
  closed = false;

  constructor(role: 'client' | 'server') {
    this.#client = role === 'client';
    this.#preface = this.#client ? PREFACE.length : 0;
    if (this.#client) this.#emit(encode(PREFACE));
    this.#emit(
      formatSettings([
        [MAX_CONCURRENT_STREAMS, STREAMS_MAX],
        [INITIAL_WINDOW_SIZE, STREAM_WINDOW],
        [MAX_HEADER_LIST_SIZE, HEADERS_LIMIT],
      ]),
    );
    this.#emit(formatFrame(WINDOW_UPDATE, 0, 0, words(WINDOW - DEFAULT_WINDOW)));
  }

  /** Bytes to send now; undefined where there are none. */
  take(): Uint8Array | undefined {
    const [first] = this.#out;
    if (!first) return undefined;
    const out = new Uint8Array(this.#untaken);
    let at = 0;
    for (const piece of this.#out) {
      out.set(piece, at);
      at += piece.length;
    }
    this.#out = [];
    this.#untaken = 0;
    this.#replies = 0;
    return out;
  }

  /** Takes bytes of the other side. Data of events is valid until the next call. */
  push(bytes: Uint8Array): Http2Event[] {
    const events: Http2Event[] = [];
    if (this.closed) return events;
    try {
      const rest = this.#readPreface(bytes);
      for (const frame of this.#frames.push(rest)) {
        if (frame === 'too-long') throw new ConnectionError(FRAME_SIZE_ERROR, 'frame too large');
        this.#frame(frame, events);
        if (this.#replies > REPLIES_MAX) throw new ConnectionError(ENHANCE_YOUR_CALM, 'too many control frames');
      }
    } catch (error) {
      if (!(error instanceof ConnectionError) && !(error instanceof HpackError)) throw error;
      const code = error instanceof ConnectionError ? error.code : COMPRESSION_ERROR;
      this.goAway(code);
      this.closed = true;
      events.push({ type: 'error', message: error.message });
    }
    return events;
  }

  /** Opens a stream (of a client). @returns its number */
  open(fields: readonly Field[], end: boolean): number {
    const stream = this.#next;
    this.#next += 2;
    this.#streams.set(stream, this.#newStream());
    this.headers(stream, fields, end);
    return stream;
  }

  /** Header fields now: the first of a stream. */
  headers(stream: number, fields: readonly Field[], end: boolean): void {
    const state = this.#streams.get(stream);
    if (!state || state.ended) return;
    this.#writeFields(stream, fields, end);
    if (end) this.#end(stream, state);
  }

  /** Data, after what waits already. */
  data(stream: number, bytes: Uint8Array, end = false): void {
    const state = this.#streams.get(stream);
    if (!state || state.ended) return;
    state.queue.push({ bytes, end });
    state.pending += bytes.length;
    this.#pump(stream, state);
  }

  /** Header fields after all data: the end of the stream. */
  trailers(stream: number, fields: readonly Field[]): void {
    const state = this.#streams.get(stream);
    if (!state || state.ended) return;
    state.queue.push({ fields });
    this.#pump(stream, state);
  }

  /** Bytes that nobody has taken yet. */
  get untaken(): number {
    return this.#untaken;
  }

  /** Bytes of a stream that wait for room. */
  pending(stream: number): number {
    return this.#streams.get(stream)?.pending ?? 0;
  }

  /** Whether the stream is still there on either side. */
  has(stream: number): boolean {
    return this.#streams.has(stream);
  }

  /** Breaks a stream off. */
  reset(stream: number, code: number = CANCEL): void {
    if (!this.#streams.delete(stream)) return;
    this.#emit(formatFrame(RST_STREAM, 0, stream, words(code)));
  }

  /** Data of a stream has been used: as much more may come. */
  consumed(stream: number, bytes: number): void {
    const state = this.#streams.get(stream);
    if (!state || state.over) return;
    state.used += bytes;
    if (state.used < STREAM_WINDOW / 4) return;
    this.#emit(formatFrame(WINDOW_UPDATE, 0, stream, words(state.used)));
    state.incoming += state.used;
    state.used = 0;
  }

  /** Says that no more streams are looked at. */
  goAway(code: number = NO_ERROR): void {
    if (!this.closed) this.#emit(formatFrame(GOAWAY, 0, 0, words(this.#last, code)));
  }

  #emit(bytes: Uint8Array): void {
    this.#out.push(bytes);
    this.#untaken += bytes.length;
  }

  #reply(bytes: Uint8Array): void {
    this.#replies += bytes.length;
    this.#emit(bytes);
  }

  #readPreface(bytes: Uint8Array): Uint8Array {
    const wanted = Math.min(PREFACE.length - this.#preface, bytes.length);
    for (let i = 0; i < wanted; i++, this.#preface++)
      if (bytes[i] !== PREFACE.charCodeAt(this.#preface)) throw new ConnectionError(PROTOCOL_ERROR, 'invalid preface');
    return bytes.subarray(wanted);
  }

  #newStream(): Stream {
    return {
      window: this.#initialWindow,
      incoming: STREAM_WINDOW,
      used: 0,
      queue: [],
      pending: 0,
      ended: false,
      over: false,
    };
  }

  #frame(frame: Frame, events: Http2Event[]): void {
    if (!this.#settled && frame.kind !== SETTINGS) throw new ConnectionError(PROTOCOL_ERROR, 'settings expected');
    if (this.#block && (frame.kind !== CONTINUATION || frame.stream !== this.#block.stream))
      throw new ConnectionError(PROTOCOL_ERROR, 'continuation expected');
    switch (frame.kind) {
      case DATA:
        this.#data(frame, events);
        break;
      case HEADERS:
      case CONTINUATION:
        this.#headers(frame, events);
        break;
      case RST_STREAM:
        if (this.#streams.delete(frame.stream))
          events.push({ type: 'reset', stream: frame.stream, code: word(frame, 0) });
        break;
      case SETTINGS:
        this.#settings(frame, events);
        break;
      case PUSH_PROMISE:
        throw new ConnectionError(PROTOCOL_ERROR, 'unexpected push promise');
      case PING:
        if (frame.payload.length !== 8) throw new ConnectionError(FRAME_SIZE_ERROR, 'invalid ping');
        if ((frame.flags & ACK) === 0) this.#reply(formatFrame(PING, ACK, 0, frame.payload));
        break;
      case GOAWAY:
        events.push({ type: 'goaway', last: word(frame, 0) & 0x7fffffff });
        break;
      case WINDOW_UPDATE:
        this.#windowUpdate(frame, events);
        break;
      default:
      // priorities and frames that nobody knows change nothing
    }
  }

  #data(frame: Frame, events: Http2Event[]): void {
    const { stream, payload } = frame;
    if (stream === 0) throw new ConnectionError(PROTOCOL_ERROR, 'data without a stream');
    this.#incoming -= payload.length;
    if (this.#incoming < 0) throw new ConnectionError(FLOW_CONTROL_ERROR, 'connection window exceeded');
    this.#used += payload.length;
    if (this.#used >= WINDOW / 4) {
      this.#emit(formatFrame(WINDOW_UPDATE, 0, 0, words(this.#used)));
      this.#incoming += this.#used;
      this.#used = 0;
    }
    const state = this.#streams.get(stream);
    if (!state) return;
    if (state.over) throw new ConnectionError(PROTOCOL_ERROR, 'data after the end of a stream');
    state.incoming -= payload.length;
    if (state.incoming < 0) throw new ConnectionError(FLOW_CONTROL_ERROR, 'stream window exceeded');
    const bytes = unpadded(frame, 0);
    const end = (frame.flags & END_STREAM) !== 0;
    // the padding is used up at once
    this.consumed(stream, payload.length - bytes.length);
    if (end) this.#over(stream, state);
    events.push({ type: 'data', stream, bytes, end });
  }

  #headers(frame: Frame, events: Http2Event[]): void {
    const first = frame.kind === HEADERS;
    if (!first && !this.#block) throw new ConnectionError(PROTOCOL_ERROR, 'unexpected continuation');
    const block = this.#block ?? {
      stream: frame.stream,
      pieces: [],
      length: 0,
      end: (frame.flags & END_STREAM) !== 0,
    };
    const piece = first ? unpadded(frame, (frame.flags & WITH_PRIORITY) === 0 ? 0 : 5) : frame.payload;
    block.pieces.push(piece.slice());
    // an empty piece counts too: there may be no end of them
    block.length += piece.length + 1;
    if (block.length > HEADERS_LIMIT) throw new ConnectionError(ENHANCE_YOUR_CALM, 'header block too large');
    this.#block = block;
    if ((frame.flags & END_HEADERS) === 0) return;
    this.#block = undefined;
    const all = new Uint8Array(block.length);
    let at = 0;
    for (const part of block.pieces) {
      all.set(part, at);
      at += part.length;
    }
    const fields = this.#hpack.decode(all.subarray(0, at));
    this.#block = undefined;
    this.#taken(block.stream, fields, block.end, events);
  }

  #taken(stream: number, fields: Field[], end: boolean, events: Http2Event[]): void {
    let state = this.#streams.get(stream);
    if (!state) {
      if (this.#client || stream % 2 === 0 || stream <= this.#last) {
        if (stream === 0 || stream > this.#last + STREAMS_MAX * 2 ** 20)
          throw new ConnectionError(PROTOCOL_ERROR, 'invalid stream number');
        return;
      }
      this.#last = stream;
      if (this.#streams.size >= STREAMS_MAX) {
        this.#reply(formatFrame(RST_STREAM, 0, stream, words(REFUSED_STREAM)));
        return;
      }
      state = this.#newStream();
      this.#streams.set(stream, state);
    } else if (state.over) throw new ConnectionError(PROTOCOL_ERROR, 'header fields after the end of a stream');
    if (end) this.#over(stream, state);
    events.push({ type: 'headers', stream, fields, end });
  }

  #settings(frame: Frame, events: Http2Event[]): void {
    this.#settled = true;
    if ((frame.flags & ACK) !== 0) return;
    if (frame.payload.length % 6 !== 0) throw new ConnectionError(FRAME_SIZE_ERROR, 'invalid settings');
    const view = new DataView(frame.payload.buffer, frame.payload.byteOffset, frame.payload.length);
    for (let at = 0; at < frame.payload.length; at += 6) {
      const value = view.getUint32(at + 2);
      switch (view.getUint16(at)) {
        case INITIAL_WINDOW_SIZE:
          if (value > WINDOW_LIMIT) throw new ConnectionError(FLOW_CONTROL_ERROR, 'invalid window size');
          for (const state of this.#streams.values()) state.window += value - this.#initialWindow;
          this.#initialWindow = value;
          break;
        case MAX_FRAME_SIZE:
          if (value < FRAME_LIMIT || value >= 2 ** 24) throw new ConnectionError(PROTOCOL_ERROR, 'invalid frame size');
          this.#frameSize = value;
          break;
        default:
      }
    }
    this.#reply(formatFrame(SETTINGS, ACK, 0, new Uint8Array(0)));
    this.#pumpAll();
    events.push({ type: 'window' });
  }

  #windowUpdate(frame: Frame, events: Http2Event[]): void {
    const more = word(frame, 0) & 0x7fffffff;
    if (more === 0) throw new ConnectionError(PROTOCOL_ERROR, 'window update of nothing');
    const state = this.#streams.get(frame.stream);
    if (frame.stream === 0) this.#window += more;
    else if (state) state.window += more;
    if (this.#window > WINDOW_LIMIT || (state?.window ?? 0) > WINDOW_LIMIT)
      throw new ConnectionError(FLOW_CONTROL_ERROR, 'window too large');
    if (frame.stream === 0) this.#pumpAll();
    else if (state) this.#pump(frame.stream, state);
    events.push({ type: 'window' });
  }

  #pumpAll(): void {
    for (const [stream, state] of [...this.#streams]) this.#pump(stream, state);
  }

  /** Sends what the windows allow. */
  #pump(stream: number, state: Stream): void {
    for (let item: Queued | undefined; (item = state.queue[0]) !== undefined; ) {
      if ('fields' in item) {
        state.queue.shift();
        this.#writeFields(stream, item.fields, true);
        this.#end(stream, state);
        // what the other side would still send is of no use (RFC 9113, 8.1)
        if (!this.#client && !state.over) this.reset(stream, NO_ERROR);
        return;
      }
      const room = Math.min(item.bytes.length, this.#window, state.window, this.#frameSize);
      if (room <= 0 && item.bytes.length > 0) return;
      const whole = room === item.bytes.length;
      const end = whole && item.end;
      this.#emit(formatFrame(DATA, end ? END_STREAM : 0, stream, item.bytes.subarray(0, room)));
      this.#window -= room;
      state.window -= room;
      state.pending -= room;
      if (whole) state.queue.shift();
      else item.bytes = item.bytes.subarray(room);
      if (end) this.#end(stream, state);
    }
  }

  #writeFields(stream: number, fields: readonly Field[], end: boolean): void {
    const block = hpackEncode(fields);
    for (let at = 0; at === 0 || at < block.length; at += this.#frameSize) {
      const piece = block.subarray(at, at + this.#frameSize);
      const last = at + this.#frameSize >= block.length;
      const flags = (last ? END_HEADERS : 0) | (at === 0 && end ? END_STREAM : 0);
      this.#emit(formatFrame(at === 0 ? HEADERS : CONTINUATION, flags, stream, piece));
    }
  }

  /** Our half is over. */
  #end(stream: number, state: Stream): void {
    state.ended = true;
    if (state.over) this.#streams.delete(stream);
  }

  /** The other side's half is over. */
  #over(stream: number, state: Stream): void {
    state.over = true;
    if (state.ended) this.#streams.delete(stream);
  }
}

/** What stands before and after a frame's content is taken off. */
function unpadded({ flags, payload }: Frame, skip: number): Uint8Array {
  const padded = (flags & PADDED) !== 0;
  const from = skip + (padded ? 1 : 0);
  const padding = padded ? (payload[0] ?? 0) : 0;
  if (from + padding > payload.length) throw new ConnectionError(PROTOCOL_ERROR, 'invalid padding');
  return payload.subarray(from, payload.length - padding);
}

function word({ payload }: Frame, at: number): number {
  if (payload.length < at + 4) throw new ConnectionError(FRAME_SIZE_ERROR, 'frame too short');
  return new DataView(payload.buffer, payload.byteOffset, payload.length).getUint32(at);
}
