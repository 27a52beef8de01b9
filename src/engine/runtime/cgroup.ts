import { EBUSY, ENOENT } from '../../abi/errno.ts';
import type { Sys } from '../../abi/sys.ts';
import type { HostConfig } from '../../api/container-config.ts';
import { type Wait, writeFile } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import { strerror } from '../../libc/strerror.ts';
import { readText } from '../disk.ts';
import { RuntimeError } from './spec.ts';

const MOUNT = '/sys/fs/cgroup';
const SLICE = 'system.slice';
const CONTROLLERS = '+cpuset +cpu +io +memory +pids';
const DEFAULT_PERIOD = 100_000;

/** Lets the groups below have limits. */
export function* prepareCgroups(sys: Sys): Wait<void> {
  yield* writeFile(sys, `${MOUNT}/cgroup.subtree_control`, CONTROLLERS);
  mkdirp(sys, `${MOUNT}/${SLICE}`, 0o755);
  yield* writeFile(sys, `${MOUNT}/${SLICE}/cgroup.subtree_control`, CONTROLLERS);
}

/**
 * Directory of a container's control group.
 * @param parent --cgroup-parent, '' for the usual one
 * @param driver `systemd` or `cgroupfs`
 */
export function cgroupPath(id: string, parent: string, driver: string): string {
  if (parent === '') return driver === 'cgroupfs' ? `${MOUNT}/docker/${id}` : `${MOUNT}/${SLICE}/docker-${id}.scope`;
  const clean = parent.replace(/^\/+|\/+$/g, '');
  return parent.endsWith('.slice') ? `${MOUNT}/${clean}/docker-${id}.scope` : `${MOUNT}/${clean}/${id}`;
}

/** Makes a container's group and sets its limits. @throws RuntimeError */
export function* makeCgroup(sys: Sys, path: string, h: HostConfig): Wait<void> {
  const r = mkdirp(sys, path, 0o755);
  for (let at = MOUNT.length; at > 0; at = path.indexOf('/', at + 1))
    yield* writeFile(sys, `${path.slice(0, at)}/cgroup.subtree_control`, CONTROLLERS);
  if (r < 0) throw new RuntimeError(`unable to apply cgroup configuration: mkdir ${path}: ${strerror(-r, 'go')}`);
  yield* setLimits(sys, path, h);
}

/** Writes the limits of a container's settings into its group. */
export function* setLimits(sys: Sys, path: string, h: HostConfig): Wait<void> {
  const set = (file: string, value: string): Wait<number> => writeFile(sys, `${path}/${file}`, value);
  if (h.Memory > 0) yield* set('memory.max', String(h.Memory));
  if (h.MemoryReservation > 0) yield* set('memory.low', String(h.MemoryReservation));
  if (h.MemorySwap > 0 && h.Memory > 0) yield* set('memory.swap.max', String(h.MemorySwap - h.Memory));
  else if (h.MemorySwap === -1) yield* set('memory.swap.max', 'max');
  if (h.PidsLimit !== null) yield* set('pids.max', h.PidsLimit > 0 ? String(h.PidsLimit) : 'max');
  if (h.NanoCpus > 0) yield* set('cpu.max', `${Math.round((h.NanoCpus * DEFAULT_PERIOD) / 1e9)} ${DEFAULT_PERIOD}`);
  else if (h.CpuQuota > 0) yield* set('cpu.max', `${h.CpuQuota} ${h.CpuPeriod || DEFAULT_PERIOD}`);
  else if (h.CpuPeriod > 0) yield* set('cpu.max', `max ${h.CpuPeriod}`);
  if (h.CpuShares > 0) yield* set('cpu.weight', String(weightOf(h.CpuShares)));
  if (h.BlkioWeight > 0) yield* set('io.weight', String(1 + ((h.BlkioWeight - 10) * 9999) / 990));
  if (h.CpusetCpus !== '') yield* set('cpuset.cpus', h.CpusetCpus);
  if (h.CpusetMems !== '') yield* set('cpuset.mems', h.CpusetMems);
}

/** CPU shares (2…262144, usual 1024) as the weight of cgroup v2 (1…10000). */
const weightOf = (shares: number): number =>
  Math.floor(1 + ((Math.min(Math.max(shares, 2), 262_144) - 2) * 9999) / 262_142);

/** Removes a group; one that still has processes stays. */
export function removeCgroup(sys: Sys, path: string): void {
  const r = sys.rmdir(path);
  if (r < 0 && r !== -ENOENT && r !== -EBUSY) sys.rmdir(path);
}

/** @returns whether the out-of-memory killer struck in the group */
export function* oomKilled(sys: Sys, path: string): Wait<boolean> {
  const events = (yield* readText(sys, `${path}/memory.events`)) ?? '';
  const kills = /^oom_kill (\d+)/m.exec(events);
  return kills !== null && Number(kills[1]) > 0;
}

/** Stops or continues all processes of a group. @returns 0 or -errno */
export function* freeze(sys: Sys, path: string, on: boolean): Wait<number> {
  return yield* writeFile(sys, `${path}/cgroup.freeze`, on ? '1' : '0');
}

/** Process ids (as the host sees them) in a group. */
export function* cgroupPids(sys: Sys, path: string): Wait<number[]> {
  const text = (yield* readText(sys, `${path}/cgroup.procs`)) ?? '';
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
}
