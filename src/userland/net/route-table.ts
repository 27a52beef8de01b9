import type { RouteInfo } from '../../abi/netlink.ts';
import type { Sys } from '../../abi/sys.ts';
import { maskText, parseCidr } from '../../lib/ip.ts';

/** A row of the kernel's IPv4 routing table as route(8) and netstat(8) print it. */
export interface RouteRow {
  destination: string;
  gateway: string;
  mask: string;
  flags: string;
  metric: number;
  dev: string;
}

/** `names`: `default` and `*` instead of 0.0.0.0. */
export function routeRows(sys: Sys): RouteRow[] {
  const answer = sys.netlink({ type: 'route-list' });
  const routes = Array.isArray(answer) ? (answer as RouteInfo[]) : [];
  return routes
    .filter((route) => route.family !== 'inet6')
    .map((route) => {
      const { address, prefix } = parseCidr(route.dst) ?? { address: '0.0.0.0', prefix: 0 };
      return {
        destination: address,
        gateway: route.via ?? '0.0.0.0',
        mask: maskText(prefix),
        flags: `U${route.via === undefined ? '' : 'G'}${prefix === 32 ? 'H' : ''}`,
        metric: route.metric ?? 0,
        dev: route.dev,
      };
    });
}

/** The table of `route` (`symbolic`: names for the default route and for no gateway). */
export function routeTable(sys: Sys, symbolic: boolean, star: boolean): string {
  const rows = routeRows(sys).map((row) => {
    const destination = symbolic && row.destination === '0.0.0.0' ? 'default' : row.destination;
    const gateway = symbolic && star && row.gateway === '0.0.0.0' ? '*' : row.gateway;
    return `${destination.padEnd(15)} ${gateway.padEnd(15)} ${row.mask.padEnd(15)} ${row.flags.padEnd(5)} ${String(row.metric).padEnd(6)} ${'0'.padEnd(2)} ${'0'.padStart(7)} ${row.dev}\n`;
  });
  return `Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n${rows.join('')}`;
}

/** The table of `netstat -r`. */
export function netstatRoutes(sys: Sys, symbolic: boolean, star: boolean): string {
  const rows = routeRows(sys).map((row) => {
    const destination = symbolic && row.destination === '0.0.0.0' ? 'default' : row.destination;
    const gateway = symbolic && star && row.gateway === '0.0.0.0' ? '*' : row.gateway;
    return `${destination.padEnd(15)} ${gateway.padEnd(15)} ${row.mask.padEnd(15)} ${row.flags.padEnd(6)} ${'0'.padStart(4)} ${'0'.padEnd(5)} ${'0'.padStart(6)} ${row.dev}\n`;
  });
  return `Kernel IP routing table\nDestination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n${rows.join('')}`;
}
