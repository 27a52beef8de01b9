import type { Task } from '../../task/task.ts';
import { TICKS } from './status.ts';

const kb = (bytes: number): string => String(Math.floor(bytes / 1024));

export function meminfoText(reader: Task): string {
  const { kernel } = reader;
  const { memory, memoryBase, swap } = kernel.config;
  const free = kernel.freeMemory();
  const rows: [string, number][] = [
    ['MemTotal', memory],
    ['MemFree', Math.max(0, free - memoryBase / 2)],
    ['MemAvailable', free],
    ['Buffers', memoryBase / 16],
    ['Cached', memoryBase / 2],
    ['SwapCached', 0],
    ['Active', memoryBase / 4 + kernel.cgroups.memory],
    ['Inactive', memoryBase / 4],
    ['SwapTotal', swap],
    ['SwapFree', swap],
    ['Dirty', 0],
    ['Writeback', 0],
    ['AnonPages', kernel.cgroups.memory],
    ['Mapped', memoryBase / 8],
    ['Shmem', 0],
    ['Slab', memoryBase / 8],
    ['KernelStack', kernel.tasks * 16384],
    ['PageTables', kernel.tasks * 8192],
    ['CommitLimit', memory / 2 + swap],
    ['Committed_AS', kernel.cgroups.memory],
  ];
  return rows.map(([name, value]) => `${`${name}:`.padEnd(16)}${kb(value).padStart(8)} kB\n`).join('');
}

export function cpuinfoText(reader: Task): string {
  const { cpus, cpuModel, cpuMhz } = reader.kernel.config;
  let out = '';
  for (let cpu = 0; cpu < cpus; cpu++) {
    out += [
      `processor\t: ${cpu}`,
      'vendor_id\t: GenuineIntel',
      'cpu family\t: 6',
      'model\t\t: 85',
      `model name\t: ${cpuModel}`,
      'stepping\t: 7',
      `cpu MHz\t\t: ${cpuMhz.toFixed(3)}`,
      'cache size\t: 16384 KB',
      'physical id\t: 0',
      `siblings\t: ${cpus}`,
      `core id\t\t: ${cpu}`,
      `cpu cores\t: ${cpus}`,
      'fpu\t\t: yes',
      'flags\t\t: fpu tsc cx8 cmov mmx fxsr sse sse2 ht syscall nx lm constant_tsc nopl pni ssse3 cx16 sse4_1 sse4_2 popcnt aes avx avx2 hypervisor',
      'bugs\t\t:',
      `bogomips\t: ${(cpuMhz * 2).toFixed(2)}`,
      'clflush size\t: 64',
      'address sizes\t: 46 bits physical, 48 bits virtual',
      'power management:',
      '',
      '',
    ].join('\n');
  }
  return out;
}

export function uptimeText(reader: Task): string {
  const { kernel } = reader;
  const up = kernel.clock.monotonic() / 1000;
  const idle = Math.max(0, up * kernel.config.cpus - kernel.cgroups.cpuUsage / 1e6);
  return `${up.toFixed(2)} ${idle.toFixed(2)}\n`;
}

export function loadavgText(reader: Task): string {
  const { kernel } = reader;
  const { ns } = reader.process.pid;
  const loads = kernel.loads().map((load) => load.toFixed(2));
  return `${loads.join(' ')} ${kernel.runnableTasks()}/${kernel.tasks} ${ns.last}\n`;
}

/** /proc/stat (proc_stat(5)). */
export function statText(reader: Task): string {
  const { kernel } = reader;
  const { cpus } = kernel.config;
  const up = kernel.clock.monotonic() / 1000;
  const used = kernel.cgroups.cpuUsage / 1e6;
  const line = (name: string, share: number): string => {
    const user = Math.floor((used * TICKS) / share);
    const idle = Math.max(0, Math.floor(((up * cpus - used) * TICKS) / share));
    return `${name} ${user} 0 0 ${idle} 0 0 0 0 0 0\n`;
  };
  let out = line('cpu ', 1);
  for (let cpu = 0; cpu < cpus; cpu++) out += line(`cpu${cpu}`, cpus);
  const boot = Math.floor((kernel.clock.realtime() - kernel.clock.monotonic()) / 1000);
  return `${out}intr 0\nctxt ${kernel.switches}\nbtime ${boot}\nprocesses ${kernel.forks}\nprocs_running ${kernel.runnableTasks()}\nprocs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n`;
}

export const FILESYSTEMS =
  'nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tcgroup2\nnodev\tdevtmpfs\nnodev\tdevpts\nnodev\tramfs\nnodev\tmqueue\nnodev\tsockfs\nnodev\tpipefs\n\text4\nnodev\toverlay\n';

export const DEVICES =
  'Character devices:\n  1 mem\n  5 /dev/tty\n  5 /dev/console\n  5 /dev/ptmx\n136 pts\n\nBlock devices:\n252 virtblk\n';
