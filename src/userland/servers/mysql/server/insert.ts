import type { Wait } from '../../../../libc/io.ts';
import { type Column, columnOf, primaryKey, quoted, storedName, type Table, textLiteral } from '../catalog.ts';
import { MysqlError } from '../errors.ts';
import type { Expr, Statement } from '../sql/ast.ts';
import { parseExpression } from '../sql/parse.ts';
import type { Place } from '../translate/expression.ts';
import { Scope } from '../translate/scope.ts';
import { type SelectTranslator, sourceOf } from '../translate/select.ts';
import { isText } from '../types.ts';
import { changeable } from './changeable.ts';
import { countedBySqlite, storeSpec } from './definitions.ts';
import { mysqlError } from './failures.ts';
import { valueText } from './format.ts';
import { ok, type Result } from './result.ts';
import type { Session } from './session.ts';
import { SqlFailure } from './store.ts';

export type Insert = Extract<Statement, { k: 'insert' }>;

/** Rows of VALUES that go to the engine in one statement. */
const BATCH = 500;

/** The value that a column has where none is given. @returns undefined: it has to be given */
export function defaultSql(session: Session, column: Column): string | undefined {
  if (column.autoIncrement) return 'NULL';
  if (column.default !== undefined) {
    if (!column.defaultIsExpression) return textLiteral(column.default);
    const scale = /^CURRENT_TIMESTAMP(?:\((\d)\))?$/.exec(column.default);
    if (scale) return `my_now(${scale[1] ?? ''})`;
    return session.translator().translate(parseExpression(column.default, session.dialect), {
      scope: new Scope(undefined),
      clause: 'field list',
    }).sql;
  }
  if (!column.notNull) return 'NULL';
  if (column.type.base === 'enum') return textLiteral(column.type.values![0]!);
  return undefined;
}

/** What a column without a default gets outside the strict mode. */
const emptySql = (column: Column): string =>
  isText(column.type)
    ? "''"
    : ({
        date: "'0000-00-00'",
        datetime: "'0000-00-00 00:00:00'",
        timestamp: "'0000-00-00 00:00:00'",
        time: "'00:00:00'",
      }[column.type.base] ?? '0');

interface Plan {
  table: Table;
  /** Columns that are written, in the order of the values. */
  columns: Column[];
  /** Values of the columns that the statement does not name. */
  added: { column: Column; sql: string }[];
  translator: SelectTranslator;
}

function plan(session: Session, s: Insert): Plan {
  const table = changeable(session, s.table);
  session.allow('INSERT', table.db, table.name);
  const names =
    s.columns ?? table.columns.filter(({ generated }) => !generated || s.rows !== undefined).map(({ name }) => name);
  const columns = names.map((name) => {
    const column = columnOf(table, name);
    if (!column)
      throw new MysqlError(
        'ER_BAD_FIELD_ERROR',
        `Unknown column '${name}' in '${session.mariadb ? 'INSERT INTO' : 'field list'}'`,
      );
    return column;
  });
  for (const [i, column] of columns.entries())
    if (columns.indexOf(column) !== i)
      throw new MysqlError('ER_WRONG_FIELD_SPEC', `Column '${column.name}' specified twice`);
  const added = table.columns
    .filter((column) => !columns.includes(column) && !column.generated)
    .map((column) => {
      const sql = defaultSql(session, column);
      if (sql !== undefined) return { column, sql };
      if (session.strict && !s.ignore)
        throw new MysqlError('ER_NO_DEFAULT_FOR_FIELD', `Field '${column.name}' doesn't have a default value`);
      session.note('Warning', 1364, `Field '${column.name}' doesn't have a default value`);
      return { column, sql: emptySql(column) };
    });
  return { table, columns, added, translator: session.translator() };
}

/** A value as its column takes it. */
function taken(session: Session, table: Table, column: Column, sql: string, row: number, ignore: boolean): string {
  if (column.autoIncrement) {
    const value = /^(NULL|0|'0'|''|DEFAULT)$/.test(sql) ? 'NULL' : /^\d+$/.test(sql) ? sql : `nullif(${sql}, 0)`;
    if (countedBySqlite(table) === column) return value;
    const next = `(SELECT ifnull(max(${quoted(column.name)}), 0) + 1 FROM ${storedName(table.db, table.name)})`;
    return value === 'NULL' ? next : value;
  }
  if (sql === 'NULL') return sql;
  return `my_store(${sql}, '${storeSpec(column, session.strict && !ignore)}', ${row})`;
}

/** Rows of VALUES as SQL, each value by its column. */
function valueRows(
  session: Session,
  s: Insert,
  { table, columns, added, translator }: Plan,
): { rows: string[]; generated: boolean[] } {
  const scope = new Scope(undefined);
  scope.add({ ...sourceOf(table, table.name) });
  const place: Place = { scope: new Scope(undefined), clause: 'field list' };
  const counting = columns.findIndex(({ autoIncrement }) => autoIncrement);
  const generated: boolean[] = [];
  const rows = s.rows!.map((row, r) => {
    if (row.length === 0 && (s.columns === undefined || s.columns.length === 0)) {
      generated.push(table.columns.some(({ autoIncrement }) => autoIncrement));
      return table.columns
        .filter(({ generated: g }) => !g)
        .map((column) =>
          taken(session, table, column, defaultSql(session, column) ?? emptySql(column), r + 1, s.ignore),
        );
    }
    if (row.length !== columns.length)
      throw new MysqlError('ER_WRONG_VALUE_COUNT_ON_ROW', `Column count doesn't match value count at row ${r + 1}`);
    const values = row.map((e, i) => valueSql(session, e, columns[i]!, translator, place));
    generated.push(
      counting < 0
        ? table.columns.some(({ autoIncrement }) => autoIncrement)
        : /^(NULL|0|'0'|'')$/.test(values[counting]!),
    );
    return [
      ...values.flatMap((sql, i) =>
        columns[i]!.generated ? [] : [taken(session, table, columns[i]!, sql, r + 1, s.ignore)],
      ),
      ...added.map(({ column, sql }) => taken(session, table, column, sql, r + 1, s.ignore)),
    ];
  });
  return { rows: rows.map((values) => `(${values.join(', ')})`), generated };
}

function valueSql(session: Session, e: Expr, column: Column, translator: SelectTranslator, place: Place): string {
  if (e.k === 'default') return defaultSql(session, column) ?? emptySql(column);
  return translator.translate(e, place).sql;
}

/** ON CONFLICT of ON DUPLICATE KEY UPDATE. */
function upsert(session: Session, s: Insert, { table, translator }: Plan): string {
  if (!s.update) return '';
  session.allow('UPDATE', table.db, table.name);
  const scope = new Scope(undefined);
  const source = sourceOf(table, table.name);
  scope.add(source);
  if (s.alias !== undefined)
    scope.add({
      ...sourceOf(table, s.alias),
      sql: 'excluded',
      hidden: new Set(table.columns.map(({ name }) => name.toLowerCase())),
    });
  const sets = s.update.map(([target, e]) => {
    const column = target.k === 'column' ? columnOf(table, target.name) : undefined;
    if (!column)
      throw new MysqlError(
        'ER_BAD_FIELD_ERROR',
        `Unknown column '${target.k === 'column' ? target.name : ''}' in 'field list'`,
      );
    const sql =
      e.k === 'default'
        ? (defaultSql(session, column) ?? emptySql(column))
        : translator.translate(e, { scope, clause: 'field list' }).sql;
    return `${quoted(column.name)} = my_store(${sql}, '${storeSpec(column, session.strict)}', 1)`;
  });
  const named = s.update.map(([target]) => (target.k === 'column' ? target.name.toLowerCase() : ''));
  for (const column of table.columns)
    if (column.onUpdate && !named.includes(column.name.toLowerCase())) sets.push(`${quoted(column.name)} = my_now()`);
  return ` ON CONFLICT DO UPDATE SET ${sets.join(', ')}`;
}

/** INSERT and REPLACE. */
export function* insertRows(session: Session, s: Insert): Wait<Result> {
  const planned = plan(session, s);
  const { table, columns, added, translator } = planned;
  const stored = storedName(table.db, table.name);
  const verb = s.replace ? 'INSERT OR REPLACE' : s.ignore ? 'INSERT OR IGNORE' : 'INSERT';
  const targets =
    s.rows?.some((row) => row.length === 0) && !s.columns?.length
      ? table.columns.filter(({ generated }) => !generated)
      : [...columns.filter(({ generated }) => !generated), ...added.map(({ column }) => column)];
  const head = `${verb} INTO ${stored} AS ${quoted(table.name)} (${targets.map(({ name }) => quoted(name)).join(', ')})`;
  const conflict = upsert(session, s, planned);
  const counted = s.replace || s.update !== undefined || s.ignore;
  let generated: boolean[] = [];
  let parts: string[];
  if (s.rows) {
    const made = valueRows(session, s, planned);
    generated = made.generated;
    parts = [];
    for (let at = 0; at < made.rows.length; at += BATCH)
      parts.push(`VALUES ${made.rows.slice(at, at + BATCH).join(', ')}`);
  } else {
    const selected = yield* session.prepare(s.select!);
    if (selected.columns.length !== columns.length)
      throw new MysqlError('ER_WRONG_VALUE_COUNT_ON_ROW', `Column count doesn't match value count at row 1`);
    const names = selected.columns.map((_, i) => quoted(`c${i}`));
    const values = [
      ...columns.map((column, i) => taken(session, table, column, `s.${names[i]!}`, 1, s.ignore)),
      ...added.map(({ column, sql }) => taken(session, table, column, sql, 1, s.ignore)),
    ];
    generated = [table.columns.some((c) => c.autoIncrement && !columns.includes(c))];
    parts = [
      `SELECT ${values.join(', ')} FROM (SELECT ${selected.columns.map(({ name }, i) => `${quoted(name)} AS ${names[i]!}`).join(', ')} FROM (${selected.sql})) AS s WHERE true`,
    ];
  }
  yield* session.fill(translator);
  yield* session.beginWrite();
  const several = parts.length > 1;
  const before = counted ? Number(yield* session.value(`SELECT count(*) FROM ${stored}`)) : 0;
  let written = 0;
  let last = 0;
  try {
    if (several) yield* session.run('SAVEPOINT "insert"');
    for (const part of parts) {
      const done = yield* session.run(`${head} ${part}${conflict}`);
      written += done.affected;
      last = done.lastRow;
    }
    if (several) yield* session.run('RELEASE "insert"');
  } catch (error) {
    if (several) yield* session.run('ROLLBACK TO "insert"; RELEASE "insert"');
    if (!(error instanceof SqlFailure)) throw error;
    throw yield* mysqlError(session, error, {
      table,
      rows: {
        columns: targets.map(({ name }) => name),
        sql: parts.length === 1 ? parts[0]! : parts.map((p) => `SELECT * FROM (${p})`).join(' UNION ALL '),
      },
    });
  }
  const total = s.rows ? s.rows.length : written;
  let affected = written;
  if (counted) {
    const after = Number(yield* session.value(`SELECT count(*) FROM ${stored}`));
    const fresh = after - before;
    affected = s.ignore
      ? fresh
      : s.update
        ? fresh + 2 * Math.max(0, written - fresh)
        : written + Math.max(0, written - fresh);
    if (s.ignore && total > fresh)
      for (let i = 0; i < Math.min(total - fresh, 60); i++)
        session.note('Warning', 1062, `Duplicate entry for key '${primaryKey(table)?.name ?? ''}'`);
  }
  const insertId = insertedId(session, table, generated, s.rows ? written : affected, last);
  session.foundRows = 0;
  const many = total > 1 || s.select !== undefined;
  const duplicates = s.ignore ? total - affected : s.update || s.replace ? Math.max(0, affected - total) : 0;
  const done = ok(
    affected,
    insertId,
    many ? `Records: ${total}  Duplicates: ${duplicates}  Warnings: ${session.warnings.length}` : '',
  );
  if (!s.returning) return done;
  return yield* returned(session, s, table, last, total);
}

/** The first number that the statement made, or the one that was given. */
function insertedId(
  session: Session,
  table: Table,
  generated: readonly boolean[],
  written: number,
  last: number,
): number {
  if (!countedBySqlite(table) || written === 0) return 0;
  const made = generated.filter((g) => g).length;
  if (made === 0) return last;
  const first = generated.length === 1 && written > 1 ? last - written + 1 : last - made + 1;
  session.lastInsertId = first;
  return first;
}

/** INSERT … RETURNING of MariaDB. */
function* returned(session: Session, s: Insert, table: Table, last: number, total: number): Wait<Result> {
  const translator = session.translator();
  const from = { k: 'table', ...s.table } as const;
  const select = translator.select({
    recursive: false,
    ctes: [],
    parts: [{ distinct: false, items: s.returning!, from, group: [], rollup: false, windows: [] }],
    operators: [],
    order: [],
    lock: false,
  });
  const { rows } = yield* session.run(`${select.sql} WHERE ${quoted(table.name)}.rowid > ${last - total}`);
  return {
    k: 'rows',
    columns: select.columns,
    rows: rows.map((row) => row.map((v, i) => valueText(v, select.columns[i]!.type))),
  };
}
