import { CliError } from '../../errors.ts';
import type { Flags } from '../../flags/parse.ts';
import type { HealthConfig } from './spec.ts';

const TIMES: readonly (readonly [flag: string, key: 'Interval' | 'Timeout' | 'StartPeriod' | 'StartInterval'])[] = [
  ['health-interval', 'Interval'],
  ['health-timeout', 'Timeout'],
  ['health-start-period', 'StartPeriod'],
  ['health-start-interval', 'StartInterval'],
];

/** The health check that the flags describe; undefined where they say nothing. @throws CliError */
export function healthOf(flags: Flags): HealthConfig | undefined {
  const command = flags.text('health-cmd');
  const retries = flags.number('health-retries');
  const given = command !== '' || retries !== 0 || TIMES.some(([flag]) => flags.number(flag) !== 0);
  if (flags.bool('no-healthcheck')) {
    if (given) throw new CliError('--no-healthcheck conflicts with --health-* options');
    return { Test: ['NONE'] };
  }
  if (!given) return undefined;
  for (const flag of ['health-interval', 'health-timeout']) {
    if (flags.number(flag) < 0) throw new CliError(`--${flag} cannot be negative`);
  }
  if (retries < 0) throw new CliError('--health-retries cannot be negative');
  for (const flag of ['health-start-period', 'health-start-interval']) {
    if (flags.number(flag) < 0) throw new CliError(`--${flag} cannot be negative`);
  }
  const health: HealthConfig = command === '' ? {} : { Test: ['CMD-SHELL', command] };
  for (const [flag, key] of TIMES) if (flags.number(flag) !== 0) health[key] = flags.number(flag);
  if (retries !== 0) health.Retries = retries;
  return health;
}
