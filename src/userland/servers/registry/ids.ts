import type { Sys } from '../../../abi/sys.ts';
import { toHex } from '../../../lib/hex.ts';

/** A random UUID. @see RFC 9562 section 5.4 */
export function newUuid(sys: Sys): string {
  const b = new Uint8Array(16);
  sys.getrandom(b);
  b[6] = (b[6]! & 0x0f) | 0x40;
  b[8] = (b[8]! & 0x3f) | 0x80;
  return toHex(b).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
