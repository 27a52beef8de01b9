import { O_CREAT, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { open, writeAll } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { ClientError, MysqlConnection } from '../servers/mysql/client/connection.ts';
import { Dump, MissingTable } from '../servers/mysql/client/dump.ts';
import { clientArguments, isMariadb, targetOf, widened } from '../servers/mysql/client/settings.ts';
import { versionLine } from '../servers/mysql/client/status-text.ts';

const UNDERSTOOD = widened({
  short: {
    A: 'all-databases',
    B: 'databases',
    d: 'no-data',
    t: 'no-create-info',
    n: 'no-create-db',
    r: 'result-file',
    w: 'where',
    c: 'complete-insert',
    e: 'extended-insert',
    q: 'quick',
    l: 'lock-tables',
    x: 'lock-all-tables',
    R: 'routines',
    E: 'events',
    f: 'force',
    K: 'disable-keys',
    i: 'comments',
    a: 'create-options',
    F: 'flush-logs',
    Q: 'quote-names',
  },
  valued: new Set([
    'result-file',
    'where',
    'ignore-table',
    'set-gtid-purged',
    'column-statistics',
    'compatible',
    'master-data',
    'source-data',
    'tab',
    'log-error',
  ]),
  flags: new Set([
    'all-databases',
    'databases',
    'tables',
    'no-data',
    'no-create-info',
    'no-create-db',
    'complete-insert',
    'extended-insert',
    'quick',
    'lock-tables',
    'lock-all-tables',
    'single-transaction',
    'routines',
    'events',
    'triggers',
    'force',
    'disable-keys',
    'comments',
    'dump-date',
    'create-options',
    'flush-logs',
    'quote-names',
    'add-drop-database',
    'add-drop-table',
    'add-locks',
    'compact',
    'hex-blob',
    'replace',
    'insert-ignore',
    'opt',
    'no-tablespaces',
    'tz-utc',
    'set-charset',
    'allow-keywords',
    'flush-privileges',
    'no-autocommit',
    'order-by-primary',
    'add-drop-trigger',
    'system',
  ]),
  optional: new Set(['set-gtid-purged', 'column-statistics', 'master-data', 'source-data']),
});

export default program({
  name: 'mysqldump',
  at: ['/usr/bin/mysqldump', '/usr/bin/mariadb-dump'],
  spec: 'mysqldump 8.4: tables, rows and views of databases; no routines, triggers and events (the server has none), no --tab',
  usage: '[OPTIONS] database [tables]',
  about: 'Write databases as SQL.',
  options: {},
  raw: true,
  *main(ctx) {
    const { options, operands, problem } = yield* clientArguments(ctx, UNDERSTOOD, ['mysqldump', 'mariadb-dump']);
    const name = ctx.name.replace(/^.*\//, '');
    const mariadb = isMariadb(ctx);
    if (problem !== undefined) {
      yield* ctx.stderr.write(`${name}: ${mariadb ? '' : '[ERROR] '}${problem}.\n`);
      return 2;
    }
    if (options.has('version')) {
      yield* ctx.stdout.write(`${versionLine(ctx, mariadb)}\n`);
      return 0;
    }
    const all = options.has('all-databases');
    const many = options.has('databases');
    if (!all && operands.length === 0) {
      yield* ctx.stdout.write(
        `Usage: ${name} [OPTIONS] database [tables]\nOR     ${name} [OPTIONS] --databases [OPTIONS] DB1 [DB2 DB3...]\nOR     ${name} [OPTIONS] --all-databases [OPTIONS]\nFor more options, use ${name} --help\n`,
      );
      return 1;
    }
    let out = 1;
    const file = options.get('result-file');
    if (file !== undefined) {
      out = yield* open(ctx.sys, file, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
      if (out < 0) {
        yield* ctx.stderr.write(
          `${name}: Can't create/write to file '${file}' (Errcode: ${-out} - ${ctx.strerror(-out)})\n`,
        );
        return 1;
      }
    }
    try {
      const connection = yield* MysqlConnection.open(ctx.sys, yield* targetOf(ctx, options, ''));
      const dump = new Dump(ctx, connection, options, function* (text) {
        if (out === 1) yield* ctx.stdout.write(text);
        else yield* writeAll(ctx.sys, out, text);
      });
      const system = ['information_schema', 'performance_schema', 'sys', 'mysql'];
      const databases = all
        ? (yield* connection.rows('SHOW DATABASES')).map(([db]) => db!).filter((db) => !system.includes(db))
        : many
          ? operands
          : [operands[0]!];
      const tables = many || all ? [] : operands.slice(1);
      yield* dump.head(many || all ? '' : databases[0]!);
      for (const db of databases) yield* dump.database(db, tables, many || all);
      yield* dump.tail();
      yield* connection.close();
      return 0;
    } catch (error) {
      yield* ctx.stdout.flush();
      if (error instanceof MissingTable) {
        yield* ctx.stderr.write(`${name}: Couldn't find table: "${error.message}"\n`);
        return 6;
      }
      if (!(error instanceof ClientError)) throw error;
      const when =
        error.number === 1049
          ? ' when selecting the database'
          : error.number >= 2000 || error.number === 1045
            ? ' when trying to connect'
            : '';
      yield* ctx.stderr.write(
        `${name}: Got error: ${error.number}: ${mariadb ? `"${error.message}"` : error.message}${when}\n`,
      );
      return 2;
    }
  },
});
