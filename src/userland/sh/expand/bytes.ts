import { decode, encode } from '../../../lib/utf8.ts';

/** The bytes of a text, one a code unit: what shells without multibyte characters count and match. */
export function toByteText(text: string): string {
  if (isAscii(text)) return text;
  let out = '';
  for (const byte of encode(text)) out += String.fromCharCode(byte);
  return out;
}

export function fromByteText(text: string): string {
  if (isAscii(text)) return text;
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return decode(bytes);
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}
