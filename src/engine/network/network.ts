import type { IPAM, Network as NetworkAnswer, NetworkContainer } from '../../api/network.ts';
import type { AddressPool } from './ipam.ts';
import { AddressPool6 } from './ipam6.ts';

/** A network as it is kept on the disk. */
export interface StoredNetwork {
  name: string;
  id: string;
  created: string;
  driver: 'bridge' | 'host' | 'null';
  enableIPv4: boolean;
  enableIPv6: boolean;
  ipam: IPAM;
  /** Subnet and gateway that it works with; '' for host and none. */
  subnet: string;
  gateway: string;
  /** The same for IPv6; absent where it has none. */
  subnet6?: string;
  gateway6?: string;
  /** The engine chose the subnet. */
  chosenSubnet: boolean;
  internal: boolean;
  attachable: boolean;
  configOnly: boolean;
  /** The network whose settings it has; '' for its own. */
  configFrom?: string;
  options: Record<string, string>;
  labels: Record<string, string>;
}

/** One container's place in a network. */
export interface Endpoint {
  id: string;
  containerId: string;
  containerName: string;
  address: string;
  /** '' without IPv6. */
  address6: string;
  mac: string;
}

/** A network that is there: what is kept of it, and who is in it now. */
export class DockerNetwork {
  readonly stored: StoredNetwork;
  readonly pool: AddressPool | undefined;
  readonly pool6: AddressPool6 | undefined;
  /** By the container's id. */
  readonly endpoints: Map<string, Endpoint> = new Map();

  constructor(stored: StoredNetwork, pool: AddressPool | undefined) {
    this.stored = stored;
    this.pool = pool;
    this.pool6 = stored.subnet6 ? new AddressPool6(stored.subnet6) : undefined;
    if (stored.gateway6) this.pool6?.take(stored.gateway6);
  }

  get name(): string {
    return this.stored.name;
  }

  get id(): string {
    return this.stored.id;
  }

  get isBridge(): boolean {
    return this.stored.driver === 'bridge';
  }

  /** One of the three that are always there. */
  get predefined(): boolean {
    return PREDEFINED.has(this.stored.name);
  }

  /** The network that containers are in unless told otherwise: no names are resolved in it. */
  get isDefaultBridge(): boolean {
    return this.stored.name === 'bridge';
  }

  /** Name of its bridge on the host. */
  get link(): string {
    return this.stored.options['com.docker.network.bridge.name'] ?? `br-${this.stored.id.slice(0, 12)}`;
  }

  get prefix(): number {
    return Number(this.stored.subnet.split('/')[1] ?? 0);
  }

  get mtu(): number {
    return Number(this.stored.options['com.docker.network.driver.mtu'] ?? 1500);
  }

  /** Address of the host that ports are published on where none is named; '' for all. */
  get hostBinding(): string {
    const address = this.stored.options['com.docker.network.bridge.host_binding_ipv4'] ?? '';
    return address === '0.0.0.0' ? '' : address;
  }

  option(name: string, otherwise: boolean): boolean {
    const value = this.stored.options[`com.docker.network.bridge.${name}`];
    return value === undefined ? otherwise : value === 'true' || value === '1';
  }

  /** What the API shows. @param withContainers inspect does, list does not */
  shown(withContainers: boolean): NetworkAnswer {
    const s = this.stored;
    const containers: Record<string, NetworkContainer> = {};
    if (withContainers) {
      for (const e of [...this.endpoints.values()].sort((a, b) => (a.containerId < b.containerId ? -1 : 1)))
        containers[e.containerId] = {
          Name: e.containerName,
          EndpointID: e.id,
          MacAddress: e.mac,
          IPv4Address: e.address === '' ? '' : `${e.address}/${this.prefix}`,
          IPv6Address: e.address6 === '' ? '' : `${e.address6}/${this.pool6?.prefix ?? 64}`,
        };
    }
    return {
      Name: s.name,
      Id: s.id,
      Created: s.created,
      Scope: 'local',
      Driver: s.driver,
      EnableIPv4: s.enableIPv4,
      EnableIPv6: s.enableIPv6,
      IPAM: s.ipam,
      Internal: s.internal,
      Attachable: s.attachable,
      Ingress: false,
      ConfigFrom: { Network: s.configFrom ?? '' },
      ConfigOnly: s.configOnly,
      Containers: containers,
      Options: s.options,
      Labels: s.labels,
    };
  }
}

export const PREDEFINED: ReadonlySet<string> = new Set(['bridge', 'host', 'none']);
