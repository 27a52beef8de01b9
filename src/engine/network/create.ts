import { ApiError } from '../../api/errors.ts';
import type { NetworkCreateBody } from '../../api/network.ts';
import { ipBytes, networkOf, parseCidr } from '../../lib/ip.ts';
import { quote } from '../../lib/quote.ts';
import { sorted } from '../container/defaults.ts';
import type { EngineConfig } from '../settings/config.ts';
import { NOT_A_MANAGER } from '../swarm/routes.ts';
import { checkBridgeOptions, isParentDriver, refuseParentDriver } from './driver-options.ts';
import { contains, parseSubnet } from './ipam.ts';
import { PREDEFINED } from './network.ts';
import type { NetworkPlan, NetworkStore } from './networks.ts';
import { joinProblems } from './settings.ts';

/** Checks what a client wants of a new network. @throws ApiError in the words of the engine */
export function planNetwork(
  store: NetworkStore,
  body: NetworkCreateBody,
  usual: EngineConfig['networkOptions'],
): NetworkPlan {
  const name = body.Name ?? '';
  if (name === '') throw new ApiError('invalid-parameter', 'invalid name: name is empty');
  if (PREDEFINED.has(name) || name === 'default')
    throw new ApiError('forbidden', `operation is not permitted on predefined ${name} network `);
  if (body.Ingress) throw new ApiError('forbidden', 'Ingress network can only be global scope network');
  const configFrom = body.ConfigFrom?.Network ?? '';
  if (configFrom !== '') return planFrom(store, name, body, configFrom);
  const driver = body.Driver || 'bridge';
  if (body.Scope === 'swarm')
    throw new ApiError('forbidden', 'cannot create a swarm scoped network when swarm is not active');
  if (driver === 'overlay') throw new ApiError('forbidden', NOT_A_MANAGER);
  if (driver === 'host' || driver === 'null')
    throw new ApiError('forbidden', `only one instance of "${driver}" network is allowed`);
  if (body.EnableIPv4 === false && !body.EnableIPv6)
    throw new ApiError('invalid-parameter', 'IPv4 or IPv6 must be enabled');
  const ipamDriver = body.IPAM?.Driver || 'default';
  if (ipamDriver !== 'default' && ipamDriver !== 'null')
    throw new ApiError('not-found', `plugin ${quote(ipamDriver)} not found`);
  const options = { ...usual[driver], ...body.Options };
  checkBridgeOptions(options);
  const config = (body.IPAM?.Config ?? []).filter((pool) => Object.values(pool).some((v) => v));
  const problems = config.flatMap((pool) => poolProblems(pool));
  if (problems.length > 0) throw new ApiError('invalid-parameter', joinProblems('invalid network config:', problems));
  if (store.all().some((known) => known.name === name))
    throw new ApiError('conflict', `network with name ${name} already exists`);
  if (isParentDriver(driver)) refuseParentDriver(driver, body.Options ?? {});
  if (driver !== 'bridge') throw new ApiError('not-found', `plugin ${quote(driver)} not found`);
  if (config.filter((pool) => pool.Subnet && !pool.Subnet.includes(':')).length > 1)
    throw new ApiError('forbidden', "bridge driver doesn't support multiple subnets");
  return {
    name,
    driver: body.ConfigOnly ? 'null' : 'bridge',
    configFrom: '',
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
    options: sorted(options),
    labels: sorted(body.Labels ?? {}),
  };
}

/** A network that takes its settings from one that was made to hold them. */
function planFrom(store: NetworkStore, name: string, body: NetworkCreateBody, from: string): NetworkPlan {
  if (body.ConfigOnly)
    throw new ApiError('forbidden', 'a configuration network cannot depend on another configuration network');
  const config = store.all().find((n) => n.name === from && n.stored.configOnly)?.stored;
  if (!config) throw new ApiError('not-found', `configuration network ${quote(from)} does not exist`);
  if ((body.IPAM?.Config?.length ?? 0) > 0 || Object.keys(body.Options ?? {}).length > 0 || body.Internal)
    throw new ApiError(
      'forbidden',
      'user supplied configurations are not supported if the network depends on a configuration network',
    );
  const {
    id: _,
    created: __,
    subnet: ___,
    gateway: ____,
    chosenSubnet: _____,
    ...plan
  } = JSON.parse(JSON.stringify(config)) as typeof config;
  return { ...plan, name, driver: 'bridge', configOnly: false, configFrom: from, labels: sorted(body.Labels ?? {}) };
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
  if (p.Subnet?.includes(':')) return sixProblems(p.Subnet);
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

function sixProblems(subnet: string): string[] {
  const cidr = subnet.includes('/') ? parseCidr(subnet) : undefined;
  if (!cidr) return [`invalid subnet ${subnet}: invalid CIDR block notation`];
  const network = networkOf(cidr.address, cidr.prefix);
  return network === cidr.address ? [] : [`invalid subnet ${subnet}: it should be ${network}/${cidr.prefix}`];
}

/** The first address of a CIDR's network. */
function subnetAddress(text: string): string {
  const subnet = parseSubnet(text)!;
  const n = subnet.address;
  return `${Math.floor(n / 2 ** 24)}.${Math.floor(n / 2 ** 16) % 256}.${Math.floor(n / 256) % 256}.${n % 256}`;
}
