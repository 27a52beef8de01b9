import { expect, test } from 'vitest';
import { EACCES, EBADF, EBUSY, EINVAL, ELOOP, ENOENT, ENOTDIR, EPERM, EROFS, EXDEV } from '../abi/errno.ts';
import { MNT_DETACH, MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY, O_PATH, O_RDONLY } from '../abi/flags.ts';
import { link, mkdir, mknod, symlink } from './create.ts';
import {
  bindMount,
  cloneNamespace,
  listMounts,
  mountFileSystem,
  moveMount,
  namespaceRoot,
  pinPath,
  pivotRoot,
  remount,
  umount,
  unpinPath,
} from './mount.ts';
import type { Path } from './objects.ts';
import { closeFile, mayExec, open, setIds } from './open.ts';
import { rename, rmdir, unlink } from './remove.ts';
import { chmod } from './setattr.ts';
import { TestContext, testContext, testFs } from './test-context.ts';
import { field, get, list, put, statOf } from './test-files.ts';
import { dPath, resolve, resolveDirectory } from './walk.ts';

function place(ctx: TestContext, path: string): Path {
  const found = resolve(ctx, path);
  if (typeof found === 'number') throw new Error(`${path}: ${found}`);
  return found;
}

/** `/m` has a second filesystem with `f` and `d/`. */
function mounted(flags = 0) {
  const ctx = testContext();
  for (const dir of ['m', 'n', 'o']) mkdir(ctx, dir, 0o755);
  put(ctx, 'm/hidden', '');
  put(ctx, 'file', 'root');
  const fs = testFs();
  expect(mountFileSystem(ctx, fs, 'src', '/m', 0)).toBe(0);
  put(ctx, 'm/f', 'mounted');
  mkdir(ctx, 'm/d', 0o755);
  if (flags !== 0) remount(ctx, '/m', flags, true);
  return { ctx, fs };
}

test('a mount hides what it is on, until it goes', () => {
  const { ctx } = mounted();
  expect(list(ctx, 'm')).toEqual(['d', 'f']);
  expect(field(ctx, 'm', 'dev')).not.toBe(field(ctx, '/', 'dev'));
  expect(rename(ctx, 'm/f', 'f')).toBe(-EXDEV);
  expect(link(ctx, 'm/f', 'f')).toBe(-EXDEV);
  expect(rmdir(ctx, 'm')).toBe(-EBUSY);
  expect(rename(ctx, 'm', 'x')).toBe(-EBUSY);
  expect(umount(ctx, 'm/d', 0)).toBe(-EINVAL);
  expect(umount(ctx, 'm', 0)).toBe(0);
  expect(list(ctx, 'm')).toEqual(['hidden']);
  expect(umount(ctx, 'm', 0)).toBe(-EINVAL);
});

test('mounts lie over each other', () => {
  const { ctx } = mounted();
  expect(mountFileSystem(ctx, testFs(), 'second', '/m', 0)).toBe(0);
  expect(list(ctx, 'm')).toEqual([]);
  expect(umount(ctx, '/m', 0)).toBe(0);
  expect(list(ctx, 'm')).toEqual(['d', 'f']);
});

test('what is in use is EBUSY; MNT_DETACH takes it away, and its users go on', () => {
  const { ctx } = mounted();
  const file = open(ctx, 'm/f', O_RDONLY);
  if (typeof file === 'number') throw new Error();
  expect(umount(ctx, 'm', 0)).toBe(-EBUSY);
  closeFile(ctx, file);
  const cwd = place(ctx, 'm/d');
  pinPath(cwd);
  expect(umount(ctx, 'm', 0)).toBe(-EBUSY);
  unpinPath(cwd);
  pinPath(cwd);
  expect(umount(ctx, 'm', MNT_DETACH)).toBe(0);
  expect(list(ctx, 'm')).toEqual(['hidden']);
  ctx.cwd = cwd;
  expect(put(ctx, 'x', 'still')).toBe(0);
  expect(dPath(cwd, ctx.root)).toBe('(unreachable)/d');
  expect(umount(ctx, '/', 0)).toBe(-EBUSY);
});

test('bind mounts show a directory or a file at a second place', () => {
  const { ctx } = mounted();
  expect(bindMount(ctx, '/m/d', '/n', false)).toBe(0);
  put(ctx, 'm/d/x', '1');
  expect(get(ctx, 'n/x')).toBe('1');
  put(ctx, 'target', 'under');
  expect(bindMount(ctx, '/m/f', '/target', false)).toBe(0);
  expect(get(ctx, 'target')).toBe('mounted');
  expect(unlink(ctx, 'target')).toBe(-EBUSY);
  put(ctx, 'target', 'changed');
  expect(get(ctx, 'm/f')).toBe('changed');
  expect(dPath(place(ctx, 'target'), ctx.root)).toBe('/target');
  expect(umount(ctx, 'target', 0)).toBe(0);
  expect(get(ctx, 'target')).toBe('under');
  expect(bindMount(ctx, '/m/f', '/n', false)).toBe(-ENOTDIR);
  expect(bindMount(ctx, '/m', '/target', false)).toBe(-ENOTDIR);
  expect(bindMount(ctx, '/none', '/n', false)).toBe(-ENOENT);
});

test('a recursive bind takes the mounts below along', () => {
  const { ctx } = mounted();
  expect(mountFileSystem(ctx, testFs(), 'deep', '/m/d', 0)).toBe(0);
  put(ctx, 'm/d/deep', '');
  bindMount(ctx, '/m', '/n', false);
  bindMount(ctx, '/m', '/o', true);
  expect(list(ctx, 'n/d')).toEqual([]);
  expect(list(ctx, 'o/d')).toEqual(['deep']);
  expect(umount(ctx, 'o', 0)).toBe(-EBUSY);
  expect(umount(ctx, 'o', MNT_DETACH)).toBe(0);
  expect(list(ctx, 'm/d')).toEqual(['deep']);
});

test('a read-only mount refuses changes, also where the other mount of it does not', () => {
  const { ctx } = mounted();
  bindMount(ctx, '/m', '/n', false);
  expect(remount(ctx, '/n', MS_RDONLY, true)).toBe(0);
  expect(put(ctx, 'n/f', 'x')).toBe(-EROFS);
  expect(mkdir(ctx, 'n/new', 0o755)).toBe(-EROFS);
  expect(unlink(ctx, 'n/f')).toBe(-EROFS);
  expect(chmod(ctx, 'n/f', 0o600)).toBe(-EROFS);
  expect(put(ctx, 'm/f', 'x')).toBe(0);
  expect(remount(ctx, '/m', MS_RDONLY, false)).toBe(0);
  expect(put(ctx, 'm/f', 'x')).toBe(-EROFS);
  expect(remount(ctx, '/m/d', 0, true)).toBe(-EINVAL);
});

test('noexec, nosuid and nodev', () => {
  const { ctx } = mounted();
  chmod(ctx, 'm/f', 0o6755);
  mknod(ctx, 'm/null', 0o020666, 0x100003);
  expect(mayExec(ctx, place(ctx, 'm/f'))).toBe(0);
  expect(setIds(place(ctx, 'm/f'))).toEqual({ uid: 0, gid: 0 });
  remount(ctx, '/m', MS_NOEXEC | MS_NOSUID | MS_NODEV, true);
  expect(mayExec(ctx, place(ctx, 'm/f'))).toBe(-EACCES);
  expect(setIds(place(ctx, 'm/f'))).toEqual({});
  expect(open(ctx, 'm/null', O_RDONLY)).toBe(-EACCES);
});

test('moving a mount', () => {
  const { ctx } = mounted();
  expect(moveMount(ctx, '/m', '/n')).toBe(0);
  expect(list(ctx, 'm')).toEqual(['hidden']);
  expect(list(ctx, 'n')).toEqual(['d', 'f']);
  expect(moveMount(ctx, '/n', '/n/d')).toBe(-ELOOP);
  expect(moveMount(ctx, '/o', '/m')).toBe(-EINVAL);
});

test('a cloned namespace has its own mounts', () => {
  const { ctx } = mounted();
  const { ns, translate } = cloneNamespace(ctx.ns);
  const other = new TestContext(ns);
  expect(translate(ctx.root)).toMatchObject({ mount: namespaceRoot(ns).mount });
  expect(list(other, 'm')).toEqual(['d', 'f']);
  expect(umount(other, '/m', 0)).toBe(0);
  expect(list(other, 'm')).toEqual(['hidden']);
  expect(list(ctx, 'm')).toEqual(['d', 'f']);
  put(other, 'shared', 'x');
  expect(get(ctx, 'shared')).toBe('x');
  expect(umount(other, '/', 0)).toBe(-EBUSY);
  const cwd = place(ctx, '/m/d');
  expect(translate(cwd).mount).not.toBe(cwd.mount);
});

test('pivot_root, as a container runtime does it', () => {
  const { ctx } = mounted();
  mkdir(ctx, 'm/old', 0o755);
  const { ns, translate } = cloneNamespace(ctx.ns);
  const task = new TestContext(ns);
  task.cwd = translate(place(ctx, '/m'));
  expect(pivotRoot(task, '.', 'old/none')).toBe(-ENOENT);
  expect(pivotRoot(task, '/n', '/n')).toBe(-EBUSY);
  const done = pivotRoot(task, '.', 'old');
  if (typeof done === 'number') throw new Error(`${done}`);
  task.root = task.cwd = done.to;
  expect(list(task, '/')).toEqual(['d', 'f', 'old']);
  expect(get(task, '/old/file')).toBe('root');
  expect(umount(task, '/old', MNT_DETACH)).toBe(0);
  expect(list(task, '/old')).toEqual([]);
  expect(get(task, '/../../f')).toBe('mounted');
  expect(list(ctx, '/m')).toEqual(['d', 'f', 'old']);
});

test('pivot_root(".", ".") and an unmount of the old root', () => {
  const { ctx } = mounted();
  const { ns, translate } = cloneNamespace(ctx.ns);
  const task = new TestContext(ns);
  task.cwd = translate(place(ctx, '/m'));
  const done = pivotRoot(task, '.', '.');
  if (typeof done === 'number') throw new Error(`${done}`);
  task.root = done.to;
  expect(umount(task, '.', MNT_DETACH)).toBe(0);
  task.cwd = task.root;
  expect(list(task, '/')).toEqual(['d', 'f']);
  expect(listMounts(ns, task.root).map((r) => r.place)).toEqual(['/']);
});

test('the list of mounts is what a task can see', () => {
  const { ctx } = mounted();
  bindMount(ctx, '/m/d', '/n', false);
  const rows = listMounts(ctx.ns, ctx.root);
  expect(rows.map((r) => [r.place, r.mount.source])).toEqual([
    ['/', 'root'],
    ['/m', 'src'],
    ['/n', 'src'],
  ]);
  expect(rows[1]!.mount.parent).toBe(rows[0]!.mount);
  const below = resolveDirectory(ctx, '/m');
  if (typeof below === 'number') throw new Error();
  expect(listMounts(ctx.ns, below).map((r) => r.place)).toEqual(['/']);
});

test('mounting is for those who may, and where there is something', () => {
  const { ctx } = mounted();
  expect(mountFileSystem(ctx.as(5), testFs(), 'x', '/n', 0)).toBe(-EPERM);
  expect(bindMount(ctx.as(5), '/m', '/n', false)).toBe(-EPERM);
  expect(umount(ctx.as(5), '/m', 0)).toBe(-EPERM);
  expect(mountFileSystem(ctx, testFs(), 'x', '/none', 0)).toBe(-ENOENT);
  expect(mountFileSystem(ctx, testFs(), 'x', '/file', 0)).toBe(-ENOTDIR);
});

test('links lead through mounts', () => {
  const { ctx } = mounted();
  symlink(ctx, '/m/f', 'l');
  symlink(ctx, '../file', 'm/up');
  expect([get(ctx, 'l'), get(ctx, 'm/up')]).toEqual(['mounted', 'root']);
  expect(statOf(ctx, 'm/up')).toMatchObject({ size: 7 });
});

test('reading through a read-only mount does not move the time of access', () => {
  const { ctx } = mounted();
  remount(ctx, '/m', MS_RDONLY, true);
  const before = field(ctx, 'm/f', 'atimeSec');
  expect(get(ctx, 'm/f')).toBe('mounted');
  expect(field(ctx, 'm/f', 'atimeSec')).toBe(before);
});

test('O_PATH gives a place and no access', () => {
  const { ctx } = mounted();
  chmod(ctx, 'm/f', 0);
  const file = open(ctx.as(5), 'm/f', O_PATH);
  if (typeof file === 'number') throw new Error();
  expect(file.read(ctx, new Uint8Array(1))).toBe(-EBADF);
  expect(dPath(file.path!, ctx.root)).toBe('/m/f');
});
