import { isIp6 } from '../../lib/ip.ts';

export const ICMP = 1;
export const TCP = 6;
export const UDP = 17;
export const ICMP6 = 58;
export type Protocol = typeof ICMP | typeof TCP | typeof UDP | typeof ICMP6;

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;

/** ICMP meanings, the same for both families; `icmp-bytes.ts` has the numbers of each. */
export type IcmpType = 'echo request' | 'echo reply' | 'unreachable' | 'time exceeded' | 'other';
/** What an `unreachable` says. */
export const NET_UNREACHABLE = 0;
export const HOST_UNREACHABLE = 1;
export const PROTOCOL_UNREACHABLE = 2;
export const PORT_UNREACHABLE = 3;
export const ADMIN_PROHIBITED = 13;

export const NO_BYTES: Uint8Array = new Uint8Array(0);

/** An IP packet with its transport header, as fields instead of bits. */
export class Packet {
  ttl = 64;
  /** Ports; of ICMP echo, both are the identifier. */
  sport = 0;
  dport = 0;
  // TCP. Sequence numbers are plain numbers that do not wrap.
  flags = 0;
  seq = 0;
  ack = 0;
  window = 0;
  // ICMP
  icmpType: IcmpType = 'other';
  icmpCode = 0;
  /** Echo's sequence number. */
  icmpSeq = 0;
  /** The packet that an ICMP error is about. */
  about: Packet | undefined;
  payload: Uint8Array = NO_BYTES;
  /** When it is here, monotonic milliseconds: the sender's time plus what each hop takes, a steadier clock than the simulation's own. */
  time = 0;
  /** An answer of the network to itself (no error is ever sent about it). */
  get isError(): boolean {
    return this.icmpType === 'unreachable' || this.icmpType === 'time exceeded';
  }

  constructor(
    public proto: Protocol,
    public src: string,
    public dst: string,
  ) {}

  /** Bytes with all headers above the link. */
  get size(): number {
    return (isIp6(this.dst) ? 40 : 20) + transportHeader(this) + this.payload.length;
  }

  copy(): Packet {
    const other = new Packet(this.proto, this.src, this.dst);
    Object.assign(other, this);
    return other;
  }
}

function transportHeader(packet: Packet): number {
  if (packet.proto === TCP) return (packet.flags & SYN) !== 0 ? 40 : 32;
  if (packet.about) return 8 + (isIp6(packet.dst) ? 48 : 28);
  return 8;
}

/** The letters that tcpdump prints for TCP flags (`S.`, `P.`, `F.`). */
export function flagText(flags: number): string {
  return (
    ((flags & FIN) !== 0 ? 'F' : '') +
    ((flags & SYN) !== 0 ? 'S' : '') +
    ((flags & RST) !== 0 ? 'R' : '') +
    ((flags & PSH) !== 0 ? 'P' : '') +
    ((flags & ACK) !== 0 ? '.' : '')
  );
}
