import { CLOCK_MONOTONIC, CLOCK_REALTIME } from '../../abi/flags.ts';
import { SIG_IGN, SIGINT, SIGPIPE, SIGTERM } from '../../abi/signal.ts';
import { AF_UNIX, SOCK_STREAM } from '../../abi/socket.ts';
import type { Futex, Sys } from '../../abi/sys.ts';
import { Accounts } from '../../libc/accounts.ts';
import { listenTcp } from '../../libc/http-server.ts';
import { accept, futexWait, read, type Wait, writeAll, writeFile } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { strerror } from '../../libc/strerror.ts';
import { Conversation, type Service, type Tally } from '../servers/memcached/protocol.ts';
import { readSettings, type Settings } from '../servers/memcached/settings.ts';
import { Store } from '../servers/memcached/store.ts';

const EX_USAGE = 64;
const EX_NOUSER = 67;
const EX_OSERR = 71;
/** Growth of the data after which it is charged anew, bytes. */
const MEASURE = 65_536;
/** Slab classes have pages of this size. */
const PAGE = 1024 * 1024;

const HELP = `-p, --port=<num>          TCP port to listen on (default: 11211)
-s, --unix-socket=<file>  UNIX socket to listen on (disables network support)
-l, --listen=<addr>       interface to listen on (default: INADDR_ANY)
-u, --user=<user>         assume identity of <username> (only when run as root)
-m, --memory-limit=<num>  item memory in megabytes (default: 64)
-c, --conn-limit=<num>    max simultaneous connections (default: 1024)
-t, --threads=<num>       number of threads to use (default: 4)
-I, --max-item-size=<num> adjusts max item size
-P, --pidfile=<file>      save PID in <file>
-a, --unix-mask=<mask>    access mask for UNIX socket, in octal (default: 700)
-A, --enable-shutdown     enable ascii "shutdown" command
-F, --disable-flush-all   disable flush_all command
-M, --disable-evictions   return error on memory exhausted instead of evicting
-f, --slab-growth-factor=<num> chunk size growth factor (default: 1.25)
-n, --slab-min-size=<bytes> min space used for key+value+flags (default: 48)
-v, --verbose             verbose (print errors/warnings while in event loop)
-vv                       very verbose (also print client commands/responses)
-h, --help                print this help and exit
-V, --version             print version and exit
`;

export default program({
  name: 'memcached',
  at: ['/usr/local/bin/memcached', '/usr/bin/memcached'],
  spec: 'memcached 1.6: the text protocol over TCP and unix sockets; no daemon of its own (-d), UDP, binary and meta protocols, SASL, TLS, external storage',
  usage: '[options]',
  about: 'Keep values in memory for others.',
  options: {},
  raw: true,
  *main(ctx) {
    const version = /^\d+\.\d+\.\d+$/.test(ctx.sys.image.version) ? ctx.sys.image.version : '1.6.39';
    const wish = readSettings(ctx.args);
    if ('problem' in wish) {
      yield* ctx.stderr.write(wish.problem);
      return EX_USAGE;
    }
    if ('say' in wish) {
      yield* ctx.stdout.write(`memcached ${version}\n${wish.say === 'help' ? HELP : ''}`);
      return 0;
    }
    const status = yield* becomeUser(ctx, wish.serve);
    return status ?? (yield* new Memcached(ctx, wish.serve, version).run());
  },
});

/** Gives up root's rights. @returns the exit status where that cannot be */
function* becomeUser(ctx: Context, { user }: Settings): Wait<number | undefined> {
  if (ctx.sys.credentials().euid !== 0) return undefined;
  if (user === '') {
    yield* ctx.stderr.write(`can't run as root without the -u switch\n`);
    return EX_USAGE;
  }
  const who = yield* new Accounts(ctx.sys).byName(user);
  if (!who) {
    yield* ctx.stderr.write(`can't find the user ${user} to switch to\n`);
    return EX_NOUSER;
  }
  ctx.sys.setgroups([who.gid]);
  ctx.sys.setresgid(who.gid, who.gid, who.gid);
  ctx.sys.setresuid(who.uid, who.uid, who.uid);
  return undefined;
}

class Memcached implements Service {
  readonly store: Store;
  readonly tally: Tally = {};
  readonly itemMax: number;
  readonly refusesFlush: boolean;
  readonly #sys: Sys;
  readonly #begun: number;
  readonly #ended: Futex = { value: 0 };
  #level: number;
  #signal = '';
  #charged = 0;
  #connections = 0;
  #accepted = 0;
  #read = 0;
  #written = 0;

  constructor(
    private readonly ctx: Context,
    private readonly settings: Settings,
    readonly version: string,
  ) {
    const { sys } = ctx;
    this.#sys = sys;
    this.#begun = sys.now(CLOCK_MONOTONIC);
    this.itemMax = settings.itemMax;
    this.refusesFlush = settings.refusesFlush;
    this.#level = settings.verbose;
    const epoch = Math.floor(sys.now(CLOCK_REALTIME) / 1000);
    this.store = new Store(settings.memory, () => this.#uptime, epoch, settings.keepsAll);
  }

  get #uptime(): number {
    return Math.floor((this.#sys.now(CLOCK_MONOTONIC) - this.#begun) / 1000);
  }

  shutdown(): boolean {
    if (!this.settings.takesShutdown) return false;
    this.#end('Interrupt');
    return true;
  }

  verbosity(level: number): void {
    this.#level = level;
  }

  *run(): Wait<number> {
    const { port, socket, address, pidFile } = this.settings;
    const sys = this.#sys;
    if (this.#level > 1) yield* this.ctx.stderr.write(slabClasses(this.settings));
    const listener =
      socket === ''
        ? listenTcp(sys, port, address === '0.0.0.0' ? '' : address)
        : listenUnix(sys, socket, this.settings.socketMode);
    if (listener < 0) {
      const what =
        socket === '' ? `failed to listen on TCP port ${port}` : `failed to listen on UNIX socket: ${socket}`;
      yield* this.ctx.stderr.write(`bind(): ${strerror(-listener)}\n${what}: ${strerror(-listener)}\n`);
      return EX_OSERR;
    }
    if (this.#level > 1) yield* this.ctx.stderr.write(`<${listener} server listening (auto-negotiate)\n`);
    if (pidFile !== '') yield* writeFile(sys, pidFile, `${sys.getpid()}\n`);
    sys.sigaction(SIGPIPE, SIG_IGN);
    for (const [signal, name] of [
      [SIGTERM, 'Terminated'],
      [SIGINT, 'Interrupt'],
    ] as const)
      sys.sigaction(signal, () => this.#end(name));
    sys.thread((own) => this.#accept(own, listener));
    while (this.#signal === '') yield* futexWait(sys, this.#ended, this.#ended.value);
    yield* this.ctx.stderr.write(`Signal handled: ${this.#signal}.\n`);
    return 0;
  }

  #end(signal: string): void {
    this.#signal = signal;
    this.#ended.value++;
    this.#sys.futexWake(this.#ended, 1);
  }

  *#accept(sys: Sys, listener: number): Wait<number> {
    for (;;) {
      const fd = yield* accept(sys, listener);
      if (fd < 0) continue;
      this.#accepted++;
      sys.thread((own) => this.#serve(own, fd));
    }
  }

  *#serve(sys: Sys, fd: number): Wait<number> {
    if (this.#connections >= this.settings.connections) {
      yield* writeAll(sys, fd, 'ERROR Too many open connections\r\n');
      sys.close(fd);
      return 0;
    }
    this.#connections++;
    try {
      yield* this.#converse(sys, fd);
    } finally {
      this.#connections--;
      sys.close(fd);
    }
    return 0;
  }

  *#converse(sys: Sys, fd: number): Wait<void> {
    const conversation = new Conversation(this);
    const buf = new Uint8Array(16_384);
    if (this.#level > 1) yield* writeAll(sys, 2, `<${fd} new auto-negotiating client connection\n`);
    while (!conversation.over) {
      const n = yield* read(sys, fd, buf);
      if (n <= 0) break;
      this.#read += n;
      const { out, lines } = conversation.push(buf.subarray(0, n));
      if (this.#level > 1) for (const line of lines) yield* writeAll(sys, 2, `<${fd} ${line}\n`);
      const grown = this.store.bytes - this.#charged;
      if (grown > MEASURE || grown < -MEASURE) {
        this.#charged += grown;
        if (sys.charge(grown) < 0) yield;
      }
      for (const piece of out) {
        if ((yield* writeAll(sys, fd, piece)) < 0) return;
        this.#written += piece.length;
      }
      if (sys.tick()) yield;
    }
    if (this.#level > 1) yield* writeAll(sys, 2, `<${fd} connection closed.\n`);
  }

  stats(what: string): readonly (readonly [string, string])[] | undefined {
    const { settings, store, tally } = this;
    if (what === 'settings')
      return rows({
        maxbytes: store.limit,
        maxconns: settings.connections,
        tcpport: settings.port,
        udpport: 0,
        inter: settings.address || 'NULL',
        verbosity: this.#level,
        oldest: 0,
        evictions: settings.keepsAll ? 'off' : 'on',
        domain_socket: settings.socket || 'NULL',
        umask: settings.socketMode.toString(8),
        growth_factor: settings.growth.toFixed(2),
        chunk_size: settings.firstChunk - 48,
        num_threads: settings.threads,
        item_size_max: settings.itemMax,
      });
    if (what === 'items' || what === 'slabs' || what === 'sizes' || what === 'conns') return [];
    if (what !== '') return undefined;
    const seconds = Math.floor(this.#sys.now(CLOCK_REALTIME) / 1000);
    const counted = (names: readonly string[]): Record<string, number> =>
      Object.fromEntries(names.map((name) => [name, tally[name] ?? 0]));
    return rows({
      pid: this.#sys.getpid(),
      uptime: this.#uptime,
      time: seconds,
      version: this.version,
      pointer_size: 64,
      max_connections: settings.connections,
      curr_connections: this.#connections + 1,
      total_connections: this.#accepted + 1,
      ...counted(['cmd_get', 'cmd_set', 'cmd_flush', 'cmd_touch', 'get_hits', 'get_misses', 'delete_misses']),
      ...counted(['delete_hits', 'incr_misses', 'incr_hits', 'decr_misses', 'decr_hits', 'cas_misses', 'cas_hits']),
      ...counted(['cas_badval', 'touch_hits', 'touch_misses']),
      bytes_read: this.#read,
      bytes_written: this.#written,
      limit_maxbytes: store.limit,
      accepting_conns: 1,
      threads: settings.threads,
      bytes: store.bytes,
      curr_items: store.size,
      total_items: store.counts.total,
      evictions: store.counts.evictions,
    });
  }
}

const rows = (values: Record<string, number | string>): [string, string][] =>
  Object.entries(values).map(([name, value]) => [name, String(value)]);

/** The classes of chunks that -vv shows. */
function slabClasses({ firstChunk, growth }: Settings): string {
  const lines: string[] = [];
  const show = (size: number): void => {
    const at = String(lines.length + 1).padStart(3);
    lines.push(
      `slab class ${at}: chunk size ${String(size).padStart(9)} perslab ${String(Math.floor(PAGE / size)).padStart(7)}\n`,
    );
  };
  for (let size = firstChunk; size <= PAGE / 2 / growth; size *= growth) {
    size = Math.ceil(size / 8) * 8;
    show(size);
  }
  show(PAGE / 2);
  return lines.join('');
}

function listenUnix(sys: Sys, path: string, mode: number): number {
  const fd = sys.socket(AF_UNIX, SOCK_STREAM);
  if (fd < 0) return fd;
  sys.unlink(path);
  const bound = sys.bind(fd, { family: AF_UNIX, path });
  const listening = bound < 0 ? bound : sys.listen(fd, 128);
  if (bound >= 0) sys.chmod(path, mode);
  if (listening < 0) sys.close(fd);
  return listening < 0 ? listening : fd;
}
