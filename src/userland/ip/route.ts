import type { RouteInfo } from '../../abi/netlink.ts';
import { canonicalIp, inNetwork, isIp6, parseCidr } from '../../lib/ip.ts';
import type { Wait } from '../../libc/io.ts';
import { change, fail, type IpContext, links, match, next, noDevice, routes } from './request.ts';

/** `ip route`. */
export function* ipRoute(ip: IpContext): Wait<number> {
  const [first] = ip.words;
  const verb =
    first === undefined
      ? 'show'
      : match(first, [
          'add',
          'append',
          'change',
          'replace',
          'delete',
          'show',
          'list',
          'lst',
          'ls',
          'get',
          'flush',
          'help',
        ]);
  if (verb === undefined) {
    if (ip.busybox) return yield* fail(ip, `invalid argument '${first}' to 'ip'`);
    return yield* fail(ip, `Command "${first}" is unknown, try "ip route help".`, 255);
  }
  ip.words.shift();
  if (verb === 'get') return yield* get(ip);
  if (verb === 'flush') return yield* flush(ip);
  if (verb === 'delete') return yield* remove(ip);
  if (verb === 'add' || verb === 'append') return yield* add(ip, false);
  if (verb === 'replace' || verb === 'change') return yield* add(ip, true);
  return yield* show(ip);
}

function ofFamily(ip: IpContext, list: readonly RouteInfo[]): RouteInfo[] {
  return list.filter((route) => (route.family === 'inet6') === (ip.options.family === 'inet6'));
}

function* show(ip: IpContext): Wait<number> {
  const words = [...ip.words];
  let dev: string | undefined;
  let dst: string | undefined;
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === 'dev') dev = yield* next(ip, words);
    else if (['table', 'proto', 'scope', 'type', 'via', 'src', 'match', 'root', 'exact', 'to'].includes(word)) {
      const value = yield* next(ip, words);
      if (word === 'exact' || word === 'to' || word === 'root') dst = value;
    } else dst = word;
  }
  if (dev !== undefined && !links(ip).some((link) => link.name === dev)) return yield* noDevice(ip, dev);
  const list = ofFamily(ip, routes(ip)).filter(
    // busybox's list takes no notice of a plain `default`
    (route) =>
      (dev === undefined || route.dev === dev) &&
      (dst === undefined || (ip.busybox && dst === 'default') || route.dst === dst),
  );
  if (ip.options.json) {
    yield* ip.ctx.stdout.write(`${JSON.stringify(list.map(routeJson))}\n`);
    return 0;
  }
  for (const route of list) yield* ip.ctx.stdout.write(`${routeText(ip, route, dev !== undefined)}\n`);
  return 0;
}

/** A route as a line; `hidden`: the device was asked for and is not repeated. */
function routeText(ip: IpContext, route: RouteInfo, hidden: boolean): string {
  const via = route.via === undefined ? '' : `via ${route.via} `;
  const dev = hidden ? '' : `dev ${route.dev} `;
  const scope = route.scope === undefined || route.scope === 'global' || route.family ? '' : `scope ${route.scope} `;
  const metric = route.metric === undefined ? '' : `metric ${route.metric} `;
  if (ip.busybox) {
    const src = route.src === undefined ? '' : ` src ${route.src} `;
    return `${route.dst} ${via}${dev}${scope}${src}${metric === '' ? '' : ` ${metric}`}`;
  }
  const proto = route.proto === 'boot' ? '' : `proto ${route.proto} `;
  const src = route.src === undefined ? '' : `src ${route.src} `;
  const pref = route.family ? 'pref medium' : '';
  return `${route.dst} ${via}${dev}${proto}${scope}${src}${metric}${route.linkdown ? 'linkdown ' : ''}${pref}`;
}

function routeJson(route: RouteInfo): Record<string, unknown> {
  return {
    dst: route.dst,
    ...(route.via === undefined ? {} : { gateway: route.via }),
    dev: route.dev,
    ...(route.proto === 'boot' ? {} : { protocol: route.proto }),
    ...(route.scope === undefined || route.scope === 'global' ? {} : { scope: route.scope }),
    ...(route.src === undefined ? {} : { prefsrc: route.src }),
    ...(route.metric === undefined ? {} : { metric: route.metric }),
    flags: route.linkdown ? ['linkdown'] : [],
  };
}

function* get(ip: IpContext): Wait<number> {
  const text = ip.words[0] === 'to' ? ip.words[1] : ip.words[0];
  if (text === undefined) return yield* fail(ip, 'need at least a destination address', ip.busybox ? 1 : 255);
  const address = canonicalIp(text.replace(/\/.*/, ''));
  if (address === undefined) return yield* fail(ip, `Error: any valid prefix is expected rather than "${text}".`);
  const all = links(ip);
  const own = all.find(
    (link) =>
      link.up &&
      link.addresses.some((a) => a.address === address || (link.kind === 'loopback' && address.startsWith('127.'))),
  );
  const uid = ip.ctx.sys.credentials().uid;
  if (own) {
    const src = address.startsWith('127.') ? '127.0.0.1' : address;
    const local = `local ${address} dev lo ${ip.busybox ? ' ' : ''}src ${src} `;
    yield* ip.ctx.stdout.write(ip.busybox ? `${local}\n` : `${local}uid ${uid} \n    cache <local> \n`);
    return 0;
  }
  const route = best(address, routes(ip));
  if (!route) return yield* fail(ip, `RTNETLINK answers: Network is unreachable`, 2);
  const dev = all.find((link) => link.name === route.dev);
  const near = route.via ?? address;
  const source =
    route.src ??
    dev?.addresses.find((a) => inNetwork(near, a.address, a.prefix))?.address ??
    dev?.addresses[0]?.address;
  const via = route.via === undefined ? '' : `via ${route.via} `;
  const src = source === undefined ? '' : `${ip.busybox ? ' ' : ''}src ${source} `;
  const line = `${address} ${via}dev ${route.dev} ${src}`;
  yield* ip.ctx.stdout.write(ip.busybox ? `${line}\n` : `${line}uid ${uid} \n    cache \n`);
  return 0;
}

/** The route that the kernel takes. */
function best(address: string, list: readonly RouteInfo[]): RouteInfo | undefined {
  let found: RouteInfo | undefined;
  let length = -1;
  for (const route of list) {
    if ((route.family === 'inet6') !== isIp6(address)) continue;
    const cidr = route.dst === 'default' ? { address: '', prefix: 0 } : parseCidr(route.dst)!;
    if (cidr.prefix <= length || (cidr.prefix > 0 && !inNetwork(address, cidr.address, cidr.prefix))) continue;
    found = route;
    length = cidr.prefix;
  }
  return found;
}

function* readRoute(ip: IpContext): Wait<Omit<RouteInfo, 'proto'>> {
  const { words } = ip;
  const route: Omit<RouteInfo, 'proto'> = { dst: '', dev: '' };
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === 'via') {
      const via = yield* next(ip, words);
      route.via = via === 'inet' || via === 'inet6' ? yield* next(ip, words) : via;
    } else if (word === 'dev') route.dev = yield* next(ip, words);
    else if (word === 'src') route.src = yield* next(ip, words);
    else if (word === 'metric') route.metric = Number(yield* next(ip, words));
    else if (word === 'scope') route.scope = (yield* next(ip, words)) as 'link' | 'host' | 'global';
    else if (['table', 'proto', 'mtu', 'type'].includes(word)) yield* next(ip, words);
    else if (word !== 'onlink' && word !== 'to') route.dst = word;
  }
  if (route.dst !== 'default' && !parseCidr(route.dst))
    return yield* fail(
      ip,
      `Error: ${route.dst === '' ? 'any' : 'inet'} prefix is expected rather than "${route.dst}".`,
    );
  if (route.dev !== '' && !links(ip).some((link) => link.name === route.dev)) return yield* noDevice(ip, route.dev);
  return route;
}

const ENETUNREACH = -101;

function* add(ip: IpContext, replace: boolean): Wait<number> {
  const route = yield* readRoute(ip);
  if (replace) ip.ctx.sys.netlink({ type: 'route-del', dst: route.dst });
  const result = ip.ctx.sys.netlink({ type: 'route-add', route });
  if (typeof result !== 'number' || result >= 0) return 0;
  // the kernel's extended answer, which busybox does not read
  if (result === ENETUNREACH && !ip.busybox) return yield* fail(ip, 'Error: Nexthop has invalid gateway.', 2);
  return yield* fail(ip, `RTNETLINK answers: ${ip.ctx.strerror(result)}`, 2);
}

function* remove(ip: IpContext): Wait<number> {
  const { dst, dev } = yield* readRoute(ip);
  return yield* change(ip, { type: 'route-del', dst, ...(dev === '' ? {} : { dev }) });
}

function* flush(ip: IpContext): Wait<number> {
  const words = ip.words;
  if (words.length === 0) return yield* fail(ip, '"ip route flush" requires arguments.', 255);
  const dev = words[0] === 'dev' ? words[1] : undefined;
  const dst = dev === undefined ? words[0] : undefined;
  for (const route of ofFamily(ip, routes(ip))) {
    if (dev !== undefined ? route.dev === dev : dst === 'all' || dst === 'table' || route.dst === dst)
      yield* change(ip, { type: 'route-del', dst: route.dst, dev: route.dev });
  }
  return 0;
}
