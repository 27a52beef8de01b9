import { ENETUNREACH } from '../../abi/errno.ts';
import { canonicalIp, isIp6 } from '../../lib/ip.ts';
import { AddressTable } from './addresses.ts';
import { Conntrack, type Track, translateDestination, translateSource } from './conntrack.ts';
import type { Device, DeviceOwner, Frame } from './device.ts';
import { BROADCAST_MAC } from './device.ts';
import type { Fabric } from './fabric.ts';
import { Filter } from './filter.ts';
import { Neighbours } from './neighbour.ts';
import {
  HOST_UNREACHABLE,
  ICMP,
  ICMP6,
  type IcmpType,
  NET_UNREACHABLE,
  Packet,
  type Protocol,
  SYN,
  TCP,
} from './packet.ts';

/** A transport protocol: takes packets for this host. */
export type Handler = (packet: Packet, dev: Device) => void;

/** The internet layer of a namespace: addresses, routes, forwarding, NAT, and the way in and out of its devices. */
export class IpLayer implements DeviceOwner {
  readonly addresses: AddressTable;
  readonly neighbours: Neighbours;
  readonly conntrack: Conntrack;
  readonly filter = new Filter();
  readonly handlers = new Map<Protocol, Handler>();
  /** Whether a TCP socket listens on a port of this host (the proxy's way is only for ports without). */
  hasListener: (address: string, port: number) => boolean = () => true;
  /** sysctl net.ipv4.ip_forward, and net.ipv6.conf.all.forwarding. */
  forwarding = false;
  /** sysctl net.ipv4.ip_default_ttl. */
  defaultTtl = 64;
  /** sysctl net.ipv6.conf.default.disable_ipv6: of devices to come. */
  noIp6 = false;
  readonly #netnsIds = new Map<number, number>();

  constructor(
    readonly fabric: Fabric,
    readonly id: number,
  ) {
    this.addresses = new AddressTable();
    this.conntrack = new Conntrack(() => fabric.env.now());
    this.neighbours = new Neighbours(this);
  }

  /** Sends a packet of this host; `via` binds it to a device. @returns 0 or -ENETUNREACH */
  output(packet: Packet, via?: Device): number {
    packet.time = Math.max(packet.time, this.fabric.env.now());
    let track: Track | undefined;
    if (!this.filter.idle) {
      track = this.conntrack.find(packet) ?? this.#publishedByUs(packet);
      if (track) translateDestination(packet, track);
    }
    return this.#send(packet, track, via);
  }

  #send(packet: Packet, track: Track | undefined, via: Device | undefined): number {
    const local = this.addresses.loopbackFor(packet.dst);
    if (local) {
      if (track) translateSource(packet, track);
      local.transmit({ srcMac: local.mac, dstMac: local.mac, packet, arp: undefined });
      return 0;
    }
    if (this.addresses.isBroadcast(packet.dst)) return this.#broadcast(packet, via);
    const route = this.addresses.routes.find(packet.dst, via);
    if (!route) return -ENETUNREACH;
    if (track) translateSource(packet, track);
    this.#emit(route.dev, route.via ?? packet.dst, packet);
    return 0;
  }

  #broadcast(packet: Packet, via: Device | undefined): number {
    const dev = via ?? this.addresses.broadcastDevice(packet.dst);
    if (!dev) return -ENETUNREACH;
    dev.transmit({ srcMac: dev.mac, dstMac: BROADCAST_MAC, packet, arp: undefined });
    return 0;
  }

  #emit(dev: Device, nextHop: string, packet: Packet): void {
    if (dev.kind === 'dummy') dev.transmit({ srcMac: dev.mac, dstMac: dev.mac, packet, arp: undefined });
    else this.neighbours.send(dev, nextHop, packet);
  }

  arrive(dev: Device, frame: Frame): void {
    if (frame.arp) this.neighbours.receive(dev, frame.arp);
    else if (frame.packet) this.#input(frame.packet, dev);
  }

  #input(packet: Packet, dev: Device): void {
    const { addresses, filter, conntrack } = this;
    if (dev.kind !== 'loopback' && (isLoopback(packet.dst) || isLoopback(packet.src))) return;
    if (addresses.isBroadcast(packet.dst)) {
      this.#deliver(packet, dev);
      return;
    }
    let track: Track | undefined;
    // what comes by loopback was translated on its way out already
    if (!filter.idle && dev.kind !== 'loopback') {
      track = conntrack.find(packet) ?? this.#publishedTo(packet, dev);
      if (track) translateDestination(packet, track);
    }
    if (addresses.loopbackFor(packet.dst)) {
      if (track) translateSource(packet, track);
      else if (!filter.idle && this.#proxied(packet)) return;
      this.#deliver(packet, dev);
      return;
    }
    if (this.forwarding) this.#forward(packet, dev, track);
  }

  #deliver(packet: Packet, dev: Device): void {
    this.handlers.get(packet.proto)?.(packet, dev);
  }

  #forward(packet: Packet, from: Device, known: Track | undefined): void {
    const { addresses, filter, conntrack } = this;
    if (packet.ttl <= 1) {
      this.sendError(packet, 'time exceeded', 0, from);
      return;
    }
    packet.ttl--;
    const route = addresses.routes.find(packet.dst);
    if (!route) {
      this.sendError(packet, 'unreachable', NET_UNREACHABLE, from);
      return;
    }
    const to = route.dev;
    let track = known;
    if (!filter.idle) {
      // an error about a known flow is RELATED
      const related = track !== undefined && packet.isError;
      if (!related && !filter.mayForward(from.name, to.name, track?.flow)) return;
      if (!track && !packet.isError) {
        track = conntrack.begin(packet, undefined);
        if (filter.masquerades(from.name, to.name)) this.#masquerade(track, to, packet.dst);
      }
      if (track) translateSource(packet, track);
    }
    this.#emit(to, route.via ?? packet.dst, packet);
  }

  #masquerade(track: Track, to: Device, dst: string): void {
    const address = this.addresses.sourceFor(dst, to);
    if (address !== undefined) this.conntrack.masquerade(track.flow, address, () => 1024 + this.fabric.random(64512));
  }

  /** The OUTPUT chain: a published port on an address of our own, but 127.0.0.0/8. */
  #publishedByUs(packet: Packet): Track | undefined {
    if (isLoopback(packet.dst) || !this.addresses.loopbackFor(packet.dst)) return undefined;
    const rule = this.filter.published(packet);
    return rule && this.conntrack.begin(packet, { address: rule.toAddr, port: rule.toPort });
  }

  /** The PREROUTING chain: a published port on any address of ours. */
  #publishedTo(packet: Packet, dev: Device): Track | undefined {
    if (this.filter.skipsPublished(dev.name) || !this.addresses.loopbackFor(packet.dst)) return undefined;
    const rule = this.filter.published(packet);
    return rule && this.conntrack.begin(packet, { address: rule.toAddr, port: rule.toPort });
  }

  /**
   * A published port reached from 127.0.0.1 or from a container, when no docker-proxy listens: what the rules of
   * `userland-proxy: false` do (route_localnet, and the bridge's address as source).
   */
  #proxied(packet: Packet): boolean {
    const rule = this.filter.published(packet);
    if (!rule) return false;
    // a datagram socket that holds the port is dockerd's, which never reads
    if (packet.proto === TCP && (packet.flags !== SYN || this.hasListener(packet.dst, packet.dport))) return false;
    const route = this.addresses.routes.find(rule.toAddr);
    if (!route) return false;
    const track = this.conntrack.begin(packet, { address: rule.toAddr, port: rule.toPort });
    this.#masquerade(track, route.dev, rule.toAddr);
    translateDestination(packet, track);
    this.#send(packet, track, undefined);
    return true;
  }

  /** Tells the sender of `about` what became of it; `via`: the device that it came in by. Never about an error. */
  sendError(about: Packet, type: IcmpType, code: number, via?: Device): void {
    if (about.isError || this.addresses.isBroadcast(about.dst)) return;
    const src = via?.addresses.find((a) => isIp6(a.address) === isIp6(about.src))?.address;
    const packet = new Packet(isIp6(about.src) ? ICMP6 : ICMP, src ?? this.#ownAddress(about), about.src);
    packet.icmpType = type;
    packet.icmpCode = code;
    packet.about = about.copy();
    packet.time = about.time;
    packet.ttl = this.defaultTtl;
    this.output(packet);
  }

  #ownAddress(about: Packet): string {
    if (this.addresses.loopbackFor(about.dst)) return about.dst;
    return this.addresses.sourceFor(about.src) ?? about.dst;
  }

  // ---- what the neighbour table asks

  answersFor(address: string, dev: Device): boolean {
    if (isLoopback(address)) return false;
    if (isIp6(address)) return dev.addresses.some((a) => a.address === address);
    return this.addresses.loopbackFor(address) !== undefined;
  }

  sourceFor(target: string, dev: Device): string {
    return this.addresses.sourceFor(target, dev) ?? '';
  }

  neighbourFailed(packet: Packet, dev: Device): void {
    if (!this.filter.idle) {
      const track = this.conntrack.find(packet);
      // the sender knows the packet as it was before translation
      if (track && !track.isReply) restore(packet, track);
    }
    packet.time = Math.max(packet.time, this.fabric.env.now());
    const local = this.addresses.loopbackFor(packet.src);
    this.sendError(packet, 'unreachable', HOST_UNREACHABLE, local ? dev : undefined);
  }

  mayBridge(bridge: Device): boolean {
    return this.filter.mayBridge(bridge.name);
  }

  stateChanged(dev: Device): void {
    this.addresses.linkChanged(dev);
    if (dev.up) this.#autoAddresses(dev);
    else {
      dev.addresses = dev.addresses.filter((a) => !a.auto);
      this.addresses.linkChanged(dev);
      this.neighbours.flush(dev);
    }
    const had = dev.hadCarrier;
    dev.hadCarrier = dev.carrier;
    if (had === dev.carrier || dev.kind === 'loopback') return;
    if (dev.master) this.stateChanged(dev.master);
    if (!dev.carrier) return;
    for (const { address } of dev.addresses) this.neighbours.announce(dev, address);
    this.fabric.onLinkUp();
  }

  /** Addresses that the kernel gives by itself: of `lo`, and the link-local one of IPv6. */
  #autoAddresses(dev: Device): void {
    if (dev.kind === 'loopback') {
      this.addresses.add(dev, '127.0.0.1', 8, 'host', true);
      if (!dev.noIp6) this.addresses.add(dev, '::1', 128, 'host', true);
    } else if (dev.carrier && !dev.noIp6 && !dev.addresses.some((a) => a.auto))
      this.addresses.add(dev, linkLocal(dev.mac), 64, 'link', true);
  }

  /** sysctl net.ipv6.conf.DEV.disable_ipv6. */
  setNoIp6(dev: Device, off: boolean): void {
    dev.noIp6 = off;
    if (off) for (const a of [...dev.addresses]) if (isIp6(a.address)) this.addresses.remove(dev, a.address, a.prefix);
    if (!off && dev.up) this.#autoAddresses(dev);
  }

  detach(dev: Device): void {
    const at = this.addresses.devices.indexOf(dev);
    if (at < 0) return;
    dev.setUp(false);
    dev.master?.removePort(dev);
    dev.addresses = [];
    this.addresses.devices.splice(at, 1);
    this.addresses.linkChanged(dev);
    this.neighbours.flush(dev);
  }

  /** The number by which this namespace names another one (`link-netnsid`). */
  netnsIdOf(other: number): number {
    let id = this.#netnsIds.get(other);
    if (id === undefined) this.#netnsIds.set(other, (id = this.#netnsIds.size));
    return id;
  }
}

/** The address made of a hardware address (RFC 4291, appendix A). */
function linkLocal(mac: string): string {
  const b = mac.split(':').map((part) => Number.parseInt(part, 16));
  const groups = [((b[0]! ^ 2) << 8) | b[1]!, (b[2]! << 8) | 0xff, 0xfe00 | b[3]!, (b[4]! << 8) | b[5]!];
  return canonicalIp(`fe80::${groups.map((g) => g.toString(16)).join(':')}`) ?? 'fe80::1';
}

function restore(packet: Packet, { flow }: Track): void {
  packet.src = flow.original.src;
  packet.sport = flow.original.sport;
  packet.dst = flow.original.dst;
  packet.dport = flow.original.dport;
}

export const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';
