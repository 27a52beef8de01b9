import type { IpLayer } from './ip.ts';
import { ICMP, ICMP6, type Packet, TCP, UDP } from './packet.ts';
import type { RawSocket } from './raw-socket.ts';
import type { TcpLayer } from './tcp-layer.ts';
import type { UdpLayer } from './udp.ts';

/** What answering an echo takes, milliseconds. */
const REPLY_TIME = 0.012;

/** ICMP of a namespace: answers echo requests, hands errors to whom they concern and messages to ping's sockets. */
export class IcmpLayer {
  readonly sockets = new Set<RawSocket>();
  /** sysctl net.ipv4.icmp_echo_ignore_all. */
  ignoreEcho = false;

  constructor(
    readonly ip: IpLayer,
    readonly tcp: TcpLayer,
    readonly udp: UdpLayer,
  ) {
    ip.handlers.set(ICMP, (packet) => this.#input(packet));
    ip.handlers.set(ICMP6, (packet) => this.#input(packet));
  }

  /** A free identifier for a ping socket. */
  freeId(): number {
    for (;;) {
      const id = 1 + this.ip.fabric.random(65535);
      if (![...this.sockets].some((socket) => socket.id === id)) return id;
    }
  }

  #input(packet: Packet): void {
    for (const socket of [...this.sockets]) socket.deliver(packet);
    if (packet.icmpType === 'echo request') this.#reply(packet);
    else if (packet.about) this.#error(packet, packet.about);
  }

  #reply(packet: Packet): void {
    if (this.ignoreEcho || this.ip.addresses.isBroadcast(packet.dst)) return;
    const answer = packet.copy();
    answer.src = packet.dst;
    answer.dst = packet.src;
    answer.icmpType = 'echo reply';
    answer.ttl = this.ip.defaultTtl;
    answer.time = packet.time + REPLY_TIME;
    this.ip.output(answer);
  }

  #error(error: Packet, about: Packet): void {
    if (about.proto === TCP) this.tcp.inputError(error, about);
    else if (about.proto === UDP) this.udp.inputError(error, about);
  }
}
