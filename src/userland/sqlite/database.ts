import { BLOCKED } from '../../abi/errno.ts';
import { CLOCK_REALTIME, O_CREAT, O_RDWR } from '../../abi/flags.ts';
import type { PackValue } from '../../abi/pack.ts';
import type { Sys } from '../../abi/sys.ts';
import { open, readFile, type Wait } from '../../libc/io.ts';
import { Pack } from '../../libc/pack.ts';

/** Bytes that SQLite may take. */
const MEMORY = 256 * 1024 * 1024;

/** What SQLite says of a statement: its result code and text. */
export class SqliteFailure extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export interface Rows {
  columns: string[];
  rows: PackValue[][];
}

interface Answer {
  columns: string[];
  rows: PackValue[][];
  cursor: number;
  changes: { offset: number; bytes?: Uint8Array; length?: number }[];
  error?: { code: number; message: string };
}

/** A database in a file, or in memory (`:memory:`, ''). Each commit is in the file before anybody hears of it. */
export class SqliteDatabase {
  readonly #sys: Sys;
  readonly #pack = new Pack('sqlite', MEMORY);
  readonly #path: string;
  #fd = -1;
  #connection: PackValue;

  private constructor(sys: Sys, path: string) {
    this.#sys = sys;
    this.#path = path;
  }

  /** @returns the database, or -errno where its file cannot be opened */
  static *open(sys: Sys, path: string): Wait<SqliteDatabase | number> {
    const database = new SqliteDatabase(sys, path);
    let bytes: Uint8Array | undefined;
    if (!database.inMemory) {
      const content = yield* readFile(sys, path);
      // a file that is not there is made with the first write
      if (typeof content !== 'number') bytes = content;
      else if (content !== -2) return content;
      else if (path.includes('/') && sys.access(path.replace(/\/[^/]*$/, '') || '/', 0) < 0) return -2;
    }
    database.#connection = yield* database.#pack.call(sys, {
      op: 'open',
      file: 'main',
      ...(bytes && bytes.length > 0 && { bytes }),
    });
    return database;
  }

  get inMemory(): boolean {
    return this.#path === ':memory:' || this.#path === '';
  }

  /** Runs one statement. @throws SqliteFailure, PackEnded */
  *run(sql: string): Wait<Rows> {
    const first = yield* this.#ask({ op: 'run', connection: this.#connection, sql });
    const rows = first.rows;
    for (let { cursor } = first; cursor !== 0; ) {
      const more = yield* this.#ask({ op: 'fetch', cursor });
      rows.push(...more.rows);
      cursor = more.cursor;
    }
    return { columns: first.columns, rows };
  }

  *#ask(request: { readonly [key: string]: PackValue }): Wait<Answer> {
    const answer = (yield* this.#pack.call(this.#sys, {
      ...request,
      now: this.#sys.now(CLOCK_REALTIME),
    })) as unknown as Answer;
    yield* this.#keep(answer.changes);
    if (answer.error) throw new SqliteFailure(answer.error.code, answer.error.message);
    return answer;
  }

  *#keep(changes: Answer['changes']): Wait<void> {
    if (this.inMemory || changes.length === 0) return;
    if (this.#fd < 0) this.#fd = yield* open(this.#sys, this.#path, O_RDWR | O_CREAT, 0o644);
    if (this.#fd < 0) throw new SqliteFailure(14, 'unable to open database file');
    for (const { offset, bytes, length } of changes) {
      if (length !== undefined) this.#sys.ftruncate(this.#fd, length);
      for (let at = 0; bytes && at < bytes.length; ) {
        const n = this.#sys.pwrite(this.#fd, bytes.subarray(at), offset + at);
        if (n === BLOCKED) yield;
        else if (n < 0) throw new SqliteFailure(10, 'disk I/O error');
        else at += n;
      }
    }
  }

  close(): void {
    this.#pack.close(this.#sys);
    if (this.#fd >= 0) this.#sys.close(this.#fd);
    this.#fd = -1;
  }
}
