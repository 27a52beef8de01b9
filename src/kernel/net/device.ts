import type { LinkInfo } from '../../abi/netlink.ts';
import type { Fabric } from './fabric.ts';
import type { Packet } from './packet.ts';

export const BROADCAST_MAC = 'ff:ff:ff:ff:ff:ff';
const ETHERNET_HEADER = 14;
const ARP_SIZE = 28;
/** Packets that a link with a delay holds at most. */
const LINK_QUEUE = 1000;

/** An ARP message (for IPv6: neighbour solicitation and advertisement). */
export interface Arp {
  request: boolean;
  senderMac: string;
  /** '' in a probe. */
  sender: string;
  target: string;
}

/** What a link carries. */
export interface Frame {
  srcMac: string;
  dstMac: string;
  packet: Packet | undefined;
  arp: Arp | undefined;
}

/** The network namespace as its devices see it. */
export interface DeviceOwner {
  readonly id: number;
  /** A frame for this host (or for all) came in by `dev`. */
  arrive(dev: Device, frame: Frame): void;
  /** Whether the frame may pass from port to port of `bridge`. */
  mayBridge(bridge: Device, packet: Packet): boolean;
  /** `dev` went up or down, gained or lost its carrier. */
  stateChanged(dev: Device): void;
  /** Takes `dev` out of the namespace. */
  detach(dev: Device): void;
}

export interface DeviceAddress {
  address: string;
  prefix: number;
  broadcast: string | undefined;
  scope: 'global' | 'link' | 'host';
  /** Made by the kernel itself: goes and comes with the link (fe80::). */
  auto?: boolean;
}

/** A network device. */
export class Device {
  up = false;
  mtu: number;
  /** Length of the send queue as it is shown; 0: none. */
  txqlen: number;
  master: Device | undefined;
  /** The other end, of a pair. */
  peer: Device | undefined;
  addresses: DeviceAddress[] = [];
  /** sysctl net.ipv6.conf.DEV.disable_ipv6. */
  noIp6 = false;
  /** What `carrier` was when its owner was last told. */
  hadCarrier = false;
  rxBytes = 0;
  rxPackets = 0;
  rxDropped = 0;
  txBytes = 0;
  txPackets = 0;
  txDropped = 0;
  /** One way, milliseconds, and bytes a millisecond (0: no limit), of what this end sends. */
  delay = 0;
  rate = 0;
  #busyUntil = 0;
  #inFlight: { at: number; frame: Frame }[] = [];
  #cancel: (() => void) | undefined;

  constructor(
    readonly fabric: Fabric,
    public owner: DeviceOwner,
    public index: number,
    public name: string,
    readonly kind: LinkInfo['kind'],
    public mac: string,
  ) {
    this.txqlen = kind === 'veth' || kind === 'bridge' ? 0 : 1000;
    this.mtu = kind === 'loopback' ? 65536 : 1500;
  }

  get carrier(): boolean {
    if (!this.up) return false;
    return this.peer === undefined || this.peer.up;
  }

  setUp(up: boolean): void {
    if (this.up === up) return;
    const peer = this.peer;
    const peerHad = peer?.carrier;
    this.up = up;
    this.owner.stateChanged(this);
    if (peer && peer.carrier !== peerHad) peer.owner.stateChanged(peer);
  }

  /** Sends a frame out of this device. */
  transmit(frame: Frame): void {
    if (!this.carrier) {
      this.txDropped++;
      return;
    }
    this.txPackets++;
    this.txBytes += this.frameSize(frame);
    this.note('out', frame);
    this.carry(frame);
  }

  /** Where a frame goes that was sent: the other end. */
  protected carry(frame: Frame): void {
    if (this.kind === 'loopback') {
      if (frame.packet) frame.packet.time += this.fabric.hopTime();
      this.#deliver(this, frame);
    } else if (this.peer) this.#send(this.peer, frame);
  }

  #send(peer: Device, frame: Frame): void {
    const hop = this.fabric.hopTime();
    if (!frame.packet || (this.delay === 0 && this.rate === 0)) {
      if (frame.packet) frame.packet.time += hop;
      this.#deliver(peer, frame);
      return;
    }
    if (this.#inFlight.length >= LINK_QUEUE) {
      this.txDropped++;
      return;
    }
    const now = this.fabric.env.now();
    const sent = Math.max(now, this.#busyUntil) + (this.rate > 0 ? this.frameSize(frame) / this.rate : 0);
    this.#busyUntil = sent;
    frame.packet.time += sent - now + this.delay + hop * (1 + this.delay);
    this.#inFlight.push({ at: sent + this.delay, frame });
    if (this.#inFlight.length === 1) this.#arm();
  }

  #arm(): void {
    const first = this.#inFlight[0];
    if (!first) return;
    const wait = Math.max(0, first.at - this.fabric.env.now());
    this.#cancel = this.fabric.env.setTimer(wait, () => {
      this.#cancel = undefined;
      const now = this.fabric.env.now();
      while (this.#inFlight.length > 0 && this.#inFlight[0]!.at <= now + 0.001) {
        const { frame } = this.#inFlight.shift()!;
        if (this.peer) this.#deliver(this.peer, frame);
      }
      this.#arm();
    });
  }

  #deliver(to: Device, frame: Frame): void {
    this.fabric.queue.run(() => to.receive(frame));
  }

  /** A frame reached this device. */
  receive(frame: Frame): void {
    if (!this.up) {
      this.rxDropped++;
      return;
    }
    this.rxPackets++;
    this.rxBytes += this.frameSize(frame);
    this.note('in', frame);
    if (this.master) this.master.fromPort(this, frame);
    else if (frame.dstMac === this.mac || frame.dstMac === BROADCAST_MAC || this.kind === 'loopback')
      this.owner.arrive(this, frame);
  }

  /** A frame came in by a port of this bridge. */
  fromPort(_port: Device, _frame: Frame): void {
    this.rxDropped++;
  }

  /** Takes a port out of this bridge. */
  removePort(_port: Device): void {}

  /** Nothing refers to it any more. */
  dispose(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#inFlight.length = 0;
    this.master?.removePort(this);
  }

  protected frameSize(frame: Frame): number {
    return ETHERNET_HEADER * (this.kind === 'loopback' ? 0 : 1) + (frame.packet ? frame.packet.size : ARP_SIZE);
  }

  protected note(direction: 'in' | 'out', frame: Frame): void {
    const { log, env } = this.fabric;
    if (frame.packet) log.note(env.now(), this.owner.id, this.name, direction, frame.packet);
    else if (frame.arp) {
      const { request, sender, target } = frame.arp;
      log.noteArp(env.now(), this.owner.id, this.name, direction, request ? 'request' : 'reply', sender, target);
    }
  }
}

/** A frame for each receiver of its own: packets change on their way. */
export function copyFrame(frame: Frame): Frame {
  return { ...frame, packet: frame.packet?.copy() };
}
