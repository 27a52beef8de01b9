import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { getTimestamp } from '../../lib/go-time.ts';
import { GoError } from '../../lib/go-value.ts';
import type { Cli } from './command.ts';
import { CliError } from './errors.ts';

/**
 * A point of time as the API takes it, from a time or `10m` ago. @returns undefined where none was given.
 * @param flag what is wrong is said of it, where the real client does
 * @throws CliError
 */
export function timestamp(cli: Cli, text: string, flag?: 'since' | 'until'): string | undefined {
  if (text === '') return undefined;
  const now = cli.sys.now(CLOCK_REALTIME);
  const sec = Math.floor(now / 1000);
  try {
    return getTimestamp(text, { sec, nsec: Math.round((now - sec * 1000) * 1e6) });
  } catch (error) {
    if (error instanceof GoError)
      throw new CliError(flag === undefined ? error.message : `invalid value for "${flag}": ${error.message}`);
    throw error;
  }
}
