import type { Library } from '../../../../abi/library.ts';
import { SIG_IGN, SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM } from '../../../../abi/signal.ts';
import { AF_UNIX, SOCK_STREAM, type SockAddr } from '../../../../abi/socket.ts';
import { Stat } from '../../../../abi/stat.ts';
import type { Futex, Sys } from '../../../../abi/sys.ts';
import { type HashFactory, loadHash } from '../../../../lib/hash.ts';
import { decode } from '../../../../lib/utf8.ts';
import { listenTcp } from '../../../../libc/http-server.ts';
import { accept, futexWait, library, readFile, type Wait, writeFile } from '../../../../libc/io.ts';
import { PackEnded } from '../../../../libc/pack.ts';
import type { Context } from '../../../../libc/program.ts';
import { findIdentity, stepDown } from '../../../../libc/step-down.ts';
import { strerror } from '../../../../libc/strerror.ts';
import { MysqlError } from '../errors.ts';
import { execute } from '../server/execute.ts';
import { type Flavor, flavorOf } from '../server/flavor.ts';
import { MysqlServer } from '../server/server.ts';
import { Session } from '../server/session.ts';
import { Store } from '../server/store.ts';
import { type Account, STATIC, Users } from '../server/users.ts';
import { defaultVariables } from '../server/variables.ts';
import { StatementParser } from '../sql/statements.ts';
import { Conversation, type Peer } from '../wire/conversation.ts';
import { initialize } from './initialize.ts';
import { ErrorLog } from './log.ts';
import { FLAGS, VALUED } from './names.ts';
import { OPTION_FILES, type OptionMap, parseArguments, readOptionFile } from './options.ts';

const SHA256: Library<HashFactory> = { name: 'sha256', load: () => loadHash('sha256') };

/** mysqld or mariadbd. */
export class Daemon {
  readonly #ctx: Context;
  readonly #sys: Sys;
  readonly #flavor: Flavor;
  readonly #log: ErrorLog;
  #options: OptionMap = new Map();
  readonly #wake: Futex = { value: 0 };
  #signal = 0;

  constructor(ctx: Context, fallback: string) {
    this.#ctx = ctx;
    this.#sys = ctx.sys;
    this.#flavor = flavorOf(ctx.sys.image.version || fallback);
    this.#log = new ErrorLog(ctx.sys, this.#flavor);
  }

  get #name(): string {
    return this.#flavor.mariadb
      ? this.#ctx.name.includes('/')
        ? this.#ctx.name.replace(/^.*\//, '')
        : this.#ctx.name
      : '/usr/sbin/mysqld';
  }

  #option(name: string, fallback = ''): string {
    return this.#options.get(name) ?? fallback;
  }

  #on(name: string): boolean {
    const value = this.#options.get(name);
    return value !== undefined && !/^(false|0|off)$/i.test(value);
  }

  *run(): Wait<number> {
    const problem = yield* this.#configure();
    if (this.#on('version')) {
      const { version, comment, mariadb } = this.#flavor;
      yield* this.#ctx.stdout.write(
        `${this.#ctx.name}  Ver ${version} for ${mariadb ? 'debian-linux-gnu' : 'Linux'} on x86_64 (${comment})\n`,
      );
      return 0;
    }
    if (problem !== undefined) {
      yield* this.#log.say('ERROR', 'MY-000067', `${problem}${this.#flavor.mariadb ? '' : '.'}`);
      yield* this.#log.say('ERROR', 'MY-010119', 'Aborting');
      return this.#flavor.mariadb ? 7 : 1;
    }
    if (this.#on('help')) return yield* this.#help();
    return yield* this.#serve();
  }

  *#configure(): Wait<string | undefined> {
    const { version, mariadb } = this.#flavor;
    const args = [...this.#ctx.args];
    const groups = [
      'mysqld',
      'server',
      ...(mariadb
        ? ['mariadb', 'mariadbd', 'mariadb-11', `mariadb-${version.split('.').slice(0, 2).join('.')}`]
        : [`mysqld-${version.split('.').slice(0, 2).join('.')}`]),
    ];
    const file = args.map((arg) => /^--defaults-file=(.*)$/.exec(arg)?.[1]).find((path) => path !== undefined);
    if (!args.includes('--no-defaults'))
      for (const path of file === undefined ? OPTION_FILES : [file])
        yield* readOptionFile(this.#sys, path, groups, this.#options);
    const variables = [...defaultVariables(this.#flavor, new Map()).keys()].map((name) => name.replace(/_/g, '-'));
    const understood = {
      short: { u: 'user', P: 'port', h: 'datadir', v: 'verbose', '?': 'help', V: 'version', D: 'daemonize' },
      valued: new Set([...VALUED, ...variables, 'log-bin', 'server-id']),
      flags: new Set(FLAGS),
      optional: new Set(['log-bin', 'ssl', ...variables]),
    };
    const known = (name: string): boolean =>
      understood.valued.has(name) ||
      understood.flags.has(name) ||
      understood.valued.has(name.replace(/^skip-/, '')) ||
      name.startsWith('loose-');
    for (const name of this.#options.keys())
      if (!known(name)) return `unknown variable '${name}=${this.#options.get(name)}'`;
    return parseArguments(args, understood, this.#options).problem;
  }

  #settings(): Map<string, string> {
    const settings = new Map<string, string>();
    for (const [name, value] of this.#options) {
      const variable = name.replace(/-/g, '_');
      const size = /^(\d+)([KMG])$/i.exec(value);
      if (size)
        settings.set(
          variable,
          String(Number(size[1]) * { K: 1024, M: 1048576, G: 1073741824 }[size[2]!.toUpperCase() as 'K']),
        );
      else
        settings.set(
          variable,
          /^(true|1|on|\0)$/i.test(value) &&
            /ON|OFF/.test(defaultVariables(this.#flavor, new Map()).get(variable) ?? '')
            ? 'ON'
            : /^(false|0|off)$/i.test(value) &&
                /ON|OFF/.test(defaultVariables(this.#flavor, new Map()).get(variable) ?? '')
              ? 'OFF'
              : value,
        );
    }
    const server = settings.get('character_set_server');
    if (server !== undefined && !settings.has('collation_server'))
      settings.set('collation_server', server === 'utf8mb4' ? 'utf8mb4_0900_ai_ci' : `${server}_general_ci`);
    if (server !== undefined) this.#flavor.charset = server;
    const collation = settings.get('collation_server');
    if (collation !== undefined) [this.#flavor.collation, this.#flavor.charset] = [collation, collation.split('_')[0]!];
    if (this.#options.has('default-time-zone')) settings.set('time_zone', this.#option('default-time-zone'));
    const plugin = this.#options.get('default-authentication-plugin');
    if (plugin !== undefined) this.#flavor.plugin = plugin;
    return settings;
  }

  get #datadir(): string {
    return this.#option('datadir', '/var/lib/mysql').replace(/\/$/, '');
  }

  /** `--verbose --help`: the variables as they would be. */
  *#help(): Wait<number> {
    const values = defaultVariables(this.#flavor, this.#settings());
    yield* this.#ctx.stdout.write(
      `${this.#ctx.name}  Ver ${this.#flavor.version} for Linux on x86_64 (${this.#flavor.comment})\n\nUsage: ${this.#ctx.name} [OPTIONS]\n`,
    );
    if (!this.#on('verbose')) {
      yield* this.#ctx.stdout.write('\nFor more help options (several pages), use mysqld --verbose --help.\n');
      return 0;
    }
    const lines = [...values].map(
      ([name, value]) =>
        `${name.replace(/_/g, '-').padEnd(60)} ${name === 'datadir' ? `${this.#datadir}/` : value === '' ? '(No default value)' : value.replace(/^ON$/, 'TRUE').replace(/^OFF$/, 'FALSE')}\n`,
    );
    yield* this.#ctx.stdout.write(
      `\nVariables (--variable-name=value)\nand boolean options {FALSE|TRUE}                             Value (after reading options)\n------------------------------------------------------------ -------------\n${lines.join('')}`,
    );
    return 0;
  }

  #initializes(): boolean {
    return this.#on('initialize') || this.#on('initialize-insecure');
  }

  *#serve(): Wait<number> {
    const { version, mariadb } = this.#flavor;
    const sys = this.#sys;
    const initializes = this.#initializes();
    if (!mariadb && this.#flavor.number >= 80300)
      yield* this.#log.say(
        'System',
        initializes ? 'MY-015017' : 'MY-015015',
        initializes ? 'MySQL Server Initialization - start.' : 'MySQL Server - start.',
      );
    if (mariadb)
      yield* this.#log.say('Note', '', `Starting MariaDB ${version} source revision as process ${sys.getpid()}`);
    else if (initializes)
      yield* this.#log.say(
        'System',
        'MY-013169',
        `${this.#name} (mysqld ${version}) initializing of server in progress as process ${sys.getpid()}`,
      );
    else
      yield* this.#log.say(
        'System',
        'MY-010116',
        `${this.#name} (mysqld ${version}) starting as process ${sys.getpid()}${this.#flavor.number < 80000 ? ' ...' : ''}`,
      );
    if (!(yield* this.#becomeUser())) return 1;
    if (!(yield* this.#enterFolder(initializes))) return 1;
    const server = yield* this.#begin();
    if (!server) return 1;
    if (initializes) return yield* initialize(sys, server, this.#log, this.#flavor, this.#on('initialize'));
    const listeners = yield* this.#listen(server);
    if (!listeners) return 1;
    sys.sigaction(SIGPIPE, SIG_IGN);
    for (const signal of [SIGTERM, SIGQUIT]) sys.sigaction(signal, () => this.#end(signal));
    sys.sigaction(SIGINT, () => (mariadb ? this.#end(SIGINT) : undefined));
    sys.sigaction(SIGHUP, () => {});
    if (this.#options.has('init-file')) yield* this.#initFile(server);
    const { socket, port } = this.#place(server);
    const { comment } = this.#flavor;
    if (mariadb) yield* this.#log.say('Note', '', `${this.#name}: ready for connections.`);
    else if (this.#flavor.number < 80000) yield* this.#log.say('Note', '', `mysqld: ready for connections.`);
    else
      yield* this.#log.say(
        'System',
        'MY-010931',
        `${this.#name}: ready for connections. Version: '${version}'  socket: '${socket}'  port: ${port}  ${comment}.`,
      );
    if (mariadb || this.#flavor.number < 80000)
      yield* this.#log.raw(`Version: '${version}'  socket: '${socket}'  port: ${port}  ${comment}\n`);
    for (const listener of listeners) sys.thread((own) => this.#accept(own, server, listener));
    while (this.#signal === 0 && server.ending === undefined) yield* futexWait(sys, this.#wake, 0);
    return yield* this.#shutdown(server, socket);
  }

  #end(signal: number): void {
    this.#signal = signal;
    this.#wake.value = 1;
    this.#sys.futexWake(this.#wake, 1);
  }

  /** Who started as root runs as --user. */
  *#becomeUser(): Wait<boolean> {
    if (this.#sys.credentials().euid !== 0) return true;
    const user = this.#option('user');
    if (user === 'root') return true;
    if (user === '') {
      if (this.#initializes() || this.#flavor.mariadb) return true;
      yield* this.#log.say(
        'ERROR',
        'MY-010123',
        'Fatal error: Please read "Security" section of the manual to find out how to run mysqld as root!',
      );
      yield* this.#log.say('ERROR', 'MY-010119', 'Aborting');
      return false;
    }
    const identity = yield* findIdentity(this.#sys, user);
    if ('unknown' in identity) {
      yield* this.#log.say(
        'ERROR',
        'MY-010124',
        `Fatal error: Can't change to run as user '${user}' ;  Please check that the user exists!`,
      );
      return false;
    }
    return stepDown(this.#sys, identity) >= 0;
  }

  *#enterFolder(initializes: boolean): Wait<boolean> {
    const sys = this.#sys;
    const st = new Stat();
    const there = sys.stat(`${this.#datadir}/ibdata1`, st) >= 0;
    if (sys.chdir(this.#datadir) < 0 && (!initializes || sys.mkdir(this.#datadir, 0o751) < 0)) {
      yield* this.#log.say(
        'ERROR',
        'MY-010267',
        `Can't change dir to '${this.#datadir}/' (OS errno 2 - No such file or directory)`,
      );
      yield* this.#log.say('ERROR', 'MY-010119', 'Aborting');
      return false;
    }
    if (initializes && there) {
      yield* this.#log.say(
        'ERROR',
        'MY-010457',
        '--initialize specified but the data directory has files in it. Aborting.',
      );
      yield* this.#log.say(
        'ERROR',
        'MY-013236',
        `The designated data directory ${this.#datadir}/ is unusable. You can remove all files that the server added to it.`,
      );
      yield* this.#log.say('ERROR', 'MY-010119', 'Aborting');
      return false;
    }
    if (!initializes && !there) {
      yield* this.#log.say(
        'ERROR',
        'MY-010326',
        "Fatal error: Can't open and lock privilege tables: Table 'mysql.user' doesn't exist",
      );
      yield* this.#log.say('ERROR', 'MY-010119', 'Aborting');
      return false;
    }
    return true;
  }

  /** The engine, with the data. @returns undefined: it cannot be had */
  *#begin(): Wait<MysqlServer | undefined> {
    const { mariadb } = this.#flavor;
    if (mariadb)
      yield* this.#log.say(
        'Note',
        '',
        'InnoDB: Initializing buffer pool, total size = 128.000MiB, chunk size = 2.000MiB',
      );
    else if (this.#flavor.number >= 80000)
      yield* this.#log.say('System', 'MY-013576', 'InnoDB initialization has started.', 1, 'InnoDB');
    else
      yield* this.#log.say(
        'Note',
        '',
        'Initializing buffer pool, total size = 128M, instances = 1, chunk size = 128M',
        0,
        'InnoDB',
      );
    const sha256 = yield* library(this.#sys, SHA256);
    if (typeof sha256 === 'number') return undefined;
    const store = new Store(`${this.#datadir}/ibdata1`, 'mysql');
    const server = new MysqlServer(
      this.#sys,
      this.#flavor,
      store,
      new Users(sha256),
      this.#settings(),
      this.#datadir,
      () => this.#end(0),
    );
    server.openToAll = this.#on('skip-grant-tables');
    server.globals.set('hostname', this.#sys.uname().nodename);
    server.globals.set('skip_name_resolve', this.#on('skip-name-resolve') ? 'ON' : 'OFF');
    server.globals.set('datadir', `${this.#datadir}/`);
    try {
      yield* server.load(this.#sys);
    } catch (error) {
      if (!(error instanceof PackEnded)) throw error;
      yield* this.#log.say('ERROR', 'MY-012574', `Unable to open the engine: ${error.message}`, 1, 'InnoDB');
      yield* this.#log.say('ERROR', 'MY-010119', 'Aborting');
      return undefined;
    }
    if (mariadb) yield* this.#log.say('Note', '', 'InnoDB: log sequence number 47391; transaction id 14');
    else if (this.#flavor.number >= 80000)
      yield* this.#log.say('System', 'MY-013577', 'InnoDB initialization has ended.', 1, 'InnoDB');
    return server;
  }

  #place(server: MysqlServer): { socket: string; port: number } {
    const quiet = this.#on('skip-networking');
    return {
      socket: this.#option('socket', server.globals.get('socket')),
      port: quiet ? 0 : Number(this.#option('port', '3306')),
    };
  }

  *#listen(server: MysqlServer): Wait<number[] | undefined> {
    const sys = this.#sys;
    const { socket, port } = this.#place(server);
    server.globals.set('port', String(port));
    server.globals.set('socket', socket);
    const listeners: number[] = [];
    if (port !== 0) {
      const bind = this.#option('bind-address', '*');
      const fd = listenTcp(
        sys,
        port,
        bind === '*' || bind === '::'
          ? ''
          : bind === '0.0.0.0'
            ? '::ffff:0.0.0.0'
            : bind.includes(':')
              ? bind
              : `::ffff:${bind}`,
      );
      if (fd < 0) {
        yield* this.#log.say('ERROR', 'MY-010262', `Can't start server: Bind on TCP/IP port: ${strerror(-fd)}`);
        yield* this.#log.say(
          'ERROR',
          'MY-010257',
          `Do you already have another mysqld server running on port: ${port} ?`,
        );
        yield* this.#log.say('ERROR', 'MY-010119', 'Aborting');
        return undefined;
      }
      listeners.push(fd);
      if (this.#flavor.mariadb)
        yield* this.#log.say('Note', '', `Server socket created on IP: '${bind === '*' ? '0.0.0.0' : bind}'.`);
    }
    sys.unlink(socket);
    const fd = sys.socket(AF_UNIX, SOCK_STREAM, 0);
    const r = sys.bind(fd, { family: AF_UNIX, path: socket });
    if (r < 0 || sys.listen(fd, 128) < 0) {
      yield* this.#log.say('ERROR', 'MY-010267', `Can't start server : Bind on unix socket: ${strerror(-r)}`);
      yield* this.#log.say('ERROR', 'MY-010119', 'Aborting');
      return undefined;
    }
    sys.chmod(socket, 0o777);
    listeners.push(fd);
    const pidFile = this.#option('pid-file', server.globals.get('pid_file'));
    yield* writeFile(sys, pidFile, `${sys.getpid()}\n`, 0o644);
    return listeners;
  }

  /** Statements that are run before anybody connects. */
  *#initFile(server: MysqlServer): Wait<void> {
    const bytes = yield* readFile(this.#sys, this.#option('init-file'));
    if (typeof bytes === 'number') return;
    const account: Account = {
      user: 'root',
      host: 'localhost',
      plugin: '',
      secret: '',
      role: false,
      grants: [{ db: '*', table: '*', privileges: [...STATIC, 'ALL'], option: true }],
      roles: [],
    };
    const session = new Session(server, this.#sys, ++server.lastId, account, 'root', 'localhost', 0);
    try {
      for (let rest = decode(bytes); rest.trim() !== ''; ) {
        const parser = new StatementParser(rest, session.dialect);
        const statement = parser.statement();
        rest = rest.slice(parser.rest);
        yield* execute(session, statement);
      }
    } catch (error) {
      if (!(error instanceof MysqlError)) throw error;
      yield* this.#log.say('ERROR', 'MY-000061', `${error.number}  ${error.message}.`);
    } finally {
      yield* session.close();
    }
  }

  *#accept(sys: Sys, server: MysqlServer, listener: number): Wait<number> {
    for (;;) {
      const from: { address?: SockAddr } = {};
      const fd = yield* accept(sys, listener, from);
      if (fd < 0) continue;
      const { address } = from;
      const tcp = address && address.family !== AF_UNIX ? address : undefined;
      const from4 = tcp?.addr.replace(/^::ffff:/, '');
      const named = !this.#on('skip-name-resolve') && (from4 === '127.0.0.1' || from4 === '::1');
      const host = from4 === undefined || named ? 'localhost' : from4;
      const peer: Peer = { host, port: tcp?.port ?? 0 };
      sys.thread((own) => this.#converse(own, server, fd, peer));
    }
  }

  *#converse(sys: Sys, server: MysqlServer, fd: number, peer: Peer): Wait<number> {
    yield* new Conversation(server, sys, fd, peer).run();
    sys.close(fd);
    return 0;
  }

  *#shutdown(server: MysqlServer, socket: string): Wait<number> {
    const { version, comment, mariadb, number } = this.#flavor;
    const who = server.ending === undefined ? '<via user signal>' : server.ending.replace(/\[.*$/, '');
    if (mariadb)
      yield* this.#log.say('Note', '', `${this.#name} (initiated by: ${server.ending ?? 'unknown'}): Normal shutdown`);
    else if (number >= 80000)
      yield* this.#log.say(
        'System',
        'MY-013172',
        `Received SHUTDOWN from user ${who}. Shutting down mysqld (Version: ${version}).`,
      );
    else yield* this.#log.say('Note', '', 'Giving 0 client threads a chance to die gracefully');
    this.#sys.unlink(socket);
    this.#sys.unlink(this.#option('pid-file', server.globals.get('pid_file')));
    if (mariadb || number < 80000)
      yield* this.#log.say('Note', '', `${mariadb ? this.#name : 'mysqld'}: Shutdown complete`);
    else
      yield* this.#log.say('System', 'MY-010910', `${this.#name}: Shutdown complete (mysqld ${version})  ${comment}.`);
    if (!mariadb && number >= 80300) yield* this.#log.say('System', 'MY-015016', 'MySQL Server - end.');
    return 0;
  }
}
