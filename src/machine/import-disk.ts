import type { HashFactory } from '../lib/hash.ts';
import { type BlobSource, checkDisk, dump, loadDisk } from '../vfs/index.ts';
import type { StoreBatch, StoredDisk } from './block-store.ts';
import { UBUNTU } from './figures.ts';

/** Places in files that a disk may name: more than its room, far fewer than memory. */
const PLACES = 4_000_000;

/**
 * Reads a disk that came from a file and writes it anew: what it held beyond its files is gone, and what it refers to is
 * what a disk may refer to. A blob that it brings is what its digest says.
 * @returns all of it as one batch for a store, and how many files it has
 * @throws RangeError where it is damaged, or no disk that a machine made
 */
export function cleanDisk(stored: StoredDisk, sha256: HashFactory): { batch: StoreBatch; files: number } {
  for (const [digest, bytes] of stored.blobs)
    if (digest !== `sha256:${sha256.hex(bytes)}`) throw new RangeError('a blob is not what its digest says');
  const nothing: BlobSource = { read: () => -5 };
  const options = {
    type: 'ext4',
    bytes: UBUNTU.disk,
    inodes: UBUNTU.inodes,
    now: { sec: Math.floor(stored.savedAt / 1000), nsec: 0 },
    blobs: nothing,
  };
  const chunks = [...stored.chunks].map(([id, bytes]) => ({ id, bytes }));
  const batches = stored.metas.map((meta, at) => ({
    meta,
    chunks: at === 0 ? chunks : [],
    freed: [],
    whole: at === 0,
    blobs: [],
    unused: [],
  }));
  const { fs } = loadDisk(options, batches, undefined, PLACES);
  checkDisk(fs);
  const whole = dump(fs);
  if (!whole) throw new RangeError('chunks are missing');
  const batch: StoreBatch = {
    meta: whole.meta,
    chunks: whole.chunks.map(({ id, bytes }) => ({ id, data: bytes })),
    whole: true,
    blobs: whole.blobs.flatMap((digest) => {
      const data = stored.blobs.get(digest);
      return data ? [{ digest, data }] : [];
    }),
  };
  return { batch, files: fs.inodes };
}
