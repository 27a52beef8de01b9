import * as fc from 'fast-check';
import { MS_NOATIME, O_CREAT, O_RDWR } from '../abi/flags.ts';
import { Stat } from '../abi/stat.ts';
import { link, mkdir, mknod, symlink } from './create.ts';
import { copyFileRange } from './files.ts';
import { lstat, readlink } from './names.ts';
import type { VfsContext } from './objects.ts';
import { closeFile, open, truncate } from './open.ts';
import { rename, rmdir, unlink } from './remove.ts';
import { chmod, lchown, utimens } from './setattr.ts';
import { getBytes, list } from './test-files.ts';
import { listxattr, removexattr, setxattr } from './xattr.ts';

/** A random operation on a small tree; most of them fail, as they should. */
export type Operation = (ctx: VfsContext) => number;

const NAMES = ['a', 'b', 'c', 'd'];
const path = fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
const size = fc.oneof(fc.nat(100), fc.nat(5000), fc.nat(200_000), fc.constantFrom(0, 4096, 65536, 131072));

/** Bytes that tell their seed and place, so that a mixed-up chunk shows. */
export function pattern(seed: number, length: number): Uint8Array {
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i++) out[i] = (seed * 31 + i * 7 + (i >> 8)) & 0xff;
  return out;
}

export function writeAt(ctx: VfsContext, name: string, position: number, bytes: Uint8Array): number {
  const file = open(ctx, name, O_RDWR | O_CREAT, 0o644);
  if (typeof file === 'number') return file;
  const n = file.pwrite(ctx, bytes, position);
  closeFile(ctx, file);
  return n;
}

function copyPart(ctx: VfsContext, from: string, to: string, at: number, toAt: number, length: number): number {
  const source = open(ctx, from, O_RDWR);
  if (typeof source === 'number') return source;
  const target = open(ctx, to, O_RDWR | O_CREAT, 0o644);
  if (typeof target === 'number') {
    closeFile(ctx, source);
    return target;
  }
  source.offset = at;
  target.offset = toAt;
  const n = copyFileRange(ctx, source, target, length);
  closeFile(ctx, source);
  closeFile(ctx, target);
  return n;
}

export const operation: fc.Arbitrary<{ name: string; run: Operation }> = fc.oneof(
  path.map((p) => ({ name: `mkdir ${p}`, run: (ctx: VfsContext) => mkdir(ctx, p, 0o755) })),
  fc.tuple(path, size, size, fc.nat(255)).map(([p, at, n, seed]) => ({
    name: `write ${p} ${at}+${n} ${seed}`,
    run: (ctx: VfsContext) => writeAt(ctx, p, at, pattern(seed, n)),
  })),
  fc.tuple(path, fc.nat(60), fc.nat(255)).map(([p, n, seed]) => ({
    name: `write ${p} 0+${n} ${seed}`,
    run: (ctx: VfsContext) => writeAt(ctx, p, 0, pattern(seed, n)),
  })),
  fc.tuple(path, size).map(([p, n]) => ({ name: `truncate ${p} ${n}`, run: (ctx: VfsContext) => truncate(ctx, p, n) })),
  fc.tuple(path, path, size, size, size).map(([p, q, at, toAt, n]) => ({
    name: `copy ${p}@${at} ${q}@${toAt} ${n}`,
    run: (ctx: VfsContext) => copyPart(ctx, p, q, at, toAt, n),
  })),
  fc.tuple(path, path).map(([p, q]) => ({
    name: `clone ${p} ${q}`,
    run: (ctx: VfsContext) => copyPart(ctx, p, q, 0, 0, 1e9),
  })),
  path.map((p) => ({ name: `unlink ${p}`, run: (ctx: VfsContext) => unlink(ctx, p) })),
  path.map((p) => ({ name: `rmdir ${p}`, run: (ctx: VfsContext) => rmdir(ctx, p) })),
  fc.tuple(path, path, fc.constantFrom(0, 0, 1, 2)).map(([p, q, flags]) => ({
    name: `rename ${p} ${q} ${flags}`,
    run: (ctx: VfsContext) => rename(ctx, p, q, flags),
  })),
  fc.tuple(path, path).map(([p, q]) => ({ name: `link ${p} ${q}`, run: (ctx: VfsContext) => link(ctx, p, q) })),
  fc.tuple(path, path).map(([p, q]) => ({ name: `symlink ${p} ${q}`, run: (ctx: VfsContext) => symlink(ctx, p, q) })),
  path.map((p) => ({ name: `mkfifo ${p}`, run: (ctx: VfsContext) => mknod(ctx, p, 0o010600, 0) })),
  fc.tuple(path, fc.nat(0o7777)).map(([p, mode]) => ({
    name: `chmod ${p} ${mode.toString(8)}`,
    run: (ctx: VfsContext) => chmod(ctx, p, mode),
  })),
  fc.tuple(path, fc.nat(9), fc.nat(9)).map(([p, uid, gid]) => ({
    name: `lchown ${p} ${uid}:${gid}`,
    run: (ctx: VfsContext) => lchown(ctx, p, uid, gid),
  })),
  fc.tuple(path, fc.integer({ min: -1e9, max: 1e9 }), fc.nat(999_999_999)).map(([p, sec, nsec]) => ({
    name: `utimens ${p} ${sec}.${nsec}`,
    run: (ctx: VfsContext) => utimens(ctx, p, sec, nsec, sec + 1, nsec),
  })),
  fc.tuple(path, fc.constantFrom('user.x', 'trusted.y'), fc.uint8Array({ maxLength: 8 })).map(([p, key, value]) => ({
    name: `setxattr ${p} ${key}`,
    run: (ctx: VfsContext) => setxattr(ctx, p, key, value, true),
  })),
  path.map((p) => ({ name: `removexattr ${p}`, run: (ctx: VfsContext) => removexattr(ctx, p, 'user.x', true) })),
);

/** A tree for random operations to begin with. */
export function plant(ctx: VfsContext): void {
  mkdir(ctx, '/a', 0o755);
  mkdir(ctx, '/a/b', 0o755);
  writeAt(ctx, '/a/a', 0, pattern(1, 150_000));
  writeAt(ctx, '/b', 0, pattern(2, 70_000));
  writeAt(ctx, '/c', 0, pattern(3, 30));
  link(ctx, '/b', '/a/c');
}

export interface ShowOptions {
  ino: boolean;
  times: boolean;
}

/** All that can be seen of a tree, a line a file. */
export function show(ctx: VfsContext, top: string, o: ShowOptions): string[] {
  ctx.root.mount.flags |= MS_NOATIME; // looking must not change anything
  const lines: string[] = [];
  const visit = (at: string): void => {
    const st = new Stat();
    if (lstat(ctx, at, st) < 0) throw new Error(at);
    const type = st.mode >> 12;
    const xattrs = listxattr(ctx, at, true);
    const what = type === 8 ? checksum(getBytes(ctx, at)) : type === 10 ? readlink(ctx, at) : '';
    const times = o.times
      ? `${st.atimeSec}.${st.atimeNsec} ${st.mtimeSec}.${st.mtimeNsec} ${st.ctimeSec}.${st.ctimeNsec}`
      : '';
    lines.push(
      `${at} ${o.ino ? st.ino : ''} ${st.mode.toString(8)} ${st.uid}:${st.gid} ${st.nlink} ${st.size} ${st.blocks} ${times} ${xattrs} ${what}`,
    );
    if (type === 4) for (const name of list(ctx, at) as string[]) visit(`${at === '/' ? '' : at}/${name}`);
  };
  visit(top);
  return lines;
}

function checksum(bytes: Uint8Array | number): number {
  if (typeof bytes === 'number') return bytes;
  let sum = 0;
  for (let i = 0; i < bytes.length; i++) sum = (Math.imul(sum, 31) + bytes[i]! + 1) | 0;
  return sum;
}
