import { checkInstanceName, findInstance, useInstance } from '../build/instances.ts';
import { command } from '../command.ts';
import { CliError, messageOf } from '../errors.ts';

export default command(function* (cli, flags, args) {
  const name = args[0] ?? (flags.changed('builder') ? flags.text('builder') : '');
  if (name !== 'default') {
    try {
      checkInstanceName(name);
    } catch (error) {
      throw new CliError(`ERROR: failed to find instance "${name}": ${messageOf(error).replace(/^ERROR: /, '')}`);
    }
    if (!(yield* findInstance(cli, name)))
      throw new CliError(
        `ERROR: failed to find instance "${name}": open ${cli.config.folder}/buildx/instances/${name}: no such file or directory`,
      );
  }
  yield* useInstance(cli, name);
  return 0;
});
