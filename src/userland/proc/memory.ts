import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';

/** /proc/meminfo as free, top and vmstat need it, KiB. */
export interface MemoryFigures {
  total: number;
  free: number;
  available: number;
  shared: number;
  buffers: number;
  /** Page cache and reclaimable slabs. */
  cache: number;
  swapTotal: number;
  swapFree: number;
}

export function* readMemory(sys: Sys): Wait<MemoryFigures> {
  const bytes = yield* readFile(sys, '/proc/meminfo');
  const text = typeof bytes === 'number' ? '' : decode(bytes);
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return {
    total: kib('MemTotal'),
    free: kib('MemFree'),
    available: kib('MemAvailable'),
    shared: kib('Shmem'),
    buffers: kib('Buffers'),
    cache: kib('Cached') + kib('SReclaimable'),
    swapTotal: kib('SwapTotal'),
    swapFree: kib('SwapFree'),
  };
}

/** Ticks of /proc/stat's first line: user, nice, system, idle, iowait, irq, softirq, steal. */
export function* readCpu(sys: Sys): Wait<number[]> {
  const bytes = yield* readFile(sys, '/proc/stat');
  const text = typeof bytes === 'number' ? '' : decode(bytes);
  return (/^cpu +(.*)$/m.exec(text)?.[1] ?? '').split(' ').map(Number).slice(0, 8);
}
