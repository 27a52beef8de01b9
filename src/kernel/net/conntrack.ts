import { type Packet, RST, SYN, TCP, UDP } from './packet.ts';

/** Addresses and ports of one direction of a flow. */
export interface Tuple {
  src: string;
  sport: number;
  dst: string;
  dport: number;
}

/** A flow that this host forwards or translates. */
export interface Flow {
  readonly proto: number;
  /** As the first packet came. */
  readonly original: Tuple;
  /** As the answers come: its `src` is where the first packet really went, its `dst` whom it seemed to come from. */
  readonly reply: Tuple;
  /** An answer has been seen: ESTABLISHED. */
  replied: boolean;
  /** The destination was translated: a published port. */
  published: boolean;
  lastUsed: number;
  closed: boolean;
}

/** A packet's flow, and whether it goes the way of the answers. */
export interface Track {
  flow: Flow;
  isReply: boolean;
}

const LIMIT = 8192;
/** Milliseconds without a packet after which a flow may be forgotten. */
const IDLE = { tcp: 432_000_000, closed: 10_000, unreplied: 30_000, other: 180_000 };

const keyOf = (proto: number, src: string, sport: number, dst: string, dport: number): string =>
  `${proto} ${src} ${sport} ${dst} ${dport}`;
const tupleKey = (proto: number, t: Tuple): string => keyOf(proto, t.src, t.sport, t.dst, t.dport);

/** Connection tracking of a namespace: what NAT remembers. */
export class Conntrack {
  #flows = new Map<string, Track>();
  #sweepAt = 256;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#flows.size / 2;
  }

  /** The flow of a packet that comes in or is sent; of an ICMP error, that of the packet it is about. */
  find(packet: Packet): Track | undefined {
    const about = packet.about;
    const track = about
      ? this.#flows.get(keyOf(about.proto, about.dst, about.dport, about.src, about.sport))
      : this.#flows.get(keyOf(packet.proto, packet.src, packet.sport, packet.dst, packet.dport));
    if (!track || about) return track;
    const { flow } = track;
    if (flow.closed && packet.proto === TCP && packet.flags === SYN) {
      this.#remove(flow);
      return undefined;
    }
    flow.lastUsed = this.#now();
    if (track.isReply) flow.replied = true;
    if (packet.proto === TCP && (packet.flags & RST) !== 0) flow.closed = true;
    return track;
  }

  /** Begins a flow; `to` and `from` are the translated destination and source. */
  begin(packet: Packet, to: { address: string; port: number } | undefined): Track {
    const { src, sport, dst, dport } = packet;
    const flow: Flow = {
      proto: packet.proto,
      original: { src, sport, dst, dport },
      reply: { src: to?.address ?? dst, sport: to?.port ?? dport, dst: src, dport: sport },
      replied: false,
      published: to !== undefined,
      lastUsed: this.#now(),
      closed: false,
    };
    this.#sweep();
    const track = { flow, isReply: false };
    this.#flows.set(tupleKey(flow.proto, flow.original), track);
    this.#flows.set(tupleKey(flow.proto, flow.reply), { flow, isReply: true });
    return track;
  }

  /** Gives a new flow another source address; keeps the port where it is free. `pick` gives candidates. */
  masquerade(flow: Flow, address: string, pick: () => number): void {
    this.#flows.delete(tupleKey(flow.proto, flow.reply));
    flow.reply.dst = address;
    for (let tries = 0; tries < 64; tries++) {
      if (!this.#flows.has(tupleKey(flow.proto, flow.reply))) break;
      flow.reply.dport = pick();
      if (flow.proto !== TCP && flow.proto !== UDP) flow.reply.sport = flow.reply.dport;
    }
    this.#flows.set(tupleKey(flow.proto, flow.reply), { flow, isReply: true });
  }

  /** Forgets the flows that `which` names (a published port that is no more). */
  forget(which: (flow: Flow) => boolean): void {
    for (const { flow } of [...this.#flows.values()]) if (which(flow)) this.#remove(flow);
  }

  #remove(flow: Flow): void {
    this.#flows.delete(tupleKey(flow.proto, flow.original));
    this.#flows.delete(tupleKey(flow.proto, flow.reply));
  }

  #sweep(): void {
    if (this.#flows.size < this.#sweepAt) return;
    const now = this.#now();
    this.forget((flow) => now - flow.lastUsed > idleLimit(flow));
    while (this.#flows.size > 2 * LIMIT) this.#remove(this.#flows.values().next().value!.flow);
    this.#sweepAt = Math.max(256, this.#flows.size * 2);
  }
}

function idleLimit(flow: Flow): number {
  if (flow.closed) return IDLE.closed;
  if (!flow.replied) return IDLE.unreplied;
  return flow.proto === TCP ? IDLE.tcp : IDLE.other;
}

/** Before routing: where the packet really goes. */
export function translateDestination(packet: Packet, { flow, isReply }: Track): void {
  if (packet.about) {
    translateError(packet, packet.about, flow, isReply);
    return;
  }
  const to = isReply ? flow.original : flow.reply;
  packet.dst = to.src;
  packet.dport = to.sport;
  if (packet.proto !== TCP && packet.icmpType !== 'other') packet.sport = packet.dport;
}

/** After routing: whom it seems to come from. */
export function translateSource(packet: Packet, { flow, isReply }: Track): void {
  if (packet.about) return;
  const from = isReply ? flow.original : flow.reply;
  packet.src = from.dst;
  packet.sport = from.dport;
  if (packet.proto !== TCP && packet.icmpType !== 'other') packet.dport = packet.sport;
}

/** An error about a translated packet: whoever sent that one must recognise it. */
function translateError(packet: Packet, about: Packet, flow: Flow, aboutOriginal: boolean): void {
  if (aboutOriginal && packet.src === flow.reply.src) packet.src = flow.original.dst;
  const seen = aboutOriginal ? flow.original : flow.reply;
  about.src = seen.src;
  about.sport = seen.sport;
  about.dst = seen.dst;
  about.dport = seen.dport;
  packet.dst = seen.src;
}
