import type { Process } from '../task/task.ts';
import type { Cgroup } from './cgroup.ts';

const CPUS_MAX = 1024;

/** Reads a list as `0-3,5`. @returns numbers in order, each once; undefined where it is no list */
export function parseCpus(list: string): number[] | undefined {
  const cpus = new Set<number>();
  for (const part of list === '' ? [] : list.split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (!match) return undefined;
    const first = Number(match[1]);
    const last = Number(match[2] ?? first);
    if (last < first || last >= CPUS_MAX) return undefined;
    for (let cpu = first; cpu <= last; cpu++) cpus.add(cpu);
  }
  return [...cpus].sort((a, b) => a - b);
}

/** Writes a list as `0-3,5`. */
export function formatCpus(cpus: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < cpus.length; ) {
    let end = i;
    while (cpus[end + 1] === cpus[end]! + 1) end++;
    parts.push(end === i ? `${cpus[i]}` : `${cpus[i]}-${cpus[end]}`);
    i = end + 1;
  }
  return parts.join(',');
}

/**
 * The processors that processes of a group may use: what it asks for within what its parent has; all that the parent has where
 * nothing of it is left. @param online how many the machine has
 * @see Linux Documentation/admin-guide/cgroup-v2.rst, cpuset.cpus.effective
 */
export function effectiveCpus(group: Cgroup<Process>, online: number): number[] {
  if (group.parent === undefined) return Array.from({ length: online }, (_, cpu) => cpu);
  const above = effectiveCpus(group.parent, online);
  const own = parseCpus(group.cpusetCpus) ?? [];
  const both = above.filter((cpu) => own.includes(cpu));
  return both.length > 0 ? both : above;
}

/** The processors that a process may use. */
export const allowedCpus = (process: Process): number[] => effectiveCpus(process.cgroup, process.kernel.config.cpus);
