import { BROADCAST_MAC, copyFrame, Device, type DeviceOwner, type Frame } from './device.ts';
import type { Fabric } from './fabric.ts';

/** A bridge: a switch whose own port is the device itself. It learns which port an address is behind. */
export class Bridge extends Device {
  readonly ports: Device[] = [];
  /** Forwarding database: hardware address to port. */
  readonly fdb = new Map<string, Device>();

  constructor(fabric: Fabric, owner: DeviceOwner, index: number, name: string, mac: string) {
    super(fabric, owner, index, name, 'bridge', mac);
  }

  override get carrier(): boolean {
    return this.up && this.ports.some((port) => port.carrier);
  }

  addPort(port: Device): void {
    port.master?.removePort(port);
    const had = this.carrier;
    port.master = this;
    this.ports.push(port);
    if (this.carrier !== had) this.owner.stateChanged(this);
  }

  override removePort(port: Device): void {
    const at = this.ports.indexOf(port);
    if (at < 0) return;
    const had = this.carrier;
    this.ports.splice(at, 1);
    port.master = undefined;
    for (const [mac, behind] of this.fdb) if (behind === port) this.fdb.delete(mac);
    if (this.carrier !== had) this.owner.stateChanged(this);
  }

  protected override carry(frame: Frame): void {
    this.#switch(undefined, frame);
  }

  override fromPort(port: Device, frame: Frame): void {
    if (!this.up) return;
    this.fdb.set(frame.srcMac, port);
    if (frame.dstMac === this.mac) {
      this.#up(frame);
      return;
    }
    if (frame.packet && !this.owner.mayBridge(this, frame.packet)) return;
    if (frame.dstMac === BROADCAST_MAC) this.#up(copyFrame(frame));
    this.#switch(port, frame);
  }

  /** The frame is for the host itself. */
  #up(frame: Frame): void {
    this.rxPackets++;
    this.rxBytes += this.frameSize(frame) - 14;
    this.note('in', frame);
    this.owner.arrive(this, frame);
  }

  #switch(from: Device | undefined, frame: Frame): void {
    const known = frame.dstMac === BROADCAST_MAC ? undefined : this.fdb.get(frame.dstMac);
    if (known) {
      if (known !== from) known.transmit(frame);
      return;
    }
    for (const port of this.ports) if (port !== from) port.transmit(copyFrame(frame));
  }
}
