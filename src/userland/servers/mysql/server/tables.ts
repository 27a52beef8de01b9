import type { Wait } from '../../../../libc/io.ts';
import {
  columnOf,
  type Database,
  primaryKey,
  quoted,
  SYSTEM_DATABASES,
  storedName,
  type Table,
  textLiteral,
} from '../catalog.ts';
import { MysqlError } from '../errors.ts';
import type { Select, Statement, TableName } from '../sql/ast.ts';
import { parseStatement } from '../sql/statements.ts';

import { isText } from '../types.ts';
import { addIndex, addItem, checkTable, countedBySqlite, createSql, indexName, indexSql } from './definitions.ts';
import { insertRows } from './insert.ts';
import { ok, type Result } from './result.ts';
import { ENGINES } from './schema-tables.ts';
import type { Session } from './session.ts';

type Of<K extends Statement['k']> = Extract<Statement, { k: K }>;

function charsetOf(
  session: Session,
  charset: string | undefined,
  collation: string | undefined,
): { charset: string; collation: string } {
  const { flavor } = session.server;
  const set =
    charset === 'utf8'
      ? flavor.number >= 80000
        ? 'utf8mb3'
        : 'utf8'
      : (charset ?? collation?.split('_')[0] ?? flavor.charset);
  if (!/^(utf8mb4|utf8mb3|utf8|latin1|ascii|gbk|binary|ucs2|utf16|big5|gb2312|gb18030|cp1251|koi8r|latin2)$/.test(set))
    throw new MysqlError('ER_UNKNOWN_CHARACTER_SET', `Unknown character set: '${set}'`);
  const base =
    set === flavor.charset
      ? flavor.collation
      : set === 'utf8mb4' && flavor.number >= 80000 && !flavor.mariadb
        ? 'utf8mb4_0900_ai_ci'
        : set === 'latin1'
          ? 'latin1_swedish_ci'
          : set === 'binary'
            ? 'binary'
            : `${set}_general_ci`;
  return { charset: set, collation: collation ?? base };
}

export function* createDatabase(session: Session, s: Of<'create-database'>): Wait<Result> {
  const { server } = session;
  session.allow('CREATE', s.name, '');
  if (server.catalog.databases.has(s.name)) {
    if (!s.ifNotExists)
      throw new MysqlError('ER_DB_CREATE_EXISTS', `Can't create database '${s.name}'; database exists`);
    session.note('Note', 1007, `Can't create database '${s.name}'; database exists`);
    return ok(1);
  }
  const database: Database = { name: s.name, ...charsetOf(session, s.charset, s.collation), tables: new Map() };
  yield* session.define([server.databaseSql(database)]);
  server.catalog.databases.set(s.name, database);
  const folder = `${server.datadir}/${s.name.replace(/[^\w]/g, (c) => `@${c.charCodeAt(0).toString(16).padStart(4, '0')}`)}`;
  session.sys.mkdir(folder, 0o750);
  return ok(1);
}

export function* alterDatabase(session: Session, s: Of<'alter-database'>): Wait<Result> {
  const database = session.server.catalog.database(session.database(s.name));
  session.allow('ALTER', database.name, '');
  Object.assign(database, charsetOf(session, s.charset ?? database.charset, s.collation));
  yield* session.define([session.server.databaseSql(database)]);
  return ok(1);
}

export function* dropDatabase(session: Session, s: Of<'drop-database'>): Wait<Result> {
  const { server } = session;
  session.allow('DROP', s.name, '');
  const database = server.catalog.databases.get(s.name);
  if (!database) {
    if (!s.ifExists)
      throw new MysqlError('ER_DB_DROP_EXISTS', `Can't drop database '${s.name}'; database doesn't exist`);
    session.note('Note', 1008, `Can't drop database '${s.name}'; database doesn't exist`);
    return ok();
  }
  if (SYSTEM_DATABASES.includes(s.name))
    throw new MysqlError(
      'ER_DBACCESS_DENIED_ERROR',
      `Access denied for user '${session.user}'@'${session.account.host}' to database '${s.name}'`,
    );
  const tables = [...database.tables.values()];
  const statements = tables.map(
    (table) => `DROP ${table.kind === 'view' ? 'VIEW' : 'TABLE'} IF EXISTS ${storedName(table.db, table.name)}`,
  );
  yield* session.define([
    ...statements,
    `DELETE FROM "#catalog" WHERE kind IN ('table', 'database') AND db = ${textLiteral(s.name)}`,
  ]);
  server.catalog.databases.delete(s.name);
  session.sys.rmdir(`${server.datadir}/${s.name}`);
  if (session.db === s.name) session.db = undefined;
  return ok(tables.length);
}

function newTable(session: Session, name: TableName, temporary: boolean): Table {
  const db = session.database(name.db);
  const database = session.server.catalog.database(db);
  if (db === 'information_schema')
    throw new MysqlError(
      'ER_DBACCESS_DENIED_ERROR',
      `Access denied for user '${session.user}'@'${session.account.host}' to database 'information_schema'`,
    );
  return {
    db,
    name: name.name,
    kind: 'table',
    columns: [],
    indexes: [],
    foreignKeys: [],
    checks: [],
    engine: 'InnoDB',
    charset: database.charset,
    collation: database.collation,
    comment: '',
    created: session.server.now(),
    ...(temporary && { temporary }),
  };
}

/** Sets what ENGINE=, CHARSET= and others say. */
export function setOptions(session: Session, table: Table, options: Record<string, string>): void {
  const engine = options.ENGINE ?? options.TYPE;
  if (engine !== undefined) {
    const known = ENGINES.find(([name]) => name!.toLowerCase() === engine.toLowerCase());
    if (!known && !/^aria$/i.test(engine))
      throw new MysqlError('ER_UNKNOWN_STORAGE_ENGINE', `Unknown storage engine '${engine}'`);
    table.engine = known?.[0] ?? 'Aria';
  }
  if (options.CHARSET !== undefined || options.COLLATE !== undefined)
    Object.assign(table, charsetOf(session, options.CHARSET?.toLowerCase(), options.COLLATE?.toLowerCase()));
  if (options.COMMENT !== undefined) table.comment = options.COMMENT;
  if (options.ROW_FORMAT !== undefined)
    table.rowFormat = options.ROW_FORMAT.replace(
      /^(.)(.*)$/,
      (_, a: string, b: string) => a.toUpperCase() + b.toLowerCase(),
    );
}

/** The parents of foreign keys are there, and have keys. @throws MysqlError */
export function checkParents(session: Session, table: Table): void {
  const looked = session.variables.get('foreign_key_checks') !== 'OFF';
  for (const key of table.foreignKeys) {
    const parent =
      key.db === table.db && key.table === table.name ? table : session.server.catalog.find(key.db, key.table);
    if (!parent) {
      if (!looked) continue;
      if (session.mariadb)
        throw new MysqlError(
          'ER_CANNOT_ADD_FOREIGN',
          `Can't create table \`${table.db}\`.\`${table.name}\` (errno: 150 "Foreign key constraint is incorrectly formed")`,
        );
      throw new MysqlError('ER_FK_CANNOT_OPEN_PARENT', `Failed to open the referenced table '${key.table}'`);
    }
    if (key.refColumns.length === 0) key.refColumns = primaryKey(parent)?.parts.map(({ column }) => column) ?? [];
    const covered = parent.indexes.some(({ parts }) =>
      key.refColumns.every((column, i) => parts[i]?.column.toLowerCase() === column.toLowerCase()),
    );
    if (!covered && looked)
      throw new MysqlError(
        'ER_FK_NO_INDEX_PARENT',
        `Failed to add the foreign key constraint. Missing index for constraint '${key.name}' in the referenced table '${key.table}'`,
      );
    // SQLite wants a key of exactly these columns
    const unique = parent.indexes.find(
      ({ kind, parts }) =>
        (kind === 'PRIMARY' || kind === 'UNIQUE') &&
        parts.length === key.refColumns.length &&
        key.refColumns.every((c, i) => parts[i]!.column.toLowerCase() === c.toLowerCase()),
    );
    if (!unique && looked)
      throw new MysqlError(
        'ER_FK_NO_INDEX_PARENT',
        `Failed to add the foreign key constraint. Missing unique key for constraint '${key.name}' in the referenced table '${key.table}'`,
      );
  }
}

/** SQL that sets the number that the next row gets. */
export function counterSql(table: Table, next: string | undefined): string[] {
  if (next === undefined || !countedBySqlite(table)) return [];
  const name = textLiteral(`${table.db}.${table.name}`);
  const schema = table.temporary ? 'temp.' : '';
  return [
    `DELETE FROM ${schema}sqlite_sequence WHERE name = ${name}`,
    `INSERT INTO ${schema}sqlite_sequence(name, seq) VALUES (${name}, ${Number(next) - 1})`,
  ];
}

export function* createTable(session: Session, s: Of<'create-table'>): Wait<Result> {
  const { server } = session;
  const db = session.database(s.name.db);
  session.allow('CREATE', db, s.name.name);
  const there = s.temporary
    ? session.temporary.has(`${db}.${s.name.name}`)
    : server.catalog.find(server.catalog.database(db).name, s.name.name) !== undefined;
  if (there) {
    if (!s.ifNotExists) throw new MysqlError('ER_TABLE_EXISTS_ERROR', `Table '${s.name.name}' already exists`);
    session.note('Note', 1050, `Table '${s.name.name}' already exists`);
    return ok();
  }
  const table = newTable(session, s.name, s.temporary);
  setOptions(session, table, s.options);
  if (s.like) {
    const model = copyTable(session.table(s.like.db, s.like.name));
    Object.assign(table, {
      columns: model.columns,
      indexes: model.indexes,
      checks: model.checks,
      engine: model.engine,
      charset: model.charset,
      collation: model.collation,
    });
  }
  for (const item of [...s.items].sort((a, b) => Number(a.k !== 'column') - Number(b.k !== 'column')))
    addItem(table, item);
  for (const item of s.items)
    if (item.k === 'column' && item.column.references && session.mariadb)
      addItem(table, { k: 'foreign', columns: [item.column.name], reference: item.column.references });
  if (s.select) addSelected(session, table, s.select);
  checkTable(table);
  checkParents(session, table);
  const translator = session.translator();
  const statements = [
    ...createSql(table, translator, session.dialect),
    ...indexSql(table),
    ...counterSql(table, s.options.AUTO_INCREMENT),
  ];
  if (table.temporary) {
    for (const sql of statements) yield* session.run(sql);
    session.temporary.set(`${table.db}.${table.name}`, table);
  } else {
    yield* session.define([...statements, server.tableSql(table)]);
    server.catalog.database(db).tables.set(table.name, table);
  }
  if (!s.select) return ok();
  return yield* insertRows(session, {
    k: 'insert',
    table: s.name,
    replace: false,
    ignore: false,
    columns: columnsOfSelect(session, s.select),
    select: s.select,
  });
}

const columnsOfSelect = (session: Session, select: Select): string[] =>
  session
    .translator()
    .select(select)
    .columns.map(({ name }) => name);

/** CREATE TABLE … SELECT: the columns that the select gives. */
function addSelected(session: Session, table: Table, select: Select): void {
  for (const column of session.translator().select(select).columns)
    if (!columnOf(table, column.name))
      table.columns.push({
        name: column.name,
        type: column.type.base === 'null' ? { base: 'varchar', length: 255 } : column.type,
        notNull: column.notNull,
        ...(isText(column.type) && { collation: table.collation }),
      });
}

/** A copy that may be changed. */
export const copyTable = (table: Table): Table => JSON.parse(JSON.stringify({ ...table, view: undefined })) as Table;

export function* dropTable(session: Session, s: Of<'drop-table'>): Wait<Result> {
  const { server } = session;
  const missing: string[] = [];
  const found: Table[] = [];
  for (const { db, name } of s.names) {
    const where = session.database(db);
    const table = session.temporary.get(`${where}.${name}`) ?? server.catalog.find(where, name);
    if (!table || (s.temporary && !table.temporary)) missing.push(`${where}.${name}`);
    else {
      session.allow('DROP', where, name);
      if (s.view !== (table.kind === 'view')) {
        if (s.view) throw new MysqlError('ER_WRONG_OBJECT', `'${where}.${name}' is not VIEW`);
        missing.push(`${where}.${name}`);
      } else found.push(table);
    }
  }
  if (missing.length > 0) {
    const text =
      session.mariadb && s.view ? `Unknown VIEW: '${missing.join(',')}'` : `Unknown table '${missing.join(',')}'`;
    if (!s.ifExists) throw new MysqlError('ER_BAD_TABLE_ERROR', text);
    for (const name of missing) session.note('Note', 1051, `Unknown table '${name}'`);
  }
  if (session.variables.get('foreign_key_checks') !== 'OFF')
    for (const table of found)
      for (const { table: child, key } of server.catalog.referring(table))
        if (child !== table && !found.includes(child)) {
          if (session.mariadb)
            throw new MysqlError(
              'ER_ROW_IS_REFERENCED_2',
              'Cannot delete or update a parent row: a foreign key constraint fails',
            );
          throw new MysqlError(
            'ER_FK_CANNOT_DROP_PARENT',
            `Cannot drop table '${table.name}' referenced by a foreign key constraint '${key.name}' on table '${child.name}'.`,
          );
        }
  for (const table of found.filter(({ temporary }) => temporary)) {
    yield* session.run(`DROP TABLE temp.${storedName(table.db, table.name)}`);
    session.temporary.delete(`${table.db}.${table.name}`);
  }
  const kept = found.filter(({ temporary }) => !temporary);
  if (kept.length > 0)
    yield* session.define(
      kept.flatMap((table) => [
        `DROP ${table.kind === 'view' ? 'VIEW' : 'TABLE'} ${storedName(table.db, table.name)}`,
        server.keepSql('table', table.db, table.name, undefined),
      ]),
    );
  for (const table of kept) server.catalog.database(table.db).tables.delete(table.name);
  return ok();
}

export function* renameTables(session: Session, pairs: readonly [TableName, TableName][]): Wait<Result> {
  const { server } = session;
  for (const [from, to] of pairs) {
    const table = session.table(from.db, from.name);
    const db = to.db === undefined ? table.db : session.database(to.db);
    const target = server.catalog.database(db);
    if (target.tables.has(to.name)) throw new MysqlError('ER_TABLE_EXISTS_ERROR', `Table '${to.name}' already exists`);
    const renamed: Table = { ...copyTable(table), db, name: to.name };
    for (const { key } of server.catalog.referring(table)) [key.db, key.table] = [db, to.name];
    const children = [...server.catalog.referring(renamed)].map(({ table: child }) => server.tableSql(child));
    yield* session.commit();
    const statements = [
      ...table.indexes
        .filter(({ kind }) => kind !== 'PRIMARY')
        .map((index) => `DROP INDEX IF EXISTS ${indexName(table, index)}`),
      `ALTER TABLE ${storedName(table.db, table.name)} RENAME TO ${storedName(db, to.name)}`,
      ...indexSql(renamed),
      server.keepSql('table', table.db, table.name, undefined),
      server.tableSql(renamed),
      ...children,
    ];
    yield* session.run(['BEGIN IMMEDIATE', ...statements, 'COMMIT'].join('; '));
    server.catalog.database(table.db).tables.delete(table.name);
    target.tables.set(to.name, renamed);
  }
  return ok();
}

export function* createIndex(session: Session, s: Of<'create-index'>): Wait<Result> {
  const old = session.table(s.table.db, s.table.name);
  session.allow('INDEX', old.db, old.name);
  const table = copyTable(old);
  const index = addIndex(table, s.kind, s.name, s.parts);
  const statements = indexSql({ ...table, indexes: [index] });
  yield* session.define([...statements, session.server.tableSql(table)]);
  session.server.catalog.database(table.db).tables.set(table.name, table);
  return ok(0, 0, 'Records: 0  Duplicates: 0  Warnings: 0');
}

export function* truncate(session: Session, s: Of<'truncate'>): Wait<Result> {
  const table = session.table(s.name.db, s.name.name);
  session.allow('DROP', table.db, table.name);
  if (session.variables.get('foreign_key_checks') !== 'OFF')
    for (const { table: child, key } of session.server.catalog.referring(table))
      if (child !== table)
        throw new MysqlError(
          'ER_ROW_IS_REFERENCED_2',
          `Cannot truncate a table referenced in a foreign key constraint (\`${child.db}\`.\`${child.name}\`, CONSTRAINT \`${key.name}\`)`,
        );
  const statements = [`DELETE FROM ${storedName(table.db, table.name)}`, ...counterSql(table, '1')];
  if (table.temporary) for (const sql of statements) yield* session.run(sql);
  else yield* session.define(statements);
  return ok();
}

export function* createView(session: Session, s: Of<'create-view'>): Wait<Result> {
  const { server } = session;
  const db = session.database(s.name.db);
  session.allow('CREATE VIEW', db, s.name.name);
  const there = server.catalog.find(db, s.name.name);
  if (there && (!s.replace || there.kind !== 'view'))
    throw new MysqlError('ER_TABLE_EXISTS_ERROR', `Table '${s.name.name}' already exists`);
  const { sql, columns } = session.translator().select(s.select);
  const names = columns.map(({ name }, i) => s.columns?.[i] ?? name);
  const table: Table = {
    ...newTable(session, s.name, false),
    kind: 'view',
    columns: columns.map((column, i) => ({ name: names[i]!, type: column.type, notNull: column.notNull })),
    view: { text: s.text, db, select: parseView(session, s.text), ...(s.columns && { columns: s.columns }) },
  };
  const stored = storedName(db, s.name.name);
  yield* session.define([
    `DROP VIEW IF EXISTS ${stored}`,
    `CREATE VIEW ${stored} (${names.map(quoted).join(', ')}) AS ${sql}`,
    server.tableSql(table),
  ]);
  server.catalog.database(db).tables.set(table.name, table);
  return ok();
}

function parseView(session: Session, text: string): Select {
  const statement = parseStatement(text, session.dialect);
  if (statement.k !== 'select') throw new MysqlError('ER_VIEW_INVALID', 'not a SELECT');
  return statement.select;
}
