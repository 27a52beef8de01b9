import { fromBase64 } from '../../../lib/base64.ts';
import { encode } from '../../../lib/utf8.ts';
import { md5, sha1 } from './digest.ts';

/** Whether a password is the one of an entry of an htpasswd file: {PLAIN}, {SHA}, {SSHA}, $apr1$ and $1$. */
export function passwordMatches(password: string, entry: string): boolean {
  const bytes = encode(password);
  if (entry.startsWith('{PLAIN}')) return entry.slice(7) === password;
  if (entry.startsWith('{SHA}')) return equal(fromBase64(entry.slice(5)), sha1(bytes));
  if (entry.startsWith('{SSHA}')) {
    const stored = fromBase64(entry.slice(6));
    if (!stored || stored.length < 20) return false;
    return equal(stored.subarray(0, 20), sha1(concat(bytes, stored.subarray(20))));
  }
  const parts = /^(\$(?:apr1|1)\$)([^$]{0,8})\$(.+)$/.exec(entry);
  return parts !== null && md5Crypt(bytes, parts[1]!, encode(parts[2]!)) === parts[3];
}

function equal(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function concat(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ROUNDS = 1000;

/** The hash of MD5-crypt as crypt(3) describes it; apr1 differs in its magic. */
function md5Crypt(password: Uint8Array, magic: string, salt: Uint8Array): string {
  const inner = md5(concat(password, salt, password));
  const first: Uint8Array[] = [password, encode(magic), salt];
  for (let left = password.length; left > 0; left -= 16) first.push(inner.subarray(0, Math.min(16, left)));
  for (let n = password.length; n > 0; n >>= 1) first.push(n & 1 ? Uint8Array.of(0) : password.subarray(0, 1));
  let sum = md5(concat(...first));
  for (let round = 0; round < ROUNDS; round++) {
    const odd = (round & 1) !== 0;
    const parts = [odd ? password : sum];
    if (round % 3 !== 0) parts.push(salt);
    if (round % 7 !== 0) parts.push(password);
    parts.push(odd ? sum : password);
    sum = md5(concat(...parts));
  }
  const triples = [
    [0, 6, 12],
    [1, 7, 13],
    [2, 8, 14],
    [3, 9, 15],
    [4, 10, 5],
  ] as const;
  let text = '';
  for (const [a, b, c] of triples) text += letters((sum[a]! << 16) | (sum[b]! << 8) | sum[c]!, 4);
  return text + letters(sum[11]!, 2);
}

function letters(value: number, count: number): string {
  let text = '';
  for (let i = 0; i < count; i++, value >>>= 6) text += ALPHABET[value & 63];
  return text;
}
