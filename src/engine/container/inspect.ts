import type { Sys } from '../../abi/sys.ts';
import type { ContainerInspectResult, MountPoint, NetworkSettings } from '../../api/container.ts';
import type { EndpointSettings, HostConfig } from '../../api/container-config.ts';
import type { Wait } from '../../libc/io.ts';
import type { Daemon } from '../daemon.ts';
import { linksOfContainer } from '../network/links.ts';
import { layerSizes } from '../snapshot/changes.ts';
import type { Container } from './container.ts';
import { shownState } from './state.ts';

/** What GET /containers/ID/json shows. */
export function* inspectContainer(sys: Sys, daemon: Daemon, c: Container, size: boolean): Wait<ContainerInspectResult> {
  const execs = [...c.execs.values()].filter((e) => !e.canRemove).map((e) => e.id);
  const sizes = size ? yield* layerSizes(sys, daemon, c) : undefined;
  return {
    Id: c.id,
    Created: c.created,
    Path: c.path,
    Args: c.args,
    State: shownState(c.state),
    Image: c.image,
    ResolvConfPath: c.networkFile('resolv.conf'),
    HostnamePath: c.networkFile('hostname'),
    HostsPath: c.networkFile('hosts'),
    LogPath: c.logPath,
    Name: c.name,
    RestartCount: c.restartCount,
    Driver: 'overlay2',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: execs.length > 0 ? execs : null,
    HostConfig: shownHostConfig(daemon, c),
    GraphDriver: { Data: yield* graphDriver(sys, daemon, c), Name: 'overlay2' },
    ...(sizes ? { SizeRw: sizes.rw, SizeRootFs: sizes.rootFs } : {}),
    Mounts: shownMounts(c),
    Config: c.config,
    NetworkSettings: shownNetwork(c),
  };
}

function shownHostConfig(daemon: Daemon, c: Container): HostConfig {
  const links = linksOfContainer(daemon, c).map(({ target, alias }) => `${target.name}:${c.name}/${alias}`);
  return { ...c.hostConfig, Links: links.length > 0 ? links : null };
}

function* graphDriver(sys: Sys, daemon: Daemon, c: Container): Wait<Record<string, string> | null> {
  if (!c.layer) return null;
  const { layers } = daemon;
  const lower = yield* layers.lowerPaths(sys, c.layer.mountId);
  const dir = layers.directory(c.layer.mountId);
  return {
    ID: c.id,
    LowerDir: lower.join(':'),
    MergedDir: `${dir}/merged`,
    UpperDir: `${dir}/diff`,
    WorkDir: `${dir}/work`,
  };
}

/** Mounts as the API shows them. */
export function shownMounts(c: Container): MountPoint[] {
  return Object.values(c.mounts).map((m) => ({
    Type: m.Type,
    ...(m.Name ? { Name: m.Name } : {}),
    Source: m.Source,
    Destination: m.Destination,
    ...(m.Driver ? { Driver: m.Driver } : {}),
    Mode: m.Relabel ?? '',
    RW: m.RW,
    Propagation: m.Propagation ?? '',
  }));
}

const NOWHERE = {
  EndpointID: '',
  Gateway: '',
  GlobalIPv6Address: '',
  GlobalIPv6PrefixLen: 0,
  IPAddress: '',
  IPPrefixLen: 0,
  IPv6Gateway: '',
  MacAddress: '',
};

function shownNetwork(c: Container): NetworkSettings {
  const { network } = c;
  const bridge = network.Networks.bridge;
  const own = bridge
    ? {
        EndpointID: bridge.EndpointID,
        Gateway: bridge.Gateway,
        GlobalIPv6Address: '',
        GlobalIPv6PrefixLen: 0,
        IPAddress: bridge.IPAddress,
        IPPrefixLen: bridge.IPPrefixLen,
        IPv6Gateway: '',
        MacAddress: bridge.MacAddress,
      }
    : NOWHERE;
  return {
    Bridge: '',
    SandboxID: network.SandboxID,
    SandboxKey: network.SandboxKey,
    Ports: network.Ports,
    HairpinMode: false,
    LinkLocalIPv6Address: '',
    LinkLocalIPv6PrefixLen: 0,
    SecondaryIPAddresses: null,
    SecondaryIPv6Addresses: null,
    ...own,
    Networks: sortedNetworks(network.Networks),
  };
}

export function sortedNetworks(networks: Readonly<Record<string, EndpointSettings>>): Record<string, EndpointSettings> {
  const out: Record<string, EndpointSettings> = {};
  for (const name of Object.keys(networks).sort()) out[name] = networks[name]!;
  return out;
}
