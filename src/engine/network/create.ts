import { ApiError } from '../../api/errors.ts';
import type { NetworkCreateBody } from '../../api/network.ts';
import { ipBytes } from '../../lib/ip.ts';
import { quote } from '../../lib/quote.ts';
import { sorted } from '../container/defaults.ts';
import { NOT_A_MANAGER } from '../swarm/routes.ts';
import { contains, parseSubnet } from './ipam.ts';
import { PREDEFINED } from './network.ts';
import type { NetworkPlan } from './networks.ts';
import { joinProblems } from './settings.ts';

/** Checks what a client wants of a new network. @throws ApiError in the words of the engine */
export function planNetwork(body: NetworkCreateBody): NetworkPlan {
  const name = body.Name ?? '';
  if (name === '') throw new ApiError('invalid-parameter', 'invalid name: name is empty');
  if (PREDEFINED.has(name) || name === 'default')
    throw new ApiError('forbidden', `operation is not permitted on predefined ${name} network`);
  const driver = body.Driver || 'bridge';
  if (driver === 'overlay' || body.Scope === 'swarm') throw new ApiError('unavailable', NOT_A_MANAGER);
  if (driver === 'host' || driver === 'null')
    throw new ApiError('forbidden', `only one instance of "${driver}" network is allowed`);
  if (driver !== 'bridge') throw new ApiError('not-found', `plugin ${quote(driver)} not found`);
  const config = (body.IPAM?.Config ?? []).filter((pool) => Object.values(pool).some((v) => v));
  const problems = config.flatMap((pool) => poolProblems(pool));
  if (problems.length > 0) throw new ApiError('invalid-parameter', joinProblems('invalid network config:', problems));
  return {
    name,
    driver: 'bridge',
    enableIPv4: body.EnableIPv4 ?? true,
    enableIPv6: body.EnableIPv6 ?? false,
    ipam: {
      Driver: body.IPAM?.Driver || 'default',
      Options: body.IPAM?.Options ?? null,
      Config: config.length > 0 ? config.map(orderPool) : null,
    },
    internal: body.Internal ?? false,
    attachable: body.Attachable ?? false,
    configOnly: body.ConfigOnly ?? false,
    options: sorted(body.Options ?? {}),
    labels: sorted(body.Labels ?? {}),
  };
}

type Pool = NonNullable<NonNullable<NetworkPlan['ipam']>['Config']>[number];

const orderPool = (p: Pool): Pool => ({
  ...(p.Subnet ? { Subnet: p.Subnet } : {}),
  ...(p.IPRange ? { IPRange: p.IPRange } : {}),
  ...(p.Gateway ? { Gateway: p.Gateway } : {}),
  ...(p.AuxiliaryAddresses && Object.keys(p.AuxiliaryAddresses).length > 0
    ? { AuxiliaryAddresses: p.AuxiliaryAddresses }
    : {}),
});

function poolProblems(p: Pool): string[] {
  const problems: string[] = [];
  if (p.Subnet?.includes(':')) return problems;
  const subnet = parseSubnet(p.Subnet ?? '');
  if (!subnet) return [`invalid subnet ${p.Subnet ?? ''}: invalid CIDR block notation`];
  const canonical = `${subnetAddress(p.Subnet!)}`;
  if (canonical !== p.Subnet!.split('/')[0])
    problems.push(`invalid subnet ${p.Subnet}: it should be ${canonical}/${subnet.prefix}`);
  if (p.IPRange) {
    const range = parseSubnet(p.IPRange);
    if (!range) problems.push(`invalid ip-range ${p.IPRange}: invalid CIDR block notation`);
    else if (range.prefix < subnet.prefix)
      problems.push(`invalid ip-range ${p.IPRange}: CIDR block is bigger than its parent subnet ${p.Subnet}`);
    else if (!contains(subnet, p.IPRange.split('/')[0]!))
      problems.push(`invalid ip-range ${p.IPRange}: parent subnet ${p.Subnet} doesn't contain ip-range`);
  }
  if (p.Gateway) {
    if (!ipBytes(p.Gateway)) problems.push(`invalid gateway ${p.Gateway}: invalid address`);
    else if (!contains(subnet, p.Gateway))
      problems.push(`invalid gateway ${p.Gateway}: parent subnet ${p.Subnet} doesn't contain this address`);
  }
  for (const [name, address] of Object.entries(p.AuxiliaryAddresses ?? {})) {
    if (!ipBytes(address)) problems.push(`invalid auxiliary address ${name}: ${address}: invalid address`);
    else if (!contains(subnet, address))
      problems.push(`invalid auxiliary address ${name}: parent subnet ${p.Subnet} doesn't contain this address`);
  }
  return problems;
}

/** The first address of a CIDR's network. */
function subnetAddress(text: string): string {
  const subnet = parseSubnet(text)!;
  const n = subnet.address;
  return `${Math.floor(n / 2 ** 24)}.${Math.floor(n / 2 ** 16) % 256}.${Math.floor(n / 256) % 256}.${n % 256}`;
}
