import { EBADF, EINVAL, ENOTDIR } from '../../abi/errno.ts';
import { isDirectory, type Stat, type StatFs } from '../../abi/stat.ts';
import type { Path, VfsContext } from '../../vfs/index.ts';
import * as vfs from '../../vfs/index.ts';
import type { Task } from '../task/task.ts';
import { TaskView } from '../task/task-view.ts';

export const stat = (task: Task, path: string, st: Stat): number => vfs.stat(task, path, st);
export const lstat = (task: Task, path: string, st: Stat): number => vfs.lstat(task, path, st);

/** The caller with its real instead of its effective ids (access(2)). */
function withRealIds(task: Task): VfsContext {
  const { cred } = task;
  if (cred.uid === cred.euid && cred.gid === cred.egid) return task;
  const effective = cred.uid === 0 ? cred.permitted : new Set<never>();
  const real = { ...cred, euid: cred.uid, egid: cred.gid, effective };
  return new TaskView(task, { cred: real });
}

export const access = (task: Task, path: string, mode: number): number =>
  (mode & ~7) !== 0 ? -EINVAL : vfs.access(withRealIds(task), path, mode);
export const mkdir = (task: Task, path: string, mode: number): number => vfs.mkdir(task, path, mode);
export const rmdir = (task: Task, path: string): number => vfs.rmdir(task, path);
export const unlink = (task: Task, path: string): number => vfs.unlink(task, path);
export const rename = (task: Task, from: string, to: string, flags = 0): number => vfs.rename(task, from, to, flags);
export const link = (task: Task, from: string, to: string): number => vfs.link(task, from, to);
export const symlink = (task: Task, target: string, path: string): number => vfs.symlink(task, target, path);
export const readlink = (task: Task, path: string): string | number => vfs.readlink(task, path);
export const mknod = (task: Task, path: string, mode: number, dev: number): number => vfs.mknod(task, path, mode, dev);
export const chmod = (task: Task, path: string, mode: number): number => vfs.chmod(task, path, mode);
export const chown = (task: Task, path: string, uid: number, gid: number): number => vfs.chown(task, path, uid, gid);
export const lchown = (task: Task, path: string, uid: number, gid: number): number => vfs.lchown(task, path, uid, gid);

export function fchmod(task: Task, fd: number, mode: number): number {
  const file = task.process.fds.get(fd);
  return file === undefined ? -EBADF : vfs.fchmod(task, file, mode);
}

export function fchown(task: Task, fd: number, uid: number, gid: number): number {
  const file = task.process.fds.get(fd);
  return file === undefined ? -EBADF : vfs.fchown(task, file, uid, gid);
}

export const utimens = (
  task: Task,
  path: string,
  atimeSec: number,
  atimeNsec: number,
  mtimeSec: number,
  mtimeNsec: number,
  nofollow = false,
): number => vfs.utimens(task, path, atimeSec, atimeNsec, mtimeSec, mtimeNsec, nofollow);

export const getxattr = (task: Task, path: string, name: string, nofollow = false): Uint8Array | number =>
  vfs.getxattr(task, path, name, nofollow);
export const setxattr = (task: Task, path: string, name: string, value: Uint8Array, nofollow = false): number =>
  vfs.setxattr(task, path, name, value, nofollow);
export const listxattr = (task: Task, path: string, nofollow = false): string[] | number =>
  vfs.listxattr(task, path, nofollow);
export const removexattr = (task: Task, path: string, name: string, nofollow = false): number =>
  vfs.removexattr(task, path, name, nofollow);
export const statfs = (task: Task, path: string, out: StatFs): number => vfs.statfs(task, path, out);

export const getcwd = (task: Task): string => vfs.dPath(task.cwd, task.root);

/** Puts the process's working directory or root elsewhere. */
export function moveTo(task: Task, which: 'cwd' | 'root', place: Path): void {
  const { process } = task;
  vfs.pinPath(place);
  vfs.unpinPath(process[which]);
  process[which] = place;
}

export function chdir(task: Task, path: string): number {
  const place = vfs.resolveDirectory(task, path);
  if (typeof place === 'number') return place;
  moveTo(task, 'cwd', place);
  return 0;
}

export function fchdir(task: Task, fd: number): number {
  const file = task.process.fds.get(fd);
  if (file === undefined) return -EBADF;
  if (file.path === undefined || !isDirectory(file.path.inode.mode)) return -ENOTDIR;
  const allowed = file.path.inode.permission(task, 1);
  if (allowed < 0) return allowed;
  moveTo(task, 'cwd', file.path);
  return 0;
}

export function chroot(task: Task, path: string): number {
  const place = vfs.resolveDirectory(task, path);
  if (typeof place === 'number') return place;
  if (!task.capable('CAP_SYS_CHROOT')) return -1;
  moveTo(task, 'root', place);
  return 0;
}

export function umask(task: Task, mask: number): number {
  const { process } = task;
  const old = process.umask;
  process.umask = mask & 0o777;
  return old;
}
