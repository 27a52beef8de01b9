import { CLOCK_MONOTONIC } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import { Headers } from '../../../lib/http-headers.ts';
import { connectTcp } from '../../../libc/http-client.ts';
import { passOn } from '../../../libc/http-proxy.ts';
import type { SiteRequest, SiteResponse } from '../../../libc/http-server.ts';
import type { Wait } from '../../../libc/io.ts';
import { resolve } from '../../../libc/resolver.ts';
import { apiAnswer } from './api.ts';
import { type Dynamic, emptyDynamic, qualified, type Router } from './dynamic.ts';
import { type TraefikLog, writeAccess } from './log.ts';
import { applyMiddleware, type Passing, withFields } from './middlewares.ts';
import type { EntryPoint, Options } from './options.ts';
import { parseRule, type Rule, RuleError } from './rule.ts';

interface Compiled {
  name: string;
  provider: string;
  router: Router;
  rule: Rule;
}

const TEXT = [
  ['Content-Type', 'text/plain; charset=utf-8'],
  ['X-Content-Type-Options', 'nosniff'],
] as const;

const plain = (status: number, body: string): SiteResponse => ({ status, headers: status === 502 ? [] : TEXT, body });

/** Chooses routers for requests and passes them on, by what providers said last. */
export class Proxy {
  dynamic: Dynamic = emptyDynamic();
  #routers: Compiled[] = [];
  readonly #turns = new Map<string, number>();
  readonly #parts = new Map<string, Dynamic>();
  #count = 0;

  constructor(
    private readonly options: Options,
    private readonly points: readonly EntryPoint[],
    private readonly log: TraefikLog,
    private readonly version: string,
  ) {}

  /** Takes what a provider says in place of what it said before. */
  *update(provider: string, part: Dynamic): Wait<void> {
    this.#parts.set(provider, part);
    const all = [...this.#parts.values()];
    this.dynamic = {
      routers: new Map(all.flatMap(({ routers }) => [...routers])),
      services: new Map(all.flatMap(({ services }) => [...services])),
      middlewares: new Map(all.flatMap(({ middlewares }) => [...middlewares])),
    };
    const compiled: Compiled[] = [];
    for (const [name, router] of this.dynamic.routers) {
      try {
        compiled.push({ name, provider: name.slice(name.lastIndexOf('@') + 1), router, rule: parseRule(router.rule) });
      } catch (thrown) {
        if (!(thrown instanceof RuleError)) throw thrown;
        yield* this.log.write('error', thrown.message, { routerName: name });
      }
    }
    const priority = ({ router }: Compiled): number => router.priority || router.rule.length;
    this.#routers = compiled.sort((a, b) => priority(b) - priority(a) || (a.name < b.name ? -1 : 1));
  }

  *answer(sys: Sys, request: SiteRequest, point: EntryPoint, secure: boolean): Wait<SiteResponse> {
    const begun = sys.now(CLOCK_MONOTONIC);
    const told = { router: '', server: '' };
    const response = yield* this.#route(sys, request, point, secure, told);
    if (this.options.has('accesslog') && point.name !== 'traefik') {
      const { head } = request;
      const length = response.headers?.find(([name]) => name.toLowerCase() === 'content-length')?.[1];
      const bytes =
        length === undefined ? (typeof response.body === 'string' ? response.body.length : 0) : Number(length);
      this.#count++;
      yield* writeAccess(
        sys,
        this.options.get('accesslog.filepath') ?? '',
        this.options.get('accesslog.format') ?? 'common',
        {
          client: request.client.replace(/:\d+$/, ''),
          method: head.method,
          target: head.target,
          version: head.version,
          status: response.status,
          bytes,
          referer: head.headers.get('referer') ?? '',
          agent: head.headers.get('user-agent') ?? '',
          count: this.#count,
          ...told,
          took: sys.now(CLOCK_MONOTONIC) - begun,
        },
      );
    }
    return response;
  }

  *#route(
    sys: Sys,
    request: SiteRequest,
    point: EntryPoint,
    secure: boolean,
    told: { router: string; server: string },
  ): Wait<SiteResponse> {
    if (point.redirectTo !== undefined) {
      const to = this.points.find(({ name }) => name === point.redirectTo);
      const port = to && to.port !== 443 ? `:${to.port}` : '';
      const host = (request.head.headers.get('host') ?? '').replace(/:\d+$/, '');
      return {
        status: 308,
        headers: [['Location', `https://${host}${port}${request.head.target}`]],
        body: 'Permanent Redirect',
      };
    }
    const isOwn = point.name === 'traefik';
    if (isOwn && request.path === '/ping' && this.options.has('ping')) return plain(200, 'OK');
    const own = isOwn && this.options.get('api.insecure') === 'true' ? this.#api(request) : undefined;
    if (own) return own;
    const always = this.options.has(`entrypoints.${point.name}.http.tls`);
    const found = this.#routers.find(
      ({ router, rule }) =>
        (router.entryPoints ? router.entryPoints.includes(point.name) : !isOwn) &&
        secure === (router.tls !== undefined || (secure && always)) &&
        rule(request),
    );
    if (!found) return plain(404, '404 page not found\n');
    told.router = found.name;
    const mark = request.head.target.indexOf('?');
    const search = mark < 0 ? '' : request.head.target.slice(mark);
    const passing: Passing = {
      path: request.path,
      search,
      secure,
      headers: new Headers(request.head.headers),
      answer: [],
    };
    for (const name of found.router.middlewares ?? []) {
      const middleware = this.dynamic.middlewares.get(qualified(name, found.provider));
      if (!middleware) {
        yield* this.log.write('error', `middleware "${name}" does not exist`, { routerName: found.name });
        return plain(404, '404 page not found\n');
      }
      const answer = applyMiddleware(middleware, request, passing);
      if (answer) return withFields(answer, passing.answer);
    }
    if (['api@internal', 'dashboard@internal'].includes(found.router.service))
      return this.#api(request) ?? plain(404, '404 page not found\n');
    const response = yield* this.#service(sys, request, qualified(found.router.service, found.provider), passing, told);
    return withFields(response, passing.answer);
  }

  #api(request: SiteRequest): SiteResponse | undefined {
    return apiAnswer(request, this.dynamic, this.points, this.version);
  }

  *#service(
    sys: Sys,
    request: SiteRequest,
    name: string,
    passing: Passing,
    told: { server: string },
  ): Wait<SiteResponse> {
    const service = this.dynamic.services.get(name);
    if (!service) {
      yield* this.log.write('error', `the service "${name}" does not exist`);
      return plain(404, '404 page not found\n');
    }
    const { servers, passHostHeader } = service.loadBalancer;
    if (servers.length === 0) return plain(503, 'no available server\n');
    const turn = this.#turns.get(name) ?? 0;
    this.#turns.set(name, turn + 1);
    const { url } = servers[turn % servers.length]!;
    told.server = url;
    const parts = /^(https?):\/\/(\[[^\]]+\]|[^:/]+)(?::(\d+))?(\/.*)?$/.exec(url);
    if (!parts || parts[1] === 'https') {
      yield* this.log.write('error', `the server ${url} is not simulated in Drydock: only http`);
      return plain(502, 'Bad Gateway');
    }
    const [, , host = '', port = '80'] = parts;
    const found = yield* resolve(sys, host.replace(/^\[|\]$/g, ''));
    const fd = typeof found === 'string' ? -1 : yield* connectTcp(sys, found.addresses[0]!, Number(port));
    if (fd < 0) return plain(502, 'Bad Gateway');
    const original = request.head.headers.get('host') ?? '';
    const client = request.client.replace(/:\d+$/, '');
    const head = { ...request.head, headers: passing.headers };
    const answer = yield* passOn(sys, fd, { ...request, head }, encodeURI(passing.path) + passing.search, (headers) => {
      const before = headers.get('x-forwarded-for');
      headers.set('X-Forwarded-For', before === undefined ? client : `${before}, ${client}`);
      headers.set('X-Forwarded-Host', original);
      headers.set('X-Forwarded-Port', /:(\d+)$/.exec(original)?.[1] ?? (passing.secure ? '443' : '80'));
      headers.set('X-Forwarded-Proto', passing.secure ? 'https' : 'http');
      headers.set('X-Forwarded-Server', sys.uname().nodename);
      headers.set('X-Real-Ip', client);
      if (!passHostHeader) headers.set('Host', url.replace(/^https?:\/\//, '').replace(/\/.*$/, ''));
    });
    return 'kind' in answer ? plain(502, 'Bad Gateway') : answer;
  }
}
