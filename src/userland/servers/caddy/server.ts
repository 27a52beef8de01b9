import { CLOCK_MONOTONIC, CLOCK_REALTIME } from '../../../abi/flags.ts';
import { SHUT_RDWR } from '../../../abi/socket.ts';
import type { Sys } from '../../../abi/sys.ts';
import { listenTcp, type SiteRequest, type SiteResponse, serveHttp } from '../../../libc/http-server.ts';
import { type Wait, writeFile } from '../../../libc/io.ts';
import { mkdirp } from '../../../libc/paths.ts';
import { strerror } from '../../../libc/strerror.ts';
import type { Certificate } from '../../../libc/tls.ts';
import type { CaddyConfig, RouteConfig, ServerConfig } from './config.ts';
import { Exchange } from './exchange.ts';
import { runRoutes } from './handle.ts';
import type { CaddyLog } from './log.ts';

const DAY = 86_400;

interface Listener {
  fd: number;
  port: number;
  secure: boolean;
}

/** All names of hosts that routes ask for. */
const hostsOf = (routes: readonly RouteConfig[] = []): string[] =>
  routes.flatMap(({ match }) => (match ?? []).flatMap(({ host }) => host ?? []));

/** A certificate of Caddy's own authority: what `tls internal` gives; no other issuer can be reached from here. */
function certificateFor(sys: Sys, name: string): Certificate {
  const now = Math.floor(sys.now(CLOCK_REALTIME) / 1000);
  const issuer = 'Caddy Local Authority - ECC Intermediate';
  return { subject: name, issuer, names: [name], notBefore: now - 60, notAfter: now + DAY / 2 };
}

/** The servers of a configuration, which another may replace while they run. */
export class Caddy {
  config: CaddyConfig = {};
  readonly #listeners = new Map<number, Listener>();
  readonly #servers = new Map<number, ServerConfig>();
  #redirects = 0;

  constructor(
    private readonly sys: Sys,
    private readonly env: ReadonlyMap<string, string>,
    private readonly log: CaddyLog,
  ) {}

  /** Makes a configuration the one in force. @returns what is wrong; then the former one stays */
  *load(config: CaddyConfig): Wait<string | undefined> {
    const http = config.apps?.http;
    const httpPort = http?.http_port ?? 80;
    const httpsPort = http?.https_port ?? 443;
    const wanted = new Map<number, ServerConfig>();
    let redirects = 0;
    for (const [name, server] of Object.entries(http?.servers ?? {})) {
      const hosts = hostsOf(server.routes);
      const off = server.automatic_https?.disable === true;
      for (const address of server.listen) {
        const port = Number(/:(\d+)$/.exec(address)?.[1] ?? Number.NaN);
        if (!Number.isInteger(port)) return `parsing listen address '${address}': invalid port`;
        wanted.set(port, server);
        const more = { server_name: name, http_port: httpPort };
        const only = 'server is listening only on the HTTP port, so no automatic HTTPS will be applied to this server';
        if (port === httpPort && !off) yield* this.log.write('warn', 'http.auto_https', only, more);
        if (port !== httpsPort || hosts.length === 0 || off) continue;
        const said = 'enabling automatic HTTP->HTTPS redirects';
        if (server.automatic_https?.disable_redirects) continue;
        yield* this.log.write('info', 'http.auto_https', said, { server_name: name });
        redirects = httpPort;
      }
    }
    const secure = (port: number): boolean => {
      const server = wanted.get(port)!;
      return (
        port !== httpPort &&
        server.automatic_https?.disable !== true &&
        (port === httpsPort || hostsOf(server.routes).length > 0)
      );
    };
    const ports = new Set([...wanted.keys(), ...(redirects > 0 ? [redirects] : [])]);
    const opened: Listener[] = [];
    for (const port of ports) {
      const is = wanted.has(port) && secure(port);
      const old = this.#listeners.get(port);
      if (old?.secure === is) continue;
      if (old) this.#close(old);
      const fd = listenTcp(this.sys, port);
      if (fd < 0) {
        for (const each of opened) this.#close(each);
        return `loading new config: http app module: start: listening on :${port}: listen tcp :${port}: bind: ${strerror(-fd, 'go')}`;
      }
      opened.push({ fd, port, secure: is });
      this.#listeners.set(port, opened.at(-1)!);
    }
    for (const [port, listener] of this.#listeners) if (!ports.has(port)) this.#close(listener);
    this.config = config;
    this.#redirects = redirects;
    this.#servers.clear();
    for (const [port, server] of wanted) this.#servers.set(port, server);
    for (const listener of opened) this.#serve(listener);
    for (const name of Object.keys(http?.servers ?? {}))
      yield* this.log.write('info', 'http.log', 'server running', { name, protocols: ['h1', 'h2', 'h3'] });
    const folder = `${this.env.get('XDG_CONFIG_HOME') ?? `${this.env.get('HOME') ?? ''}/.config`}/caddy`;
    mkdirp(this.sys, folder, 0o700);
    if ((yield* writeFile(this.sys, `${folder}/autosave.json`, JSON.stringify(config), 0o600)) === 0)
      yield* this.log.write('info', '', 'autosaved config (load with --resume flag)', {
        file: `${folder}/autosave.json`,
      });
    return undefined;
  }

  #close({ fd, port }: Listener): void {
    this.sys.shutdown(fd, SHUT_RDWR);
    this.sys.close(fd);
    this.#listeners.delete(port);
  }

  #serve({ fd, port, secure }: Listener): void {
    const certificate = secure ? (name: string) => certificateFor(this.sys, name || 'localhost') : undefined;
    const site = (sys: Sys, request: SiteRequest): Wait<SiteResponse> => this.#answer(sys, request, port, secure);
    this.sys.thread((own) => serveHttp(own, fd, site, certificate));
  }

  *#answer(sys: Sys, request: SiteRequest, port: number, secure: boolean): Wait<SiteResponse> {
    const begun = sys.now(CLOCK_MONOTONIC);
    const server = this.#servers.get(port);
    const exchange = new Exchange(sys, request, secure, this.env);
    if (!server && this.#redirects === port)
      return {
        status: 308,
        headers: [
          ['Location', `https://${exchange.host}${request.head.target}`],
          ['Server', 'Caddy'],
        ],
        body: '',
      };
    const complain = (message: string, more: Record<string, unknown>): Wait<void> =>
      this.log.write('error', 'http.log.error', message, { request: asLogged(exchange), ...more });
    const found = yield* runRoutes(server?.routes ?? [], exchange, complain);
    const answer = exchange.finish(found ?? { status: 200, body: '' });
    if (server?.logs) {
      const duration = (sys.now(CLOCK_MONOTONIC) - begun) / 1000;
      const length = answer.headers?.find(([name]) => name.toLowerCase() === 'content-length')?.[1];
      const size = length === undefined ? (typeof answer.body === 'string' ? answer.body.length : 0) : Number(length);
      const headers = Object.fromEntries((answer.headers ?? []).map(([name, value]) => [name, [value]]));
      const more = {
        request: asLogged(exchange),
        bytes_read: 0,
        user_id: '',
        duration,
        size,
        status: answer.status,
        resp_headers: headers,
      };
      yield* this.log.write('info', 'http.log.access', 'handled request', more, server.logs.output);
    }
    return answer;
  }
}

function asLogged({ request, client }: Exchange): Record<string, unknown> {
  const { head } = request;
  const headers = Object.fromEntries(
    [...head.headers].filter(([name]) => name.toLowerCase() !== 'host').map(([name, value]) => [name, [value]]),
  );
  return {
    remote_ip: client,
    remote_port: /:(\d+)$/.exec(request.client)?.[1] ?? '',
    client_ip: client,
    proto: `HTTP/${head.version}`,
    method: head.method,
    host: head.headers.get('host') ?? '',
    uri: head.target,
    headers,
  };
}
