import { StatFs } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import type { HashFactory } from '../../lib/hash.ts';
import { encode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import { listDir, mkdirp, removeTree } from '../../libc/paths.ts';
import { Mutex } from '../../libc/sync.ts';
import { stamp } from '../clock.ts';
import { readJson, writeAtomic } from '../disk.ts';
import type { Layer, LayerStore } from '../image/layer-store.ts';
import { directorySize } from '../snapshot/changes.ts';
import { identity } from './identity.ts';
import { type KeepOptions, keepBytes } from './keep-bytes.ts';

/** What a step gave when it was done the last time. */
interface Entry {
  /** Chain id of the layer; absent: a folder of a cache mount, or a tree with nothing in it. */
  chainId?: string;
  /** RFC 3339. */
  created: string;
  description: string;
  id: string;
  kind: CacheKind;
  usedAt: string;
  used: number;
  /** Folder below buildkit/cachemounts. */
  folder?: string;
}

type CacheKind = 'regular' | 'source.local' | 'exec.cachemount';

/** What the build cache is asked about one of its records. */
export interface CacheRecord {
  id: string;
  kind: CacheKind;
  description: string;
  /** An image has its layer too. */
  shared: boolean;
  inUse: boolean;
  size: number;
  created: string;
  lastUsed: string;
  used: number;
}

/** Results of build steps by their content, kept in buildkit/cache.json; each holds its layer. */
export class BuildCache {
  #entries = new Map<string, Entry>();
  #aliases = new Map<string, string>();
  readonly #locks = new Map<string, Mutex>();
  readonly #taken = new Set<string>();
  /** Steps that builds are at. */
  readonly #under = new Map<string, { lock: Mutex; users: number }>();
  /** When its garbage was collected: milliseconds since the Epoch. */
  collectedAt = 0;
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
    const stored = yield* readJson<{ entries?: Record<string, Entry>; aliases?: Record<string, string> }>(
      sys,
      this.#path,
    );
    for (const [key, entry] of Object.entries(stored?.entries ?? {})) {
      const layer = entry.chainId === undefined ? undefined : this.layers.get(entry.chainId);
      if (entry.chainId !== undefined && !layer) continue;
      if (layer) this.layers.hold(layer);
      this.#entries.set(key, entry);
    }
    for (const [key, to] of Object.entries(stored?.aliases ?? {}))
      if (this.#entries.has(to)) this.#aliases.set(key, to);
    this.#sweep(sys);
  }

  /** Key of a step: what came before it, and what it is. */
  key(before: string, step: unknown): string {
    return this.sha256.hex(encode(`${before}\n${JSON.stringify(step)}`));
  }

  has(key: string): boolean {
    const entry = this.#entries.get(key);
    return entry !== undefined && (entry.chainId === undefined || this.layers.get(entry.chainId) !== undefined);
  }

  /** The result of a step, if it is known; using it is remembered. */
  find(sys: Sys, key: string): { layer: Layer | undefined; created: string } | undefined {
    const entry = this.#entries.get(key);
    if (!entry || !this.has(key)) return undefined;
    entry.used++;
    entry.usedAt = stamp(sys);
    return { layer: entry.chainId === undefined ? undefined : this.layers.get(entry.chainId), created: entry.created };
  }

  /** The key by content of a step that is known by what its inputs are made of. */
  alias(key: string): string | undefined {
    return this.#aliases.get(key);
  }

  /** Remembers what a step gave. */
  *put(
    sys: Sys,
    key: string,
    layer: Layer | undefined,
    description: string,
    { created = stamp(sys) }: { created?: string | undefined } = {},
  ): Wait<string> {
    const before = this.#entries.get(key);
    const held = before?.chainId === undefined ? undefined : this.layers.get(before.chainId);
    if (layer) this.layers.hold(layer);
    this.#entries.set(key, {
      ...(layer ? { chainId: layer.chainId } : {}),
      created,
      description,
      id: identity(sys),
      kind: 'regular',
      usedAt: stamp(sys),
      used: 1,
    });
    if (held) yield* this.layers.release(sys, held);
    yield* this.#save(sys);
    return created;
  }

  /** Remembers that two keys are the same step. */
  link(alias: string, key: string): void {
    this.#aliases.set(alias, key);
  }

  /** Remembers that a folder came from a client. */
  *noteSource(sys: Sys, description: string): Wait<void> {
    const key = `source ${description}`;
    const now = stamp(sys);
    const entry = this.#entries.get(key);
    if (entry) {
      entry.used++;
      entry.usedAt = now;
    } else
      this.#entries.set(key, {
        created: now,
        description,
        id: identity(sys),
        kind: 'source.local',
        usedAt: now,
        used: 1,
      });
    yield* this.#save(sys);
  }

  /** The folder of a cache mount. @param seed fills one that is new */
  *folder(sys: Sys, id: string, description: string, seed: (dir: string) => Wait<void>): Wait<string> {
    const key = `mount ${id}`;
    const now = stamp(sys);
    let entry = this.#entries.get(key);
    if (entry) {
      entry.used++;
      entry.usedAt = now;
    } else {
      const folder = identity(sys);
      entry = { created: now, description, id: folder, kind: 'exec.cachemount', usedAt: now, used: 1, folder };
      const dir = this.#folderPath(folder);
      mkdirp(sys, dir, 0o755);
      yield* seed(dir);
      this.#entries.set(key, entry);
    }
    yield* this.#save(sys);
    return this.#folderPath(entry.folder!);
  }

  /** The lock of a cache mount that only one step may use at a time. */
  lockOf(id: string): Mutex {
    let lock = this.#locks.get(id);
    if (!lock) {
      lock = new Mutex();
      this.#locks.set(id, lock);
    }
    return lock;
  }

  /** Does something that only one build may do at a time; the others wait. @throws what `body` threw */
  *alone<T>(sys: Sys, key: string, body: () => Wait<T>): Wait<T> {
    const entry = this.#under.get(key) ?? { lock: new Mutex(), users: 0 };
    this.#under.set(key, entry);
    entry.users++;
    try {
      return yield* entry.lock.with(sys, body);
    } finally {
      if (--entry.users === 0) this.#under.delete(key);
    }
  }

  /** A folder that no other step uses now. @param later takes what gives it back. @returns the id to use */
  takePrivate(id: string, later: (free: () => void) => void): string {
    let own = id;
    for (let n = 2; this.#taken.has(own); n++) own = `${id}#${n}`;
    this.#taken.add(own);
    later(() => this.#taken.delete(own));
    return own;
  }

  #folderPath(name: string): string {
    return `${this.root}/buildkit/cachemounts/${name}`;
  }

  *#save(sys: Sys): Wait<void> {
    yield* writeAtomic(
      sys,
      this.#path,
      JSON.stringify({ entries: Object.fromEntries(this.#entries), aliases: Object.fromEntries(this.#aliases) }),
    );
  }

  *records(sys: Sys): Wait<CacheRecord[]> {
    const records: CacheRecord[] = [];
    const shared = this.#sharedLayers();
    for (const entry of [...this.#entries.values()]) records.push(yield* this.#record(sys, entry, shared));
    return records;
  }

  *#record(sys: Sys, entry: Entry, shared: ReadonlySet<Layer>): Wait<CacheRecord> {
    const layer = entry.chainId === undefined ? undefined : this.layers.get(entry.chainId);
    return {
      id: entry.id,
      kind: entry.kind,
      description: entry.description,
      shared: layer !== undefined && shared.has(layer),
      inUse: false,
      size: layer
        ? layer.size
        : entry.folder === undefined
          ? 0
          : yield* directorySize(sys, this.#folderPath(entry.folder)),
      created: entry.created,
      lastUsed: entry.usedAt,
      used: entry.used,
    };
  }

  /** Layers that somebody else has too: an image or a container, or something above them. */
  #sharedLayers(): Set<Layer> {
    const own = new Map<Layer, number>();
    for (const entry of this.#entries.values()) {
      const layer = entry.chainId === undefined ? undefined : this.layers.get(entry.chainId);
      if (layer) own.set(layer, (own.get(layer) ?? 0) + 1);
    }
    const all = [...this.layers.all()];
    for (const { parent } of all) if (parent) own.set(parent, (own.get(parent) ?? 0) + 1);
    const shared = new Set<Layer>();
    for (const layer of all)
      if (layer.references > (own.get(layer) ?? 0))
        for (let at: Layer | undefined = layer; at && !shared.has(at); at = at.parent) shared.add(at);
    return shared;
  }

  /**
   * Forgets records, all that `wanted` says yes to. Layers that an image has as well stay with it.
   * @param space stop as soon as this is met; the longest unused goes first
   * @returns what went, with the bytes that came free
   */
  *prune(sys: Sys, wanted: (record: CacheRecord) => boolean = () => true, space?: KeepOptions): Wait<CacheRecord[]> {
    const gone: CacheRecord[] = [];
    const candidates: { key: string; entry: Entry; record: CacheRecord }[] = [];
    let total = 0;
    const shared = this.#sharedLayers();
    for (const [key, entry] of [...this.#entries].reverse()) {
      const record = yield* this.#record(sys, entry, shared);
      if (!record.shared) total += record.size;
      if (wanted(record)) candidates.push({ key, entry, record });
    }
    const disk = new StatFs();
    sys.statfs(this.root, disk);
    const keep = space && keepBytes(total, disk.bavail * disk.bsize, space);
    if (keep !== undefined) candidates.sort((a, b) => (a.record.lastUsed < b.record.lastUsed ? -1 : 1));
    for (const { key, entry, record } of candidates) {
      if (keep !== undefined && total <= keep) break;
      total -= record.size;
      this.#entries.delete(key);
      const layer = entry.chainId === undefined ? undefined : this.layers.get(entry.chainId);
      if (layer) {
        const { size } = layer;
        record.size = (yield* this.layers.release(sys, layer)).length > 0 ? size : 0;
      }
      if (entry.folder !== undefined) removeTree(sys, this.#folderPath(entry.folder));
      gone.push(record);
    }
    if (gone.length === 0) return gone;
    for (const [alias, key] of this.#aliases) if (!this.#entries.has(key)) this.#aliases.delete(alias);
    yield* this.#save(sys);
    return gone;
  }

  /** Removes what a power cut left behind: folders of cache mounts that no record names, and what builds unpacked. */
  #sweep(sys: Sys): void {
    const known = new Set([...this.#entries.values()].map((entry) => entry.folder));
    const folders = listDir(sys, `${this.root}/buildkit/cachemounts`);
    for (const name of typeof folders === 'number' ? [] : folders)
      if (!known.has(name)) removeTree(sys, this.#folderPath(name));
    const unpacked = listDir(sys, `${this.root}/tmp`);
    for (const name of typeof unpacked === 'number' ? [] : unpacked)
      if (/^(buildkit-|docker-builder)/.test(name)) removeTree(sys, `${this.root}/tmp/${name}`);
  }
}
