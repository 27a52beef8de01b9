import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOCKED } from '../abi/errno.ts';
import { O_RDONLY } from '../abi/flags.ts';
import { BlobRef } from './blob.ts';
import { mkdir } from './create.ts';
import { type Changes, dump, Journal } from './journal.ts';
import { copyDump, decodeChanges, encodeChanges, loadDisk } from './load-disk.ts';
import { closeFile, open } from './open.ts';
import { Packer } from './packer.ts';
import { unlink } from './remove.ts';
import { testContext, testFs } from './test-context.ts';
import { get, getBytes, put } from './test-files.ts';
import { operation, pattern, plant, show, writeAt } from './test-operations.ts';
import type { TmpFsOptions } from './tmpfs-data.ts';
import { resolve } from './walk.ts';

const OPTIONS: TmpFsOptions = { type: 'ext4', bytes: 2 ** 24, inodes: 1000, now: { sec: 1, nsec: 0 } };
const ALL = { ino: true, times: true };

const stored = (changes: Changes | undefined): Changes[] => (changes ? [decodeChanges(encodeChanges(changes))] : []);

/** A store of chunks, as a machine keeps one. */
function keep(store: Map<number, Uint8Array>, changes: Changes): void {
  for (const id of changes.freed) store.delete(id);
  for (const { id, bytes } of changes.chunks) {
    expect(store.has(id)).toBe(false);
    store.set(id, bytes);
  }
}

test('all batches together give the same disk', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 5, arbitrary: operation }, fc.constantFrom('take', 'take', 'reload', 'compact')), {
        maxLength: 60,
      }),
      (steps) => {
        let fs = testFs(OPTIONS);
        let journal = new Journal(fs);
        let ctx = testContext(fs);
        plant(ctx);
        let batches: Changes[] = [];
        const store = new Map<number, Uint8Array>();
        const take = (changes: Changes | undefined): void => {
          for (const batch of stored(changes)) {
            if (batch.whole) batches = [];
            keep(store, batch);
            batches.push({ ...batch, chunks: [], freed: [] });
          }
        };
        const reload = () => {
          take(journal.takeChanges());
          return loadDisk(OPTIONS, batches, { read: (id) => store.get(id)! });
        };
        for (const step of steps) {
          if (step === 'take') take(journal.takeChanges());
          else if (step === 'compact') take(journal.takeAll());
          else if (step === 'reload') {
            ({ fs, journal } = reload());
            ctx = testContext(fs);
          } else step.run(ctx);
        }
        const again = reload();
        expect(show(testContext(again.fs), '/', ALL)).toEqual(show(ctx, '/', ALL));
        expect([again.fs.pages, again.fs.inodes]).toEqual([fs.pages, fs.inodes]);
        const whole = dump(fs);
        if (whole === undefined) return;
        const copy = loadDisk(OPTIONS, stored(whole));
        expect(show(testContext(copy.fs), '/', ALL)).toEqual(show(ctx, '/', ALL));
        // a copy is a new disk: the first changes are all of it, chunks too
        const fresh = copyDump(OPTIONS, whole);
        const first = new Journal(fresh).takeChanges();
        expect(first?.chunks.length).toBe(whole.chunks.length);
        expect(show(testContext(loadDisk(OPTIONS, stored(first)).fs), '/', ALL)).toEqual(show(ctx, '/', ALL));
      },
    ),
    { numRuns: 60 },
  );
});

test('a batch holds only what changed, and names chunks that are no longer needed', () => {
  const fs = testFs(OPTIONS);
  const ctx = testContext(fs);
  const journal = new Journal(fs);
  for (let i = 0; i < 200; i++) put(ctx, `f${i}`, 'x');
  writeAt(ctx, '/big', 0, pattern(1, 300_000));
  const first = journal.takeChanges()!;
  expect(first.chunks.length).toBe(5);
  expect(journal.takeChanges()).toBeUndefined();
  writeAt(ctx, '/big', 70_000, pattern(2, 10));
  const second = journal.takeChanges()!;
  expect(second.chunks.map((c) => c.id)).toEqual([6]);
  expect(second.freed).toEqual([2]);
  expect(second.meta.length).toBeLessThan(100);
  unlink(ctx, '/big');
  const third = journal.takeChanges()!;
  expect(third.freed.toSorted((a, b) => a - b)).toEqual([1, 3, 4, 5, 6]);
  expect(third.meta.length).toBeLessThan(100);
});

test('bytes of a batch stay as they were when it was taken', () => {
  const fs = testFs(OPTIONS);
  const ctx = testContext(fs);
  const journal = new Journal(fs);
  writeAt(ctx, '/f', 0, pattern(1, 10_000));
  const changes = journal.takeChanges()!;
  writeAt(ctx, '/f', 0, pattern(9, 10_000));
  expect(changes.chunks[0]!.bytes).toEqual(pattern(1, 10_000));
});

test('a file without names that was open when the power went is freed', () => {
  const fs = testFs(OPTIONS);
  const ctx = testContext(fs);
  const journal = new Journal(fs);
  writeAt(ctx, '/f', 0, pattern(1, 100_000));
  const batches = stored(journal.takeChanges());
  const file = open(ctx, '/f', O_RDONLY);
  unlink(ctx, '/f');
  batches.push(...stored(journal.takeChanges()));
  const again = loadDisk(OPTIONS, batches);
  expect(again.fs.pages).toBe(0);
  expect(again.fs.inodes).toBe(1);
  expect(fs.inodes).toBe(2);
  if (typeof file !== 'number') closeFile(ctx, file);
  expect(fs.inodes).toBe(1);
  expect(journal.takeChanges()!.freed.length).toBe(2);
});

test('stored chunks are read when they are needed', () => {
  const fs = testFs(OPTIONS);
  const ctx = testContext(fs);
  writeAt(ctx, '/f', 0, pattern(3, 100_000));
  const changes = new Journal(fs).takeChanges()!;
  const here = new Set<number>();
  const store = new Map(changes.chunks.map((c) => [c.id, c.bytes]));
  const lazy = loadDisk(OPTIONS, [{ ...changes, chunks: [] }], {
    read: (id, waker) => {
      if (here.has(id)) return store.get(id)!;
      waker();
      return BLOCKED;
    },
  });
  const reader = testContext(lazy.fs);
  expect(get(reader, '/f')).toBe(BLOCKED);
  expect(writeAt(reader, '/f', 10, pattern(1, 10))).toBe(BLOCKED);
  expect(dump(lazy.fs)).toBeUndefined();
  for (const id of store.keys()) here.add(id);
  expect(writeAt(reader, '/f', 10, pattern(1, 10))).toBe(10);
  writeAt(ctx, '/f', 10, pattern(1, 10));
  const times = { ino: true, times: false };
  expect(show(reader, '/', times)).toEqual(show(ctx, '/', times));
});

test('a disk of format 1 is read: inline content, references with a digest each, chunks', () => {
  const out = new Packer();
  const attributes = (ino: number, mode: number): void => {
    for (const n of [1, ino, mode, 0, 0, 0, 1]) out.number(n);
    for (let i = 0; i < 3; i++) {
      out.signed(1);
      out.number(0);
    }
    out.number(0);
  };
  for (const n of [1, 1, 20]) out.number(n);
  attributes(2, 0o040755);
  out.number(3);
  for (const [i, name] of ['a', 'b', 'c'].entries()) {
    out.text(name);
    out.number(12 + i);
  }
  attributes(12, 0o100644);
  out.number(1);
  out.data(new TextEncoder().encode('inline'));
  out.number(6);
  for (const ino of [13, 14]) {
    attributes(ino, 0o100644);
    if (ino === 13) out.number(2);
    else for (const n of [3, 1]) out.number(n);
    out.text('sha256:00');
    for (const n of [512, 100_000]) out.number(n);
    if (ino === 14) for (const n of [2, 1, 1, 2, 7, 0xffff]) out.number(n);
    out.number(100_000);
  }
  const stored7 = { meta: out.done(), chunks: [{ id: 7, bytes: pattern(1, 34_464) }], freed: [], whole: true };
  const blobs = {
    read: (_: string, offset: number, length: number) => pattern(5, 200_000).subarray(offset, offset + length),
  };
  const { fs } = loadDisk({ ...OPTIONS, blobs }, [{ ...stored7, blobs: [], unused: [] }]);
  const ctx = testContext(fs);
  expect(get(ctx, '/a')).toBe('inline');
  expect(getBytes(ctx, '/b')).toEqual(pattern(5, 200_000).subarray(512, 100_512));
  const mixed = getBytes(ctx, '/c') as Uint8Array;
  expect(mixed.subarray(0, 65_536)).toEqual(pattern(5, 200_000).subarray(512, 66_048));
  expect(mixed.subarray(65_536)).toEqual(pattern(1, 34_464));
});

test('content by reference is stored as a reference', () => {
  const blobs = { read: () => pattern(5, 100_000) };
  const fs = testFs({ ...OPTIONS, blobs });
  const ctx = testContext(fs);
  mkdir(ctx, '/d', 0o755);
  put(ctx, '/d/f', '');
  const place = resolve(ctx, '/d/f');
  if (typeof place === 'number') throw new Error();
  place.inode.referToBlob(ctx, new BlobRef('sha256:00', 512, 100_000));
  const changes = new Journal(fs).takeChanges()!;
  expect(changes.chunks).toEqual([]);
  const again = loadDisk({ ...OPTIONS, blobs }, stored(changes));
  expect(show(testContext(again.fs), '/', ALL)).toEqual(show(ctx, '/', ALL));
});
