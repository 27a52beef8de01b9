import { describe, expect, test } from 'vitest';
import { EAGAIN, EBADF, EEXIST, EINVAL, EISDIR, ENOENT, ENOTDIR, ENOTEMPTY, EPERM } from '../abi/errno.ts';
import {
  LOCK_EX,
  LOCK_NB,
  LOCK_SH,
  LOCK_UN,
  O_APPEND,
  O_CREAT,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  SEEK_CUR,
  SEEK_END,
  SEEK_SET,
} from '../abi/flags.ts';
import { StatFs } from '../abi/stat.ts';
import { encode } from '../lib/utf8.ts';
import { link, mkdir, mknod, symlink } from './create.ts';
import { copyFileRange } from './files.ts';
import { flock } from './flock.ts';
import { readlink, statfs } from './names.ts';
import type { OpenFile } from './objects.ts';
import { closeFile, open, truncate } from './open.ts';
import { rename, rmdir, unlink } from './remove.ts';
import { chmod } from './setattr.ts';
import { attributesConformance, type Subject } from './test-attributes.ts';
import type { TestContext } from './test-context.ts';
import { append, difference, field, get, getBytes, list, put, statOf } from './test-files.ts';
import { pattern, writeAt } from './test-operations.ts';

function opened(ctx: TestContext, path: string, flags: number): OpenFile {
  const file = open(ctx, path, flags, 0o644);
  if (typeof file === 'number') throw new Error(`open ${path}: ${file}`);
  return file;
}

/** What every filesystem that one can write to must do. */
export function conformance(name: string, make: () => Subject): void {
  describe(name, () => {
    describe('content', () => {
      test('is what was written, at once and after opening again', () => {
        const s = make();
        put(s.ctx, 'f', 'hello');
        expect(get(s.ctx, 'f')).toBe('hello');
        const ctx = s.settle();
        append(ctx, 'f', ' world');
        expect(get(ctx, 'f')).toBe('hello world');
        put(ctx, 'f', 'new');
        expect(get(ctx, 'f')).toBe('new');
        expect(field(ctx, 'f', 'size')).toBe(3);
      });

      test.each([0, 1, 4095, 4096, 4097, 65535, 65536, 65537, 200_000])('of %i bytes', (length) => {
        const s = make();
        const bytes = pattern(length, length);
        put(s.ctx, 'f', bytes);
        const ctx = s.settle();
        expect(difference(getBytes(ctx, 'f'), bytes)).toBe(-1);
        writeAt(ctx, '/f', length, encode('end'));
        expect(field(ctx, 'f', 'size')).toBe(length + 3);
        expect(difference((getBytes(ctx, 'f') as Uint8Array).subarray(0, length), bytes)).toBe(-1);
      });

      test('has holes that read as zeros and take no blocks', () => {
        const s = make();
        writeAt(s.ctx, '/f', 1_000_000, encode('x'));
        const ctx = s.settle();
        expect(field(ctx, 'f', 'size')).toBe(1_000_001);
        expect(field(ctx, 'f', 'blocks')).toBe(8);
        const bytes = getBytes(ctx, 'f') as Uint8Array;
        expect(bytes.subarray(0, 1_000_000).every((b) => b === 0)).toBe(true);
        expect(bytes[1_000_000]).toBe(120);
      });

      test('is cut by truncate, and what comes again is zeros', () => {
        const s = make();
        put(s.ctx, 'f', pattern(1, 150_000));
        const ctx = s.settle();
        expect(truncate(ctx, 'f', 70_000)).toBe(0);
        expect(truncate(ctx, 'f', 150_000)).toBe(0);
        const bytes = getBytes(ctx, 'f') as Uint8Array;
        expect(difference(bytes.subarray(0, 70_000), pattern(1, 70_000))).toBe(-1);
        expect(bytes.subarray(70_000).every((b) => b === 0)).toBe(true);
        expect(truncate(ctx, 'f', -1)).toBe(-EINVAL);
        mkdir(ctx, 'd', 0o755);
        expect(truncate(ctx, 'd', 0)).toBe(-EISDIR);
      });

      test('offsets move with read, write and lseek; pread and pwrite leave them', () => {
        const { ctx } = make();
        put(ctx, 'f', '0123456789');
        const file = opened(ctx, 'f', O_RDWR);
        const buf = new Uint8Array(4);
        expect(file.read(ctx, buf)).toBe(4);
        expect(file.lseek(ctx, 0, SEEK_CUR)).toBe(4);
        expect(file.pread(ctx, buf, 8)).toBe(2);
        expect(file.write(ctx, encode('ab'))).toBe(2);
        expect(file.pwrite(ctx, encode('Z'), 0)).toBe(1);
        expect(file.lseek(ctx, -1, SEEK_END)).toBe(9);
        expect(file.lseek(ctx, -1, SEEK_SET)).toBe(-EINVAL);
        closeFile(ctx, file);
        expect(get(ctx, 'f')).toBe('Z123ab6789');
      });

      test('O_APPEND writes at the end, wherever the offset is', () => {
        const { ctx } = make();
        put(ctx, 'f', 'one');
        const file = opened(ctx, 'f', O_WRONLY | O_APPEND);
        append(ctx, 'f', 'two');
        file.write(ctx, encode('three'));
        closeFile(ctx, file);
        expect(get(ctx, 'f')).toBe('onetwothree');
      });

      test('a descriptor reads or writes as it was opened for', () => {
        const { ctx } = make();
        put(ctx, 'f', 'x');
        expect(opened(ctx, 'f', O_WRONLY).read(ctx, new Uint8Array(1))).toBe(-EBADF);
        expect(opened(ctx, 'f', O_RDONLY).write(ctx, encode('y'))).toBe(-EBADF);
        mkdir(ctx, 'd', 0o755);
        expect(opened(ctx, 'd', O_RDONLY).read(ctx, new Uint8Array(1))).toBe(-EISDIR);
      });

      test('copyFileRange copies, and either copy may change afterwards', () => {
        const s = make();
        put(s.ctx, 'from', pattern(1, 200_000));
        const ctx = s.settle();
        const from = opened(ctx, 'from', O_RDONLY);
        const to = opened(ctx, 'to', O_WRONLY | O_CREAT);
        let total = 0;
        for (let n = 1; n > 0; total += n) n = copyFileRange(ctx, from, to, 1e6);
        expect(total).toBe(200_000);
        writeAt(ctx, '/to', 100_000, encode('!'));
        expect(difference(getBytes(ctx, 'from'), pattern(1, 200_000))).toBe(-1);
        expect((getBytes(ctx, 'to') as Uint8Array)[100_000]).toBe(33);
        writeAt(ctx, '/from', 5, encode('?'));
        expect((getBytes(ctx, 'to') as Uint8Array)[5]).toBe(pattern(1, 6)[5]);
      });

      test('of an unlinked file stays while it is open, and its room is given back at the end', () => {
        const s = make();
        put(s.ctx, 'f', pattern(2, 100_000));
        const ctx = s.settle();
        const free = (): number => {
          const out = new StatFs();
          statfs(ctx, '/', out);
          return out.bfree * 1e6 + out.ffree;
        };
        const file = opened(ctx, 'f', O_RDWR);
        unlink(ctx, 'f');
        const before = free();
        expect(file.read(ctx, new Uint8Array(100))).toBe(100);
        file.pwrite(ctx, encode('x'), 50_000);
        closeFile(ctx, file);
        expect(free()).toBeGreaterThan(before);
        expect(statOf(ctx, 'f')).toBe(-ENOENT);
      });
    });

    describe('names', () => {
      test('of every type can be made, once', () => {
        const s = make();
        const { ctx } = s;
        expect(mkdir(ctx, 'd', 0o777)).toBe(0);
        expect(symlink(ctx, 'd', 'l')).toBe(0);
        expect(mknod(ctx, 'p', 0o010644, 0)).toBe(0);
        expect(mknod(ctx, 's', 0o140755, 0)).toBe(0);
        expect(mknod(ctx, 'c', 0o020666, 0x100003)).toBe(0);
        expect(mknod(ctx, 'b', 0o060660, 0x800001)).toBe(0);
        expect(put(ctx, 'f', '')).toBe(0);
        const then = s.settle();
        const modes = ['b', 'c', 'd', 'f', 'l', 'p', 's'].map((n) => field(then, n, 'mode').toString(8));
        expect(modes).toEqual(['60640', '20644', '40755', '100644', '120777', '10644', '140755']);
        expect(field(then, 'c', 'rdev')).toBe(0x100003);
        expect(list(then, '/')).toEqual(['b', 'c', 'd', 'f', 'l', 'p', 's']);
        for (const n of ['b', 'd', 'l', 'f']) {
          expect(mkdir(then, n, 0o755)).toBe(-EEXIST);
          expect(symlink(then, 'x', n)).toBe(-EEXIST);
          expect(link(then, 'f', n)).toBe(-EEXIST);
        }
      });

      test('go away, and may be used again for something else', () => {
        const s = make();
        for (const d of ['d', 'd/e']) mkdir(s.ctx, d, 0o755);
        put(s.ctx, 'd/e/f', 'x');
        put(s.ctx, 'f', 'x');
        const ctx = s.settle();
        expect(rmdir(ctx, 'd')).toBe(-ENOTEMPTY);
        expect(rmdir(ctx, 'f')).toBe(-ENOTDIR);
        expect(unlink(ctx, 'd')).toBe(-EISDIR);
        expect(unlink(ctx, 'none')).toBe(-ENOENT);
        expect(unlink(ctx, 'd/e/f')).toBe(0);
        expect(list(ctx, 'd/e')).toEqual([]);
        expect(rmdir(ctx, 'd/e')).toBe(0);
        expect(rmdir(ctx, 'd')).toBe(0);
        expect(unlink(ctx, 'f')).toBe(0);
        expect(list(ctx, '/')).toEqual([]);
        expect(put(ctx, 'd', 'file')).toBe(0);
        expect(mkdir(ctx, 'f', 0o755)).toBe(0);
        expect(list(ctx, 'f')).toEqual([]);
        expect(get(ctx, 'd')).toBe('file');
      });

      test('a directory made anew does not show what an old one of its name had', () => {
        const s = make();
        mkdir(s.ctx, 'd', 0o755);
        put(s.ctx, 'd/old', 'x');
        const ctx = s.settle();
        unlink(ctx, 'd/old');
        rmdir(ctx, 'd');
        mkdir(ctx, 'd', 0o755);
        expect(list(ctx, 'd')).toEqual([]);
        expect(list(s.settle(), 'd')).toEqual([]);
      });

      test('hard links share content and attributes', () => {
        const { ctx } = make();
        put(ctx, 'a', 'one');
        expect(link(ctx, 'a', 'b')).toBe(0);
        put(ctx, 'b', 'two');
        chmod(ctx, 'a', 0o600);
        expect(get(ctx, 'a')).toBe('two');
        expect(field(ctx, 'b', 'mode') & 0o777).toBe(0o600);
        expect(field(ctx, 'b', 'nlink')).toBe(2);
        expect(field(ctx, 'b', 'ino')).toBe(field(ctx, 'a', 'ino'));
        unlink(ctx, 'a');
        expect(field(ctx, 'b', 'nlink')).toBe(1);
        expect(get(ctx, 'b')).toBe('two');
        mkdir(ctx, 'd', 0o755);
        expect(link(ctx, 'd', 'e')).toBe(-EPERM);
      });

      test('many entries are all listed, and may be removed while listing', () => {
        const s = make();
        mkdir(s.ctx, 'd', 0o755);
        for (let i = 0; i < 300; i++) put(s.ctx, `d/${i}`, '');
        const ctx = s.settle();
        const dir = opened(ctx, 'd', O_RDONLY);
        const entries = dir.getdents(ctx);
        if (typeof entries === 'number') throw new Error();
        expect(entries.slice(0, 2).map((e) => e.name)).toEqual(['.', '..']);
        for (const { name: entry } of entries.slice(2)) expect(unlink(ctx, `d/${entry}`)).toBe(0);
        expect(dir.getdents(ctx)).toEqual([]);
        dir.lseek(ctx, 0, SEEK_SET);
        expect((dir.getdents(ctx) as unknown[]).length).toBe(2);
        expect(rmdir(ctx, 'd')).toBe(0);
      });
    });

    describe('rename', () => {
      const tree = (s: Subject): TestContext => {
        for (const d of ['d', 'empty']) mkdir(s.ctx, d, 0o755);
        put(s.ctx, 'f', 'f');
        put(s.ctx, 'g', 'g');
        put(s.ctx, 'd/x', 'x');
        symlink(s.ctx, 'f', 'l');
        return s.settle();
      };

      test('moves a file, over another one too', () => {
        const ctx = tree(make());
        expect(rename(ctx, 'f', 'd/f')).toBe(0);
        expect(get(ctx, 'd/f')).toBe('f');
        expect(statOf(ctx, 'f')).toBe(-ENOENT);
        expect(rename(ctx, 'g', 'd/f')).toBe(0);
        expect(get(ctx, 'd/f')).toBe('g');
        expect(list(ctx, '/')).toEqual(['d', 'empty', 'l']);
        expect(rename(ctx, 'l', 'd/x')).toBe(0);
        expect(readlink(ctx, 'd/x')).toBe('f');
      });

      test.each([
        ['f', 'd', 0, -EISDIR],
        ['empty', 'f', 0, -ENOTDIR],
        ['none', 'f', 0, -ENOENT],
        ['f', 'none/f', 0, -ENOENT],
        ['d', 'd/x/y', 0, -ENOTDIR],
        ['d', 'd/new', 0, -EINVAL],
        ['d/x', 'd', 0, -ENOTEMPTY],
        ['f', 'g/', 0, -ENOTDIR],
        ['f', 'new/', 0, -ENOTDIR],
        ['f', 'g', RENAME_NOREPLACE, -EEXIST],
        ['f', 'none', RENAME_EXCHANGE, -ENOENT],
        ['f', 'g', 64, -EINVAL],
        ['f', 'f', 0, 0],
      ])('%s to %s with %i', (from, to, flags, expected) => {
        expect(rename(tree(make()), from, to, flags)).toBe(expected);
      });

      test('exchanges two files', () => {
        const ctx = tree(make());
        expect(rename(ctx, 'f', 'd/x', RENAME_EXCHANGE)).toBe(0);
        expect([get(ctx, 'f'), get(ctx, 'd/x')]).toEqual(['x', 'f']);
      });

      test('moves a new directory with all in it, over an empty one too', () => {
        const s = make();
        const ctx = tree(s);
        mkdir(ctx, 'n', 0o755);
        mkdir(ctx, 'n/m', 0o755);
        put(ctx, 'n/m/file', 'deep');
        expect(rename(ctx, 'n', 'd/n')).toBe(0);
        expect(get(ctx, 'd/n/m/file')).toBe('deep');
        expect(rename(ctx, 'd/n', 'd')).toBe(-ENOTEMPTY);
        expect(rename(ctx, 'd/n', 'empty')).toBe(0);
        expect(get(ctx, 'empty/m/file')).toBe('deep');
        expect(get(s.settle(), 'empty/m/file')).toBe('deep');
      });

      test('two names of one file: nothing happens', () => {
        const { ctx } = make();
        put(ctx, 'a', 'x');
        link(ctx, 'a', 'b');
        expect(rename(ctx, 'a', 'b')).toBe(0);
        expect(list(ctx, '/')).toEqual(['a', 'b']);
      });
    });

    attributesConformance(make);

    test('flock excludes, shares, and ends with the file', () => {
      const { ctx } = make();
      put(ctx, 'f', '');
      const a = opened(ctx, 'f', O_RDONLY);
      const b = opened(ctx, 'f', O_RDONLY);
      expect(flock(ctx, a, LOCK_SH)).toBe(0);
      expect(flock(ctx, b, LOCK_SH | LOCK_NB)).toBe(0);
      expect(flock(ctx, b, LOCK_EX | LOCK_NB)).toBe(-EAGAIN);
      expect(flock(ctx, a, LOCK_UN)).toBe(0);
      expect(flock(ctx, b, LOCK_EX)).toBe(0);
      expect(flock(ctx, a, LOCK_EX)).toBe(-4096);
      closeFile(ctx, b);
      expect(ctx.wakes).toBe(1);
      expect(flock(ctx, a, LOCK_EX)).toBe(0);
    });

    test('O_TRUNC empties', () => {
      const s = make();
      put(s.ctx, 'f', pattern(1, 100_000));
      const ctx = s.settle();
      closeFile(ctx, opened(ctx, 'f', O_WRONLY | O_TRUNC));
      expect(field(ctx, 'f', 'size')).toBe(0);
      expect(field(ctx, 'f', 'blocks')).toBe(0);
    });
  });
}
