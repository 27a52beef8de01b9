import type { Wait } from '../../../libc/io.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';
import { currentInstance, findInstance } from './instances.ts';

/** Finds the builder that a command works with: only that of the engine itself can. @throws CliError */
export function* checkBuilder(cli: Cli, given: string): Wait<void> {
  const name = given === '' || given === 'default' ? yield* currentInstance(cli) : given;
  const instance = yield* findInstance(cli, name);
  if (!instance) throw new CliError(`ERROR: no builder "${name}" found`);
  if (instance.Driver !== 'docker')
    throw new CliError(`ERROR: builder "${name}": driver ${instance.Driver}: not there yet`);
}
