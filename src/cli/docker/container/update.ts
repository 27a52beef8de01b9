import { segment } from '../client.ts';
import { command } from '../command.ts';
import { CliError, joined, messageOf } from '../errors.ts';
import { restartOf } from './config/parse.ts';

const NUMBERS: readonly (readonly [flag: string, field: string])[] = [
  ['blkio-weight', 'BlkioWeight'],
  ['cpu-shares', 'CpuShares'],
  ['memory', 'Memory'],
  ['memory-reservation', 'MemoryReservation'],
  ['memory-swap', 'MemorySwap'],
  ['cpu-period', 'CpuPeriod'],
  ['cpu-quota', 'CpuQuota'],
  ['cpu-rt-period', 'CpuRealtimePeriod'],
  ['cpu-rt-runtime', 'CpuRealtimeRuntime'],
  ['pids-limit', 'PidsLimit'],
  ['cpus', 'NanoCpus'],
];

export default command(function* (cli, flags, names) {
  const given = [...NUMBERS.map(([flag]) => flag), 'cpuset-cpus', 'cpuset-mems', 'restart', 'kernel-memory'];
  if (!given.some((flag) => flags.changed(flag)))
    throw new CliError('you must provide one or more flags when using this command');
  const body: Record<string, unknown> = {
    CpusetCpus: flags.text('cpuset-cpus'),
    CpusetMems: flags.text('cpuset-mems'),
    RestartPolicy: flags.changed('restart') ? restartOf(flags.text('restart')) : { Name: '', MaximumRetryCount: 0 },
  };
  for (const [flag, field] of NUMBERS) if (flags.changed(flag)) body[field] = flags.number(flag);
  const client = yield* cli.client();
  const errors: string[] = [];
  const warnings: string[] = [];
  for (const name of names) {
    try {
      const answer = yield* client.json<{ Warnings: string[] | null } | undefined>(
        'POST',
        `/containers/${segment(name)}/update`,
        { json: body },
      );
      yield* cli.out.write(`${name}\n`);
      yield* cli.out.flush();
      warnings.push(...(answer?.Warnings ?? []));
    } catch (error) {
      errors.push(messageOf(error));
    }
  }
  for (const warning of warnings) yield* cli.warn(warning);
  if (errors.length > 0) throw joined(errors);
  return 0;
});
