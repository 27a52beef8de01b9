import type { DnatRule, ForwardPolicy } from '../../abi/netlink.ts';
import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import { ip4Text } from '../../lib/ip.ts';
import { type Wait, writeFile } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import { stamp } from '../clock.ts';
import { readJson, writeAtomic } from '../disk.ts';
import type { Events } from '../events/events.ts';
import { newId } from '../ids.ts';
import type { EngineConfig } from '../settings/config.ts';
import { defaultBridge } from './default-bridge.ts';
import { AddressPool, defaultPools, overlap, parseSubnet, type Subnet, subnetText } from './ipam.ts';
import { addressAt, localSubnet, overlap6 } from './ipam6.ts';
import { DockerNetwork, type StoredNetwork } from './network.ts';

/** What a new network is to be; already checked. */
export type NetworkPlan = Omit<StoredNetwork, 'id' | 'created' | 'subnet' | 'gateway' | 'chosenSubnet'>;

/** All networks: network/files/local-kv.db (JSON), and for each of the driver bridge a bridge of the host. */
export class NetworkStore {
  readonly #root: string;
  readonly #events: Events;
  readonly #config: EngineConfig;
  readonly #byId: Map<string, DockerNetwork> = new Map();

  constructor(root: string, events: Events, config: EngineConfig) {
    this.#root = `${root}/network/files`;
    this.#events = events;
    this.#config = config;
  }

  get #file(): string {
    return `${this.#root}/local-kv.db`;
  }

  *restore(sys: Sys): Wait<void> {
    mkdirp(sys, this.#root, 0o750);
    if (this.#config.ipForward) yield* writeFile(sys, '/proc/sys/net/ipv4/ip_forward', '1');
    const stored = (yield* readJson<{ networks: StoredNetwork[] }>(sys, this.#file))?.networks ?? [];
    // the default bridge is made anew at each start, as the settings are now
    for (const s of stored) if (s.name !== 'bridge') this.#add(s);
    for (const name of ['none', 'host'] as const)
      if (!this.all().some((n) => n.name === name)) this.#addSpecial(sys, name);
    if (this.#config.bridge.name !== 'none') this.#addBridge(sys);
    for (const network of this.#byId.values()) this.#makeBridge(sys, network);
    this.#setPolicy(sys);
    // rules of an engine that was killed
    const rules = sys.netlink({ type: 'dnat-list' });
    if (Array.isArray(rules)) for (const rule of rules as DnatRule[]) sys.netlink({ type: 'dnat-del', rule });
    yield* this.#save(sys);
  }

  #addSpecial(sys: Sys, name: 'none' | 'host'): void {
    this.#add({
      name,
      id: newId(sys),
      created: stamp(sys),
      driver: name === 'none' ? 'null' : name,
      enableIPv4: true,
      enableIPv6: false,
      ipam: { Driver: 'default', Options: null, Config: null },
      subnet: '',
      gateway: '',
      chosenSubnet: false,
      internal: false,
      attachable: false,
      configOnly: false,
      options: {},
      labels: {},
    });
  }

  #addBridge(sys: Sys): void {
    const plan = defaultBridge(sys, this.#config, () => this.#freeSubnet(sys));
    this.#add({ ...plan, id: newId(sys), created: stamp(sys) });
  }

  #add(s: StoredNetwork): DockerNetwork {
    const subnet = parseSubnet(s.subnet);
    const range = parseSubnet(s.ipam.Config?.[0]?.IPRange ?? '');
    const pool = subnet && new AddressPool(subnet, range);
    if (s.gateway !== '') pool?.take(s.gateway);
    for (const address of Object.values(s.ipam.Config?.[0]?.AuxiliaryAddresses ?? {})) pool?.take(address);
    const network = new DockerNetwork(s, pool);
    this.#byId.set(s.id, network);
    return network;
  }

  all(): DockerNetwork[] {
    return [...this.#byId.values()];
  }

  /** By name, id or the beginning of an id. */
  find(reference: string): DockerNetwork | undefined {
    const exact = this.#byId.get(reference);
    if (exact) return exact;
    for (const network of this.#byId.values()) if (network.name === reference) return network;
    if (reference === '') return undefined;
    const begun = [...this.#byId.values()].filter((n) => n.id.startsWith(reference));
    if (begun.length > 1)
      throw new ApiError(
        'invalid-parameter',
        `network ${reference} is ambiguous (${begun.length} matches found based on ID prefix)`,
      );
    return begun[0];
  }

  /** @throws ApiError `network x not found` */
  get(reference: string): DockerNetwork {
    const network = this.find(reference);
    if (!network) throw noSuchNetwork(reference);
    return network;
  }

  /** Makes a network. @throws ApiError */
  *create(sys: Sys, plan: NetworkPlan): Wait<DockerNetwork> {
    if ([...this.#byId.values()].some((n) => n.name === plan.name))
      throw new ApiError('conflict', `network with name ${plan.name} already exists`);
    const given = plan.ipam.Config?.find((pool) => pool.Subnet && !pool.Subnet.includes(':'));
    let subnet = '';
    let gateway = '';
    if (plan.driver === 'bridge' && plan.enableIPv4 && !plan.configOnly) {
      subnet = given?.Subnet ? this.#claim(given.Subnet) : this.#freeSubnet(sys);
      gateway = given?.Gateway ?? gatewayOf(given?.IPRange && parseSubnet(given.IPRange) ? given.IPRange : subnet);
      if (!given) plan.ipam.Config = [...(plan.ipam.Config ?? []), { Subnet: subnet, Gateway: gateway }];
    }
    const six =
      plan.driver === 'bridge' && plan.enableIPv6 && !plan.configOnly
        ? ipv6Of(
            sys,
            plan,
            this.all().flatMap((n) => n.stored.subnet6 ?? []),
          )
        : {};
    const network = this.#add({
      ...plan,
      ...six,
      id: newId(sys),
      created: stamp(sys),
      subnet,
      gateway,
      chosenSubnet: !given,
    });
    this.#makeBridge(sys, network);
    this.#setPolicy(sys);
    yield* this.#save(sys);
    this.#log(sys, network, 'create');
    return network;
  }

  /** @throws ApiError where another network has these addresses */
  #claim(text: string): string {
    const subnet = parseSubnet(text)!;
    if (this.#subnets().some((other) => overlap(subnet, other)))
      throw new ApiError('forbidden', 'invalid pool request: Pool overlaps with other one on this address space');
    return subnetText(subnet);
  }

  #subnets(): Subnet[] {
    return [...this.#byId.values()].flatMap((n) => parseSubnet(n.stored.subnet) ?? []);
  }

  /** The first of the usual ranges that neither a network nor the host has. */
  #freeSubnet(sys: Sys): string {
    const routes = sys.netlink({ type: 'route-list' });
    const taken = this.#subnets();
    if (Array.isArray(routes))
      for (const route of routes) {
        const subnet = 'dst' in route && route.dev !== 'docker0' ? parseSubnet(route.dst) : undefined;
        if (subnet) taken.push(subnet);
      }
    for (const pool of defaultPools(this.#config.pools))
      if (!taken.some((t) => overlap(t, pool))) return subnetText(pool);
    throw new ApiError('invalid-parameter', 'all predefined address pools have been fully subnetted');
  }

  /** Removes a network that nobody is in. */
  *remove(sys: Sys, network: DockerNetwork): Wait<void> {
    this.#byId.delete(network.id);
    if (network.isBridge) sys.netlink({ type: 'link-del', name: network.link });
    this.#setPolicy(sys);
    yield* this.#save(sys);
    this.#log(sys, network, 'destroy');
  }

  #log(sys: Sys, network: DockerNetwork, action: string): void {
    this.#events.log(sys, 'network', action, network.id, { name: network.name, type: network.stored.driver });
  }

  #makeBridge(sys: Sys, network: DockerNetwork): void {
    if (!network.isBridge || network.stored.configOnly) return;
    const name = network.link;
    sys.netlink({ type: 'link-add', name, kind: 'bridge' });
    sys.netlink({ type: 'link-set', name, mtu: network.mtu });
    if (network.stored.gateway !== '')
      sys.netlink({ type: 'addr-add', dev: name, address: network.stored.gateway, prefix: network.prefix });
    const { pool6 } = network;
    if (pool6)
      sys.netlink({ type: 'addr-add', dev: name, address: network.stored.gateway6 ?? '', prefix: pool6.prefix });
    sys.netlink({ type: 'link-set', name, up: true });
  }

  /** Which bridges may talk to which: no network reaches another, internal ones no outside. */
  #setPolicy(sys: Sys): void {
    const bridges = this.#config.iptables ? [...this.#byId.values()].filter((n) => n.isBridge) : [];
    const policy: ForwardPolicy = {
      isolated: bridges.map((n) => n.link),
      internal: bridges.filter((n) => n.stored.internal).map((n) => n.link),
      masquerade: bridges
        .filter((n) => !n.stored.internal && n.option('enable_ip_masquerade', true))
        .map((n) => n.link),
      noIcc: bridges.filter((n) => !n.option('enable_icc', true)).map((n) => n.link),
    };
    sys.netlink({ type: 'forward-set', policy });
  }

  *#save(sys: Sys): Wait<void> {
    const networks = [...this.#byId.values()].map((n) => n.stored);
    yield* writeAtomic(sys, this.#file, JSON.stringify({ networks }), 0o600);
  }
}

/** The IPv6 subnet of a new network: the one that is given, or one of its own, which the plan tells then. */
function ipv6Of(sys: Sys, plan: NetworkPlan, taken: readonly string[]): { subnet6: string; gateway6: string } {
  const given = plan.ipam.Config?.find((pool) => pool.Subnet?.includes(':'));
  const subnet6 = given?.Subnet ?? localSubnet(sys);
  if (taken.some((other) => overlap6(subnet6, other)))
    throw new ApiError('forbidden', 'invalid pool request: Pool overlaps with other one on this address space');
  const gateway6 = given?.Gateway ?? addressAt(subnet6, 1);
  if (!given) plan.ipam.Config = [...(plan.ipam.Config ?? []), { Subnet: subnet6, Gateway: gateway6 }];
  return { subnet6, gateway6 };
}

/** The first address of a subnet. */
function gatewayOf(text: string): string {
  const subnet = parseSubnet(text);
  return subnet ? ip4Text(subnet.address + 1) : '';
}

export const noSuchNetwork = (reference: string): ApiError =>
  new ApiError('not-found', `network ${reference} not found`);
