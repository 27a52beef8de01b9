import type { HashFactory } from './hash.ts';

/** Bytes of a block of SHA-256 (and of MD5 and SHA-1). */
const BLOCK = 64;

/** The keyed digest of a message, by a hash whose blocks are 64 bytes long. @see RFC 2104 */
export function hmac(hash: HashFactory, key: Uint8Array, message: Uint8Array): Uint8Array {
  const short = key.length > BLOCK ? hash.create().update(key).digest() : key;
  const padded = (byte: number): Uint8Array => {
    const out = new Uint8Array(BLOCK).fill(byte);
    for (const [i, k] of short.entries()) out[i]! ^= k;
    return out;
  };
  const inner = hash.create().update(padded(0x36)).update(message).digest();
  return hash.create().update(padded(0x5c)).update(inner).digest();
}
