import type { Wait } from '../../../libc/io.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';
import { bootBuilder } from './boot.ts';
import { isEngine } from './builder.ts';
import type { BuilderInstance } from './instances.ts';
import { progressOf } from './progress.ts';

/** `--bootstrap`: boots a builder that does not run yet. @throws CliError */
export function* bootstrap(cli: Cli, instance: BuilderInstance): Wait<void> {
  if (isEngine(instance)) return;
  try {
    yield* bootBuilder(cli, instance, progressOf(cli, 'auto', false));
  } catch (error) {
    if (error instanceof CliError) throw new CliError(`ERROR: ${error.message}`);
    throw error;
  }
}
