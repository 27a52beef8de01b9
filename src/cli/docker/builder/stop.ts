import { currentInstance, findInstance } from '../build/instances.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';

export default command(function* (cli, _flags, args) {
  const name = args[0] ?? (yield* currentInstance(cli));
  if (!(yield* findInstance(cli, name))) throw new CliError(`ERROR: no builder "${name}" found`);
  return 0;
});
