import type { Wait } from '../../../../libc/io.ts';
import { columnOf, type Index, primaryKey, quoted, storedName, type Table } from '../catalog.ts';
import { ERRORS, type ErrorName, MysqlError } from '../errors.ts';
import { isInteger } from '../types.ts';
import type { Session } from './session.ts';
import type { SqlFailure } from './store.ts';

/** What a statement was about to write, to say which value was wrong. */
export interface Written {
  table: Table;
  /** SQL of the rows that it would write: the columns of the table by their names. @returns undefined: not known */
  rows?: { columns: string[]; sql: string };
}

const constraintText = (table: Table, key: Table['foreignKeys'][number]): string => {
  const list = (columns: readonly string[]): string => columns.map((c) => `\`${c}\``).join(', ');
  const actions = `${key.onDelete ? ` ON DELETE ${key.onDelete}` : ''}${key.onUpdate ? ` ON UPDATE ${key.onUpdate}` : ''}`;
  const db = key.db === table.db ? '' : `\`${key.db}\`.`;
  return `(\`${table.db}\`.\`${table.name}\`, CONSTRAINT \`${key.name}\` FOREIGN KEY (${list(key.columns)}) REFERENCES ${db}\`${key.table}\` (${list(key.refColumns)})${actions})`;
};

/** The key whose columns SQLite names. */
function violated(table: Table, message: string): { name: string; columns: string[] } | undefined {
  const prefix = `${table.db}.${table.name}.`;
  const columns = message
    .replace(/^UNIQUE constraint failed: /, '')
    .split(', ')
    .map((name) => name.replace(prefix, ''));
  const equal = (index: Index): boolean =>
    index.parts.length === columns.length &&
    index.parts.every((p, i) => p.column.toLowerCase() === columns[i]!.toLowerCase());
  const index =
    table.indexes.find((i) => (i.kind === 'PRIMARY' || i.kind === 'UNIQUE') && equal(i)) ?? primaryKey(table);
  return index && { name: index.name, columns: index.parts.map(({ column }) => column) };
}

/** The first row that is there already, or twice among the new ones. */
function* duplicate(session: Session, { table, rows }: Written, columns: readonly string[]): Wait<string> {
  if (!rows || columns.some((c) => !rows.columns.includes(c))) return '';
  const names = rows.columns.map(quoted).join(', ');
  const keys = columns.map((c) => quoted(c));
  const value = columns.map((c) => valueSql(table, c)).join(` || '-' || `);
  const same = keys.map((k) => `t.${k} = w.${k}`).join(' AND ');
  const sql = `WITH w(${names}) AS (${rows.sql}) SELECT ${value} FROM w WHERE EXISTS (SELECT 1 FROM ${storedName(table.db, table.name)} AS t WHERE ${same}) OR (SELECT count(*) FROM w AS t WHERE ${same}) > 1 LIMIT 1`;
  try {
    return String((yield* session.value(sql)) ?? '');
  } catch {
    return '';
  }
}

function valueSql(table: Table, column: string): string {
  const type = columnOf(table, column)?.type;
  const sql = `w.${quoted(column)}`;
  if (type && isInteger(type)) return `CAST(${sql} AS INTEGER)`;
  return type?.base === 'decimal' ? `my_str(${sql}, ${type.scale ?? 0})` : sql;
}

/** Which foreign key has no parent. */
function* childless(session: Session, { table, rows }: Written): Wait<Table['foreignKeys'][number] | undefined> {
  if (table.foreignKeys.length <= 1 || !rows) return table.foreignKeys[0];
  for (const key of table.foreignKeys) {
    if (key.columns.some((c) => !rows.columns.includes(c))) continue;
    const same = key.columns.map((c, i) => `p.${quoted(key.refColumns[i]!)} = w.${quoted(c)}`).join(' AND ');
    const given = key.columns.map((c) => `w.${quoted(c)} IS NOT NULL`).join(' AND ');
    const sql = `WITH w(${rows.columns.map(quoted).join(', ')}) AS (${rows.sql}) SELECT 1 FROM w WHERE ${given} AND NOT EXISTS (SELECT 1 FROM ${storedName(key.db, key.table)} AS p WHERE ${same}) LIMIT 1`;
    try {
      if ((yield* session.value(sql)) !== null) return key;
    } catch {
      return key;
    }
  }
  return table.foreignKeys[0];
}

/** A value that a column does not take; MariaDB says the column's whole name. */
function stored(session: Session, kind: ErrorName, message: string, written: Written | undefined): MysqlError {
  if (!session.mariadb || !written || !/^Incorrect /.test(message)) return new MysqlError(kind, message);
  const { db, name } = written.table;
  return new MysqlError(kind, message.replace(/column '([^']*)'/, `column \`${db}\`.\`${name}\`.\`$1\``));
}

/** MySQL's error for what SQLite says. */
export function* mysqlError(session: Session, failure: SqlFailure, written: Written | undefined): Wait<MysqlError> {
  const { message } = failure;
  const own = /\u0001(\w+)\u0001([\s\S]*)$/.exec(message);
  if (own && own[1]! in ERRORS) return stored(session, own[1] as ErrorName, own[2]!, written);
  if (message.startsWith('UNIQUE constraint failed') && written) {
    const key = violated(written.table, message);
    const value = yield* duplicate(session, written, key?.columns ?? []);
    const name =
      session.mariadb || session.server.flavor.number < 80000 ? key?.name : `${written.table.name}.${key?.name}`;
    return new MysqlError('ER_DUP_ENTRY', `Duplicate entry '${value}' for key '${name ?? ''}'`);
  }
  const empty = /^NOT NULL constraint failed: .*\.([^.]+)$/.exec(message);
  if (empty) return new MysqlError('ER_BAD_NULL_ERROR', `Column '${empty[1]}' cannot be null`);
  const check = /^CHECK constraint failed: (.*)$/.exec(message);
  if (check) {
    const text =
      session.mariadb && written
        ? `CONSTRAINT \`${check[1]}\` failed for \`${written.table.db}\`.\`${written.table.name}\``
        : `Check constraint '${check[1]}' is violated.`;
    return new MysqlError(session.mariadb ? 'ER_CONSTRAINT_FAILED' : 'ER_CHECK_CONSTRAINT_VIOLATED', text);
  }
  if (message === 'FOREIGN KEY constraint failed' && written) {
    const child = yield* childless(session, written);
    if (child && written.rows)
      return new MysqlError(
        'ER_NO_REFERENCED_ROW_2',
        `Cannot add or update a child row: a foreign key constraint fails ${constraintText(written.table, child)}`,
      );
    for (const { table, key } of session.server.catalog.referring(written.table))
      if (!key.onDelete || /RESTRICT|NO ACTION/.test(key.onDelete))
        return new MysqlError(
          'ER_ROW_IS_REFERENCED_2',
          `Cannot delete or update a parent row: a foreign key constraint fails ${constraintText(table, key)}`,
        );
    if (child)
      return new MysqlError(
        'ER_NO_REFERENCED_ROW_2',
        `Cannot add or update a child row: a foreign key constraint fails ${constraintText(written.table, child)}`,
      );
  }
  if (failure.code === 9) return new MysqlError('ER_QUERY_INTERRUPTED', 'Query execution was interrupted');
  return new MysqlError('ER_UNKNOWN_ERROR', message);
}
