/**
 * Where a machine's disk is kept. Types only: the browser's implementation is workers/storage, a test may use a Map.
 * The store knows numbered chunks of bytes and batches of metadata, not what they mean.
 */

/** What changed since the batch before: written in one transaction, all or nothing. */
export interface StoreBatch {
  /** The owner's record of what changed, in its own form; batches are read back in the order of their writing. */
  meta: Uint8Array;
  /** New file content. The owner numbers its chunks and never reuses a number. The bytes are copied. */
  chunks: readonly { id: number; data: Uint8Array }[];
  /** Chunks that nothing refers to any more. */
  drop?: readonly number[];
  /** `meta` says everything: the metas of earlier batches are forgotten. Chunks stay. */
  whole?: boolean;
  /** Blobs of images that files refer to from now on, packed as they came. */
  blobs?: readonly { digest: string; data: Uint8Array }[];
  /** Blobs that no file refers to any more. */
  dropBlobs?: readonly string[];
}

/** A stored disk as it was after the last batch that was written in full. */
export interface StoredDisk {
  /** Version of the stored form. An older one is migrated when it is opened, a newer one is refused. */
  format: number;
  metas: Uint8Array[];
  /** Every chunk that was not dropped. The bytes are views into larger segments: do not write to them. */
  chunks: Map<number, Uint8Array>;
  /** Blobs that files refer to, by digest. */
  blobs: Map<string, Uint8Array>;
  /** Highest number that any record names, of a dropped chunk too. */
  highest: number;
  /** When the last batch was written: milliseconds since the Epoch, by the browser's clock. */
  savedAt: number;
}

/** How much a store holds. */
export interface StoreUsage {
  batches: number;
  metaBytes: number;
  chunkBytes: number;
  blobBytes: number;
  /** Bytes of dropped chunks that still stand in segments. */
  deadBytes: number;
}

/** One machine's disk. One writer at a time: a store whose machine was taken over fails every write. */
export interface BlockStore {
  /** @returns undefined where nothing was saved yet */
  load(): Promise<StoredDisk | undefined>;
  /** Adds a batch. Resolves when the transaction has completed. @throws StoreError */
  append(batch: StoreBatch): Promise<void>;
  usage(): StoreUsage;
  /** Removes the disk. */
  delete(): Promise<void>;
  /** Ends the ownership, so that another page may open the machine. */
  close(): void;
}

/** Why a write failed: another page is the owner now, the browser gives no more room, or anything else. */
export type StoreFailure = 'taken' | 'quota' | 'failed';
