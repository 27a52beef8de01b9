import { isIp6 } from '../../lib/ip.ts';
import type { Fabric } from './fabric.ts';

/** What bind(2) took: a port on an address, or on any. */
export interface Binding {
  port: number;
  /** `0.0.0.0`, `::` (any of that family) or an address. */
  address: string;
  /** `::` takes IPv4 as well unless set. */
  v6only: boolean;
  reuseAddress: boolean;
  reusePort: boolean;
  listening: boolean;
}

export const isAny = (address: string): boolean => address === '0.0.0.0' || address === '::';

/** Whether a binding takes what comes for `address`. */
export function bindingTakes(binding: Pick<Binding, 'address' | 'v6only'>, address: string): boolean {
  if (binding.address === address) return true;
  if (binding.address === '0.0.0.0') return !isIp6(address);
  if (binding.address === '::') return isIp6(address) || !binding.v6only;
  return false;
}

const overlaps = (a: Binding, b: Binding): boolean => bindingTakes(a, b.address) || bindingTakes(b, a.address);

/** The ports of one protocol in a namespace. */
export class PortTable<B extends Binding = Binding> {
  /** sysctl net.ipv4.ip_local_port_range. */
  first = 32768;
  last = 60999;
  #ports = new Map<number, B[]>();
  readonly #fabric: Fabric;
  readonly #stream: boolean;

  /** `stream`: SO_REUSEADDR does not share a port with a socket that listens. */
  constructor(fabric: Fabric, stream: boolean) {
    this.#fabric = fabric;
    this.#stream = stream;
  }

  at(port: number): readonly B[] {
    return this.#ports.get(port) ?? [];
  }

  all(): B[] {
    return [...this.#ports.values()].flat();
  }

  conflicts(wanted: Binding): boolean {
    return this.at(wanted.port).some((other) => {
      if ((other as Binding) === wanted || !overlaps(other, wanted)) return false;
      if (other.reusePort && wanted.reusePort) return false;
      const shared = other.reuseAddress && wanted.reuseAddress;
      return !(shared && !(this.#stream && (other.listening || wanted.listening)));
    });
  }

  add(binding: B): void {
    const there = this.#ports.get(binding.port);
    if (there) there.push(binding);
    else this.#ports.set(binding.port, [binding]);
  }

  remove(binding: B): void {
    const there = this.#ports.get(binding.port);
    const at = there?.indexOf(binding) ?? -1;
    if (!there || at < 0) return;
    there.splice(at, 1);
    if (there.length === 0) this.#ports.delete(binding.port);
  }

  /** A free ephemeral port for which `usable` holds. @returns 0 where there is none */
  ephemeral(usable: (port: number) => boolean = () => true): number {
    const count = this.last - this.first + 1;
    const start = this.#fabric.random(count);
    for (let i = 0; i < count; i++) {
      const port = this.first + ((start + i) % count);
      if (!this.#ports.has(port) && usable(port)) return port;
    }
    return 0;
  }
}
