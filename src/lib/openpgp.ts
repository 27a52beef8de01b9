import { fromBase64, toBase64 } from './base64.ts';
import type { HashFactory } from './hash.ts';
import { decode, encode } from './utf8.ts';

/**
 * OpenPGP as far as repositories of packages need it: keys are known by their fingerprints, a signature names the key and
 * the digest of the text. There is no secret: whoever has the text can sign it. Armour and clear-signed text have the form
 * of RFC 9580, sections 6 and 7; the packets inside are our own text.
 */
export interface Key {
  /** 40 hexadecimal digits. */
  fingerprint: string;
  /** `Name <address>` */
  user: string;
}

const KEY_TEXT = 'OpenPGP key ';
const SIGNATURE_TEXT = 'OpenPGP signature by ';
const WIDTH = 64;

function armour(kind: string, bytes: Uint8Array): string {
  const body = toBase64(bytes).replace(new RegExp(`.{${WIDTH}}`, 'g'), '$&\n');
  return `-----BEGIN PGP ${kind}-----\n\n${body.replace(/\n$/, '')}\n-----END PGP ${kind}-----\n`;
}

/** The bytes inside of the first armoured block. @returns undefined where there is none */
export function dearmour(text: string): Uint8Array | undefined {
  const block = /-----BEGIN PGP [A-Z ]+-----\r?\n(?:[^\n]+:[^\n]*\n)*\r?\n([A-Za-z0-9+/=\s]*?)-----END PGP/.exec(text);
  return block ? fromBase64(block[1]!.replace(/\s/g, '')) : undefined;
}

/** The binary form of a public key. */
export const publicKey = (key: Key): Uint8Array => encode(`${KEY_TEXT}${key.fingerprint} ${key.user}\n`);

/** The armoured form of a public key. */
export const armouredKey = (key: Key): string => armour('PUBLIC KEY BLOCK', publicKey(key));

/** The keys in a keyring, armoured or not. */
export function keysIn(bytes: Uint8Array): Key[] {
  const text = decode(bytes);
  const inside = text.includes('-----BEGIN PGP') ? dearmour(text) : bytes;
  return [...decode(inside ?? new Uint8Array(0)).matchAll(/OpenPGP key ([0-9A-F]{40}) ([^\n]*)\n/g)].map((m) => ({
    fingerprint: m[1]!,
    user: m[2]!,
  }));
}

/** Text with its signature. */
export function clearSigned(text: string, key: Key, sha256: HashFactory): string {
  const signature = armour('SIGNATURE', encode(`${SIGNATURE_TEXT}${key.fingerprint} ${sha256.hex(encode(text))}\n`));
  return `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n${text}${signature}`;
}

/** What a clear-signed text says: the text, who signed it, and whether the signature is of this text. */
export interface Signed {
  text: string;
  fingerprint: string | undefined;
  valid: boolean;
}

/** @returns undefined where it is not clear-signed */
export function readClearSigned(signed: string, sha256: HashFactory): Signed | undefined {
  const m =
    /^-----BEGIN PGP SIGNED MESSAGE-----\n(?:[^\n]+\n)*\n([\s\S]*?)(-----BEGIN PGP SIGNATURE-----[\s\S]*)$/.exec(
      signed,
    );
  if (!m) return undefined;
  const signature = decode(dearmour(m[2]!) ?? new Uint8Array(0));
  const [, fingerprint, digest] = /^OpenPGP signature by ([0-9A-F]{40}) ([0-9a-f]{64})\n$/.exec(signature) ?? [];
  return { text: m[1]!, fingerprint, valid: digest === sha256.hex(encode(m[1]!)) };
}
