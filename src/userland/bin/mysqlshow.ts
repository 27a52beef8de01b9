import { textWidth } from '../../lib/wcwidth.ts';
import { program } from '../../libc/program.ts';
import { ClientError, MysqlConnection } from '../servers/mysql/client/connection.ts';
import { clientArguments, isMariadb, targetOf, widened } from '../servers/mysql/client/settings.ts';
import { tableText } from '../servers/mysql/client/table-text.ts';

const UNDERSTOOD = widened({
  short: { k: 'keys', i: 'status', t: 'show-table-type' },
  valued: new Set(),
  flags: new Set(['keys', 'status', 'show-table-type', 'count']),
});

/** One column with its head in the middle. */
function column(head: string, values: readonly string[]): string {
  const width = Math.max(textWidth(head), ...values.map(textWidth));
  const line = `+${'-'.repeat(width + 2)}+\n`;
  const left = Math.floor((width - textWidth(head)) / 2);
  const title = `| ${' '.repeat(left)}${head}${' '.repeat(width - textWidth(head) - left)} |\n`;
  return `${line}${title}${line}${values.map((v) => `| ${v}${' '.repeat(width - textWidth(v))} |\n`).join('')}${line}`;
}

export default program({
  name: 'mysqlshow',
  at: ['/usr/bin/mysqlshow', '/usr/bin/mariadb-show'],
  spec: 'mysqlshow 8.4: databases, tables, columns; no --count',
  usage: '[OPTIONS] [database [table [column]]]',
  about: 'Show databases, tables and columns.',
  options: {},
  raw: true,
  *main(ctx) {
    const { options, operands, problem } = yield* clientArguments(ctx, UNDERSTOOD, ['mysqlshow']);
    const name = ctx.name.replace(/^.*\//, '');
    if (problem !== undefined) {
      yield* ctx.stderr.write(`${name}: ${isMariadb(ctx) ? '' : '[ERROR] '}${problem}.\n`);
      return 2;
    }
    try {
      const connection = yield* MysqlConnection.open(ctx.sys, yield* targetOf(ctx, options, ''));
      const [db, table] = operands;
      const quoted = (text: string): string => `\`${text.replace(/`/g, '``')}\``;
      if (db === undefined)
        yield* ctx.stdout.write(
          column(
            'Databases',
            (yield* connection.rows('SHOW DATABASES')).map(([v]) => v!),
          ),
        );
      else if (table === undefined)
        yield* ctx.stdout.write(
          `Database: ${db}\n${column(
            'Tables',
            (yield* connection.rows(`SHOW TABLES FROM ${quoted(db)}`)).map(([v]) => v!),
          )}`,
        );
      else {
        yield* ctx.stdout.write(`Database: ${db}  Table: ${table}\n`);
        yield* connection.query(`SHOW FULL COLUMNS FROM ${quoted(table)} FROM ${quoted(db)}`);
        for (const line of tableText(yield* connection.answer(), true)) yield* ctx.stdout.write(line);
      }
      yield* connection.close();
      return 0;
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      yield* ctx.stdout.flush();
      yield* ctx.stderr.write(
        `${name}: ${error.number >= 2000 || error.number === 1045 ? '' : 'Cannot get: '}${error.message}\n`,
      );
      return 1;
    }
  },
});
