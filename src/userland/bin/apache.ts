import { BLOCKED } from '../../abi/errno.ts';
import { CLOCK_REALTIME, O_APPEND, O_CREAT, O_WRONLY } from '../../abi/flags.ts';
import type { LinkInfo } from '../../abi/netlink.ts';
import { SIG_IGN, SIGHUP, SIGINT, SIGPIPE, SIGTERM, SIGUSR1, SIGWINCH } from '../../abi/signal.ts';
import type { Sys } from '../../abi/sys.ts';
import { civilTime } from '../../lib/civil-time.ts';
import { listenTcp, type SiteRequest, type SiteResponse, serveHttp } from '../../libc/http-server.ts';
import { open, type Wait, writeAll, writeFile } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { strerror } from '../../libc/strerror.ts';
import { ConfigError, readConfig } from '../servers/apache/config.ts';
import { type Host, type Settings, settingsOf } from '../servers/apache/settings.ts';
import { Answerer, hostFor, VERSION } from '../servers/apache/site.ts';

const ROOT = '/usr/local/apache2';
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number): string => String(n).padStart(2, '0');

export default program({
  name: 'apache',
  at: ['/usr/local/apache2/bin/httpd'],
  spec: 'Apache httpd 2.4: core, files, aliases, redirects, listings, virtual hosts, reverse proxy; no CGI, rewriting, authentication, TLS',
  usage: '[-D name] [-d directory] [-f file] [-C "directive"] [-v] [-V] [-t] [-S] [-X]',
  about: 'Serve HTTP.',
  options: {},
  raw: true,
  *main(ctx) {
    const { args } = ctx;
    const after = (flag: string): string | undefined =>
      args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined;
    if (args.includes('-v') || args.includes('-V')) {
      yield* ctx.stdout.write(`Server version: Apache/${VERSION} (Unix)\nServer built:   Jul 14 2026 21:38:45\n`);
      return 0;
    }
    const root = after('-d') ?? ROOT;
    const file = after('-f') ?? `${root}/conf/httpd.conf`;
    let settings: Settings;
    try {
      const directives = yield* readConfig(ctx.sys, file.startsWith('/') ? file : `${root}/${file}`, root, ctx.env);
      settings = yield* settingsOf(ctx.sys, directives, root);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      yield* ctx.stderr.write(error.message);
      return 1;
    }
    const server = new Server(ctx, settings, root);
    yield* server.nameWarning();
    if (args.includes('-t') || args.includes('-S')) {
      yield* ctx.stderr.write('Syntax OK\n');
      return 0;
    }
    return yield* server.run();
  },
});

class Server {
  readonly #logs = new Map<string, number>();
  #signal: 'SIGTERM' | 'SIGWINCH' | undefined;

  constructor(
    readonly ctx: Context,
    readonly settings: Settings,
    readonly root: string,
  ) {}

  get #sys(): Sys {
    return this.ctx.sys;
  }

  /** Says that the server does not know its name, once for each reading of the configuration. */
  *nameWarning(): Wait<void> {
    if (this.settings.serverName) return;
    const links = this.#sys.netlink({ type: 'link-list' });
    const own = Array.isArray(links)
      ? (links as LinkInfo[])
          .flatMap((link) => (link.kind === 'loopback' ? [] : link.addresses))
          .find((a) => a.family === 'inet')
      : undefined;
    yield* this.ctx.stderr.write(
      `AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${own?.address ?? '127.0.0.1'}. Set the 'ServerName' directive globally to suppress this message\n`,
    );
  }

  *#fd(path: string): Wait<number> {
    const full = path.startsWith('/') ? path : `${this.root}/${path}`;
    const known = this.#logs.get(full);
    if (known !== undefined) return known;
    const fd = yield* open(this.#sys, full, O_WRONLY | O_CREAT | O_APPEND, 0o644);
    this.#logs.set(full, fd);
    return fd;
  }

  *#log(host: Host, module: string, level: string, code: string, text: string, client = ''): Wait<void> {
    const ms = Math.floor(this.#sys.now(CLOCK_REALTIME));
    const t = civilTime(Math.floor(ms / 1000));
    const time = `${DAYS[t.weekday]} ${MONTHS[t.month - 1]} ${two(t.day)} ${two(t.hour)}:${two(t.minute)}:${two(t.second)}.${String((ms % 1000) * 1000).padStart(6, '0')} ${t.year}`;
    const pid = this.#sys.getpid();
    const who = client === '' ? '' : `[client ${client}] `;
    const line = `[${time}] [${module}:${level}] [pid ${pid}:tid ${pid}] ${who}${code === '' ? '' : `${code}: `}${text}\n`;
    const fd = yield* this.#fd(host.errorLog);
    if (fd >= 0) yield* writeAll(this.#sys, fd, line);
  }

  *run(): Wait<number> {
    const sys = this.#sys;
    const { main, ports, pidFile } = this.settings;
    const listeners: number[] = [];
    for (const port of ports) {
      const fd = listenTcp(sys, port);
      if (fd < 0) {
        const errno = -fd;
        yield* this.ctx.stderr.write(
          `(${errno})${strerror(errno)}: AH00072: make_sock: could not bind to address [::]:${port}\nno listening sockets available, shutting down\nAH00015: Unable to open logs\n`,
        );
        return 1;
      }
      listeners.push(fd);
    }
    // the configuration is read twice, and so is this said
    yield* this.nameWarning();
    if ((yield* this.#fd(main.errorLog)) < 0) {
      yield* this.ctx.stderr.write(
        `(2)No such file or directory: AH00091: httpd: could not open error log file ${main.errorLog}.\nAH00015: Unable to open logs\n`,
      );
      return 1;
    }
    yield* writeFile(sys, pidFile, `${sys.getpid()}\n`, 0o644);
    yield* this.#log(
      main,
      'mpm_event',
      'notice',
      'AH00489',
      `Apache/${VERSION} (Unix) configured -- resuming normal operations`,
    );
    yield* this.#log(
      main,
      'core',
      'notice',
      'AH00094',
      `Command line: '${['httpd', ...this.ctx.args].join(' ').replace(/-D(?=\S)/g, '-D ')}'`,
    );
    sys.sigaction(SIGPIPE, SIG_IGN);
    for (const signal of [SIGTERM, SIGINT]) sys.sigaction(signal, () => void (this.#signal = 'SIGTERM'));
    sys.sigaction(SIGWINCH, () => void (this.#signal = 'SIGWINCH'));
    for (const signal of [SIGHUP, SIGUSR1]) sys.sigaction(signal, () => {});
    for (const listener of listeners)
      sys.thread((own) => serveHttp(own, listener, (inner, request) => this.#serve(inner, request)));
    while (!this.#signal) if (sys.pause() === BLOCKED) yield;
    if (this.#signal === 'SIGTERM')
      yield* this.#log(main, 'mpm_event', 'notice', 'AH00491', 'caught SIGTERM, shutting down');
    else yield* this.#log(main, 'mpm_event', 'notice', 'AH00492', 'caught SIGWINCH, shutting down gracefully');
    sys.unlink(pidFile);
    return 0;
  }

  *#serve(sys: Sys, request: SiteRequest): Wait<SiteResponse> {
    const host = hostFor(this.settings, request);
    const answerer = new Answerer(sys, this.settings, host, request, (module, level, code, text) =>
      this.#log(host, module, level, code, text, code === '' ? '' : request.client),
    );
    const response = yield* answerer.answer();
    for (const { path, format } of host.customLogs) {
      const fd = yield* this.#fd(path);
      if (fd >= 0) yield* writeAll(sys, fd, `${this.#line(format, request, response)}\n`);
    }
    return response;
  }

  /** One line of an access log. @see mod_log_config, "Custom Log Formats" */
  #line(format: string, request: SiteRequest, response: SiteResponse): string {
    const { head } = request;
    const t = civilTime(Math.floor(this.#sys.now(CLOCK_REALTIME) / 1000));
    const field = (name: string): string | undefined => response.headers?.find(([n]) => n.toLowerCase() === name)?.[1];
    const { body } = response;
    const own = typeof body === 'string' || body instanceof Uint8Array ? body.length : 0;
    const bytes = head.method === 'HEAD' ? 0 : Number(field('content-length') ?? own);
    const plain: Readonly<Record<string, string>> = {
      a: request.client.replace(/:\d+$/, ''),
      h: request.client.replace(/:\d+$/, ''),
      l: '-',
      u: '-',
      t: `[${two(t.day)}/${MONTHS[t.month - 1]}/${t.year}:${two(t.hour)}:${two(t.minute)}:${two(t.second)} +0000]`,
      r: `${head.method} ${head.target} HTTP/${head.version}`,
      s: String(response.status),
      b: bytes === 0 ? '-' : String(bytes),
      B: String(bytes),
      O: String(bytes),
      I: '0',
      D: '0',
      m: head.method,
      U: request.path,
      v: this.settings.serverName ?? '',
      '%': '%',
    };
    return format.replace(/%[<>]?(?:\{([^}]+)\})?([a-zA-Z%])/g, (whole, name: string | undefined, letter: string) => {
      if (name === undefined) return plain[letter] ?? whole;
      if (letter === 'i') return head.headers.get(name) ?? '-';
      return letter === 'o' ? (field(name.toLowerCase()) ?? '-') : whole;
    });
  }
}
