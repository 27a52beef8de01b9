import type { Headers } from '../../../lib/http-headers.ts';
import { canonicalIp, inNetwork, parseCidr } from '../../../lib/ip.ts';
import type { Scope } from './scope.ts';

/** The client's address: what a trusted proxy says of it (set_real_ip_from, real_ip_header), else the peer's. */
export function realAddress(scope: Scope, peer: string, headers: Headers): string {
  const trusted = scope.all('set_real_ip_from').map((directive) => directive.args[0]!);
  if (trusted.length === 0 || !isTrusted(trusted, peer)) return peer;
  const field = scope.value('real_ip_header') ?? 'X-Real-IP';
  const addresses = headers.getAll(field).flatMap((value) => value.split(',').map((one) => one.trim()));
  const recursive = scope.flag('real_ip_recursive', false);
  let client = peer;
  for (let i = addresses.length - 1; i >= 0; i--) {
    const address = canonicalIp(addresses[i]!);
    if (address === undefined) break;
    client = address;
    if (!recursive || !isTrusted(trusted, address)) break;
  }
  return client;
}

function isTrusted(trusted: readonly string[], address: string): boolean {
  return trusted.some((rule) => {
    const cidr = parseCidr(rule.includes('/') ? rule : `${rule}/${rule.includes(':') ? 128 : 32}`);
    return cidr !== undefined && inNetwork(address, cidr.address, cidr.prefix);
  });
}
