import { expect, test } from 'vitest';
import { EACCES, EEXIST, EISDIR, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR } from '../abi/errno.ts';
import { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } from '../abi/flags.ts';
import { mkdir, symlink } from './create.ts';
import { mountFileSystem } from './mount.ts';
import { readlink } from './names.ts';
import { closeFile, open } from './open.ts';
import { rename, rmdir, unlink } from './remove.ts';
import { chmod } from './setattr.ts';
import { testContext, testFs } from './test-context.ts';
import { field, get, put, statOf } from './test-files.ts';
import { dPath, resolve, resolveDirectory } from './walk.ts';

function tree() {
  const ctx = testContext();
  for (const dir of ['a', 'a/b', 'a/b/c', 'd']) mkdir(ctx, dir, 0o755);
  put(ctx, 'a/file', 'x');
  symlink(ctx, 'a/b', 'link');
  symlink(ctx, '/a/file', 'a/abs');
  symlink(ctx, 'nowhere', 'dangling');
  return ctx;
}

const at = (ctx: ReturnType<typeof tree>, path: string, follow = true): string | number => {
  const place = resolve(ctx, path, follow);
  return typeof place === 'number' ? place : dPath(place, ctx.root);
};

test.each([
  ['/', '/'],
  ['', -ENOENT],
  ['.', '/'],
  ['..', '/'],
  ['a//b/./c/', '/a/b/c'],
  ['a/b/../b', '/a/b'],
  ['link/c', '/a/b/c'],
  ['link/..', '/a'],
  ['link', '/a/b'],
  ['a/abs', '/a/file'],
  ['a/file/', -ENOTDIR],
  ['a/file/.', -ENOTDIR],
  ['a/file/x', -ENOTDIR],
  ['a/nothing', -ENOENT],
  ['nothing/x', -ENOENT],
  ['dangling', -ENOENT],
  ['dangling/', -ENOENT],
  [`${'x'.repeat(255)}`, -ENOENT],
  [`${'x'.repeat(256)}`, -ENAMETOOLONG],
  [`${'é'.repeat(128)}`, -ENAMETOOLONG],
  [`${'a/../'.repeat(900)}`, -ENAMETOOLONG],
])('walks %s', (path, expected) => {
  expect(at(tree(), path)).toBe(expected);
});

test('a link at the end is followed only when asked, or with a slash after it', () => {
  const ctx = tree();
  expect(at(ctx, 'link', false)).toBe('/link');
  expect(at(ctx, 'link/', false)).toBe('/a/b');
  expect(readlink(ctx, 'link')).toBe('a/b');
});

test('40 links are followed, the next is ELOOP', () => {
  const ctx = testContext();
  put(ctx, 'l0', 'end');
  for (let i = 1; i <= 41; i++) symlink(ctx, `l${i - 1}`, `l${i}`);
  expect(get(ctx, 'l40')).toBe('end');
  expect(get(ctx, 'l41')).toBe(-ELOOP);
  symlink(ctx, 'self', 'self');
  expect(get(ctx, 'self')).toBe(-ELOOP);
});

test('.. does not leave the root of a chroot, and crosses mounts', () => {
  const ctx = tree();
  expect(mountFileSystem(ctx, testFs(), 'm', '/a/b', 0)).toBe(0);
  mkdir(ctx, '/a/b/inner', 0o755);
  expect(at(ctx, '/a/b/inner/../..')).toBe('/a');
  expect(at(ctx, '/a/b/c')).toBe(-ENOENT);
  const root = resolveDirectory(ctx, '/a');
  if (typeof root === 'number') throw new Error();
  ctx.root = root;
  ctx.cwd = root;
  expect(at(ctx, '../../..')).toBe('/');
  expect(at(ctx, '/file')).toBe('/file');
  expect(at(ctx, 'b/inner')).toBe('/b/inner');
  expect(get(ctx, 'abs')).toBe(-ENOENT);
});

test('directories need x to be passed, whoever is not root', () => {
  const ctx = tree();
  chmod(ctx, 'a', 0o700);
  const other = ctx.as(1000);
  expect(get(other, 'a/file')).toBe(-EACCES);
  expect(get(other, 'link/x')).toBe(-EACCES);
  expect(get(ctx, 'a/file')).toBe('x');
  expect(resolveDirectory(other, 'a')).toBe(-EACCES);
});

test.each([
  ['new', O_CREAT | O_WRONLY, 'ok'],
  ['new/', O_CREAT | O_WRONLY, -EISDIR],
  ['a', O_CREAT | O_RDONLY, -EISDIR],
  ['a/.', O_CREAT | O_RDONLY, -EISDIR],
  ['a', O_WRONLY, -EISDIR],
  ['a', O_RDONLY | O_DIRECTORY, 'ok'],
  ['a/file', O_RDONLY | O_DIRECTORY, -ENOTDIR],
  ['a/file', O_CREAT | O_EXCL | O_WRONLY, -EEXIST],
  ['dangling', O_CREAT | O_EXCL | O_WRONLY, -EEXIST],
  ['link', O_NOFOLLOW | O_RDONLY, -ELOOP],
  ['a/abs', O_CREAT | O_NOFOLLOW | O_WRONLY, -ELOOP],
  ['no/new', O_CREAT | O_WRONLY, -ENOENT],
])('open %s %o', (path, flags, expected) => {
  const file = open(tree(), path, flags, 0o644);
  expect(typeof file === 'number' ? file : 'ok').toBe(expected);
});

test('O_CREAT through a dangling link makes its target', () => {
  const ctx = tree();
  expect(put(ctx, 'dangling', 'made')).toBe(0);
  expect(get(ctx, 'nowhere')).toBe('made');
});

test('an unlinked file stays usable while it is open, and its path says so', () => {
  const ctx = tree();
  const file = open(ctx, 'a/file', O_RDONLY);
  if (typeof file === 'number') throw new Error();
  expect(unlink(ctx, 'a/file')).toBe(0);
  const buf = new Uint8Array(8);
  expect(file.read(ctx, buf)).toBe(1);
  expect(dPath(file.path!, ctx.root)).toBe('/a/file (deleted)');
  closeFile(ctx, file);
});

test('an open file follows renames of itself and of its directories', () => {
  const ctx = tree();
  const file = open(ctx, 'a/file', O_RDONLY);
  if (typeof file === 'number') throw new Error();
  rename(ctx, 'a/file', 'd/moved');
  rename(ctx, 'd', 'e');
  expect(dPath(file.path!, ctx.root)).toBe('/e/moved');
});

test('a removed working directory is empty and cannot be filled', () => {
  const ctx = tree();
  const cwd = resolveDirectory(ctx, 'd');
  if (typeof cwd === 'number') throw new Error();
  ctx.cwd = cwd;
  expect(rmdir(ctx, '/d')).toBe(0);
  expect(put(ctx, 'x', '1')).toBe(-ENOENT);
  expect(at(ctx, '.')).toBe('/d (deleted)');
  expect(statOf(ctx, 'x')).toBe(-ENOENT);
  expect(field(ctx, '.', 'nlink')).toBe(0);
});
