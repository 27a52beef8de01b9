import { EINVAL } from '../../abi/errno.ts';
import { type FileSystem, makeOverlay, parseTmpfsData, TmpFs } from '../../vfs/index.ts';
import type { KernelState, Task } from '../task/task.ts';
import { CgroupFs } from './cgroup/cgroup-fs.ts';
import { DevPts } from './devpts.ts';
import { makeDevtmpfs } from './devtmpfs.ts';
import type { NsFs } from './proc/namespaces.ts';
import { ProcFs } from './proc/proc-fs.ts';
import { SysFs } from './sys/sys-fs.ts';

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
    case 'proc':
      return new ProcFs(kernel, task.process.pid.ns, kernel.nsfs as NsFs);
    case 'sysfs':
      return new SysFs(kernel, task.spaces.net.value);
    case 'cgroup2':
      return new CgroupFs(kernel, task.spaces.cgroup.value);
    case 'overlay':
      return makeOverlay(task, data);
    case 'mqueue':
      return makeTmpfs(kernel, type, 'mode=1777');
    default:
      return undefined;
  }
}

function makeTmpfs(kernel: KernelState, type: string, data: string): FileSystem | number {
  const options = parseTmpfsData(data);
  if (options === undefined) return -EINVAL;
  return new TmpFs({ ...options, type, now: kernel.coarse });
}
