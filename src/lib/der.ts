import { fromBase64, toBase64 } from './base64.ts';

/** A value of ASN.1 in DER. @see ITU-T X.690 */
export interface DerValue {
  tag: number;
  /** Content; of a constructed value its parts are in `children`. */
  bytes: Uint8Array;
  children: DerValue[];
  /** With tag and length. */
  whole: Uint8Array;
}

export const SEQUENCE = 0x30;
export const SET = 0x31;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OBJECT_ID = 0x06;

function join(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function der(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const body = join(parts);
  const length = body.length;
  const head =
    length < 128
      ? [tag, length]
      : length < 256
        ? [tag, 0x81, length]
        : length < 65536
          ? [tag, 0x82, length >> 8, length & 255]
          : [tag, 0x83, length >> 16, (length >> 8) & 255, length & 255];
  return join([Uint8Array.from(head), body]);
}

export function bytesOf(value: bigint): Uint8Array {
  let hex = value.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  return Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16));
}

export const numberOf = (bytes: Uint8Array): bigint =>
  bytes.length === 0 ? 0n : BigInt(`0x${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`);

export function derInteger(value: bigint | number): Uint8Array {
  const bytes = bytesOf(BigInt(value));
  return der(INTEGER, bytes[0]! >= 0x80 ? join([Uint8Array.of(0), bytes]) : bytes);
}

export function derObjectId(text: string): Uint8Array {
  const [first, second, ...rest] = text.split('.').map(Number);
  const out = [first! * 40 + second!];
  for (const part of rest) {
    const digits = [part & 127];
    for (let n = Math.floor(part / 128); n > 0; n = Math.floor(n / 128)) digits.unshift((n & 127) | 128);
    out.push(...digits);
  }
  return der(OBJECT_ID, Uint8Array.from(out));
}

export function objectIdOf(bytes: Uint8Array): string {
  const out = [Math.floor(bytes[0]! / 40), bytes[0]! % 40];
  for (let i = 1, n = 0; i < bytes.length; i++) {
    n = n * 128 + (bytes[i]! & 127);
    if (bytes[i]! < 128) {
      out.push(n);
      n = 0;
    }
  }
  return out.join('.');
}

/** Reads one value. @returns undefined where it is damaged */
export function parseDer(bytes: Uint8Array): DerValue | undefined {
  if (bytes.length < 2) return undefined;
  const tag = bytes[0]!;
  let length = bytes[1]!;
  let at = 2;
  if (length & 0x80) {
    const count = length & 0x7f;
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[at++] ?? 0);
  }
  if (at + length > bytes.length) return undefined;
  const body = bytes.subarray(at, at + length);
  const children: DerValue[] = [];
  if (tag & 0x20)
    for (let inner = 0; inner < body.length; ) {
      const child = parseDer(body.subarray(inner));
      if (!child) return undefined;
      children.push(child);
      inner += child.whole.length;
    }
  return { tag, bytes: body, children, whole: bytes.subarray(0, at + length) };
}

/** `-----BEGIN LABEL-----` around base64 in lines of 64. */
export function pem(label: string, bytes: Uint8Array): string {
  const lines = toBase64(bytes).match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** All blocks of a PEM text. */
export function parsePem(text: string): { label: string; bytes: Uint8Array }[] {
  const out: { label: string; bytes: Uint8Array }[] = [];
  for (const [, label, body] of text.matchAll(/-----BEGIN ([^-]+)-----\r?\n([\s\S]*?)-----END \1-----/g)) {
    const bytes = fromBase64(body!.replace(/^[\w-]+:.*$/gm, '').replace(/\s+/g, ''));
    if (bytes) out.push({ label: label!, bytes });
  }
  return out;
}
