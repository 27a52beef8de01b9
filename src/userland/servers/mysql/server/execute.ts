import { sleep, type Wait } from '../../../../libc/io.ts';
import { PackEnded } from '../../../../libc/pack.ts';
import { textLiteral } from '../catalog.ts';
import { MysqlError } from '../errors.ts';
import type { Expr, Select, Statement, TableRef } from '../sql/ast.ts';
import { StatementParser } from '../sql/statements.ts';
import type { Piece } from '../translate/functions.ts';
import { Scope } from '../translate/scope.ts';
import { T } from '../types.ts';
import { alterUser, createUser, dropUser, grant, renameUser, revoke, setPassword } from './account-statements.ts';
import { alterTable, dropIndex } from './alter.ts';
import { remove, update } from './change.ts';
import { explain } from './explain.ts';
import { mysqlError } from './failures.ts';
import { loadData, writeOutfile } from './files.ts';
import { valueText } from './format.ts';
import { insertRows } from './insert.ts';
import { type Cell, ok, type Result, table } from './result.ts';
import { COLLATIONS } from './schema-tables.ts';
import type { Session } from './session.ts';
import { describe, showStatement } from './show.ts';
import { SqlFailure } from './store.ts';
import {
  alterDatabase,
  createDatabase,
  createIndex,
  createTable,
  createView,
  dropDatabase,
  dropTable,
  renameTables,
  truncate,
} from './tables.ts';
import { GLOBAL_ONLY, READ_ONLY } from './variables.ts';

const NOWHERE = { scope: new Scope(undefined), clause: 'field list' };

/** An expression's value. */
function* evaluate(session: Session, e: Expr): Wait<Piece> {
  const translator = session.translator();
  const piece = translator.translate(e, NOWHERE);
  yield* session.fill(translator);
  const value = yield* session.value(`SELECT ${piece.sql}`);
  const text = valueText(value, piece.type);
  if (text === undefined) return { sql: 'NULL', type: piece.type };
  if (typeof text !== 'string')
    return { sql: `x'${Array.from(text, (b) => b.toString(16).padStart(2, '0')).join('')}'`, type: piece.type };
  return {
    sql: /^-?\d+(\.\d+)?$/.test(text) && typeof value !== 'string' ? text : textLiteral(text),
    type: piece.type.base === 'null' ? T.text : piece.type,
  };
}

const unquoted = (sql: string): string =>
  sql === 'NULL' ? '' : sql.startsWith("'") ? sql.slice(1, -1).replace(/''/g, "'") : sql;

function* setVariables(session: Session, s: Extract<Statement, { k: 'set' }>): Wait<Result> {
  for (const { scope, name, value } of s.sets) {
    if (scope === 'user') {
      session.userVariables.set(name, yield* evaluate(session, value as Expr));
      continue;
    }
    const known =
      session.server.globals.has(name) || name === 'timestamp' || name === 'insert_id' || name === 'last_insert_id';
    if (!known) throw new MysqlError('ER_UNKNOWN_SYSTEM_VARIABLE', `Unknown system variable '${name}'`);
    if (READ_ONLY.has(name))
      throw new MysqlError('ER_INCORRECT_GLOBAL_LOCAL_VAR', `Variable '${name}' is a read only variable`);
    const global = scope === 'global' || scope.startsWith('persist');
    if (!global && GLOBAL_ONLY.has(name))
      throw new MysqlError(
        'ER_GLOBAL_VARIABLE',
        `Variable '${name}' is a GLOBAL variable and should be set with SET GLOBAL`,
      );
    if (global && !session.server.openToAll && !session.server.users.may(session.account, 'SUPER', '*', ''))
      throw new MysqlError(
        'ER_SPECIFIC_ACCESS_DENIED_ERROR',
        'Access denied; you need (at least one of) the SUPER or SYSTEM_VARIABLES_ADMIN privilege(s) for this operation',
      );
    const written =
      typeof value === 'string'
        ? value
        : value.k === 'default'
          ? (session.server.globals.get(name) ?? '')
          : unquoted((yield* evaluate(session, value)).sql);
    yield* setVariable(session, name, written, global);
  }
  return ok();
}

function* setVariable(session: Session, name: string, written: string, global: boolean): Wait<void> {
  const old = session.server.globals.get(name);
  const switched = old === 'ON' || old === 'OFF';
  const upper = written.toUpperCase();
  if (upper === 'DEFAULT') {
    session.variables.set(name, old ?? '');
    return;
  }
  if (switched && !/^(ON|OFF|0|1|TRUE|FALSE)$/.test(upper))
    throw new MysqlError('ER_WRONG_VALUE_FOR_VAR', `Variable '${name}' can't be set to the value of '${written}'`);
  if (old !== undefined && /^\d+$/.test(old) && !/^\d+$/.test(written))
    throw new MysqlError('ER_WRONG_TYPE_FOR_VAR', `Incorrect argument type to variable '${name}'`);
  const value = switched ? (/^(ON|1|TRUE)$/.test(upper) ? 'ON' : 'OFF') : written;
  if (global) session.server.globals.set(name, value);
  else session.variables.set(name, value);
  if (name === 'autocommit' && !global && value === 'ON') yield* session.commit();
  if (name === 'foreign_key_checks' && !global) yield* session.run(`PRAGMA foreign_keys=${value}`);
}

function setNames(session: Session, charset: string, collation: string | undefined): Result {
  const name = charset === 'utf8' ? session.server.flavor.systemCharset : charset === 'default' ? 'utf8mb4' : charset;
  if (!COLLATIONS.some(([, set]) => set === name || (set === 'utf8mb3' && name === 'utf8')))
    throw new MysqlError('ER_UNKNOWN_CHARACTER_SET', `Unknown character set: '${charset}'`);
  for (const which of ['client', 'connection', 'results']) session.variables.set(`character_set_${which}`, name);
  session.variables.set(
    'collation_connection',
    collation ?? (name === session.server.flavor.charset ? session.server.flavor.collation : `${name}_general_ci`),
  );
  return ok();
}

/** SLEEP stands in the engine's way: it is done here, before. */
function* sleepFor(session: Session, select: Select): Wait<void> {
  for (const part of select.parts)
    for (const { e } of part.items)
      if (e.k === 'call' && e.name === 'SLEEP' && e.args[0]) {
        const seconds = Number(unquoted((yield* evaluate(session, e.args[0])).sql));
        session.doing.state = 'User sleep';
        for (let left = seconds * 1000; left > 0 && !session.interrupted; left -= 50)
          yield* sleep(session.sys, Math.min(50, left));
        if (session.interrupted) throw new MysqlError('ER_QUERY_INTERRUPTED', 'Query execution was interrupted');
      }
}

/** Tables that a SELECT reads, for privileges. */
function* tablesOf(select: Select): Generator<{ db?: string; name: string }> {
  const inRef = function* (ref: TableRef): Generator<{ db?: string; name: string }> {
    if (ref.k === 'table') yield ref;
    else if (ref.k === 'derived') yield* tablesOf(ref.select);
    else {
      yield* inRef(ref.left);
      yield* inRef(ref.right);
    }
  };
  for (const { select: inner } of select.ctes) yield* tablesOf(inner);
  for (const part of select.parts) if (part.from) yield* inRef(part.from);
}

function* runSelect(session: Session, select: Select): Wait<Result> {
  const ctes = select.ctes.map(({ name }) => name.toLowerCase());
  for (const { db, name } of tablesOf(select)) {
    if (db === undefined && ctes.includes(name.toLowerCase())) continue;
    const of = session.table(db, name);
    session.allow('SELECT', of.db, of.name);
  }
  yield* sleepFor(session, select);
  if (select.lock) yield* session.beginWrite();
  const result = yield* session.rows(yield* session.prepare(select));
  if (result.k !== 'rows' || !select.into) return result;
  const rows: Cell[][] = [...result.rows];
  for (let more = yield* result.more?.() ?? none(); more; more = yield* result.more?.() ?? none()) rows.push(...more);
  if ('file' in select.into) return yield* writeOutfile(session, rows, select.into.file, select.into.format);
  if (rows.length > 1) throw new MysqlError('ER_SUBQUERY_NO_1_ROW', 'Result consisted of more than one row');
  for (const [i, name] of select.into.variables.entries()) {
    const cell = rows[0]?.[i];
    session.userVariables.set(name, {
      sql: cell === undefined ? 'NULL' : textLiteral(String(cell)),
      type: result.columns[i]?.type ?? T.text,
    });
  }
  return ok(rows.length);
}

function* none(): Wait<undefined> {
  return undefined;
}

function kill(session: Session, id: number, query: boolean): Result {
  const { server } = session;
  const other = server.sessions.get(id);
  if (!other) throw new MysqlError('ER_NO_SUCH_THREAD', `Unknown thread id: ${id}`);
  if (other.user !== session.user && !server.openToAll && !server.users.may(session.account, 'SUPER', '*', ''))
    throw new MysqlError('ER_KILL_DENIED_ERROR', `You are not owner of thread ${id}`);
  other.interrupted = true;
  if (!query) other.closed = true;
  // what computes now does not look: the engine is ended, and begins again with the file
  if (other !== session && other.doing.command !== 'Sleep' && server.store.busy) server.store.abort(session.sys);
  return ok();
}

function* admin(session: Session, { what, tables }: Extract<Statement, { k: 'admin' }>): Wait<Result> {
  const rows: Cell[][] = [];
  for (const { db, name } of tables) {
    const where = session.database(db);
    const whole = `${where}.${name}`;
    if (!session.server.catalog.find(where, name))
      rows.push([whole, what, 'Error', `Table '${whole}' doesn't exist`], [whole, what, 'status', 'Operation failed']);
    else {
      if (what === 'optimize')
        rows.push([whole, what, 'note', 'Table does not support optimize, doing recreate + analyze instead']);
      rows.push([whole, what, 'status', 'OK']);
    }
  }
  return table(['Table', 'Op', 'Msg_type', 'Msg_text'], rows);
}

/** Runs one statement. @throws MysqlError, SqlFailure, PackEnded */
function* dispatch(session: Session, s: Statement): Wait<Result> {
  switch (s.k) {
    case 'select':
      return yield* runSelect(session, s.select);
    case 'insert':
      return yield* insertRows(session, s);
    case 'update':
      return yield* update(session, s);
    case 'delete':
      return yield* remove(session, s);
    case 'create-database':
      return yield* createDatabase(session, s);
    case 'alter-database':
      return yield* alterDatabase(session, s);
    case 'drop-database':
      return yield* dropDatabase(session, s);
    case 'create-table':
      return yield* createTable(session, s);
    case 'drop-table':
      return yield* dropTable(session, s);
    case 'alter-table':
      return yield* alterTable(session, s);
    case 'rename-table':
      return yield* renameTables(session, s.pairs);
    case 'create-index':
      return yield* createIndex(session, s);
    case 'drop-index':
      return yield* dropIndex(session, s);
    case 'truncate':
      return yield* truncate(session, s);
    case 'create-view':
      return yield* createView(session, s);
    case 'use':
      return use(session, s.name);
    case 'set':
      return yield* setVariables(session, s);
    case 'set-names':
      return setNames(session, s.charset, s.collation);
    case 'set-password':
      return yield* setPassword(session, s);
    case 'begin':
      yield* session.commit();
      session.inTransaction = true;
      return ok();
    case 'commit':
      yield* session.commit();
      return ok();
    case 'rollback':
      if (s.to === undefined) yield* session.rollback();
      else yield* session.savepoint('ROLLBACK TO', s.to);
      return ok();
    case 'savepoint':
      yield* session.savepoint('SAVEPOINT', s.name);
      return ok();
    case 'release':
      yield* session.savepoint('RELEASE', s.name);
      return ok();
    case 'show':
      return yield* showStatement(session, s);
    case 'describe':
      return yield* describe(session, s);
    case 'explain':
      return yield* explain(session, s);
    case 'create-user':
      return yield* createUser(session, s);
    case 'alter-user':
      return yield* alterUser(session, s);
    case 'drop-user':
      return yield* dropUser(session, s);
    case 'rename-user':
      return yield* renameUser(session, s);
    case 'grant':
      return yield* grant(session, s);
    case 'revoke':
      return yield* revoke(session, s);
    case 'kill':
      return kill(session, s.id, s.query);
    case 'load-data':
      return yield* loadData(session, s);
    case 'admin':
      return yield* admin(session, s);
    case 'shutdown':
      if (!session.server.users.may(session.account, 'SHUTDOWN', '*', ''))
        throw new MysqlError(
          'ER_SPECIFIC_ACCESS_DENIED_ERROR',
          'Access denied; you need (at least one of) the SHUTDOWN privilege(s) for this operation',
        );
      session.server.ending = `${session.account.user}[${session.account.user}] @ ${session.host} []`;
      session.server.onEnd();
      return ok();
    case 'do':
      for (const e of s.items) yield* evaluate(session, e);
      return ok();
    case 'prepare': {
      const source = unquoted((yield* evaluate(session, s.source)).sql);
      const parser = new StatementParser(source, session.dialect);
      session.named.set(s.name.toLowerCase(), {
        sql: source,
        statement: parser.statement(),
        parameters: parser.parameters,
      });
      return ok(0, 0, 'Statement prepared');
    }
    case 'execute': {
      const prepared = session.named.get(s.name.toLowerCase());
      if (!prepared)
        throw new MysqlError(
          'ER_UNKNOWN_STMT_HANDLER',
          `Unknown prepared statement handler (${s.name}) given to EXECUTE`,
        );
      session.parameters = s.using.map((name) => session.userVariable(name));
      return yield* dispatch(session, prepared.statement);
    }
    case 'deallocate':
      session.named.delete(s.name.toLowerCase());
      return ok();
    case 'create-trigger':
    case 'create-routine':
      throw new MysqlError('ER_NOT_SUPPORTED_YET', `This version of MySQL doesn't yet support 'CREATE ${s.what}'`);
    default:
      if (s.k === 'lock-tables' || s.k === 'unlock-tables') yield* session.commit();
      return ok();
  }
}

/** @throws MysqlError */
export function use(session: Session, name: string): Result {
  const { server, account } = session;
  const found =
    server.catalog.databases.get(name) ??
    (name.toLowerCase() === 'information_schema' ? server.catalog.databases.get('information_schema') : undefined);
  if (!server.openToAll && !server.users.sees(account, name))
    throw new MysqlError(
      'ER_DBACCESS_DENIED_ERROR',
      `Access denied for user '${account.user}'@'${account.host}' to database '${name}'`,
    );
  if (!found) throw new MysqlError('ER_BAD_DB_ERROR', `Unknown database '${name}'`);
  session.db = found.name;
  session.variables.set('character_set_database', found.charset);
  session.variables.set('collation_database', found.collation);
  return ok();
}

/** Runs one statement; whatever goes wrong is a MysqlError. */
export function* execute(session: Session, statement: Statement): Wait<Result> {
  if (!(statement.k === 'show' && /WARNINGS|ERRORS/.test(statement.what))) session.warnings = [];
  session.server.questions++;
  try {
    const result = yield* dispatch(session, statement);
    session.rowCount = result.k === 'ok' ? result.affected : -1;
    if (result.k === 'rows' && !result.more) session.foundRows = result.rows.length;
    return result;
  } catch (error) {
    session.rowCount = -1;
    const failed = yield* asMysql(session, error);
    session.warnings = [{ level: 'Error', number: failed.number, message: failed.message }];
    throw failed;
  }
}

/** How MariaDB calls the parts of a statement. */
const CLAUSES: Readonly<Record<string, string>> = {
  'field list': 'SELECT',
  'where clause': 'WHERE',
  'order clause': 'ORDER BY',
  'group statement': 'GROUP BY',
  'having clause': 'HAVING',
  'on clause': 'ON',
  'from clause': 'FROM',
};

function inMariadb(error: MysqlError): MysqlError {
  const { kind, message } = error;
  if (kind !== 'ER_BAD_FIELD_ERROR' && kind !== 'ER_NON_UNIQ_ERROR') return error;
  return new MysqlError(
    kind,
    message.replace(/ in ('?)(\w+ \w+)('?)/, (all, a: string, clause: string, b: string) =>
      CLAUSES[clause] ? ` in ${a}${CLAUSES[clause]}${b}` : all,
    ),
  );
}

function* asMysql(session: Session, error: unknown): Wait<MysqlError> {
  if (error instanceof MysqlError) return session.mariadb ? inMariadb(error) : error;
  if (error instanceof SqlFailure) return yield* mysqlError(session, error, undefined);
  if (error instanceof PackEnded)
    return session.interrupted
      ? new MysqlError('ER_QUERY_INTERRUPTED', 'Query execution was interrupted')
      : new MysqlError('ER_LOCK_DEADLOCK', 'Deadlock found when trying to get lock; try restarting transaction');
  throw error;
}
