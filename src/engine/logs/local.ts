import type { Sys } from '../../abi/sys.ts';
import { formatRfc3339Nano } from '../../lib/go-time.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { joinBytes, type Wait } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import { randomHex } from '../ids.ts';
import type { LogEntry, LogFormat, Logger, ReadEntry, StreamName } from './logger.ts';
import { RotatingFile, type Rotation } from './rotating-file.ts';

/** A line that is written in pieces. */
interface Pieces {
  id: string;
  ordinal: number;
}

/**
 * The driver `local`: local-logs/container.log in the container's directory. Each entry is a message of Protocol
 * Buffers between two copies of its length (4 bytes, the highest first), so that the file can be read from both ends.
 * @see moby daemon/logger/local, api/types/plugins/logdriver/entry.proto
 */
export class LocalLog implements Logger {
  readonly #file: RotatingFile;
  readonly #directory: string;
  readonly #pieces: Map<StreamName, Pieces> = new Map();

  constructor(directory: string, rotation: Rotation) {
    this.#directory = directory;
    this.#file = new RotatingFile(localPath(directory), rotation);
  }

  open(sys: Sys): Wait<number> {
    mkdirp(sys, `${this.#directory}/local-logs`, 0o700);
    return this.#file.open(sys);
  }

  *write(sys: Sys, entries: readonly LogEntry[]): Wait<void> {
    for (const entry of entries) {
      if (this.#file.isFull(0)) yield* this.#file.rotate(sys);
      yield* this.#file.append(sys, frame(this.#message(sys, entry)));
    }
  }

  #message(sys: Sys, { stream, text, sec, nsec }: LogEntry): Uint8Array {
    const ends = text.endsWith('\n');
    const line = encode(ends ? text.slice(0, -1) : text);
    const time = BigInt(sec) * 1_000_000_000n + BigInt(nsec);
    const fields = [field(SOURCE, encode(stream)), number(TIME, time), field(LINE, line)];
    let pieces = this.#pieces.get(stream);
    if (!ends || pieces) {
      pieces = { id: pieces?.id ?? randomHex(sys, 32), ordinal: (pieces?.ordinal ?? 0) + 1 };
      const last = ends ? number(LAST, 1n) : NOTHING;
      const meta = joinBytes([last, field(ID, encode(pieces.id)), number(ORDINAL, BigInt(pieces.ordinal))]);
      fields.push(number(PARTIAL, 1n), field(METADATA, meta));
      if (ends) this.#pieces.delete(stream);
      else this.#pieces.set(stream, pieces);
    }
    return joinBytes(fields);
  }

  close(sys: Sys): void {
    this.#file.close(sys);
  }
}

export const localPath = (directory: string): string => `${directory}/local-logs/container.log`;

/** Numbers of the message's fields, and of those of its metadata. */
const SOURCE = 1;
const TIME = 2;
const LINE = 3;
const PARTIAL = 4;
const METADATA = 5;
const LAST = 1;
const ID = 2;
const ORDINAL = 3;
const NOTHING = new Uint8Array(0);
const LENGTH = 4;

function varint(value: bigint): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
  out.push(Number(rest));
  return out;
}

const number = (tag: number, value: bigint): Uint8Array => Uint8Array.from([tag << 3, ...varint(value)]);

const field = (tag: number, bytes: Uint8Array): Uint8Array =>
  joinBytes([Uint8Array.from([(tag << 3) | 2, ...varint(BigInt(bytes.length))]), bytes]);

function frame(message: Uint8Array): Uint8Array {
  const length = new Uint8Array(LENGTH);
  new DataView(length.buffer).setUint32(0, message.length);
  return joinBytes([length, message, length]);
}

/** Reads one message's fields: numbers, and bytes. @returns undefined where it is none */
function fieldsOf(message: Uint8Array): Map<number, bigint | Uint8Array> | undefined {
  const fields = new Map<number, bigint | Uint8Array>();
  let at = 0;
  const next = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n && at < message.length; shift += 7n) {
      const byte = message[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < message.length) {
    const key = Number(next());
    if ((key & 7) === 0) fields.set(key >> 3, next());
    else if ((key & 7) === 2) {
      const length = Number(next());
      if (at + length > message.length) return undefined;
      fields.set(key >> 3, message.subarray(at, at + length));
      at += length;
    } else return undefined;
  }
  return fields;
}

function entryOf(message: Uint8Array): ReadEntry | undefined {
  const fields = fieldsOf(message);
  const source = fields?.get(SOURCE);
  const time = fields?.get(TIME);
  const line = fields?.get(LINE) ?? NOTHING;
  if (!fields || !(source instanceof Uint8Array) || typeof time !== 'bigint' || !(line instanceof Uint8Array))
    return undefined;
  const meta = fields.get(METADATA);
  const last = meta instanceof Uint8Array && fieldsOf(meta)?.get(LAST) === 1n;
  const whole = fields.get(PARTIAL) !== 1n || last;
  return {
    stream: decode(source) === 'stderr' ? 'stderr' : 'stdout',
    text: decode(line) + (whole ? '\n' : ''),
    time: formatRfc3339Nano(Number(time / 1_000_000_000n), Number(time % 1_000_000_000n)),
  };
}

/** The entries of a file of the driver `local`. */
export const LOCAL_ENTRIES: LogFormat = {
  split(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const entries: ReadEntry[] = [];
    let used = 0;
    while (used + LENGTH <= bytes.length) {
      const end = used + LENGTH + view.getUint32(used) + LENGTH;
      if (end > bytes.length) break;
      const entry = entryOf(bytes.subarray(used + LENGTH, end - LENGTH));
      if (entry) entries.push(entry);
      used = end;
    }
    return { entries, used };
  },
  tailStart(bytes, count) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = bytes.length;
    for (let left = count; left > 0; left--) {
      if (at < LENGTH) return undefined;
      at -= LENGTH + view.getUint32(at - LENGTH) + LENGTH;
      if (at < 0) return undefined;
    }
    return at;
  },
};
