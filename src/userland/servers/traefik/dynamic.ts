/** The dynamic configuration: what providers say. Names have their provider, `whoami@docker`. */
export interface Dynamic {
  routers: Map<string, Router>;
  services: Map<string, Service>;
  middlewares: Map<string, Middleware>;
}

export interface Router {
  rule: string;
  service: string;
  entryPoints?: string[];
  middlewares?: string[];
  priority?: number;
  tls?: object;
}

export interface Service {
  loadBalancer: { servers: { url: string }[]; passHostHeader: boolean };
}

/** One entry: its kind, and what it says. */
export type Middleware = Readonly<Record<string, Record<string, unknown>>>;

/** Middlewares that act, in lower case as labels may have them. */
export const MIDDLEWARES: Readonly<Record<string, string>> = {
  addprefix: 'addPrefix',
  basicauth: 'basicAuth',
  headers: 'headers',
  redirectregex: 'redirectRegex',
  redirectscheme: 'redirectScheme',
  replacepath: 'replacePath',
  stripprefix: 'stripPrefix',
};

export const emptyDynamic = (): Dynamic => ({ routers: new Map(), services: new Map(), middlewares: new Map() });

/** A name as another part of a configuration refers to it: without a provider it is one of the same. */
export const qualified = (name: string, provider: string): string =>
  name.includes('@') ? name : `${name}@${provider}`;

/** A container as the docker provider sees it. */
export interface SeenContainer {
  name: string;
  /** compose service and project, or the name. */
  serviceName: string;
  labels: Readonly<Record<string, string>>;
  /** Address by network. */
  addresses: ReadonlyMap<string, string>;
  /** The lowest of the ports that it exposes. */
  port: number | undefined;
}

export interface DockerOptions {
  exposedByDefault: boolean;
  defaultRule: string;
  network: string;
}

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** What labels say. @param complain takes what cannot be used @see Traefik, "Docker routing configuration" */
export function ofContainers(
  containers: readonly SeenContainer[],
  options: DockerOptions,
  complain: (text: string) => void,
): Dynamic {
  const out = emptyDynamic();
  for (const container of containers) {
    const labels = Object.entries(container.labels).map(([key, value]) => [key.toLowerCase(), value, key] as const);
    const enable = labels.find(([key]) => key === 'traefik.enable')?.[1];
    if (enable === undefined ? !options.exposedByDefault : enable !== 'true') continue;
    const network = labels.find(([key]) => key === 'traefik.docker.network')?.[1] ?? options.network;
    const address = container.addresses.get(network) ?? [...container.addresses.values()][0];
    if (address === undefined || address === '') {
      complain(`unable to find the IP address for the container "/${container.name}": the server is ignored`);
      continue;
    }
    const routers = new Map<string, Router>();
    const services = new Map<string, { port?: number; scheme?: string }>();
    for (const [, value, key] of labels) {
      const parts = /^traefik\.http\.(routers|services|middlewares)\.([^.]+)\.(.+)$/i.exec(key);
      if (!parts) continue;
      const [, kind = '', name = '', rest = ''] = parts;
      const field = rest.toLowerCase();
      if (kind.toLowerCase() === 'middlewares') middlewareLabel(out, name, rest, value, complain);
      else if (kind.toLowerCase() === 'services') {
        const service = services.get(name) ?? {};
        if (field === 'loadbalancer.server.port') service.port = Number(value);
        if (field === 'loadbalancer.server.scheme') service.scheme = value;
        services.set(name, service);
      } else {
        const router: Router = routers.get(name) ?? { rule: '', service: '' };
        if (field === 'rule') router.rule = value;
        else if (field === 'service') router.service = value;
        else if (field === 'entrypoints') router.entryPoints = list(value);
        else if (field === 'middlewares') router.middlewares = list(value).map((each) => qualified(each, 'docker'));
        else if (field === 'priority') router.priority = Number(value);
        else if (field === 'tls' || field.startsWith('tls.')) {
          if (value !== 'false') router.tls = {};
        } else complain(`field not found, node: ${rest}`);
        routers.set(name, router);
      }
    }
    if (services.size === 0) services.set(container.serviceName, {});
    if (routers.size === 0) routers.set(container.serviceName, { rule: '', service: '' });
    for (const [name, { port = container.port, scheme = 'http' }] of services) {
      if (port === undefined) {
        complain(`service "${name}" error: port is missing`);
        continue;
      }
      const key = `${name}@docker`;
      const service: Service = out.services.get(key) ?? { loadBalancer: { servers: [], passHostHeader: true } };
      service.loadBalancer.servers.push({ url: `${scheme}://${address}:${port}` });
      out.services.set(key, service);
    }
    for (const [name, router] of routers) {
      const rule =
        router.rule ||
        options.defaultRule.replace(/\{\{\s*normalize \.Name\s*\}\}|\{\{\s*\.Name\s*\}\}/g, container.serviceName);
      const only = services.size === 1 ? [...services.keys()][0]! : '';
      const service = router.service || only;
      if (service === '') {
        complain(
          `Router ${name} cannot be linked automatically with multiple Services: ["${[...services.keys()].join('" "')}"]`,
        );
        continue;
      }
      out.routers.set(`${name}@docker`, { ...router, rule, service });
    }
  }
  return out;
}

function middlewareLabel(
  out: Dynamic,
  name: string,
  rest: string,
  value: string,
  complain: (text: string) => void,
): void {
  const dot = rest.indexOf('.');
  const kind = MIDDLEWARES[(dot < 0 ? rest : rest.slice(0, dot)).toLowerCase()];
  if (kind === undefined) {
    complain(`middleware ${name}: ${rest} is not simulated in Drydock`);
    return;
  }
  const key = `${name}@docker`;
  const old = out.middlewares.get(key)?.[kind] ?? {};
  const field = dot < 0 ? '' : rest.slice(dot + 1);
  const nested = /^(customrequestheaders|customresponseheaders)\.(.+)$/i.exec(field);
  if (nested) {
    const group = nested[1]!.toLowerCase();
    const before = old[group] as Record<string, string> | undefined;
    out.middlewares.set(key, { [kind]: { ...old, [group]: { ...before, [nested[2]!]: value } } });
  } else if (field !== '')
    out.middlewares.set(key, {
      [kind]: {
        ...old,
        [field.toLowerCase()]: ['prefixes', 'users'].includes(field.toLowerCase()) ? list(value) : value,
      },
    });
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const tree = (value: unknown): [string, Record<string, unknown>][] =>
  isTree(value)
    ? Object.entries(value).flatMap(([name, inner]) =>
        isTree(inner) ? [[name, inner] as [string, Record<string, unknown>]] : [],
      )
    : [];

const lower = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toLowerCase(), inner]));

/** What a file of the file provider says: its `http` section. */
export function ofFile(parsed: unknown, complain: (text: string) => void): Dynamic {
  const out = emptyDynamic();
  const http = isTree(parsed) && isTree(parsed.http) ? parsed.http : {};
  for (const [name, router] of tree(http.routers)) {
    const strings = (value: unknown): string[] | undefined => (Array.isArray(value) ? value.map(String) : undefined);
    const points = strings(router.entryPoints ?? router.entrypoints);
    const middlewares = strings(router.middlewares)?.map((each) => qualified(each, 'file'));
    out.routers.set(`${name}@file`, {
      rule: String(router.rule ?? ''),
      service: String(router.service ?? ''),
      ...(points && { entryPoints: points }),
      ...(middlewares && { middlewares }),
      ...(router.priority !== undefined && { priority: Number(router.priority) }),
      ...('tls' in router && { tls: {} }),
    });
  }
  for (const [name, service] of tree(http.services)) {
    const balancer = lower(service).loadbalancer;
    const servers = isTree(balancer) && Array.isArray(balancer.servers) ? balancer.servers : [];
    const urls = servers.filter(isTree).map((server) => ({ url: String(server.url) }));
    const pass = !(isTree(balancer) && balancer.passHostHeader === false);
    out.services.set(`${name}@file`, { loadBalancer: { servers: urls, passHostHeader: pass } });
  }
  for (const [name, middleware] of tree(http.middlewares))
    for (const [kind, inner] of tree(middleware)) {
      const known = MIDDLEWARES[kind.toLowerCase()];
      if (known === undefined) complain(`middleware ${name}: ${kind} is not simulated in Drydock`);
      else out.middlewares.set(`${name}@file`, { [known]: lower(inner) });
    }
  return out;
}
