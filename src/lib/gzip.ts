import * as pako from 'pako';
import { crc32 } from './crc32.ts';
import { encode } from './utf8.ts';

export interface GzipOptions {
  /** 1..9; 6 where not given, and always for images: digests must agree everywhere. */
  level?: number;
  /** File name for the header. */
  name?: string;
  /** Seconds since the Epoch for the header. */
  mtime?: number;
}

/** Compresses a stream to gzip. The same bytes give the same bytes, however they are cut. */
export class Gzip {
  private readonly deflate: pako.Deflate;
  private pieces: Uint8Array[];
  private crc = 0;
  private size = 0;
  private ended = false;

  constructor(options: GzipOptions = {}) {
    const level = options.level ?? 6;
    this.pieces = [header(options, level)];
    this.deflate = new pako.Deflate({ level, raw: true, chunkSize: 65536 });
    this.deflate.onData = (piece) => this.pieces.push(piece);
  }

  /** @returns what is ready of the compressed stream */
  push(bytes: Uint8Array): Uint8Array[] {
    this.crc = crc32(bytes, this.crc);
    this.size = (this.size + bytes.length) % 2 ** 32;
    if (bytes.length > 0) this.deflate.push(bytes, false);
    return this.take();
  }

  /** Ends the stream. @returns the rest of it */
  finish(): Uint8Array[] {
    if (this.ended) return [];
    this.ended = true;
    this.deflate.push(new Uint8Array(0), true);
    const trailer = new Uint8Array(8);
    const view = new DataView(trailer.buffer);
    view.setUint32(0, this.crc, true);
    view.setUint32(4, this.size, true);
    this.pieces.push(trailer);
    return this.take();
  }

  private take(): Uint8Array[] {
    const { pieces } = this;
    this.pieces = [];
    return pieces.filter((p) => p.length > 0);
  }
}

/** RFC 1952 section 2.3; the system is Unix. */
function header(options: GzipOptions, level: number): Uint8Array {
  const name = options.name === undefined ? new Uint8Array(0) : encode(`${options.name}\0`);
  const out = new Uint8Array(10 + name.length);
  out.set([0x1f, 0x8b, 8, name.length > 0 ? 8 : 0]);
  new DataView(out.buffer).setUint32(4, options.mtime ?? 0, true);
  out[8] = level === 9 ? 2 : level === 1 ? 4 : 0;
  out[9] = 3;
  out.set(name, 10);
  return out;
}

/** Compresses one piece. */
export function gzip(bytes: Uint8Array, options: GzipOptions = {}): Uint8Array {
  const stream = new Gzip(options);
  return join([...stream.push(bytes), ...stream.finish()]);
}

/** What is wrong with a gzip stream: no gzip at all, damaged, checksum or length differ, or it stops too early. */
export type GunzipError = 'not-gzip' | 'data' | 'crc' | 'length' | 'truncated';

/** Unpacks a stream of one or more gzip members; checks CRC and length of each. */
export class Gunzip {
  /** Set when the stream turned out to be wrong; nothing comes after it. */
  error: GunzipError | undefined;
  /** Whether something other than zeros followed the last member; it is ignored. */
  trailingGarbage = false;
  private state: 'header' | 'body' | 'trailer' | 'done' = 'header';
  private inflate: pako.Inflate | undefined;
  private available: () => number = () => 0;
  private pieces: Uint8Array[] = [];
  /** Bytes of a header or trailer that is not complete yet. */
  private held = new Uint8Array(0);
  private members = 0;
  private crc = 0;
  private size = 0;

  /** @returns what is ready of the unpacked stream */
  push(bytes: Uint8Array): Uint8Array[] {
    let rest: Uint8Array | undefined = this.held.length > 0 ? join([this.held, bytes]) : bytes;
    this.held = new Uint8Array(0);
    while (rest && rest.length > 0 && !this.error && this.state !== 'done') {
      const input: Uint8Array = rest;
      if (this.state === 'header') rest = this.readHeader(input);
      else if (this.state === 'body') rest = this.readBody(input);
      else rest = this.readTrailer(input);
      if (!rest) this.held = new Uint8Array(input);
    }
    const { pieces } = this;
    this.pieces = [];
    return pieces;
  }

  /** The input is over: sets `error` where the stream is not. */
  finish(): void {
    if (this.error || this.state === 'done') return;
    if (this.state !== 'header' || (this.members === 0 && this.held.length === 0)) this.error = 'truncated';
    else if (this.members === 0) this.error = this.held[0] === 0x1f ? 'truncated' : 'not-gzip';
    else this.trailingGarbage = this.held.some((b) => b !== 0);
  }

  /** @returns what follows, or undefined where more bytes are needed */
  private readHeader(bytes: Uint8Array): Uint8Array | undefined {
    if (bytes[0] !== 0x1f || (bytes.length > 1 && bytes[1] !== 0x8b)) {
      if (this.members === 0) this.error = 'not-gzip';
      else this.trailingGarbage = bytes.some((b) => b !== 0);
      this.state = 'done';
      return bytes.subarray(bytes.length);
    }
    const end = headerEnd(bytes);
    if (end === undefined) return undefined;
    if (bytes[2] !== 8 || (bytes[3]! & 0xe0) !== 0) {
      this.error = 'data';
      return bytes;
    }
    const inflate = new pako.Inflate({ raw: true, chunkSize: 65536 });
    inflate.onData = (piece) => {
      this.crc = crc32(piece, this.crc);
      this.size = (this.size + piece.length) % 2 ** 32;
      this.pieces.push(piece);
    };
    inflate.onStart = (stream) => {
      this.available = () => stream.avail_in;
    };
    inflate.onEnd = () => {};
    this.inflate = inflate;
    this.crc = 0;
    this.size = 0;
    this.state = 'body';
    return bytes.subarray(end);
  }

  private readBody(bytes: Uint8Array): Uint8Array {
    const inflate = this.inflate!;
    inflate.push(bytes, pako.Z_SYNC_FLUSH);
    if (inflate.err !== 0) {
      this.error = 'data';
      return bytes.subarray(bytes.length);
    }
    if (!inflate.ended) return bytes.subarray(bytes.length);
    this.inflate = undefined;
    this.state = 'trailer';
    return bytes.subarray(bytes.length - this.available());
  }

  private readTrailer(bytes: Uint8Array): Uint8Array | undefined {
    if (bytes.length < 8) return undefined;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    if (view.getUint32(0, true) !== this.crc) this.error = 'crc';
    else if (view.getUint32(4, true) !== this.size) this.error = 'length';
    this.members++;
    this.state = 'header';
    return bytes.subarray(8);
  }
}

/** Offset after the header of a member; undefined where it is not all here. */
function headerEnd(bytes: Uint8Array): number | undefined {
  if (bytes.length < 10) return undefined;
  const flags = bytes[3]!;
  let at = 10;
  if (flags & 4) {
    if (bytes.length < at + 2) return undefined;
    at += 2 + bytes[at]! + bytes[at + 1]! * 256;
  }
  for (const flag of [8, 16]) {
    if (!(flags & flag)) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return undefined;
    at = end + 1;
  }
  if (flags & 2) at += 2;
  return at <= bytes.length ? at : undefined;
}

/** Unpacks one piece. @returns the bytes, or what is wrong */
export function gunzip(bytes: Uint8Array): Uint8Array | GunzipError {
  const stream = new Gunzip();
  const pieces = stream.push(bytes);
  stream.finish();
  return stream.error ?? join(pieces);
}

function join(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
