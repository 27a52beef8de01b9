import type { StoreBatch, StoredDisk } from './block-store.ts';

/** `cleanDisk` (import-disk.ts), loaded when a disk comes from a file. */
export async function importDisk(stored: StoredDisk): Promise<{ batch: StoreBatch; files: number }> {
  return (await import('./import-disk.ts')).cleanDisk(stored);
}
