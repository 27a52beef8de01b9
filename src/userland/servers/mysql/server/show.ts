import type { Wait } from '../../../../libc/io.ts';
import { keyOf, quoted, type Table, textLiteral } from '../catalog.ts';
import { MysqlError } from '../errors.ts';
import type { Expr, Statement } from '../sql/ast.ts';
import { Scope } from '../translate/scope.ts';
import { affinity, isText, type SqlType, typeText } from '../types.ts';
import { grantLines, userLine } from './account-statements.ts';
import { createText } from './create-text.ts';
import { type Cell, type Result, table } from './result.ts';
import {
  defaultText,
  extraOf,
  indexRows,
  isVirtual,
  moment,
  nextNumber,
  processRows,
  sizes,
  visible,
} from './schema.ts';
import { CHARSETS, COLLATIONS, ENGINES } from './schema-tables.ts';
import type { Session } from './session.ts';
import { STATIC } from './users.ts';

type Show = Extract<Statement, { k: 'show' }>;

const BIG: SqlType = { base: 'bigint', length: 20 };

/** Rows that LIKE or WHERE leave, by the engine. */
function* filtered(session: Session, result: Result, like: string | undefined, where: Expr | undefined): Wait<Result> {
  if (result.k !== 'rows' || (like === undefined && !where)) return result;
  const { columns, rows } = result;
  const scope = new Scope(undefined);
  scope.add({ alias: 'show', db: '', columns, hidden: new Set() });
  const condition = where
    ? session.translator().translate(where, { scope, clause: 'where clause' }).sql
    : `${quoted('show')}.${quoted(columns[0]!.name)} LIKE ${textLiteral(like!)} ESCAPE '\\'`;
  const names = columns.map(
    ({ name, type }) => `${quoted(name)} ${affinity(type)}${isText(type) ? ' COLLATE NOCASE' : ''}`,
  );
  yield* session.run(`DROP TABLE IF EXISTS temp."#show"; CREATE TEMP TABLE "#show" (${names.join(', ')})`);
  for (let at = 0; at < rows.length; at += 200)
    yield* session.run(
      `INSERT INTO temp."#show" VALUES ${rows
        .slice(at, at + 200)
        .map((row) => `(${row.map((cell) => (cell === undefined ? 'NULL' : textLiteral(String(cell)))).join(', ')})`)
        .join(', ')}`,
    );
  const kept = yield* session.run(`SELECT rowid FROM temp."#show" AS "show" WHERE ${condition}`);
  const numbers = kept.rows.map(([n]) => Number(n));
  return { ...result, rows: numbers.map((n) => rows[n - 1]!) };
}

const shown = (head: string, like: string | undefined): string => (like === undefined ? head : `${head} (${like})`);

function* tables(session: Session, show: Show): Wait<Result> {
  const db = session.database(show.db);
  session.server.catalog.database(db);
  if (!session.server.openToAll && !session.server.users.sees(session.account, db))
    throw new MysqlError(
      'ER_DBACCESS_DENIED_ERROR',
      `Access denied for user '${session.user}'@'${session.account.host}' to database '${db}'`,
    );
  const found = [...visible(session)].filter((t) => t.db === db);
  const names = show.full ? [shown(`Tables_in_${db}`, show.like), 'Table_type'] : [shown(`Tables_in_${db}`, show.like)];
  const rows = found.map((t): Cell[] =>
    show.full
      ? [
          t.name,
          t.kind === 'view' && !isVirtual(t) ? 'VIEW' : db === 'information_schema' ? 'SYSTEM VIEW' : 'BASE TABLE',
        ]
      : [t.name],
  );
  return table(names, rows);
}

function* columns(session: Session, of: Table, full: boolean): Wait<Result> {
  const widths = session.mariadb || session.server.flavor.number < 80019;
  const rows = of.columns.map((column): Cell[] => {
    const type = typeText(column.type, widths);
    const basic = [
      column.notNull ? 'NO' : 'YES',
      keyOf(of, column),
      defaultText(column, session.mariadb),
      extraOf(column, session.mariadb),
    ];
    if (!full) return [column.name, type, ...basic];
    return [
      column.name,
      type,
      isText(column.type) && column.type.base !== 'json' ? (column.collation ?? of.collation) : undefined,
      ...basic,
      'select,insert,update,references',
      column.comment ?? '',
    ];
  });
  return table(
    full
      ? ['Field', 'Type', 'Collation', 'Null', 'Key', 'Default', 'Extra', 'Privileges', 'Comment']
      : ['Field', 'Type', 'Null', 'Key', 'Default', 'Extra'],
    rows,
  );
}

export function* describe(session: Session, s: Extract<Statement, { k: 'describe' }>): Wait<Result> {
  const of = session.table(s.table.db, s.table.name);
  session.allow('SELECT', of.db, of.name);
  const result = yield* columns(session, of, false);
  return yield* filtered(session, result, s.column, undefined);
}

function* tableStatus(session: Session, db: string): Wait<Result> {
  const rows: Cell[][] = [];
  for (const t of [...visible(session)].filter((of) => of.db === db)) {
    if (t.kind === 'view') {
      rows.push([t.name, ...new Array<Cell>(16).fill(undefined), 'VIEW']);
      continue;
    }
    const { rows: count, bytes } = yield* sizes(session, t);
    const next = yield* nextNumber(session, t);
    const created = moment(t.created);
    rows.push([
      t.name,
      t.engine,
      '10',
      t.rowFormat ?? 'Dynamic',
      String(count),
      String(count ? Math.floor(bytes / count) : 0),
      String(bytes),
      '0',
      String(t.indexes.filter(({ kind }) => kind !== 'PRIMARY').length * 16384),
      '0',
      next === undefined ? undefined : String(next),
      created,
      undefined,
      undefined,
      t.collation,
      undefined,
      '',
      t.comment,
    ]);
  }
  return table(
    [
      'Name',
      'Engine',
      'Version',
      'Row_format',
      'Rows',
      'Avg_row_length',
      'Data_length',
      'Max_data_length',
      'Index_length',
      'Data_free',
      'Auto_increment',
      'Create_time',
      'Update_time',
      'Check_time',
      'Collation',
      'Checksum',
      'Create_options',
      'Comment',
    ],
    rows,
  );
}

/** Counters of SHOW STATUS. */
function status(session: Session): Cell[][] {
  const { server } = session;
  const values: Record<string, number | string> = {
    Aborted_clients: 0,
    Aborted_connects: 0,
    Bytes_received: 0,
    Bytes_sent: 0,
    Connections: server.lastId,
    Max_used_connections: server.sessions.size,
    Open_tables: 0,
    Opened_tables: 0,
    Queries: server.questions,
    Questions: server.questions,
    Slow_queries: 0,
    Ssl_cipher: '',
    Threads_cached: 0,
    Threads_connected: server.sessions.size,
    Threads_created: server.sessions.size,
    Threads_running: 1,
    Uptime: server.uptime,
    Uptime_since_flush_status: server.uptime,
  };
  return Object.entries(values).map(([name, value]) => [name, String(value)]);
}

function* create(session: Session, show: Show): Wait<Result> {
  if (show.what === 'CREATE DATABASE') {
    const { name, charset, collation } = session.server.catalog.database(show.name!);
    const collate = collation === `${charset}_general_ci` ? '' : ` COLLATE ${collation}`;
    const encryption =
      session.mariadb || session.server.flavor.number < 80000 ? '' : " /*!80016 DEFAULT ENCRYPTION='N' */";
    return table(
      ['Database', 'Create Database'],
      [[name, `CREATE DATABASE \`${name}\` /*!40100 DEFAULT CHARACTER SET ${charset}${collate} */${encryption}`]],
    );
  }
  if (show.what === 'CREATE USER') {
    const account = session.server.users.find(show.user!) ?? session.account;
    return table([`CREATE USER for ${account.user}@${account.host}`], [[userLine(session, account)]]);
  }
  if (show.what !== 'CREATE TABLE' && show.what !== 'CREATE VIEW')
    throw new MysqlError('ER_SP_DOES_NOT_EXIST', `${show.what.slice(7)} ${show.table?.name ?? ''} does not exist`);
  const of = session.table(show.table!.db, show.table!.name);
  session.allow('SELECT', of.db, of.name);
  if (of.view) {
    const text = `CREATE ALGORITHM=UNDEFINED DEFINER=\`root\`@\`%\` SQL SECURITY DEFINER VIEW \`${of.name}\` AS ${of.view.text}`;
    return table(
      ['View', 'Create View', 'character_set_client', 'collation_connection'],
      [[of.name, text, 'utf8mb4', session.variables.get('collation_connection')]],
    );
  }
  return table(['Table', 'Create Table'], [[of.name, createText(session, of, yield* nextNumber(session, of))]], {
    'Create Table': { base: 'varchar', length: 1024 },
  });
}

function* answer(session: Session, show: Show): Wait<Result> {
  const { server } = session;
  switch (show.what) {
    case 'DATABASES': {
      const names = [...server.catalog.databases.keys()]
        .filter((db) => server.openToAll || server.users.sees(session.account, db))
        .sort();
      return table(
        [shown('Database', show.like)],
        names.map((name) => [name]),
      );
    }
    case 'TABLES':
      return yield* tables(session, show);
    case 'COLUMNS': {
      const of = session.table(show.table!.db, show.table!.name);
      session.allow('SELECT', of.db, of.name);
      return yield* columns(session, of, show.full);
    }
    case 'INDEX': {
      const of = session.table(show.table!.db, show.table!.name);
      const rows = yield* indexRows(session, of);
      const extra = session.mariadb ? ['Ignored'] : server.flavor.number >= 80000 ? ['Visible', 'Expression'] : [];
      const tail: Cell[] = session.mariadb ? ['NO'] : server.flavor.number >= 80000 ? ['YES', undefined] : [];
      return table(
        [
          'Table',
          'Non_unique',
          'Key_name',
          'Seq_in_index',
          'Column_name',
          'Collation',
          'Cardinality',
          'Sub_part',
          'Packed',
          'Null',
          'Index_type',
          'Comment',
          'Index_comment',
          ...extra,
        ],
        rows.map((row) => [of.name, ...row, ...tail]),
        { Non_unique: BIG, Seq_in_index: BIG, Cardinality: BIG, Sub_part: BIG },
      );
    }
    case 'TABLE STATUS':
      return yield* tableStatus(session, session.database(show.db));
    case 'VARIABLES': {
      const values = show.scope === 'global' ? server.globals : new Map([...server.globals, ...session.variables]);
      return table(
        ['Variable_name', 'Value'],
        [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => [name, value === 'NULL' ? '' : value]),
      );
    }
    case 'STATUS':
      return table(['Variable_name', 'Value'], status(session));
    case 'WARNINGS':
      return table(
        ['Level', 'Code', 'Message'],
        session.warnings.map(({ level, number, message }) => [level, String(number), message]),
        { Code: BIG },
      );
    case 'ERRORS':
      return table(
        ['Level', 'Code', 'Message'],
        session.warnings
          .filter(({ level }) => level === 'Error')
          .map(({ level, number, message }) => [level, String(number), message]),
        { Code: BIG },
      );
    case 'COUNT(*)WARNINGS':
      return table(['@@session.warning_count'], [[String(session.warnings.length)]], {
        '@@session.warning_count': BIG,
      });
    case 'PROCESSLIST': {
      const rows = processRows(session);
      const progress = session.mariadb ? ['Progress'] : [];
      return table(
        ['Id', 'User', 'Host', 'db', 'Command', 'Time', 'State', 'Info', ...progress],
        rows.map((row) => [...row, ...(session.mariadb ? ['0.000'] : [])]),
        { Id: BIG, Time: { base: 'int', length: 7 } },
      );
    }
    case 'ENGINES':
      return table(
        ['Engine', 'Support', 'Comment', 'Transactions', 'XA', 'Savepoints'],
        ENGINES.map((row) => [...row]),
      );
    case 'CHARACTER':
    case 'CHARSET':
      return table(
        ['Charset', 'Description', 'Default collation', 'Maxlen'],
        CHARSETS.map(([a, b, c, d]) => [a, b, c, d]),
        { Maxlen: BIG },
      );
    case 'COLLATION':
      return table(
        ['Collation', 'Charset', 'Id', 'Default', 'Compiled', 'Sortlen', 'Pad_attribute'],
        COLLATIONS.map(([name, charset, id]) => [
          name,
          charset,
          id,
          CHARSETS.some(([, , c]) => c === name) ? 'Yes' : '',
          'Yes',
          '1',
          /0900/.test(name) ? 'NO PAD' : 'PAD SPACE',
        ]),
        { Id: BIG, Sortlen: BIG },
      );
    case 'GRANTS': {
      const account = show.user && show.user.host !== 'CURRENT_USER' ? server.users.find(show.user) : session.account;
      if (!account)
        throw new MysqlError(
          'ER_NONEXISTING_GRANT',
          `There is no such grant defined for user '${show.user!.user}' on host '${show.user!.host}'`,
        );
      return table(
        [`Grants for ${account.user}@${account.host}`],
        grantLines(session, account).map((line) => [line]),
      );
    }
    case 'PRIVILEGES':
      return table(
        ['Privilege', 'Context', 'Comment'],
        STATIC.map((p) => [p.toLowerCase().replace(/^./, (c) => c.toUpperCase()), 'Server Admin', '']),
      );
    case 'PLUGINS':
      return table(
        ['Name', 'Status', 'Type', 'Library', 'License'],
        [
          ['mysql_native_password', 'ACTIVE', 'AUTHENTICATION', undefined, 'GPL'],
          ['InnoDB', 'ACTIVE', 'STORAGE ENGINE', undefined, 'GPL'],
        ],
      );
    case 'TRIGGERS':
      return table(
        [
          'Trigger',
          'Event',
          'Table',
          'Statement',
          'Timing',
          'Created',
          'sql_mode',
          'Definer',
          'character_set_client',
          'collation_connection',
          'Database Collation',
        ],
        [],
      );
    case 'EVENTS':
      return table(
        [
          'Db',
          'Name',
          'Definer',
          'Time zone',
          'Type',
          'Execute at',
          'Interval value',
          'Interval field',
          'Starts',
          'Ends',
          'Status',
          'Originator',
          'character_set_client',
          'collation_connection',
          'Database Collation',
        ],
        [],
      );
    case 'PROCEDURE STATUS':
    case 'FUNCTION STATUS':
      return table(
        [
          'Db',
          'Name',
          'Type',
          'Definer',
          'Modified',
          'Created',
          'Security_type',
          'Comment',
          'character_set_client',
          'collation_connection',
          'Database Collation',
        ],
        [],
      );
    case 'OPEN':
      return table(['Database', 'Table', 'In_use', 'Name_locked'], []);
    case 'MASTER STATUS':
    case 'BINARY LOG':
      return table(
        ['File', 'Position', 'Binlog_Do_DB', 'Binlog_Ignore_DB', 'Executed_Gtid_Set'],
        server.globals.get('log_bin') === 'ON' ? [['binlog.000002', '158', '', '', '']] : [],
      );
    case 'REPLICA STATUS':
    case 'SLAVE STATUS':
      return table(['Replica_IO_State'], []);
    default:
      if (show.what.startsWith('CREATE ')) return yield* create(session, show);
      throw new MysqlError('ER_NOT_SUPPORTED_YET', `This version of MySQL doesn't yet support 'SHOW ${show.what}'`);
  }
}

export function* showStatement(session: Session, show: Show): Wait<Result> {
  return yield* filtered(session, yield* answer(session, show), show.like, show.where);
}
