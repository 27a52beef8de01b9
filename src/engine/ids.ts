import type { Sys } from '../abi/sys.ts';
import { toHex } from '../lib/hex.ts';

/** A random id of `bytes` bytes in hexadecimal. */
export function randomHex(sys: Sys, bytes: number): string {
  const buf = new Uint8Array(bytes);
  sys.getrandom(buf);
  return toHex(buf);
}

/** The id of a container, network or exec: 64 digits; never one whose short form is a number (it would be taken for one). */
export function newId(sys: Sys): string {
  for (;;) {
    const id = randomHex(sys, 32);
    if (!/^\d+$/.test(id.slice(0, 12))) return id;
  }
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The short name of a layer: 26 characters of base 32. */
export function randomLink(sys: Sys): string {
  const buf = new Uint8Array(26);
  sys.getrandom(buf);
  let out = '';
  for (const b of buf) out += BASE32[b & 31]!;
  return out;
}

/** A random whole number below `limit`. */
export function randomBelow(sys: Sys, limit: number): number {
  const buf = new Uint8Array(4);
  sys.getrandom(buf);
  return (((buf[0]! << 24) | (buf[1]! << 16) | (buf[2]! << 8) | buf[3]!) >>> 0) % limit;
}
