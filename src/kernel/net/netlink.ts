import { EEXIST, EINVAL, ENETDOWN, ENETUNREACH, ENODEV, ENOENT, EOPNOTSUPP, EPERM, ESRCH } from '../../abi/errno.ts';
import type { NetlinkAnswer, NetlinkRequest, RouteInfo } from '../../abi/netlink.ts';
import { canonicalIp, isIp6, networkOf, parseCidr } from '../../lib/ip.ts';
import { Bridge } from './bridge.ts';
import type { Device } from './device.ts';
import type { IpLayer } from './ip.ts';
import { addLink, addPair, checkName, linkInfo, moveLink, removeLink } from './links.ts';
import { makeRoute, type Route } from './route.ts';

type Request<T extends NetlinkRequest['type']> = Extract<NetlinkRequest, { type: T }>;
type IpOf = (pid: number) => IpLayer | undefined;

const READS = new Set<NetlinkRequest['type']>([
  'link-list',
  'route-list',
  'neighbour-list',
  'socket-list',
  'dnat-list',
  'forward-get',
]);

/** Requests about links, addresses, routes, neighbours and the filter of a namespace; `socket-list` is not among them. */
export function answerNetlink(ip: IpLayer, request: NetlinkRequest, admin: boolean, ipOf: IpOf): NetlinkAnswer {
  if (!admin && !READS.has(request.type)) return -EPERM;
  switch (request.type) {
    case 'link-list':
      return [...ip.addresses.devices].sort((a, b) => a.index - b.index).map(linkInfo);
    case 'link-add':
      return withQueue(addLink(ip, request.name, request.kind, request.mac), request.txqlen);
    case 'veth-add':
      return addVeth(ip, request, ipOf);
    case 'link-del':
      return deleteLink(ip, request.name);
    case 'link-set':
      return setLink(ip, request, ipOf);
    case 'addr-add':
      return addAddress(ip, request);
    case 'addr-del': {
      const dev = ip.addresses.byName(request.dev);
      return dev ? ip.addresses.remove(dev, canonicalIp(request.address) ?? '', request.prefix) : -ENODEV;
    }
    case 'route-list':
      return [...ip.addresses.routes.all].sort(byNetwork).map(routeInfo);
    case 'route-add':
      return addRoute(ip, request.route);
    case 'route-del':
      return deleteRoute(ip, request);
    case 'neighbour-list':
      return ip.neighbours.list();
    case 'neighbour-add':
    case 'neighbour-del':
      return setNeighbour(ip, request);
    case 'dnat-list':
      return ip.filter.rules.map((rule) => ({ ...rule }));
    case 'dnat-add':
      return ip.filter.addRule(request.rule) ? 0 : -EEXIST;
    case 'dnat-del':
      return deleteRule(ip, request);
    case 'forward-set':
      ip.filter.policy = request.policy;
      return 0;
    case 'forward-get':
      return { ...ip.filter.policy };
    case 'socket-list':
      return -EOPNOTSUPP;
  }
}

function withQueue(made: Device | number, txqlen: number | undefined): number {
  if (typeof made === 'number') return made;
  if (txqlen !== undefined) made.txqlen = txqlen;
  return 0;
}

const statusOf = (result: object | number): number => (typeof result === 'number' ? result : 0);

function addVeth(ip: IpLayer, request: Request<'veth-add'>, ipOf: IpOf): number {
  const there = request.peerPid === undefined ? ip : ipOf(request.peerPid);
  if (!there) return -ESRCH;
  const pair = addPair(ip, request.name, there, request.peer, { mac: request.mac, peerMac: request.peerMac });
  if (typeof pair !== 'number') for (const dev of pair) dev.txqlen = request.txqlen ?? 0;
  return statusOf(pair);
}

function deleteLink(ip: IpLayer, name: string): number {
  const dev = ip.addresses.byName(name);
  if (!dev) return -ENODEV;
  if (dev.kind === 'loopback' || dev.kind === 'ether') return -EOPNOTSUPP;
  removeLink(dev);
  return 0;
}

function setLink(ip: IpLayer, request: Request<'link-set'>, ipOf: IpOf): number {
  const dev = ip.addresses.byName(request.name);
  if (!dev) return -ENODEV;
  if (request.netnsPid !== undefined) {
    const to = ipOf(request.netnsPid);
    if (!to) return -ESRCH;
    if (dev.kind === 'loopback') return -EINVAL;
    const moved = moveLink(dev, to);
    if (moved < 0) return moved;
  }
  if (request.rename !== undefined && request.rename !== dev.name) {
    const wrong = checkName(dev.owner as IpLayer, request.rename);
    if (wrong < 0) return wrong;
    dev.name = request.rename;
  }
  if (request.mac !== undefined) {
    dev.mac = request.mac.toLowerCase();
    ip.neighbours.flush(dev);
  }
  if (request.mtu !== undefined) {
    if (request.mtu < 68 || request.mtu > 65_536) return -EINVAL;
    dev.mtu = request.mtu;
  }
  if (request.txqlen !== undefined) dev.txqlen = request.txqlen;
  const mastered = request.master === undefined ? 0 : setMaster(ip, dev, request.master);
  if (mastered < 0) return mastered;
  if (request.up !== undefined) dev.setUp(request.up);
  return 0;
}

function setMaster(ip: IpLayer, dev: Device, name: string | null): number {
  if (name === null) {
    dev.master?.removePort(dev);
    return 0;
  }
  const bridge = ip.addresses.byName(name);
  if (!bridge) return -ENODEV;
  if (!(bridge instanceof Bridge) || dev.kind === 'loopback' || dev.kind === 'bridge') return -EINVAL;
  bridge.addPort(dev);
  return 0;
}

function addAddress(ip: IpLayer, request: Request<'addr-add'>): number {
  const dev = ip.addresses.byName(request.dev);
  const address = canonicalIp(request.address);
  if (!dev) return -ENODEV;
  if (address === undefined || request.prefix < 0 || request.prefix > (isIp6(address) ? 128 : 32)) return -EINVAL;
  const added = ip.addresses.add(dev, address, request.prefix);
  if (added === 0 && dev.carrier && dev.kind !== 'loopback') ip.neighbours.announce(dev, address);
  return added;
}

/** `default` or a CIDR, as network and length. */
function destination(dst: string, via: string | undefined): { address: string; prefix: number } | undefined {
  if (dst === 'default') return { address: via !== undefined && isIp6(via) ? '::' : '0.0.0.0', prefix: 0 };
  return parseCidr(dst);
}

function addRoute(ip: IpLayer, route: Omit<RouteInfo, 'proto'>): number {
  const via = route.via === undefined ? undefined : canonicalIp(route.via);
  const to = destination(route.dst, via);
  if (!to || (route.via !== undefined && via === undefined)) return -EINVAL;
  if (networkOf(to.address, to.prefix) !== to.address) return -EINVAL;
  const named = route.dev === '' ? undefined : ip.addresses.byName(route.dev);
  if (route.dev !== '' && !named) return -ENODEV;
  const towards = via === undefined ? undefined : ip.addresses.routes.find(via, named);
  if (via !== undefined && (!towards || towards.via !== undefined || ip.addresses.loopbackFor(via)))
    return -ENETUNREACH;
  const dev = named ?? towards?.dev;
  if (!dev) return -ENODEV;
  if (!dev.up) return -ENETDOWN;
  const more: Partial<Route> = { via, src: route.src, metric: route.metric ?? 0, proto: 'boot' };
  if (route.scope) more.scope = route.scope;
  return ip.addresses.routes.add(makeRoute(to.address, to.prefix, dev, more)) ? 0 : -EEXIST;
}

function deleteRoute(ip: IpLayer, request: Request<'route-del'>): number {
  const to = destination(request.dst, undefined);
  if (!to) return -EINVAL;
  const first = ip.addresses.routes.all.find(
    (r) =>
      r.network === to.address && r.prefix === to.prefix && (request.dev === undefined || r.dev.name === request.dev),
  );
  if (!first) return -ESRCH;
  ip.addresses.routes.remove((r) => r === first);
  return 0;
}

/** The order of the kernel's own list: by address, then the shorter prefix; IPv4 first. */
function byNetwork(a: Route, b: Route): number {
  if (a.bytes.length !== b.bytes.length) return a.bytes.length - b.bytes.length;
  for (let i = 0; i < a.bytes.length; i++) if (a.bytes[i] !== b.bytes[i]) return a.bytes[i]! - b.bytes[i]!;
  return a.prefix - b.prefix || a.metric - b.metric;
}

function routeInfo(route: Route): RouteInfo {
  const bits = isIp6(route.network) ? 128 : 32;
  const length = route.prefix === bits ? '' : `/${route.prefix}`;
  const info: RouteInfo = {
    dst: route.prefix === 0 ? 'default' : `${route.network}${length}`,
    dev: route.dev.name,
    scope: route.scope,
    proto: route.proto,
  };
  if (bits === 128) info.family = 'inet6';
  if (route.via !== undefined) info.via = route.via;
  if (route.src !== undefined) info.src = route.src;
  if (route.metric !== 0) info.metric = route.metric;
  if (!route.dev.carrier) info.linkdown = true;
  return info;
}

function setNeighbour(ip: IpLayer, request: Request<'neighbour-add' | 'neighbour-del'>): number {
  const dev = ip.addresses.byName(request.dev);
  const address = canonicalIp(request.address);
  if (!dev) return -ENODEV;
  if (address === undefined) return -EINVAL;
  if (request.type === 'neighbour-del') return ip.neighbours.remove(dev, address) ? 0 : -ENOENT;
  ip.neighbours.setPermanent(dev, address, request.mac);
  return 0;
}

/** A published port goes: what runs over it ends. */
function deleteRule(ip: IpLayer, { rule }: Request<'dnat-del'>): number {
  if (!ip.filter.removeRule(rule)) return -ENOENT;
  ip.conntrack.forget(
    ({ published, original, reply }) =>
      published && original.dport === rule.hostPort && reply.src === rule.toAddr && reply.sport === rule.toPort,
  );
  return 0;
}
