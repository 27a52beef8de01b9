import type { Sys } from '../../abi/sys.ts';
import type { HashFactory } from '../../lib/hash.ts';
import { encode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ROUNDS = 5000;

/**
 * crypt(3)'s SHA-512 method.
 * @param setting `$6$[rounds=N$]salt`, what follows is of no account
 * @returns the whole `$6$salt$digest`, or undefined where the setting is of another method
 * @see "Unix crypt using SHA-256 and SHA-512", the specification of the method
 */
export function* sha512Crypt(sys: Sys, hash: HashFactory, password: string, setting: string): Wait<string | undefined> {
  const m = /^\$6\$(?:rounds=(\d+)\$)?([^$:]{0,16})/.exec(setting);
  if (!m) return undefined;
  const rounds = m[1] === undefined ? ROUNDS : Math.min(999_999_999, Math.max(1000, Number(m[1])));
  const key = encode(password);
  const salt = encode(m[2]!);
  const digest = (...parts: Uint8Array[]): Uint8Array => {
    const state = hash.create();
    for (const part of parts) state.update(part);
    return state.digest();
  };
  const stretched = (bytes: Uint8Array, length: number): Uint8Array => {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) out[i] = bytes[i % bytes.length]!;
    return out;
  };
  const b = digest(key, salt, key);
  const parts = [key, salt, stretched(b, key.length)];
  for (let n = key.length; n > 0; n >>= 1) parts.push(n & 1 ? b : key);
  let a = digest(...parts);
  const p = stretched(digest(...new Array<Uint8Array>(key.length).fill(key)), key.length);
  const s = stretched(digest(...new Array<Uint8Array>(16 + a[0]!).fill(salt)), salt.length);
  for (let i = 0; i < rounds; i++) {
    const round: Uint8Array[] = [i & 1 ? p : a];
    if (i % 3 !== 0) round.push(s);
    if (i % 7 !== 0) round.push(p);
    round.push(i & 1 ? a : p);
    a = digest(...round);
    if (sys.tick()) yield;
  }
  return `$6$${m[1] === undefined ? '' : `rounds=${rounds}$`}${m[2]}$${base64(a)}`;
}

/** The digest's bytes in the method's order, six bits a letter, the lowest first. */
function base64(bytes: Uint8Array): string {
  let out = '';
  const put = (value: number, letters: number): void => {
    for (let i = 0, v = value; i < letters; i++, v >>= 6) out += ALPHABET[v & 63];
  };
  let [x, y, z] = [0, 21, 42];
  for (let i = 0; i < 21; i++) {
    put((bytes[x]! << 16) | (bytes[y]! << 8) | bytes[z]!, 4);
    [x, y, z] = [y + 1, z + 1, x + 1];
  }
  put(bytes[63]!, 2);
  return out;
}

/** A setting with a random salt. */
export function newSetting(sys: Sys): string {
  const bytes = new Uint8Array(16);
  sys.getrandom(bytes);
  return `$6$${[...bytes].map((byte) => ALPHABET[byte & 63]).join('')}`;
}

/** Whether `password` is that of `/etc/shadow`'s field `stored`. */
export function* verifyPassword(sys: Sys, hash: HashFactory, password: string, stored: string): Wait<boolean> {
  if (stored === '') return password === '';
  return (yield* sha512Crypt(sys, hash, password, stored)) === stored;
}
