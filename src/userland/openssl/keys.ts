import {
  BIT_STRING,
  type DerValue,
  der,
  derInteger,
  derObjectId,
  numberOf,
  OCTET_STRING,
  objectIdOf,
  parseDer,
  parsePem,
  pem,
  SEQUENCE,
} from '../../lib/der.ts';
import { inverse, type RsaKey, type RsaPublic } from '../../lib/rsa.ts';

export const RSA_ENCRYPTION = '1.2.840.113549.1.1.1';
const NULL = Uint8Array.of(5, 0);

export const algorithm = (id: string): Uint8Array => der(SEQUENCE, derObjectId(id), NULL);

/** RSAPrivateKey of PKCS#1. */
export function rsaPrivateDer(key: RsaKey): Uint8Array {
  const parts = [
    0n,
    key.n,
    key.e,
    key.d,
    key.p,
    key.q,
    key.d % (key.p - 1n),
    key.d % (key.q - 1n),
    inverse(key.q, key.p),
  ];
  return der(SEQUENCE, ...parts.map(derInteger));
}

/** `-----BEGIN PRIVATE KEY-----` (PKCS#8), or with `traditional` `BEGIN RSA PRIVATE KEY`. */
export function privatePem(key: RsaKey, traditional = false): string {
  if (traditional) return pem('RSA PRIVATE KEY', rsaPrivateDer(key));
  return pem(
    'PRIVATE KEY',
    der(SEQUENCE, derInteger(0), algorithm(RSA_ENCRYPTION), der(OCTET_STRING, rsaPrivateDer(key))),
  );
}

/** SubjectPublicKeyInfo. */
export function publicInfo(key: RsaPublic): Uint8Array {
  const bits = der(SEQUENCE, derInteger(key.n), derInteger(key.e));
  return der(SEQUENCE, algorithm(RSA_ENCRYPTION), der(BIT_STRING, Uint8Array.of(0), bits));
}

export const publicPem = (key: RsaPublic): string => pem('PUBLIC KEY', publicInfo(key));

/** The private key in a PEM text. */
export function readPrivate(text: string): RsaKey | undefined {
  for (const { label, bytes } of parsePem(text)) {
    let value = parseDer(bytes);
    if (label === 'PRIVATE KEY') value = value?.children[2] && parseDer(value.children[2].bytes);
    else if (label !== 'RSA PRIVATE KEY') continue;
    const [, n, e, d, p, q] = value?.children.map((part) => numberOf(part.bytes)) ?? [];
    if (n !== undefined && e !== undefined && d !== undefined && p !== undefined && q !== undefined)
      return { n, e, d, p, q };
  }
  return undefined;
}

/** The key of a SubjectPublicKeyInfo. */
export function publicOf(info: DerValue | undefined): RsaPublic | undefined {
  const bits = info?.children[1];
  if (!bits || objectIdOf(info!.children[0]!.children[0]!.bytes) !== RSA_ENCRYPTION) return undefined;
  const [n, e] = parseDer(bits.bytes.subarray(1))?.children.map((part) => numberOf(part.bytes)) ?? [];
  return n === undefined || e === undefined ? undefined : { n, e };
}

export function readPublic(text: string): RsaPublic | undefined {
  for (const { label, bytes } of parsePem(text)) if (label === 'PUBLIC KEY') return publicOf(parseDer(bytes));
  return readPrivate(text);
}

/** `00:aa:bb…` in lines of 15 bytes, as -text shows numbers. */
export function hexBlock(value: bigint, indent: string): string {
  let hex = value.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  if (Number.parseInt(hex.slice(0, 2), 16) >= 0x80) hex = `00${hex}`;
  return bytesBlock(hex.match(/../g)!, indent);
}

/** Bytes in lines of 15, or as many as given. */
export function bytesBlock(pairs: readonly string[], indent: string, width = 15): string {
  const lines: string[] = [];
  for (let i = 0; i < pairs.length; i += width)
    lines.push(indent + pairs.slice(i, i + width).join(':') + (i + width < pairs.length ? ':' : ''));
  return `${lines.join('\n')}\n`;
}
