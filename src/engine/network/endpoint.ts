import type { Sys } from '../../abi/sys.ts';
import type { EndpointSettings } from '../../api/container-config.ts';
import { ApiError } from '../../api/errors.ts';
import type { Container } from '../container/container.ts';
import { newId, randomHex } from '../ids.ts';
import type { DockerNetwork, Endpoint } from './network.ts';

/** Takes an address. @throws ApiError */
export function makeEndpoint(
  sys: Sys,
  c: Container,
  network: DockerNetwork,
  settings: EndpointSettings,
  mac: string | undefined,
): Endpoint {
  let address = '';
  if (network.pool) {
    const wanted = settings.IPAMConfig?.IPv4Address;
    if (wanted) {
      if (!network.pool.take(wanted)) throw new ApiError('forbidden', 'Address already in use');
      address = wanted;
    } else {
      const free = network.pool.next();
      if (free === undefined)
        throw new ApiError(
          'internal',
          `no available IPv4 addresses on this network's address pools: ${network.name} (${network.id})`,
        );
      address = free;
    }
  }
  return {
    id: newId(sys),
    containerId: c.id,
    containerName: c.name.slice(1),
    address,
    address6: ipv6Address(network, settings),
    mac: network.isBridge ? (mac ?? randomMac(sys)) : '',
  };
}

/** @throws ApiError where the address that is wanted is taken */
function ipv6Address(network: DockerNetwork, settings: EndpointSettings): string {
  const { pool6 } = network;
  if (!pool6) return '';
  const wanted = settings.IPAMConfig?.IPv6Address;
  if (!wanted) return pool6.next();
  if (!pool6.take(wanted)) throw new ApiError('forbidden', 'Address already in use');
  return wanted;
}

/** A random hardware address of the locally administered kind. */
function randomMac(sys: Sys): string {
  const hex = randomHex(sys, 6);
  const first = ((Number.parseInt(hex.slice(0, 2), 16) & 0xfe) | 0x02).toString(16).padStart(2, '0');
  return [first, ...[2, 4, 6, 8, 10].map((at) => hex.slice(at, at + 2))].join(':');
}

/** Names under which a container is known in a network. */
export function dnsNames(c: Container, settings: EndpointSettings): string[] {
  const short = c.id.slice(0, 12);
  const names = [c.name.slice(1), ...(settings.Aliases ?? []), short];
  if (c.config.Hostname && c.config.Hostname !== short) names.push(c.config.Hostname);
  return [...new Set(names)];
}

/** `--link a:b` in a user-defined network: `b` stands for `a`. */
export function linkTarget(settings: EndpointSettings | undefined, name: string): string | undefined {
  for (const link of settings?.Links ?? []) {
    const [target = '', alias = target] = link.split(':');
    if (alias.toLowerCase() === name) return target.replace(/^\//, '');
  }
  return undefined;
}
