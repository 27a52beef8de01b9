import { EBADF, EINVAL, EMFILE, ENOENT } from '../../abi/errno.ts';
import { RLIMIT_NOFILE } from '../../abi/flags.ts';
import type { PackMessage, PackValue } from '../../abi/pack.ts';
import { S_IFSOCK } from '../../abi/stat.ts';
import { PackFile } from '../file/pack-file.ts';
import type { Task } from '../task/task.ts';

/** Starts a pack; the descriptor is closed at exec. */
export function packOpen(task: Task, name: string, memory: number): number {
  const { kernel, process } = task;
  const limit = process.limit(RLIMIT_NOFILE);
  if (process.fds.free(limit) < 0) return -EMFILE;
  if (!(memory > 0)) return -EINVAL;
  const worker = kernel.outside.startPack?.(name, memory);
  if (worker === undefined) return -ENOENT;
  const path = kernel.sockets.make(kernel.nextIno(), S_IFSOCK | 0o600, process.cred.euid, process.cred.egid);
  return process.fds.install(new PackFile(worker, process, path), true, limit);
}

function fileAt(task: Task, fd: number): PackFile | undefined {
  const file = task.process.fds.get(fd);
  return file instanceof PackFile ? file : undefined;
}

export const packSend = (task: Task, fd: number, message: PackValue): number =>
  fileAt(task, fd)?.send(task, message) ?? -EBADF;

export const packReceive = (task: Task, fd: number, out: PackMessage): number =>
  fileAt(task, fd)?.receive(task, out) ?? -EBADF;
