import type { Wait } from '../../../../libc/io.ts';
import { type Column, columnOf, quoted, storedName, type Table } from '../catalog.ts';
import { MysqlError } from '../errors.ts';
import type { Expr, OrderItem, Statement, TableRef } from '../sql/ast.ts';
import { Scope, type Source } from '../translate/scope.ts';
import { type SelectTranslator, sourceOf } from '../translate/select.ts';
import { changeable } from './changeable.ts';
import { storeSpec } from './definitions.ts';
import { mysqlError } from './failures.ts';
import { defaultSql } from './insert.ts';
import { ok, type Result } from './result.ts';
import type { Session } from './session.ts';
import { SqlFailure } from './store.ts';

type Update = Extract<Statement, { k: 'update' }>;
type Delete = Extract<Statement, { k: 'delete' }>;

interface Tail {
  where?: Expr;
  order: OrderItem[];
  limit?: Expr;
}

/** The rows of a table that a statement means, as a condition on their numbers. */
function rowsSql(
  translator: SelectTranslator,
  from: string,
  alias: string,
  scope: Scope,
  { where, order, limit }: Tail,
): string {
  const at = (clause: string) => ({ scope, clause });
  const condition = where ? ` WHERE ${translator.translate(where, at('where clause')).sql}` : '';
  const sorted = order.length > 0 ? ` ORDER BY ${translator.order(order, at('order clause'))}` : '';
  const limited = limit ? ` LIMIT ${translator.translate(limit, at('limit clause')).sql}` : '';
  return `SELECT ${quoted(alias)}.rowid FROM ${from}${condition}${sorted}${limited}`;
}

interface Target {
  table: Table;
  source: Source;
  sets: { column: Column; sql: string }[];
}

function targets(session: Session, s: Update, scope: Scope, translator: SelectTranslator): Target[] {
  const found: Target[] = [];
  for (const [left, e] of s.sets) {
    if (left.k !== 'column') continue;
    const { source } = scope.find(left.name, left.table, left.db, 'field list');
    let target = found.find((t) => t.source === source);
    if (!target) {
      const name = tableNamed(s.table, source.alias);
      if (!name)
        throw new MysqlError(
          'ER_NON_UPDATABLE_TABLE',
          `The target table ${source.alias} of the UPDATE is not updatable`,
        );
      found.push((target = { table: changeable(session, name), source, sets: [] }));
    }
    const column = columnOf(target.table, left.name)!;
    const sql =
      e.k === 'default'
        ? (defaultSql(session, column) ?? 'NULL')
        : translator.translate(e, { scope, clause: 'field list' }).sql;
    target.sets.push({
      column,
      sql: sql === 'NULL' ? sql : `my_store(${sql}, '${storeSpec(column, session.strict && !s.ignore)}', 1)`,
    });
  }
  return found;
}

/** The table of FROM that is called so. */
function tableNamed(ref: TableRef, alias: string): { db?: string; name: string } | undefined {
  if (ref.k === 'table') return (ref.alias ?? ref.name).toLowerCase() === alias.toLowerCase() ? ref : undefined;
  return ref.k === 'join' ? (tableNamed(ref.left, alias) ?? tableNamed(ref.right, alias)) : undefined;
}

export function* update(session: Session, s: Update): Wait<Result> {
  const translator = session.translator();
  const scope = new Scope(undefined);
  const from = translator.from(s.table, scope);
  const changed = targets(session, s, scope, translator);
  for (const { table } of changed) session.allow('UPDATE', table.db, table.name);
  if (session.variables.get('sql_safe_updates') === 'ON' && !s.where && !s.limit)
    throw new MysqlError(
      'ER_UNKNOWN_ERROR',
      'You are using safe update mode and you tried to update a table without a WHERE that uses a KEY column. ',
    );
  yield* session.fill(translator);
  yield* session.beginWrite();
  let matched = 0;
  let affected = 0;
  for (const { table, source, sets } of changed) {
    const alias = source.alias;
    const rows = rowsSql(translator, from, alias, scope, s);
    const single = s.table.k === 'table';
    // values as they were before the statement, by the row's number
    const values = `SELECT ${quoted(alias)}.rowid AS r${sets.map(({ sql }, i) => `, ${sql} AS v${i}`).join('')} FROM ${from} WHERE ${quoted(alias)}.rowid IN (${rows})${s.where && !single ? ` AND ${translator.translate(s.where, { scope, clause: 'where clause' }).sql}` : ''}`;
    const same = sets.map(({ column }, i) => `${quoted(column.name)} IS n.v${i} COLLATE BINARY`).join(' AND ');
    const assignments = sets.map(({ column }, i) => `${quoted(column.name)} = n.v${i}`);
    const named = sets.map(({ column }) => column);
    for (const column of table.columns)
      if (column.onUpdate && !named.includes(column)) assignments.push(`${quoted(column.name)} = my_now()`);
    const stored = storedName(table.db, table.name);
    try {
      matched += Number(yield* session.value(`SELECT count(DISTINCT r) FROM (${values})`));
      const done = yield* session.run(
        `UPDATE${s.ignore ? ' OR IGNORE' : ''} ${stored} AS t SET ${assignments.join(', ')} FROM (${values}) AS n WHERE t.rowid = n.r AND NOT (${same.replace(/^|(?<= AND )/g, 't.')})`,
      );
      affected += done.affected;
    } catch (error) {
      if (!(error instanceof SqlFailure)) throw error;
      const rest = table.columns.filter((c) => !named.includes(c));
      const sql = `SELECT ${[...sets.map((_, i) => `n.v${i}`), ...rest.map((c) => `t.${quoted(c.name)}`)].join(', ')} FROM (${values}) AS n JOIN ${stored} AS t ON t.rowid = n.r`;
      const children = [...session.server.catalog.referring(table)].some(({ key }) =>
        key.refColumns.some((c) => named.some(({ name }) => name === c)),
      );
      throw yield* mysqlError(
        session,
        error,
        children && error.message.startsWith('FOREIGN')
          ? { table }
          : { table, rows: { columns: [...named, ...rest].map(({ name }) => name), sql } },
      );
    }
  }
  return ok(affected, 0, `Rows matched: ${matched}  Changed: ${affected}  Warnings: ${session.warnings.length}`);
}

export function* remove(session: Session, s: Delete): Wait<Result> {
  const translator = session.translator();
  const scope = new Scope(undefined);
  const from = translator.from(s.table, scope);
  let affected = 0;
  const found = s.target.map((alias) => {
    const source = scope.source(alias, undefined);
    const name = tableNamed(s.table, source.alias)!;
    const table = changeable(session, name);
    session.allow('DELETE', table.db, table.name);
    return { table, sql: rowsSql(translator, from, source.alias, scope, s) };
  });
  yield* session.fill(translator);
  yield* session.beginWrite();
  // the rows of all tables are looked for before the first is gone
  const several = found.length > 1;
  if (several)
    for (const [i, { sql }] of found.entries())
      yield* session.run(
        `DROP TABLE IF EXISTS temp."#d${i}"; CREATE TEMP TABLE "#d${i}" AS ${sql.replace('.rowid FROM', '.rowid AS r FROM')}`,
      );
  for (const [i, { table, sql }] of found.entries()) {
    try {
      const done = yield* session.run(
        `DELETE FROM ${storedName(table.db, table.name)} WHERE rowid IN (${several ? `SELECT r FROM temp."#d${i}"` : sql})`,
      );
      affected += done.affected;
    } catch (error) {
      if (!(error instanceof SqlFailure)) throw error;
      throw yield* mysqlError(session, error, { table });
    }
  }
  return ok(affected);
}

/** The columns of a table for who only looks at it. */
export const columnsOf = (table: Table): Source => sourceOf(table, table.name);
