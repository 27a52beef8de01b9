import type { Wait } from '../../../../libc/io.ts';
import { columnOf, quoted, storedName, type Table, textLiteral } from '../catalog.ts';
import { MysqlError } from '../errors.ts';
import type { AlterAction, Place, Statement } from '../sql/ast.ts';
import { isText } from '../types.ts';
import { addItem, checkTable, createSql, indexSql, renameParts, replaceColumn } from './definitions.ts';
import { ok, type Result } from './result.ts';
import type { Session } from './session.ts';
import { checkParents, copyTable, counterSql, renameTables, setOptions } from './tables.ts';

type Of<K extends Statement['k']> = Extract<Statement, { k: K }>;

function placeOf(table: Table, place: Place | undefined): number {
  if (place === undefined) return table.columns.length;
  if (place === 'FIRST') return 0;
  const at = table.columns.findIndex(({ name }) => name.toLowerCase() === place.after.toLowerCase());
  if (at < 0) throw new MysqlError('ER_BAD_FIELD_ERROR', `Unknown column '${place.after}' in '${table.name}'`);
  return at + 1;
}

const cannotDrop = (name: string): MysqlError =>
  new MysqlError('ER_CANT_DROP_FIELD_OR_KEY', `Can't DROP '${name}'; check that column/key exists`);

function drop(session: Session, table: Table, action: Extract<AlterAction, { k: 'drop' }>): void {
  const lower = action.name.toLowerCase();
  const named = ({ name }: { name: string }): boolean => name.toLowerCase() === lower;
  const remove = <E extends { name: string }>(list: E[]): boolean => {
    const at = list.findIndex(named);
    if (at >= 0) list.splice(at, 1);
    return at >= 0;
  };
  if (action.what === 'column') {
    if (!remove(table.columns)) {
      if (action.ifExists) return;
      throw session.mariadb
        ? new MysqlError('ER_CANT_DROP_FIELD_OR_KEY', `Can't DROP COLUMN \`${action.name}\`; check that it exists`)
        : cannotDrop(action.name);
    }
    for (const index of table.indexes) index.parts = index.parts.filter(({ column }) => column.toLowerCase() !== lower);
    table.indexes = table.indexes.filter(({ parts }) => parts.length > 0);
    return;
  }
  const done =
    action.what === 'foreign'
      ? remove(table.foreignKeys)
      : action.what === 'check'
        ? remove(table.checks) || remove(table.foreignKeys) || remove(table.indexes)
        : remove(table.indexes);
  if (!done) throw cannotDrop(action.name);
}

/** Columns of the new table and what fills them from the old one. */
function alter(session: Session, table: Table, actions: readonly AlterAction[]): Map<string, string> {
  const from = new Map(table.columns.map(({ name }) => [name, name]));
  for (const action of actions) {
    switch (action.k) {
      case 'add':
        addItem(table, action.item, placeOf(table, action.place));
        break;
      case 'drop':
        drop(session, table, action);
        from.delete(action.name);
        break;
      case 'modify': {
        const old = columnOf(table, action.old)?.name;
        replaceColumn(table, action.old, action.column);
        const source = from.get(old!)!;
        from.delete(old!);
        from.set(action.column.name, source);
        if (action.place) {
          const at = table.columns.findIndex(({ name }) => name === action.column.name);
          const [column] = table.columns.splice(at, 1);
          table.columns.splice(placeOf(table, action.place), 0, column!);
        }
        break;
      }
      case 'rename-column': {
        const column = columnOf(table, action.from);
        if (!column) throw new MysqlError('ER_BAD_FIELD_ERROR', `Unknown column '${action.from}' in '${table.name}'`);
        from.set(action.to, from.get(column.name)!);
        from.delete(column.name);
        renameParts(table, column.name, action.to);
        column.name = action.to;
        break;
      }
      case 'rename-index': {
        const index = table.indexes.find(({ name }) => name.toLowerCase() === action.from.toLowerCase());
        if (!index)
          throw new MysqlError('ER_KEY_DOES_NOT_EXITS', `Key '${action.from}' doesn't exist in table '${table.name}'`);
        index.name = action.to;
        break;
      }
      case 'default': {
        const column = columnOf(table, action.column);
        if (!column) throw new MysqlError('ER_BAD_FIELD_ERROR', `Unknown column '${action.column}' in '${table.name}'`);
        delete column.default;
        delete column.defaultIsExpression;
        if (action.value?.k === 'literal' && action.value.type !== 'null') column.default = action.value.text;
        break;
      }
      case 'options':
        setOptions(session, table, action.options);
        break;
      case 'rename':
        break;
    }
  }
  return from;
}

/** The value that a new column has in rows that are there already. */
function filler(table: Table, name: string, from: ReadonlyMap<string, string>): string {
  const source = from.get(name);
  const column = columnOf(table, name)!;
  if (source !== undefined) return quoted(source);
  if (column.default !== undefined) return column.defaultIsExpression ? 'my_now()' : textLiteral(column.default);
  if (!column.notNull || column.autoIncrement) return 'NULL';
  if (isText(column.type)) return "''";
  return (
    { date: "'0000-00-00'", datetime: "'0000-00-00 00:00:00'", timestamp: "'0000-00-00 00:00:00'", time: "'00:00:00'" }[
      column.type.base
    ] ?? '0'
  );
}

export function* alterTable(session: Session, s: Of<'alter-table'>): Wait<Result> {
  const { server } = session;
  const old = session.table(s.name.db, s.name.name);
  session.allow('ALTER', old.db, old.name);
  if (old.kind === 'view') throw new MysqlError('ER_WRONG_OBJECT', `'${old.db}.${old.name}' is not BASE TABLE`);
  const table = copyTable(old);
  const from = alter(session, table, s.actions);
  checkTable(table);
  checkParents(session, table);
  const temporaryName = storedName(old.db, `#sql-${old.name}`);
  const columns = table.columns.filter(({ generated }) => !generated);
  const copied = columns.map(({ name }) => quoted(name)).join(', ');
  const values = columns.map(({ name }) => filler(table, name, from)).join(', ');
  const rows = Number(yield* session.value(`SELECT count(*) FROM ${storedName(old.db, old.name)}`));
  const counter = s.actions.find((a) => a.k === 'options' && a.options.AUTO_INCREMENT !== undefined);
  const statements = [
    ...createSql(table, session.translator(), session.dialect, temporaryName),
    `INSERT INTO ${temporaryName} (${copied}) SELECT ${values} FROM ${storedName(old.db, old.name)}`,
    `DROP TABLE ${storedName(old.db, old.name)}`,
    `ALTER TABLE ${temporaryName} RENAME TO ${storedName(old.db, old.name)}`,
    ...indexSql(table),
    ...(counter?.k === 'options' ? counterSql(table, counter.options.AUTO_INCREMENT) : []),
  ];
  if (table.temporary) {
    for (const sql of statements) yield* session.run(sql);
    session.temporary.set(`${table.db}.${table.name}`, table);
  } else {
    yield* session.define([...statements, server.tableSql(table)]);
    server.catalog.database(old.db).tables.set(old.name, table);
  }
  const rename = s.actions.find((a) => a.k === 'rename');
  if (rename?.k === 'rename') yield* renameTables(session, [[{ db: old.db, name: old.name }, rename.to]]);
  const copies = s.actions.some(
    (a) => a.k === 'modify' || (a.k === 'drop' && a.what === 'primary') || (a.k === 'add' && a.item.k === 'foreign'),
  );
  return ok(copies ? rows : 0, 0, `Records: ${copies ? rows : 0}  Duplicates: 0  Warnings: 0`);
}

export function* dropIndex(session: Session, s: Of<'drop-index'>): Wait<Result> {
  const what = s.name.toUpperCase() === 'PRIMARY' ? 'primary' : 'index';
  return yield* alterTable(session, {
    k: 'alter-table',
    name: s.table,
    actions: [{ k: 'drop', what, name: s.name, ifExists: false }],
  });
}
