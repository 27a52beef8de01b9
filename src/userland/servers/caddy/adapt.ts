import { CaddyfileError, parseCaddyfile, type Segment } from './caddyfile.ts';
import type { CaddyConfig, HandlerConfig, MatcherSet, RouteConfig, ServerConfig } from './config.ts';
import { DIRECTIVES, type Reading } from './directives.ts';
import { namedMatcher, takeMatcher } from './matchers.ts';

/** In which order directives of a site act. @see Caddy, "Directive order" */
const ORDER = [
  ...['vars', 'root', 'header', 'redir', 'method', 'rewrite', 'uri', 'try_files', 'basic_auth', 'basicauth'],
  ...['request_header', 'encode', 'handle', 'handle_path', 'route', 'abort', 'error', 'respond', 'reverse_proxy'],
  'file_server',
];

/** Directives that change how a site listens or logs, not what it answers. */
const APART = ['log', 'tls', 'bind'];

interface Site {
  port: number;
  host: string;
  path: string;
  segment: Segment;
}

interface Ordered {
  name: string;
  route: RouteConfig;
}

/**
 * Makes Caddy's JSON of a Caddyfile, as `caddy adapt` prints it.
 * @throws CaddyfileError
 */
export function adapt(text: string, file: string, env: ReadonlyMap<string, string>): CaddyConfig {
  const segments = parseCaddyfile(text, file, env);
  const config: CaddyConfig = {};
  let httpPort = 80;
  let httpsPort = 443;
  let autoHttps = '';
  const first = segments[0];
  if (first && first.name === '' && first.block) {
    for (const { name, args } of first.block) {
      const value = args[0] ?? '';
      if (name === 'admin') config.admin = value === 'off' ? { disabled: true } : { listen: value };
      else if (name === 'http_port') httpPort = Number(value);
      else if (name === 'https_port') httpsPort = Number(value);
      else if (name === 'auto_https') autoHttps = value;
      else if (!['debug', 'email', 'local_certs', 'skip_install_trust', 'log', 'order', 'grace_period'].includes(name))
        throw new CaddyfileError(`${file}:${first.line}: unrecognized global option: ${name}`);
    }
    segments.shift();
  }
  const sites = sitesOf(segments, file, httpPort, httpsPort);
  const servers: Record<string, ServerConfig> = {};
  for (const port of [...new Set(sites.map((site) => site.port))]) {
    const here = sites.filter((site) => site.port === port);
    const routes = routesOf(here, file);
    const lines = here.flatMap(({ segment }) => segment.block ?? []);
    for (const { name, args, line } of lines)
      if (name === 'bind' || (name === 'tls' && args.length > 1))
        throw new CaddyfileError(`${file}:${line}: ${name} ${args.join(' ')} is not simulated in Drydock`);
    const log = lines.find(({ name }) => name === 'log');
    const output = log?.block?.find(({ name }) => name === 'output')?.args;
    const off =
      autoHttps === 'off'
        ? { disable: true }
        : autoHttps === 'disable_redirects'
          ? { disable_redirects: true }
          : undefined;
    servers[`srv${Object.keys(servers).length}`] = {
      listen: [`:${port}`],
      ...(routes.length > 0 && { routes }),
      ...(off && { automatic_https: off }),
      ...(log && { logs: output ? { output: output.at(-1)! } : {} }),
    };
  }
  const ports = {
    ...(httpPort !== 80 && { http_port: httpPort }),
    ...(httpsPort !== 443 && { https_port: httpsPort }),
  };
  if (sites.length > 0) config.apps = { http: { ...ports, servers } };
  return config;
}

/** A Caddyfile with one site may leave its braces away. */
function sitesOf(segments: Segment[], file: string, httpPort: number, httpsPort: number): Site[] {
  const [head, ...rest] = segments;
  if (!head) return [];
  const open = head.block === undefined || DIRECTIVES[head.name] !== undefined;
  const blocks = open ? [{ ...head, block: rest }] : segments;
  if (!open)
    for (const each of segments)
      if (!each.block) throw new CaddyfileError(`${file}:${each.line}: unrecognized directive: ${each.name}`);
  return blocks.flatMap((segment) =>
    [segment.name, ...segment.args]
      .flatMap((word) => word.split(','))
      .filter((word) => word !== '')
      .map((address) => {
        const parts = /^(?:(https?):\/\/)?([^/:]*|\[[^\]]*\])(?::(\d+))?(\/.*)?$/.exec(address);
        if (!parts) throw new CaddyfileError(`${file}:${segment.line}: parsing key: '${address}': invalid address`);
        const [, scheme, host = '', port, path = ''] = parts;
        const usual = scheme === 'http' || (host === '' && scheme === undefined) ? httpPort : httpsPort;
        return { port: port === undefined ? usual : Number(port), host: host === '*' ? '' : host, path, segment };
      }),
  );
}

/** Sites by their names, the more exact first; one for all names last. */
function routesOf(sites: readonly Site[], file: string): RouteConfig[] {
  const bySegment = new Map<Segment, Site[]>();
  for (const site of sites) bySegment.set(site.segment, [...(bySegment.get(site.segment) ?? []), site]);
  const exact = (list: readonly Site[]): number =>
    Math.max(...list.map(({ host }) => (host === '' ? 0 : host.startsWith('*') ? 1 : 1000 + host.length)));
  const groups = [...bySegment].sort(([, a], [, b]) => exact(b) - exact(a));
  const reading: Reading = { file, groups: 0, block: (list, inherited) => siteRoutes(list, reading, inherited) };
  return groups.flatMap(([segment, list]) => {
    const routes = siteRoutes(segment.block ?? [], reading, new Map());
    const hosts = list.map(({ host }) => host).filter((host) => host !== '');
    const paths = list.map(({ path }) => path).filter((path) => path !== '');
    if (hosts.length === 0 && paths.length === 0) return routes;
    const match: MatcherSet = { ...(hosts.length > 0 && { host: hosts }), ...(paths.length > 0 && { path: paths }) };
    return [{ match: [match], handle: [{ handler: 'subroute', routes }], terminal: true }];
  });
}

/** The routes of a site's or a handle's directives, in the order in which they act. */
function siteRoutes(
  list: readonly Segment[],
  reading: Reading,
  inherited: ReadonlyMap<string, MatcherSet>,
): RouteConfig[] {
  const matchers = new Map(inherited);
  for (const segment of list)
    if (segment.name.startsWith('@')) matchers.set(segment.name, namedMatcher(segment, reading.file));
  reading.groups++;
  const group = `group${reading.groups}`;
  const ordered: Ordered[] = [];
  for (const segment of list) {
    if (segment.name.startsWith('@') || APART.includes(segment.name)) continue;
    const read = DIRECTIVES[segment.name];
    if (!read) throw new CaddyfileError(`${reading.file}:${segment.line}: unrecognized directive: ${segment.name}`);
    const [match, args] = takeMatcher(segment, matchers, reading.file);
    for (const made of read({ ...segment, args }, reading, match, matchers)) {
      const exclusive = ['handle', 'handle_path', 'rewrite'].includes(segment.name)
        ? { group: `${group}${segment.name.slice(0, 6)}` }
        : {};
      const sets = made.match ?? match;
      ordered.push({
        name: segment.name,
        route: { ...exclusive, ...(sets && { match: [sets] }), handle: made.handle },
      });
    }
  }
  ordered.sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name) || weight(b.route) - weight(a.route));
  return merged(ordered.map(({ route }) => route));
}

/** A longer path is more exact; without a matcher a route is the last. */
function weight({ match }: RouteConfig): number {
  const path = match?.[0]?.path;
  if (path?.length === 1) return 1 + path[0]!.replace(/\*$/, '').length;
  return match ? 1 : 0;
}

/** Neighbours without conditions become one route. */
function merged(routes: readonly RouteConfig[]): RouteConfig[] {
  const out: RouteConfig[] = [];
  for (const route of routes) {
    const last = out.at(-1);
    if (last && !last.match && !last.group && !route.match && !route.group)
      out[out.length - 1] = { handle: [...(last.handle ?? []), ...(route.handle ?? [])] as HandlerConfig[] };
    else out.push(route);
  }
  return out;
}
