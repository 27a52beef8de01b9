import { CLOCK_REALTIME } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { certificatesIn } from '../../libc/certificates.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { type Certificate, certificateMatches, PUBLIC_ISSUER, type TlsFailure, tlsConnect } from '../../libc/tls.ts';

/** Bundles of certificate authorities, by distribution. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
  '/etc/ssl/ca-bundle.pem',
];

/** Why a certificate is not believed. */
export type TrustError = 'no-bundle' | 'unknown-issuer' | 'self-signed' | 'expired' | 'name';

/** The client's handshake, and whether the server is who it says. `trust`: what is wrong with it, if anything. */
export interface Secured {
  certificate: Certificate;
  trust: TrustError | undefined;
}

/** @returns the failure of the handshake, or the certificate with its judgement */
export function* secure(sys: Sys, fd: number, host: string, bundle?: string): Wait<Secured | TlsFailure> {
  const certificate = yield* tlsConnect(sys, fd, host);
  if (typeof certificate === 'string') return certificate;
  return { certificate, trust: yield* judge(sys, certificate, host, bundle) };
}

function* judge(sys: Sys, certificate: Certificate, host: string, bundle?: string): Wait<TrustError | undefined> {
  let trusted: string | undefined;
  for (const path of bundle === undefined ? BUNDLES : [bundle]) {
    const bytes = yield* readFile(sys, path);
    if (typeof bytes !== 'number') {
      trusted = decode(bytes);
      break;
    }
  }
  if (trusted === undefined) return 'no-bundle';
  const known =
    certificate.issuer === PUBLIC_ISSUER
      ? bundle === undefined || trusted.includes(PUBLIC_ISSUER)
      : trusted.includes(certificate.issuer) ||
        certificatesIn(trusted).some(({ subject }) => subject === certificate.issuer);
  if (!known) return certificate.issuer === certificate.subject ? 'self-signed' : 'unknown-issuer';
  const now = sys.now(CLOCK_REALTIME) / 1000;
  if (now < certificate.notBefore || now > certificate.notAfter) return 'expired';
  return certificateMatches(certificate, host) ? undefined : 'name';
}
