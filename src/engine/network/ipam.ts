import { ip4Number, ip4Text, parseCidr } from '../../lib/ip.ts';

/** A range of IPv4 addresses: first address and length of the prefix. */
export interface Subnet {
  address: number;
  prefix: number;
}

export const subnetText = (s: Subnet): string => `${ip4Text(s.address)}/${s.prefix}`;
const sizeOf = (s: Subnet): number => 2 ** (32 - s.prefix);

/** Reads an IPv4 CIDR; bits after the prefix are cleared. @returns undefined where it is none */
export function parseSubnet(text: string): Subnet | undefined {
  const cidr = text.includes('/') ? parseCidr(text) : undefined;
  if (!cidr || cidr.address.includes(':')) return undefined;
  const size = 2 ** (32 - cidr.prefix);
  return { address: Math.floor(ip4Number(cidr.address) / size) * size, prefix: cidr.prefix };
}

export function overlap(a: Subnet, b: Subnet): boolean {
  return a.address < b.address + sizeOf(b) && b.address < a.address + sizeOf(a);
}

export const contains = (s: Subnet, address: string): boolean => {
  const n = ip4Number(address);
  return n >= s.address && n < s.address + sizeOf(s);
};

/** Ranges cut into subnets, in their order. @param ranges of daemon.json; none: the usual ones */
export function* defaultPools(ranges: readonly { base: string; size: number }[]): Generator<Subnet> {
  for (const { base, size } of ranges) {
    const range = parseSubnet(base);
    if (!range || size < range.prefix) continue;
    const step = 2 ** (32 - size);
    const end = range.address + sizeOf(range);
    for (let address = range.address; address < end; address += step) yield { address, prefix: size };
  }
  if (ranges.length > 0) return;
  for (let second = 17; second <= 31; second++) yield { address: ip4Number(`172.${second}.0.0`), prefix: 16 };
  for (let third = 0; third < 256; third += 16) yield { address: ip4Number(`192.168.${third}.0`), prefix: 20 };
}

/** The addresses of a subnet: which are taken. */
export class AddressPool {
  readonly subnet: Subnet;
  readonly #range: Subnet;
  readonly #taken: Set<number> = new Set();

  /** @param range the part of the subnet that addresses are given from */
  constructor(subnet: Subnet, range: Subnet = subnet) {
    this.subnet = subnet;
    this.#range = range;
    this.#taken.add(subnet.address);
    if (subnet.prefix < 31) this.#taken.add(subnet.address + sizeOf(subnet) - 1);
  }

  /** Takes an address. @returns false where it is taken already */
  take(address: string): boolean {
    const n = ip4Number(address);
    if (this.#taken.has(n)) return false;
    this.#taken.add(n);
    return true;
  }

  /** Takes the first free address. @returns undefined where there is none */
  next(): string | undefined {
    const end = this.#range.address + sizeOf(this.#range);
    for (let n = this.#range.address; n < end; n++) {
      if (this.#taken.has(n)) continue;
      this.#taken.add(n);
      return ip4Text(n);
    }
    return undefined;
  }

  release(address: string): void {
    this.#taken.delete(ip4Number(address));
  }
}
