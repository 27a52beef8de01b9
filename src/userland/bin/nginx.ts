import { O_CREAT, O_RDWR } from '../../abi/flags.ts';
import { SIGHUP, SIGQUIT, SIGTERM, SIGUSR1 } from '../../abi/signal.ts';
import { decode } from '../../lib/utf8.ts';
import { open, readFile, sleep, type Wait, writeFile } from '../../libc/io.ts';
import { type Context, exitWith, program } from '../../libc/program.ts';
import { localZone } from '../../libc/zone.ts';
import { Config } from '../servers/nginx/config.ts';
import { ConfigReader, errnoText } from '../servers/nginx/config-file.ts';
import { Cycle } from '../servers/nginx/cycle.ts';
import { LogFiles, type LogLevel } from '../servers/nginx/logs.ts';
import { checkUser, Master } from '../servers/nginx/master.ts';
import { ConfigError } from '../servers/nginx/tokens.ts';
import { buildText, versionOf } from '../servers/nginx/version.ts';

interface Flags {
  test: boolean;
  dump: boolean;
  quiet: boolean;
  version: boolean;
  build: boolean;
  help: boolean;
  config: string;
  errorLog: string;
  globals: string;
  signal: string | undefined;
}

const ERROR_LOG = '/var/log/nginx/error.log';
const PID = '/var/run/nginx.pid';
const SIGNALS: Readonly<Record<string, number>> = { stop: SIGTERM, quit: SIGQUIT, reopen: SIGUSR1, reload: SIGHUP };
/** How often and how long bind(2) is tried. */
const TRIES = 5;
const TRY_MS = 500;

export default program({
  name: 'nginx',
  at: ['/usr/sbin/nginx'],
  spec: 'nginx 1.27.4: core, http (without ssl, http2, fastcgi, uwsgi, caches), no mail and stream',
  usage: '[-?hvVtTq] [-s signal] [-p prefix] [-e filename] [-c filename] [-g directives]',
  about: 'Serve HTTP and pass it on.',
  options: {},
  raw: true,
  *main(ctx) {
    const flags = yield* readFlags(ctx);
    if (flags.help || flags.version || flags.build) return yield* showVersion(ctx, flags);
    return yield* new Nginx(ctx, flags).run();
  },
});

/** A message before there is a log: `nginx: [emerg] …`. */
function* fail(ctx: Context, message: string): Wait<never> {
  yield* ctx.stderr.write(`nginx: ${message}\n`);
  exitWith(1);
}

const VALUES: Readonly<Record<string, keyof Flags>> = {
  c: 'config',
  e: 'errorLog',
  g: 'globals',
  s: 'signal',
  p: 'help',
};
const NEEDS: Readonly<Record<string, string>> = {
  c: 'file name',
  e: 'file name',
  g: 'parameter',
  s: 'parameter',
  p: 'directory name',
};

function* readFlags(ctx: Context): Wait<Flags> {
  const flags: Flags = {
    test: false,
    dump: false,
    quiet: false,
    version: false,
    build: false,
    help: false,
    config: '/etc/nginx/nginx.conf',
    errorLog: ERROR_LOG,
    globals: '',
    signal: undefined,
  };
  for (let i = 0; i < ctx.args.length; i++) {
    const word = ctx.args[i]!;
    if (word[0] !== '-') yield* fail(ctx, `invalid option: "${word}"`);
    for (let j = 1; j < word.length; j++) {
      const letter = word[j]!;
      if (letter === '?' || letter === 'h') flags.help = true;
      else if (letter === 'v') flags.version = true;
      else if (letter === 'V') flags.build = true;
      else if (letter === 't') flags.test = true;
      else if (letter === 'T') flags.test = flags.dump = true;
      else if (letter === 'q') flags.quiet = true;
      else if (VALUES[letter]) {
        const value = word.slice(j + 1) || ctx.args[++i];
        if (value === undefined) yield* fail(ctx, `option "-${letter}" requires ${NEEDS[letter]}`);
        if (letter !== 'p') Object.assign(flags, { [VALUES[letter]!]: value });
        break;
      } else yield* fail(ctx, `invalid option: "${letter}"`);
    }
  }
  if (flags.signal !== undefined && !SIGNALS[flags.signal]) yield* fail(ctx, `invalid option: "-s ${flags.signal}"`);
  if (!flags.config.startsWith('/')) flags.config = `/etc/nginx/${flags.config}`;
  return flags;
}

const HELP = `Usage: nginx [-?hvVtTq] [-s signal] [-p prefix]
             [-e filename] [-c filename] [-g directives]

Options:
  -?,-h         : this help
  -v            : show version and exit
  -V            : show version and configure options then exit
  -t            : test configuration and exit
  -T            : test configuration, dump it and exit
  -q            : suppress non-error messages during configuration testing
  -s signal     : send signal to a master process: stop, quit, reopen, reload
  -p prefix     : set prefix path (default: /etc/nginx/)
  -e filename   : set error log file (default: ${ERROR_LOG})
  -c filename   : set configuration file (default: /etc/nginx/nginx.conf)
  -g directives : set global directives out of configuration file

`;

function* showVersion(ctx: Context, flags: Flags): Wait<number> {
  yield* ctx.stderr.write(`nginx version: nginx/${versionOf(ctx.sys.image)}\n`);
  if (flags.help) yield* ctx.stderr.write(HELP);
  if (flags.build) yield* ctx.stderr.write(buildText(ctx.sys.image.flavour));
  return 0;
}

class Nginx {
  #logs: LogFiles | undefined;
  /** From then on messages go to the error log alone. */
  #started = false;

  constructor(
    readonly ctx: Context,
    readonly flags: Flags,
  ) {}

  /** A message of the start: on stderr, and in the error log. */
  *#say(level: LogLevel, message: string): Wait<void> {
    const { sys } = this.ctx;
    if (this.#logs && this.flags.errorLog !== 'stderr')
      yield* this.#logs.message(sys, [{ path: this.flags.errorLog, level: 'notice' }], level, message);
    if (!this.#started && ['emerg', 'alert', 'crit', 'error', 'warn'].includes(level))
      yield* this.ctx.stderr.write(`nginx: [${level}] ${message}\n`);
  }

  *run(): Wait<number> {
    const { sys, env } = this.ctx;
    const { flags } = this;
    this.#logs = new LogFiles(yield* localZone(sys, env));
    try {
      yield* this.#logs.file(sys, flags.errorLog);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      yield* this.ctx.stderr.write(`nginx: [alert] could not open error log file: ${error.message}\n`);
    }
    const read = yield* this.#read();
    if (!read) {
      if (flags.test) yield* this.ctx.stderr.write(`nginx: configuration file ${flags.config} test failed\n`);
      return 1;
    }
    const { cycle, files } = read;
    if (flags.signal !== undefined) return yield* this.#signal(cycle);
    if (flags.test) return yield* this.#tested(files);
    if (!(yield* this.#bind(cycle, []))) return 1;
    return yield* this.#start(cycle);
  }

  /** Reads the configuration and opens its logs. @returns undefined where it is wrong, which was said */
  *#read(): Wait<{ cycle: Cycle; files: ConfigReader['files'] } | undefined> {
    const { sys, env } = this.ctx;
    const { flags } = this;
    try {
      const reader = new ConfigReader(sys, flags.config.slice(0, flags.config.lastIndexOf('/')) || '/');
      if (flags.globals !== '') yield* reader.commandLine(flags.globals);
      const directives = yield* reader.main(flags.config);
      const config = new Config(sys, directives, sys.uname().nodename);
      yield* config.build();
      const logs = new LogFiles(yield* localZone(sys, env));
      const cycle = new Cycle(config, logs);
      yield* checkUser(sys, cycle);
      for (const warning of config.warnings) yield* this.#say('warn', warning);
      if (flags.signal !== undefined) return { cycle, files: reader.files };
      if (!flags.quiet && flags.test)
        yield* this.ctx.stderr.write(`nginx: the configuration file ${flags.config} syntax is ok\n`);
      if (flags.test) yield* this.#touchPid(pidPath(cycle));
      yield* cycle.makeTemporary(sys);
      yield* cycle.openLogs(sys);
      return { cycle, files: reader.files };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      yield* this.#say('emerg', error.message);
      return undefined;
    }
  }

  /** A test finds out whether the file could be made. @throws ConfigError */
  *#touchPid(path: string): Wait<void> {
    const { sys } = this.ctx;
    const fd = yield* open(sys, path, O_RDWR | O_CREAT, 0o644);
    if (fd < 0) throw new ConfigError(`open() "${path}" failed ${errnoText(sys, fd)}`);
    sys.close(fd);
  }

  *#tested(files: ConfigReader['files']): Wait<number> {
    const { stdout, stderr } = this.ctx;
    if (!this.flags.quiet) yield* stderr.write(`nginx: configuration file ${this.flags.config} test is successful\n`);
    if (this.flags.dump)
      for (const { path, text } of files) yield* stdout.write(`# configuration file ${path}:\n${text}\n`);
    return 0;
  }

  *#signal(cycle: Cycle): Wait<number> {
    const { sys } = this.ctx;
    yield* this.#say('notice', 'signal process started');
    const path = pidPath(cycle);
    const bytes = yield* readFile(sys, path);
    if (typeof bytes === 'number') {
      yield* this.#say('error', `open() "${path}" failed ${errnoText(sys, bytes)}`);
      return 1;
    }
    const text = decode(bytes).trimEnd();
    const pid = /^\d+$/.test(text) ? Number(text) : 0;
    if (pid === 0) {
      yield* this.#say('error', `invalid PID number "${text}" in "${path}"`);
      return 1;
    }
    const number = SIGNALS[this.flags.signal!]!;
    const r = sys.kill(pid, number);
    if (r === 0) return 0;
    yield* this.#say('alert', `kill(${pid}, ${number}) failed ${errnoText(sys, r)}`);
    return 1;
  }

  /** Binds the sockets; those in use are tried again for a while. @returns whether all are bound */
  *#bind(cycle: Cycle, former: Cycle['sockets']): Wait<boolean> {
    for (let left = TRIES; ; ) {
      const failures = cycle.bind(this.ctx.sys, former);
      for (const failure of failures) yield* this.#say('emerg', failure.message);
      if (failures.length === 0) return true;
      if (failures.some((f) => !f.busy)) return false;
      if (--left === 0) break;
      yield* this.#say('notice', 'try again to bind() after 500ms');
      yield* sleep(this.ctx.sys, TRY_MS);
    }
    yield* this.#say('emerg', 'still could not bind()');
    return false;
  }

  *#start(cycle: Cycle): Wait<number> {
    const { sys } = this.ctx;
    const master = new Master(sys, cycle, (former) => this.#reload(former));
    yield* master.announce();
    this.#started = true;
    const serve = this.#serve(master);
    if (!cycle.config.main.flag('daemon', true)) return yield* serve(sys);
    const logs = this.#logs!;
    const child = sys.fork(function* (own) {
      own.setsid();
      return yield* serve(own);
    });
    if (child >= 0) return 0;
    yield* logs.message(sys, [{ path: ERROR_LOG, level: 'error' }], 'alert', `fork() failed ${errnoText(sys, child)}`);
    return 1;
  }

  #serve(master: Master): (sys: Context['sys']) => Wait<number> {
    const reload = (former: Cycle): Wait<Cycle | undefined> => this.#reload(former);
    return function* (sys) {
      const path = pidPath(master.cycle);
      const written = yield* writeFile(sys, path, `${sys.getpid()}\n`, 0o644);
      if (written < 0) {
        yield* master.log('emerg', `open() "${path}" failed ${errnoText(sys, written)}`);
        return 1;
      }
      const own = sys === master.sys ? master : new Master(sys, master.cycle, reload);
      const status = yield* own.run();
      sys.unlink(path);
      return status;
    };
  }

  *#reload(former: Cycle): Wait<Cycle | undefined> {
    const read = yield* this.#read();
    if (!read) return undefined;
    return (yield* this.#bind(read.cycle, former.sockets)) ? read.cycle : undefined;
  }
}

const pidPath = (cycle: Cycle): string => {
  const path = cycle.config.main.value('pid') ?? PID;
  return path.startsWith('/') ? path : `/etc/nginx/${path}`;
};
