import type { Sys } from '../abi/sys.ts';
import { decode, encode } from '../lib/utf8.ts';
import { read, readFull, type Wait, writeAll } from './io.ts';

/**
 * The simulated internet's TLS. A connection begins as TLS 1.2 does, with a handshake record each way (RFC 8446 section
 * 5.1: type 22, version, length), so that a peer which speaks plain HTTP, or the other way round, is found out as in
 * reality. What follows is in the clear: nobody can listen here, and there are no keys to keep.
 */
export interface Certificate {
  /** Common name. */
  subject: string;
  /** Common name of who signed it. */
  issuer: string;
  /** DNS names and addresses that it is for; `*.name` covers one label. */
  names: string[];
  /** Seconds since the Epoch. */
  notBefore: number;
  notAfter: number;
}

/** Who signs the certificates of the simulated internet's public hosts; systems with CA certificates trust it. */
export const PUBLIC_ISSUER = 'Drydock Public Root CA';

/** `plain`: the other side does not speak TLS; `alert`: it refused; `closed`: it went away. */
export type TlsFailure = 'plain' | 'alert' | 'closed';

const HANDSHAKE = 22;
const ALERT = 21;

function record(type: number, text: string): Uint8Array {
  const body = encode(text);
  const out = new Uint8Array(5 + body.length);
  out.set([type, 3, 3, body.length >> 8, body.length & 255]);
  out.set(body, 5);
  return out;
}

/** Reads a record whose first byte was read already. */
function* recordBody(sys: Sys, fd: number): Wait<string | undefined> {
  const head = new Uint8Array(4);
  if ((yield* readFull(sys, fd, head)) < 4) return undefined;
  const body = new Uint8Array((head[2]! << 8) | head[3]!);
  return (yield* readFull(sys, fd, body)) < body.length ? undefined : decode(body);
}

/** The client's half of the handshake. @returns the server's certificate, not verified */
export function* tlsConnect(sys: Sys, fd: number, serverName: string): Wait<Certificate | TlsFailure> {
  if ((yield* writeAll(sys, fd, record(HANDSHAKE, JSON.stringify({ clientHello: serverName })))) < 0) return 'closed';
  const first = new Uint8Array(1);
  if ((yield* read(sys, fd, first)) <= 0) return 'closed';
  if (first[0] !== HANDSHAKE && first[0] !== ALERT) return 'plain';
  const body = yield* recordBody(sys, fd);
  if (body === undefined) return 'closed';
  return first[0] === ALERT ? 'alert' : (JSON.parse(body) as Certificate);
}

/**
 * The server's half. @returns the name that the client asked for, or the failure; after `plain` the first byte of the
 * request is lost, answer and close
 */
export function* tlsAccept(
  sys: Sys,
  fd: number,
  certificate: (name: string) => Certificate,
): Wait<{ name: string } | TlsFailure> {
  const first = new Uint8Array(1);
  if ((yield* read(sys, fd, first)) <= 0) return 'closed';
  if (first[0] !== HANDSHAKE) return 'plain';
  const body = yield* recordBody(sys, fd);
  if (body === undefined) return 'closed';
  const name = String((JSON.parse(body) as { clientHello?: unknown }).clientHello ?? '');
  return (yield* writeAll(sys, fd, record(HANDSHAKE, JSON.stringify(certificate(name))))) < 0 ? 'closed' : { name };
}

/** True where the certificate is for `host` (RFC 6125: a wildcard stands for one label). */
export function certificateMatches(certificate: Certificate, host: string): boolean {
  const wanted = host.toLowerCase();
  return certificate.names.some((name) => {
    const n = name.toLowerCase();
    if (!n.startsWith('*.')) return n === wanted;
    const dot = wanted.indexOf('.');
    return dot > 0 && wanted.slice(dot) === n.slice(1);
  });
}
