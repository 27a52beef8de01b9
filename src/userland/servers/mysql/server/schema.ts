import { dateOfSeconds, datetimeText } from '../../../../lib/mysql-date.ts';
import type { Wait } from '../../../../libc/io.ts';
import { type Column, type Database, keyOf, quoted, storedName, type Table, textLiteral } from '../catalog.ts';
import { affinity, isInteger, isNumber, isText, type SqlType, typeText } from '../types.ts';
import type { Cell } from './result.ts';
import { CHARSETS, COLLATIONS, ENGINES, SCHEMA_TABLES } from './schema-tables.ts';
import type { MysqlServer } from './server.ts';
import type { Session } from './session.ts';
import { STATIC } from './users.ts';

const typeOf = (name: string | undefined): SqlType =>
  name === undefined ? { base: 'varchar', length: 255 } : { base: name };

/** Puts the tables of information_schema, and those of the users, into the catalog. */
export function addSystemTables({ catalog, flavor }: MysqlServer): void {
  const information: Database = {
    name: 'information_schema',
    charset: flavor.systemCharset,
    collation: `${flavor.systemCharset}_general_ci`,
    tables: new Map(),
  };
  catalog.databases.set(information.name, information);
  for (const [whole, columns] of Object.entries(SCHEMA_TABLES)) {
    const [db, name] = whole.split('.') as [string, string];
    const table: Table = {
      db,
      name,
      kind: 'view',
      columns: columns.split(' ').map((written): Column => {
        const [column, type] = written.split(':');
        return { name: column!, type: typeOf(type), notNull: false };
      }),
      indexes: [],
      foreignKeys: [],
      checks: [],
      engine: 'MEMORY',
      charset: information.charset,
      collation: information.collation,
      comment: '',
      created: 0,
    };
    catalog.databases.get(db)?.tables.set(name, table);
  }
}

export const isVirtual = (table: Table): boolean => SCHEMA_TABLES[`${table.db}.${table.name}`] !== undefined;

/** Tables that a session may see. */
export function* visible(session: Session): Generator<Table> {
  const { server, account } = session;
  for (const [name, { tables }] of [...server.catalog.databases].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (server.openToAll || server.users.sees(account, name))
      yield* [...tables.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const numbers = (type: SqlType): { precision?: number; scale?: number } => {
  if (isInteger(type))
    return {
      precision: { tinyint: 3, smallint: 5, mediumint: 7, int: 10, bigint: type.unsigned ? 20 : 19 }[type.base] ?? 4,
      scale: 0,
    };
  if (type.base === 'decimal') return { precision: type.length ?? 10, scale: type.scale ?? 0 };
  return isNumber(type) ? { precision: type.base === 'float' ? 12 : 22 } : {};
};

const LENGTHS: Readonly<Record<string, number>> = {
  tinytext: 255,
  text: 65535,
  mediumtext: 16777215,
  longtext: 4294967295,
  tinyblob: 255,
  blob: 65535,
  mediumblob: 16777215,
  longblob: 4294967295,
};

/** EXTRA of a column. */
export function extraOf(column: Column, mariadb: boolean): string {
  const parts: string[] = [];
  if (column.autoIncrement) parts.push('auto_increment');
  if (column.defaultIsExpression && !mariadb) parts.push('DEFAULT_GENERATED');
  if (column.onUpdate) parts.push(mariadb ? 'on update current_timestamp()' : 'on update CURRENT_TIMESTAMP');
  if (column.generated) parts.push(column.generated.stored ? 'STORED GENERATED' : 'VIRTUAL GENERATED');
  return parts.join(' ');
}

/** A default as SHOW COLUMNS has it. */
export function defaultText(column: Column, mariadb: boolean): string | undefined {
  if (column.default === undefined) return undefined;
  if (mariadb && column.defaultIsExpression)
    return column.default.replace(/^CURRENT_TIMESTAMP(\(\d\))?$/, (_, s?: string) => `current_timestamp${s ?? '()'}`);
  return column.default;
}

export const moment = (ms: number): string => datetimeText(dateOfSeconds(Math.floor(ms / 1000)));

function columnRow(session: Session, table: Table, column: Column, at: number): Cell[] {
  const { type } = column;
  const { precision, scale } = numbers(type);
  const size = LENGTHS[type.base] ?? (isText(type) || /binary/.test(type.base) ? (type.length ?? 1) : undefined);
  const charset = isText(type) && type.base !== 'json' ? (type.charset ?? table.charset) : undefined;
  const text = (n: number | undefined): string | undefined => (n === undefined ? undefined : String(n));
  const widths = session.mariadb || session.server.flavor.number < 80019;
  return [
    'def',
    table.db,
    table.name,
    column.name,
    String(at + 1),
    defaultText(column, session.mariadb),
    column.notNull ? 'NO' : 'YES',
    type.base,
    text(size),
    text(size !== undefined && charset === 'utf8mb4' && !LENGTHS[type.base] ? size * 4 : size),
    text(precision),
    text(scale),
    /datetime|timestamp|^time$/.test(type.base) ? String(type.scale ?? 0) : undefined,
    charset,
    charset && (column.collation ?? table.collation),
    typeText(type, widths),
    keyOf(table, column),
    extraOf(column, session.mariadb),
    'select,insert,update,references',
    column.comment ?? '',
    column.generated?.text ?? '',
  ];
}

/** Rows that a table has, and bytes, about. */
export function* sizes(session: Session, table: Table): Wait<{ rows: number; bytes: number }> {
  if (table.kind === 'view') return { rows: 0, bytes: 0 };
  const rows = Number(yield* session.value(`SELECT count(*) FROM ${storedName(table.db, table.name)}`));
  return { rows, bytes: Math.max(16384, Math.ceil((rows * 60) / 16384) * 16384) };
}

/** The number that a table's next row gets. */
export function* nextNumber(session: Session, table: Table): Wait<number | undefined> {
  if (!table.columns.some(({ autoIncrement }) => autoIncrement)) return undefined;
  const has = yield* session.value(
    `SELECT 1 FROM ${table.temporary ? 'temp.' : ''}sqlite_master WHERE name = 'sqlite_sequence'`,
  );
  if (has === null) return 1;
  const last = yield* session.value(
    `SELECT seq FROM ${table.temporary ? 'temp.' : ''}sqlite_sequence WHERE name = ${textLiteral(`${table.db}.${table.name}`)}`,
  );
  return Number(last ?? 0) + 1;
}

function* tableRows(session: Session): Wait<Cell[][]> {
  const rows: Cell[][] = [];
  for (const table of visible(session)) {
    const system = isVirtual(table);
    const view = table.kind === 'view';
    const size = view ? undefined : yield* sizes(session, table);
    const next = view ? undefined : yield* nextNumber(session, table);
    rows.push([
      'def',
      table.db,
      table.name,
      system ? (table.db === 'information_schema' ? 'SYSTEM VIEW' : 'BASE TABLE') : view ? 'VIEW' : 'BASE TABLE',
      view && !system ? undefined : table.engine,
      view ? undefined : '10',
      view ? undefined : (table.rowFormat ?? 'Dynamic'),
      size && String(size.rows),
      size && String(size.rows ? Math.floor(size.bytes / size.rows) : 0),
      size && String(size.bytes),
      size && '0',
      size && String(table.indexes.filter(({ kind }) => kind !== 'PRIMARY').length * 16384),
      size && '0',
      next === undefined ? undefined : String(next),
      moment(table.created),
      undefined,
      undefined,
      view ? undefined : table.collation,
      undefined,
      '',
      view && !system ? 'VIEW' : table.comment,
    ]);
  }
  return rows;
}

/** Rows of SHOW INDEX and STATISTICS: everything after the table's name. */
export function* indexRows(session: Session, table: Table): Wait<Cell[][]> {
  const rows: Cell[][] = [];
  if (table.kind === 'view') return rows;
  const { rows: count } = yield* sizes(session, table);
  for (const index of table.indexes)
    for (const [i, part] of index.parts.entries()) {
      const column = table.columns.find(({ name }) => name === part.column)!;
      const unique = index.kind === 'PRIMARY' || index.kind === 'UNIQUE';
      const fulltext = index.kind === 'FULLTEXT';
      rows.push([
        unique ? '0' : '1',
        index.name,
        String(i + 1),
        part.column,
        fulltext ? undefined : part.descending ? 'D' : 'A',
        String(count),
        part.length === undefined ? undefined : String(part.length),
        undefined,
        column.notNull ? '' : 'YES',
        fulltext ? 'FULLTEXT' : 'BTREE',
        '',
        '',
      ]);
    }
  return rows;
}

function keyRows(table: Table): Cell[][] {
  const rows: Cell[][] = [];
  for (const index of table.indexes)
    if (index.kind === 'PRIMARY' || index.kind === 'UNIQUE')
      for (const [i, { column }] of index.parts.entries())
        rows.push([
          'def',
          table.db,
          index.name,
          'def',
          table.db,
          table.name,
          column,
          String(i + 1),
          undefined,
          undefined,
          undefined,
          undefined,
        ]);
  for (const key of table.foreignKeys)
    for (const [i, column] of key.columns.entries())
      rows.push([
        'def',
        table.db,
        key.name,
        'def',
        table.db,
        table.name,
        column,
        String(i + 1),
        String(i + 1),
        key.db,
        key.table,
        key.refColumns[i],
      ]);
  return rows;
}

const constraintRows = (table: Table): Cell[][] => [
  ...table.indexes
    .filter(({ kind }) => kind === 'PRIMARY' || kind === 'UNIQUE')
    .map(({ name, kind }): Cell[] => [
      'def',
      table.db,
      name,
      table.db,
      table.name,
      kind === 'PRIMARY' ? 'PRIMARY KEY' : 'UNIQUE',
      'YES',
    ]),
  ...table.foreignKeys.map(({ name }): Cell[] => ['def', table.db, name, table.db, table.name, 'FOREIGN KEY', 'YES']),
  ...table.checks.map(({ name }): Cell[] => ['def', table.db, name, table.db, table.name, 'CHECK', 'YES']),
];

export function processRows(session: Session): Cell[][] {
  const { server } = session;
  const all = server.openToAll || server.users.may(session.account, 'PROCESS', '*', '');
  return [...server.sessions.values()]
    .filter((other) => all || other.user === session.user)
    .map(({ id, user, host, port, db, doing }) => [
      String(id),
      user,
      port === 0 ? host : `${host}:${port}`,
      db,
      doing.command,
      String(Math.floor((server.now() - doing.since) / 1000)),
      doing.command === 'Sleep' ? '' : doing.state || 'executing',
      doing.info,
    ]);
}

function userRows(session: Session): Cell[][] {
  return session.server.users.accounts.map((account) => {
    const global = account.grants.find(({ db, table }) => db === '*' && table === '*');
    const has = (p: string): string =>
      global?.privileges.includes('ALL') || global?.privileges.includes(p) ? 'Y' : 'N';
    const shown =
      account.secret === ''
        ? ''
        : account.plugin === 'mysql_native_password'
          ? `*${account.secret.toUpperCase()}`
          : `$A$005$${account.secret.slice(0, 60)}`;
    return [
      account.host,
      account.user,
      ...STATIC.slice(0, 19).map(has),
      account.plugin,
      shown,
      'N',
      account.role ? 'Y' : 'N',
    ];
  });
}

function* rowsOf(session: Session, name: string): Wait<Cell[][]> {
  const { server } = session;
  const tables = [...visible(session)];
  switch (name) {
    case 'information_schema.SCHEMATA':
      return [...server.catalog.databases.values()]
        .filter((db) => server.openToAll || server.users.sees(session.account, db.name))
        .map(({ name: db, charset, collation }) => ['def', db, charset, collation, undefined]);
    case 'information_schema.TABLES':
      return yield* tableRows(session);
    case 'information_schema.COLUMNS':
      return tables.flatMap((table) => table.columns.map((column, i) => columnRow(session, table, column, i)));
    case 'information_schema.STATISTICS': {
      const rows: Cell[][] = [];
      for (const table of tables)
        for (const [unique, index, ...rest] of yield* indexRows(session, table))
          rows.push(['def', table.db, table.name, unique, table.db, index, ...rest, 'YES', undefined].slice(0, 18));
      return rows;
    }
    case 'information_schema.KEY_COLUMN_USAGE':
      return tables.flatMap(keyRows);
    case 'information_schema.TABLE_CONSTRAINTS':
      return tables.flatMap(constraintRows);
    case 'information_schema.REFERENTIAL_CONSTRAINTS':
      return tables.flatMap((t) =>
        t.foreignKeys.map((key): Cell[] => [
          'def',
          t.db,
          key.name,
          'def',
          key.db,
          'PRIMARY',
          'NONE',
          key.onUpdate || 'NO ACTION',
          key.onDelete || 'NO ACTION',
          t.name,
          key.table,
        ]),
      );
    case 'information_schema.CHECK_CONSTRAINTS':
      return tables.flatMap((t) => t.checks.map((check): Cell[] => ['def', t.db, check.name, `(${check.text})`]));
    case 'information_schema.VIEWS':
      return tables
        .filter(({ view }) => view)
        .map((t) => [
          'def',
          t.db,
          t.name,
          t.view!.text,
          'NONE',
          'YES',
          'root@%',
          'DEFINER',
          'utf8mb4',
          'utf8mb4_0900_ai_ci',
        ]);
    case 'information_schema.ENGINES':
      return ENGINES.map((row) => [...row]);
    case 'information_schema.CHARACTER_SETS':
      return CHARSETS.map(([charset, description, collation, bytes]) => [charset, collation, description, bytes]);
    case 'information_schema.COLLATIONS':
      return COLLATIONS.map(([collation, charset, id]) => [
        collation,
        charset,
        id,
        CHARSETS.some(([, , c]) => c === collation) ? 'Yes' : '',
        'Yes',
        '1',
        'PAD SPACE',
      ]);
    case 'information_schema.PROCESSLIST':
      return processRows(session);
    case 'information_schema.USER_PRIVILEGES':
      return server.users.accounts.flatMap((a) =>
        a.grants
          .filter(({ db }) => db === '*')
          .flatMap((g) =>
            (g.privileges.includes('ALL') ? STATIC : g.privileges).map((p): Cell[] => [
              `'${a.user}'@'${a.host}'`,
              'def',
              p,
              g.option ? 'YES' : 'NO',
            ]),
          ),
      );
    case 'information_schema.SCHEMA_PRIVILEGES':
      return server.users.accounts.flatMap((a) =>
        a.grants
          .filter(({ db, table }) => db !== '*' && table === '*')
          .flatMap((g) =>
            (g.privileges.includes('ALL') ? STATIC : g.privileges).map((p): Cell[] => [
              `'${a.user}'@'${a.host}'`,
              'def',
              g.db,
              p,
              g.option ? 'YES' : 'NO',
            ]),
          ),
      );
    case 'information_schema.GLOBAL_VARIABLES':
      return [...server.globals].map(([n, v]) => [n.toUpperCase(), v]);
    case 'information_schema.SESSION_VARIABLES':
      return [...session.variables].map(([n, v]) => [n.toUpperCase(), v]);
    case 'mysql.user':
      return userRows(session);
    case 'mysql.db':
      return server.users.accounts.flatMap((a) =>
        a.grants
          .filter(({ db, table }) => db !== '*' && table === '*')
          .map((g): Cell[] => [
            a.host,
            g.db,
            a.user,
            ...['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP'].map((p) =>
              g.privileges.includes('ALL') || g.privileges.includes(p) ? 'Y' : 'N',
            ),
          ]),
      );
    default:
      return [];
  }
}

/** Makes a table of information_schema as it is now, for this connection. */
export function* fillVirtual(session: Session, name: string): Wait<void> {
  const [db, table] = name.split('.') as [string, string];
  const { columns } = session.server.catalog.table(db, table);
  const stored = storedName(db, table);
  const rows = yield* rowsOf(session, name);
  const collated = (column: Column): string =>
    `${quoted(column.name)} ${affinity(column.type)}${isText(column.type) ? ' COLLATE NOCASE' : ''}`;
  yield* session.run(
    `DROP TABLE IF EXISTS temp.${stored}; CREATE TEMP TABLE ${stored} (${columns.map(collated).join(', ')})`,
  );
  for (let at = 0; at < rows.length; at += 200) {
    const values = rows
      .slice(at, at + 200)
      .map(
        (row) => `(${columns.map((_, i) => (row[i] === undefined ? 'NULL' : textLiteral(String(row[i])))).join(', ')})`,
      );
    yield* session.run(`INSERT INTO temp.${stored} VALUES ${values.join(', ')}`);
  }
}
