import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import { fromBase64, toBase64 } from '../../lib/base64.ts';
import { familiarString, InvalidReference, parseReference, tagNameOnly } from '../../lib/reference.ts';
import { decode, encode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import type { Image } from '../image/image-store.ts';
import type { Layer } from '../image/layer-store.ts';
import type { BuildWork } from './context.ts';

/** Field of an image's configuration that holds the keys of its steps. */
export const CACHE_FIELD = 'moby.buildkit.cache.v0';

/** A step whose layer an image has. @see moby/buildkit cache/remotecache/v1/doc.go */
interface CacheRecord {
  /** Key of the step. */
  digest: string;
  layers: { layer: number; createdAt?: string }[];
}

interface CacheConfig {
  layers: { blob: string; parent: number }[];
  records: CacheRecord[];
}

/** A step of an image that is written: its key and its layer's number among the image's. */
export interface CachedStep {
  key: string;
  layer: number;
  created: string | undefined;
}

/** What an image says of its steps, for those who read it as a cache. */
export function inlineCache(diffIds: readonly string[], steps: readonly CachedStep[]): string {
  const config: CacheConfig = {
    layers: diffIds.map((blob, i) => ({ blob, parent: i - 1 })),
    records: steps.map(({ key, layer, created }) => ({
      digest: `sha256:${key}`,
      layers: [{ layer, ...(created === undefined ? {} : { createdAt: created }) }],
    })),
  };
  return toBase64(encode(JSON.stringify(config)));
}

/** Takes the steps of images (--cache-from) into the cache; one that cannot be read is told and goes without. */
export function* importCaches(sys: Sys, build: BuildWork, references: readonly string[]): Wait<void> {
  for (const text of references) {
    const vertex = yield* build.display.begin(`importing cache manifest from ${text}`);
    try {
      yield* importCache(sys, build, text);
      yield* build.display.end(vertex);
    } catch (error) {
      if (!(error instanceof ApiError) && !(error instanceof InvalidReference)) throw error;
      const why = /manifest unknown|pull access denied/.test(error.message) ? `${text}: not found` : error.message;
      yield* build.display.end(vertex, { error: `failed to configure registry cache importer: ${why}` });
    }
  }
}

function* importCache(sys: Sys, build: BuildWork, text: string): Wait<void> {
  const { store } = build.host;
  const reference = tagNameOnly(parseReference(text));
  const known = store.byReference(reference);
  if (!known) yield* build.host.pull(sys, text, undefined);
  const image = known ?? store.byReference(reference);
  if (!image) return;
  for (const { digest, layers } of recordsOf(image)) {
    const last = layers.at(-1);
    const layer = last === undefined ? undefined : layerAt(image, last.layer);
    const key = digest.replace(/^sha256:/, '');
    if (layer && !build.cache.has(key))
      yield* build.cache.put(sys, key, layer, `imported from ${text}`, { created: last?.createdAt });
  }
  if (known) return;
  // the image itself was not asked for
  yield* store.unname(sys, familiarString(reference));
  if (store.tags(image.id).length === 0) yield* store.delete(sys, image);
}

function recordsOf(image: Image): CacheRecord[] {
  const field = (image.config as unknown as Record<string, unknown>)[CACHE_FIELD];
  const bytes = typeof field === 'string' ? fromBase64(field) : undefined;
  if (!bytes) return [];
  try {
    return (JSON.parse(decode(bytes)) as Partial<CacheConfig>).records ?? [];
  } catch {
    return [];
  }
}

/** The layer with a number, from the lowest. */
function layerAt(image: Image, index: number): Layer | undefined {
  const chain: Layer[] = [];
  for (let at = image.topLayer; at; at = at.parent) chain.unshift(at);
  return chain[index];
}
