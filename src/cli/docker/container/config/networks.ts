import { CliError } from '../../errors.ts';
import { type NetworkAttachment, parseNetwork, plainNetwork } from '../../flags/mount.ts';
import type { Flags } from '../../flags/parse.ts';
import type { EndpointSettings } from './spec.ts';

export interface Networks {
  /** HostConfig.NetworkMode. */
  mode: string;
  endpoints: Record<string, EndpointSettings>;
}

const isUserDefined = (name: string): boolean =>
  !['', 'default', 'bridge', 'host', 'none'].includes(name) && !name.startsWith('container:');

/** Six bytes in hexadecimal, with colons or dashes. */
export const isMacAddress = (text: string): boolean =>
  /^([0-9a-fA-F]{2}([:-]))([0-9a-fA-F]{2}\2){4}[0-9a-fA-F]{2}$/.test(text.trim());

/** The networks of `--network` with what other flags add to the first. @throws CliError */
export function endpointsOf(flags: Flags): Networks {
  const given = flags.changed('network') ? flags.list('network').map(parseNetwork) : [plainNetwork('default')];
  const endpoints: Record<string, EndpointSettings> = {};
  const hasUserDefined = given.some((n) => isUserDefined(n.Target));
  const hasOther = given.some((n) => !isUserDefined(n.Target));
  if (given.length > 1 && hasUserDefined && hasOther) {
    throw new CliError('conflicting options: cannot attach both user-defined and non-user-defined network-modes');
  }
  for (const [at, network] of given.entries()) {
    if (at === 0) addFlags(network, flags);
    const name = network.Target;
    if (name === '') throw new CliError('no name set for network');
    if (network.Aliases.length > 0 && !isUserDefined(name)) {
      throw new CliError('network-scoped aliases are only supported for user-defined networks');
    }
    if (network.MacAddress !== '' && !isMacAddress(network.MacAddress)) {
      throw new CliError(`${network.MacAddress} is not a valid mac address`);
    }
    if (name in endpoints) throw new CliError(`network ${JSON.stringify(name)} is specified multiple times`);
    endpoints[name] = settingsOf(network);
  }
  return { mode: given[0]!.Target, endpoints };
}

function addFlags(network: NetworkAttachment, flags: Flags): void {
  const conflict = (flag: string, per: string): CliError =>
    new CliError(`conflicting options: cannot specify both --${flag} and per-network ${per}`);
  const aliases = flags.list('network-alias');
  if (network.Aliases.length > 0 && aliases.length > 0) throw conflict('network-alias', 'alias');
  if (network.Links.length > 0 && flags.list('link').length > 0) throw conflict('link', 'links');
  if (network.IPv4Address !== '' && flags.text('ip') !== '') throw conflict('ip', 'IPv4 address');
  if (network.IPv6Address !== '' && flags.text('ip6') !== '') throw conflict('ip6', 'IPv6 address');
  if (network.MacAddress !== '' && flags.text('mac-address') !== '') throw conflict('mac-address', 'MAC address');
  if (network.LinkLocalIPs.length > 0 && flags.list('link-local-ip').length > 0) {
    throw conflict('link-local-ip', 'link-local IP addresses');
  }
  network.Aliases.push(...aliases);
  network.Links.push(...flags.list('link'));
  network.IPv4Address ||= flags.text('ip');
  network.IPv6Address ||= flags.text('ip6');
  network.MacAddress ||= flags.text('mac-address');
  network.LinkLocalIPs.push(...flags.list('link-local-ip'));
}

/** network.EndpointSettings of an attachment. */
export function settingsOf(network: NetworkAttachment): EndpointSettings {
  const { IPv4Address, IPv6Address, LinkLocalIPs } = network;
  const hasIpam = IPv4Address !== '' || IPv6Address !== '' || LinkLocalIPs.length > 0;
  return {
    IPAMConfig: hasIpam
      ? {
          ...(IPv4Address !== '' && { IPv4Address }),
          ...(IPv6Address !== '' && { IPv6Address }),
          ...(LinkLocalIPs.length > 0 && { LinkLocalIPs }),
        }
      : null,
    Links: network.Links.length > 0 ? network.Links : null,
    Aliases: network.Aliases.length > 0 ? network.Aliases : null,
    MacAddress: network.MacAddress,
    DriverOpts: Object.keys(network.DriverOpts).length > 0 ? network.DriverOpts : null,
    GwPriority: network.GwPriority,
  };
}
