import type { Sys } from '../abi/sys.ts';
import { type Certificate, PUBLIC_ISSUER } from '../libc/tls.ts';

const YEAR = 31_536_000;

/** The certificate of a public host for the name that a client asked for. */
export const publicCertificate = (sys: Sys, name: string): Certificate => ({
  subject: name,
  issuer: PUBLIC_ISSUER,
  names: [name],
  notBefore: 0,
  notAfter: Math.floor(sys.now(0) / 1000) + YEAR,
});
