import { program } from '../../libc/program.ts';
import { ClientError, MysqlConnection } from '../servers/mysql/client/connection.ts';
import { Monitor } from '../servers/mysql/client/monitor.ts';
import { clientArguments, isMariadb, targetOf, widened } from '../servers/mysql/client/settings.ts';
import { versionLine } from '../servers/mysql/client/status-text.ts';

const UNDERSTOOD = widened({
  short: {
    e: 'execute',
    D: 'database',
    B: 'batch',
    N: 'skip-column-names',
    t: 'table',
    E: 'vertical',
    H: 'html',
    X: 'xml',
    r: 'raw',
    s: 'silent',
    f: 'force',
    n: 'unbuffered',
    A: 'no-auto-rehash',
    L: 'skip-line-numbers',
    q: 'quick',
    w: 'wait',
    U: 'safe-updates',
    b: 'no-beep',
    c: 'comments',
    i: 'ignore-spaces',
    o: 'one-database',
    G: 'named-commands',
  },
  valued: new Set([
    'execute',
    'database',
    'delimiter',
    'prompt',
    'init-command',
    'tee',
    'pager',
    'local-infile',
    'max-join-size',
    'select-limit',
  ]),
  flags: new Set([
    'batch',
    'skip-column-names',
    'column-names',
    'table',
    'vertical',
    'html',
    'xml',
    'raw',
    'silent',
    'force',
    'unbuffered',
    'no-auto-rehash',
    'auto-rehash',
    'skip-line-numbers',
    'line-numbers',
    'quick',
    'wait',
    'safe-updates',
    'no-beep',
    'comments',
    'ignore-spaces',
    'one-database',
    'named-commands',
    'show-warnings',
    'binary-as-hex',
    'binary-mode',
    'abort-source-on-error',
    'reconnect',
    'i-am-a-dummy',
    'column-type-info',
    'syslog',
    'auto-vertical-output',
  ]),
  optional: new Set(['local-infile', 'pager']),
});

const USAGE = `  -?, --help          Display this help and exit.
  -B, --batch         Rows with tabs between the values, no prompt.
  -D, --database=name Database to use.
  -e, --execute=name  Execute the statements and quit.
  -E, --vertical      A value a line.
  -f, --force         Go on after an error.
  -h, --host=name     Connect to host.
  -H, --html          Rows as HTML.
  -N, --skip-column-names
                      Don't write column names in results.
  -p, --password[=name]
                      Password; asked for where it is not given.
  -P, --port=#        Port number.
  --protocol=name     tcp or socket.
  -r, --raw           Write values without escapes. Used with --batch.
  -s, --silent        Be more silent.
  -S, --socket=name   The socket file.
  -t, --table         Rows as a table.
  -u, --user=name     User for login.
  -v, --verbose       Write more (-v -v -v gives the table output format).
  -V, --version       Output version information and exit.
  -X, --xml           Rows as XML.
`;

export default program({
  name: 'mysql',
  at: ['/usr/bin/mysql', '/usr/bin/mariadb'],
  spec: 'mysql 8.4 and mariadb 11: statements and commands of the client, all output formats; no TLS, pager, edit',
  usage: '[OPTIONS] [database]',
  about: 'The command-line client of MySQL and MariaDB.',
  options: {},
  raw: true,
  *main(ctx) {
    const { options, operands, problem } = yield* clientArguments(
      ctx,
      UNDERSTOOD,
      isMariadb(ctx) ? ['mysql', 'mariadb-client', 'mariadb'] : ['mysql'],
    );
    const mariadb = isMariadb(ctx);
    const name = ctx.name.replace(/^.*\//, '');
    if (problem !== undefined) {
      yield* ctx.stderr.write(
        `${mariadb ? ctx.name : name}: ${mariadb ? '' : '[ERROR] '}${problem}${mariadb ? '' : '.'}\n`,
      );
      return mariadb ? 1 : problem.startsWith('unknown variable') ? 7 : 2;
    }
    if (options.has('version') || options.has('help')) {
      yield* ctx.stdout.write(`${versionLine(ctx, mariadb)}\n`);
      if (options.has('help')) yield* ctx.stdout.write(`\nUsage: ${name} [OPTIONS] [database]\n${USAGE}`);
      return 0;
    }
    options.set(
      'verbose-count',
      String(
        ctx.args.reduce(
          (n, arg) => n + (/^-[a-zA-Z]*v/.test(arg) ? (arg.match(/v/g) ?? []).length : arg === '--verbose' ? 1 : 0),
          0,
        ),
      ),
    );
    if (options.has('skip-line-numbers')) options.set('line-numbers', 'false');
    const db = operands[0] ?? options.get('database') ?? '';
    try {
      const connection = yield* MysqlConnection.open(ctx.sys, yield* targetOf(ctx, options, db));
      const init = options.get('init-command');
      if (init !== undefined) yield* connection.rows(init);
      const monitor = new Monitor(ctx, connection, options);
      monitor.started(db);
      const status = yield* monitor.run();
      yield* ctx.stdout.flush();
      yield* connection.close();
      return status;
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      yield* ctx.stdout.flush();
      yield* ctx.stderr.write(`ERROR ${error.number} (${error.state}): ${error.message}\n`);
      return 1;
    }
  },
});
