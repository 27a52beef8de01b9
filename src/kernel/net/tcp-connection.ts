import { ECONNREFUSED, ECONNRESET, EPIPE, ETIMEDOUT } from '../../abi/errno.ts';
import { ByteQueue } from './byte-queue.ts';
import type { WaitPoint } from './door.ts';
import type { Fabric } from './fabric.ts';
import { ACK, FIN, NO_BYTES, type Packet, PSH, RST, SYN } from './packet.ts';

export type TcpState =
  | 'SYN_SENT'
  | 'SYN_RECV'
  | 'ESTABLISHED'
  | 'FIN_WAIT1'
  | 'FIN_WAIT2'
  | 'CLOSING'
  | 'TIME_WAIT'
  | 'CLOSE_WAIT'
  | 'LAST_ACK'
  | 'CLOSED';

/** Default of SO_SNDBUF and SO_RCVBUF, bytes. */
export const BUFFER = 212_992;
/** Bytes of one segment at most: what segmentation offload hands to a device at once. */
const SEGMENT = 65_160;
const SYN_TIMEOUT = 1000;
const SYN_RETRIES = 6;
const SYN_ACK_RETRIES = 5;
const MIN_RTO = 200;
const MAX_RTO = 120_000;
const DATA_RETRIES = 15;

/** What a connection needs from its namespace. */
export interface TcpHost {
  readonly fabric: Fabric;
  transmit(connection: TcpConnection, flags: number, seq: number, payload: Uint8Array): void;
  /** The connection is over: forget it. In TIME_WAIT its name is still taken. */
  gone(connection: TcpConnection): void;
  /** A handshake that came from outside is complete. @returns false where there is no room: it is ignored and tried again */
  established(connection: TcpConnection): boolean;
}

/** One end of a TCP connection (RFC 9293), without congestion control: the links of this world lose nothing while they are up. */
export class TcpConnection {
  state: TcpState;
  /** errno of what ended it; read and cleared by the socket. */
  error = 0;
  readable: WaitPoint | undefined;
  writable: WaitPoint | undefined;
  /** The socket that has it, for lists; absent before accept(2) and after close(2). */
  owner: { ino: number; pid: number; family: number } | undefined;
  /** The socket is closed; the connection ends by itself. */
  orphan = false;
  orphanSince = 0;
  sendLimit = BUFFER;
  receiveLimit = BUFFER;
  readonly received = new ByteQueue();
  /** The peer will send no more. */
  ended = false;
  readonly #out = new ByteQueue();
  #una: number;
  #next: number;
  /** The highest `#next` so far: sending again takes `#next` back. */
  #max: number;
  #peerWindow = 0;
  #rcvNext = 0;
  /** Right edge of the window that the peer knows of. */
  #advertised = 0;
  #finWanted = false;
  #ackDue = false;
  #rtt = 0;
  #synTime: number;
  #retries = 0;
  #deadline = 0;
  #cancel: (() => void) | undefined;
  #settling = false;
  readonly #host: TcpHost;

  /** `peerSeq`: the sequence number of the SYN that is answered; undefined: we connect. */
  constructor(
    host: TcpHost,
    readonly local: string,
    readonly lport: number,
    readonly remote: string,
    readonly rport: number,
    readonly uid: number,
    peerSeq?: number,
  ) {
    this.#host = host;
    this.#una = host.fabric.random(0x7fffffff) + 1;
    this.#next = this.#una;
    this.#max = this.#una;
    this.#synTime = host.fabric.env.now();
    this.state = peerSeq === undefined ? 'SYN_SENT' : 'SYN_RECV';
    if (peerSeq !== undefined) this.#rcvNext = peerSeq + 1;
  }

  /** Sends the SYN (or the SYN and ACK). */
  begin(): void {
    this.#next = this.#una + 1;
    this.#emit(SYN | (this.state === 'SYN_RECV' ? ACK : 0), this.#una, NO_BYTES);
    this.#armLater();
  }

  get ackNumber(): number {
    return this.#rcvNext;
  }

  get seqNumber(): number {
    return this.#next;
  }

  get window(): number {
    return Math.max(0, this.receiveLimit - this.received.length);
  }

  /** Bytes that are written and not acknowledged. */
  get unsent(): number {
    return this.#out.length;
  }

  /** Bytes that `send` would take. */
  get room(): number {
    return Math.max(0, this.sendLimit - this.#out.length);
  }

  get maySend(): boolean {
    return !this.#finWanted && (this.state === 'ESTABLISHED' || this.state === 'CLOSE_WAIT');
  }

  /** Takes a copy of as much as there is room for. @returns how many bytes */
  send(data: Uint8Array): number {
    const n = Math.min(this.room, data.length);
    if (n === 0) return 0;
    this.#out.push(data.slice(0, n));
    this.#output();
    return n;
  }

  /** Takes received bytes. @returns how many */
  receive(buf: Uint8Array): number {
    const n = this.received.read(buf);
    const open = this.#advertised - this.#rcvNext;
    const gain = this.#rcvNext + this.window - this.#advertised;
    if (open < this.receiveLimit / 2 && gain >= this.receiveLimit / 4 && this.#receives)
      this.#emit(ACK, this.#next, NO_BYTES);
    return n;
  }

  get #receives(): boolean {
    return this.state === 'ESTABLISHED' || this.state === 'FIN_WAIT1' || this.state === 'FIN_WAIT2';
  }

  /** No more will be sent: a FIN follows what is written. */
  finish(): void {
    if (this.#finWanted || this.state === 'SYN_SENT' || this.state === 'CLOSED') return;
    this.#finWanted = true;
    this.#output();
  }

  /** The socket is closed: ends orderly, or with a reset where received bytes were never read. */
  close(reset: boolean): void {
    this.orphan = true;
    this.orphanSince = this.#host.fabric.env.now();
    this.owner = undefined;
    this.readable = undefined;
    this.writable = undefined;
    if (this.state === 'CLOSED') return;
    if (this.state === 'SYN_SENT') this.#end(0);
    else if (reset || this.received.length > 0) this.abort();
    else this.finish();
  }

  /** Resets the connection. */
  abort(): void {
    if (this.state !== 'CLOSED' && this.state !== 'SYN_SENT' && this.state !== 'TIME_WAIT')
      this.#emit(RST | ACK, this.#next, NO_BYTES);
    this.#end(0);
  }

  /** The network says that the peer cannot be reached: fatal only before the connection stands. */
  unreachable(errno: number): void {
    if (this.state === 'SYN_SENT') this.#end(errno);
  }

  /** Sends again at once what is not acknowledged: a link came back. */
  kick(): void {
    if (this.isOver) return;
    if (this.#una < this.#next || this.#out.length > 0) this.#resend();
  }

  // ---- segments that come in

  input(packet: Packet): void {
    if (this.state === 'SYN_SENT') this.#inputSynSent(packet);
    else if ((packet.flags & RST) !== 0) this.#inputReset(packet);
    else if ((packet.flags & SYN) !== 0) this.#again();
    else this.#inputSegment(packet);
  }

  #inputSynSent(packet: Packet): void {
    if ((packet.flags & ACK) === 0 || packet.ack !== this.#next) return;
    if ((packet.flags & RST) !== 0) {
      this.#end(ECONNREFUSED);
      return;
    }
    if ((packet.flags & SYN) === 0) return;
    this.#rcvNext = packet.seq + 1;
    this.#una = packet.ack;
    this.#peerWindow = packet.window;
    this.#rtt = this.#host.fabric.env.now() - this.#synTime;
    this.#retries = 0;
    this.#disarm();
    this.state = 'ESTABLISHED';
    this.#emit(ACK, this.#next, NO_BYTES);
    this.writable?.wakeAll();
    this.#output();
  }

  #inputReset(packet: Packet): void {
    if (packet.seq < this.#rcvNext || packet.seq > this.#rcvNext + this.receiveLimit) return;
    this.#end(this.state === 'SYN_RECV' ? 0 : this.state === 'CLOSE_WAIT' ? EPIPE : ECONNRESET);
  }

  /** A SYN for a connection that is there: our answer to it got lost. */
  #again(): void {
    if (this.state === 'SYN_RECV') this.#emit(SYN | ACK, this.#una, NO_BYTES);
    else this.#emit(ACK, this.#next, NO_BYTES);
  }

  #inputSegment(packet: Packet): void {
    if ((packet.flags & ACK) === 0) return;
    if (this.state === 'SYN_RECV') {
      if (packet.ack !== this.#next) return;
      this.#peerWindow = packet.window;
      if (!this.#host.established(this)) return;
      this.#una = packet.ack;
      this.#rtt = this.#host.fabric.env.now() - this.#synTime;
      this.#retries = 0;
      this.#disarm();
      this.state = 'ESTABLISHED';
    }
    this.#inputAck(packet);
    if (this.isOver) return;
    if (packet.payload.length > 0 && !this.#inputData(packet)) return;
    if ((packet.flags & FIN) !== 0) this.#inputFin(packet.seq + packet.payload.length);
    this.#output();
  }

  /** Asked after calls that may have ended it. */
  get isOver(): boolean {
    return this.state === 'CLOSED' || this.state === 'TIME_WAIT';
  }

  #inputAck(packet: Packet): void {
    if (packet.ack > this.#max || packet.ack < this.#una) return;
    this.#peerWindow = packet.window;
    if (packet.ack === this.#una) return;
    const data = Math.min(packet.ack - this.#una, this.#out.length);
    const crowded = this.room < this.sendLimit / 3;
    this.#out.drop(data);
    const finAcked = packet.ack - this.#una > data;
    this.#una = packet.ack;
    if (this.#next < this.#una) this.#next = this.#una;
    this.#retries = 0;
    if (this.#una === this.#next) this.#disarm();
    else this.#deadline = this.#host.fabric.env.now() + this.#timeout();
    if (crowded && this.room >= this.sendLimit / 3) this.writable?.wakeAll();
    if (finAcked) this.#finAcknowledged();
  }

  #finAcknowledged(): void {
    if (this.state === 'FIN_WAIT1') {
      this.state = 'FIN_WAIT2';
    } else if (this.state === 'CLOSING') this.#timeWait();
    else if (this.state === 'LAST_ACK') this.#end(0);
  }

  /** @returns false where the connection is over by it */
  #inputData(packet: Packet): boolean {
    this.#ackDue = true;
    const skip = this.#rcvNext - packet.seq;
    if (skip < 0 || skip >= packet.payload.length || this.ended) return true;
    if (this.orphan) {
      this.abort();
      return false;
    }
    const fits = Math.min(packet.payload.length - skip, this.window);
    this.received.push(packet.payload.subarray(skip, skip + fits));
    this.#rcvNext += fits;
    if (fits > 0) this.readable?.wakeAll();
    return true;
  }

  #inputFin(seq: number): void {
    this.#ackDue = true;
    if (seq !== this.#rcvNext || this.ended) return;
    this.#rcvNext++;
    this.ended = true;
    if (this.state === 'ESTABLISHED') this.state = 'CLOSE_WAIT';
    else if (this.state === 'FIN_WAIT1') this.state = 'CLOSING';
    else if (this.state === 'FIN_WAIT2') {
      this.#emit(ACK, this.#next, NO_BYTES);
      this.#timeWait();
    }
    this.readable?.wakeAll();
    this.writable?.wakeAll();
  }

  // ---- segments that go out

  #output(): void {
    if (this.state === 'SYN_SENT' || this.state === 'SYN_RECV' || this.isOver) return;
    for (;;) {
      const offset = this.#next - this.#una;
      const left = this.#out.length - offset;
      const open = this.#una + this.#peerWindow - this.#next;
      if (left <= 0 || open <= 0) break;
      const payload = this.#out.peek(offset, Math.min(SEGMENT, open));
      const seq = this.#next;
      this.#next += payload.length;
      this.#emit(ACK | (payload.length >= left ? PSH : 0), seq, payload);
    }
    if (this.#finWanted && this.#next - this.#una === this.#out.length) this.#sendFin();
    if (this.#ackDue) this.#emit(ACK, this.#next, NO_BYTES);
    if (this.#una < this.#next) this.#armLater();
  }

  #sendFin(): void {
    if (this.state === 'ESTABLISHED') this.state = 'FIN_WAIT1';
    else if (this.state === 'CLOSE_WAIT') this.state = 'LAST_ACK';
    else if (this.state !== 'FIN_WAIT1' && this.state !== 'LAST_ACK' && this.state !== 'CLOSING') return;
    const seq = this.#next;
    this.#next++;
    this.#emit(FIN | ACK, seq, NO_BYTES);
  }

  #emit(flags: number, seq: number, payload: Uint8Array): void {
    if ((flags & ACK) !== 0) {
      this.#ackDue = false;
      this.#advertised = this.#rcvNext + this.window;
    }
    this.#max = Math.max(this.#max, this.#next);
    this.#host.transmit(this, flags, seq, payload);
  }

  // ---- timers

  #timeout(): number {
    if (this.state === 'SYN_SENT' || this.state === 'SYN_RECV') return SYN_TIMEOUT * 2 ** this.#retries;
    return Math.min(MAX_RTO, Math.max(MIN_RTO, 3 * this.#rtt) * 2 ** this.#retries);
  }

  /** Sets the timer once nothing is in flight: on links without delay the answer is there by then. */
  #armLater(): void {
    if (this.#settling) return;
    this.#settling = true;
    this.#host.fabric.queue.settle(() => {
      this.#settling = false;
      if (this.isOver || this.#una === this.#next) return;
      this.#deadline = this.#host.fabric.env.now() + this.#timeout();
      this.#arm();
    });
  }

  #arm(): void {
    if (this.#cancel) return;
    const { env } = this.#host.fabric;
    this.#cancel = env.setTimer(Math.max(0, this.#deadline - env.now()), () => {
      this.#cancel = undefined;
      if (this.isOver || this.#una === this.#next) return;
      if (this.#deadline - env.now() > 0.5) this.#arm();
      else this.#expired();
    });
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #expired(): void {
    const limit = this.state === 'SYN_SENT' ? SYN_RETRIES : this.state === 'SYN_RECV' ? SYN_ACK_RETRIES : DATA_RETRIES;
    if (this.#retries >= limit) {
      this.#end(ETIMEDOUT);
      return;
    }
    this.#retries++;
    this.#resend();
  }

  #resend(): void {
    if (this.state === 'SYN_SENT' || this.state === 'SYN_RECV') {
      this.begin();
      return;
    }
    this.#next = this.#una;
    // a closed window may have been opened by a message that got lost: one byte asks
    if (this.#peerWindow === 0) this.#peerWindow = 1;
    this.#output();
  }

  #timeWait(): void {
    this.state = 'TIME_WAIT';
    this.#disarm();
    this.#host.gone(this);
  }

  #end(errno: number): void {
    if (this.state === 'CLOSED') return;
    this.state = 'CLOSED';
    this.error = errno;
    this.#disarm();
    this.#out.clear();
    this.#host.gone(this);
    this.readable?.wakeAll();
    this.writable?.wakeAll();
  }
}
