import { EINTR } from '../../abi/errno.ts';
import { CLOCK_REALTIME, O_RDONLY } from '../../abi/flags.ts';
import { SIG_IGN, SIGALRM, SIGCHLD } from '../../abi/signal.ts';
import { AF_INET, AF_INET6, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, type SockAddr } from '../../abi/socket.ts';
import { isDirectory, isRegular, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { calendar, DAY_NAMES, MONTH_NAMES, two } from '../../libc/clock-text.ts';
import { accept, open, read, readFile, type Wait, writeAll } from '../../libc/io.ts';
import { joinPath, normalizePath } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';

const options = {
  foreground: { short: 'f', long: false, busybox: 'only', help: 'Run in foreground' },
  inetd: { short: 'i', long: false, busybox: 'only', help: 'Inetd mode' },
  verbose: { short: 'v', long: false, many: true, busybox: 'only', help: 'Verbose' },
  port: { short: 'p', long: false, arg: '[IP:]PORT', busybox: 'only', help: 'Bind to IP:PORT (default *:80)' },
  user: { short: 'u', long: false, arg: 'USER[:GRP]', busybox: 'only', help: 'Set uid/gid after binding to port' },
  realm: {
    short: 'r',
    long: false,
    arg: 'REALM',
    busybox: 'only',
    help: 'Authentication Realm for Basic Authentication',
  },
  home: { short: 'h', long: false, arg: 'HOME', busybox: 'only', help: 'Home directory (default .)' },
  config: {
    short: 'c',
    long: false,
    arg: 'FILE',
    busybox: 'only',
    help: 'Configuration file (default {/etc,HOME}/httpd.conf)',
  },
  decode: { short: 'd', long: false, arg: 'STRING', busybox: 'only', help: 'URL decode STRING' },
  encode: { short: 'e', long: false, arg: 'STRING', busybox: 'only', help: 'HTML encode STRING' },
} as const;
type Ctx = Context<typeof options>;

const TYPES: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  h: 'text/plain',
  c: 'text/plain',
  cc: 'text/plain',
  cpp: 'text/plain',
  htm: 'text/html',
  html: 'text/html',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  png: 'image/png',
  svg: 'image/svg+xml',
  css: 'text/css',
  js: 'application/javascript',
  wav: 'audio/wav',
  avi: 'video/x-msvideo',
  qt: 'video/quicktime',
  mov: 'video/quicktime',
  mpe: 'video/mpeg',
  mpeg: 'video/mpeg',
  mid: 'audio/midi',
  midi: 'audio/midi',
  mp3: 'audio/mpeg',
};

const REASONS: Readonly<Record<number, readonly [string, string?]>> = {
  200: ['OK'],
  206: ['Partial Content'],
  302: ['Found'],
  304: ['Not Modified'],
  400: ['Bad Request', 'Unsupported method'],
  403: ['Forbidden', ''],
  404: ['Not Found', 'The requested URL was not found'],
  408: ['Request Timeout', 'No request appeared within 60 seconds'],
  500: ['Internal Server Error', 'Internal Server Error'],
  501: ['Not Implemented', 'The requested method is not recognized'],
};

/** Milliseconds that a client has to send its request. */
const HEADER_TIMEOUT = 60_000;

interface Settings {
  home: string;
  index: string;
  types: ReadonlyMap<string, string>;
  verbose: number;
  /** Peers are shown as IPv6 sees them. */
  dual: boolean;
}

export default program({
  name: 'httpd',
  at: ['/usr/sbin/httpd'],
  spec: 'busybox 1.36 httpd: files, directories, ranges, ETag, MIME types; without CGI, proxy, authentication and access lists',
  usage: '',
  about: 'Serve files over HTTP.',
  options,
  gnu: false,
  busybox: {
    at: '/usr/sbin/httpd',
    usage: '[-ifv[v]] [-c CONFFILE] [-p [IP:]PORT] [-u USER[:GRP]] [-r REALM] [-h HOME]\nor httpd -d/-e/-m STRING',
    help: 'Listen for incoming HTTP requests\n\n\t-i\t\tInetd mode\n\t-f\t\tRun in foreground\n\t-v[v]\t\tVerbose\n\t-p [IP:]PORT\tBind to IP:PORT (default *:80)\n\t-u USER[:GRP]\tSet uid/gid after binding to port\n\t-r REALM\tAuthentication Realm for Basic Authentication\n\t-h HOME\t\tHome directory (default .)\n\t-c FILE\t\tConfiguration file (default {/etc,HOME}/httpd.conf)\n\t-m STRING\tMD5 crypt STRING\n\t-e STRING\tHTML encode STRING\n\t-d STRING\tURL decode STRING\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    if (opts.decode !== undefined) {
      yield* ctx.stdout.write(percent(opts.decode.replaceAll('+', ' ')) ?? '');
      return 0;
    }
    if (opts.encode !== undefined) {
      yield* ctx.stdout.write(opts.encode.replace(/[^A-Za-z0-9]/g, (c) => `&#${c.charCodeAt(0)};`));
      return 0;
    }
    if (opts.home !== undefined) {
      const r = sys.chdir(opts.home);
      if (r < 0) return yield* ctx.die(`can't change directory to '${opts.home}': ${ctx.strerror(r)}`);
    }
    const listener = yield* listen(ctx);
    const home = sys.getcwd();
    const settings = yield* configuration(
      ctx,
      typeof home === 'string' ? home : '/',
      opts.port?.includes(':') !== true,
    );
    if (opts.foreground) return yield* serve(sys, listener, settings);
    const pid = sys.fork((own) => daemon(own, listener, settings));
    return pid < 0 ? yield* ctx.die(`fork: ${ctx.strerror(pid)}`) : 0;
  },
});

function* listen(ctx: Ctx): Wait<number> {
  const { sys } = ctx;
  const text = ctx.opts.port ?? '80';
  const colon = text.lastIndexOf(':');
  const addr = colon < 0 ? '' : text.slice(0, colon).replace(/^\[|\]$/g, '');
  const port = Number(text.slice(colon + 1));
  if (!Number.isInteger(port) || port > 65535) return yield* ctx.die(`bad port '${text}'`);
  const family = addr !== '' && !addr.includes(':') ? AF_INET : AF_INET6;
  const fd = sys.socket(family, SOCK_STREAM, 0);
  if (fd < 0) return yield* ctx.die(`socket: ${ctx.strerror(fd)}`);
  sys.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  const bound = sys.bind(fd, { family, addr: addr === '' ? '::' : addr, port });
  if (bound < 0) return yield* ctx.die(`bind: ${ctx.strerror(bound)}`);
  const listening = sys.listen(fd, 9);
  if (listening < 0) return yield* ctx.die(`listen: ${ctx.strerror(listening)}`);
  return fd;
}

/** httpd.conf: `.ext:type` and `I:index`; other lines are not heeded. */
function* configuration(ctx: Ctx, home: string, dual: boolean): Wait<Settings> {
  const types = new Map(Object.entries(TYPES));
  let index = 'index.html';
  const named = ctx.opts.config;
  for (const path of named === undefined ? ['/etc/httpd.conf', joinPath(home, 'httpd.conf')] : [named]) {
    const bytes = yield* readFile(ctx.sys, path);
    if (typeof bytes === 'number') {
      if (named !== undefined) yield* ctx.die(`${path}: ${ctx.strerror(bytes)}`);
      continue;
    }
    for (const line of decode(bytes).split('\n')) {
      const type = /^\.([^:\s]+):(\S+)/.exec(line.trim());
      if (type) types.set(type[1]!, type[2]!);
      const first = /^I:(\S+)/.exec(line.trim());
      if (first) index = first[1]!;
    }
    break;
  }
  return { home, index, types, verbose: ctx.opts.verbose, dual };
}

function* daemon(sys: Sys, listener: number, settings: Settings): Wait<number> {
  sys.setsid();
  const nothing = yield* open(sys, '/dev/null', 2);
  for (const fd of [0, 1, 2]) sys.dup2(nothing, fd);
  if (nothing > 2) sys.close(nothing);
  return yield* serve(sys, listener, settings);
}

/** Accepts for ever; a child serves each connection. */
function* serve(sys: Sys, listener: number, settings: Settings): Wait<number> {
  sys.sigaction(SIGCHLD, SIG_IGN);
  for (;;) {
    const peer: { address?: SockAddr } = {};
    const fd = yield* accept(sys, listener, peer);
    if (fd === -EINTR) continue;
    if (fd < 0) return 1;
    const pid = sys.fork(function* (own) {
      own.close(listener);
      yield* new Connection(own, fd, settings, peerText(peer.address, settings.dual)).run();
      return 0;
    });
    sys.close(fd);
    if (pid < 0) yield;
  }
}

function peerText(address: SockAddr | undefined, dual: boolean): string {
  if (!address || !('addr' in address)) return '';
  const { addr, port } = address;
  if (addr.includes(':')) return `[${addr}]:${port}`;
  return dual ? `[::ffff:${addr}]:${port}` : `${addr}:${port}`;
}

class Connection {
  constructor(
    private readonly sys: Sys,
    private readonly fd: number,
    private readonly settings: Settings,
    private readonly peer: string,
  ) {}

  private *log(text: string): Wait<void> {
    yield* writeAll(this.sys, 2, `${this.peer}: ${text}\n`);
  }

  *run(): Wait<void> {
    let late = false;
    this.sys.sigaction(SIGALRM, () => {
      late = true;
    });
    this.sys.alarm(HEADER_TIMEOUT);
    const head = yield* this.readHead();
    this.sys.alarm(0);
    if (late) {
      yield* this.error(408);
      return;
    }
    const line = /^(\S+) (\S+)(?: (HTTP\/\S+))?\r?$/.exec(head?.split('\n')[0] ?? '');
    if (!head || !line) {
      if (head !== undefined && head !== '') yield* this.error(400);
      return;
    }
    const [, method, target] = line as unknown as [string, string, string];
    const path = percent(target.replace(/^https?:\/\/[^/]*/, '').split('?')[0]!);
    if (path === undefined || !path.startsWith('/') || /(^|\/)\.\.(\/|$)/.test(path)) {
      yield* this.error(400);
      return;
    }
    if (this.settings.verbose > 1) yield* this.log(`url:${target}`);
    if (method !== 'GET' && method !== 'HEAD') {
      yield* this.error(501);
      return;
    }
    yield* this.file(
      normalizePath(path) + (path.endsWith('/') && path !== '/' ? '/' : ''),
      method === 'HEAD',
      fieldsOf(head),
    );
  }

  private *readHead(): Wait<string | undefined> {
    const buf = new Uint8Array(8192);
    let used = 0;
    for (;;) {
      const n = yield* read(this.sys, this.fd, buf.subarray(used));
      if (n <= 0) return used > 0 ? decode(buf, 0, used) : undefined;
      used += n;
      const text = decode(buf, 0, used);
      if (/\r?\n\r?\n/.test(text)) return text;
      if (used === buf.length) return text;
    }
  }

  private *file(path: string, headOnly: boolean, fields: ReadonlyMap<string, string>): Wait<void> {
    const { sys, settings } = this;
    let full = joinPath(settings.home, path.slice(1));
    const st = new Stat();
    let found = sys.stat(full.replace(/(.)\/$/, '$1'), st);
    if (found === 0 && isDirectory(st.mode)) {
      if (!path.endsWith('/')) {
        yield* this.head(302, [['Location', `${path}/`]]);
        return;
      }
      full = joinPath(full, settings.index);
      found = sys.stat(full, st);
    }
    const fd = found === 0 && isRegular(st.mode) ? yield* open(sys, full, O_RDONLY) : -1;
    if (fd < 0) {
      yield* this.error(404);
      return;
    }
    const tag = `"${Math.floor(st.mtimeSec).toString(16)}-${st.size.toString(16)}"`;
    if (fields.get('if-none-match') === tag) {
      yield* this.head(304, []);
      return;
    }
    const name = full.slice(full.lastIndexOf('/') + 1);
    const dot = name.lastIndexOf('.');
    const type = (dot >= 0 ? settings.types.get(name.slice(dot + 1)) : undefined) ?? 'application/octet-stream';
    const range = /^bytes=(\d+)-(\d*)$/.exec(fields.get('range') ?? '');
    const start = range ? Number(range[1]) : 0;
    const end = range?.[2] ? Math.min(Number(range[2]), st.size - 1) : st.size - 1;
    const partial = range !== null && start <= end;
    const length = partial ? end - start + 1 : st.size;
    yield* this.head(
      partial ? 206 : 200,
      [
        ['Accept-Ranges', 'bytes'],
        ['Last-Modified', httpDate(st.mtimeSec)],
        ...(partial ? ([['Content-Range', `bytes ${start}-${end}/${st.size}`]] as const) : []),
        ['ETag', tag],
        ['Content-Length', String(length)],
      ],
      type,
    );
    if (!headOnly) yield* this.body(fd, partial ? start : 0, length);
  }

  private *body(fd: number, start: number, length: number): Wait<void> {
    const { sys } = this;
    if (start > 0) sys.lseek(fd, start, 0);
    const buf = new Uint8Array(65536);
    for (let left = length; left > 0; ) {
      const n = yield* read(sys, fd, left < buf.length ? buf.subarray(0, left) : buf);
      if (n <= 0 || (yield* writeAll(sys, this.fd, buf.subarray(0, n))) < 0) return;
      left -= n;
      if (sys.tick()) yield;
    }
  }

  private *head(
    status: number,
    fields: readonly (readonly [string, string])[],
    type = 'text/html',
    body = '',
  ): Wait<void> {
    if (this.settings.verbose > 0) yield* this.log(`response:${status}`);
    const lines = [
      `HTTP/1.1 ${status} ${REASONS[status]![0]}`,
      `Date: ${httpDate(this.sys.now(CLOCK_REALTIME) / 1000)}`,
      'Connection: close',
      `Content-type: ${type}`,
      ...fields.map(([name, value]) => `${name}: ${value}`),
    ];
    yield* writeAll(this.sys, this.fd, `${lines.join('\r\n')}\r\n\r\n${body}`);
  }

  private *error(status: number): Wait<void> {
    const [reason, text] = REASONS[status]!;
    yield* this.head(
      status,
      [],
      'text/html',
      `<HTML><HEAD><TITLE>${status} ${reason}</TITLE></HEAD>\n<BODY><H1>${status} ${reason}</H1>\n${text}\n</BODY></HTML>\n`,
    );
  }
}

function fieldsOf(head: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of head.split(/\r?\n/).slice(1)) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return fields;
}

function percent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function httpDate(sec: number): string {
  const c = calendar(Math.floor(sec));
  return `${DAY_NAMES[c.weekday]!.slice(0, 3)}, ${two(c.day)} ${MONTH_NAMES[c.month - 1]!.slice(0, 3)} ${c.year} ${two(c.hour)}:${two(c.minute)}:${two(c.second)} GMT`;
}
