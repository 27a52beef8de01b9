import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BLOCKED, ENOENT } from '../abi/errno.ts';
import { O_RDWR } from '../abi/flags.ts';
import { BlobRef, type BlobSource } from './blob.ts';
import { copyFileRange } from './files.ts';
import { Journal } from './journal.ts';
import { decodeChanges, encodeChanges, loadDisk } from './load-disk.ts';
import { closeFile, open, truncate } from './open.ts';
import type { TestContext } from './test-context.ts';
import { testContext, testFs } from './test-context.ts';
import { append, getBytes, put } from './test-files.ts';
import { operation, pattern, plant, show, writeAt } from './test-operations.ts';
import type { TmpFsOptions } from './tmpfs-data.ts';
import { resolve } from './walk.ts';

const LAYER = 'sha256:aa';
const ARCHIVE = pattern(7, 400_000);

/** A layer that is here; `late`: every second time it is asked, it is only on its way. */
function source(late = false): BlobSource {
  let asked = 0;
  return {
    read: () => -5,
    readUnpacked(digest, offset, length, waker) {
      if (digest !== LAYER) return -5;
      if (late && asked++ % 2 === 0) {
        waker()();
        return BLOCKED;
      }
      return ARCHIVE.subarray(offset, offset + Math.min(length, 50_000));
    },
    holds: (digest) => digest === LAYER,
  };
}

const options = (blobs?: BlobSource): TmpFsOptions => ({
  type: 'ext4',
  bytes: 2 ** 24,
  inodes: 1000,
  now: { sec: 1, nsec: 0 },
  ...(blobs && { blobs }),
});

/** A file that has a part of the archive and is `size` long: by reference, or its bytes. */
function make(ctx: TestContext, path: string, at: number, length: number, size: number, refers: boolean): void {
  put(ctx, path, '');
  const place = resolve(ctx, path);
  if (typeof place === 'number') throw new Error(path);
  if (refers) place.inode.referToBlob(ctx, new BlobRef(LAYER, at, length, true));
  else place.inode.write(ctx, ARCHIVE.subarray(at, at + length), 0);
  truncate(ctx, path, size);
}

const FILES: readonly [path: string, at: number, length: number, size: number][] = [
  ['/a/d', 512, 300, 300],
  ['/d', 1024, 4096, 140_000],
  ['/a/b/a', 10_240, 200_000, 200_000],
  ['/a/b/b', 70_000, 65_536, 65_536],
  ['/a/b/c', 0, 1000, 1000],
];

function disk(refers: boolean, late: boolean): TestContext {
  const ctx = testContext(testFs(options(source(late))));
  plant(ctx);
  for (const [path, at, length, size] of FILES) make(ctx, path, at, length, size, refers);
  return ctx;
}

const withoutCopies = operation.filter(({ name }) => !/^(copy|clone)/.test(name));

test.each([false, true])('a file that refers to a layer is as one that has the bytes (late: %s)', (late) => {
  fc.assert(
    fc.property(fc.array(withoutCopies, { maxLength: 40 }), (steps) => {
      const [copied, referring] = [disk(false, false), disk(true, late)];
      const show_ = (ctx: TestContext): string[] => show(ctx, '/', { ino: true, times: false });
      for (const { run } of steps) {
        let result = run(referring);
        for (let i = 0; result === BLOCKED && i < 100; i++) result = run(referring);
        expect(result).toBe(run(copied));
      }
      const fs = referring.root.mount.fs as ReturnType<typeof testFs>;
      expect(fs.pages).toBe((copied.root.mount.fs as ReturnType<typeof testFs>).pages);
      const stored = decodeChanges(encodeChanges(new Journal(fs).takeAll()));
      const again = testContext(loadDisk(options(source()), [stored]).fs);
      expect(show_(again)).toEqual(show_(copied));
    }),
    { numRuns: process.env.DRYDOCK_FULL === '1' ? 500 : 40 },
  );
});

test('a reference takes a few bytes on the kept disk, and names its blob once', () => {
  const ctx = testContext(testFs(options(source())));
  const fs = ctx.root.mount.fs as ReturnType<typeof testFs>;
  const journal = new Journal(fs);
  journal.takeChanges();
  for (let i = 0; i < 100; i++) make(ctx, `/${i}`, i * 512, 4000, 4000, true);
  const first = journal.takeChanges()!;
  expect([first.chunks, first.blobs]).toEqual([[], [LAYER]]);
  expect(first.meta.length).toBeLessThan(100 * 60);
  make(ctx, '/more', 0, 4000, 4000, true);
  expect(journal.takeChanges()!.blobs).toEqual([]);
  for (let i = 0; i < 100; i++) put(ctx, `/${i}`, 'x');
  put(ctx, '/more', 'x');
  expect(journal.takeAll().unused).toEqual([LAYER]);
});

test('a small file that is written has bytes of its own', () => {
  const ctx = disk(true, false);
  expect(append(ctx, '/a/d', 'more')).toBe(0);
  const bytes = getBytes(ctx, '/a/d') as Uint8Array;
  expect(bytes.subarray(0, 300)).toEqual(ARCHIVE.subarray(512, 812));
  expect(new TextDecoder().decode(bytes.subarray(300))).toBe('more');
  const changes = new Journal(ctx.root.mount.fs as ReturnType<typeof testFs>).takeAll();
  expect(changes.blobs).toEqual([LAYER]);
});

test('a file whose chunks were all written no longer needs the blob', () => {
  const ctx = testContext(testFs(options(source())));
  make(ctx, '/f', 0, 100_000, 100_000, true);
  writeAt(ctx, '/f', 10, pattern(1, 10));
  writeAt(ctx, '/f', 99_000, pattern(2, 10));
  const journal = new Journal(ctx.root.mount.fs as ReturnType<typeof testFs>);
  expect(journal.takeAll().blobs).toEqual([]);
});

test('a copy on the same disk refers as well; one on a filesystem without blobs has the bytes', () => {
  const ctx = disk(true, false);
  const other = testContext(testFs(options()));
  put(other, '/d', '');
  const copy = (to: TestContext, path: string): void => {
    put(to, path, '');
    const [from, into] = [open(ctx, '/a/b/a', O_RDWR), open(to, path, O_RDWR)];
    if (typeof from === 'number' || typeof into === 'number') throw new Error(path);
    while (copyFileRange(ctx, from, into, 1e9) > 0);
    closeFile(ctx, from);
    closeFile(to, into);
  };
  copy(ctx, '/copy');
  copy(other, '/d');
  expect(getBytes(ctx, '/copy')).toEqual(ARCHIVE.subarray(10_240, 210_240));
  expect(getBytes(other, '/d')).toEqual(ARCHIVE.subarray(10_240, 210_240));
  expect(new Journal(other.root.mount.fs as ReturnType<typeof testFs>).takeAll().blobs).toEqual([]);
});

test('only what is here can be referred to', () => {
  const refer = (ctx: TestContext, digest: string): number => {
    put(ctx, '/f', '');
    const place = resolve(ctx, '/f');
    return typeof place === 'number' ? place : place.inode.referToBlob(ctx, new BlobRef(digest, 0, 10, true));
  };
  expect(refer(testContext(testFs(options(source()))), 'sha256:bb')).toBe(-ENOENT);
  expect(refer(testContext(testFs(options())), LAYER)).toBe(-ENOENT);
});
