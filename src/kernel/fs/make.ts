import { EINVAL } from '../../abi/errno.ts';
import { type FileSystem, parseTmpfsData, TmpFs } from '../../vfs/index.ts';
import type { KernelState, Task } from '../task/task.ts';
import { DevPts } from './devpts.ts';
import { makeDevtmpfs } from './devtmpfs.ts';

/** The filesystem that mount(2) of `type` shows. @returns undefined: no such type */
export function makeFileSystem(
  kernel: KernelState,
  task: Task,
  type: string,
  _source: string,
  data: string,
): FileSystem | number | undefined {
  switch (type) {
    case 'tmpfs':
    case 'ramfs':
      return makeTmpfs(kernel, type, data);
    case 'devtmpfs':
      return makeDevtmpfs(kernel, task);
    case 'devpts':
      return new DevPts(kernel, data);
    default:
      return undefined;
  }
}

function makeTmpfs(kernel: KernelState, type: string, data: string): FileSystem | number {
  const options = parseTmpfsData(data);
  if (options === undefined) return -EINVAL;
  return new TmpFs({ ...options, type, now: kernel.coarse });
}
