import type { PacketRecord } from './door.ts';
import { flagText, ICMP6, NO_BYTES, type Packet, TCP, UDP } from './packet.ts';

const CAPACITY = 1024;

/** The last packets of the machine, and who watches them. The ring keeps no payload (64 KiB each would be too much). */
export class PacketLog {
  #ring: PacketRecord[] = [];
  #next = 0;
  #watchers = new Set<(packet: PacketRecord) => void>();

  note(time: number, ns: number, dev: string, direction: 'in' | 'out', packet: Packet): void {
    const record: PacketRecord = {
      time,
      ns,
      dev,
      direction,
      proto: packet.proto === TCP ? 'tcp' : packet.proto === UDP ? 'udp' : packet.proto === ICMP6 ? 'icmp6' : 'icmp',
      src: packet.src,
      dst: packet.dst,
      sport: packet.sport,
      dport: packet.dport,
      flags: packet.proto === TCP ? flagText(packet.flags) : packet.proto === UDP ? '' : packet.icmpType,
      seq: packet.proto === TCP ? packet.seq : packet.icmpSeq,
      ack: packet.ack,
      ttl: packet.ttl,
      length: packet.payload.length,
      size: packet.size,
      payload: NO_BYTES,
    };
    this.#put(record, packet.payload);
  }

  /** An ARP or neighbour discovery message; `flags`: `request` or `reply`. */
  noteArp(
    time: number,
    ns: number,
    dev: string,
    direction: 'in' | 'out',
    flags: string,
    src: string,
    dst: string,
  ): void {
    const record: PacketRecord = {
      time,
      ns,
      dev,
      direction,
      proto: 'arp',
      src,
      dst,
      sport: 0,
      dport: 0,
      flags,
      seq: 0,
      ack: 0,
      ttl: 0,
      length: 28,
      size: 28,
      payload: NO_BYTES,
    };
    this.#put(record, NO_BYTES);
  }

  watch(see: (packet: PacketRecord) => void): () => void {
    this.#watchers.add(see);
    return () => this.#watchers.delete(see);
  }

  /** Oldest first. */
  last(): PacketRecord[] {
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
  }

  #put(record: PacketRecord, payload: Uint8Array): void {
    if (this.#ring.length < CAPACITY) this.#ring.push(record);
    else {
      this.#ring[this.#next] = record;
      this.#next = (this.#next + 1) % CAPACITY;
    }
    if (this.#watchers.size === 0) return;
    const full = { ...record, payload };
    for (const see of [...this.#watchers]) see(full);
  }
}
