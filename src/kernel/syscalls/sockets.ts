import { EACCES, EADDRINUSE, EBADF, ECONNREFUSED, EEXIST, EINVAL, EMFILE, ENOTSOCK } from '../../abi/errno.ts';
import { O_NONBLOCK, O_RDWR, RLIMIT_NOFILE, W_OK } from '../../abi/flags.ts';
import type { NetlinkAnswer, NetlinkRequest } from '../../abi/netlink.ts';
import { AF_UNIX, type Datagram, SOCK_CLOEXEC, SOCK_NONBLOCK, type SockAddr } from '../../abi/socket.ts';
import { isSocket, S_IFSOCK } from '../../abi/stat.ts';
import { type Inode, mknod, resolve } from '../../vfs/index.ts';
import { SocketFile } from '../file/socket-file.ts';
import type { Socket } from '../net/door.ts';
import { findProcess } from '../task/find.ts';
import type { Task } from '../task/task.ts';

const SOCK_TYPE = 0xf;
const descriptors = (task: Task): number => task.process.limit(RLIMIT_NOFILE);

function fileAt(task: Task, fd: number): SocketFile | number {
  const file = task.process.fds.get(fd);
  if (file === undefined) return -EBADF;
  return file instanceof SocketFile ? file : -ENOTSOCK;
}

/** Gives a new socket a descriptor. */
function install(task: Task, socket: Socket, flags: number): number {
  const { kernel, cred } = task;
  const path = kernel.sockets.make(socket.ino, S_IFSOCK | 0o777, cred.euid, cred.egid);
  const file = new SocketFile(socket, path, O_RDWR | (flags & SOCK_NONBLOCK ? O_NONBLOCK : 0));
  const fd = task.process.fds.install(file, (flags & SOCK_CLOEXEC) !== 0, descriptors(task));
  if (fd < 0) socket.close();
  return fd;
}

export function socket(task: Task, family: number, type: number, protocol = 0): number {
  if (type & ~(SOCK_TYPE | SOCK_NONBLOCK | SOCK_CLOEXEC)) return -EINVAL;
  const made = task.spaces.net.value.socket(task, family, type & SOCK_TYPE, protocol);
  return typeof made === 'number' ? made : install(task, made, type);
}

export function socketpair(task: Task, family: number, type: number, ends: Int32Array | number[]): number {
  const { fds } = task.process;
  const first = fds.free(descriptors(task));
  if (first < 0 || fds.free(descriptors(task), first + 1) < 0) return -EMFILE;
  const pair = task.spaces.net.value.socketpair(task, family, type & SOCK_TYPE);
  if (typeof pair === 'number') return pair;
  ends[0] = install(task, pair[0], type);
  ends[1] = install(task, pair[1], type);
  return 0;
}

const isNamed = (address: SockAddr): address is { family: typeof AF_UNIX; path: string } =>
  address.family === AF_UNIX && address.path !== '' && !address.path.startsWith('\0');

/** The inode of a unix socket that the caller may connect to. */
function unixNode(task: Task, address: SockAddr | undefined): Inode | undefined | number {
  if (address === undefined || !isNamed(address)) return undefined;
  const place = resolve(task, address.path);
  if (typeof place === 'number') return place;
  if (place.inode.permission(task, W_OK) < 0) return -EACCES;
  return isSocket(place.inode.mode) ? place.inode : -ECONNREFUSED;
}

export function bind(task: Task, fd: number, address: SockAddr): number {
  const file = fileAt(task, fd);
  if (typeof file === 'number') return file;
  if (!isNamed(address)) return file.socket.bind(task, address);
  const r = mknod(task, address.path, S_IFSOCK | 0o777, 0);
  if (r < 0) return r === -EEXIST ? -EADDRINUSE : r;
  const place = resolve(task, address.path);
  return typeof place === 'number' ? place : file.socket.bind(task, address, place.inode);
}

export function listen(task: Task, fd: number, backlog: number): number {
  const file = fileAt(task, fd);
  return typeof file === 'number' ? file : file.socket.listen(backlog);
}

export function accept(task: Task, fd: number, peer?: { address?: SockAddr }, flags = 0): number {
  const file = fileAt(task, fd);
  if (typeof file === 'number') return file;
  if (task.process.fds.free(descriptors(task)) < 0) return -EMFILE;
  const made = file.socket.accept(task, file.nonblock);
  if (typeof made === 'number') return task.waited(made);
  if (peer) {
    const address = made.getpeername();
    if (typeof address !== 'number') peer.address = address;
  }
  return install(task, made, flags);
}

export function connect(task: Task, fd: number, address: SockAddr): number {
  const file = fileAt(task, fd);
  if (typeof file === 'number') return file;
  const node = unixNode(task, address);
  if (typeof node === 'number') return node;
  return task.waited(file.socket.connect(task, file.nonblock, address, node));
}

export function shutdown(task: Task, fd: number, how: number): number {
  const file = fileAt(task, fd);
  return typeof file === 'number' ? file : file.socket.shutdown(how);
}

export function sendto(task: Task, fd: number, buf: Uint8Array, to?: SockAddr): number {
  const file = fileAt(task, fd);
  if (typeof file === 'number') return file;
  if (to === undefined) return task.waited(file.write(task, buf));
  const node = unixNode(task, to);
  if (typeof node === 'number') return node;
  return task.waited(file.socket.sendto(task, file.nonblock, buf, to, node));
}

export function recvfrom(task: Task, fd: number, buf: Uint8Array, out?: Datagram): number {
  const file = fileAt(task, fd);
  return typeof file === 'number' ? file : task.waited(file.socket.recvfrom(task, file.nonblock, buf, out));
}

export function getsockname(task: Task, fd: number): SockAddr | number {
  const file = fileAt(task, fd);
  return typeof file === 'number' ? file : file.socket.getsockname();
}

export function getpeername(task: Task, fd: number): SockAddr | number {
  const file = fileAt(task, fd);
  return typeof file === 'number' ? file : file.socket.getpeername();
}

export function setsockopt(task: Task, fd: number, level: number, option: number, value: number | string): number {
  const file = fileAt(task, fd);
  return typeof file === 'number' ? file : file.socket.setsockopt(task, level, option, value);
}

export function getsockopt(task: Task, fd: number, level: number, option: number): number {
  const file = fileAt(task, fd);
  return typeof file === 'number' ? file : file.socket.getsockopt(level, option);
}

/** SO_PEERCRED; the pid is as the caller sees it. */
export function peercred(task: Task, fd: number): { pid: number; uid: number; gid: number } | number {
  const file = fileAt(task, fd);
  if (typeof file === 'number') return file;
  const cred = file.socket.peercred();
  if (typeof cred === 'number') return cred;
  const peer = task.kernel.pidNs.find(cred.pid);
  return { ...cred, pid: peer?.in(task.process.pid.ns) ?? 0 };
}

export const netlink = (task: Task, request: NetlinkRequest): NetlinkAnswer =>
  task.spaces.net.value.netlink(task, request, (pid) => findProcess(task, pid)?.ns.net.value);
