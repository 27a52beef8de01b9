import type { StoreBatch, StoredDisk } from './block-store.ts';

/** `cleanDisk` (import-disk.ts), loaded when a disk comes from a file. */
export async function importDisk(stored: StoredDisk): Promise<{ batch: StoreBatch; files: number }> {
  const [{ cleanDisk }, { loadSha256 }] = await Promise.all([import('./import-disk.ts'), import('../lib/sha256.ts')]);
  return cleanDisk(stored, await loadSha256());
}
