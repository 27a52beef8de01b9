import { ipBytes, isIp6 } from '../../lib/ip.ts';
import { ICMP, ICMP6, type IcmpType, NO_BYTES, Packet, TCP } from './packet.ts';

/** ICMP type numbers of IPv4 (RFC 792) and IPv6 (RFC 4443). */
const TYPES: readonly [IcmpType, number, number][] = [
  ['echo request', 8, 128],
  ['echo reply', 0, 129],
  ['unreachable', 3, 1],
  ['time exceeded', 11, 3],
];
/** Codes of `unreachable` in IPv6, at those of IPv4: net, host, protocol, port. */
const CODES6 = [0, 3, 4, 4];

/** The internet checksum (RFC 1071). */
export function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** The ICMP message of a packet: type, code, checksum, identifier and sequence or the packet it is about. */
export function icmpBytes(packet: Packet): Uint8Array {
  const v6 = packet.proto === ICMP6;
  const row = TYPES.find(([name]) => name === packet.icmpType);
  const rest = packet.about ? quoted(packet.about) : packet.payload;
  const out = new Uint8Array(8 + rest.length);
  out[0] = row ? row[v6 ? 2 : 1] : 255;
  out[1] = v6 && packet.icmpType === 'unreachable' ? (CODES6[packet.icmpCode] ?? 1) : packet.icmpCode;
  if (!packet.about) {
    put16(out, 4, packet.sport);
    put16(out, 6, packet.icmpSeq);
  }
  out.set(rest, 8);
  put16(out, 2, checksum(out));
  return out;
}

/** Reads the message of a program. @returns undefined where it is too short or of a type that is not carried */
export function parseIcmp(bytes: Uint8Array, src: string, dst: string): Packet | undefined {
  if (bytes.length < 8) return undefined;
  const v6 = isIp6(dst);
  const row = TYPES.find((candidate) => candidate[v6 ? 2 : 1] === bytes[0]);
  if (row?.[0] !== 'echo request' && row?.[0] !== 'echo reply') return undefined;
  const packet = new Packet(v6 ? ICMP6 : ICMP, src, dst);
  packet.icmpType = row[0];
  packet.icmpCode = bytes[1]!;
  packet.sport = (bytes[4]! << 8) | bytes[5]!;
  packet.dport = packet.sport;
  packet.icmpSeq = (bytes[6]! << 8) | bytes[7]!;
  packet.payload = bytes.slice(8);
  return packet;
}

/** The IPv4 header of a packet, as raw sockets see it. */
export function ipHeader(packet: Packet): Uint8Array {
  const out = new Uint8Array(20);
  out[0] = 0x45;
  put16(out, 2, packet.size);
  out[8] = packet.ttl;
  out[9] = packet.proto;
  out.set(ipBytes(packet.src) ?? NO_BYTES, 12);
  out.set(ipBytes(packet.dst) ?? NO_BYTES, 16);
  put16(out, 10, checksum(out));
  return out;
}

/** What an ICMP error shows of the packet: its IP header and the first 8 bytes behind it. */
function quoted(about: Packet): Uint8Array {
  if (isIp6(about.dst)) {
    const out = new Uint8Array(48);
    out[0] = 0x60;
    out[6] = about.proto;
    out[7] = about.ttl;
    out.set(ipBytes(about.src) ?? NO_BYTES, 8);
    out.set(ipBytes(about.dst) ?? NO_BYTES, 24);
    out.set(firstBytes(about), 40);
    return out;
  }
  const out = new Uint8Array(28);
  out.set(ipHeader(about));
  out.set(firstBytes(about), 20);
  return out;
}

function firstBytes(about: Packet): Uint8Array {
  if (about.proto === ICMP || about.proto === ICMP6) return icmpBytes(about).subarray(0, 8);
  const out = new Uint8Array(8);
  put16(out, 0, about.sport);
  put16(out, 2, about.dport);
  if (about.proto === TCP) {
    put16(out, 4, (about.seq >>> 16) & 0xffff);
    put16(out, 6, about.seq & 0xffff);
  } else put16(out, 4, 8 + about.payload.length);
  return out;
}

function put16(out: Uint8Array, at: number, value: number): void {
  out[at] = (value >> 8) & 255;
  out[at + 1] = value & 255;
}
