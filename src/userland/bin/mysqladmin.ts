import { sleep, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { ClientError, MysqlConnection } from '../servers/mysql/client/connection.ts';
import { clientArguments, isMariadb, targetOf, widened } from '../servers/mysql/client/settings.ts';
import { versionLine } from '../servers/mysql/client/status-text.ts';
import { tableText } from '../servers/mysql/client/table-text.ts';

const UNDERSTOOD = widened({
  short: {
    f: 'force',
    s: 'silent',
    i: 'sleep',
    c: 'count',
    w: 'wait',
    b: 'no-beep',
    r: 'relative',
    t: 'connect-timeout',
    E: 'vertical',
  },
  valued: new Set(['sleep', 'count', 'wait', 'shutdown-timeout']),
  flags: new Set(['force', 'silent', 'no-beep', 'relative', 'vertical']),
  optional: new Set(['wait']),
});

export default program({
  name: 'mysqladmin',
  at: ['/usr/bin/mysqladmin', '/usr/bin/mariadb-admin'],
  spec: 'mysqladmin 8.4: ping, status, version, create, drop, password, processlist, kill, variables, extended-status, shutdown, flush-*, reload, refresh',
  usage: '[OPTIONS] command command....',
  about: 'Administer a MySQL server.',
  options: {},
  raw: true,
  *main(ctx) {
    const { options, operands, problem } = yield* clientArguments(ctx, UNDERSTOOD, ['mysqladmin', 'mariadb-admin']);
    const name = ctx.name.replace(/^.*\//, '');
    if (problem !== undefined) {
      yield* ctx.stderr.write(`${name}: ${isMariadb(ctx) ? '' : '[ERROR] '}${problem}.\n`);
      return 2;
    }
    if (options.has('version')) {
      yield* ctx.stdout.write(`${versionLine(ctx, isMariadb(ctx))}\n`);
      return 0;
    }
    if (operands.length === 0 || options.has('help')) {
      yield* ctx.stdout.write(
        `${versionLine(ctx, isMariadb(ctx))}\n\nAdministration program for the mysqld daemon.\nUsage: ${name} [OPTIONS] command command....\n`,
      );
      return options.has('help') ? 0 : 1;
    }
    const target = yield* targetOf(ctx, options, '');
    const tries = options.has('wait')
      ? options.get('wait') === '\u0000'
        ? Number.POSITIVE_INFINITY
        : Number(options.get('wait'))
      : 0;
    for (let tried = 0; ; tried++) {
      try {
        const connection = yield* MysqlConnection.open(ctx.sys, target);
        const status = yield* new Admin(ctx, connection, options.has('force'), name).run(operands);
        yield* connection.close();
        return status;
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        if (tried < tries && error.number >= 2000) {
          yield* sleep(ctx.sys, 1000);
          continue;
        }
        if (!options.has('silent')) {
          yield* ctx.stderr.write(
            `${name}: connect to server at '${target.host || 'localhost'}' failed\nerror: '${error.message}'\n`,
          );
          if (error.number === 2002)
            yield* ctx.stderr.write(`Check that mysqld is running and that the socket: '${target.socket}' exists!\n`);
          if (error.number === 2003)
            yield* ctx.stderr.write(
              `Check that mysqld is running on ${target.host} and that the port is ${target.port}.\nYou can check this by doing 'telnet ${target.host} ${target.port}'\n`,
            );
        }
        // a server that refuses a login is there
        return error.number < 2000 && operands.every((word) => word === 'ping') ? 0 : 1;
      }
    }
  },
});

class Admin {
  constructor(
    readonly ctx: Context,
    readonly connection: MysqlConnection,
    readonly force: boolean,
    readonly name: string,
  ) {}

  *run(words: readonly string[]): Wait<number> {
    for (let i = 0; i < words.length; i++) {
      const word = words[i]!;
      const takes = ['create', 'drop', 'password', 'old-password', 'kill'].includes(word);
      if (takes && words[i + 1] === undefined) {
        yield* this.ctx.stderr.write(`${this.name}: Too few arguments to ${word}\n`);
        return 1;
      }
      try {
        if (!(yield* this.#command(word, takes ? words[++i]! : ''))) {
          yield* this.ctx.stderr.write(`${this.name}: Unknown command: '${word}'\n`);
          return 1;
        }
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        yield* this.ctx.stdout.flush();
        yield* this.ctx.stderr.write(
          `${this.name}: ${word === 'create' || word === 'drop' ? `${word.toUpperCase()} DATABASE` : word} failed; error: '${error.message}'\n`,
        );
        if (!this.force) return 1;
      }
    }
    return 0;
  }

  *#command(word: string, argument: string): Wait<boolean> {
    const { ctx, connection } = this;
    switch (word) {
      case 'ping':
        yield* connection.ping();
        yield* ctx.stdout.write('mysqld is alive\n');
        return true;
      case 'status':
        yield* ctx.stdout.write(`${yield* connection.statistics()}\n`);
        return true;
      case 'version':
        yield* this.#version();
        return true;
      case 'create':
        yield* connection.rows(`CREATE DATABASE \`${argument}\``);
        return true;
      case 'drop':
        if (!this.force) {
          yield* ctx.stdout.write(
            `Dropping the database is potentially a very bad thing to do.\nAny data stored in the database will be destroyed.\n\nDo you really want to drop the '${argument}' database [y/N] `,
          );
          yield* ctx.stdout.flush();
          if (!/^y/i.test((yield* ctx.stdin.line()) ?? '')) {
            yield* ctx.stdout.write('\nOK, aborting database drop!\n');
            return true;
          }
        }
        yield* connection.rows(`DROP DATABASE \`${argument}\``);
        yield* ctx.stdout.write(`Database "${argument}" dropped\n`);
        return true;
      case 'password':
        yield* connection.rows(`ALTER USER CURRENT_USER() IDENTIFIED BY '${argument.replace(/['\\]/g, '\\$&')}'`);
        if (!isMariadb(ctx))
          yield* ctx.stderr.write(
            `${this.name}: [Warning] Setting a password on the command line interface can be insecure.\nWarning: Since password will be sent to server in plain text, use ssl connection to ensure password safety.\n`,
          );
        return true;
      case 'processlist':
      case 'proc':
        yield* this.#table('SHOW PROCESSLIST');
        return true;
      case 'variables':
        yield* this.#table('SHOW GLOBAL VARIABLES');
        return true;
      case 'extended-status':
        yield* this.#table('SHOW GLOBAL STATUS');
        return true;
      case 'kill':
        for (const id of argument.split(',')) yield* connection.rows(`KILL ${Number(id)}`);
        return true;
      case 'shutdown':
        yield* connection.rows('SHUTDOWN');
        return true;
      case 'reload':
      case 'refresh':
      case 'flush-privileges':
        yield* connection.rows('FLUSH PRIVILEGES');
        return true;
      case 'flush-hosts':
      case 'flush-logs':
      case 'flush-status':
      case 'flush-tables':
        yield* connection.rows(`FLUSH ${word.slice(6).toUpperCase()}`);
        return true;
      default:
        return false;
    }
  }

  *#table(sql: string): Wait<void> {
    yield* this.connection.query(sql);
    for (const line of tableText(yield* this.connection.answer(), true)) yield* this.ctx.stdout.write(line);
  }

  *#version(): Wait<void> {
    const { connection, ctx } = this;
    const statistics = yield* connection.statistics();
    const uptime = Number(/Uptime: (\d+)/.exec(statistics)?.[1] ?? 0);
    const [comment] = (yield* connection.rows('select @@version_comment'))[0]!;
    yield* ctx.stdout.write(
      `${versionLine(ctx, isMariadb(ctx))}\n\nServer version\t\t${connection.version} ${comment}\nProtocol version\t10\nConnection\t\t${connection.local ? 'Localhost via UNIX socket' : `${connection.target.host} via TCP/IP`}\n${connection.local ? `UNIX socket\t\t${connection.target.socket}` : `TCP port\t\t${connection.target.port}`}\nUptime:\t\t\t${uptime >= 60 ? `${Math.floor(uptime / 60)} min ` : ''}${uptime % 60} sec\n\n${statistics.replace(/^Uptime: \d+ +/, '')}\n`,
    );
  }
}
