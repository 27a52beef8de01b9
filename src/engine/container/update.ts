import type { Sys } from '../../abi/sys.ts';
import type { UpdateBody } from '../../api/container.ts';
import { ApiError } from '../../api/errors.ts';
import type { Wait } from '../../libc/io.ts';
import type { Daemon } from '../daemon.ts';
import { setLimits } from '../runtime/cgroup.ts';
import type { Container } from './container.ts';
import { logEvent } from './log-event.ts';
import { checkHostConfig } from './validate.ts';

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
  'PidsLimit',
] as const;

/** Changes the limits and the restart policy of a container. @throws ApiError */
export function* updateContainer(
  sys: Sys,
  daemon: Daemon,
  c: Container,
  body: UpdateBody,
): Wait<{ Warnings: string[] | null }> {
  const fail = (message: string): ApiError =>
    new ApiError('invalid-parameter', `Cannot update container ${c.id}: ${message}`);
  if (c.state.RemovalInProgress || c.state.Dead) throw fail('container is marked for removal and cannot be "update".');
  const next = { ...c.hostConfig, RestartPolicy: { ...c.hostConfig.RestartPolicy } };
  for (const field of FIELDS) {
    const value = body[field];
    if (value) (next as Record<string, unknown>)[field] = value;
  }
  if (body.Memory && !body.MemorySwap && next.MemorySwap > 0 && next.MemorySwap < body.Memory)
    throw fail(
      'Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time',
    );
  if (next.PidsLimit !== null && next.PidsLimit <= 0) next.PidsLimit = null;
  if (body.RestartPolicy?.Name) {
    if (c.hostConfig.AutoRemove && body.RestartPolicy.Name !== 'no')
      throw fail('Restart policy cannot be updated because AutoRemove is enabled for the container');
    next.RestartPolicy = {
      Name: body.RestartPolicy.Name,
      MaximumRetryCount: body.RestartPolicy.MaximumRetryCount ?? 0,
    };
  }
  checkHostConfig(next, {});
  c.hostConfig = next;
  yield* c.saveHostConfig(sys);
  if (c.task) yield* setLimits(sys, c.task.cgroup, next);
  logEvent(sys, daemon, c, 'update');
  return { Warnings: null };
}
