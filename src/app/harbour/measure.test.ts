import { expect, test } from 'vitest';
import type { ContainerStats } from './engine-types.ts';
import { measure, push } from './measure.ts';

const reading = (used: number, system: number): ContainerStats => ({
  read: '',
  cpu_stats: { cpu_usage: { total_usage: used }, system_cpu_usage: system, online_cpus: 2 },
  memory_stats: { usage: 1000, limit: 4000, stats: { inactive_file: 300 } },
  networks: { eth0: { rx_bytes: 5, tx_bytes: 6 }, eth1: { rx_bytes: 1, tx_bytes: 2 } },
  blkio_stats: {
    io_service_bytes_recursive: [
      { op: 'Read', value: 7 },
      { op: 'write', value: 8 },
    ],
  },
  pids_stats: { current: 3, limit: 18446744073709552000 },
});

test('processor time is per cent of one CPU between two readings', () => {
  expect(measure(reading(150, 2000), reading(100, 1000)).cpu).toBeCloseTo(10);
  expect(measure(reading(150, 2000), undefined).cpu).toBe(0);
});

test('memory leaves the page cache out; networks and disks are added up; no limit is no number', () => {
  expect(measure(reading(0, 0), undefined)).toMatchObject({
    memory: 700,
    limit: 4000,
    rx: 6,
    tx: 8,
    read: 7,
    written: 8,
    pids: 3,
    pidsLimit: undefined,
  });
});

test('a history keeps the last values', () => {
  expect(push([1, 2, 3], 4, 3)).toEqual([2, 3, 4]);
});
