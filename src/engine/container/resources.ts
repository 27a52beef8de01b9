import type { HostConfig } from '../../api/container-config.ts';
import { ApiError } from '../../api/errors.ts';

const MIN_MEMORY = 6 * 1024 * 1024;
const NO_SWAPPINESS =
  'Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.';
const NO_OOM_SWITCH = 'Your kernel does not support OomKillDisable. OomKillDisable discarded.';

/** The part of the settings that limits what a container takes. */
type Resources = Pick<
  HostConfig,
  | 'BlkioWeight'
  | 'CpuPercent'
  | 'CpuPeriod'
  | 'CpuQuota'
  | 'CpuShares'
  | 'CpusetCpus'
  | 'CpusetMems'
  | 'IOMaximumBandwidth'
  | 'IOMaximumIOps'
  | 'Memory'
  | 'MemoryReservation'
  | 'MemorySwap'
  | 'MemorySwappiness'
  | 'NanoCpus'
  | 'OomKillDisable'
>;

const invalid = (message: string): ApiError => new ApiError('invalid-parameter', message);

/**
 * Checks limits; those that this kernel (with control groups of version 2) does not have are taken away.
 * @param cpus processors of the host
 * @param update a container that is there is changed
 * @returns what the client is warned of
 * @throws ApiError in the words of the engine
 */
export function checkResources(h: Partial<Resources>, cpus: number, update: boolean): string[] {
  return [...checkMemory(h, update), ...checkCpu(h, cpus), ...checkBlockIo(h)];
}

function checkMemory(h: Partial<Resources>, update: boolean): string[] {
  const { Memory = 0, MemorySwap = 0, MemoryReservation = 0 } = h;
  const warnings: string[] = [];
  if (Memory !== 0 && Memory < MIN_MEMORY) throw invalid('Minimum memory limit allowed is 6MB');
  if (Memory > 0 && MemorySwap > 0 && MemorySwap < Memory)
    throw invalid('Minimum memoryswap limit should be larger than memory limit, see usage');
  if (Memory === 0 && MemorySwap > 0 && !update)
    throw invalid('You should always set the Memory limit when using Memoryswap limit, see usage');
  const swappiness = h.MemorySwappiness ?? undefined;
  if (swappiness !== undefined && swappiness !== -1) {
    if (swappiness < 0 || swappiness > 100)
      throw invalid(`Invalid value: ${swappiness}, valid memory swappiness range is 0-100`);
    warnings.push(NO_SWAPPINESS);
    h.MemorySwappiness = null;
  }
  if (MemoryReservation > 0 && MemoryReservation < MIN_MEMORY)
    throw invalid('Minimum memory reservation allowed is 6MB');
  if (Memory > 0 && MemoryReservation > 0 && Memory < MemoryReservation)
    throw invalid('Minimum memory limit can not be less than memory reservation limit, see usage');
  if (h.OomKillDisable) warnings.push(NO_OOM_SWITCH);
  if (h.OomKillDisable !== undefined) h.OomKillDisable = null;
  return warnings;
}

function checkCpu(h: Partial<Resources>, cpus: number): string[] {
  const { NanoCpus = 0, CpuPeriod = 0, CpuQuota = 0, CpuPercent = 0 } = h;
  if (NanoCpus > 0 && CpuPeriod > 0) throw invalid('Conflicting options: Nano CPUs and CPU Period cannot both be set');
  if (NanoCpus > 0 && CpuQuota > 0) throw invalid('Conflicting options: Nano CPUs and CPU Quota cannot both be set');
  if (NanoCpus < 0 || NanoCpus > cpus * 1e9)
    throw invalid(`range of CPUs is from 0.01 to ${cpus}.00, as there are only ${cpus} CPUs available`);
  if (CpuPeriod !== 0 && (CpuPeriod < 1000 || CpuPeriod > 1_000_000))
    throw invalid('CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)');
  if (CpuQuota > 0 && CpuQuota < 1000) throw invalid('CPU cfs quota can not be less than 1ms (i.e. 1000)');
  checkSet(h.CpusetCpus ?? '', cpus, 'cpus', 'CPUs');
  checkSet(h.CpusetMems ?? '', 1, 'mems', 'memory nodes');
  if (CpuPercent <= 0) return [];
  h.CpuPercent = 0;
  return ['linux does not support CPU percent. Percent discarded.'];
}

/** A list like `0-1,3` of what the host has `count` of. */
function checkSet(text: string, count: number, name: string, what: string): void {
  const available = count === 1 ? '0' : `0-${count - 1}`;
  for (const part of text === '' ? [] : text.split(',')) {
    const range = /^(\d+)(?:-(\d+))?$/.exec(part);
    const first = Number(range?.[1]);
    const last = Number(range?.[2] ?? range?.[1]);
    if (!range || last < first) throw invalid(`Invalid value ${text} for cpuset ${name}: invalid format: ${text}`);
    if (last >= count)
      throw invalid(`Requested ${what} are not available - requested ${text}, available: ${available}`);
  }
}

function checkBlockIo(h: Partial<Resources>): string[] {
  const { BlkioWeight = 0, IOMaximumBandwidth = 0, IOMaximumIOps = 0 } = h;
  if (BlkioWeight > 0 && (BlkioWeight < 10 || BlkioWeight > 1000))
    throw invalid('Range of blkio weight is from 10 to 1000');
  if (IOMaximumBandwidth !== 0 || IOMaximumIOps !== 0)
    throw invalid('Invalid QoS settings: linux does not support Maximum IO Bandwidth or Maximum IO IOps');
  return [];
}
