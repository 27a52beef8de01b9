import { Stat } from '../../../abi/stat.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';

/** Refuses a builder that does not exist. @throws CliError */
export function* checkBuilder(cli: Cli, name: string): Wait<void> {
  if (name === '' || name === 'default') return;
  const folder = cli.config.path.replace(/\/[^/]*$/, '');
  if (cli.sys.stat(`${folder}/buildx/instances/${name}`, new Stat()) < 0)
    throw new CliError(`ERROR: no builder "${name}" found`);
}
