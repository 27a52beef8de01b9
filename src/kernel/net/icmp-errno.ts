import { ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENOPROTOOPT } from '../../abi/errno.ts';
import { NET_UNREACHABLE, type Packet, PORT_UNREACHABLE, PROTOCOL_UNREACHABLE } from './packet.ts';

/** The errno that an ICMP error stands for (icmp(7)). */
export function unreachableErrno(error: Packet): number {
  if (error.icmpType !== 'unreachable') return EHOSTUNREACH;
  if (error.icmpCode === NET_UNREACHABLE) return ENETUNREACH;
  if (error.icmpCode === PORT_UNREACHABLE) return ECONNREFUSED;
  if (error.icmpCode === PROTOCOL_UNREACHABLE) return ENOPROTOOPT;
  return EHOSTUNREACH;
}
