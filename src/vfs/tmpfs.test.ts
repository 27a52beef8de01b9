import { expect, test } from 'vitest';
import { BLOCKED, EIO, ENOSPC } from '../abi/errno.ts';
import { O_CREAT, O_RDONLY, O_WRONLY } from '../abi/flags.ts';
import { StatFs } from '../abi/stat.ts';
import { encode } from '../lib/utf8.ts';
import { BlobRef, type BlobSource } from './blob.ts';
import { mkdir } from './create.ts';
import { copyFileRange } from './files.ts';
import { statfs } from './names.ts';
import { open, truncate } from './open.ts';
import { unlink } from './remove.ts';
import { conformance } from './test-conformance.ts';
import { testContext, testFs } from './test-context.ts';
import { append, difference, field, get, getBytes, put, statOf } from './test-files.ts';
import { pattern, writeAt } from './test-operations.ts';
import { parseTmpfsData } from './tmpfs-data.ts';
import { resolve } from './walk.ts';

conformance('tmpfs', () => {
  const ctx = testContext();
  return { ctx, settle: () => ctx };
});

test('the quota of bytes is ENOSPC, after what still fits', () => {
  const fs = testFs({ bytes: 100 * 4096 });
  const ctx = testContext(fs);
  expect(writeAt(ctx, '/f', 0, pattern(1, 50 * 4096))).toBe(50 * 4096);
  expect(writeAt(ctx, '/g', 10, pattern(1, 60 * 4096))).toBe(50 * 4096 - 10);
  expect(writeAt(ctx, '/g', 1e6, encode('x'))).toBe(-ENOSPC);
  expect(writeAt(ctx, '/f', 100, encode('over what is there'))).toBe(18);
  expect(put(ctx, 'h', '')).toBe(-ENOSPC);
  expect(truncate(ctx, 'f', 4096)).toBe(0);
  expect(writeAt(ctx, '/g', 1e6, encode('x'))).toBe(1);
  unlink(ctx, 'g');
  expect(fs.pages).toBe(1);
});

test('the quota of files is ENOSPC', () => {
  const ctx = testContext(testFs({ inodes: 3 }));
  expect(put(ctx, 'a', '')).toBe(0);
  expect(mkdir(ctx, 'b', 0o755)).toBe(0);
  expect(put(ctx, 'c', '')).toBe(-ENOSPC);
  expect(unlink(ctx, 'a')).toBe(0);
  expect(put(ctx, 'c', '')).toBe(0);
  const out = new StatFs();
  statfs(ctx, '/', out);
  expect(out).toMatchObject({ type: 'tmpfs', files: 3, ffree: 0, bsize: 4096 });
});

/** A blob whose bytes come when they were asked for once. */
function blobOf(bytes: Uint8Array): BlobSource & { here: boolean } {
  return {
    here: false,
    read(digest, offset, length, waker) {
      if (digest !== 'sha256:x') return -EIO;
      if (!this.here) {
        waker()();
        return BLOCKED;
      }
      return bytes.subarray(offset, offset + Math.min(length, 10_000));
    },
  };
}

function withBlob(length = 150_000) {
  const bytes = pattern(7, 200_000);
  const blobs = blobOf(bytes);
  const fs = testFs({ blobs });
  const ctx = testContext(fs);
  put(ctx, 'f', '');
  const place = resolve(ctx, 'f');
  if (typeof place === 'number') throw new Error();
  expect(place.inode.referToBlob(ctx, new BlobRef('sha256:x', 1000, length))).toBe(0);
  return { ctx, blobs, fs, bytes: bytes.slice(1000, 1000 + length) };
}

test('a file that refers to a blob reads from it, when the bytes are here', () => {
  const { ctx, blobs, bytes } = withBlob();
  expect(field(ctx, 'f', 'size')).toBe(150_000);
  expect(field(ctx, 'f', 'blocks')).toBe(37 * 8);
  expect(get(ctx, 'f')).toBe(BLOCKED);
  expect(ctx.wakes).toBe(1);
  blobs.here = true;
  expect(difference(getBytes(ctx, 'f'), bytes)).toBe(-1);
});

test('writing to it takes over only what is touched', () => {
  const { ctx, blobs, bytes, fs } = withBlob();
  expect(writeAt(ctx, '/f', 70_000, encode('here'))).toBe(BLOCKED);
  blobs.here = true;
  expect(writeAt(ctx, '/f', 70_000, encode('here'))).toBe(4);
  blobs.here = false;
  const buf = new Uint8Array(65536);
  const inode = fs.root.lookup(ctx, 'f');
  if (typeof inode === 'number') throw new Error();
  expect(inode.read(ctx, buf, 65536)).toBe(65536);
  expect(inode.read(ctx, buf, 0)).toBe(BLOCKED);
  blobs.here = true;
  bytes.set(encode('here'), 70_000);
  expect(difference(getBytes(ctx, 'f'), bytes)).toBe(-1);
  expect(append(ctx, 'f', 'end')).toBe(0);
  expect(field(ctx, 'f', 'size')).toBe(150_003);
  expect(fs.pages).toBe(37);
});

test('what is cut off a blob does not come back', () => {
  const { ctx, blobs, bytes } = withBlob();
  expect(truncate(ctx, 'f', 100)).toBe(0);
  expect(truncate(ctx, 'f', 300)).toBe(0);
  blobs.here = true;
  const expected = new Uint8Array(300);
  expected.set(bytes.subarray(0, 100));
  expect(difference(getBytes(ctx, 'f'), expected)).toBe(-1);
  expect(statOf(ctx, 'f')).toMatchObject({ size: 300, blocks: 8 });
});

test.each([
  ['size=64m,mode=1777', { bytes: 2 ** 26, mode: 0o1777, options: 'size=65536k,mode=1777' }],
  ['size=1g,uid=5,gid=6', { bytes: 2 ** 30, uid: 5, gid: 6, options: 'size=1048576k,uid=5,gid=6' }],
  ['', { bytes: 2 ** 31, mode: 0o1777, options: '' }],
  ['nr_inodes=10k,mode=755', { inodes: 10240, mode: 0o755 }],
  ['what=1', undefined],
  ['size=big', undefined],
])('mount data %s', (data, expected) => {
  if (expected === undefined) expect(parseTmpfsData(data)).toBeUndefined();
  else expect(parseTmpfsData(data)).toMatchObject(expected);
});

test('a whole copy of a file that refers to a blob refers to it too', () => {
  const { ctx, blobs, bytes } = withBlob();
  const from = open(ctx, 'f', O_RDONLY);
  const to = open(ctx, 'g', O_WRONLY | O_CREAT, 0o644);
  if (typeof from === 'number' || typeof to === 'number') throw new Error();
  expect(copyFileRange(ctx, from, to, 1e9)).toBe(150_000);
  blobs.here = true;
  expect(difference(getBytes(ctx, 'g'), bytes)).toBe(-1);
});
