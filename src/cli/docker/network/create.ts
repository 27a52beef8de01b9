import { inNetwork, parseCidr } from '../../../lib/ip.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { mapOf } from '../key-values.ts';

interface Pool {
  Subnet?: string;
  IPRange?: string;
  Gateway?: string;
  AuxiliaryAddresses?: Record<string, string>;
}

/** Whether an address (or the base of a range) lies in a subnet; a subnet that is none is the daemon's to refuse. */
function within(subnet: string, address: string): boolean {
  const net = parseCidr(subnet);
  const bare = address.replace(/\/.*$/, '');
  if (!net || net.address.includes(':') !== bare.includes(':')) return net === undefined;
  return inNetwork(bare, net.address, net.prefix);
}

/** Sorts ranges, gateways and extra addresses to their subnets. @throws CliError */
function pools(
  subnets: readonly string[],
  ranges: readonly string[],
  gateways: readonly string[],
  aux: Record<string, string>,
): Pool[] {
  if (subnets.length < ranges.length || subnets.length < gateways.length)
    throw new CliError('every ip-range or gateway must have a corresponding subnet');
  const found = new Map<string, Pool>();
  for (const subnet of subnets) {
    for (const other of found.keys())
      if (within(other, subnet) || within(subnet, other))
        throw new CliError('multiple overlapping subnet configuration is not supported');
    found.set(subnet, { Subnet: subnet });
  }
  const place = (address: string, kind: 'range' | 'gateway' | 'aux-address', set: (pool: Pool) => void): void => {
    const subnet = subnets.find((s) => within(s, address));
    if (subnet === undefined) throw new CliError(`no matching subnet for ${kind} ${address}`);
    set(found.get(subnet)!);
  };
  for (const range of ranges)
    place(range, 'range', (pool) => {
      if (pool.IPRange !== undefined)
        throw new CliError(
          `cannot configure multiple ranges (${range}, ${pool.IPRange}) on the same subnet (${pool.Subnet})`,
        );
      pool.IPRange = range;
    });
  for (const gateway of gateways)
    place(gateway, 'gateway', (pool) => {
      if (pool.Gateway !== undefined)
        throw new CliError(
          `cannot configure multiple gateways (${gateway}, ${pool.Gateway}) for the same subnet (${pool.Subnet})`,
        );
      pool.Gateway = gateway;
    });
  for (const [name, address] of Object.entries(aux))
    place(address, 'aux-address', (pool) => {
      pool.AuxiliaryAddresses = { ...pool.AuxiliaryAddresses, [name]: address };
    });
  return [...found.values()];
}

export default command(function* (cli, flags, [name = '']) {
  const config = pools(
    flags.list('subnet'),
    flags.list('ip-range'),
    flags.list('gateway'),
    mapOf(flags.list('aux-address')),
  );
  const driver = flags.text('ipam-driver');
  const body = {
    Name: name,
    Driver: flags.text('driver'),
    Scope: flags.text('scope'),
    ...(flags.changed('ipv4') ? { EnableIPv4: flags.bool('ipv4') } : {}),
    ...(flags.changed('ipv6') ? { EnableIPv6: flags.bool('ipv6') } : {}),
    IPAM: { Driver: driver === '' ? 'default' : driver, Options: mapOf(flags.list('ipam-opt')), Config: config },
    Internal: flags.bool('internal'),
    Attachable: flags.bool('attachable'),
    Ingress: flags.bool('ingress'),
    ConfigOnly: flags.bool('config-only'),
    ConfigFrom: flags.text('config-from') === '' ? null : { Network: flags.text('config-from') },
    Options: mapOf(flags.list('opt')),
    Labels: mapOf(flags.list('label')),
  };
  const client = yield* cli.client();
  const answer = yield* client.json<{ Id: string; Warning?: string }>('POST', '/networks/create', { json: body });
  if (answer.Warning) yield* cli.warn(`WARNING: ${answer.Warning}`);
  yield* cli.out.write(`${answer.Id}\n`);
  return 0;
});
