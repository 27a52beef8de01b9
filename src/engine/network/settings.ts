import type { EndpointSettings, NetworkingConfig } from '../../api/container-config.ts';
import { ApiError } from '../../api/errors.ts';
import { inNetwork, ipBytes, isIp6, networkOf, parseCidr } from '../../lib/ip.ts';
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
  e.IPv6Gateway = '';
  e.GlobalIPv6Address = '';
  e.GlobalIPv6PrefixLen = 0;
}

/** What is wrong with the settings of an endpoint in a network. @returns the problems in the engine's words */
export function endpointProblems(network: DockerNetwork | undefined, e: Partial<EndpointSettings>): string[] {
  const problems: string[] = [];
  if (!network) return problems;
  const address = e.IPAMConfig?.IPv4Address ?? '';
  if (address !== '' && network.predefined)
    problems.push('user specified IP address is supported on user defined networks only');
  if (network.isDefaultBridge && (e.Aliases?.length ?? 0) > 0)
    problems.push('network-scoped alias is supported only for containers in user defined networks');
  const six = e.IPAMConfig?.IPv6Address ?? '';
  if (six !== '' && network.predefined && address === '')
    problems.push('user specified IP address is supported on user defined networks only');
  for (const [wanted, version] of [
    [address, 4],
    [six, 6],
  ] as const)
    if (wanted !== '') problems.push(...addressProblems(network, wanted, version));
  return problems;
}

function addressProblems(network: DockerNetwork, address: string, version: 4 | 6): string[] {
  const problems: string[] = [];
  if (!ipBytes(address) || address.includes(':') !== (version === 6))
    problems.push(`invalid IPv${version} address: ${address}`);
  const config = network.stored.ipam.Config ?? [];
  const chosen = network.stored.chosenSubnet && version === 4 && !network.predefined;
  const configured = chosen ? [] : config.filter((pool) => pool.Subnet);
  if (configured.length === 0)
    problems.push(
      'user specified IP address is supported only when connecting to networks with user configured subnets',
    );
  else if (!configured.some((pool) => inPool(pool.Subnet, address)))
    problems.push(`no configured subnet or ip-range contain the IP address ${address}`);
  return problems;
}

function inPool(subnet: string | undefined, address: string): boolean {
  const cidr = parseCidr(subnet ?? '');
  if (!cidr || !ipBytes(address) || isIp6(cidr.address) !== isIp6(address)) return false;
  return inNetwork(address, networkOf(cidr.address, cidr.prefix), cidr.prefix);
}

/** Problems as one text: several get a list. */
export function joinProblems(head: string, problems: readonly string[]): string {
  return problems.length === 1 ? `${head}\n${problems[0]}` : `${head}\n${problems.map((p) => `* ${p}`).join('\n')}`;
}

const MAC = /^([0-9a-f]{2}[:-]){5}([0-9a-f]{2})$|^([0-9a-f]{4}\.){2}[0-9a-f]{4}$/i;

/** Checks a new container's networks. @param main the one of its network mode, which `mac` is for. @throws ApiError */
export function checkNetworking(
  store: NetworkStore,
  given: NetworkingConfig | undefined,
  main: string,
  mac: string | undefined,
): void {
  const settings = new Map(Object.entries(given?.EndpointsConfig ?? {}).map(([n, e]) => [n, { ...e }]));
  if (mac) settings.set(main, { ...settings.get(main), MacAddress: settings.get(main)?.MacAddress || mac });
  for (const [name, e] of settings) {
    const real = name === 'default' ? 'bridge' : name;
    const refuse = (problem: string): ApiError =>
      new ApiError('invalid-parameter', `invalid config for network ${real}: ${problem}`);
    if (e.MacAddress && !MAC.test(e.MacAddress)) throw refuse(`invalid MAC address ${e.MacAddress}`);
    const problems = endpointProblems(store.find(real), e);
    if (problems.length > 0) throw refuse(joinProblems('invalid endpoint settings:', problems));
  }
}
