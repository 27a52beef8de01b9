const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_SAFE = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export interface Base64Options {
  /** `-` and `_` instead of `+` and `/`. */
  url?: boolean;
  /** Whether `=` fills up the last group; true where not given. */
  padding?: boolean;
}

/** Base64 of RFC 4648, on one line. */
export function toBase64(bytes: Uint8Array, options: Base64Options = {}): string {
  const alphabet = options.url ? URL_SAFE : STANDARD;
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    parts.push(alphabet[n >> 18]! + alphabet[(n >> 12) & 63]! + alphabet[(n >> 6) & 63]! + alphabet[n & 63]!);
  }
  const text = parts.join('');
  const fill = (3 - (bytes.length % 3)) % 3;
  if (fill === 0) return text;
  return text.slice(0, -fill) + (options.padding === false ? '' : '='.repeat(fill));
}

/**
 * Reads base64 of either alphabet, with or without padding; line ends are skipped.
 * @returns undefined where another character stands, or the length cannot be
 */
export function fromBase64(text: string): Uint8Array | undefined {
  const clean = text.replace(/[\r\n]/g, '');
  const match = /^([A-Za-z0-9+/_-]*)(={0,2})$/.exec(clean);
  if (!match) return undefined;
  const digits = match[1]!;
  if (digits.length % 4 === 1) return undefined;
  if (match[2] !== '' && clean.length % 4 !== 0) return undefined;
  const out = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let at = 0;
  let bits = 0;
  let value = 0;
  for (let i = 0; i < digits.length; i++) {
    value = ((value << 6) | sextet(digits.charCodeAt(i))) & 0xffffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[at++] = (value >> bits) & 255;
  }
  return out;
}

function sextet(code: number): number {
  if (code >= 97) return code === 95 ? 63 : code - 71;
  if (code === 95) return 63;
  if (code >= 65) return code - 65;
  if (code >= 48) return code + 4;
  return code === 47 ? 63 : 62;
}
