import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { EINVAL, ENOENT, ENOTDIR, EPERM, EROFS, EXDEV } from '../abi/errno.ts';
import { O_RDONLY } from '../abi/flags.ts';
import { makedev, StatFs } from '../abi/stat.ts';
import { link, mkdir, mknod, symlink } from './create.ts';
import { mountFileSystem } from './mount.ts';
import { statfs } from './names.ts';
import { closeFile, open } from './open.ts';
import { makeOverlay } from './overlay-mount.ts';
import { rename, rmdir, unlink } from './remove.ts';
import { chmod, chown, utimens } from './setattr.ts';
import { conformance } from './test-conformance.ts';
import { TestContext, testContext, testFs } from './test-context.ts';
import { append, field, get, list, put, statOf } from './test-files.ts';
import { operation, pattern, plant, show } from './test-operations.ts';
import { resolveDirectory } from './walk.ts';
import { getxattr, listxattr, setxattr } from './xattr.ts';

/** A disk on which overlays are stacked: each `settle` makes the layers so far the lower ones of a new overlay. */
class Stack {
  readonly disk = testContext(testFs({ type: 'ext4', bytes: 2 ** 26 }));
  layers: string[] = [];

  constructor() {
    mkdir(this.disk, '/l0', 0o755);
    this.layers.push('/l0');
  }

  /** The root of a new overlay over all layers. */
  readonly next = (): TestContext => {
    const n = this.layers.length;
    const upper = `/l${n}`;
    for (const dir of [upper, `/w${n}`, `/m${n}`]) mkdir(this.disk, dir, 0o755);
    const lowers = this.layers.toReversed().join(':');
    const overlay = makeOverlay(this.disk, `lowerdir=${lowers},upperdir=${upper},workdir=/w${n}`);
    if (typeof overlay === 'number') throw new Error(`overlay ${overlay}`);
    expect(mountFileSystem(this.disk, overlay, 'overlay', `/m${n}`, 0)).toBe(0);
    this.layers.push(upper);
    return inside(this.disk, `/m${n}`);
  };
}

function inside(ctx: TestContext, path: string): TestContext {
  const root = resolveDirectory(ctx, path);
  if (typeof root === 'number') throw new Error(`${path} ${root}`);
  const other = new TestContext(ctx.ns);
  other.root = other.cwd = root;
  other.time.sec = ctx.time.sec + 1_000_000;
  return other;
}

conformance('overlay, all in the upper layer', () => {
  const ctx = new Stack().next();
  return { ctx, settle: () => ctx };
});

conformance('overlay, over what was made before', () => {
  const stack = new Stack();
  return { ctx: stack.next(), settle: stack.next };
});

/** A lower tree, an overlay over it, and the disk to look behind it. */
function layered(build: (ctx: TestContext) => void): { disk: TestContext; ctx: TestContext } {
  const stack = new Stack();
  build(inside(stack.disk, '/l0'));
  return { ctx: stack.next(), disk: stack.disk };
}

test('reading copies nothing up', () => {
  const { ctx, disk } = layered((lower) => {
    mkdir(lower, 'd', 0o755);
    put(lower, 'd/f', 'lower');
  });
  expect(get(ctx, 'd/f')).toBe('lower');
  expect(list(ctx, 'd')).toEqual(['f']);
  expect(list(disk, '/l1')).toEqual([]);
});

test('a change copies up with the directories above, their owners, modes, times and xattrs', () => {
  const { ctx, disk } = layered((lower) => {
    mkdir(lower, 'd', 0o700);
    chown(lower, 'd', 3, 4);
    put(lower, 'd/f', 'lower');
    setxattr(lower, 'd/f', 'user.k', pattern(1, 3));
    chmod(lower, 'd/f', 0o640);
    utimens(lower, 'd/f', 5, 6, 7, 8);
    utimens(lower, 'd', 50, 60, 70, 80);
  });
  expect(chmod(ctx, 'd/f', 0o600)).toBe(0);
  expect(statOf(disk, '/l1/d')).toMatchObject({ mode: 0o40700, uid: 3, gid: 4, mtimeSec: 70, mtimeNsec: 80 });
  expect(statOf(disk, '/l1/d/f')).toMatchObject({ mode: 0o100600, mtimeSec: 7, mtimeNsec: 8, size: 5 });
  expect(getxattr(disk, '/l1/d/f', 'user.k')).toEqual(pattern(1, 3));
  expect(field(disk, '/l0/d/f', 'mode')).toBe(0o100640);
});

test('removing a lower file leaves a whiteout, which the overlay does not show', () => {
  const { ctx, disk } = layered((lower) => put(lower, 'f', 'x'));
  unlink(ctx, 'f');
  expect(statOf(ctx, 'f')).toBe(-ENOENT);
  expect(list(ctx, '/')).toEqual([]);
  expect(statOf(disk, '/l1/f')).toMatchObject({ mode: 0o20000, rdev: makedev(0, 0) });
  put(ctx, 'f', 'again');
  expect(field(disk, '/l1/f', 'mode')).toBe(0o100644);
});

test('a directory in the place of a removed one is opaque', () => {
  const { ctx, disk } = layered((lower) => {
    mkdir(lower, 'd', 0o755);
    put(lower, 'd/old', 'x');
  });
  unlink(ctx, 'd/old');
  rmdir(ctx, 'd');
  mkdir(ctx, 'd', 0o755);
  expect(getxattr(disk, '/l1/d', 'trusted.overlay.opaque')).toEqual(new Uint8Array([121]));
  expect(listxattr(ctx, 'd')).toEqual([]);
  expect(list(ctx, 'd')).toEqual([]);
});

test('an upper file goes away without a whiteout where nothing is below', () => {
  const { ctx, disk } = layered(() => {});
  put(ctx, 'f', 'x');
  mkdir(ctx, 'd', 0o755);
  unlink(ctx, 'f');
  rmdir(ctx, 'd');
  expect(list(disk, '/l1')).toEqual([]);
});

test('renaming a lower or merged directory is EXDEV, a new one is not', () => {
  const { ctx } = layered((lower) => {
    for (const d of ['low', 'merged', 'to']) mkdir(lower, d, 0o755);
  });
  put(ctx, 'merged/x', '');
  mkdir(ctx, 'new', 0o755);
  expect(rename(ctx, 'low', 'to/a')).toBe(-EXDEV);
  expect(rename(ctx, 'merged', 'to/b')).toBe(-EXDEV);
  expect(rename(ctx, 'new', 'to/c')).toBe(0);
});

test('copy-up breaks a hard link of the lower layer', () => {
  const { ctx } = layered((lower) => {
    put(lower, 'a', 'x');
    link(lower, 'a', 'b');
  });
  expect(field(ctx, 'a', 'ino')).toBe(field(ctx, 'b', 'ino'));
  append(ctx, 'a', 'y');
  expect([get(ctx, 'a'), get(ctx, 'b')]).toEqual(['xy', 'x']);
  expect(field(ctx, 'a', 'ino')).not.toBe(field(ctx, 'b', 'ino'));
});

test('the inode number of a file stays when it is copied up', () => {
  const { ctx } = layered((lower) => put(lower, 'f', 'x'));
  const before = field(ctx, 'f', 'ino');
  append(ctx, 'f', 'y');
  expect(field(ctx, 'f', 'ino')).toBe(before);
});

test('a descriptor that was opened for reading before the copy-up sees the change', () => {
  const { ctx } = layered((lower) => put(lower, 'f', 'old'));
  const file = open(ctx, 'f', O_RDONLY);
  if (typeof file === 'number') throw new Error();
  put(ctx, 'f', 'new');
  const buf = new Uint8Array(3);
  file.read(ctx, buf);
  expect(String.fromCharCode(...buf)).toBe('new');
  closeFile(ctx, file);
});

test('an unlinked lower file that is open can still be changed', () => {
  const { ctx, disk } = layered((lower) => put(lower, 'f', 'old'));
  const file = open(ctx, 'f', O_RDONLY);
  if (typeof file === 'number') throw new Error();
  unlink(ctx, 'f');
  expect(file.path!.inode.setattr(ctx, { mode: 0o600 })).toBe(0);
  expect(file.read(ctx, new Uint8Array(9))).toBe(3);
  expect(list(disk, '/w1/work')).toEqual([]);
  closeFile(ctx, file);
});

test('what the host puts into the upper directory shows', () => {
  const { ctx, disk } = layered((lower) => put(lower, 'f', 'old'));
  expect(statOf(ctx, 'g')).toBe(-ENOENT);
  put(disk, '/l1/g', 'from outside');
  expect(get(ctx, 'g')).toBe('from outside');
  expect(list(ctx, '/')).toEqual(['f', 'g']);
});

test('without an upper directory it cannot be written', () => {
  const disk = testContext();
  for (const dir of ['a', 'b', 'm']) mkdir(disk, dir, 0o755);
  put(disk, 'a/f', 'a');
  put(disk, 'b/f', 'b');
  put(disk, 'b/g', 'b');
  const overlay = makeOverlay(disk, 'lowerdir=a:b');
  if (typeof overlay === 'number') throw new Error();
  mountFileSystem(disk, overlay, 'overlay', 'm', 0);
  expect([get(disk, 'm/f'), get(disk, 'm/g')]).toEqual(['a', 'b']);
  expect(put(disk, 'm/f', 'x')).toBe(-EROFS);
  expect(unlink(disk, 'm/f')).toBe(-EROFS);
  expect(mkdir(disk, 'm/d', 0o755)).toBe(-EROFS);
});

test.each([
  ['upperdir=a,workdir=w', -EINVAL],
  ['lowerdir=a', -EINVAL],
  ['lowerdir=a,upperdir=u', -EINVAL],
  ['lowerdir=a:none,upperdir=u,workdir=w', -ENOENT],
  ['lowerdir=f,upperdir=u,workdir=w', -ENOTDIR],
  ['lowerdir=a,upperdir=u,workdir=u', -EINVAL],
  ['lowerdir=a,upperdir=u,workdir=u/w', -EINVAL],
  ['lowerdir=a,upperdir=u,workdir=w,colour=red', -EINVAL],
  ['lowerdir=a,upperdir=u,workdir=w,index=on', -EINVAL],
  ['lowerdir=a,upperdir=u,workdir=w,index=off', 0],
  ['lowerdir=c\\:d,upperdir=u,workdir=w', 0],
])('mount data %s', (data, expected) => {
  const ctx = testContext();
  for (const dir of ['a', 'u', 'w', 'u/w', 'c:d']) mkdir(ctx, dir, 0o755);
  put(ctx, 'f', '');
  const overlay = makeOverlay(ctx, data);
  expect(typeof overlay === 'number' ? overlay : 0).toBe(expected);
});

test('a whiteout cannot be made through it; statfs is the upper layer’s', () => {
  const { ctx } = layered(() => {});
  expect(mknod(ctx, 'w', 0o20000, 0)).toBe(-EPERM);
  const out = new StatFs();
  statfs(ctx, '/', out);
  expect(out).toMatchObject({ type: 'overlay', blocks: 2 ** 14 });
});

test('a large file is copied up by sharing', () => {
  const { ctx, disk } = layered((lower) => put(lower, 'big', pattern(1, 1_000_000)));
  expect(chmod(ctx, 'big', 0o600)).toBe(0);
  const shared = (path: string): unknown => {
    const place = resolveDirectory(disk, path);
    if (typeof place === 'number') throw new Error();
    const inode = place.inode.lookup(disk, 'big') as unknown as { content: { chunks: unknown[] } };
    return inode.content.chunks[3];
  };
  expect(shared('/l1')).toBe(shared('/l0'));
});

test('layers give the same tree as one filesystem, whenever they are put on each other', () => {
  const step = fc.oneof({ weight: 10, arbitrary: operation }, fc.constantFrom('settle' as const));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50, size: 'max' }), (steps) => {
      const stack = new Stack();
      let ctx = stack.next();
      const plain = testContext(testFs({ type: 'ext4', bytes: 2 ** 26 }));
      for (const one of [ctx, plain]) {
        plant(one);
        unlink(one, '/a/c'); // hard links are broken by copy-up
        one.time.sec = 2_000_000_000;
      }
      for (const s of steps) {
        if (s === 'settle') {
          ctx = stack.next();
          ctx.time.sec = plain.time.sec;
          continue;
        }
        if (s.name.startsWith('link')) continue;
        const status = s.run(ctx);
        if (status === -EXDEV) continue;
        expect([s.name, s.run(plain)]).toEqual([s.name, status]);
      }
      const shown = { ino: false, times: false };
      const lines = (one: TestContext): string[] =>
        show(one, '/', shown).map((l) => (/ 4\d{4} /.test(l) ? l.replace(/(\d+:\d+) \d+/, '$1') : l));
      expect(lines(ctx)).toEqual(lines(plain));
    }),
    { numRuns: 40 },
  );
});

test('links of both kinds through layers', () => {
  const { ctx } = layered((lower) => {
    put(lower, 'f', 'x');
    symlink(lower, 'f', 'l');
  });
  expect(link(ctx, 'f', 'g')).toBe(0);
  append(ctx, 'g', 'y');
  expect([get(ctx, 'f'), get(ctx, 'l'), field(ctx, 'f', 'nlink')]).toEqual(['xy', 'xy', 2]);
});
