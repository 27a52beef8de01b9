import type { PackValue } from '../../abi/pack.ts';
import type { Pack, StartPack } from '../pack.ts';
import { Connection, type Cursor, SqliteError } from './connection.ts';
import { type DefineFunctions, loadDialects } from './functions.ts';
import { SqliteLibrary } from './library.ts';
import type { InitSqlJs } from './sql-js.ts';

/** Rows that an answer holds at most, unless the request says otherwise. */
const ROWS = 1000;

type Request = { readonly [key: string]: PackValue };

/**
 * SQLite. Requests:
 * - `{op: 'open', file, bytes?, functions?, seed?}`: a database with a name and its content → connection number; `functions`:
 *   'mysql' for those of that dialect
 * - `{op: 'connect', file}`: one more connection to it → number
 * - `{op: 'run', connection, sql, params?, now?, rows?}`: one or more statements; see `Result`
 * - `{op: 'fetch', cursor, rows?}`: more rows of a statement; `{op: 'end', cursor}`: no more of them
 * - `{op: 'close', connection}`
 * An error of SQL is an answer `{error: {code, message, changes}}`. A real number comes as `{real: n}`.
 * `changes` is what was written to files: at a commit, never before one.
 */
class Sqlite implements Pack {
  readonly #library: SqliteLibrary;
  readonly #connections: Map<number, { connection: Connection; file: string }> = new Map();
  readonly #files: Map<string, { internal: string; functions: string | undefined }> = new Map();
  readonly #cursors: Map<number, Cursor> = new Map();
  readonly #dialects: Readonly<Record<string, DefineFunctions>>;
  #seed = 0;
  #next = 1;

  constructor(library: SqliteLibrary, dialects: Readonly<Record<string, DefineFunctions>>) {
    this.#library = library;
    this.#dialects = dialects;
  }

  memory(): number {
    return this.#library.memorySize;
  }

  handle(request: PackValue): PackValue {
    const asked = request as Request;
    if (typeof asked.now === 'number') this.#library.now = asked.now;
    switch (asked.op) {
      case 'open':
        return this.#open(asked);
      case 'connect':
        return this.#connect(String(asked.file));
      case 'run':
        return this.#run(asked);
      case 'fetch':
        return this.#guarded(() => this.#fetch(Number(asked.cursor), Number(asked.rows ?? ROWS)));
      case 'end':
        return this.#end(Number(asked.cursor));
      case 'close':
        return this.#close(Number(asked.connection));
      default:
        throw new Error(`sqlite: unknown request ${String(asked.op)}`);
    }
  }

  #open(asked: Request): number {
    const file = String(asked.file);
    const db = new this.#library.api.Database(asked.bytes instanceof Uint8Array ? asked.bytes : null);
    this.#seed = Number(asked.seed ?? 0);
    const functions = asked.functions === undefined ? undefined : String(asked.functions);
    this.#files.set(file, { internal: db.filename, functions });
    this.#library.watch(db.filename, file);
    // opened again: the file is watched from its opening on
    this.#library.api._sqlite3_close_v2(db.db);
    return this.#connect(file);
  }

  #connect(file: string): number {
    const known = this.#files.get(file);
    if (!known) throw new Error(`sqlite: no database ${file}`);
    const db = new this.#library.api.Database(null);
    const { api } = this.#library;
    api._sqlite3_close_v2(db.db);
    const { pointer } = this.#library.place(known.internal);
    const out = api._malloc(4);
    const code = api._sqlite3_open(pointer, out);
    db.db = this.#library.word(out);
    api._free(out);
    api._free(pointer);
    const connection = new Connection(this.#library, db);
    if (code !== 0) throw new SqliteError(code, 'unable to open database file');
    const define = known.functions === undefined ? undefined : this.#dialects[known.functions];
    define?.(db, () => this.#library.nowMs, this.#seed + this.#next);
    // nothing is written before a commit
    connection.run('PRAGMA journal_mode=MEMORY; PRAGMA cache_spill=OFF; PRAGMA temp_store=MEMORY').close();
    const id = this.#next++;
    this.#connections.set(id, { connection, file });
    return id;
  }

  #run(asked: Request): PackValue {
    const entry = this.#connections.get(Number(asked.connection));
    if (!entry) throw new Error(`sqlite: no connection ${String(asked.connection)}`);
    const { connection } = entry;
    const params = Array.isArray(asked.params) ? (asked.params as PackValue[]) : [];
    return this.#guarded(() => {
      const cursor = connection.run(String(asked.sql), params);
      const { columns } = cursor;
      const rows = cursor.rows(Number(asked.rows ?? ROWS));
      const id = cursor.done ? 0 : this.#next++;
      if (id !== 0) this.#cursors.set(id, cursor);
      return { columns, rows, cursor: id, affected: connection.changes(), lastRow: connection.lastRow() };
    });
  }

  #fetch(id: number, max: number): { readonly [key: string]: PackValue } {
    const cursor = this.#cursors.get(id);
    if (!cursor) return { rows: [], cursor: 0 };
    const rows = cursor.rows(max);
    if (cursor.done) this.#cursors.delete(id);
    return { rows, cursor: cursor.done ? 0 : id };
  }

  #end(id: number): PackValue {
    this.#cursors.get(id)?.close();
    this.#cursors.delete(id);
    return null;
  }

  #close(id: number): PackValue {
    this.#connections.get(id)?.connection.close();
    this.#connections.delete(id);
    return null;
  }

  #guarded(act: () => { readonly [key: string]: PackValue }): PackValue {
    try {
      return { ...act(), changes: this.#changes() };
    } catch (error) {
      if (!(error instanceof SqliteError)) throw error;
      return { error: { code: error.code, message: error.message }, changes: this.#changes() };
    }
  }

  #changes(): PackValue {
    return this.#library.takeChanges().map((change) => ({ ...change }));
  }
}

/** SQLite as a pack, with an instance of sql.js of its own. */
export const makeSqlite =
  (init: InitSqlJs): StartPack =>
  async ({ files, memory }) => {
    const wasm = files['sqlite.wasm'];
    if (!wasm) throw new Error('sqlite: no code');
    return new Sqlite(await SqliteLibrary.load(init, wasm, memory), await loadDialects());
  };
