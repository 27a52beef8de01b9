import * as pako from 'pako';

/** Raw DEFLATE (RFC 1951) of one piece. */
export function deflateRaw(bytes: Uint8Array, level: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 = 6): Uint8Array {
  return pako.deflateRaw(bytes, { level });
}

/** Unpacks raw DEFLATE. @returns undefined where it is damaged */
export function inflateRaw(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return pako.inflateRaw(bytes);
  } catch {
    return undefined;
  }
}
