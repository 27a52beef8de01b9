import type { ContainerStats } from './engine-types.ts';

/** What one reading says, beside the reading before. */
export interface Measure {
  /** Per cent of one CPU, as docker stats counts. */
  cpu: number;
  /** Bytes without the page cache, as docker stats shows. */
  memory: number;
  limit: number;
  rx: number;
  tx: number;
  read: number;
  written: number;
  pids: number;
  pidsLimit: number | undefined;
  cores: number;
}

/** @param before the reading before, of the same container */
export function measure(now: ContainerStats, before: ContainerStats | undefined): Measure {
  const { memory_stats: memory } = now;
  const cache = memory.stats?.inactive_file ?? memory.stats?.total_inactive_file ?? 0;
  const usage = memory.usage ?? 0;
  const networks = Object.values(now.networks ?? {});
  const blocks = now.blkio_stats?.io_service_bytes_recursive ?? [];
  const bytes = (op: string) => blocks.filter((b) => b.op.toLowerCase() === op).reduce((sum, b) => sum + b.value, 0);
  const limit = now.pids_stats?.limit;
  return {
    cpu: cpuShare(now, before),
    memory: cache < usage ? usage - cache : usage,
    limit: memory.limit ?? 0,
    rx: networks.reduce((sum, n) => sum + n.rx_bytes, 0),
    tx: networks.reduce((sum, n) => sum + n.tx_bytes, 0),
    read: bytes('read'),
    written: bytes('write'),
    pids: now.pids_stats?.current ?? 0,
    pidsLimit: limit !== undefined && limit > 0 && limit < 2 ** 53 ? limit : undefined,
    cores: now.cpu_stats.online_cpus ?? 1,
  };
}

/** @see docker/cli command/container/stats_helpers.go, calculateCPUPercentUnix */
function cpuShare(now: ContainerStats, before: ContainerStats | undefined): number {
  const earlier = before?.cpu_stats ?? now.precpu_stats;
  if (!earlier) return 0;
  const used = now.cpu_stats.cpu_usage.total_usage - earlier.cpu_usage.total_usage;
  const passed = (now.cpu_stats.system_cpu_usage ?? 0) - (earlier.system_cpu_usage ?? 0);
  if (used <= 0 || passed <= 0) return 0;
  return (used / passed) * (now.cpu_stats.online_cpus ?? 1) * 100;
}

/** Appends a value and keeps the last `max`. */
export const push = (history: readonly number[], value: number, max: number): readonly number[] =>
  [...history, value].slice(-max);
