import type { PackValue } from '../../../../abi/pack.ts';
import type { Sys } from '../../../../abi/sys.ts';
import { sleep, type Wait } from '../../../../libc/io.ts';
import { quoted, type Table, textLiteral } from '../catalog.ts';
import { MysqlError } from '../errors.ts';
import type { Select, Statement } from '../sql/ast.ts';
import type { Dialect } from '../sql/tokens.ts';
import type { Environment } from '../translate/environment.ts';
import { type Piece, wholeNumber } from '../translate/functions.ts';
import { SelectTranslator, type Translated } from '../translate/select.ts';
import { type SqlType, T } from '../types.ts';
import { valueText } from './format.ts';
import type { Cell, Result } from './result.ts';
import { fillVirtual } from './schema.ts';
import type { MysqlServer } from './server.ts';
import { BUSY, type Connection, type Rows, SqlFailure } from './store.ts';
import type { Account } from './users.ts';
import { GLOBAL_ONLY, variablePiece } from './variables.ts';

export interface Warning {
  level: 'Note' | 'Warning' | 'Error';
  number: number;
  message: string;
}

/** Milliseconds between two looks whether somebody else still writes. */
const RETRY = 20;

/** A prepared statement. */
export interface Prepared {
  sql: string;
  statement: Statement;
  parameters: number;
  types?: number[];
}

/** What one client has: its user, database, variables, transaction. */
export class Session implements Environment {
  db: string | undefined;
  readonly variables: Map<string, string>;
  readonly userVariables: Map<string, Piece> = new Map();
  readonly temporary: Map<string, Table> = new Map();
  readonly prepared: Map<number, Prepared> = new Map();
  readonly named: Map<string, Prepared> = new Map();
  warnings: Warning[] = [];
  /** A transaction was begun, or autocommit is off and something was done. */
  inTransaction = false;
  /** SQLite has one too: it begins with the first write. */
  #open = false;
  lastInsertId = 0;
  rowCount = -1;
  foundRows = 0;
  parameters: Piece[] = [];
  #connection: Connection | undefined;
  /** KILL QUERY came. */
  interrupted = false;
  closed = false;
  /** What it does, for SHOW PROCESSLIST; milliseconds when it began. */
  doing: { command: string; since: number; info: string | undefined; state: string };

  constructor(
    readonly server: MysqlServer,
    readonly sys: Sys,
    readonly id: number,
    readonly account: Account,
    readonly user: string,
    readonly host: string,
    readonly port: number,
  ) {
    this.variables = new Map([...server.globals].filter(([name]) => !GLOBAL_ONLY.has(name)));
    this.doing = { command: 'Sleep', since: server.now(), info: undefined, state: '' };
  }

  get mariadb(): boolean {
    return this.server.flavor.mariadb;
  }

  get mode(): string[] {
    return (this.variables.get('sql_mode') ?? '').split(',');
  }

  get fullGroup(): boolean {
    return this.mode.some((mode) => mode === 'ONLY_FULL_GROUP_BY' || mode === 'ANSI');
  }

  get strict(): boolean {
    return this.mode.some((mode) => mode.startsWith('STRICT_') || mode === 'TRADITIONAL');
  }

  get dialect(): Dialect {
    const { mode } = this;
    return {
      ...this.server.dialect,
      ansiQuotes: mode.includes('ANSI_QUOTES') || mode.includes('ANSI'),
      noBackslash: mode.includes('NO_BACKSLASH_ESCAPES'),
    };
  }

  get autocommit(): boolean {
    return this.variables.get('autocommit') !== 'OFF';
  }

  /** The database that a name without one means. @throws MysqlError */
  database(db: string | undefined): string {
    const name = db ?? this.db;
    if (name === undefined) throw new MysqlError('ER_NO_DB_ERROR', 'No database selected');
    return name.toLowerCase() === 'information_schema' ? 'information_schema' : name;
  }

  table(db: string | undefined, name: string): Table {
    const where = this.database(db);
    return this.temporary.get(`${where}.${name}`) ?? this.server.catalog.table(where, name);
  }

  /** @throws MysqlError where the user may not do that */
  allow(privilege: string, db: string, table: string): void {
    const { users, openToAll } = this.server;
    if (openToAll || users.may(this.account, privilege, db, table) || this.temporary.has(`${db}.${table}`)) return;
    const who = `'${this.account.user}'@'${this.mariadb ? this.host : this.host}'`;
    if (table === '')
      throw new MysqlError(
        'ER_DBACCESS_DENIED_ERROR',
        `Access denied for user '${this.account.user}'@'${this.account.host}' to database '${db}'`,
      );
    const name = this.mariadb ? `\`${db}\`.\`${table}\`` : `'${table}'`;
    throw new MysqlError('ER_TABLEACCESS_DENIED_ERROR', `${privilege} command denied to user ${who} for table ${name}`);
  }

  // ---- what expressions ask for
  /** Variables that the statement sets while it runs, with their types. */
  assigned: Map<string, SqlType> = new Map();

  assign(name: string, type: SqlType): void {
    this.assigned.set(name, type);
  }

  /** Gives the engine the variables that a statement sets. */
  *beginAssigned(names: ReadonlySet<string>): Wait<void> {
    this.assigned = new Map([...names].map((name) => [name, this.userVariables.get(name)?.type ?? T.text]));
    for (const name of names)
      yield* this.run(`SELECT my_setvar(${textLiteral(name)}, ${this.userVariables.get(name)?.sql ?? 'NULL'})`);
  }

  /** Takes their values back. */
  *endAssigned(): Wait<void> {
    const { assigned } = this;
    this.assigned = new Map();
    for (const [name, type] of assigned) {
      const value = yield* this.value(`SELECT quote(my_getvar(${textLiteral(name)}))`);
      this.userVariables.set(name, { sql: String(value), type });
    }
  }

  userVariable(name: string): Piece {
    const type = this.assigned.get(name);
    if (type) return wholeNumber({ sql: `my_getvar(${textLiteral(name)})`, type });
    return this.userVariables.get(name) ?? { sql: 'NULL', type: T.text };
  }

  systemVariable(written: string): Piece {
    const [scope, ...rest] = written.toLowerCase().split('.');
    const scoped = rest.length > 0 && ['global', 'session', 'local', 'persist'].includes(scope!);
    const name = scoped ? rest.join('.') : written.toLowerCase();
    const value = this.variable(name, scoped && scope === 'global');
    if (value === undefined) throw new MysqlError('ER_UNKNOWN_SYSTEM_VARIABLE', `Unknown system variable '${name}'`);
    return variablePiece(value);
  }

  variable(name: string, global: boolean): string | undefined {
    if (name === 'warning_count') return String(this.warnings.length);
    if (name === 'error_count') return String(this.warnings.filter(({ level }) => level === 'Error').length);
    if (name === 'last_insert_id' || name === 'identity') return String(this.lastInsertId);
    return global ? this.server.globals.get(name) : (this.variables.get(name) ?? this.server.globals.get(name));
  }

  parameter(at: number): Piece {
    return this.parameters[at] ?? { sql: 'NULL', type: T.text };
  }

  sessionFunction(name: string, args: readonly Piece[]): Piece | undefined {
    const words = (text: string | undefined): Piece =>
      text === undefined
        ? { sql: 'NULL', type: T.text }
        : {
            sql: textLiteral(text),
            type: { base: 'varchar', length: text.length },
            ...(name !== 'DATABASE' && name !== 'SCHEMA' && { notNull: true }),
          };
    switch (name) {
      case 'DATABASE':
      case 'SCHEMA':
        return words(this.db);
      case 'USER':
      case 'SESSION_USER':
      case 'SYSTEM_USER':
        return words(`${this.user}@${this.host}`);
      case 'CURRENT_USER':
        return words(`${this.account.user}@${this.account.host}`);
      case 'CURRENT_ROLE':
        return words(this.mariadb ? undefined : 'NONE');
      case 'VERSION':
        return words(this.server.flavor.version);
      case 'CONNECTION_ID':
        return { sql: String(this.id), type: { base: 'bigint', length: 10, unsigned: true }, notNull: true };
      case 'LAST_INSERT_ID':
        return (
          args[0] ?? {
            sql: String(this.lastInsertId),
            type: { base: 'bigint', length: 20, unsigned: true },
            notNull: true,
          }
        );
      case 'ROW_COUNT':
        return { sql: String(this.rowCount), type: T.bigint, notNull: true };
      case 'FOUND_ROWS':
        return { sql: String(this.foundRows), type: T.bigint, notNull: true };
      case 'SLEEP':
        return { sql: '0', type: T.int };
      default:
        return undefined;
    }
  }

  note(level: Warning['level'], number: number, message: string): void {
    if (this.warnings.length < 1024) this.warnings.push({ level, number, message });
  }

  // ---- the engine
  *connection(): Wait<Connection> {
    if (this.#connection?.stale) {
      const lost = this.#open;
      this.#connection = undefined;
      this.#open = false;
      this.temporary.clear();
      if (lost) {
        this.inTransaction = false;
        throw new MysqlError('ER_LOCK_DEADLOCK', 'Deadlock found when trying to get lock; try restarting transaction');
      }
    }
    if (!this.#connection) {
      this.#connection = yield* this.server.store.connect(this.sys);
      if (this.variables.get('foreign_key_checks') !== 'OFF')
        yield* this.#connection.run(this.sys, 'PRAGMA foreign_keys=ON');
    }
    return this.#connection;
  }

  /** Runs SQL of SQLite; where somebody else writes, waits. @throws SqlFailure, MysqlError */
  *run(sql: string): Wait<Rows> {
    const connection = yield* this.connection();
    const patience = Number(this.variables.get('innodb_lock_wait_timeout') ?? 50) * 1000;
    for (let waited = 0; ; waited += RETRY) {
      if (this.interrupted) throw new MysqlError('ER_QUERY_INTERRUPTED', 'Query execution was interrupted');
      try {
        return yield* connection.run(this.sys, sql);
      } catch (error) {
        if (!(error instanceof SqlFailure) || error.code !== BUSY) throw error;
        if (waited >= patience)
          throw new MysqlError('ER_LOCK_WAIT_TIMEOUT', 'Lock wait timeout exceeded; try restarting transaction');
        this.doing.state = 'updating';
        yield* sleep(this.sys, RETRY);
      }
    }
  }

  /** One value of a query. */
  *value(sql: string): Wait<PackValue> {
    const { rows, cursor } = yield* this.run(sql);
    if (cursor !== 0) yield* this.#connection!.end(this.sys, cursor);
    return rows[0]?.[0] ?? null;
  }

  /** Something is to be written: within a transaction the engine's begins now. */
  *beginWrite(): Wait<void> {
    if (!this.autocommit) this.inTransaction = true;
    if (!this.inTransaction || this.#open) return;
    yield* this.run('BEGIN IMMEDIATE');
    this.#open = true;
  }

  *commit(): Wait<void> {
    this.inTransaction = false;
    if (!this.#open) return;
    yield* this.run('COMMIT');
    this.#open = false;
  }

  *rollback(): Wait<void> {
    this.inTransaction = false;
    if (!this.#open) return;
    this.#open = false;
    yield* this.run('ROLLBACK');
  }

  *savepoint(action: 'SAVEPOINT' | 'RELEASE' | 'ROLLBACK TO', name: string): Wait<void> {
    if (action === 'SAVEPOINT') {
      if (!this.inTransaction && this.autocommit) return;
      yield* this.beginWrite();
    }
    try {
      yield* this.run(`${action} ${quoted(`s.${name}`)}`);
    } catch (error) {
      if (error instanceof SqlFailure && /no such savepoint/.test(error.message))
        throw new MysqlError('ER_SP_DOES_NOT_EXIST', `SAVEPOINT ${name} does not exist`);
      throw error;
    }
  }

  /** Statements that change definitions: in a transaction of their own, foreign keys not looked at. */
  *define(statements: readonly string[]): Wait<void> {
    yield* this.commit();
    yield* this.run('PRAGMA foreign_keys=OFF; PRAGMA legacy_alter_table=ON');
    try {
      yield* this.run('BEGIN IMMEDIATE');
      for (const sql of statements) yield* this.run(sql);
      yield* this.run('COMMIT');
    } catch (error) {
      yield* this.#undo();
      throw error;
    } finally {
      yield* this.run(
        `PRAGMA legacy_alter_table=OFF; PRAGMA foreign_keys=${this.variables.get('foreign_key_checks') === 'OFF' ? 'OFF' : 'ON'}`,
      );
    }
  }

  *#undo(): Wait<void> {
    try {
      yield* this.run('ROLLBACK');
    } catch (error) {
      if (!(error instanceof SqlFailure)) throw error;
    }
  }

  translator(): SelectTranslator {
    return new SelectTranslator(this);
  }

  /** Translates a SELECT, checks what it reads and fills what is made on demand. */
  *prepare(select: Select): Wait<Translated> {
    const translator = this.translator();
    const translated = translator.select(select);
    yield* this.fill(translator);
    return translated;
  }

  *fill(translator: SelectTranslator): Wait<void> {
    for (const name of translator.virtual) yield* fillVirtual(this, name);
  }

  /** Runs a translated SELECT; rows come as they are asked for. */
  *rows({ sql, columns }: Translated): Wait<Result> {
    const first = yield* this.run(sql);
    const cells = (rows: readonly PackValue[][]): Cell[][] =>
      rows.map((row) => row.map((value, i) => valueText(value, columns[i]!.type)));
    let { cursor } = first;
    if (cursor === 0) return { k: 'rows', columns, rows: cells(first.rows) };
    const session = this;
    return {
      k: 'rows',
      columns,
      rows: cells(first.rows),
      *more() {
        if (cursor === 0) return undefined;
        if (session.interrupted) {
          yield* session.#connection!.end(session.sys, cursor);
          throw new MysqlError('ER_QUERY_INTERRUPTED', 'Query execution was interrupted');
        }
        const next = yield* session.#connection!.more(session.sys, cursor);
        cursor = next.cursor;
        return cells(next.rows);
      },
    };
  }

  *close(): Wait<void> {
    this.closed = true;
    this.server.sessions.delete(this.id);
    if (!this.#connection || this.#connection.stale) return;
    if (this.#open) yield* this.#undo();
    yield* this.#connection.close(this.sys);
  }
}
