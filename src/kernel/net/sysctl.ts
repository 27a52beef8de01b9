import { EINVAL, ENOENT } from '../../abi/errno.ts';
import type { IcmpLayer } from './icmp.ts';
import type { IpLayer } from './ip.ts';
import type { TcpLayer } from './tcp-layer.ts';
import type { PortPolicy } from './tcp-socket.ts';
import type { UdpLayer } from './udp.ts';

/** What settings act on. */
export interface SysctlTargets {
  ip: IpLayer;
  tcp: TcpLayer;
  udp: UdpLayer;
  icmp: IcmpLayer;
  policy: PortPolicy & { pingGroups: [number, number] };
}

interface Setting {
  get(): string;
  /** @returns false where the value is not possible */
  set(value: string): boolean;
}

/** Settings that are shown and kept, but change nothing here. */
const KEPT: readonly [string, string][] = [
  ['core.netdev_max_backlog', '1000'],
  ['core.rmem_default', '212992'],
  ['core.rmem_max', '212992'],
  ['core.wmem_default', '212992'],
  ['core.wmem_max', '212992'],
  ['ipv4.conf.all.accept_redirects', '1'],
  ['ipv4.conf.all.rp_filter', '2'],
  ['ipv4.conf.all.route_localnet', '0'],
  ['ipv4.conf.all.send_redirects', '1'],
  ['ipv4.conf.default.rp_filter', '2'],
  ['ipv4.ip_nonlocal_bind', '0'],
  ['ipv4.tcp_congestion_control', 'cubic'],
  ['ipv4.tcp_fin_timeout', '60'],
  ['ipv4.tcp_keepalive_intvl', '75'],
  ['ipv4.tcp_keepalive_probes', '9'],
  ['ipv4.tcp_keepalive_time', '7200'],
  ['ipv4.tcp_max_syn_backlog', '256'],
  ['ipv4.tcp_mem', '45762\t61017\t91524'],
  ['ipv4.tcp_retries2', '15'],
  ['ipv4.tcp_rmem', '4096\t131072\t6291456'],
  ['ipv4.tcp_syn_retries', '6'],
  ['ipv4.tcp_syncookies', '1'],
  ['ipv4.tcp_timestamps', '1'],
  ['ipv4.tcp_tw_reuse', '2'],
  ['ipv4.tcp_wmem', '4096\t16384\t4194304'],
  ['ipv6.conf.all.accept_ra', '1'],
  ['bridge.bridge-nf-call-iptables', '1'],
  ['bridge.bridge-nf-call-ip6tables', '1'],
  ['netfilter.nf_conntrack_max', '65536'],
];

/** /proc/sys/net of a namespace. Names are without `net.`, with dots. */
export class Sysctls {
  #settings = new Map<string, Setting>();
  readonly #targets: SysctlTargets;

  constructor(targets: SysctlTargets) {
    this.#targets = targets;
    const { ip, tcp, udp, icmp, policy } = targets;
    for (const [name, value] of KEPT) this.#settings.set(name, kept(value));
    const forwarding = flag(
      () => ip.forwarding,
      (on) => (ip.forwarding = on),
    );
    for (const name of ['ipv4.ip_forward', 'ipv4.conf.all.forwarding', 'ipv6.conf.all.forwarding'])
      this.#settings.set(name, forwarding);
    this.#settings.set(
      'ipv4.icmp_echo_ignore_all',
      flag(
        () => icmp.ignoreEcho,
        (on) => (icmp.ignoreEcho = on),
      ),
    );
    this.#settings.set(
      'ipv4.ip_default_ttl',
      count(
        1,
        255,
        () => ip.defaultTtl,
        (n) => (ip.defaultTtl = n),
      ),
    );
    this.#settings.set(
      'core.somaxconn',
      count(
        1,
        65_535,
        () => tcp.somaxconn,
        (n) => (tcp.somaxconn = n),
      ),
    );
    this.#settings.set(
      'ipv4.ip_unprivileged_port_start',
      count(
        0,
        65_535,
        () => policy.unprivilegedFrom,
        (n) => (policy.unprivilegedFrom = n),
      ),
    );
    this.#settings.set(
      'ipv4.ip_local_port_range',
      pair(
        65_535,
        () => [tcp.ports.first, tcp.ports.last],
        ([first, last]) => {
          for (const ports of [tcp.ports, udp.ports]) [ports.first, ports.last] = [first, last];
        },
      ),
    );
    this.#settings.set(
      'ipv4.ping_group_range',
      pair(
        2 ** 31 - 1,
        () => policy.pingGroups,
        (range) => (policy.pingGroups = range),
        false,
      ),
    );
    for (const which of ['all', 'default'])
      this.#settings.set(
        `ipv6.conf.${which}.disable_ipv6`,
        flag(
          () => ip.noIp6,
          (on) => this.#disableIp6(on, which === 'all'),
        ),
      );
  }

  #disableIp6(on: boolean, all: boolean): void {
    const { ip } = this.#targets;
    ip.noIp6 = on;
    if (all) for (const dev of ip.addresses.devices) ip.setNoIp6(dev, on);
  }

  get(name: string): string | undefined {
    return this.#find(name)?.get();
  }

  set(name: string, value: string): number {
    const setting = this.#find(name);
    if (!setting) return -ENOENT;
    return setting.set(value.trim()) ? 0 : -EINVAL;
  }

  names(): string[] {
    const { devices } = this.#targets.ip.addresses;
    return [...this.#settings.keys(), ...devices.map((dev) => `ipv6.conf.${dev.name}.disable_ipv6`)];
  }

  #find(name: string): Setting | undefined {
    const known = this.#settings.get(name);
    if (known) return known;
    const dev = /^ipv6\.conf\.(.+)\.disable_ipv6$/.exec(name);
    const device = dev && this.#targets.ip.addresses.byName(dev[1]!);
    if (!device) return undefined;
    return flag(
      () => device.noIp6,
      (on) => this.#targets.ip.setNoIp6(device, on),
    );
  }
}

function kept(initial: string): Setting {
  let value = initial;
  return {
    get: () => value,
    set(text) {
      value = text.replace(/\s+/g, '\t');
      return text !== '';
    },
  };
}

function flag(get: () => boolean, set: (on: boolean) => void): Setting {
  return {
    get: () => (get() ? '1' : '0'),
    set(text) {
      if (!/^\d+$/.test(text)) return false;
      set(Number(text) !== 0);
      return true;
    },
  };
}

function count(least: number, most: number, get: () => number, set: (n: number) => void): Setting {
  return {
    get: () => String(get()),
    set(text) {
      const n = Number(text);
      if (!/^\d+$/.test(text) || n < least || n > most) return false;
      set(n);
      return true;
    },
  };
}

function pair(
  most: number,
  get: () => [number, number],
  set: (range: [number, number]) => void,
  ordered = true,
): Setting {
  return {
    get: () => get().join('\t'),
    set(text) {
      const parts = text.split(/\s+/).map(Number);
      const [a, b] = parts;
      if (parts.length !== 2 || !parts.every((n) => Number.isInteger(n) && n >= 0 && n <= most)) return false;
      if (ordered && a! > b!) return false;
      set([a!, b!]);
      return true;
    },
  };
}
