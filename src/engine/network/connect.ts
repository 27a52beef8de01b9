import type { DnatRule } from '../../abi/netlink.ts';
import type { Sys } from '../../abi/sys.ts';
import type { EndpointSettings, NetworkingConfig } from '../../api/container-config.ts';
import { ApiError } from '../../api/errors.ts';
import type { Wait } from '../../libc/io.ts';
import type { Container } from '../container/container.ts';
import { joinTarget } from '../container/share.ts';
import type { Daemon } from '../daemon.ts';
import { newId, randomHex } from '../ids.ts';
import { DnsServer, type Names } from './dns.ts';
import { dnsNames, linkTarget, makeEndpoint } from './endpoint.ts';
import { checkLinked, linkEnvironment, linkHosts, linksOfContainer } from './links.ts';
import type { DockerNetwork } from './network.ts';
import { NetworkStore, noSuchNetwork } from './networks.ts';
import { PortAllocator, type Publication, shownPorts } from './ports.ts';
import { startProxies, stopProxies } from './proxy.ts';
import { type Attached, freeName, makeNamespace, plugIn, plugOut, type Sandbox, setGateway } from './sandbox.ts';
import { checkNetworking, clearEndpoint, fullEndpoint } from './settings.ts';
import { writeNetworkFiles } from './write-files.ts';

/** What a starting container gets of its networks. */
export interface Connected {
  netFd: number | undefined;
  linkEnv: string[];
}

const HEAD = 'failed to set up container networking: ';

/** Puts containers into networks. */
export class ContainerNetworks {
  readonly store: NetworkStore;
  readonly ports: PortAllocator = new PortAllocator();
  readonly #daemon: Daemon;
  /** By the container's id. */
  readonly #sandboxes: Map<string, Sandbox> = new Map();

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
    this.store = new NetworkStore(daemon.root, daemon.events, daemon.config);
  }

  /** Checks a new container's networks. @throws ApiError */
  checkSettings(given: NetworkingConfig | undefined, main: string, mac: string | undefined): void {
    checkNetworking(this.store, given, main, mac);
  }

  sandbox(c: Container): Sandbox | undefined {
    return this.#sandboxes.get(c.id);
  }

  /** The sandbox that a container is in: its own, or the one that it shares. */
  sandboxSeenBy(c: Container): Sandbox | undefined {
    const mode = c.hostConfig.NetworkMode;
    if (!mode.startsWith('container:')) return this.sandbox(c);
    const other = this.#daemon.containers.find(mode.slice('container:'.length));
    return other === undefined || other === 'many' ? undefined : this.sandbox(other);
  }

  /** Notes which networks a new container will be in. */
  setUp(c: Container, given: NetworkingConfig | undefined, mac: string | undefined): void {
    const mode = c.hostConfig.NetworkMode;
    if (mode.startsWith('container:')) {
      const target = this.#daemon.containers.find(mode.slice('container:'.length));
      // one that is not there is missed when the container starts
      if (target !== undefined && target !== 'many') c.hostConfig.NetworkMode = `container:${target.id}`;
      return;
    }
    const wanted = new Map<string, Partial<EndpointSettings>>();
    for (const [name, settings] of Object.entries(given?.EndpointsConfig ?? {})) {
      const network = this.store.find(name === 'default' ? 'bridge' : name);
      wanted.set(network?.name ?? name, settings ?? {});
    }
    const main = this.store.find(mode)?.name ?? mode;
    if (!wanted.has(main)) wanted.set(main, {});
    for (const name of [main, ...[...wanted.keys()].filter((n) => n !== main)]) {
      const settings = fullEndpoint(wanted.get(name)!);
      if (name === main && mac) settings.MacAddress ||= mac;
      this.#remember(c, name, settings);
    }
  }

  #remember(c: Container, name: string, settings: EndpointSettings): void {
    if (settings.MacAddress) c.wantedMacs.set(name, settings.MacAddress);
    c.network.Networks[name] = settings;
  }

  /** Gives a starting container its network namespace with everything in it. @throws ApiError */
  *connect(sys: Sys, c: Container): Wait<Connected> {
    const mode = c.hostConfig.NetworkMode;
    const other = joinTarget(this.#daemon, mode, 'net');
    if (other) {
      c.networkDirectory = other.networkDirectory;
      c.config.Hostname = other.config.Hostname;
      c.config.Domainname = other.config.Domainname;
      return { netFd: this.sandboxSeenBy(other)?.fd, linkEnv: [] };
    }
    if (mode === 'bridge') checkLinked(c, linksOfContainer(this.#daemon, c));
    try {
      return yield* this.#connect(sys, c, mode);
    } catch (error) {
      if (error instanceof ApiError) throw new ApiError(error.kind, HEAD + error.message, error.status);
      throw error;
    }
  }

  *#connect(sys: Sys, c: Container, mode: string): Wait<Connected> {
    const isHost = mode === 'host';
    const fd = isHost ? -1 : makeNamespace(sys, this.#daemon.hostNet);
    const id = newId(sys);
    const sandbox: Sandbox = { id, fd, attached: [], publications: [], dns: undefined };
    this.#sandboxes.set(c.id, sandbox);
    c.network.SandboxID = id;
    c.network.SandboxKey = isHost ? '/var/run/docker/netns/default' : `/var/run/docker/netns/${id.slice(0, 12)}`;
    for (const name of Object.keys(c.network.Networks)) this.#join(sys, c, sandbox, name);
    this.#chooseGateway(sys, c, sandbox);
    yield* this.#publish(sys, c, sandbox);
    const links = linksOfContainer(this.#daemon, c);
    yield* writeNetworkFiles(sys, this.#daemon, c, sandbox, linkHosts(links));
    if (sandbox.attached.some((a) => !a.network.isDefaultBridge)) this.#startDns(sys, c, sandbox);
    const legacy = mode === 'bridge' ? linkEnvironment(c, links) : [];
    return { netFd: isHost ? undefined : fd, linkEnv: legacy };
  }

  /** Puts a container into one network: an endpoint, an address, a pair of links. @throws ApiError */
  #join(sys: Sys, c: Container, sandbox: Sandbox, name: string): void {
    const settings = c.network.Networks[name]!;
    const network = this.store.find(settings.NetworkID || name) ?? this.store.find(name);
    if (!network || network.stored.configOnly) throw noSuchNetwork(settings.NetworkID || name);
    const endpoint = makeEndpoint(sys, c, network, settings, c.wantedMacs.get(name));
    settings.NetworkID = network.id;
    settings.EndpointID = endpoint.id;
    settings.Gateway = network.stored.internal ? '' : network.stored.gateway;
    settings.IPAddress = endpoint.address;
    settings.IPPrefixLen = network.prefix;
    settings.MacAddress = endpoint.mac;
    settings.IPv6Gateway = network.stored.internal ? '' : (network.stored.gateway6 ?? '');
    settings.GlobalIPv6Address = endpoint.address6;
    settings.GlobalIPv6PrefixLen = network.pool6?.prefix ?? 0;
    if (!network.predefined) settings.DNSNames = dnsNames(c, settings);
    network.endpoints.set(c.id, endpoint);
    if (network.isBridge) {
      const attached: Attached = {
        network,
        endpoint,
        hostLink: `veth${randomHex(sys, 4).slice(0, 7)}`,
        name: freeName(sandbox),
      };
      const r = plugIn(sys, this.#daemon.hostNet, sandbox, attached);
      if (r < 0)
        throw new ApiError(
          'internal',
          `failed to create endpoint ${c.name.slice(1)} on network ${network.name}: errno ${-r}`,
        );
      sandbox.attached.push(attached);
    }
    this.#daemon.events.log(sys, 'network', 'connect', network.id, {
      container: c.id,
      name: network.name,
      type: network.stored.driver,
    });
  }

  /** The network with the highest priority (then the first by name) leads out. */
  #chooseGateway(sys: Sys, c: Container, sandbox: Sandbox): void {
    const ways = sandbox.attached.filter(
      ({ network: { stored } }) => !stored.internal && (stored.gateway !== '' || stored.gateway6 !== undefined),
    );
    const priority = (a: Attached): number => c.network.Networks[a.network.name]?.GwPriority ?? 0;
    ways.sort((a, b) => priority(b) - priority(a) || (a.network.name < b.network.name ? -1 : 1));
    const way = ways[0];
    if (sandbox.fd >= 0) setGateway(sys, this.#daemon.hostNet, sandbox, way?.network.stored, way?.name ?? '');
    sandbox.gateway = way;
  }

  /** Opens the host's ports. @throws ApiError */
  *#publish(sys: Sys, c: Container, sandbox: Sandbox): Wait<void> {
    const way = sandbox.gateway;
    const exposed = Object.keys(c.config.ExposedPorts ?? {});
    const bindings = c.hostConfig.PortBindings ?? {};
    if (!way) {
      c.network.Ports = sandbox.attached.length > 0 ? shownPorts([], []) : {};
      return;
    }
    const more = c.hostConfig.PublishAllPorts ? exposed.filter((spec) => !bindings[spec]) : [];
    let publications: Publication[];
    try {
      publications = this.ports.allocate(sys, bindings, more, way.network.hostBinding);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const message = error.message.replace('CONTAINER', way.endpoint.address);
      throw new ApiError(
        error.kind,
        `driver failed programming external connectivity on endpoint ${c.name.slice(1)} (${way.endpoint.id}): ${message}`,
      );
    }
    sandbox.publications = publications;
    if (this.#daemon.config.iptables)
      for (const p of publications) sys.netlink({ type: 'dnat-add', rule: ruleOf(p, way) });
    c.network.Ports = shownPorts(publications, [...exposed, ...Object.keys(bindings)]);
    const { userlandProxy, userlandProxyPath } = this.#daemon.config;
    if (userlandProxy) yield* startProxies(sys, userlandProxyPath, publications, way.endpoint.address);
  }

  *#unpublish(sys: Sys, sandbox: Sandbox): Wait<void> {
    yield* stopProxies(sys, sandbox.publications);
    if (sandbox.gateway)
      for (const p of sandbox.publications) sys.netlink({ type: 'dnat-del', rule: ruleOf(p, sandbox.gateway) });
    this.ports.release(sys, sandbox.publications);
    sandbox.publications = [];
  }

  #startDns(sys: Sys, c: Container, sandbox: Sandbox): void {
    if (sandbox.dns || sandbox.fd < 0) return;
    const names: Names = {
      addresses: (name) => this.#resolve(c, sandbox, name),
      nameOf: (address) => this.#reverse(sandbox, address),
      servers: sandbox.attached.every((a) => a.network.stored.internal) ? [] : (sandbox.servers ?? []),
    };
    sandbox.dns = DnsServer.start(sys, this.#daemon.hostNet, sandbox.fd, names);
  }

  #resolve(c: Container, sandbox: Sandbox, name: string): string[] | undefined {
    const found: string[] = [];
    for (const a of sandbox.attached) {
      if (a.network.isDefaultBridge) continue;
      const bare = name.endsWith(`.${a.network.name}`) ? name.slice(0, -a.network.name.length - 1) : name;
      const linked = linkTarget(c.network.Networks[a.network.name], bare);
      for (const e of a.network.endpoints.values()) {
        const other = this.#daemon.containers.byId(e.containerId);
        const names = other?.network.Networks[a.network.name]?.DNSNames ?? [];
        if (names.some((n) => n.toLowerCase() === bare || n === linked))
          found.push(...[e.address, e.address6].filter((address) => address !== ''));
      }
    }
    return found.length > 0 ? found : undefined;
  }

  #reverse(sandbox: Sandbox, address: string): string | undefined {
    for (const a of sandbox.attached)
      for (const e of a.network.endpoints.values())
        if (e.address === address || (e.address6 !== '' && e.address6 === address))
          return `${e.containerName}.${a.network.name}`;
    return undefined;
  }

  /** Takes a container out of everything when it has ended. */
  *release(sys: Sys, c: Container): Wait<void> {
    const sandbox = this.#sandboxes.get(c.id);
    if (!sandbox) return;
    this.#sandboxes.delete(c.id);
    yield* this.#unpublish(sys, sandbox);
    sandbox.dns?.stop(sys);
    for (const name of Object.keys(c.network.Networks)) this.#leave(sys, c, sandbox, name);
    if (sandbox.fd >= 0) sys.close(sandbox.fd);
    c.network.SandboxID = '';
    c.network.SandboxKey = '';
    c.network.Ports = {};
  }

  #leave(sys: Sys, c: Container, sandbox: Sandbox, name: string): void {
    const settings = c.network.Networks[name]!;
    const network = this.store.find(settings.NetworkID || name);
    const endpoint = network?.endpoints.get(c.id);
    clearEndpoint(settings);
    if (!network || !endpoint) return;
    network.endpoints.delete(c.id);
    if (endpoint.address) network.pool?.release(endpoint.address);
    if (endpoint.address6) network.pool6?.release(endpoint.address6);
    const at = sandbox.attached.findIndex((a) => a.network === network);
    if (at >= 0) plugOut(sys, sandbox.attached.splice(at, 1)[0]!);
    this.#daemon.events.log(sys, 'network', 'disconnect', network.id, {
      container: c.id,
      name: network.name,
      type: network.stored.driver,
    });
  }

  /** Connects a container with one more network. @throws ApiError */
  *attach(sys: Sys, network: DockerNetwork, c: Container, settings: Partial<EndpointSettings>): Wait<void> {
    if (c.network.Networks[network.name])
      throw new ApiError(
        'forbidden',
        `endpoint with name ${c.name.slice(1)} already exists in network ${network.name}`,
      );
    this.#remember(c, network.name, { ...fullEndpoint(settings), NetworkID: network.id });
    const sandbox = this.sandbox(c);
    if (sandbox) {
      try {
        this.#join(sys, c, sandbox, network.name);
      } catch (error) {
        delete c.network.Networks[network.name];
        throw error;
      }
      this.#chooseGateway(sys, c, sandbox);
      if (sandbox.publications.length === 0) yield* this.#publish(sys, c, sandbox);
      yield* writeNetworkFiles(sys, this.#daemon, c, sandbox, linkHosts(linksOfContainer(this.#daemon, c)));
      if (!network.isDefaultBridge) this.#startDns(sys, c, sandbox);
    } else if (!network.predefined)
      c.network.Networks[network.name]!.DNSNames = dnsNames(c, c.network.Networks[network.name]!);
    yield* c.save(sys);
  }

  /** Takes a container out of one network. @throws ApiError */
  *detach(sys: Sys, network: DockerNetwork, c: Container): Wait<void> {
    const sandbox = this.sandbox(c);
    if (!c.network.Networks[network.name])
      throw new ApiError('internal', `container ${c.id} is not connected to network ${network.name}`);
    if (sandbox) {
      const wasWay = sandbox.gateway?.network === network;
      if (wasWay) yield* this.#unpublish(sys, sandbox);
      this.#leave(sys, c, sandbox, network.name);
      delete c.network.Networks[network.name];
      this.#chooseGateway(sys, c, sandbox);
      if (wasWay) yield* this.#publish(sys, c, sandbox);
      yield* writeNetworkFiles(sys, this.#daemon, c, sandbox, linkHosts(linksOfContainer(this.#daemon, c)));
    } else delete c.network.Networks[network.name];
    yield* c.save(sys);
  }

  /** The name of a container has changed. */
  renamed(c: Container): void {
    for (const [name, settings] of Object.entries(c.network.Networks)) {
      const network = this.store.find(settings.NetworkID || name);
      const endpoint = network?.endpoints.get(c.id);
      if (endpoint) endpoint.containerName = c.name.slice(1);
      if (settings.DNSNames) settings.DNSNames = dnsNames(c, settings);
    }
  }
}

const ruleOf = (p: Publication, way: Attached): DnatRule => ({
  proto: p.proto,
  hostAddr: p.hostIp === '0.0.0.0' ? '' : p.hostIp,
  hostPort: p.hostPort,
  toAddr: way.endpoint.address,
  toPort: p.containerPort,
  bridge: way.network.link,
});
