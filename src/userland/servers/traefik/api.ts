import type { SiteRequest, SiteResponse } from '../../../libc/http-server.ts';
import { type Dynamic, qualified } from './dynamic.ts';
import type { EntryPoint } from './options.ts';

const providerOf = (name: string): string => name.slice(name.lastIndexOf('@') + 1);

/** Routers as the API shows them. */
function routers({ routers }: Dynamic, points: readonly EntryPoint[]): Record<string, unknown>[] {
  const usual = points.map(({ name }) => name).filter((name) => name !== 'traefik');
  return [...routers]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, router]) => {
      const using = router.entryPoints ?? usual;
      return {
        entryPoints: using,
        ...router,
        priority: router.priority ?? router.rule.length,
        status: 'enabled',
        using,
        name,
        provider: providerOf(name),
      };
    });
}

function services({ services, routers }: Dynamic): Record<string, unknown>[] {
  return [...services]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, service]) => {
      const usedBy = [...routers]
        .filter(([router, { service: of }]) => qualified(of, providerOf(router)) === name)
        .map(([router]) => router);
      const serverStatus = Object.fromEntries(service.loadBalancer.servers.map(({ url }) => [url, 'UP']));
      return {
        ...service,
        status: 'enabled',
        usedBy,
        serverStatus,
        name,
        provider: providerOf(name),
        type: 'loadbalancer',
      };
    });
}

const middlewares = (dynamic: Dynamic): Record<string, unknown>[] =>
  [...dynamic.middlewares].map(([name, inner]) => ({
    ...inner,
    status: 'enabled',
    name,
    provider: providerOf(name),
    type: Object.keys(inner)[0] ?? '',
  }));

const byName = (rows: readonly Record<string, unknown>[]): Record<string, unknown> =>
  Object.fromEntries(rows.map(({ name, provider, ...rest }) => [String(name), rest]));

const json = (value: unknown): SiteResponse => ({
  status: 200,
  headers: [['Content-Type', 'application/json']],
  body: `${JSON.stringify(value)}\n`,
});

/** What the API answers; undefined for a path that is none of it. @see Traefik, "API" */
export function apiAnswer(
  { path }: SiteRequest,
  dynamic: Dynamic,
  points: readonly EntryPoint[],
  version: string,
): SiteResponse | undefined {
  if (path === '/') return { status: 302, headers: [['Location', '/dashboard/']], body: '' };
  if (path === '/dashboard') return { status: 302, headers: [['Location', '/dashboard/']], body: '' };
  if (path === '/dashboard/') return dashboard(dynamic, points);
  if (path === '/api/version') return json({ Version: version, Codename: '' });
  if (path === '/api/rawdata')
    return json({
      routers: byName(routers(dynamic, points)),
      middlewares: byName(middlewares(dynamic)),
      services: byName(services(dynamic)),
    });
  if (path === '/api/entrypoints') return json(points.map(({ name, port }) => ({ address: `:${port}`, name })));
  if (path === '/api/overview') {
    const count = (total: number): object => ({ total, warnings: 0, errors: 0 });
    const http = {
      routers: count(dynamic.routers.size),
      services: count(dynamic.services.size),
      middlewares: count(dynamic.middlewares.size),
    };
    return json({ http, providers: [...new Set([...dynamic.routers.keys()].map(providerOf))] });
  }
  const parts = /^\/api\/http\/(routers|services|middlewares)(?:\/(.+))?$/.exec(path);
  if (!parts) return undefined;
  const rows =
    parts[1] === 'routers'
      ? routers(dynamic, points)
      : parts[1] === 'services'
        ? services(dynamic)
        : middlewares(dynamic);
  if (parts[2] === undefined) return json(rows);
  const row = rows.find(({ name }) => name === parts[2]);
  return row
    ? json(row)
    : { ...json({ message: `${parts[1]!.replace(/s$/, '')} not found: ${parts[2]}` }), status: 404 };
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** A plain page of what the API says. */
function dashboard(dynamic: Dynamic, points: readonly EntryPoint[]): SiteResponse {
  const table = (title: string, rows: readonly (readonly string[])[]): string =>
    `<h2>${title}</h2>\n<table>\n${rows.map((row) => `<tr>${row.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`).join('\n')}\n</table>\n`;
  const parts = [
    table(
      'Entrypoints',
      points.map(({ name, port }) => [name, `:${port}`]),
    ),
    table(
      'HTTP routers',
      routers(dynamic, points).map((row) => [String(row.name), String(row.rule), String(row.service)]),
    ),
    table(
      'HTTP services',
      [...dynamic.services].map(([name, { loadBalancer }]) => [
        name,
        loadBalancer.servers.map(({ url }) => url).join(' '),
      ]),
    ),
    table(
      'HTTP middlewares',
      [...dynamic.middlewares].map(([name, inner]) => [name, Object.keys(inner).join(' ')]),
    ),
  ];
  const style = 'body{font-family:sans-serif;margin:2em}td{padding:.3em 1em .3em 0}';
  const body = `<!DOCTYPE html>\n<html lang="en">\n<head><title>Traefik Proxy</title><style>${style}</style></head>\n<body>\n<h1>Traefik Proxy</h1>\n${parts.join('')}</body>\n</html>\n`;
  return { status: 200, headers: [['Content-Type', 'text/html; charset=utf-8']], body };
}
