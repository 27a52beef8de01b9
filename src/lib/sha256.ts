import { type HashFactory, loadHash } from './hash.ts';

/** SHA-256, the digest of everything in OCI: load once at boot, then it is synchronous. */
export const loadSha256 = (): Promise<HashFactory> => loadHash('sha256');
