import type { Sys } from '../../abi/sys.ts';
import { inNetwork, ipBytes, ipText, networkOf, parseCidr } from '../../lib/ip.ts';
import { randomHex } from '../ids.ts';

/** A subnet of unique local addresses that nobody else has chosen. @see RFC 4193 */
export function localSubnet(sys: Sys): string {
  const hex = `fd${randomHex(sys, 5)}`;
  return `${ipText(ipBytes(`${hex.slice(0, 4)}:${hex.slice(4, 8)}:${hex.slice(8, 12)}::`)!)}/64`;
}

/** The address at `offset` of a subnet. */
export function addressAt(subnet: string, offset: number): string {
  const bytes = Uint8Array.from(ipBytes(parseCidr(subnet)!.address)!);
  let rest = offset;
  for (let i = 15; i >= 8 && rest > 0; i--) {
    rest += bytes[i]!;
    bytes[i] = rest & 0xff;
    rest = Math.floor(rest / 256);
  }
  return ipText(bytes);
}

/** Whether two subnets have addresses in common. */
export function overlap6(a: string, b: string): boolean {
  const x = parseCidr(a)!;
  const y = parseCidr(b)!;
  const prefix = Math.min(x.prefix, y.prefix);
  return inNetwork(x.address, networkOf(y.address, prefix), prefix);
}

/** The addresses of an IPv6 subnet: which are taken. */
export class AddressPool6 {
  readonly #taken: Set<string> = new Set();

  constructor(readonly subnet: string) {
    this.#taken.add(addressAt(subnet, 0));
  }

  get prefix(): number {
    return parseCidr(this.subnet)!.prefix;
  }

  /** Takes an address. @returns false where it is taken already */
  take(address: string): boolean {
    const bytes = ipBytes(address);
    const text = bytes ? ipText(bytes) : address;
    if (this.#taken.has(text)) return false;
    this.#taken.add(text);
    return true;
  }

  /** Takes the first free address. */
  next(): string {
    for (let offset = 1; ; offset++) {
      const address = addressAt(this.subnet, offset);
      if (this.take(address)) return address;
    }
  }

  release(address: string): void {
    this.#taken.delete(address);
  }
}
