import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { ImageContainerConfig } from '../../api/image.ts';
import { Gunzip } from '../../lib/gzip.ts';
import type { Platform } from '../../lib/platform.ts';
import type { Reference } from '../../lib/reference.ts';
import type { Wait } from '../../libc/io.ts';
import { UntarError } from '../../libc/untar.ts';
import { applyChanges } from './changes.ts';
import type { Image, ImageStore } from './image-store.ts';
import { makeImage } from './make.ts';

export interface ImportOptions {
  reference: Reference | undefined;
  message: string;
  changes: readonly string[];
  /** What the image is for, where it is not this machine. */
  platform?: Platform | undefined;
}

/** Makes an image of one layer from a tar stream (`docker import`). @throws ApiError */
export function* importImage(
  sys: Sys,
  store: ImageStore,
  next: () => Wait<Uint8Array | undefined>,
  options: ImportOptions,
): Wait<Image> {
  const config: Partial<ImageContainerConfig> = {};
  applyChanges(config, options.changes);
  let gunzip: Gunzip | undefined;
  let first = true;
  const ready: Uint8Array[] = [];
  const source = function* (): Wait<Uint8Array | undefined> {
    while (ready.length === 0) {
      const piece = yield* next();
      if (piece === undefined) return undefined;
      if (first && piece[0] === 0x1f && piece[1] === 0x8b) gunzip = new Gunzip();
      first = false;
      if (gunzip) ready.push(...gunzip.push(piece));
      else ready.push(piece);
      if (gunzip?.error) throw new ApiError('internal', 'unexpected EOF');
    }
    return ready.shift();
  };
  try {
    const layer = yield* store.layers.register(sys, undefined, source);
    const image = yield* makeImage(sys, store, {
      base: undefined,
      layers: [layer],
      history: [{ comment: options.message }],
      config,
      comment: options.message,
      platform: options.platform,
    });
    if (options.reference) yield* store.name(sys, image, options.reference);
    return image;
  } catch (error) {
    if (error instanceof UntarError) throw new ApiError('internal', error.message);
    throw error;
  }
}
