import { ENOMEM } from '../../abi/errno.ts';
import { SIGKILL } from '../../abi/signal.ts';
import { sendSignal } from '../task/signals.ts';
import { PROCESS_MEMORY, type Process } from '../task/task.ts';
import type { Cgroup } from './cgroup.ts';

/** How much a process is worth killing: its memory, moved by oom_score_adj in thousandths of the total. */
function badness(process: Process): number {
  if (process.oomScoreAdj <= -1000) return -1;
  return process.charged + (process.oomScoreAdj / 1000) * process.kernel.config.memory;
}

/**
 * Charges memory to a process and its cgroup, or returns it. Over memory.max the OOM killer strikes.
 * @returns 0 or -ENOMEM
 */
export function chargeProcess(process: Process, bytes: number): number {
  const { kernel } = process;
  const change = bytes < 0 ? Math.max(bytes, PROCESS_MEMORY - process.charged) : bytes;
  const over = process.cgroup.chargeMemory(change);
  process.charged += change;
  if (over !== undefined) return overMemoryLimit(over);
  if (change > 0 && kernel.freeMemory() <= 0) return overMemoryLimit(kernel.cgroups);
  return process.dying === undefined ? 0 : -ENOMEM;
}

/**
 * A group has more memory than it may: the largest process in it (or, with memory.oom.group, all) is killed.
 * @returns -ENOMEM
 */
export function overMemoryLimit(group: Cgroup<Process>): number {
  group.memoryEvents.max++;
  group.memoryEvents.oom++;
  const candidates: Process[] = [];
  for (const part of group.tree()) candidates.push(...part.members);
  let victim: Process | undefined;
  for (const process of candidates) {
    if (process.dying !== undefined || process.pending.has(SIGKILL)) continue;
    if (badness(process) < 0) continue;
    if (victim === undefined || badness(process) > badness(victim)) victim = process;
  }
  if (victim === undefined) return -ENOMEM;
  const victims = victim.cgroup.oomGroup ? [...victim.cgroup.members] : [victim];
  if (victims.length > 1) victim.cgroup.memoryEvents.oom_group_kill++;
  for (const process of victims) {
    noteKill(process, group);
    sendSignal(process, SIGKILL, 'kernel');
  }
  return -ENOMEM;
}

/** Counts and logs that `process` is killed for its memory, in its groups up to `top` (undefined: all). */
export function noteKill(process: Process, top?: Cgroup<Process>): void {
  for (let at: Cgroup<Process> | undefined = process.cgroup; at !== undefined; at = at.parent) {
    at.memoryEvents.oom_kill++;
    at.changed.wakeAll();
    if (at === top) break;
  }
  const kB = Math.ceil(process.charged / 1024);
  process.kernel.log(
    `Memory cgroup out of memory: Killed process ${process.id} (${process.leader.comm}) total-vm:${kB}kB, anon-rss:${kB}kB, file-rss:0kB, shmem-rss:0kB, UID:${process.cred.uid} pgtables:0kB oom_score_adj:${process.oomScoreAdj}`,
  );
}
