import type { StoredDisk } from '../../src/machine/remote.ts';
import { STORE_FORMAT } from './database.ts';
import { SEGMENT } from './segments.ts';

/** Bytes of a file that is taken at most, and of one line of it. */
const FILE_MAX = 1024 ** 3;
const LINE_MAX = 16 * 1024 * 1024;
/** A segment is larger than SEGMENT where one chunk is. */
const RECORD_MAX = 64 * SEGMENT;

/** Reads what `diskFile` wrote. @throws Error that says what is wrong with it */
export async function readDiskFile(file: Blob): Promise<StoredDisk> {
  if (file.size > FILE_MAX) throw new Error('it is larger than a disk of Drydock');
  const reader = new Reader(file);
  const [, format, savedAt] = /^drydock-disk (\d{1,9}) (\d{1,16})$/.exec(await reader.line()) ?? [];
  if (format === undefined || format === '0') throw new Error('it does not begin as one');
  if (Number(format) > STORE_FORMAT) throw new Error(`it is of a newer Drydock (format ${format})`);
  const chunks = new Map<number, Uint8Array>();
  const blobs = new Map<string, Uint8Array>();
  const metas: Uint8Array[] = [];
  const dropped: number[] = [];
  while (reader.more) {
    const record = parse(await reader.line());
    if ('segment' in record) {
      const data = await reader.bytes(within(record.segment, RECORD_MAX));
      const ids = numbers(record.ids);
      const lengths = numbers(record.lengths);
      let at = 0;
      for (const [i, id] of ids.entries()) {
        const end = at + within(lengths[i], data.length - at);
        chunks.set(id, data.subarray(at, end));
        at = end;
      }
    } else if ('blob' in record) {
      blobs.set(String(record.digest), await reader.bytes(within(record.blob, RECORD_MAX)));
    } else {
      metas.push(await reader.bytes(within(record.batch, FILE_MAX)));
      dropped.push(...numbers(record.drop));
    }
  }
  if (metas.length === 0) throw new Error('there is no disk in it');
  for (const id of dropped) chunks.delete(id);
  const highest = [...chunks.keys(), ...dropped].reduce((most, id) => Math.max(most, id), 0);
  return { format: Number(format), metas, chunks, blobs, highest, savedAt: Number(savedAt) };
}

function parse(line: string): Record<string, unknown> {
  const record: unknown = JSON.parse(line);
  if (typeof record !== 'object' || record === null || Array.isArray(record)) throw new Error('a record is none');
  return record as Record<string, unknown>;
}

function within(value: unknown, most: number): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > most)
    throw new Error('a length is wrong');
  return value;
}

function numbers(value: unknown): number[] {
  if (!Array.isArray(value) || !value.every((n) => Number.isSafeInteger(n) && n >= 0))
    throw new Error('a list of numbers is none');
  return value as number[];
}

/** Reads a file from its begin, a piece at a time. */
class Reader {
  readonly #file: Blob;
  #at = 0;

  constructor(file: Blob) {
    this.#file = file;
  }

  get more(): boolean {
    return this.#at < this.#file.size;
  }

  async bytes(length: number): Promise<Uint8Array> {
    if (this.#at + length > this.#file.size) throw new Error('it ends too early');
    const piece = await this.#file.slice(this.#at, this.#at + length).arrayBuffer();
    this.#at += length;
    return new Uint8Array(piece);
  }

  /** The text up to the next end of line, without it. */
  async line(): Promise<string> {
    for (let length = 4096; ; length *= 8) {
      const piece = new Uint8Array(await this.#file.slice(this.#at, this.#at + length).arrayBuffer());
      const end = piece.indexOf(10);
      if (end >= 0) {
        this.#at += end + 1;
        return new TextDecoder('utf-8', { fatal: true }).decode(piece.subarray(0, end));
      }
      if (piece.length < length || length > LINE_MAX) throw new Error('a line does not end');
    }
  }
}
