import { BLOCKED } from '../../abi/errno.ts';
import { O_CLOEXEC, O_RDONLY, SEEK_SET } from '../../abi/flags.ts';
import { Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { formatRfc3339NanoFixed, type Instant } from '../../lib/go-time.ts';
import { decode } from '../../lib/utf8.ts';
import { joinBytes, open, pread, read, type Wait } from '../../libc/io.ts';
import { parseRow, type ReadEntry } from './json-file.ts';

const CHUNK = 65536;
const LF = 10;

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

/** Reads a log file, its older parts first, and goes on where it grows. */
export class LogReader {
  readonly #path: string;
  readonly #query: LogQuery;
  /** Bounds as texts; '': none. */
  readonly #since: string;
  readonly #until: string;
  #fd = -1;
  #rest: Uint8Array = new Uint8Array(0);
  /** An entry after `until` was seen. */
  ended = false;

  constructor(path: string, query: LogQuery) {
    this.#path = path;
    this.#query = query;
    this.#since = query.since ? comparable(query.since) : '';
    this.#until = query.until ? comparable(query.until) : '';
  }

  /** The entries that are there, in batches; then `next` gives what comes. */
  *start(sys: Sys, emit: (rows: Row[]) => Wait<boolean>): Wait<boolean> {
    this.#fd = yield* open(sys, this.#path, O_RDONLY | O_CLOEXEC);
    if (this.#fd < 0) return true;
    if (this.#query.tail >= 0) return yield* this.#tail(sys, emit);
    for (const old of this.#older(sys)) if (!(yield* this.#whole(sys, old, emit))) return false;
    return yield* this.next(sys, emit);
  }

  #older(sys: Sys): string[] {
    const out: string[] = [];
    for (let n = 1; sys.access(`${this.#path}.${n}`, 0) === 0; n++) out.unshift(`${this.#path}.${n}`);
    return out;
  }

  *#whole(sys: Sys, path: string, emit: (rows: Row[]) => Wait<boolean>): Wait<boolean> {
    const reader = new LogReader(path, { ...this.#query, tail: -1 });
    reader.#fd = yield* open(sys, path, O_RDONLY | O_CLOEXEC);
    const going = reader.#fd < 0 || (yield* reader.next(sys, emit));
    reader.close(sys);
    return going;
  }

  /** What has been added since. @returns false where the receiver has enough */
  *next(sys: Sys, emit: (rows: Row[]) => Wait<boolean>): Wait<boolean> {
    yield* this.#reopen(sys);
    const buffer = new Uint8Array(CHUNK);
    while (!this.ended && this.#fd >= 0) {
      const n = yield* read(sys, this.#fd, buffer);
      if (n <= 0) break;
      const rows = this.#take(buffer.subarray(0, n));
      if (rows.length > 0 && !(yield* emit(rows))) return false;
    }
    return true;
  }

  /** Follows the file over a rotation. */
  *#reopen(sys: Sys): Wait<void> {
    const now = new Stat();
    const there = new Stat();
    if (this.#fd < 0) {
      this.#fd = yield* open(sys, this.#path, O_RDONLY | O_CLOEXEC);
      return;
    }
    if (sys.fstat(this.#fd, now) < 0 || sys.stat(this.#path, there) < 0) return;
    if (now.ino !== there.ino) {
      sys.close(this.#fd);
      this.#fd = yield* open(sys, this.#path, O_RDONLY | O_CLOEXEC);
    } else if (sys.lseek(this.#fd, 0, 1) > now.size) sys.lseek(this.#fd, 0, SEEK_SET);
  }

  #take(bytes: Uint8Array): Row[] {
    const last = bytes.lastIndexOf(LF);
    if (last < 0) {
      this.#rest = joinBytes([this.#rest, bytes]).slice();
      return [];
    }
    const whole = bytes.subarray(0, last);
    const text = decode(this.#rest.length > 0 ? joinBytes([this.#rest, whole]) : whole);
    this.#rest = bytes.slice(last + 1);
    const rows: Row[] = [];
    for (const line of text.split('\n')) {
      const row = this.#wanted(line);
      if (this.ended) break;
      if (row) rows.push(row);
    }
    return rows;
  }

  #wanted(line: string): Row | undefined {
    const row = parseRow(line);
    if (!row) return undefined;
    const { stdout, stderr } = this.#query;
    if (this.#since !== '' && fixedTime(row.time) < this.#since) return undefined;
    if (this.#until !== '' && fixedTime(row.time) > this.#until) {
      this.ended = true;
      return undefined;
    }
    return (row.stream === 'stdout' ? stdout : stderr) ? row : undefined;
  }

  /** Reads backwards until there are enough lines (counted over both streams, as the engine does). */
  *#tail(sys: Sys, emit: (rows: Row[]) => Wait<boolean>): Wait<boolean> {
    const files = [this.#path, ...this.#older(sys).reverse()];
    const lines: string[] = [];
    for (const path of files) {
      if (lines.length >= this.#query.tail) break;
      lines.unshift(...(yield* lastLines(sys, path, this.#query.tail - lines.length)));
    }
    const rows = lines.flatMap((line) => this.#wanted(line) ?? []);
    const st = new Stat();
    if (sys.fstat(this.#fd, st) === 0) sys.lseek(this.#fd, st.size, SEEK_SET);
    return rows.length === 0 || (yield* emit(rows));
  }

  close(sys: Sys): void {
    if (this.#fd >= 0) sys.close(this.#fd);
    this.#fd = -1;
  }
}

/** The last `count` lines of a file. */
function* lastLines(sys: Sys, path: string, count: number): Wait<string[]> {
  if (count <= 0) return [];
  const fd = yield* open(sys, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return [];
  const st = new Stat();
  sys.fstat(fd, st);
  let at = st.size;
  let text: Uint8Array = new Uint8Array(0);
  const buffer = new Uint8Array(CHUNK);
  while (at > 0 && countLines(text) <= count) {
    const size = Math.min(CHUNK, at);
    const n = yield* pread(sys, fd, buffer.subarray(0, size), at - size);
    if (n <= 0 || n === BLOCKED) break;
    at -= size;
    text = joinBytes([buffer.slice(0, n), text]);
  }
  sys.close(fd);
  const lines = decode(text)
    .split('\n')
    .filter((line) => line !== '');
  return lines.slice(-count);
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (const b of bytes) if (b === LF) count++;
  return count;
}
