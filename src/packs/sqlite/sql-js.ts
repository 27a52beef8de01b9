// @ts-expect-error sql.js has no types
import init from 'sql.js/dist/sql-wasm-browser.js';

/** The part of sql.js that the pack uses. */
export interface SqlJsDatabase {
  /** Pointer of the sqlite3 object. */
  db: number;
  /** Name of its file in the library's memory. */
  filename: string;
  /** Its arity is the function's `length`. */
  create_function(name: string, body: (...args: never[]) => unknown): unknown;
  create_aggregate(
    name: string,
    body: { init?: () => unknown; step: (...args: never[]) => unknown; finalize: (state: never) => unknown },
  ): unknown;
  close(): void;
}
export interface SqlJs {
  Database: new (content?: Uint8Array | null) => SqlJsDatabase;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _sqlite3_open(name: number, out: number): number;
  _sqlite3_close_v2(db: number): number;
  _sqlite3_prepare_v2(db: number, sql: number, length: number, out: number, tail: number): number;
  _sqlite3_step(statement: number): number;
  _sqlite3_finalize(statement: number): number;
  _sqlite3_reset(statement: number): number;
  _sqlite3_clear_bindings(statement: number): number;
  _sqlite3_errmsg(db: number): number;
  _sqlite3_changes(db: number): number;
  _sqlite3_column_count(statement: number): number;
  _sqlite3_column_name(statement: number, column: number): number;
  _sqlite3_column_type(statement: number, column: number): number;
  _sqlite3_column_double(statement: number, column: number): number;
  _sqlite3_column_text(statement: number, column: number): number;
  _sqlite3_column_blob(statement: number, column: number): number;
  _sqlite3_column_bytes(statement: number, column: number): number;
  _sqlite3_bind_int(statement: number, at: number, value: number): number;
  _sqlite3_bind_double(statement: number, at: number, value: number): number;
  _sqlite3_bind_text(statement: number, at: number, text: number, bytes: number, destructor: number): number;
  _sqlite3_bind_blob(statement: number, at: number, data: number, bytes: number, destructor: number): number;
}

type Imports = Record<string, Record<string, (...args: never[]) => unknown>>;

/** Starts sql.js: once a module, whoever calls it again gets the same. */
export type InitSqlJs = (config: {
  useOldExtensionFunctions: boolean;
  instantiateWasm(imports: Imports, done: (instance: WebAssembly.Instance) => void): object;
}) => Promise<SqlJs>;

export const initSqlJs = init as InitSqlJs;
