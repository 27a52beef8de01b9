import { BLOCKED } from '../../abi/errno.ts';
import { CLONE_NEWNET, O_CLOEXEC, O_RDONLY, O_WRONLY } from '../../abi/flags.ts';
import type { LinkInfo } from '../../abi/netlink.ts';
import type { Sys } from '../../abi/sys.ts';
import { encode } from '../../lib/utf8.ts';
import { within } from '../runtime/namespaces.ts';
import type { DnsServer } from './dns.ts';
import type { DockerNetwork, Endpoint } from './network.ts';
import type { Publication } from './ports.ts';

/** A pair of links that connects a sandbox with a network's bridge. */
export interface Attached {
  network: DockerNetwork;
  endpoint: Endpoint;
  /** Name of the end on the host. */
  hostLink: string;
  /** Name in the sandbox. */
  name: string;
}

/** A container's network namespace. */
export interface Sandbox {
  id: string;
  /** An open file of the namespace: it lives as long as this. */
  fd: number;
  attached: Attached[];
  publications: Publication[];
  dns: DnsServer | undefined;
  /** The way out. */
  gateway?: Attached | undefined;
  /** Name servers that the engine's own asks. */
  servers?: readonly string[];
}

/** Settings of a new namespace: what runc sets there. */
const SYSCTLS: readonly (readonly [path: string, value: string])[] = [
  ['/proc/sys/net/ipv4/ip_unprivileged_port_start', '0'],
  ['/proc/sys/net/ipv4/ping_group_range', '0 2147483647'],
];

/** Makes a network namespace with its loopback up. @param host an open file of the host's. @returns fd, or -errno */
export function makeNamespace(sys: Sys, host: number): number {
  const r = sys.unshare(CLONE_NEWNET);
  if (r < 0) return r;
  const fd = retry(() => sys.open('/proc/thread-self/ns/net', O_RDONLY | O_CLOEXEC));
  sys.netlink({ type: 'link-set', name: 'lo', up: true });
  for (const [path, value] of SYSCTLS) writeNow(sys, path, value);
  sys.setns(host, CLONE_NEWNET);
  return fd;
}

/** Makes a call again that could not end within its slice: nothing else may run while the namespace is another. */
function retry(call: () => number): number {
  let r = call();
  for (let i = 0; i < 100 && r === BLOCKED; i++) r = call();
  return r;
}

function writeNow(sys: Sys, path: string, text: string): void {
  const fd = retry(() => sys.open(path, O_WRONLY | O_CLOEXEC));
  if (fd < 0) return;
  retry(() => sys.write(fd, encode(text)));
  sys.close(fd);
}

/** Connects a sandbox with a bridge: makes the pair of links, names, addresses. @returns 0 or -errno */
export function plugIn(sys: Sys, host: number, sandbox: Sandbox, a: Attached): number {
  const { network, endpoint } = a;
  const r = within(sys, sandbox.fd, host, CLONE_NEWNET, () => {
    const made = sys.netlink({ type: 'veth-add', name: a.name, peer: a.hostLink, peerPid: 1, mac: endpoint.mac });
    if (typeof made === 'number' && made < 0) return made;
    const dev = a.name;
    sys.netlink({ type: 'link-set', name: dev, mtu: network.mtu });
    if (endpoint.address) sys.netlink({ type: 'addr-add', dev, address: endpoint.address, prefix: network.prefix });
    if (endpoint.address6)
      sys.netlink({ type: 'addr-add', dev, address: endpoint.address6, prefix: network.pool6?.prefix ?? 64 });
    sys.netlink({ type: 'link-set', name: dev, up: true });
    return 0;
  });
  if (r < 0) return r;
  sys.netlink({ type: 'link-set', name: a.hostLink, mtu: network.mtu, master: network.link, up: true });
  return 0;
}

/** Takes a sandbox off a bridge. */
export function plugOut(sys: Sys, a: Attached): void {
  sys.netlink({ type: 'link-del', name: a.hostLink });
}

/** Sets the way out of a sandbox. @param network undefined: none */
export function setGateway(
  sys: Sys,
  host: number,
  sandbox: Sandbox,
  network: { gateway: string; gateway6?: string } | undefined,
  dev: string,
): void {
  within(sys, sandbox.fd, host, CLONE_NEWNET, () => {
    sys.netlink({ type: 'route-del', dst: 'default' });
    const { gateway, gateway6 } = network ?? {};
    if (gateway) sys.netlink({ type: 'route-add', route: { dst: 'default', via: gateway, dev } });
    if (gateway6) sys.netlink({ type: 'route-add', route: { family: 'inet6', dst: 'default', via: gateway6, dev } });
    return 0;
  });
}

/** The first free ethN of a sandbox. */
export function freeName(sandbox: Sandbox): string {
  const taken = new Set(sandbox.attached.map((a) => a.name));
  let n = 0;
  while (taken.has(`eth${n}`)) n++;
  return `eth${n}`;
}

/** Counters of a sandbox's links but the loopback. */
export function linksOf(sys: Sys, host: number, sandbox: Sandbox): LinkInfo[] {
  const list = within(sys, sandbox.fd, host, CLONE_NEWNET, () => sys.netlink({ type: 'link-list' }));
  return Array.isArray(list) ? (list as LinkInfo[]).filter((link) => link.kind !== 'loopback') : [];
}
