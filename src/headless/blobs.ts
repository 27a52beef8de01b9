import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BlobSource } from '../machine/index.ts';

/** Where the images' data are: beside the program, or as it is run from the sources in public/. */
export function blobFolder(): string {
  if (process.env.DRYDOCK_BLOBS) return process.env.DRYDOCK_BLOBS;
  const here = dirname(fileURLToPath(import.meta.url));
  for (const folder of [
    join(here, 'blobs'),
    join(here, '../public/blobs'),
    join(here, '../../public/blobs'),
    'public/blobs',
    'dist/blobs',
  ])
    if (existsSync(join(folder, 'index.json'))) return folder;
  return join(here, 'blobs');
}

/** Blobs that are files of a folder: `sha256:HEX` is `sha256/HEX`. */
export function folderBlobs(folder: string): BlobSource {
  const held = new Map<string, Uint8Array>();
  return {
    read(digest, offset, length) {
      let bytes = held.get(digest);
      if (!bytes) {
        const path = join(folder, digest.replace(':', '/'));
        if (!existsSync(path)) return -5;
        bytes = new Uint8Array(readFileSync(path));
        held.set(digest, bytes);
      }
      return bytes.subarray(offset, Math.min(bytes.length, offset + length));
    },
  };
}
