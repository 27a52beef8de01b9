import type { Sys } from '../../../abi/sys.ts';
import type { Wait } from '../../../libc/io.ts';
import { stamp } from '../../clock.ts';
import { randomHex } from '../../ids.ts';
import type { Layer } from '../../image/layer-store.ts';
import type { BuildWork } from '../context.ts';
import type { StageState } from '../state.ts';

/** A step that makes a layer. */
export interface LayerStep {
  /** As the client's display names it. */
  vertex: string;
  createdBy: string;
  /** What the cache compares, besides what came before. */
  identity: unknown;
  /** Changes the mounted tree. */
  work(sys: Sys, merged: string, layerId: string, vertex: string): Wait<void>;
}

/**
 * Takes a step's layer from the cache, or mounts a new layer above the last one, lets the step work, and seals it.
 * @throws what the step throws; the half-made layer is removed
 */
export function* makeLayer(build: BuildWork, state: StageState, step: LayerStep): Wait<Layer> {
  const { sys, host, cache } = build;
  const key = cache.key(state.key, step.identity);
  const vertex = yield* build.begin(step.vertex);
  const known = build.options.noCache ? undefined : cache.find(key);
  if (known) {
    state.key = key;
    state.noteLayer(known.layer, step.createdBy, known.created);
    yield* build.end(vertex, { cached: true });
    return known.layer;
  }
  const layerId = randomHex(sys, 32);
  yield* host.store.layers.driver.create(sys, layerId, state.layer?.cacheId);
  let mounted = false;
  try {
    const merged = yield* host.mount(sys, layerId);
    mounted = true;
    yield* step.work(sys, merged, layerId, vertex);
    host.unmount(sys, layerId);
    mounted = false;
  } catch (error) {
    if (mounted) host.unmount(sys, layerId);
    yield* host.store.layers.driver.remove(sys, layerId);
    yield* build.end(vertex, { error: error instanceof Error ? error.message : String(error) });
    throw error;
  }
  const layer = yield* host.store.layers.seal(sys, state.layer, layerId);
  const created = stamp(sys);
  yield* cache.put(sys, key, layer, created, step.vertex);
  state.key = key;
  state.noteLayer(layer, step.createdBy, created);
  yield* build.end(vertex);
  return layer;
}
