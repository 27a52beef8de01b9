import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { S_IFREG } from '../abi/stat.ts';
import { type Chunk, Chunked } from './content.ts';
import { mkdir } from './create.ts';
import { Journal, reachable } from './journal.ts';
import { Snapshots } from './snapshot.ts';
import { testContext, testFs } from './test-context.ts';
import { get, put } from './test-files.ts';
import { operation, pattern, plant, show, writeAt } from './test-operations.ts';
import type { TmpFs } from './tmpfs.ts';

const OPTIONS = { type: 'ext4', bytes: 2 ** 24, inodes: 1000, now: { sec: 1, nsec: 0 } };
const ALL = { ino: true, times: true };

/** How often each chunk is named by the tree. */
function chunkUse(fs: TmpFs): Map<Chunk, number> {
  const use = new Map<Chunk, number>();
  for (const inode of reachable(fs.root)) {
    if ((inode.mode & 0o170000) !== S_IFREG || !(inode.content instanceof Chunked)) continue;
    for (const [, chunk] of inode.content.chunks.present()) if (chunk) use.set(chunk, (use.get(chunk) ?? 0) + 1);
  }
  return use;
}

test('a snapshot shows the tree as it was, whatever happens afterwards', () => {
  const step = fc.oneof(
    { weight: 8, arbitrary: operation },
    fc.constantFrom('take' as const),
    fc.tuple(fc.constantFrom('release' as const, 'revert' as const, 'fork' as const), fc.nat(3)),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50, size: 'max' }), (steps) => {
      const fs = testFs(OPTIONS);
      let ctx = testContext(fs);
      plant(ctx);
      const journal = new Journal(fs);
      const stored = new Set<number>();
      const take = (): void => {
        const changes = journal.takeChanges();
        for (const id of changes?.freed ?? []) stored.delete(id);
        for (const { id } of changes?.chunks ?? []) stored.add(id);
      };
      const snapshots = new Snapshots(fs);
      let taken: { snapshot: ReturnType<Snapshots['take']>; tree: string[] }[] = [];
      const check = (at: number): void => {
        const copy = snapshots.fork(taken[at]!.snapshot, OPTIONS);
        const reader = testContext(copy);
        expect(show(reader, '/', ALL)).toEqual(taken[at]!.tree);
        writeAt(reader, '/c', 0, pattern(99, 100_000));
        mkdir(reader, '/a/new', 0o700);
      };
      for (const s of steps) {
        if (s === 'take') {
          take();
          taken.push({ snapshot: snapshots.take(), tree: show(ctx, '/', ALL) });
        } else if (Array.isArray(s)) {
          const [what, at] = s;
          if (at >= taken.length) continue;
          if (what === 'fork') check(at);
          else if (what === 'release') snapshots.release(taken.splice(at, 1)[0]!.snapshot);
          else {
            snapshots.revert(taken[at]!.snapshot);
            ctx = testContext(fs);
            expect(show(ctx, '/', ALL)).toEqual(taken[at]!.tree);
            taken = taken.slice(0, at + 1);
          }
        } else s.run(ctx);
      }
      const tree = show(ctx, '/', ALL);
      taken.forEach((_, at) => {
        check(at);
      });
      expect(show(ctx, '/', ALL)).toEqual(tree);
      for (const { snapshot } of taken) snapshots.release(snapshot);
      const use = chunkUse(fs);
      for (const [chunk, n] of use) expect(chunk.refs).toBe(n);
      take();
      expect([...stored].toSorted()).toEqual([...use.keys()].map((c) => c.id).toSorted());
    }),
    { numRuns: 40 },
  );
});

test('taking one does not depend on how much there is', () => {
  const fs = testFs(OPTIONS);
  const ctx = testContext(fs);
  for (let i = 0; i < 500; i++) put(ctx, `f${i}`, 'x');
  const snapshots = new Snapshots(fs);
  const snapshot = snapshots.take();
  put(ctx, 'f7', 'changed');
  const copy = testContext(snapshots.fork(snapshot, OPTIONS));
  expect(get(copy, 'f7')).toBe('x');
  expect(get(ctx, 'f7')).toBe('changed');
  put(copy, 'f8', 'other');
  expect(get(ctx, 'f8')).toBe('x');
});
