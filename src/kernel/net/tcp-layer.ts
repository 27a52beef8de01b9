import { EADDRNOTAVAIL, EHOSTUNREACH, ENETUNREACH } from '../../abi/errno.ts';
import type { WaitPoint } from './door.ts';
import { unreachableErrno } from './icmp-errno.ts';
import type { IpLayer } from './ip.ts';
import { ACK, Packet, RST, SYN, TCP } from './packet.ts';
import { type Binding, bindingTakes, PortTable } from './ports.ts';
import { TcpConnection, type TcpHost } from './tcp-connection.ts';

const TIME_WAIT_MS = 60_000;
/** Connections in TIME_WAIT that are remembered. */
const TIME_WAIT_LIMIT = 1024;

/** A socket that is bound, and what it has when it listens. */
export interface TcpBinding extends Binding {
  uid: number;
  pid: number;
  ino: number;
  family: number;
  backlog: number;
  /** Connections that wait for accept(2). */
  queue: TcpConnection[];
  readable: WaitPoint;
}

interface TimeWait {
  connection: TcpConnection;
  until: number;
}

const keyOf = (local: string, lport: number, remote: string, rport: number): string =>
  `${lport} ${rport} ${remote} ${local}`;
const nameOf = (c: TcpConnection): string => keyOf(c.local, c.lport, c.remote, c.rport);

/** TCP of a network namespace: which connection or listener a segment is for. */
export class TcpLayer implements TcpHost {
  readonly ports: PortTable<TcpBinding>;
  readonly #connections = new Map<string, TcpConnection>();
  readonly #timeWaits = new Map<string, TimeWait>();
  /** sysctl net.core.somaxconn. */
  somaxconn = 4096;
  /** Connections at which old orphans are looked for. */
  #orphanCheck = 64;

  constructor(readonly ip: IpLayer) {
    this.ports = new PortTable(ip.fabric, true);
    ip.handlers.set(TCP, (packet) => this.#input(packet));
  }

  get fabric(): IpLayer['fabric'] {
    return this.ip.fabric;
  }

  /** Connections that are not over, and then those in TIME_WAIT. */
  connections(): TcpConnection[] {
    this.#expire();
    return [...this.#connections.values(), ...[...this.#timeWaits.values()].map((t) => t.connection)];
  }

  listenerFor(address: string, port: number, source = 0): TcpBinding | undefined {
    const taking = this.ports.at(port).filter((b) => b.listening && bindingTakes(b, address));
    if (taking.length < 2) return taking[0];
    const exact = taking.filter((b) => b.address === address);
    const among = exact.length > 0 ? exact : taking;
    return among[source % among.length];
  }

  /** Begins a connection from `local` (undefined: the kernel chooses; port 0 too). @returns the connection or -errno */
  connect(
    remote: string,
    rport: number,
    uid: number,
    local: string | undefined,
    lport: number,
    prepare: (connection: TcpConnection) => void,
  ): TcpConnection | number {
    this.#expire();
    const source = local ?? this.ip.addresses.sourceFor(remote);
    if (source === undefined) return -ENETUNREACH;
    const free = (port: number): boolean => !this.#connections.has(keyOf(source, port, remote, rport));
    const port = lport !== 0 ? lport : this.ports.ephemeral(free);
    if (port === 0 || !free(port)) return -EADDRNOTAVAIL;
    const connection = new TcpConnection(this, source, port, remote, rport, uid);
    this.#timeWaits.delete(nameOf(connection));
    this.#add(connection);
    prepare(connection);
    connection.begin();
    return connection;
  }

  #add(connection: TcpConnection): void {
    this.#connections.set(nameOf(connection), connection);
    this.fabric.counts.connections++;
  }

  transmit(connection: TcpConnection, flags: number, seq: number, payload: Uint8Array): void {
    const packet = new Packet(TCP, connection.local, connection.remote);
    packet.sport = connection.lport;
    packet.dport = connection.rport;
    packet.flags = flags;
    packet.seq = seq;
    packet.ack = (flags & ACK) !== 0 ? connection.ackNumber : 0;
    packet.window = connection.window;
    packet.payload = payload;
    packet.ttl = this.ip.defaultTtl;
    if (this.ip.output(packet) < 0) this.fabric.queue.settle(() => connection.unreachable(ENETUNREACH));
  }

  gone(connection: TcpConnection): void {
    const name = nameOf(connection);
    if (this.#connections.get(name) !== connection) return;
    this.#connections.delete(name);
    this.fabric.counts.connections--;
    if (connection.state !== 'TIME_WAIT') return;
    if (this.#timeWaits.size >= TIME_WAIT_LIMIT) this.#timeWaits.delete(this.#timeWaits.keys().next().value!);
    this.#timeWaits.set(name, { connection, until: this.fabric.env.now() + TIME_WAIT_MS });
  }

  established(connection: TcpConnection): boolean {
    const listener = this.listenerFor(connection.local, connection.lport, connection.rport);
    if (!listener) connection.abort();
    if (!listener || listener.queue.length > listener.backlog) return false;
    listener.queue.push(connection);
    listener.readable.wakeAll();
    return true;
  }

  /** A link came up: connections whose packets were lost try again at once. */
  kick(): void {
    for (const connection of [...this.#connections.values()]) connection.kick();
  }

  /** Ends everything (the namespace goes). */
  destroy(): void {
    for (const connection of [...this.#connections.values()]) connection.abort();
    this.#timeWaits.clear();
  }

  #input(packet: Packet): void {
    const name = keyOf(packet.dst, packet.dport, packet.src, packet.sport);
    const connection = this.#connections.get(name);
    if (connection) {
      connection.input(packet);
      return;
    }
    const timeWait = this.#timeWaits.get(name);
    if (timeWait && this.#inputTimeWait(name, timeWait, packet)) return;
    if ((packet.flags & (SYN | ACK | RST)) === SYN) {
      const listener = this.listenerFor(packet.dst, packet.dport, packet.sport);
      if (listener) {
        this.#accept(listener, packet);
        return;
      }
    }
    if ((packet.flags & RST) === 0) this.#refuse(packet);
  }

  /** @returns true where the segment is dealt with */
  #inputTimeWait(name: string, { connection, until }: TimeWait, packet: Packet): boolean {
    if ((packet.flags & SYN) !== 0 || (packet.flags & RST) !== 0 || until < this.fabric.env.now()) {
      this.#timeWaits.delete(name);
      return (packet.flags & RST) !== 0;
    }
    if (packet.payload.length > 0 || (packet.flags & ~ACK) !== 0)
      this.transmit(connection, ACK, connection.seqNumber, packet.payload.subarray(0, 0));
    return true;
  }

  #accept(listener: TcpBinding, packet: Packet): void {
    // a full queue ignores the SYN: the client tries again
    if (listener.queue.length > listener.backlog) return;
    const { dst, dport, src, sport } = packet;
    const connection = new TcpConnection(this, dst, dport, src, sport, listener.uid, packet.seq);
    this.#add(connection);
    connection.begin();
  }

  /** Nobody is there: RST. */
  #refuse(packet: Packet): void {
    const answer = new Packet(TCP, packet.dst, packet.src);
    answer.sport = packet.dport;
    answer.dport = packet.sport;
    answer.time = packet.time;
    if ((packet.flags & ACK) !== 0) {
      answer.flags = RST;
      answer.seq = packet.ack;
    } else {
      answer.flags = RST | ACK;
      answer.ack = packet.seq + packet.payload.length + ((packet.flags & SYN) !== 0 ? 1 : 0);
    }
    this.ip.output(answer);
  }

  /** An ICMP error about a segment that we sent. */
  inputError(error: Packet, about: Packet): void {
    const connection = this.#connections.get(keyOf(about.src, about.sport, about.dst, about.dport));
    connection?.unreachable(unreachableErrno(error) || EHOSTUNREACH);
  }

  #expire(): void {
    const now = this.fabric.env.now();
    for (const [name, { until }] of this.#timeWaits) {
      if (until > now) break;
      this.#timeWaits.delete(name);
    }
    if (this.#connections.size < this.#orphanCheck) return;
    // the other end never closed: what waits for it is given up (tcp_fin_timeout)
    for (const c of [...this.#connections.values()])
      if (c.orphan && c.state === 'FIN_WAIT2' && now - c.orphanSince > TIME_WAIT_MS) c.abort();
    this.#orphanCheck = 64 + 2 * this.#connections.size;
  }
}
