import type { NeighbourInfo } from '../../abi/netlink.ts';
import { type Arp, BROADCAST_MAC, type Device } from './device.ts';
import type { Fabric } from './fabric.ts';
import type { Packet } from './packet.ts';

/** An answer is good for that long, milliseconds; then it is asked for again when used. */
const REACHABLE_TIME = 30_000;
/** Between two requests, and how many there are. */
const RETRANS_TIME = 1000;
const PROBES = 3;
/** Packets that wait for one address. */
const QUEUE_LIMIT = 101;

interface Neighbour {
  mac: string | undefined;
  state: 'incomplete' | 'known' | 'failed' | 'permanent';
  /** When it was last heard of. */
  confirmed: number;
  /** Requests sent without an answer. */
  probes: number;
  waiting: Packet[];
  cancel: (() => void) | undefined;
}

interface NeighbourHost {
  readonly fabric: Fabric;
  /** Whether requests for `address` that come in by `dev` are answered. */
  answersFor(address: string, dev: Device): boolean;
  /** The address that requests about `target` are sent from. */
  sourceFor(target: string, dev: Device): string;
  /** Nobody answered: the packet cannot be sent. */
  neighbourFailed(packet: Packet, dev: Device): void;
}

/** ARP (RFC 826) and, with the same messages, IPv6 neighbour discovery: addresses of the link by hardware address. */
export class Neighbours {
  #tables = new Map<Device, Map<string, Neighbour>>();
  readonly #host: NeighbourHost;

  constructor(host: NeighbourHost) {
    this.#host = host;
  }

  /** Sends `packet` to the station `address` on the link of `dev`, after asking who it is. */
  send(dev: Device, address: string, packet: Packet): void {
    const entry = this.#entry(dev, address);
    if (entry.mac !== undefined && entry.state !== 'failed') {
      dev.transmit({ srcMac: dev.mac, dstMac: entry.mac, packet, arp: undefined });
      const age = this.#host.fabric.env.now() - entry.confirmed;
      if (entry.state === 'known' && age > REACHABLE_TIME && entry.probes === 0) this.#ask(dev, address, entry);
      return;
    }
    if (entry.waiting.length >= QUEUE_LIMIT) entry.waiting.shift();
    entry.waiting.push(packet);
    if (entry.probes > 0) return;
    entry.state = 'incomplete';
    this.#ask(dev, address, entry);
  }

  /** An ARP message came in. */
  receive(dev: Device, arp: Arp): void {
    const forUs = this.#host.answersFor(arp.target, dev);
    const table = this.#tables.get(dev);
    if (arp.sender !== '' && !this.#host.answersFor(arp.sender, dev)) {
      const known = table?.get(arp.sender);
      if (known) this.#confirm(dev, known, arp.senderMac);
      else if (forUs && arp.request) this.#confirm(dev, this.#entry(dev, arp.sender), arp.senderMac);
    }
    if (!arp.request || !forUs || arp.sender === arp.target) return;
    const answer: Arp = { request: false, senderMac: dev.mac, sender: arp.target, target: arp.sender };
    dev.transmit({ srcMac: dev.mac, dstMac: arp.senderMac, packet: undefined, arp: answer });
  }

  /** Tells the link that `address` is here now (gratuitous ARP, RFC 5227). */
  announce(dev: Device, address: string): void {
    const arp: Arp = { request: true, senderMac: dev.mac, sender: address, target: address };
    dev.transmit({ srcMac: dev.mac, dstMac: BROADCAST_MAC, packet: undefined, arp });
  }

  /** Adds an entry that stays. */
  setPermanent(dev: Device, address: string, mac: string): void {
    const entry = this.#entry(dev, address);
    this.#confirm(dev, entry, mac);
    entry.state = 'permanent';
  }

  remove(dev: Device, address: string): boolean {
    const entry = this.#tables.get(dev)?.get(address);
    if (!entry) return false;
    entry.cancel?.();
    return this.#tables.get(dev)!.delete(address);
  }

  /** Forgets what is known on a link (it went down or away). */
  flush(dev: Device): void {
    for (const entry of this.#tables.get(dev)?.values() ?? []) entry.cancel?.();
    this.#tables.delete(dev);
  }

  list(): NeighbourInfo[] {
    const now = this.#host.fabric.env.now();
    const out: NeighbourInfo[] = [];
    for (const [dev, table] of this.#tables) {
      for (const [address, entry] of table) {
        const info: NeighbourInfo = { address, dev: dev.name, state: stateOf(entry, now) };
        if (entry.mac !== undefined && entry.state !== 'failed') info.mac = entry.mac;
        out.push(info);
      }
    }
    return out;
  }

  #entry(dev: Device, address: string): Neighbour {
    let table = this.#tables.get(dev);
    if (!table) this.#tables.set(dev, (table = new Map()));
    let entry = table.get(address);
    if (!entry) {
      entry = { mac: undefined, state: 'incomplete', confirmed: 0, probes: 0, waiting: [], cancel: undefined };
      table.set(address, entry);
    }
    return entry;
  }

  #confirm(dev: Device, entry: Neighbour, mac: string): void {
    if (entry.state === 'permanent') return;
    entry.cancel?.();
    entry.cancel = undefined;
    entry.mac = mac;
    entry.state = 'known';
    entry.confirmed = this.#host.fabric.env.now();
    entry.probes = 0;
    for (const packet of entry.waiting.splice(0))
      dev.transmit({ srcMac: dev.mac, dstMac: mac, packet, arp: undefined });
  }

  #ask(dev: Device, address: string, entry: Neighbour): void {
    entry.probes++;
    const sender = this.#host.sourceFor(address, dev);
    const arp: Arp = { request: true, senderMac: dev.mac, sender, target: address };
    const dstMac = entry.state === 'known' ? entry.mac! : BROADCAST_MAC;
    dev.transmit({ srcMac: dev.mac, dstMac, packet: undefined, arp });
    this.#host.fabric.queue.settle(() => {
      if (entry.probes === 0 || entry.cancel) return;
      entry.cancel = this.#host.fabric.env.setTimer(RETRANS_TIME, () => this.#retry(dev, address, entry));
    });
  }

  #retry(dev: Device, address: string, entry: Neighbour): void {
    entry.cancel = undefined;
    if (entry.probes < PROBES) {
      this.#ask(dev, address, entry);
      return;
    }
    entry.probes = 0;
    entry.state = 'failed';
    entry.mac = undefined;
    for (const packet of entry.waiting.splice(0)) this.#host.neighbourFailed(packet, dev);
  }
}

function stateOf(entry: Neighbour, now: number): NeighbourInfo['state'] {
  if (entry.state === 'permanent') return 'PERMANENT';
  if (entry.state === 'failed') return 'FAILED';
  if (entry.state === 'incomplete') return 'INCOMPLETE';
  return now - entry.confirmed > REACHABLE_TIME ? 'STALE' : 'REACHABLE';
}
