import { EBUSY, EINVAL, ENODEV, EOPNOTSUPP, ERANGE, ESRCH } from '../../../abi/errno.ts';
import { SIGKILL } from '../../../abi/signal.ts';
import { type Cgroup, CPU_PERIOD, UNLIMITED } from '../../cgroup/cgroup.ts';
import { effectiveCpus, formatCpus, parseCpus } from '../../cgroup/cpuset.ts';
import { moveToCgroup } from '../../cgroup/place.ts';
import { findProcess } from '../../task/find.ts';
import { resume, sendSignal } from '../../task/signals.ts';
import type { Process, Task } from '../../task/task.ts';

type Group = Cgroup<Process>;

export interface CgroupFile {
  /** The controller that it belongs to; 'core' files are always there. */
  controller: 'core' | 'cpu' | 'cpuset' | 'io' | 'memory' | 'pids';
  /** Absent in the root. */
  notInRoot?: true;
  mode?: number;
  read?(group: Group, reader: Task): string;
  write?(group: Group, value: string, writer: Task): number;
}

/** Controllers that the kernel has, in the order of cgroup.controllers. */
export const CONTROLLERS = ['cpuset', 'cpu', 'io', 'memory', 'pids'] as const;

const PAGE = 4096;
const shown = (limit: number): string => (limit === UNLIMITED ? 'max' : String(limit));

/** A number or `max`. @returns undefined: neither */
function parseLimit(value: string): number | undefined {
  if (value === 'max') return UNLIMITED;
  const match = /^(\d+)([kKmMgGtT]?)$/.exec(value);
  if (!match) return undefined;
  const scale = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 }[match[2]!.toLowerCase()] ?? 1;
  return Number(match[1]) * scale;
}

const pages = (bytes: number): number => (bytes === UNLIMITED ? bytes : Math.floor(bytes / PAGE) * PAGE);

type LimitField =
  | 'pidsMax'
  | 'memoryMax'
  | 'memoryHigh'
  | 'memoryLow'
  | 'memoryMin'
  | 'swapMax'
  | 'maxDepth'
  | 'maxDescendants';

/** A file that holds a limit. */
function limitFile(controller: CgroupFile['controller'], field: LimitField, unit: (n: number) => number): CgroupFile {
  return {
    controller,
    notInRoot: true,
    read: (group) => `${shown(group[field])}\n`,
    write(group, value) {
      const limit = parseLimit(value);
      if (limit === undefined) return -EINVAL;
      group[field] = unit(limit);
      return 0;
    },
  };
}

const same = (n: number): number => n;
const available = (group: Group): readonly string[] =>
  group.parent === undefined ? CONTROLLERS : CONTROLLERS.filter((c) => group.parent!.subtreeControl.has(c));

function processesText(group: Group, reader: Task): string {
  let out = '';
  for (const process of group.members) {
    const pid = process.pid.in(reader.process.pid.ns);
    out += `${pid}\n`;
  }
  return out;
}

function attach(group: Group, value: string, writer: Task): number {
  if (!/^\d+$/.test(value)) return -EINVAL;
  const process = findProcess(writer, Number(value));
  if (process === undefined || process.zombie) return -ESRCH;
  if (group.parent !== undefined && group.subtreeControl.size > 0) return -EBUSY;
  if (group.removed) return -ENODEV;
  moveToCgroup(process, group);
  if (!group.frozen) resume(process);
  return 0;
}

function setSubtree(group: Group, value: string): number {
  const changes: [string, boolean][] = [];
  for (const word of value.split(/\s+/).filter(Boolean)) {
    const name = word.slice(1);
    if (!/^[+-]/.test(word) || !available(group).includes(name)) return -EINVAL;
    changes.push([name, word.startsWith('+')]);
  }
  for (const [name, on] of changes) {
    if (!on && [...group.children.values()].some((child) => child.subtreeControl.has(name))) return -EBUSY;
    if (on && group.parent !== undefined && group.members.size > 0) return -EBUSY;
  }
  for (const [name, on] of changes) {
    if (on) group.subtreeControl.add(name);
    else group.subtreeControl.delete(name);
  }
  return 0;
}

function setFreeze(group: Group, value: string): number {
  if (value !== '0' && value !== '1') return -EINVAL;
  group.setFreeze(value === '1');
  for (const part of group.tree()) if (!part.frozen) for (const process of part.members) resume(process);
  return 0;
}

function killAll(group: Group, value: string): number {
  if (value !== '1') return -ERANGE;
  for (const part of group.tree()) for (const process of [...part.members]) sendSignal(process, SIGKILL, 'kernel');
  return 0;
}

function setCpuMax(group: Group, value: string, writer: Task): number {
  const [quotaText = '', periodText] = value.split(/\s+/);
  const quota = quotaText === 'max' ? UNLIMITED : Number(quotaText);
  const period = periodText === undefined ? group.cpuPeriod || CPU_PERIOD : Number(periodText);
  if (!(quota >= 1000) || !(period >= 1000 && period <= 1_000_000)) return -EINVAL;
  group.setCpuMax(quota, period, writer.kernel.clock.monotonic());
  return 0;
}

/** Nice value of a weight, and back (kernel/sched: weights by steps of 1.25). */
const niceOfWeight = (weight: number): number =>
  Math.max(-20, Math.min(19, -Math.round(Math.log(weight / 100) / Math.log(1.25))));

function setWeight(group: Group, value: string): number {
  const weight = Number(value);
  if (!Number.isInteger(weight) || weight < 1 || weight > 10000) return -ERANGE;
  group.cpuWeight = weight;
  return 0;
}

const rows = (entries: Iterable<readonly [string, number]>): string =>
  [...entries].map(([name, n]) => `${name} ${Math.floor(n)}\n`).join('');

function cpuStat(group: Group): string {
  const all: [string, number][] = [
    ['usage_usec', group.cpuUsage],
    ['user_usec', group.cpuUsage],
    ['system_usec', 0],
  ];
  if (group.parent !== undefined) {
    all.push(
      ['nr_periods', group.cpuPeriods],
      ['nr_throttled', group.cpuThrottled],
      ['throttled_usec', group.cpuThrottledTime],
      ['nr_bursts', 0],
      ['burst_usec', 0],
    );
  }
  return rows(all);
}

const memoryStat = (group: Group): string =>
  rows([
    ['anon', group.memory],
    ['file', 0],
    ['kernel', 0],
    ['kernel_stack', 0],
    ['pagetables', 0],
    ['sock', 0],
    ['shmem', 0],
    ['file_mapped', 0],
    ['file_dirty', 0],
    ['file_writeback', 0],
    ['inactive_anon', 0],
    ['active_anon', group.memory],
    ['inactive_file', 0],
    ['active_file', 0],
    ['unevictable', 0],
    ['slab', 0],
    ['pgfault', 0],
    ['pgmajfault', 0],
  ]);

/** A list as `0-3,5` within what there is. */
function setCpus(group: Group, value: string, writer: Task): number {
  const cpus = parseCpus(value);
  if (cpus === undefined || cpus.some((cpu) => cpu >= writer.kernel.config.cpus)) return -EINVAL;
  group.cpusetCpus = formatCpus(cpus);
  return 0;
}

/** The interface files of a group (Linux Documentation/admin-guide/cgroup-v2.rst), in the order of their names. */
export const CGROUP_FILES: Readonly<Record<string, CgroupFile>> = {
  'cgroup.controllers': { controller: 'core', read: (group) => `${available(group).join(' ')}\n` },
  'cgroup.events': {
    controller: 'core',
    notInRoot: true,
    read: (group) => `populated ${group.populated ? 1 : 0}\nfrozen ${group.frozen ? 1 : 0}\n`,
  },
  'cgroup.freeze': {
    controller: 'core',
    notInRoot: true,
    read: (group) => `${group.freeze ? 1 : 0}\n`,
    write: setFreeze,
  },
  'cgroup.kill': { controller: 'core', notInRoot: true, mode: 0o200, write: killAll },
  'cgroup.max.depth': limitFile('core', 'maxDepth', same),
  'cgroup.max.descendants': limitFile('core', 'maxDescendants', same),
  'cgroup.procs': { controller: 'core', read: processesText, write: attach },
  'cgroup.stat': {
    controller: 'core',
    read: (group) => `nr_descendants ${[...group.tree()].length - 1}\nnr_dying_descendants 0\n`,
  },
  'cgroup.subtree_control': {
    controller: 'core',
    read: (group) => `${CONTROLLERS.filter((c) => group.subtreeControl.has(c)).join(' ')}\n`,
    write: setSubtree,
  },
  'cgroup.threads': {
    controller: 'core',
    read(group, reader) {
      let out = '';
      for (const process of group.members) {
        for (const task of process.threads) out += `${task.tid.in(reader.process.pid.ns)}\n`;
      }
      return out;
    },
    write: () => -EOPNOTSUPP,
  },
  'cgroup.type': { controller: 'core', notInRoot: true, read: () => 'domain\n', write: () => -EOPNOTSUPP },
  'cpu.max': {
    controller: 'cpu',
    notInRoot: true,
    read: (group) => `${shown(group.cpuQuota)} ${group.cpuPeriod}\n`,
    write: setCpuMax,
  },
  'cpu.stat': { controller: 'core', read: cpuStat },
  'cpu.weight': { controller: 'cpu', notInRoot: true, read: (group) => `${group.cpuWeight}\n`, write: setWeight },
  'cpu.weight.nice': {
    controller: 'cpu',
    notInRoot: true,
    read: (group) => `${niceOfWeight(group.cpuWeight)}\n`,
    write(group, value) {
      const nice = Number(value);
      if (!Number.isInteger(nice) || nice < -20 || nice > 19) return -ERANGE;
      group.cpuWeight = Math.max(1, Math.round(100 * 1.25 ** -nice));
      return 0;
    },
  },
  'cpuset.cpus': { controller: 'cpuset', notInRoot: true, read: (group) => `${group.cpusetCpus}\n`, write: setCpus },
  'cpuset.cpus.effective': {
    controller: 'cpuset',
    read: (group, reader) => `${formatCpus(effectiveCpus(group, reader.kernel.config.cpus))}\n`,
  },
  'cpuset.mems': {
    controller: 'cpuset',
    notInRoot: true,
    read: (group) => `${group.cpusetMems}\n`,
    write(group, value) {
      if (value !== '' && value !== '0') return -EINVAL;
      group.cpusetMems = value;
      return 0;
    },
  },
  'cpuset.mems.effective': { controller: 'cpuset', read: () => '0\n' },
  'io.max': { controller: 'io', notInRoot: true, read: () => '', write: () => 0 },
  'io.stat': {
    controller: 'io',
    read: (group) =>
      group.readBytes + group.writtenBytes === 0
        ? ''
        : `252:0 rbytes=${group.readBytes} wbytes=${group.writtenBytes} rios=0 wios=0 dbytes=0 dios=0\n`,
  },
  'io.weight': {
    controller: 'io',
    notInRoot: true,
    read: (group) => `default ${group.ioWeight}\n`,
    write(group, value) {
      const weight = Number(value.replace(/^default /, ''));
      if (!Number.isInteger(weight) || weight < 1 || weight > 10000) return -ERANGE;
      group.ioWeight = weight;
      return 0;
    },
  },
  'memory.current': { controller: 'memory', notInRoot: true, read: (group) => `${group.memory}\n` },
  'memory.events': {
    controller: 'memory',
    notInRoot: true,
    read: (group) => rows(Object.entries(group.memoryEvents)),
  },
  'memory.high': limitFile('memory', 'memoryHigh', pages),
  'memory.low': limitFile('memory', 'memoryLow', pages),
  'memory.max': limitFile('memory', 'memoryMax', pages),
  'memory.min': limitFile('memory', 'memoryMin', pages),
  'memory.oom.group': {
    controller: 'memory',
    notInRoot: true,
    read: (group) => `${group.oomGroup ? 1 : 0}\n`,
    write(group, value) {
      if (value !== '0' && value !== '1') return -EINVAL;
      group.oomGroup = value === '1';
      return 0;
    },
  },
  'memory.peak': { controller: 'memory', notInRoot: true, read: (group) => `${group.memoryPeak}\n` },
  'memory.stat': { controller: 'memory', read: memoryStat },
  'memory.swap.current': { controller: 'memory', notInRoot: true, read: () => '0\n' },
  'memory.swap.max': limitFile('memory', 'swapMax', pages),
  'pids.current': { controller: 'pids', notInRoot: true, read: (group) => `${group.pids}\n` },
  'pids.events': { controller: 'pids', notInRoot: true, read: (group) => `max ${group.pidsRefused}\n` },
  'pids.max': limitFile('pids', 'pidsMax', same),
  'pids.peak': { controller: 'pids', notInRoot: true, read: (group) => `${group.pidsPeak}\n` },
};

/** Does `group` have the file? */
export function hasFile(group: Group, name: string): boolean {
  const file = Object.hasOwn(CGROUP_FILES, name) ? CGROUP_FILES[name]! : undefined;
  if (file === undefined) return false;
  if (group.parent === undefined) return file.notInRoot !== true;
  return file.controller === 'core' || available(group).includes(file.controller);
}
