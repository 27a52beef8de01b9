import type { Sys } from '../../abi/sys.ts';
import type { HashFactory } from '../../lib/hash.ts';
import { encode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import { readJson, writeAtomic } from '../disk.ts';
import type { Layer, LayerStore } from '../image/layer-store.ts';

/** What a step gave when it was done the last time. */
interface Entry {
  /** Chain id of the layer; absent: the time of an image that only changed the configuration. */
  chainId?: string;
  /** RFC 3339. */
  created: string;
  description: string;
}

/** Results of build steps by their content, kept in buildkit/cache.json; each holds its layer. */
export class BuildCache {
  #entries = new Map<string, Entry>();
  readonly #path: string;

  constructor(
    readonly root: string,
    readonly layers: LayerStore,
    readonly sha256: HashFactory,
  ) {
    this.#path = `${root}/buildkit/cache.json`;
  }

  *load(sys: Sys): Wait<void> {
    mkdirp(sys, `${this.root}/buildkit`, 0o700);
    const stored = yield* readJson<Record<string, Entry>>(sys, this.#path);
    for (const [key, entry] of Object.entries(stored ?? {})) {
      const layer = entry.chainId === undefined ? undefined : this.layers.get(entry.chainId);
      if (entry.chainId !== undefined && !layer) continue;
      if (layer) this.layers.hold(layer);
      this.#entries.set(key, entry);
    }
  }

  /** Key of a step: what came before it, and what it is. */
  key(before: string, step: unknown): string {
    return this.sha256.hex(encode(`${before}\n${JSON.stringify(step)}`));
  }

  find(key: string): { layer: Layer; created: string } | undefined {
    const entry = this.#entries.get(key);
    const layer = entry?.chainId === undefined ? undefined : this.layers.get(entry.chainId);
    return entry && layer ? { layer, created: entry.created } : undefined;
  }

  time(key: string): string | undefined {
    return this.#entries.get(key)?.created;
  }

  /** Remembers what a step gave. */
  *put(sys: Sys, key: string, layer: Layer | undefined, created: string, description: string): Wait<void> {
    const before = this.#entries.get(key);
    const held = before?.chainId === undefined ? undefined : this.layers.get(before.chainId);
    if (layer) this.layers.hold(layer);
    this.#entries.set(key, { ...(layer ? { chainId: layer.chainId } : {}), created, description });
    if (held) yield* this.layers.release(sys, held);
    yield* this.#save(sys);
  }

  *#save(sys: Sys): Wait<void> {
    yield* writeAtomic(sys, this.#path, JSON.stringify(Object.fromEntries(this.#entries)));
  }

  /** Bytes of the layers that only the cache holds, and of all. */
  usage(): { total: number; reclaimable: number; count: number } {
    let total = 0;
    let reclaimable = 0;
    for (const entry of this.#entries.values()) {
      const layer = entry.chainId === undefined ? undefined : this.layers.get(entry.chainId);
      if (!layer) continue;
      total += layer.size;
      if (layer.references <= 1) reclaimable += layer.size;
    }
    return { total, reclaimable, count: this.#entries.size };
  }

  /** Forgets everything. @returns bytes that came free, and ids */
  *prune(sys: Sys): Wait<{ ids: string[]; bytes: number }> {
    const ids: string[] = [];
    let bytes = 0;
    for (const [key, entry] of this.#entries) {
      ids.push(key.slice(0, 25));
      const layer = entry.chainId === undefined ? undefined : this.layers.get(entry.chainId);
      if (!layer) continue;
      const { size } = layer;
      if ((yield* this.layers.release(sys, layer)).length > 0) bytes += size;
    }
    this.#entries.clear();
    yield* this.#save(sys);
    return { ids, bytes };
  }
}
