import type { Library } from '../../abi/library.ts';
import { type HashFactory, loadHash } from '../../lib/hash.ts';
import { loadZstd, type ZstdLibrary } from '../../lib/zstd.ts';

export const ZSTD: Library<ZstdLibrary> = { name: 'zstd', load: loadZstd };
export const XXHASH: Library<HashFactory> = { name: 'xxhash64', load: () => loadHash('xxhash64') };
export const SHA256: Library<HashFactory> = { name: 'sha256', load: () => loadHash('sha256') };
