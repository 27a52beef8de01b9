import { command } from '../command.ts';
import { CliError, joined, messageOf } from '../errors.ts';
import { contextFolder, currentContext, DEFAULT_CONTEXT, listContexts } from './store.ts';

export default command(function* (cli, flags, names) {
  const errors: string[] = [];
  const current = currentContext(cli);
  for (const name of names) {
    try {
      if (name === DEFAULT_CONTEXT) throw new CliError(`context "default" cannot be removed`);
      if (!flags.bool('force') && !(yield* listContexts(cli)).some((c) => c.Name === name)) {
        throw new CliError(`context ${JSON.stringify(name)} does not exist`);
      }
      if (name === current) {
        if (!flags.bool('force')) {
          throw new CliError(`context ${JSON.stringify(name)} is in use, set -f flag to force remove`);
        }
        delete cli.config.file.currentContext;
        yield* cli.config.save();
      }
      const folder = contextFolder(cli, name);
      cli.sys.unlink(`${folder}/meta.json`);
      cli.sys.rmdir(folder);
      yield* cli.out.write(`${name}\n`);
    } catch (error) {
      errors.push(messageOf(error));
    }
  }
  if (errors.length > 0) throw joined(errors);
});
