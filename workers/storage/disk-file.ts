import type { Database } from './database.ts';

/**
 * A disk as one file: a line that names the form, then a line of JSON before each record's bytes. It is read from the
 * database, so that it works for a machine that does not boot.
 */
export async function diskFile(database: Database): Promise<Blob> {
  const tx = database.transaction(['batches', 'segments', 'blobs', 'head']);
  const [head, batches, segments, digests, blobs] = await Promise.all([
    tx.objectStore('head').get('head'),
    tx.objectStore('batches').getAll(),
    tx.objectStore('segments').getAll(),
    tx.objectStore('blobs').getAllKeys(),
    tx.objectStore('blobs').getAll(),
  ]);
  await tx.done;
  const parts: BlobPart[] = [`drydock-disk ${head?.format ?? 0} ${head?.savedAt ?? 0}\n`];
  const line = (value: object) => parts.push(`${JSON.stringify(value)}\n`);
  for (const segment of segments) {
    line({ segment: segment.data.length, ids: [...segment.ids], lengths: [...segment.lengths] });
    parts.push(segment.data as BlobPart);
  }
  for (const [at, blob] of blobs.entries()) {
    line({ blob: blob.length, digest: digests[at] });
    parts.push(blob as BlobPart);
  }
  for (const batch of batches) {
    line({ batch: batch.meta.length, drop: [...batch.drop] });
    parts.push(batch.meta as BlobPart);
  }
  return new Blob(parts, { type: 'application/x-drydock-disk' });
}
