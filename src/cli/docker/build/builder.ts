import type { Wait } from '../../../libc/io.ts';
import type { Cli } from '../command.ts';
import { CliError, DaemonError } from '../errors.ts';
import { containerOf } from './boot.ts';
import { type BuilderInstance, currentInstance, findInstance } from './instances.ts';

/** The builder that a command works with. @param given '' : the current one. @throws CliError */
export function* builderOf(cli: Cli, given: string): Wait<BuilderInstance> {
  const name = given === '' || given === 'default' ? yield* currentInstance(cli) : given;
  const instance = yield* findInstance(cli, name);
  if (instance) return instance;
  throw new CliError(`ERROR: no builder "${name}" found`);
}

/** Whether a builder is the engine itself, which is the only one that answers. */
export const isEngine = ({ Driver }: BuilderInstance): boolean => Driver === 'docker';

/**
 * Finds the builder whose cache a command asks for; one that does not run has none.
 * @throws CliError
 */
export function* checkBuilder(cli: Cli, given: string): Wait<void> {
  const instance = yield* builderOf(cli, given);
  if (isEngine(instance)) return;
  const [node] = instance.Nodes;
  if (!node || instance.Driver !== 'docker-container')
    throw new CliError(
      `ERROR: failed to call diskusage: Unavailable: connection error: desc = "transport: Error while dialing: dial ${node?.Endpoint.replace('://', ' ') ?? ''}: connect: connection refused"`,
    );
  const client = yield* cli.client();
  try {
    yield* client.json('GET', `/containers/${containerOf(node)}/json`);
  } catch (error) {
    if (error instanceof DaemonError) throw new CliError(`ERROR: ${error.message}`);
    throw error;
  }
  throw new CliError('ERROR: context deadline exceeded');
}
