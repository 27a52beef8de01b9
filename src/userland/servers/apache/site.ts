import { EACCES } from '../../../abi/errno.ts';
import { O_RDONLY } from '../../../abi/flags.ts';
import { isDirectory, Stat } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { formatHttpDate } from '../../../lib/go-time.ts';
import { connectTcp } from '../../../libc/http-client.ts';
import { passOn } from '../../../libc/http-proxy.ts';
import { byteRange, rangeFields } from '../../../libc/http-range.ts';
import type { SiteRequest, SiteResponse } from '../../../libc/http-server.ts';
import { open, readFile, type Wait } from '../../../libc/io.ts';
import { listDir } from '../../../libc/paths.ts';
import { resolve } from '../../../libc/resolver.ts';
import { sendFile } from '../../../libc/send-file.ts';
import { globOf } from './config.ts';
import type { Host, Settings } from './settings.ts';

const TITLES: Readonly<Record<number, string>> = {
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  410: 'Gone',
  500: 'Internal Server Error',
  502: 'Proxy Error',
  503: 'Service Unavailable',
};

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);

/** A page of httpd's own: the words are the protocol's. */
function ownPage(status: number, text: string): string {
  const title = TITLES[status] ?? 'Error';
  return `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${title}</title>\n</head><body>\n<h1>${title}</h1>\n${text}</body></html>\n`;
}

const TEXTS: Readonly<Record<number, string>> = {
  400: '<p>Your browser sent a request that this server could not understand.<br />\n</p>\n',
  403: "<p>You don't have permission to access this resource.</p>\n",
  404: '<p>The requested URL was not found on this server.</p>\n',
  502: '<p>The proxy server received an invalid\r\nresponse from an upstream server.<br />\r\n</p>\n',
  503: '<p>The server is temporarily unable to service your\nrequest due to maintenance downtime or capacity\nproblems. Please try again later.</p>\n',
};

const HTML: readonly [string, string] = ['Content-Type', 'text/html; charset=iso-8859-1'];

/** A message for the error log. */
export type Complain = (module: string, level: string, code: string, text: string) => Wait<void>;

/** One request, answered by one host. */
export class Answerer {
  constructor(
    readonly sys: Sys,
    readonly settings: Settings,
    readonly host: Host,
    readonly request: SiteRequest,
    readonly complain: Complain,
  ) {}

  get #server(): readonly [string, string] {
    const version = this.settings.tokens === 'prod' ? 'Apache' : `Apache/${VERSION} (Unix)`;
    return ['Server', version];
  }

  *answer(): Wait<SiteResponse> {
    const response = yield* this.#route();
    return { ...response, headers: [this.#server, ...(response.headers ?? [])] };
  }

  *#route(): Wait<SiteResponse> {
    const { request, host } = this;
    const { method } = request.head;
    const path = normalize(request.path);
    if (path === undefined) return yield* this.#error(400);
    const redirect = host.redirects.find(({ url }) => below(path, url));
    if (redirect) return this.#redirectTo(redirect.status, redirect.to + path.slice(redirect.url.length));
    const proxy = host.proxies.find(({ url }) => path.startsWith(url));
    if (proxy) return yield* this.#pass(proxy);
    if (method === 'OPTIONS') return { status: 200, headers: [['Allow', 'GET,POST,OPTIONS,HEAD']] };
    if (!['GET', 'HEAD', 'POST'].includes(method))
      return {
        status: 405,
        headers: [['Allow', 'GET,POST,OPTIONS,HEAD'], HTML],
        body: ownPage(405, `<p>The requested method ${escape(method)} is not allowed for this URL.</p>\n`),
      };
    const alias = host.aliases.find(({ url }) => below(path, url));
    const file = alias ? alias.path + path.slice(alias.url.replace(/\/$/, '').length) : host.root + path;
    return yield* this.#file(path, file);
  }

  #redirectTo(status: number, location: string): SiteResponse {
    const { headers } = this.request.head;
    const target = location.startsWith('/') ? `http://${headers.get('host') ?? ''}${location}` : location;
    const text = `<p>The document has moved <a href="${escape(target)}">here</a>.</p>\n`;
    return { status, headers: [['Location', target], HTML], body: ownPage(status, text) };
  }

  *#error(status: number): Wait<SiteResponse> {
    const given = this.host.errors.get(status);
    if (given?.startsWith('/')) {
      const bytes = yield* readFile(this.sys, this.host.root + given);
      if (typeof bytes !== 'number') return { status, headers: [['Content-Type', this.#typeOf(given)]], body: bytes };
    } else if (given !== undefined) return { status, headers: [HTML], body: given };
    return { status, headers: [HTML], body: ownPage(status, TEXTS[status] ?? '') };
  }

  #typeOf(path: string): string {
    const dot = path.lastIndexOf('.');
    return (dot > path.lastIndexOf('/') && this.settings.types.get(path.slice(dot + 1).toLowerCase())) || 'text/plain';
  }

  /** Whether `path` may be served, and the options that hold there: the longest rule counts for each. */
  #rules(url: string, path: string): { granted: boolean; indexes: boolean } {
    let granted = true;
    let options = new Set<string>();
    const byLength = [...this.host.directories].sort((a, b) => a.path.length - b.path.length);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const held = [
      ...byLength.filter((rule) => below(path, rule.path)),
      ...this.host.files.filter((rule) => globOf(rule.path).test(name)),
      ...this.host.locations.filter((rule) => below(url, rule.path)),
    ];
    for (const rule of held) {
      granted = rule.granted ?? granted;
      options = rule.options ?? options;
    }
    return { granted, indexes: options.has('indexes') || options.has('all') };
  }

  *#file(url: string, path: string): Wait<SiteResponse> {
    const { granted, indexes } = this.#rules(url, path);
    if (!granted) {
      yield* this.complain('authz_core', 'error', 'AH01630', `client denied by server configuration: ${path}`);
      return yield* this.#error(403);
    }
    const st = new Stat();
    const r = this.sys.stat(path, st);
    if (r === -EACCES) {
      const text = `(13)Permission denied: [client ${this.request.client}] AH00035: access to ${url} denied (filesystem path '${path}') because search permissions are missing on a component of the path`;
      yield* this.complain('core', 'error', '', text);
      return yield* this.#error(403);
    }
    if (r < 0) return yield* this.#error(404);
    if (!isDirectory(st.mode)) return yield* this.#send(path, st);
    if (!url.endsWith('/')) return this.#redirectTo(301, `${url}/`);
    for (const name of this.host.index) {
      const inner = new Stat();
      if (this.sys.stat(path + name, inner) === 0 && !isDirectory(inner.mode))
        return yield* this.#send(path + name, inner);
    }
    if (indexes) return this.#listing(url, path);
    const names = this.host.index.join(',');
    yield* this.complain(
      'autoindex',
      'error',
      'AH01276',
      `Cannot serve directory ${path}: No matching DirectoryIndex (${names}) found, and server-generated directory index forbidden by Options directive`,
    );
    return yield* this.#error(403);
  }

  *#send(path: string, st: Stat): Wait<SiteResponse> {
    const { sys } = this;
    const fd = yield* open(sys, path, O_RDONLY);
    if (fd < 0) {
      yield* this.complain(
        'core',
        'error',
        '',
        `(13)Permission denied: [client ${this.request.client}] AH00132: file permissions deny server access: ${path}`,
      );
      return yield* this.#error(403);
    }
    const modified = st.mtimeSec;
    const etag = `"${st.size.toString(16)}-${(modified * 1_000_000).toString(16)}"`;
    const { headers } = this.request.head;
    const common: (readonly [string, string])[] = [
      ['Last-Modified', formatHttpDate(modified)],
      ['ETag', etag],
      ['Accept-Ranges', 'bytes'],
    ];
    const since = headers.get('if-modified-since');
    const matches = headers.get('if-none-match');
    if (matches === undefined ? since === formatHttpDate(modified) : matches === '*' || matches.includes(etag)) {
      sys.close(fd);
      return { status: 304, headers: common };
    }
    const asked = byteRange(headers.get('range'), st.size);
    const range = asked === 'backward' ? undefined : asked;
    if (range === 'outside') {
      sys.close(fd);
      return { status: 416, headers: [['Content-Range', `bytes */${st.size}`], HTML], body: ownPage(416, '') };
    }
    const { from, to } = range ?? { from: 0, to: st.size - 1 };
    return {
      status: range ? 206 : 200,
      headers: [...common, ...rangeFields(range, st.size), ['Content-Type', this.#typeOf(path)]],
      body: (write) => sendFile(sys, fd, from, to - from + 1, write),
    };
  }

  #listing(url: string, path: string): SiteResponse {
    const names = listDir(this.sys, path);
    const items = typeof names === 'number' ? [] : names.filter((name) => !name.startsWith('.')).sort();
    const shown = items.map((name) => (isFolder(this.sys, path + name) ? `${name}/` : name));
    const link = (href: string, text: string): string =>
      `<li><a href="${escape(encodeURI(href))}"> ${escape(text)}</a></li>\n`;
    const up = url === '/' ? '' : link(url.replace(/[^/]+\/$/, ''), 'Parent Directory');
    const body = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<html>\n <head>\n  <title>Index of ${escape(url.replace(/(.)\/$/, '$1'))}</title>\n </head>\n <body>\n<h1>Index of ${escape(url.replace(/(.)\/$/, '$1'))}</h1>\n<ul>${up}${shown.map((name) => link(name, name)).join('')}</ul>\n</body></html>\n`;
    return { status: 200, headers: [['Content-Type', 'text/html;charset=ISO-8859-1']], body };
  }

  /** Passes the request on to another server. */
  *#pass(proxy: Host['proxies'][number]): Wait<SiteResponse> {
    const { sys, request } = this;
    const found = yield* resolve(sys, proxy.host);
    const fd = typeof found === 'string' ? -1 : yield* connectTcp(sys, found.addresses[0]!, proxy.port);
    if (fd < 0) {
      const text = `failed to make connection to backend: ${proxy.host}`;
      yield* this.complain('proxy_http', 'error', 'AH01114', `HTTP: ${text}`);
      return yield* this.#error(503);
    }
    const { head } = request;
    const target = proxy.path + head.target.slice(proxy.url.length);
    const answer = yield* passOn(sys, fd, request, target.startsWith('/') ? target : `/${target}`, (headers) => {
      headers.delete('host');
      headers.set('Host', proxy.port === 80 ? proxy.host : `${proxy.host}:${proxy.port}`);
      const client = request.client.replace(/:\d+$/, '');
      headers.set('X-Forwarded-For', [head.headers.get('x-forwarded-for'), client].filter(Boolean).join(', '));
      headers.set('X-Forwarded-Host', head.headers.get('host') ?? '');
      headers.set('X-Forwarded-Server', this.host.names[0] ?? '');
    });
    if ('kind' in answer) return yield* this.#error(502);
    return { ...answer, headers: answer.headers!.filter(([name]) => name.toLowerCase() !== 'server') };
  }
}

/** The version that the program says. */
export const VERSION = '2.4.68';

function isFolder(sys: Sys, path: string): boolean {
  const st = new Stat();
  return sys.stat(path, st) === 0 && isDirectory(st.mode);
}

const below = (path: string, prefix: string): boolean =>
  prefix === '/' || path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);

/** A path without `.` and `..`; undefined where it leads above the root. */
function normalize(path: string): string | undefined {
  const out: string[] = [];
  for (const part of path.split('/').slice(1)) {
    if (part === '..') {
      if (out.length === 0) return undefined;
      out.pop();
    } else if (part !== '.' && part !== '') out.push(part);
  }
  return path.startsWith('/') ? `/${out.join('/')}${out.length > 0 && /\/\.{0,2}$/.test(path) ? '/' : ''}` : undefined;
}

/** The host that a request is for: the one that has the name, else the first. */
export function hostFor({ main, hosts }: Settings, request: SiteRequest): Host {
  const name = (request.head.headers.get('host') ?? '').replace(/:\d+$/, '').toLowerCase();
  return hosts.find(({ names }) => names.some((n) => n.toLowerCase() === name)) ?? hosts[0] ?? main;
}
