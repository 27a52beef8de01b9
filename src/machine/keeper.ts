import { type Changes, type Journal, loadDisk, type TmpFs, type TmpFsOptions } from '../vfs/index.ts';
import type { BlockStore, StoreBatch, StoreFailure } from './block-store.ts';
import type { LayerBlobs } from './layer-blobs.ts';
import type { MachineEvent } from './remote.ts';

/** Changes that no terminal waits for are written this often, milliseconds. */
const IDLE = 1000;
/** After a failed write the next attempt waits this long. */
const RETRY = 5000;
/** Batches, and bytes of metadata, after which the whole is written anew. */
const MANY_BATCHES = 400;
const MANY_BYTES = 8 * 1024 * 1024;

/** What the keeper gets from outside. */
export interface KeeperOptions {
  store: BlockStore;
  /** A blob that files of the disk refer to. */
  packed(digest: string): Uint8Array | undefined;
  after(ms: number, step: () => void): () => void;
  now(): number;
  onEvent(event: MachineEvent): void;
}

/**
 * Keeps a disk: what changed goes to the store, one transaction a batch, one at a time. Whoever shows a result waits for
 * `save` first, so that what was seen is never lost.
 */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #journal: Journal;
  /** Batches that were taken from the journal and are not stored yet. */
  #pending: StoreBatch[] = [];
  /** Of those who ask for the write after the one that goes on. */
  #next: Ticket | undefined;
  #writing = false;
  #idle: (() => void) | undefined;
  /** Another page is the owner, or the keeper was stopped: nothing more is written. */
  #over = false;
  /** The last write failed. */
  #failing = false;

  constructor(journal: Journal, options: KeeperOptions) {
    this.#journal = journal;
    this.#options = options;
    this.#watch(IDLE);
  }

  /** Whether there is anything to wait for: changes that are not stored, and a store that takes them. */
  get dirty(): boolean {
    return !this.#over && !this.#failing && (this.#pending.length > 0 || this.#journal.dirty);
  }

  /** Writes all that has changed until now. Resolves also where the store failed: that is told as an event. */
  save(): Promise<void> {
    if (this.#over) return Promise.resolve();
    // While a write goes on, all who ask are served by the one after it.
    this.#next ??= makeTicket();
    const { done } = this.#next;
    if (!this.#writing) void this.#write();
    return done;
  }

  stop(): void {
    this.#over = true;
    this.#idle?.();
  }

  #take(): void {
    const { batches, metaBytes } = this.#options.store.usage();
    const long = this.#pending.length === 0 && (batches > MANY_BATCHES || metaBytes > MANY_BYTES);
    const changes = long && this.#journal.dirty ? this.#journal.takeAll() : this.#journal.takeChanges();
    if (changes) this.#pending.push(batchOf(changes, (digest) => this.#options.packed(digest)));
  }

  /** One write after another, as long as somebody asks. */
  async #write(): Promise<void> {
    this.#writing = true;
    this.#options.onEvent({ kind: 'saving' });
    let ticket: Ticket | undefined;
    try {
      for (ticket = this.#next; ticket && !this.#over; ticket = this.#next) {
        this.#next = undefined;
        this.#take();
        while (this.#pending.length > 0 && !this.#over) {
          await this.#options.store.append(this.#pending[0]!);
          this.#pending.shift();
          this.#failing = false;
        }
        ticket.resolve();
      }
      if (!this.#over) this.#options.onEvent({ kind: 'saved', at: this.#options.now() });
    } catch (error) {
      this.#fail(error);
    }
    this.#writing = false;
    ticket?.resolve();
    this.#next?.resolve();
    this.#next = undefined;
  }

  #fail(error: unknown): void {
    const reason = failureOf(error);
    this.#failing = true;
    if (reason === 'taken') this.stop();
    this.#options.onEvent({ kind: 'unsaved', reason, message: error instanceof Error ? error.message : String(error) });
  }

  #watch(ms: number): void {
    this.#idle = this.#options.after(ms, () => {
      if (this.#over) return;
      const waiting = this.#pending.length > 0 || this.#journal.dirty;
      const done = waiting ? this.save() : Promise.resolve();
      void done.then(() => {
        if (!this.#over) this.#watch(this.#failing ? RETRY : IDLE);
      });
    });
  }
}

interface Ticket {
  done: Promise<void>;
  resolve: () => void;
}

function makeTicket(): Ticket {
  let resolve = () => {};
  const done = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { done, resolve };
}

const batchOf = (changes: Changes, packed: KeeperOptions['packed']): StoreBatch => ({
  meta: changes.meta,
  chunks: changes.chunks.map(({ id, bytes }) => ({ id, data: bytes })),
  drop: changes.freed,
  whole: changes.whole,
  blobs: changes.blobs.flatMap((digest) => {
    const data = packed(digest);
    return data ? [{ digest, data }] : [];
  }),
  dropBlobs: changes.unused,
});

function failureOf(error: unknown): StoreFailure {
  const failure = typeof error === 'object' && error !== null ? (error as { failure?: unknown }).failure : undefined;
  return failure === 'taken' || failure === 'quota' ? failure : 'failed';
}

/** The disk of a store, and when it was saved; undefined where the store is empty. */
export async function openDisk(
  store: BlockStore,
  options: TmpFsOptions & { blobs: LayerBlobs },
): Promise<{ disk: TmpFs; journal: Journal; savedAt: number } | undefined> {
  const stored = await store.load();
  if (!stored) return undefined;
  const chunks = [...stored.chunks].map(([id, bytes]) => ({ id, bytes }));
  const batches: Changes[] = stored.metas.map((meta, at) => ({
    meta,
    chunks: at === 0 ? chunks : [],
    // Numbers of chunks that were dropped but stand in some record are not given again.
    freed: at === 0 ? [stored.highest + 1] : [],
    whole: at === 0,
    blobs: at === 0 ? [...stored.blobs.keys()] : [],
    unused: [],
  }));
  for (const [digest, data] of stored.blobs) options.blobs.keep(digest, data);
  const { fs, journal } = loadDisk(options, batches);
  return { disk: fs, journal, savedAt: stored.savedAt };
}
