import type { Sys } from '../../abi/sys.ts';
import type { UpdateBody } from '../../api/container.ts';
import { ApiError } from '../../api/errors.ts';
import type { Wait } from '../../libc/io.ts';
import type { Daemon } from '../daemon.ts';
import { setLimits } from '../runtime/cgroup.ts';
import type { Container } from './container.ts';
import { logEvent } from './log-event.ts';
import { checkResources } from './resources.ts';
import { checkRestart } from './validate.ts';

const FIELDS = [
  'BlkioWeight',
  'CpuShares',
  'CpuPeriod',
  'CpuQuota',
  'CpusetCpus',
  'CpusetMems',
  'Memory',
  'MemorySwap',
  'MemoryReservation',
  'NanoCpus',
] as const;

/** Checks what is wanted by itself. @returns what the client is warned of. @throws ApiError */
export function checkUpdate(sys: Sys, body: UpdateBody): string[] {
  const warnings = checkResources(body, sys.sysinfo().cpus, true);
  if (body.RestartPolicy) checkRestart(body.RestartPolicy);
  return warnings;
}

/**
 * Changes the limits and the restart policy of a container.
 * @throws ApiError
 */
export function* updateContainer(
  sys: Sys,
  daemon: Daemon,
  c: Container,
  body: UpdateBody,
  warnings: string[],
): Wait<{ Warnings: string[] | null }> {
  const problem = conflict(c, body);
  if (problem !== undefined) throw new ApiError('conflict', `Cannot update container ${c.id}: ${problem}`);
  const next = { ...c.hostConfig };
  for (const field of FIELDS) {
    const value = body[field];
    if (value) (next as Record<string, unknown>)[field] = value;
  }
  if (body.PidsLimit !== undefined && body.PidsLimit !== null) next.PidsLimit = Math.max(0, body.PidsLimit);
  if (body.RestartPolicy?.Name)
    next.RestartPolicy = {
      Name: body.RestartPolicy.Name,
      MaximumRetryCount: body.RestartPolicy.MaximumRetryCount ?? 0,
    };
  c.hostConfig = next;
  yield* c.saveHostConfig(sys);
  if (c.task) yield* setLimits(sys, c.task.cgroup, next);
  logEvent(sys, daemon, c, 'update');
  return { Warnings: warnings.length > 0 ? warnings : null };
}

/** Why what is wanted does not go with what the container has. */
function conflict(c: Container, body: UpdateBody): string | undefined {
  const has = c.hostConfig;
  const { NanoCpus = 0, CpuPeriod = 0, CpuQuota = 0, Memory = 0, MemorySwap = 0 } = body;
  const cannot = (what: string, set: string): string =>
    `Conflicting options: ${what} cannot be updated as ${set} has already been set`;
  if (c.state.RemovalInProgress || c.state.Dead) return 'container is marked for removal and cannot be "update"';
  if (NanoCpus > 0 && has.CpuPeriod > 0) return cannot('Nano CPUs', 'CPU Period');
  if (NanoCpus > 0 && has.CpuQuota > 0) return cannot('Nano CPUs', 'CPU Quota');
  if (CpuPeriod > 0 && has.NanoCpus > 0) return cannot('CPU Period', 'NanoCPUs');
  if (CpuQuota > 0 && has.NanoCpus > 0) return cannot('CPU Quota', 'NanoCPUs');
  if (Memory > has.MemorySwap && MemorySwap === 0)
    return 'Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time';
  const policy = body.RestartPolicy?.Name ?? '';
  if (has.AutoRemove && policy !== '' && policy !== 'no')
    return 'Restart policy cannot be updated because AutoRemove is enabled for the container';
  return undefined;
}
