import type { Sys } from '../../abi/sys.ts';
import { fromBase64, toBase64 } from '../../lib/base64.ts';
import type { HashFactory } from '../../lib/hash.ts';
import { toHex } from '../../lib/hex.ts';
import { hmac } from '../../lib/hmac.ts';
import { decode, encode } from '../../lib/utf8.ts';

/** What a token allows in one repository. */
export interface Access {
  type: string;
  name: string;
  actions: string[];
}

interface Claims {
  sub: string;
  access: Access[];
  exp: number;
}

const SALT = 16;
const LIFETIME = 300;

const urlSafe = (bytes: Uint8Array): string =>
  toBase64(bytes).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_');
const fromUrlSafe = (text: string): Uint8Array | undefined => {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/');
  return fromBase64(plain.padEnd(Math.ceil(plain.length / 4) * 4, '='));
};

/** Who may do what at Docker Hub: accounts, and the tokens that they get for a time. */
export class Accounts {
  readonly #passwords = new Map<string, string>();
  readonly #key: Uint8Array;

  constructor(
    readonly sys: Sys,
    readonly hash: HashFactory,
  ) {
    this.#key = new Uint8Array(32);
    sys.getrandom(this.#key);
  }

  has(name: string): boolean {
    return this.#passwords.has(name);
  }

  /** Signs somebody up. @returns what is wrong with the name or the password, or undefined */
  add(name: string, password: string): string | undefined {
    if (!/^[a-z0-9]{4,30}$/.test(name)) return 'A username has 4 to 30 lower-case letters and digits.';
    if (password.length < 9) return 'A password has at least 9 characters.';
    if (this.has(name) || name === 'library') return 'This username is taken.';
    const salt = new Uint8Array(SALT);
    this.sys.getrandom(salt);
    this.#passwords.set(name, toHex(salt) + toHex(hmac(this.hash, salt, encode(password))));
    return undefined;
  }

  isRight(name: string, password: string): boolean {
    const kept = this.#passwords.get(name);
    if (kept === undefined) return false;
    const salt = new Uint8Array(SALT).map((_, i) => Number.parseInt(kept.slice(2 * i, 2 * i + 2), 16));
    return toHex(hmac(this.hash, salt, encode(password))) === kept.slice(2 * SALT);
  }

  /** Who an Authorization field of kind Basic names; '' for nobody, undefined where the password is wrong. */
  fromBasic(field: string | undefined): string | undefined {
    const pair = /^Basic (.+)$/i.exec(field ?? '')?.[1];
    if (pair === undefined) return '';
    const text = decode(fromBase64(pair) ?? new Uint8Array(0));
    const name = text.slice(0, Math.max(0, text.indexOf(':')));
    return this.isRight(name, text.slice(text.indexOf(':') + 1)) ? name : undefined;
  }

  #now(): number {
    return Math.floor(this.sys.now(0) / 1000);
  }

  /** A token as JWT has them, signed with this host's key. @see RFC 7519 */
  token(name: string, access: Access[]): { text: string; seconds: number; issued: number } {
    const issued = this.#now();
    const part = (value: unknown): string => urlSafe(encode(JSON.stringify(value)));
    const claims = { aud: 'registry.docker.io', iss: 'auth.docker.io', sub: name, iat: issued, exp: issued + LIFETIME };
    const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, access })}`;
    return {
      text: `${signed}.${urlSafe(hmac(this.hash, this.#key, encode(signed)))}`,
      seconds: LIFETIME,
      issued,
    };
  }

  /** What a Bearer token allows; undefined for none, an old one, or one that this host did not sign. */
  claims(field: string | undefined): Claims | undefined {
    const text = /^Bearer (.+)$/i.exec(field ?? '')?.[1] ?? '';
    const dot = text.lastIndexOf('.');
    if (dot < 0 || urlSafe(hmac(this.hash, this.#key, encode(text.slice(0, dot)))) !== text.slice(dot + 1))
      return undefined;
    const claims = JSON.parse(decode(fromUrlSafe(text.split('.')[1]!)!)) as Claims;
    return claims.exp > this.#now() ? claims : undefined;
  }
}
