import { describe, expect, test } from 'vitest';
import { EACCES, EEXIST, ENODATA, ENOENT, EPERM } from '../abi/errno.ts';
import { UTIME_NOW, UTIME_OMIT } from '../abi/flags.ts';
import { encode } from '../lib/utf8.ts';
import { mkdir, symlink } from './create.ts';
import { access, readlink } from './names.ts';
import { rename, unlink } from './remove.ts';
import { chmod, chown, lchown, utimens } from './setattr.ts';
import type { TestContext } from './test-context.ts';
import { append, field, get, put, statOf } from './test-files.ts';
import { getxattr, listxattr, removexattr, setxattr } from './xattr.ts';

/** A filesystem at `/` to be tested. */
export interface Subject {
  ctx: TestContext;
  /** What was made so far becomes old: for a stacked filesystem it moves to a lower layer. */
  settle(): TestContext;
}

/** The part of the suite that is about attributes and permissions. */
export function attributesConformance(make: () => Subject): void {
  describe('attributes', () => {
    test('mode, owner and times change and stay', () => {
      const s = make();
      put(s.ctx, 'f', 'x');
      const ctx = s.settle();
      chmod(ctx, 'f', 0o4711);
      expect(field(ctx, 'f', 'mode')).toBe(0o104711);
      chown(ctx, 'f', 5, 6);
      expect([field(ctx, 'f', 'uid'), field(ctx, 'f', 'gid')]).toEqual([5, 6]);
      expect(field(ctx, 'f', 'mode')).toBe(0o100711);
      chown(ctx, 'f', -1, 7);
      expect([field(ctx, 'f', 'uid'), field(ctx, 'f', 'gid')]).toEqual([5, 7]);
      utimens(ctx, 'f', 11, 12, 13, 14);
      utimens(ctx, 'f', 0, UTIME_OMIT, 15, 16);
      const st = statOf(s.settle(), 'f');
      expect(st).toMatchObject({ atimeSec: 11, atimeNsec: 12, mtimeSec: 15, mtimeNsec: 16, mode: 0o100711, gid: 7 });
      expect(get(ctx, 'f')).toBe('x');
    });

    test('of a link itself', () => {
      const s = make();
      symlink(s.ctx, 'nowhere', 'l');
      const ctx = s.settle();
      expect(chown(ctx, 'l', 1, 1)).toBe(-ENOENT);
      expect(lchown(ctx, 'l', 3, 4)).toBe(0);
      expect(utimens(ctx, 'l', 1, 0, 2, 0, true)).toBe(0);
      expect(statOf(ctx, 'l')).toMatchObject({ uid: 3, gid: 4, mtimeSec: 2, size: 7 });
      expect(readlink(ctx, 'l')).toBe('nowhere');
    });

    test('times tell what happened', () => {
      const s = make();
      put(s.ctx, 'f', 'x');
      mkdir(s.ctx, 'd', 0o755);
      const ctx = s.settle();
      const at = (n: string, t: 'mtimeSec' | 'ctimeSec' | 'atimeSec'): number => field(ctx, n, t);
      const before = { f: at('f', 'mtimeSec'), d: at('d', 'mtimeSec') };
      put(ctx, 'd/new', '');
      expect(at('d', 'mtimeSec')).toBeGreaterThan(before.d);
      chmod(ctx, 'f', 0o600);
      expect(at('f', 'mtimeSec')).toBe(before.f);
      expect(at('f', 'ctimeSec')).toBeGreaterThan(before.f);
      append(ctx, 'f', 'y');
      expect(at('f', 'mtimeSec')).toBeGreaterThan(before.f);
      get(ctx, 'f');
      expect(at('f', 'atimeSec')).toBeGreaterThan(at('f', 'mtimeSec'));
      utimens(ctx, 'f', 5, UTIME_NOW, 6, UTIME_NOW);
      expect(at('f', 'mtimeSec')).toBeGreaterThan(1000);
    });

    test('extended ones', () => {
      const s = make();
      put(s.ctx, 'f', 'x');
      setxattr(s.ctx, 'f', 'user.a', encode('1'));
      const ctx = s.settle();
      expect(getxattr(ctx, 'f', 'user.a')).toEqual(encode('1'));
      expect(setxattr(ctx, 'f', 'user.a', encode('2'), false, 1)).toBe(-EEXIST);
      expect(setxattr(ctx, 'f', 'user.b', encode('2'), false, 2)).toBe(-ENODATA);
      expect(setxattr(ctx, 'f', 'user.b', encode('2'))).toBe(0);
      expect((listxattr(ctx, 'f') as string[]).sort()).toEqual(['user.a', 'user.b']);
      expect(removexattr(ctx, 'f', 'user.a')).toBe(0);
      expect(getxattr(ctx, 'f', 'user.a')).toBe(-ENODATA);
      expect(removexattr(ctx, 'f', 'user.a')).toBe(-ENODATA);
      expect(listxattr(s.settle(), 'f')).toEqual(['user.b']);
      expect(get(ctx, 'f')).toBe('x');
    });
  });

  describe('permissions', () => {
    test('of owner, group and others', () => {
      const s = make();
      put(s.ctx, 'f', 'x');
      chown(s.ctx, 'f', 100, 200);
      chmod(s.ctx, 'f', 0o640);
      const ctx = s.settle();
      expect(put(ctx.as(100), 'f', 'y')).toBe(0);
      expect(get(ctx.as(7, 7, [200]), 'f')).toBe('y');
      expect(put(ctx.as(7, 200), 'f', 'z')).toBe(-EACCES);
      expect(get(ctx.as(7), 'f')).toBe(-EACCES);
      expect(access(ctx.as(7), 'f', 0)).toBe(0);
      expect(access(ctx, 'f', 1)).toBe(-EACCES);
      chmod(ctx, 'f', 0o001);
      expect(get(ctx.as(100), 'f')).toBe(-EACCES);
      expect(access(ctx, 'f', 7)).toBe(0);
    });

    test('to make and remove names', () => {
      const s = make();
      mkdir(s.ctx, 'd', 0o755);
      put(s.ctx, 'd/f', '');
      mkdir(s.ctx, 'tmp', 0o755);
      chmod(s.ctx, 'tmp', 0o1777);
      const ctx = s.settle();
      const other = ctx.as(5);
      expect(put(other, 'd/new', '')).toBe(-EACCES);
      expect(unlink(other, 'd/f')).toBe(-EACCES);
      expect(rename(other, 'd/f', 'tmp/f')).toBe(-EACCES);
      expect(put(other, 'tmp/mine', '')).toBe(0);
      expect(unlink(ctx.as(6), 'tmp/mine')).toBe(-EPERM);
      expect(rename(ctx.as(6), 'tmp/mine', 'tmp/yours')).toBe(-EPERM);
      expect(unlink(other, 'tmp/mine')).toBe(0);
      expect(chmod(other, 'd', 0o777)).toBe(-EPERM);
      expect(chown(other, 'd/f', 5, 5)).toBe(-EPERM);
      expect(utimens(other, 'd/f', 1, 1, 1, 1)).toBe(-EPERM);
    });

    test('a setgid directory gives its group to what is made in it', () => {
      const s = make();
      mkdir(s.ctx, 'd', 0o777);
      chown(s.ctx, 'd', 0, 50);
      chmod(s.ctx, 'd', 0o2777);
      const ctx = s.settle();
      const other = ctx.as(9);
      put(other, 'd/f', '');
      mkdir(other, 'd/sub', 0o755);
      expect(statOf(ctx, 'd/f')).toMatchObject({ uid: 9, gid: 50 });
      expect(field(ctx, 'd/sub', 'mode')).toBe(0o042755);
      expect(field(ctx, 'd/sub', 'gid')).toBe(50);
    });

    test('writing takes set-id bits away, unless root writes', () => {
      const s = make();
      put(s.ctx, 'f', 'x');
      chown(s.ctx, 'f', 9, 9);
      chmod(s.ctx, 'f', 0o6755);
      const ctx = s.settle();
      append(ctx, 'f', 'y');
      expect(field(ctx, 'f', 'mode') & 0o7000).toBe(0o6000);
      append(ctx.as(9), 'f', 'z');
      expect(field(ctx, 'f', 'mode') & 0o7000).toBe(0);
    });
  });
}
