import { BLOCKED } from '../../abi/errno.ts';
import { CLOCK_REALTIME, O_APPEND, O_CREAT, O_WRONLY } from '../../abi/flags.ts';
import { SIG_IGN, SIGINT, SIGPIPE, SIGTERM } from '../../abi/signal.ts';
import { AF_UNIX, type SockAddr } from '../../abi/socket.ts';
import type { Sys } from '../../abi/sys.ts';
import { civilTime } from '../../lib/civil-time.ts';
import { decode } from '../../lib/utf8.ts';
import { listenTcp } from '../../libc/http-server.ts';
import { accept, open, read, readFile, type Wait, writeAll, writeFile } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { strerror } from '../../libc/strerror.ts';
import { AppendLog } from '../servers/redis/append-log.ts';
import { Client } from '../servers/redis/client.ts';
import { Series } from '../servers/redis/commands/connection.ts';
import { settingOf } from '../servers/redis/commands/server.ts';
import { execute, type Outside } from '../servers/redis/execute.ts';
import { RdbError, readRdb, writeRdb } from '../servers/redis/rdb.ts';
import { Failure, OK, type Reply, Simple } from '../servers/redis/reply.ts';
import { ProtocolError, Requests, splitWords } from '../servers/redis/requests.ts';
import { DEFAULTS, RedisServer } from '../servers/redis/server.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Bytes of writes after which the data is measured. */
const MEASURE = 65_536;

export default program({
  name: 'redis-server',
  at: ['/usr/local/bin/redis-server'],
  spec: 'redis 7.2: RESP2 and 3; no replication, cluster, functions, streams, geo, modules, ACL rules; maxmemory and timeout are kept and not held',
  usage: '[/path/to/redis.conf] [options] [-]',
  about: 'Keep data in memory and serve it.',
  options: {},
  raw: true,
  *main(ctx) {
    const version = /^\d+\.\d+\.\d+$/.test(ctx.sys.image.version) ? ctx.sys.image.version : '7.2.5';
    const [first] = ctx.args;
    if (first === '-v' || first === '--version') {
      yield* ctx.stdout.write(`Redis server v=${version} sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=0\n`);
      return 0;
    }
    const config = new Map(Object.entries(DEFAULTS));
    const problem = yield* configure(ctx, config);
    if (problem !== undefined) {
      yield* ctx.stderr.write(problem);
      return 1;
    }
    return yield* new Daemon(ctx, config, version).run();
  },
});

/** Sets one directive. @returns what is wrong with it */
function directive(config: Map<string, string>, words: readonly string[]): string | undefined {
  const name = words[0]!.toLowerCase();
  if (!(name in DEFAULTS)) return 'Bad directive or wrong number of arguments';
  if (words.length < 2) return 'wrong number of arguments';
  const set = settingOf(name, words.slice(1).join(' '));
  if (set === undefined) return `argument must be 'yes' or 'no'`;
  config.set(name, set);
  return undefined;
}

/** Reads the configuration file and the options after it. @returns what to say where one is bad */
function* configure(ctx: Context, config: Map<string, string>): Wait<string | undefined> {
  const args = [...ctx.args];
  const lines: string[] = [];
  if (args[0] !== undefined && !args[0].startsWith('-')) {
    const path = args.shift()!;
    const bytes = yield* readFile(ctx.sys, path);
    if (typeof bytes === 'number')
      return `${stamp(ctx.sys, 'C')} # Fatal error, can't open config file '${path}': ${strerror(-bytes)}\n`;
    lines.push(...decode(bytes).split('\n'));
  }
  for (const word of args) {
    if (word.startsWith('--')) lines.push(word.slice(2));
    else lines.push(`${lines.pop() ?? ''} ${word === '' || /\s/.test(word) ? JSON.stringify(word) : word}`);
  }
  for (const [at, line] of lines.entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const problem = directive(config, splitWords(line) ?? ['']);
    if (problem !== undefined)
      return `\n*** FATAL CONFIG FILE ERROR (Redis ${ctx.sys.image.version || '7.2.5'}) ***\nReading the configuration file, at line ${at + 1}\n>>> '${line.trim()}'\n${problem}\n`;
  }
  return undefined;
}

/** `1:M 05 Nov 2025 09:00:00.000` */
function stamp(sys: Sys, role: 'C' | 'M'): string {
  const ms = Math.floor(sys.now(CLOCK_REALTIME));
  const t = civilTime(Math.floor(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, '0');
  const time = `${two(t.hour)}:${two(t.minute)}:${two(t.second)}.${String(ms % 1000).padStart(3, '0')}`;
  return `${sys.getpid()}:${role} ${two(t.day)} ${MONTHS[t.month - 1]} ${t.year} ${time}`;
}

class Daemon implements Outside {
  readonly #server: RedisServer;
  readonly #log: AppendLog;
  readonly #sys: Sys;
  #logFd = 1;
  #asked: 'SIGTERM' | 'SIGINT' | undefined;
  #charged = 0;

  constructor(
    readonly ctx: Context,
    config: Map<string, string>,
    version: string,
  ) {
    this.#sys = ctx.sys;
    this.#server = new RedisServer(ctx.sys, config, version);
    this.#log = new AppendLog(this.#server);
  }

  #setting(name: string): string {
    return this.#server.config.get(name) ?? '';
  }

  *#say(role: 'C' | 'M', mark: '*' | '#' | '-', text: string): Wait<void> {
    yield* writeAll(this.#sys, this.#logFd, `${stamp(this.#sys, role)} ${mark} ${text}\n`);
  }

  get #dumpPath(): string {
    return `${this.#setting('dir')}/${this.#setting('dbfilename')}`;
  }

  *run(): Wait<number> {
    const sys = this.#sys;
    if (this.#setting('logfile') !== '') {
      const fd = yield* open(sys, this.#setting('logfile'), O_WRONLY | O_CREAT | O_APPEND, 0o644);
      if (fd >= 0) this.#logFd = fd;
    }
    yield* this.#say('C', '*', 'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo');
    const { version } = this.#server;
    yield* this.#say(
      'C',
      '*',
      `Redis version=${version}, bits=64, commit=00000000, modified=0, pid=${sys.getpid()}, just started`,
    );
    if (this.ctx.args.length === 0)
      yield* this.#say(
        'C',
        '#',
        'Warning: no config file specified, using the default config. In order to specify a config file use redis-server /path/to/redis.conf',
      );
    else yield* this.#say('C', '*', 'Configuration loaded');
    yield* this.#say('M', '*', 'monotonic clock: POSIX clock_gettime');
    const port = Number(this.#setting('port'));
    const listener = listenTcp(sys, port);
    if (listener < 0) {
      yield* this.#say(
        'M',
        '#',
        `Warning: Could not create server TCP listening socket *:${port}: bind: ${strerror(-listener)}`,
      );
      yield* this.#say('M', '#', `Failed listening on port ${port} (tcp), aborting.`);
      return 1;
    }
    sys.prctl('cmdline', `${this.ctx.name} *:${port}`);
    yield* this.#say('M', '*', `Running mode=standalone, port=${port}.`);
    yield* this.#say('M', '*', 'Server initialized');
    if (!(yield* this.#load())) return 1;
    yield* this.#say('M', '*', 'Ready to accept connections tcp');
    sys.sigaction(SIGPIPE, SIG_IGN);
    sys.sigaction(SIGTERM, () => void (this.#asked = 'SIGTERM'));
    sys.sigaction(SIGINT, () => void (this.#asked = 'SIGINT'));
    sys.thread((own) => this.#accept(own, listener));
    return yield* this.#watch();
  }

  /** Reads what the disk has. @returns whether the server may start */
  *#load(): Wait<boolean> {
    if (this.#setting('appendonly') === 'yes') {
      const replayed = new Client(this.#server, this.#sys, 0, -1, '');
      replayed.trusted = true;
      const silent: Outside = { *written() {}, save: () => this.save(false), rewrite: () => this.rewrite() };
      const there = yield* this.#log.load(this.#sys, function* (words) {
        yield* execute(replayed, words, silent);
      });
      if (there) yield* this.#say('M', '*', 'DB loaded from append only file: 0.000 seconds');
      else if ((yield* this.#log.begin(this.#sys)) < 0) {
        yield* this.#say('M', '#', "Can't open or create append-only dir");
        return false;
      } else yield* this.#say('M', '*', 'Creating AOF base file appendonly.aof.1.base.rdb on server start');
      this.#server.dirty = 0;
      return true;
    }
    const bytes = yield* readFile(this.#sys, this.#dumpPath);
    if (typeof bytes === 'number') return true;
    yield* this.#say('M', '*', `Loading RDB produced by version ${this.#server.version}`);
    try {
      const keys = readRdb(this.#server, bytes);
      yield* this.#say('M', '*', `Done loading RDB, keys loaded: ${keys}, keys expired: 0.`);
      yield* this.#say('M', '*', 'DB loaded from disk: 0.000 seconds');
      return true;
    } catch (error) {
      if (!(error instanceof RdbError)) throw error;
      yield* this.#say('M', '#', `Internal error in RDB reading offset 0, function at rdb.c -> ${error.message}`);
      yield* this.#say('M', '#', 'Terminating server after rdb file reading failure.');
      return false;
    }
  }

  *written(client: Client, words: readonly string[], reply: Reply): Wait<void> {
    yield* this.#log.write(client, words, reply);
    // measuring looks at all keys: it is worth it when much was written for what there is
    if (this.#server.bytes - this.#charged < Math.max(MEASURE, this.#charged / 4)) return;
    this.#server.measure();
    const more = this.#server.bytes - this.#charged;
    this.#charged += more;
    if (client.sys.charge(more) < 0) yield;
  }

  *save(background: boolean): Wait<Reply> {
    if (background) yield* this.#say('M', '*', `Background saving started by pid ${this.#sys.getpid() + 1}`);
    const temporary = `${this.#dumpPath}.tmp`;
    const r = yield* writeFile(this.#sys, temporary, writeRdb(this.#server), 0o644);
    const moved = r < 0 ? r : this.#sys.rename(temporary, this.#dumpPath);
    if (moved < 0) {
      yield* this.#say('M', '#', `Failed opening the temp RDB file for saving: ${strerror(-moved)}`);
      return new Failure('ERR');
    }
    this.#server.dirty = 0;
    this.#server.lastSave = Math.floor(this.#server.now() / 1000);
    yield* this.#say('M', '*', 'DB saved on disk');
    if (background) yield* this.#say('M', '*', 'Background saving terminated with success');
    return background ? new Simple('Background saving started') : OK;
  }

  *rewrite(): Wait<Reply> {
    if (this.#log.isOpen) yield* this.#log.rewrite(this.#sys);
    return new Simple('Background append only file rewriting started');
  }

  /** Looks after save points, switched logs and the end. */
  *#watch(): Wait<number> {
    const sys = this.#sys;
    const server = this.#server;
    for (;;) {
      if (this.#asked) {
        const seconds = Math.floor(server.now() / 1000);
        yield* writeAll(
          sys,
          this.#logFd,
          `${sys.getpid()}:signal-handler (${seconds}) Received ${this.#asked} scheduling shutdown...\n`,
        );
        server.ending = { save: this.#setting('save') !== '' };
      }
      if (server.ending) return yield* this.#end(server.ending.save);
      if ((this.#setting('appendonly') === 'yes') !== this.#log.isOpen) {
        if (this.#log.isOpen) this.#log.close(sys);
        else yield* this.#log.begin(sys);
      }
      const due = this.#nextSave();
      if (due !== undefined && due.inMs <= 0) {
        yield* this.#say('M', '*', `${server.dirty} changes in ${due.seconds} seconds. Saving...`);
        yield* this.save(true);
        continue;
      }
      const seen = server.dirtied.value;
      while (sys.futexWait(server.dirtied, seen, due?.inMs) === BLOCKED) yield;
    }
  }

  /** When the first save point is reached that so many changes ask for; undefined where none is. */
  #nextSave(): { inMs: number; seconds: number } | undefined {
    const server = this.#server;
    const points = this.#setting('save').split(/\s+/).map(Number);
    let first: { inMs: number; seconds: number } | undefined;
    for (let i = 0; i + 1 < points.length; i += 2) {
      const [seconds, changes] = [points[i]!, points[i + 1]!];
      const inMs = (server.lastSave + seconds) * 1000 - server.now();
      if (server.dirty >= changes && (!first || inMs < first.inMs)) first = { inMs, seconds };
    }
    return first;
  }

  *#end(save: boolean): Wait<number> {
    yield* this.#say('M', '*', 'User requested shutdown...');
    if (save) {
      yield* this.#say('M', '*', 'Saving the final RDB snapshot before exiting.');
      yield* this.save(false);
    }
    yield* this.#say('M', '#', 'Redis is now ready to exit, bye bye...');
    return 0;
  }

  *#accept(sys: Sys, listener: number): Wait<number> {
    for (;;) {
      const peer: { address?: SockAddr } = {};
      const fd = yield* accept(sys, listener, peer);
      if (fd < 0) continue;
      const { address } = peer;
      const from =
        address && address.family !== AF_UNIX ? `${address.addr.replace(/^::ffff:/, '')}:${address.port}` : '';
      sys.thread((own) => this.#serve(own, fd, from));
    }
  }

  *#serve(sys: Sys, fd: number, from: string): Wait<number> {
    const client = new Client(this.#server, sys, ++this.#server.lastId, fd, from);
    if (this.#server.clients.size >= Number(this.#setting('maxclients'))) {
      yield* client.send(new Failure('ERR max number of clients reached'));
      sys.close(fd);
      return 0;
    }
    this.#server.clients.set(client.id, client);
    try {
      yield* this.#converse(client);
    } finally {
      this.#server.clients.delete(client.id);
      sys.close(fd);
    }
    return 0;
  }

  *#converse(client: Client): Wait<void> {
    const requests = new Requests();
    const buf = new Uint8Array(16_384);
    while (!client.leaving) {
      const n = yield* read(client.sys, client.fd, buf);
      if (n <= 0) return;
      requests.push(buf.subarray(0, n));
      try {
        for (let words; !client.leaving && (words = requests.next()); ) {
          if (words.length === 0) continue;
          const reply = yield* execute(client, words, this);
          for (const each of reply instanceof Series ? reply : [reply]) yield* client.send(each);
          if (this.#server.ending) return;
          if (client.sys.tick()) yield;
        }
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        yield* client.send(new Failure(`ERR Protocol error: ${error.message}`));
        return;
      }
    }
  }
}
