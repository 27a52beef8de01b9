import { EAGAIN, EBADF, EFBIG, EINVAL, EMFILE, ENOTTY, EPERM } from '../../abi/errno.ts';
import {
  F_DUPFD,
  F_DUPFD_CLOEXEC,
  F_GETFD,
  F_GETFL,
  F_SETFD,
  F_SETFL,
  FD_CLOEXEC,
  O_APPEND,
  O_CLOEXEC,
  O_NONBLOCK,
  O_RDONLY,
  O_WRONLY,
  RLIMIT_FSIZE,
  RLIMIT_NOFILE,
  SEEK_HOLE,
  SEEK_SET,
} from '../../abi/flags.ts';
import { SIGXFSZ } from '../../abi/signal.ts';
import type { Dirent } from '../../abi/stat.ts';
import { isRegular, S_IFIFO, type Stat } from '../../abi/stat.ts';
import * as vfs from '../../vfs/index.ts';
import { Pipe, PipeFile } from '../file/pipe.ts';
import { PipeOrder } from '../file/pipe-order.ts';
import { sendSignal } from '../task/signals.ts';
import type { Task } from '../task/task.ts';

const descriptors = (task: Task): number => task.process.limit(RLIMIT_NOFILE);

/** open(2). */
export function open(task: Task, path: string, flags: number, mode = 0): number {
  const { fds } = task.process;
  const limit = descriptors(task);
  if (fds.free(limit) < 0) return -EMFILE; // leave nothing behind on error
  const file = vfs.open(task, path, flags, mode);
  if (typeof file === 'number') return file;
  return fds.install(file, (flags & O_CLOEXEC) !== 0, limit);
}

export const close = (task: Task, fd: number): number => task.process.fds.close(task, fd);

/** read(2). Where the slice is over, the call is made again after the others had their turn. */
export function read(task: Task, fd: number, buf: Uint8Array): number {
  const { run } = task.kernel;
  if (--run.budget < 0 && run.expired()) return task.preempt();
  const file = task.process.fds.get(fd);
  if (file === undefined || !file.readable) return -EBADF;
  const n = file.read(task, buf);
  if (n >= 0) count(task, 'read', n);
  return n;
}

/** For /proc/PID/io. */
function count(task: Task, what: 'read' | 'written', bytes: number): void {
  const { io } = task.process;
  if (what === 'read') {
    io.readCalls++;
    io.readBytes += bytes;
  } else {
    io.writeCalls++;
    io.writtenBytes += bytes;
  }
}

/** write(2). */
export function write(task: Task, fd: number, buf: Uint8Array): number {
  const { run } = task.kernel;
  if (--run.budget < 0 && run.expired()) return task.preempt();
  const file = task.process.fds.get(fd);
  if (file === undefined || !file.writable) return -EBADF;
  const limit = task.process.limit(RLIMIT_FSIZE);
  let allowed: Uint8Array | number = buf;
  if (limit !== Number.POSITIVE_INFINITY) {
    const at = file.append ? (file.path?.inode.size ?? 0) : file.offset;
    allowed = withinFileSize(task, file, at, buf, limit);
    if (typeof allowed === 'number') return allowed;
  }
  const n = file.write(task, allowed);
  if (n >= 0) count(task, 'written', n);
  return n;
}

/** RLIMIT_FSIZE: cuts a write at the limit; at it, SIGXFSZ and -EFBIG (setrlimit(2)). */
function withinFileSize(
  task: Task,
  file: vfs.OpenFile,
  at: number,
  buf: Uint8Array,
  limit: number,
): Uint8Array | number {
  if (file.path === undefined || !isRegular(file.path.inode.mode) || at + buf.length <= limit) return buf;
  if (at < limit) return buf.subarray(0, limit - at);
  sendSignal(task.process, SIGXFSZ, 'kernel', task);
  return -EFBIG;
}

export function pread(task: Task, fd: number, buf: Uint8Array, position: number): number {
  const file = task.process.fds.get(fd);
  if (file === undefined || !file.readable) return -EBADF;
  return position < 0 ? -EINVAL : file.pread(task, buf, position);
}

export function pwrite(task: Task, fd: number, buf: Uint8Array, position: number): number {
  const file = task.process.fds.get(fd);
  if (file === undefined || !file.writable) return -EBADF;
  if (position < 0) return -EINVAL;
  const limit = task.process.limit(RLIMIT_FSIZE);
  const allowed = limit === Number.POSITIVE_INFINITY ? buf : withinFileSize(task, file, position, buf, limit);
  return typeof allowed === 'number' ? allowed : file.pwrite(task, allowed, position);
}

export function lseek(task: Task, fd: number, offset: number, whence: number): number {
  const file = task.process.fds.get(fd);
  if (file === undefined) return -EBADF;
  if (whence < SEEK_SET || whence > SEEK_HOLE) return -EINVAL;
  return file.lseek(task, offset, whence);
}

export function ftruncate(task: Task, fd: number, length: number): number {
  const file = task.process.fds.get(fd);
  if (file === undefined) return -EBADF;
  if (!file.writable || length < 0) return -EINVAL;
  if (length > task.process.limit(RLIMIT_FSIZE)) {
    sendSignal(task.process, SIGXFSZ, 'kernel', task);
    return -EFBIG;
  }
  return file.ftruncate(task, length);
}

export const truncate = (task: Task, path: string, length: number): number =>
  length < 0 ? -EINVAL : vfs.truncate(task, path, length);

export const fsync = (task: Task, fd: number): number => task.process.fds.get(fd)?.fsync(task) ?? -EBADF;

export function fstat(task: Task, fd: number, st: Stat): number {
  return task.process.fds.get(fd)?.stat(task, st) ?? -EBADF;
}

export const getdents = (task: Task, fd: number): Dirent[] | number =>
  task.process.fds.get(fd)?.getdents(task) ?? -EBADF;

export function copyFileRange(task: Task, from: number, to: number, length: number): number {
  const { fds } = task.process;
  const source = fds.get(from);
  const target = fds.get(to);
  if (source === undefined || target === undefined) return -EBADF;
  return vfs.copyFileRange(task, source, target, length);
}

/** Makes an empty file a part of a layer of the catalogue (Sys.referToBlob). */
export function referToBlob(task: Task, fd: number, digest: string, offset: number, length: number): number {
  if (!task.capable('CAP_SYS_ADMIN')) return -EPERM;
  if (!(offset >= 0 && length >= 0 && Number.isSafeInteger(offset + length))) return -EINVAL;
  const file = task.process.fds.get(fd);
  if (file === undefined) return -EBADF;
  return vfs.referToBlob(task, file, new vfs.BlobRef(digest, offset, length, true));
}

export const dup = (task: Task, fd: number): number => duplicate(task, fd, 0, false);

function duplicate(task: Task, fd: number, from: number, cloexec: boolean): number {
  const { fds } = task.process;
  const file = fds.get(fd);
  if (file === undefined) return -EBADF;
  if (from < 0 || from >= descriptors(task)) return -EINVAL;
  const copy = fds.install(file, cloexec, descriptors(task), from);
  if (copy >= 0) file.references++;
  return copy;
}

/** dup2(2); with `cloexec` given as dup3(2) with that flag. */
export function dup2(task: Task, from: number, to: number, cloexec = false): number {
  const { fds } = task.process;
  const file = fds.get(from);
  if (file === undefined || to < 0 || to >= descriptors(task)) return -EBADF;
  if (from === to) return to;
  file.references++;
  fds.close(task, to);
  fds.put(to, file, cloexec);
  return to;
}

/**
 * Makes what is written to two pipes readable in the order of writing: the reader of one waits while older bytes of the other are
 * unread. @returns 0, or -EBADF, or -EINVAL where they are no empty pipes
 */
export function pipeOrder(task: Task, first: number, second: number): number {
  const files = [first, second].map((fd) => task.process.fds.get(fd));
  const pipes: Pipe[] = [];
  for (const file of files) {
    if (file === undefined) return -EBADF;
    if (!(file instanceof PipeFile) || file.pipe.order !== undefined || file.pipe.ring.length > 0) return -EINVAL;
    pipes.push(file.pipe);
  }
  const order = new PipeOrder<Pipe>();
  for (const pipe of pipes) pipe.order = order;
  return 0;
}

/** pipe2(2). Fills `ends` with the two fds. @returns 0, or -EINVAL for an unknown flag, -EMFILE */
export function pipe2(task: Task, ends: Int32Array | number[], flags = 0): number {
  if (flags & ~(O_CLOEXEC | O_NONBLOCK)) return -EINVAL;
  const { fds } = task.process;
  const limit = descriptors(task);
  const first = fds.free(limit);
  if (first < 0 || fds.free(limit, first + 1) < 0) return -EMFILE; // leave nothing behind on error
  const { kernel, cred } = task;
  const path = kernel.pipes.make(kernel.nextIno(), S_IFIFO | 0o600, cred.euid, cred.egid);
  const pipe = new Pipe();
  kernel.adoptPipe(path.inode, pipe);
  const status = flags & O_NONBLOCK;
  const cloexec = (flags & O_CLOEXEC) !== 0;
  ends[0] = fds.install(new PipeFile(pipe, path, O_RDONLY | status), cloexec, limit);
  ends[1] = fds.install(new PipeFile(pipe, path, O_WRONLY | status), cloexec, limit);
  return 0;
}

export function fcntl(task: Task, fd: number, command: number, argument = 0): number {
  const { fds } = task.process;
  const file = fds.get(fd);
  if (file === undefined) return -EBADF;
  switch (command) {
    case F_DUPFD:
      return duplicate(task, fd, argument, false);
    case F_DUPFD_CLOEXEC:
      return duplicate(task, fd, argument, true);
    case F_GETFD:
      return fds.cloexec(fd) ? FD_CLOEXEC : 0;
    case F_SETFD:
      fds.setCloexec(fd, (argument & FD_CLOEXEC) !== 0);
      return 0;
    case F_GETFL:
      return file.flags;
    case F_SETFL: {
      const settable = O_APPEND | O_NONBLOCK;
      file.flags = (file.flags & ~settable) | (argument & settable);
      return 0;
    }
    default:
      return -EINVAL;
  }
}

export function flock(task: Task, fd: number, operation: number): number {
  const file = task.process.fds.get(fd);
  return file === undefined ? -EBADF : vfs.flock(task, file, operation);
}

export function fionread(task: Task, fd: number): number {
  const file = task.process.fds.get(fd);
  if (file === undefined) return -EBADF;
  const { path } = file;
  if (path !== undefined && isRegular(path.inode.mode)) return Math.max(0, path.inode.size - file.offset);
  const n = file.readableBytes(task);
  return n === -EAGAIN ? -ENOTTY : n;
}
