import { describe, expect, test } from 'vitest';
import { BlobRef, Journal, TmpFs, type TmpFsOptions, type VfsContext } from '../vfs/index.ts';
import type { BlockStore, StoreBatch } from './block-store.ts';
import { Keeper, openDisk } from './keeper.ts';
import { LayerBlobs } from './layer-blobs.ts';
import type { MachineEvent } from './remote.ts';

const NOTHING = { blobs: { read: () => -5 }, gunzip: async (bytes: Uint8Array) => bytes };

/** What a disk is made with, where outside has no blobs. */
const options = (): TmpFsOptions & { blobs: LayerBlobs } => ({
  type: 'ext4',
  bytes: 2 ** 26,
  inodes: 1000,
  now: { sec: 1, nsec: 0 },
  blobs: new LayerBlobs(NOTHING),
});

/** A store in memory whose writes end when they are told to. */
class MemoryStore implements BlockStore {
  batches: StoreBatch[] = [];
  chunks = new Map<number, Uint8Array>();
  blobs = new Map<string, Uint8Array>();
  fail: Error | undefined;
  manual = false;
  waiting: (() => void)[] = [];
  async load() {
    if (this.batches.length === 0) return undefined;
    const highest = Math.max(0, ...this.chunks.keys());
    const metas = this.batches.map((b) => b.meta);
    return { format: 1, metas, chunks: this.chunks, blobs: this.blobs, highest, savedAt: 5 };
  }
  async append(batch: StoreBatch) {
    if (this.manual) await new Promise<void>((done) => this.waiting.push(done));
    if (this.fail) throw this.fail;
    if (batch.whole) this.batches = [];
    this.batches.push(batch);
    for (const { id, data } of batch.chunks) this.chunks.set(id, data.slice());
    for (const id of batch.drop ?? []) this.chunks.delete(id);
    for (const { digest, data } of batch.blobs ?? []) this.blobs.set(digest, data);
    for (const digest of batch.dropBlobs ?? []) this.blobs.delete(digest);
  }
  usage() {
    return { batches: this.batches.length, metaBytes: 0, chunkBytes: 0, blobBytes: 0, deadBytes: 0 };
  }
  async delete() {}
  close() {}
}

function keep(store: MemoryStore, fs: TmpFs, journal: Journal) {
  const events: MachineEvent[] = [];
  const timers: (() => void)[] = [];
  const keeper = new Keeper(journal, {
    store,
    packed: (digest) => (fs.blobs as LayerBlobs).packed(digest),
    now: () => 7,
    after: (_ms, step) => {
      timers.push(step);
      return () => {};
    },
    onEvent: (event) => void events.push(event),
  });
  return { keeper, events, fs, tick: () => timers.shift()?.() };
}

function begin(store = new MemoryStore()) {
  const fs = new TmpFs(options());
  return { store, ...keep(store, fs, new Journal(fs)) };
}

/** Touches the root, so that there is something to write. */
const change = (fs: TmpFs) => {
  fs.changing(fs.root);
  fs.root.mtimeSec++;
};

const settled = () => new Promise((done) => setTimeout(done, 0));

test('a new disk is written whole, later ones by what changed', async () => {
  const { store, keeper, fs, events } = begin();
  expect(keeper.dirty).toBe(true);
  await keeper.save();
  expect([store.batches.length, store.batches[0]!.whole, keeper.dirty]).toEqual([1, true, false]);
  change(fs);
  expect(keeper.dirty).toBe(true);
  await keeper.save();
  expect(store.batches.map((batch) => batch.whole)).toEqual([true, false]);
  expect(events.at(-1)).toEqual({ kind: 'saved', at: 7 });
});

test('a disk comes back as it was', async () => {
  const { store, keeper, fs } = begin();
  fs.root.mode = (fs.root.mode & ~0o777) | 0o750;
  change(fs);
  await keeper.save();
  const opened = await openDisk(store, options());
  expect(opened!.disk.root.mode & 0o777).toBe(0o750);
  expect(opened!.savedAt).toBe(5);
  const again = keep(store, opened!.disk, opened!.journal);
  expect(again.keeper.dirty).toBe(false);
});

test('a disk is kept with the blobs that its files refer to, as long as they do', async () => {
  const digest = `sha256:${'7'.repeat(64)}`;
  const { store, keeper, fs } = begin();
  (fs.blobs as LayerBlobs).keep(digest, new Uint8Array([1, 2, 3]));
  const ctx = { now: () => ({ sec: 2, nsec: 0 }) } as VfsContext;
  const made = fs.root.create(ctx, 'f', { mode: 0o100644, uid: 0, gid: 0, rdev: 0 });
  if (typeof made === 'number') throw new Error(`create: ${made}`);
  made.nlink = 1;
  expect(made.referToBlob(ctx, new BlobRef(digest, 512, 100, true))).toBe(0);
  await keeper.save();
  expect(store.blobs).toEqual(new Map([[digest, new Uint8Array([1, 2, 3])]]));
  const opened = await openDisk(store, options());
  expect((opened!.disk.blobs as LayerBlobs).packed(digest)).toEqual(new Uint8Array([1, 2, 3]));
  const later = keep(store, opened!.disk, opened!.journal);
  opened!.disk.root.unlink(ctx, 'f', opened!.disk.root.entries().get('f')!);
  for (let i = 0; i < 403; i++) {
    change(opened!.disk);
    await later.keeper.save();
  }
  expect(store.blobs.size).toBe(0);
});

test('an empty store has no disk', async () => {
  expect(await openDisk(new MemoryStore(), options())).toBeUndefined();
});

test('what changes during a write is waited for too', async () => {
  const { store, keeper, fs } = begin();
  store.manual = true;
  const first = keeper.save();
  change(fs);
  const second = keeper.save();
  let done = false;
  void second.then(() => {
    done = true;
  });
  await settled();
  store.waiting.shift()?.();
  await settled();
  expect([store.batches.length, done]).toEqual([1, false]);
  store.waiting.shift()?.();
  await Promise.all([first, second]);
  expect(store.batches).toHaveLength(2);
});

describe('a write that fails', () => {
  test('is told, lets results through, and is done again later, in order', async () => {
    const { store, keeper, fs, events, tick } = begin();
    store.fail = Object.assign(new Error('full'), { failure: 'quota' });
    await keeper.save();
    expect(events.at(-1)).toEqual({ kind: 'unsaved', reason: 'quota', message: 'full' });
    change(fs);
    expect(keeper.dirty).toBe(false);
    store.fail = undefined;
    tick();
    await settled();
    expect(store.batches.map((batch) => batch.whole)).toEqual([true, false]);
    expect(events.at(-1)).toEqual({ kind: 'saved', at: 7 });
  });

  test('because the machine was taken ends the writing', async () => {
    const { store, keeper, fs } = begin();
    store.fail = Object.assign(new Error('taken'), { failure: 'taken' });
    await keeper.save();
    store.fail = undefined;
    change(fs);
    await keeper.save();
    expect([store.batches.length, keeper.dirty]).toEqual([0, false]);
  });
});

test('changes that nobody waits for are written after a while', async () => {
  const { store, tick } = begin();
  tick();
  await settled();
  expect(store.batches).toHaveLength(1);
});

test('many batches become one', async () => {
  const { store, keeper, fs } = begin();
  for (let i = 0; i < 403; i++) {
    change(fs);
    await keeper.save();
  }
  expect(store.batches.length).toBeLessThan(10);
});
