import type { PackValue } from '../../abi/pack.ts';
import { decode } from '../../lib/utf8.ts';
import type { SqliteLibrary } from './library.ts';
import type { SqlJsDatabase } from './sql-js.ts';

const OK = 0;
/** SQLITE_RANGE: the statement has no such parameter. */
const RANGE = 25;
const ROW = 100;
const DONE = 101;
const INTEGER = 1;
const FLOAT = 2;
const TEXT = 3;
const BLOB = 4;
/** SQLITE_TRANSIENT: the value is copied. */
const COPY = -1;

/** An error of SQLite: code and text. */
export class SqliteError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

/** A statement that gives rows. */
export interface Cursor {
  columns: string[];
  /** Up to `max` rows more. @throws SqliteError */
  rows(max: number): PackValue[][];
  done: boolean;
  close(): void;
}

/** A connection to a database in the library's memory. */
export class Connection {
  readonly #library: SqliteLibrary;
  readonly #db: SqlJsDatabase;
  readonly #out: number;
  /** The statement that asks for the last row, once it was needed. */
  #lastRow = 0;

  constructor(library: SqliteLibrary, db: SqlJsDatabase) {
    this.#library = library;
    this.#db = db;
    this.#out = library.api._malloc(8);
  }

  get database(): SqlJsDatabase {
    return this.#db;
  }

  /**
   * Runs one or more statements; the last one's rows can be read.
   * @throws SqliteError
   */
  run(sql: string, params: readonly PackValue[] = []): Cursor {
    const { api } = this.#library;
    const { pointer, length } = this.#library.place(sql);
    let cursor: Cursor | undefined;
    try {
      for (let at = pointer; at < pointer + length; ) {
        this.#check(api._sqlite3_prepare_v2(this.#db.db, at, -1, this.#out, this.#out + 4));
        const statement = this.#library.word(this.#out);
        at = this.#library.word(this.#out + 4);
        if (statement === 0) continue;
        // what came before is done to its end
        while (cursor && !cursor.done) cursor.rows(1000);
        cursor = this.#begin(statement, params);
      }
    } catch (error) {
      cursor?.close();
      throw error;
    } finally {
      api._free(pointer);
    }
    return cursor ?? { columns: [], rows: () => [], done: true, close: () => {} };
  }

  /** Number of the row that was inserted last. */
  lastRow(): number {
    const { api } = this.#library;
    if (this.#lastRow === 0) {
      const { pointer } = this.#library.place('SELECT last_insert_rowid()');
      this.#check(api._sqlite3_prepare_v2(this.#db.db, pointer, -1, this.#out, 0));
      api._free(pointer);
      this.#lastRow = this.#library.word(this.#out);
    }
    api._sqlite3_step(this.#lastRow);
    const id = api._sqlite3_column_double(this.#lastRow, 0);
    api._sqlite3_reset(this.#lastRow);
    return id;
  }

  changes(): number {
    return this.#library.api._sqlite3_changes(this.#db.db);
  }

  close(): void {
    if (this.#lastRow !== 0) this.#library.api._sqlite3_finalize(this.#lastRow);
    this.#library.api._sqlite3_close_v2(this.#db.db);
    this.#library.api._free(this.#out);
  }

  #begin(statement: number, params: readonly PackValue[]): Cursor {
    const { api } = this.#library;
    let ahead: number;
    try {
      for (const [at, value] of params.entries()) this.#bind(statement, at + 1, value);
      ahead = api._sqlite3_step(statement);
      if (ahead !== ROW && ahead !== DONE) throw this.#error(ahead);
    } catch (error) {
      api._sqlite3_finalize(statement);
      throw error;
    }
    const width = api._sqlite3_column_count(statement);
    const columns = Array.from({ length: width }, (_, i) => this.#library.text(api._sqlite3_column_name(statement, i)));
    const cursor: Cursor = {
      columns,
      done: false,
      close: () => {
        if (cursor.done) return;
        cursor.done = true;
        api._sqlite3_finalize(statement);
      },
      rows: (max) => {
        const rows: PackValue[][] = [];
        while (ahead === ROW && rows.length < max) {
          rows.push(this.#row(statement, width));
          ahead = api._sqlite3_step(statement);
        }
        if (ahead === ROW) return rows;
        if (!cursor.done && ahead !== DONE) {
          const error = this.#error(ahead);
          cursor.close();
          throw error;
        }
        cursor.close();
        return rows;
      },
    };
    if (ahead === DONE) cursor.close();
    return cursor;
  }

  #row(statement: number, width: number): PackValue[] {
    const row: PackValue[] = new Array<PackValue>(width);
    for (let i = 0; i < width; i++) row[i] = this.#column(statement, i);
    return row;
  }

  #column(statement: number, i: number): PackValue {
    const { api } = this.#library;
    switch (api._sqlite3_column_type(statement, i)) {
      case INTEGER: {
        const n = api._sqlite3_column_double(statement, i);
        if (Number.isSafeInteger(n)) return n;
        return BigInt(this.#library.text(api._sqlite3_column_text(statement, i)));
      }
      case FLOAT:
        return { real: api._sqlite3_column_double(statement, i) };
      case TEXT: {
        const pointer = api._sqlite3_column_text(statement, i);
        return decode(this.#library.bytes.subarray(pointer, pointer + api._sqlite3_column_bytes(statement, i)));
      }
      case BLOB: {
        const pointer = api._sqlite3_column_blob(statement, i);
        return this.#library.bytes.slice(pointer, pointer + api._sqlite3_column_bytes(statement, i));
      }
      default:
        return null;
    }
  }

  #bind(statement: number, at: number, value: PackValue): void {
    const { api } = this.#library;
    if (value === null || value === undefined) return;
    if (typeof value === 'number' || typeof value === 'boolean') {
      const n = Number(value);
      const bind = (n | 0) === n ? api._sqlite3_bind_int : api._sqlite3_bind_double;
      this.#bound(bind(statement, at, n));
      return;
    }
    const data = value instanceof Uint8Array ? value : String(value);
    const { pointer, length } = this.#library.place(data);
    const bind = value instanceof Uint8Array ? api._sqlite3_bind_blob : api._sqlite3_bind_text;
    const code = bind(statement, at, pointer, length, COPY);
    api._free(pointer);
    this.#bound(code);
  }

  /** Of several statements, some have fewer parameters. */
  #bound(code: number): void {
    if (code !== RANGE) this.#check(code);
  }

  #check(code: number): void {
    if (code !== OK) throw this.#error(code);
  }

  #error(code: number): SqliteError {
    return new SqliteError(code, this.#library.text(this.#library.api._sqlite3_errmsg(this.#db.db)));
  }
}
