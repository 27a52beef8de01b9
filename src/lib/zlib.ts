import * as pako from 'pako';

/** Compresses as RFC 1950. @param level 1…9 */
export const zlibDeflate = (bytes: Uint8Array, level: 1 | 6 | 9 = 1): Uint8Array => pako.deflate(bytes, { level });

/** Unpacks RFC 1950. @returns undefined where it is damaged */
export function zlibInflate(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return pako.inflate(bytes);
  } catch {
    return undefined;
  }
}
