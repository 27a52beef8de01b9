import { BLOCKED } from '../abi/errno.ts';
import { decode } from '../lib/utf8.ts';
import type { BlobSource } from '../vfs/index.ts';

/** Name under which a BlobSource gives the catalogue, beside the digests of blobs. */
export const CATALOGUE_NAME = 'index.json';

/** What the build put beside the program: the disks of hosts and the content of Docker Hub. */
export interface Catalogue {
  /** A host's first disk, by flavour: a gzipped dump (packDisk). */
  disks: Record<string, { digest: string; size: number }>;
  /** The files of the sites of the internet: a compressed archive. */
  sites?: { digest: string; size: number };
  /** By name as the registry has it (`library/nginx`). */
  repositories: Record<string, { tags: Record<string, string>; description: string; stars: number }>;
  /** Manifests and their media types, by digest; they are blobs too. */
  manifests: Record<string, { mediaType: string; size: number }>;
  /** Length of every blob, by digest. */
  blobs: Record<string, number>;
}

export const EMPTY_CATALOGUE: Catalogue = { disks: {}, repositories: {}, manifests: {}, blobs: {} };

/** Reads a whole blob (or the catalogue, by its name). @throws Error that names the blob */
export async function readBlob(
  source: BlobSource,
  digest: string,
  size = Number.POSITIVE_INFINITY,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  while (total < size) {
    const read = (): { got: Uint8Array | number; ready: Promise<void> } => {
      let wake: () => void = () => {};
      const ready = new Promise<void>((resolve) => {
        wake = resolve;
      });
      return { got: source.read(digest, total, Math.min(size - total, 2 ** 30), () => wake), ready };
    };
    const { got, ready } = read();
    if (got === BLOCKED) {
      await ready;
      continue;
    }
    if (typeof got === 'number') {
      if (total > 0 && size === Number.POSITIVE_INFINITY) break;
      throw new Error(`blob ${digest} cannot be read (errno ${-got})`);
    }
    if (got.length === 0) break;
    pieces.push(got);
    total += got.length;
    if (size === Number.POSITIVE_INFINITY) break;
  }
  if (pieces.length === 1) return pieces[0]!;
  const out = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

export async function readCatalogue(source: BlobSource): Promise<Catalogue> {
  return JSON.parse(decode(await readBlob(source, CATALOGUE_NAME))) as Catalogue;
}
