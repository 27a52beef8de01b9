import type { IDBPObjectStore, StoreNames } from 'idb';
import type { BlockStore, StoreBatch, StoredDisk, StoreUsage } from '../../src/machine/remote.ts';
import { type Database, type Schema, STORE_FORMAT } from './database.ts';
import { packSegments, type Segment, SegmentIndex, unpackSegment } from './segments.ts';
import { StoreError, storeError } from './store-error.ts';

/** Small segments that may stand side by side before they are written together. */
const SPARSE_MAX = 48;

type BlobStore = IDBPObjectStore<Schema, StoreNames<Schema>[], 'blobs', 'readwrite'>;

/** Puts segments into a transaction. @returns their keys */
type AddSegment = (segment: Segment) => Promise<number>;

/**
 * A machine's disk in IndexedDB. Every write is one transaction, which first looks whether this page is still the
 * owner: a page that was thought dead cannot write into the disk of its successor.
 */
export class IdbStore implements BlockStore {
  readonly #database: Database;
  readonly #owner: string;
  readonly #release: () => void;
  readonly #index = new SegmentIndex();
  #loading: Promise<StoredDisk | undefined> | undefined;
  #batches = 0;
  #metaBytes = 0;
  readonly #blobs = new Map<string, number>();

  /** @param owner the id under which this page owns the disk; `release` ends that */
  constructor(database: Database, owner: string, release: () => void) {
    this.#database = database;
    this.#owner = owner;
    this.#release = release;
  }

  /** Begins to read what is stored: `load` is called soon. */
  loadSoon(): void {
    this.#loading = this.#load();
    // Whoever loads hears of a failure.
    this.#loading.catch(() => {});
  }

  load(): Promise<StoredDisk | undefined> {
    const loading = this.#loading ?? this.#load();
    this.#loading = undefined;
    return loading;
  }

  async #load(): Promise<StoredDisk | undefined> {
    const tx = this.#database.transaction(['batches', 'segments', 'blobs', 'head']);
    const [head, batches, keys, segments, digests, packed] = await Promise.all([
      tx.objectStore('head').get('head'),
      tx.objectStore('batches').getAll(),
      tx.objectStore('segments').getAllKeys(),
      tx.objectStore('segments').getAll(),
      tx.objectStore('blobs').getAllKeys(),
      tx.objectStore('blobs').getAll(),
    ]);
    await tx.done;
    if (!head) return undefined;
    if (head.format > STORE_FORMAT)
      throw new StoreError('failed', `the disk is of a newer Drydock (format ${head.format})`);
    this.#index.clear();
    const chunks = new Map<number, Uint8Array>();
    let highest = 0;
    segments.forEach((segment, at) => {
      this.#index.add(keys[at]!, segment);
      for (const { id, data } of unpackSegment(segment)) {
        chunks.set(id, data);
        highest = Math.max(highest, id);
      }
    });
    for (const { drop } of batches) {
      this.#index.drop(drop);
      for (const id of drop) {
        chunks.delete(id);
        highest = Math.max(highest, id);
      }
    }
    const blobs = new Map(digests.map((digest, at) => [digest, packed[at]!]));
    for (const [digest, data] of blobs) this.#blobs.set(digest, data.length);
    this.#batches = batches.length;
    this.#metaBytes = batches.reduce((sum, batch) => sum + batch.meta.length, 0);
    const metas = batches.map((batch) => batch.meta);
    return { format: head.format, metas, chunks, blobs, highest, savedAt: head.savedAt };
  }

  append(batch: StoreBatch): Promise<void> {
    return this.#write(batch, false);
  }

  /** Puts a whole disk in the place of what is there, in one transaction. @throws StoreError */
  replace(batch: StoreBatch): Promise<void> {
    return this.#write({ ...batch, whole: true }, true);
  }

  async #write(batch: StoreBatch, alone: boolean): Promise<void> {
    try {
      const tx = this.#database.transaction(['batches', 'segments', 'blobs', 'head', 'owner'], 'readwrite', {
        durability: 'relaxed',
      });
      const owner = await tx.objectStore('owner').get('owner');
      if (owner?.id !== this.#owner) {
        tx.abort();
        await tx.done.catch(() => {});
        throw new StoreError('taken', 'another page is the owner of this machine now');
      }
      const segments = tx.objectStore('segments');
      const batches = tx.objectStore('batches');
      if (batch.whole) {
        await batches.clear();
        this.#batches = 0;
        this.#metaBytes = 0;
      }
      if (alone) {
        await segments.clear();
        this.#index.clear();
        await tx.objectStore('blobs').clear();
        this.#blobs.clear();
      }
      const add: AddSegment = (segment) => segments.add(segment);
      await this.#pack(batch.chunks, add);
      const empty = this.#index.drop(batch.drop ?? []);
      await Promise.all(empty.map((key) => segments.delete(key)));
      // The batches that dropped chunks are forgotten: what of them still stands in segments is said again.
      const drop = Float64Array.from(batch.whole ? this.#index.standing : (batch.drop ?? []));
      await batches.add({ meta: batch.meta.slice(), drop });
      await this.#changeBlobs(tx.objectStore('blobs'), batch);
      const sparse = this.#index.sparse();
      if (sparse.length > SPARSE_MAX) {
        const old = await Promise.all(sparse.map((key) => segments.get(key)));
        const wanted = old.flatMap((segment, at) =>
          segment ? [...unpackSegment(segment)].filter(({ id }) => this.#index.holds(id, sparse[at]!)) : [],
        );
        for (const key of sparse) this.#index.forget(key);
        await Promise.all(sparse.map((key) => segments.delete(key)));
        await this.#pack(wanted, add);
      }
      await tx.objectStore('head').put({ format: STORE_FORMAT, savedAt: Date.now() }, 'head');
      await tx.done;
      this.#batches++;
      this.#metaBytes += batch.meta.length;
    } catch (error) {
      throw storeError(error);
    }
  }

  async #changeBlobs(store: BlobStore, { blobs = [], dropBlobs = [] }: StoreBatch): Promise<void> {
    await Promise.all([
      ...blobs.map(({ digest, data }) => store.put(data.slice(), digest)),
      ...dropBlobs.map((digest) => store.delete(digest)),
    ]);
    for (const { digest, data } of blobs) this.#blobs.set(digest, data.length);
    for (const digest of dropBlobs) this.#blobs.delete(digest);
  }

  usage(): StoreUsage {
    const { chunkBytes, deadBytes } = this.#index;
    const blobBytes = [...this.#blobs.values()].reduce((sum, bytes) => sum + bytes, 0);
    return { batches: this.#batches, metaBytes: this.#metaBytes, chunkBytes, blobBytes, deadBytes };
  }

  async delete(): Promise<void> {
    const tx = this.#database.transaction(['batches', 'segments', 'blobs', 'head'], 'readwrite');
    await Promise.all([
      tx.objectStore('batches').clear(),
      tx.objectStore('segments').clear(),
      tx.objectStore('blobs').clear(),
      tx.objectStore('head').clear(),
    ]);
    await tx.done;
    this.#index.clear();
  }

  close(): void {
    this.#release();
    this.#database.close();
  }

  async #pack(chunks: StoreBatch['chunks'], add: AddSegment): Promise<void> {
    for (const segment of packSegments(chunks)) this.#index.add(await add(segment), segment);
  }
}
