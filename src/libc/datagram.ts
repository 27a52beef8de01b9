import { BLOCKED } from '../abi/errno.ts';
import type { Datagram, SockAddr } from '../abi/socket.ts';
import type { Sys } from '../abi/sys.ts';
import type { Wait } from './io.ts';

/** recvfrom(2), waiting. @returns bytes, or -errno */
export function* recvfrom(sys: Sys, fd: number, buf: Uint8Array, out?: Datagram): Wait<number> {
  let n: number;
  while ((n = sys.recvfrom(fd, buf, out)) === BLOCKED) yield;
  return n;
}

/** sendto(2), waiting. @returns bytes, or -errno */
export function* sendto(sys: Sys, fd: number, buf: Uint8Array, to?: SockAddr): Wait<number> {
  let n: number;
  while ((n = sys.sendto(fd, buf, to)) === BLOCKED) yield;
  return n;
}
