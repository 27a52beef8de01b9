import { civilTime, secondsOf } from '../../lib/civil-time.ts';
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
  SEQUENCE,
  SET,
} from '../../lib/der.ts';
import type { RsaPublic } from '../../lib/rsa.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { algorithm, bytesBlock, hexBlock, publicOf } from './keys.ts';

export const SHA256_RSA = '1.2.840.113549.1.1.11';

const ATTRIBUTES: readonly (readonly [short: string, id: string])[] = [
  ['CN', '2.5.4.3'],
  ['C', '2.5.4.6'],
  ['L', '2.5.4.7'],
  ['ST', '2.5.4.8'],
  ['O', '2.5.4.10'],
  ['OU', '2.5.4.11'],
  ['emailAddress', '1.2.840.113549.1.9.1'],
  ['DC', '0.9.2342.19200300.100.1.25'],
];

export interface Extension {
  id: string;
  critical: boolean;
  value: Uint8Array;
}

export const EXTENSIONS = {
  subjectKey: '2.5.29.14',
  keyUsage: '2.5.29.15',
  altName: '2.5.29.17',
  basic: '2.5.29.19',
  authorityKey: '2.5.29.35',
  extendedUsage: '2.5.29.37',
} as const;

export type Name = readonly (readonly [string, string])[];

/** `/C=DE/CN=example.com`. @returns undefined where it is no subject */
export function parseSubject(text: string): Name | undefined {
  if (!text.startsWith('/')) return undefined;
  const out: [string, string][] = [];
  for (const part of text.slice(1).split(/(?<!\\)\//)) {
    const equals = part.indexOf('=');
    if (part === '') continue;
    if (equals < 0) return undefined;
    const value = part.slice(equals + 1).replace(/\\(.)/g, '$1');
    if (value !== '') out.push([part.slice(0, equals), value]);
  }
  return out;
}

export function nameDer(name: Name): Uint8Array {
  return der(
    SEQUENCE,
    ...name.map(([short, value]) => {
      const id = ATTRIBUTES.find(([s]) => s.toLowerCase() === short.toLowerCase())?.[1] ?? '2.5.4.3';
      const tag = short === 'C' ? 0x13 : short === 'emailAddress' ? 0x16 : 0x0c;
      return der(SET, der(SEQUENCE, derObjectId(id), der(tag, encode(value))));
    }),
  );
}

/** `C = DE, CN = example.com` */
export const nameText = (name: Name): string =>
  name.map(([short, value]) => `${short} = ${/[,+"\\<>;]/.test(value) ? `"${value}"` : value}`).join(', ');

export const nameOf = (value: DerValue): Name =>
  value.children.flatMap((set) =>
    set.children.map((pair): [string, string] => {
      const id = objectIdOf(pair.children[0]!.bytes);
      return [ATTRIBUTES.find(([, i]) => i === id)?.[0] ?? id, decode(pair.children[1]!.bytes)];
    }),
  );

const two = (n: number): string => String(n).padStart(2, '0');

function timeDer(sec: number): Uint8Array {
  const t = civilTime(sec, 0, 0);
  const rest = `${two(t.month)}${two(t.day)}${two(t.hour)}${two(t.minute)}${two(t.second)}Z`;
  return t.year < 2050 ? der(0x17, encode(`${two(t.year % 100)}${rest}`)) : der(0x18, encode(`${t.year}${rest}`));
}

function timeOf(value: DerValue): number {
  const text = decode(value.bytes);
  const full = value.tag === 0x17 ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text;
  const part = (at: number): number => Number(full.slice(at, at + 2));
  return secondsOf(Number(full.slice(0, 4)), part(4), part(6), part(8), part(10), part(12));
}

export interface CertificateBody {
  serial: bigint;
  issuer: Uint8Array;
  subject: Uint8Array;
  notBefore: number;
  notAfter: number;
  publicKey: Uint8Array;
  extensions: readonly Extension[];
}

const extensionDer = ({ id, critical, value }: Extension): Uint8Array =>
  der(SEQUENCE, derObjectId(id), ...(critical ? [Uint8Array.of(1, 1, 0xff)] : []), der(OCTET_STRING, value));

/** TBSCertificate, version 3 (1 where there are no extensions). */
export function bodyDer(body: CertificateBody): Uint8Array {
  const extensions = body.extensions.length > 0;
  return der(
    SEQUENCE,
    ...(extensions ? [der(0xa0, derInteger(2))] : []),
    derInteger(body.serial),
    algorithm(SHA256_RSA),
    body.issuer,
    der(SEQUENCE, timeDer(body.notBefore), timeDer(body.notAfter)),
    body.subject,
    body.publicKey,
    ...(extensions ? [der(0xa3, der(SEQUENCE, ...body.extensions.map(extensionDer)))] : []),
  );
}

/** CertificationRequestInfo. */
export function requestDer(subject: Name, publicKey: Uint8Array, extensions: readonly Extension[]): Uint8Array {
  const attributes =
    extensions.length === 0
      ? []
      : [der(SEQUENCE, derObjectId('1.2.840.113549.1.9.14'), der(SET, der(SEQUENCE, ...extensions.map(extensionDer))))];
  return der(SEQUENCE, derInteger(0), nameDer(subject), publicKey, der(0xa0, ...attributes));
}

export const signedDer = (body: Uint8Array, signature: Uint8Array): Uint8Array =>
  der(SEQUENCE, body, algorithm(SHA256_RSA), der(BIT_STRING, Uint8Array.of(0), signature));

/** The value of `subjectAltName`: `DNS:a,DNS:b,IP:1.2.3.4`. */
export function altNames(text: string): Extension {
  const names = text.split(',').map((part) => {
    const [kind, value = ''] = part.trim().split(/:(.*)/s) as [string, string?];
    if (kind === 'IP') return der(0x87, Uint8Array.from(value.split('.').map(Number)));
    return der(kind === 'email' ? 0x81 : kind === 'URI' ? 0x86 : 0x82, encode(value));
  });
  return { id: EXTENSIONS.altName, critical: false, value: der(SEQUENCE, ...names) };
}

export interface ParsedCertificate {
  serial: bigint;
  version: number;
  issuer: Name;
  subject: Name;
  notBefore: number;
  notAfter: number;
  key: RsaPublic | undefined;
  extensions: Extension[];
  signature: Uint8Array;
  /** What is signed. */
  body: Uint8Array;
  publicInfo: Uint8Array;
}

const extensionsOf = (list: DerValue | undefined): Extension[] =>
  (list?.children ?? []).map((entry) => ({
    id: objectIdOf(entry.children[0]!.bytes),
    critical: entry.children.length > 2,
    value: entry.children.at(-1)!.bytes,
  }));

export function parseCertificate(bytes: Uint8Array): ParsedCertificate | undefined {
  const whole = parseDer(bytes);
  const tbs = whole?.children[0];
  if (!tbs || whole.children.length < 3) return undefined;
  const parts = [...tbs.children];
  const version = parts[0]?.tag === 0xa0 ? Number(numberOf(parts.shift()!.children[0]!.bytes)) + 1 : 1;
  const [serial, , issuer, validity, subject, info, ...more] = parts;
  if (!serial || !issuer || !validity || !subject || !info) return undefined;
  return {
    serial: numberOf(serial.bytes),
    version,
    issuer: nameOf(issuer),
    subject: nameOf(subject),
    notBefore: timeOf(validity.children[0]!),
    notAfter: timeOf(validity.children[1]!),
    key: publicOf(info),
    extensions: extensionsOf(more.find((part) => part.tag === 0xa3)?.children[0]),
    signature: whole.children[2]!.bytes.subarray(1),
    body: tbs.whole,
    publicInfo: info.whole,
  };
}

/** A certificate request. */
export function parseRequest(
  bytes: Uint8Array,
): Omit<ParsedCertificate, 'serial' | 'notBefore' | 'notAfter' | 'issuer'> | undefined {
  const whole = parseDer(bytes);
  const body = whole?.children[0];
  const [, subject, info, attributes] = body?.children ?? [];
  if (!whole || !body || !subject || !info) return undefined;
  return {
    version: 1,
    subject: nameOf(subject),
    key: publicOf(info),
    extensions: extensionsOf(attributes?.children[0]?.children[1]?.children[0]),
    signature: whole.children[2]!.bytes.subarray(1),
    body: body.whole,
    publicInfo: info.whole,
  };
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `Nov 25 13:20:01 2026 GMT` */
export function timeText(sec: number): string {
  const t = civilTime(sec, 0, 0);
  return `${MONTHS[t.month - 1]} ${String(t.day).padStart(2)} ${two(t.hour)}:${two(t.minute)}:${two(t.second)} ${t.year} GMT`;
}

const pairs = (bytes: Uint8Array): string[] => [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
const upper = (bytes: Uint8Array): string => pairs(bytes).join(':').toUpperCase();

/** An extension as -text shows it: its name and its value. */
function extensionText({ id, critical, value }: Extension): string {
  const parsed = parseDer(value);
  const mark = critical ? ' critical' : ' ';
  const say = (name: string, text: string): string => `            ${name}:${mark}\n                ${text}\n`;
  switch (id) {
    case EXTENSIONS.subjectKey:
      return say('X509v3 Subject Key Identifier', upper(parsed!.bytes));
    case EXTENSIONS.authorityKey:
      return say('X509v3 Authority Key Identifier', upper(parsed!.children[0]?.bytes ?? new Uint8Array(0)));
    case EXTENSIONS.basic:
      return say(
        'X509v3 Basic Constraints',
        parsed!.children.length > 0 && parsed!.children[0]!.bytes[0] === 0xff ? 'CA:TRUE' : 'CA:FALSE',
      );
    case EXTENSIONS.altName:
      return say(
        'X509v3 Subject Alternative Name',
        parsed!.children
          .map((name) =>
            name.tag === 0x87
              ? `IP Address:${[...name.bytes].join('.')}`
              : name.tag === 0x81
                ? `email:${decode(name.bytes)}`
                : name.tag === 0x86
                  ? `URI:${decode(name.bytes)}`
                  : `DNS:${decode(name.bytes)}`,
          )
          .join(', '),
      );
    default:
      return say(id, pairs(value).join(':'));
  }
}

function keyText(key: RsaPublic | undefined): string {
  if (!key) return '            Public Key Algorithm: unknown\n';
  return `            Public Key Algorithm: rsaEncryption\n                Public-Key: (${key.n.toString(2).length} bit)\n                Modulus:\n${hexBlock(key.n, '                    ')}                Exponent: ${key.e} (0x${key.e.toString(16)})\n`;
}

/** `Certificate:` … as x509 -text prints it. */
export function certificateText(c: ParsedCertificate): string {
  const serial =
    c.serial < 2n ** 63n ? ` ${c.serial} (0x${c.serial.toString(16)})\n` : `\n            ${serialPairs(c.serial)}\n`;
  let out = `Certificate:\n    Data:\n        Version: ${c.version} (0x${(c.version - 1).toString(16)})\n        Serial Number:${serial}`;
  out += `        Signature Algorithm: sha256WithRSAEncryption\n        Issuer: ${nameText(c.issuer)}\n        Validity\n            Not Before: ${timeText(c.notBefore)}\n            Not After : ${timeText(c.notAfter)}\n        Subject: ${nameText(c.subject)}\n        Subject Public Key Info:\n${keyText(c.key)}`;
  if (c.extensions.length > 0) out += `        X509v3 extensions:\n${c.extensions.map(extensionText).join('')}`;
  return `${out}    Signature Algorithm: sha256WithRSAEncryption\n    Signature Value:\n${bytesBlock(pairs(c.signature), '        ', 18)}`;
}

export function requestText(c: Pick<ParsedCertificate, 'subject' | 'key' | 'extensions' | 'signature'>): string {
  const extensions =
    c.extensions.length === 0
      ? '        Attributes:\n            (none)\n            Requested Extensions:\n'
      : `        Attributes:\n            Requested Extensions:\n${c.extensions.map((e) => extensionText(e).replace(/^/gm, '    ').replace(/ +$/, '')).join('')}`;
  return `Certificate Request:\n    Data:\n        Version: 1 (0x0)\n        Subject: ${nameText(c.subject)}\n        Subject Public Key Info:\n${keyText(c.key)}${extensions}    Signature Algorithm: sha256WithRSAEncryption\n    Signature Value:\n${bytesBlock(pairs(c.signature), '        ', 18)}`;
}

/** `12:34:…` */
export function serialPairs(serial: bigint): string {
  const hex = serial.toString(16);
  return (hex.length % 2 === 1 ? `0${hex}` : hex).match(/../g)!.join(':');
}
