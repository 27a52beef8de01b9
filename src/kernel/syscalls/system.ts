import { EINVAL, ENOMEM, EPERM } from '../../abi/errno.ts';
import type { SysInfo, Utsname } from '../../abi/sys.ts';
import { byteLength } from '../../lib/utf8.ts';
import { allowedCpus } from '../cgroup/cpuset.ts';
import { chargeProcess } from '../cgroup/oom.ts';
import type { Task } from '../task/task.ts';

export function uname(task: Task): Utsname {
  const { config } = task.kernel;
  const { hostname, domainname } = task.spaces.uts.value;
  return {
    sysname: 'Linux',
    nodename: hostname,
    release: config.release,
    version: config.version,
    machine: config.machine,
    domainname,
  };
}

function setName(task: Task, field: 'hostname' | 'domainname', name: string): number {
  if (!task.capable('CAP_SYS_ADMIN')) return -EPERM;
  if (byteLength(name) > 64) return -EINVAL;
  task.spaces.uts.value[field] = name;
  return 0;
}

export const sethostname = (task: Task, name: string): number => setName(task, 'hostname', name);
export const setdomainname = (task: Task, name: string): number => setName(task, 'domainname', name);

export function sysinfo(task: Task): SysInfo {
  const { kernel } = task;
  return {
    uptime: kernel.clock.monotonic() / 1000,
    loads: kernel.loads(),
    totalram: kernel.config.memory,
    freeram: kernel.freeMemory(),
    totalswap: kernel.config.swap,
    freeswap: kernel.config.swap,
    procs: kernel.tasks,
    cpus: kernel.config.cpus,
  };
}

/** sched_getaffinity(2): what the task's group leaves it. */
export const sched_getaffinity = (task: Task): number[] => allowedCpus(task.process);

/** Charges memory to the task's cgroup. Over memory.max the OOM killer strikes; the caller may be who it kills. */
export const charge = (task: Task, bytes: number): number => chargeProcess(task.process, bytes);

export const sync = (task: Task): number => task.kernel.sync(task);

export function reboot(task: Task, how: 'halt' | 'restart'): number {
  if (!task.capable('CAP_SYS_BOOT')) return -EPERM;
  task.kernel.reboot(how);
  return 0;
}
