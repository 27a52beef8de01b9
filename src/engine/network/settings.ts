import type { EndpointSettings, NetworkingConfig } from '../../api/container-config.ts';
import { ApiError } from '../../api/errors.ts';
import { ipBytes } from '../../lib/ip.ts';
import { contains, parseSubnet } from './ipam.ts';
import type { DockerNetwork } from './network.ts';
import type { NetworkStore } from './networks.ts';

/** All fields of an endpoint's settings in their order. */
export function fullEndpoint(e: Partial<EndpointSettings>): EndpointSettings {
  return {
    IPAMConfig: e.IPAMConfig ?? null,
    Links: e.Links ?? null,
    Aliases: e.Aliases ?? null,
    MacAddress: e.MacAddress ?? '',
    DriverOpts: e.DriverOpts ?? null,
    GwPriority: e.GwPriority ?? 0,
    NetworkID: e.NetworkID ?? '',
    EndpointID: '',
    Gateway: '',
    IPAddress: '',
    IPPrefixLen: 0,
    IPv6Gateway: '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    DNSNames: null,
  };
}

/** Takes away what an endpoint has only while its container runs. */
export function clearEndpoint(e: EndpointSettings): void {
  e.EndpointID = '';
  e.Gateway = '';
  e.IPAddress = '';
  e.IPPrefixLen = 0;
  e.MacAddress = '';
}

/** What is wrong with the settings of an endpoint in a network. @returns the problems in the engine's words */
export function endpointProblems(network: DockerNetwork | undefined, e: Partial<EndpointSettings>): string[] {
  const problems: string[] = [];
  const address = e.IPAMConfig?.IPv4Address ?? '';
  if (address === '' || !network) return problems;
  if (!ipBytes(address) || address.includes(':')) problems.push(`invalid IPv4 address: ${address}`);
  if (network.predefined) problems.push('user specified IP address is supported on user defined networks only');
  else {
    const config = network.stored.ipam.Config ?? [];
    const configured = network.stored.chosenSubnet ? [] : config.filter((pool) => pool.Subnet);
    if (configured.length === 0)
      problems.push(
        'user specified IP address is supported only when connecting to networks with user configured subnets',
      );
    else if (!configured.some((pool) => inPool(pool.Subnet, address)))
      problems.push(`no configured subnet or ip-range contain the IP address ${address}`);
  }
  return problems;
}

const inPool = (subnet: string | undefined, address: string): boolean => {
  const parsed = parseSubnet(subnet ?? '');
  return parsed !== undefined && ipBytes(address) !== undefined && contains(parsed, address);
};

/** Problems as one text: several get a list. */
export function joinProblems(head: string, problems: readonly string[]): string {
  return problems.length === 1 ? `${head}\n${problems[0]}` : `${head}\n${problems.map((p) => `* ${p}`).join('\n')}`;
}

/** Checks a new container's networks. @throws ApiError */
export function checkNetworking(store: NetworkStore, given: NetworkingConfig | undefined): void {
  for (const [name, settings] of Object.entries(given?.EndpointsConfig ?? {})) {
    const real = name === 'default' ? 'bridge' : name;
    const problems = endpointProblems(store.find(real), settings ?? {});
    if (problems.length > 0)
      throw new ApiError(
        'invalid-parameter',
        `invalid config for network ${real}: ${joinProblems('invalid endpoint settings:', problems)}`,
      );
  }
}
