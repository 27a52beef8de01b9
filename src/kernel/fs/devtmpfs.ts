import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFLNK } from '../../abi/stat.ts';
import { TmpFs } from '../../vfs/index.ts';
import type { KernelState, Task } from '../task/task.ts';
import { DEV } from './devices.ts';

const NODES: readonly (readonly [name: string, mode: number, rdev: number, gid: number])[] = [
  ['null', S_IFCHR | 0o666, DEV.null, 0],
  ['zero', S_IFCHR | 0o666, DEV.zero, 0],
  ['full', S_IFCHR | 0o666, DEV.full, 0],
  ['random', S_IFCHR | 0o666, DEV.random, 0],
  ['urandom', S_IFCHR | 0o666, DEV.urandom, 0],
  ['tty', S_IFCHR | 0o666, DEV.tty, 5],
  ['console', S_IFCHR | 0o600, DEV.console, 5],
  ['ptmx', S_IFCHR | 0o666, DEV.ptmx, 5],
  ['kmsg', S_IFCHR | 0o644, DEV.kmsg, 0],
  ['vda', S_IFBLK | 0o660, DEV.vda, 6],
];
const LINKS: readonly (readonly [name: string, target: string])[] = [
  ['fd', '/proc/self/fd'],
  ['stdin', '/proc/self/fd/0'],
  ['stdout', '/proc/self/fd/1'],
  ['stderr', '/proc/self/fd/2'],
];
const DIRECTORIES: readonly (readonly [name: string, mode: number])[] = [
  ['pts', 0o755],
  ['shm', 0o1777],
  ['mqueue', 0o1777],
];

/** devtmpfs: the nodes of the devices that exist, the usual links, and directories to mount on. */
export function makeDevtmpfs(kernel: KernelState, task: Task): TmpFs {
  const fs = new TmpFs({
    type: 'devtmpfs',
    bytes: 2 ** 31,
    inodes: 2 ** 19,
    mode: 0o755,
    now: kernel.coarse,
    options: `size=${Math.floor(kernel.config.memory / 2048)}k,nr_inodes=${Math.floor(kernel.config.memory / 8192)},mode=755`,
  });
  for (const [name, mode, rdev, gid] of NODES) fs.root.create(task, name, { mode, uid: 0, gid, rdev });
  for (const [name, target] of LINKS) {
    fs.root.create(task, name, { mode: S_IFLNK | 0o777, uid: 0, gid: 0, rdev: 0, target });
  }
  for (const [name, mode] of DIRECTORIES) fs.root.create(task, name, { mode: S_IFDIR | mode, uid: 0, gid: 0, rdev: 0 });
  return fs;
}
