import { BLOCKED } from '../../abi/errno.ts';
import { O_CLOEXEC, O_RDONLY, SEEK_SET } from '../../abi/flags.ts';
import { Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { formatRfc3339NanoFixed, type Instant } from '../../lib/go-time.ts';
import { gunzip } from '../../lib/gzip.ts';
import { joinBytes, open, pread, read, readFile, type Wait } from '../../libc/io.ts';
import type { LogFormat, ReadEntry } from './logger.ts';
import { olderNames } from './rotating-file.ts';

const CHUNK = 65536;
const NOTHING = new Uint8Array(0);

export type Row = ReadEntry;

/** Which entries are wanted. */
export interface LogQuery {
  /** Last so many lines; -1: all. */
  tail: number;
  since: Instant | undefined;
  until: Instant | undefined;
  stdout: boolean;
  stderr: boolean;
}

/** A time as a text that can be compared with those of the log. */
const comparable = (t: Instant): string => formatRfc3339NanoFixed(t.sec, t.nsec);

/** The time of an entry with all nine digits. */
export const fixedTime = (time: string): string =>
  time.length === 30 ? time : `${time.slice(0, 19)}.${time.slice(20, -1).padEnd(9, '0')}Z`;

type Emit = (rows: Row[]) => Wait<boolean>;

/** Reads a log file, its older parts first, and goes on where it grows. */
export class LogReader {
  readonly #path: string;
  readonly #format: LogFormat;
  readonly #query: LogQuery;
  /** Bounds as texts; '': none. */
  readonly #since: string;
  readonly #until: string;
  #fd = -1;
  #rest: Uint8Array = NOTHING;
  /** An entry after `until` was seen. */
  ended = false;

  constructor(path: string, format: LogFormat, query: LogQuery) {
    this.#path = path;
    this.#format = format;
    this.#query = query;
    this.#since = query.since ? comparable(query.since) : '';
    this.#until = query.until ? comparable(query.until) : '';
  }

  /** The entries that are there, in batches; then `next` gives what comes. @returns false where the receiver has enough */
  *start(sys: Sys, emit: Emit): Wait<boolean> {
    this.#fd = yield* open(sys, this.#path, O_RDONLY | O_CLOEXEC);
    if (this.#fd < 0) return true;
    if (this.#query.tail >= 0) return yield* this.#tail(sys, emit);
    for (const old of this.#older(sys)) {
      const rows = this.#wanted(this.#format.split(yield* readOlder(sys, old)).entries);
      if (rows.length > 0 && !(yield* emit(rows))) return false;
    }
    return yield* this.next(sys, emit);
  }

  /** Older parts that are there, the oldest first. */
  #older(sys: Sys): string[] {
    const out: string[] = [];
    for (let n = 1; ; n++) {
      const name = olderNames(this.#path, n).find((path) => sys.access(path, 0) === 0);
      if (name === undefined) return out;
      out.unshift(name);
    }
  }

  /** What has been added since. @returns false where the receiver has enough */
  *next(sys: Sys, emit: Emit): Wait<boolean> {
    do if (!(yield* this.#drain(sys, emit))) return false;
    while (yield* this.#reopen(sys));
    return true;
  }

  *#drain(sys: Sys, emit: Emit): Wait<boolean> {
    const buffer = new Uint8Array(CHUNK);
    while (!this.ended && this.#fd >= 0) {
      const n = yield* read(sys, this.#fd, buffer);
      if (n <= 0) break;
      const rows = this.#take(buffer.subarray(0, n));
      if (rows.length > 0 && !(yield* emit(rows))) return false;
    }
    return true;
  }

  /** Follows the file over a rotation, when the old one has been read. @returns whether there is a new one */
  *#reopen(sys: Sys): Wait<boolean> {
    const now = new Stat();
    const there = new Stat();
    if (this.ended || sys.stat(this.#path, there) < 0) return false;
    if (this.#fd >= 0 && sys.fstat(this.#fd, now) === 0 && now.ino === there.ino) {
      if (sys.lseek(this.#fd, 0, 1) <= now.size) return false;
      sys.lseek(this.#fd, 0, SEEK_SET);
      return true;
    }
    if (this.#fd >= 0) sys.close(this.#fd);
    this.#fd = yield* open(sys, this.#path, O_RDONLY | O_CLOEXEC);
    this.#rest = NOTHING;
    return this.#fd >= 0;
  }

  #take(bytes: Uint8Array): Row[] {
    const all = this.#rest.length > 0 ? joinBytes([this.#rest, bytes]) : bytes;
    const { entries, used } = this.#format.split(all);
    this.#rest = used < all.length ? all.slice(used) : NOTHING;
    return this.#wanted(entries);
  }

  #wanted(entries: readonly ReadEntry[]): Row[] {
    const { stdout, stderr } = this.#query;
    const rows: Row[] = [];
    for (const entry of entries) {
      if (this.#since !== '' && fixedTime(entry.time) < this.#since) continue;
      if (this.#until !== '' && fixedTime(entry.time) > this.#until) {
        this.ended = true;
        break;
      }
      if (entry.stream === 'stdout' ? stdout : stderr) rows.push(entry);
    }
    return rows;
  }

  /** Reads backwards until there are enough lines (counted over both streams, as the engine does). */
  *#tail(sys: Sys, emit: Emit): Wait<boolean> {
    const st = new Stat();
    if (sys.fstat(this.#fd, st) < 0) return true;
    const entries = this.#format.split(yield* this.#end(sys, st.size)).entries;
    let last = this.#query.tail === 0 ? [] : entries.slice(-this.#query.tail);
    for (const old of this.#older(sys).reverse()) {
      const missing = this.#query.tail - last.length;
      if (missing <= 0) break;
      last = [...this.#format.split(yield* readOlder(sys, old)).entries.slice(-missing), ...last];
    }
    sys.lseek(this.#fd, st.size, SEEK_SET);
    const rows = this.#wanted(last);
    return rows.length === 0 || (yield* emit(rows));
  }

  /** The end of the file, from where the wanted entries begin. */
  *#end(sys: Sys, size: number): Wait<Uint8Array> {
    let bytes: Uint8Array = NOTHING;
    const buffer = new Uint8Array(CHUNK);
    for (let at = size; at > 0; ) {
      const start = this.#format.tailStart(bytes, this.#query.tail);
      if (start !== undefined) return bytes.subarray(start);
      const length = Math.min(CHUNK, at);
      const n = yield* pread(sys, this.#fd, buffer.subarray(0, length), at - length);
      if (n <= 0 || n === BLOCKED) break;
      at -= length;
      bytes = joinBytes([buffer.slice(0, n), bytes]);
    }
    return bytes.subarray(this.#format.tailStart(bytes, this.#query.tail) ?? 0);
  }

  close(sys: Sys): void {
    if (this.#fd >= 0) sys.close(this.#fd);
    this.#fd = -1;
  }
}

/** A part that is not written any more. */
function* readOlder(sys: Sys, path: string): Wait<Uint8Array> {
  const bytes = yield* readFile(sys, path);
  if (typeof bytes === 'number') return NOTHING;
  const plain = path.endsWith('.gz') ? gunzip(bytes) : bytes;
  return typeof plain === 'string' ? NOTHING : plain;
}
