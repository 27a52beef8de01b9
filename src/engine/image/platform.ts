import { ApiError } from '../../api/errors.ts';
import { formatPlatform, InvalidPlatform, type Platform, parsePlatform, platformFits } from '../../lib/platform.ts';
import type { ImageConfig } from './oci.ts';

/** Reads the text of a client's `platform`. @throws ApiError */
export function checkedPlatform(text: string): Platform {
  try {
    return parsePlatform(text);
  } catch (error) {
    if (error instanceof InvalidPlatform) throw new ApiError('invalid-parameter', error.message);
    throw error;
  }
}

/** Reads a platform that is written as JSON. @throws ApiError */
export function readPlatform(text: string): Platform {
  try {
    const value: unknown = JSON.parse(text);
    const { os, architecture, variant } = value as Partial<Platform>;
    if (os && architecture) return { os, architecture, ...(variant ? { variant } : {}) };
  } catch {
    // not JSON: refused below
  }
  throw new ApiError('invalid-parameter', 'failed to parse platform');
}

/** @throws ApiError where an image is for another platform than the one that was asked for */
export function checkPlatform(image: { config: ImageConfig }, reference: string, wanted: Platform): void {
  // what a client sends may lack either: moby httputils.DecodePlatform
  if (!wanted.os || !wanted.architecture)
    throw new ApiError(
      'invalid-parameter',
      wanted.os || wanted.architecture || !wanted.variant
        ? 'both OS and Architecture must be provided'
        : 'optional platform fields provided, but OS and Architecture are missing',
    );
  if (platformFits(image.config, wanted)) return;
  throw new ApiError(
    'not-found',
    `image with reference ${reference} was found but its platform (${formatPlatform(image.config)}) does not match the specified platform (${formatPlatform(wanted)})`,
  );
}
