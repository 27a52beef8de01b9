import type { RouteInfo } from '../../abi/netlink.ts';
import { ipBytes, samePrefix } from '../../lib/ip.ts';
import type { Device } from './device.ts';

/** One row of the main table. */
export interface Route {
  network: string;
  bytes: Uint8Array;
  prefix: number;
  via: string | undefined;
  dev: Device;
  src: string | undefined;
  scope: 'link' | 'host' | 'global';
  proto: RouteInfo['proto'];
  metric: number;
}

export function makeRoute(
  network: string,
  prefix: number,
  dev: Device,
  more: Partial<Omit<Route, 'network' | 'prefix' | 'dev' | 'bytes'>> = {},
): Route {
  return {
    network,
    bytes: ipBytes(network) ?? new Uint8Array(4),
    prefix,
    dev,
    via: more.via,
    src: more.src,
    scope: more.scope ?? (more.via === undefined ? 'link' : 'global'),
    proto: more.proto ?? 'boot',
    metric: more.metric ?? 0,
  };
}

const CACHE_LIMIT = 1024;

/** The main routing table of a namespace: longest prefix first, then the smaller metric. */
export class RouteTable {
  #routes: Route[] = [];
  #cache = new Map<string, Route | undefined>();

  get all(): readonly Route[] {
    return this.#routes;
  }

  /** @returns false where there is one with the same destination, metric and (for IPv6) device already */
  add(route: Route): boolean {
    const twin = this.#routes.some(
      (other) =>
        other.network === route.network &&
        other.prefix === route.prefix &&
        other.metric === route.metric &&
        (other.bytes.length === 4 || other.dev === route.dev) &&
        other.bytes.length === route.bytes.length,
    );
    if (twin) return false;
    this.#routes.push(route);
    this.#routes.sort((a, b) => b.prefix - a.prefix || a.metric - b.metric);
    this.#cache.clear();
    return true;
  }

  /** @returns how many went */
  remove(which: (route: Route) => boolean): number {
    const kept = this.#routes.filter((route) => !which(route));
    const gone = this.#routes.length - kept.length;
    this.#routes = kept;
    if (gone > 0) this.#cache.clear();
    return gone;
  }

  /** The route to `address`, by `dev` only where given. */
  find(address: string, dev?: Device): Route | undefined {
    if (dev) return this.#search(address, dev);
    if (this.#cache.has(address)) return this.#cache.get(address);
    if (this.#cache.size >= CACHE_LIMIT) this.#cache.clear();
    const route = this.#search(address, undefined);
    this.#cache.set(address, route);
    return route;
  }

  #search(address: string, dev: Device | undefined): Route | undefined {
    const bytes = ipBytes(address);
    if (!bytes) return undefined;
    return this.#routes.find(
      (route) => (dev === undefined || route.dev === dev) && samePrefix(bytes, route.bytes, route.prefix),
    );
  }
}
