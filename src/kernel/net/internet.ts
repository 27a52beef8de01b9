import { EINVAL } from '../../abi/errno.ts';
import { canonicalIp } from '../../lib/ip.ts';
import type { Device } from './device.ts';
import type { Internet, NetNamespace } from './door.ts';
import { addPair } from './links.ts';
import { Namespace } from './namespace.ts';
import { makeRoute } from './route.ts';

/** The address that hosts of the segment see a machine by (TEST-NET-3, RFC 5737). */
const PUBLIC = '203.0.113.10';
/** The router's own address on each host's link (shared space, RFC 6598). */
const LINK_LOCAL_ROUTER = '100.64.0.1';
const HOST_DELAY = 5;
const MACHINE_DELAY = 0;

/** The virtual internet: one router, a link for each host, masquerading for the machine behind it. */
export class InternetSegment implements Internet {
  #links = 0;

  constructor(readonly router: Namespace) {
    const { ip } = router;
    ip.addresses.byName('lo')?.setUp(true);
    ip.forwarding = true;
    const lo = ip.addresses.byName('lo')!;
    ip.addresses.add(lo, PUBLIC, 32, 'global');
    router.policy.unprivilegedFrom = 0;
  }

  attachHost(ns: NetNamespace, address: string, delay = HOST_DELAY): number {
    const host = canonicalIp(address);
    if (!(ns instanceof Namespace) || host === undefined) return -EINVAL;
    const pair = this.#link(ns, delay);
    if (typeof pair === 'number') return pair;
    const [here, there] = pair;
    ns.ip.addresses.byName('lo')?.setUp(true);
    ns.ip.addresses.add(there, host, 32);
    this.router.ip.addresses.add(here, LINK_LOCAL_ROUTER, 32, 'link');
    here.setUp(true);
    there.setUp(true);
    this.router.ip.addresses.routes.add(makeRoute(host, 32, here, { src: PUBLIC }));
    ns.ip.addresses.routes.add(makeRoute(LINK_LOCAL_ROUTER, 32, there, { src: host }));
    ns.ip.addresses.routes.add(makeRoute('0.0.0.0', 0, there, { via: LINK_LOCAL_ROUTER }));
    ns.policy.unprivilegedFrom = 0;
    return 0;
  }

  attachMachine(ns: NetNamespace, address: string, prefix: number, gateway: string, mac?: string): number {
    const own = canonicalIp(address);
    const router = canonicalIp(gateway);
    if (!(ns instanceof Namespace) || own === undefined || router === undefined) return -EINVAL;
    const pair = this.#link(ns, MACHINE_DELAY, mac);
    if (typeof pair === 'number') return pair;
    const [here, there] = pair;
    this.router.ip.addresses.add(here, router, prefix);
    ns.ip.addresses.add(there, own, prefix);
    here.setUp(true);
    there.setUp(true);
    ns.ip.addresses.routes.add(makeRoute('0.0.0.0', 0, there, { via: router }));
    const { filter } = this.router.ip;
    filter.policy = { ...filter.policy, masquerade: [...filter.policy.masquerade, here.name] };
    return 0;
  }

  /** A link between the router and the `eth0` of a namespace. @returns [router's end, the other], or -errno */
  #link(ns: Namespace, delay: number, mac?: string): [Device, Device] | number {
    const pair = addPair(this.router.ip, `link${++this.#links}`, ns.ip, 'eth0', { peerMac: mac, kind: 'ether' });
    if (typeof pair !== 'number') for (const dev of pair) dev.delay = delay;
    return pair;
  }
}
