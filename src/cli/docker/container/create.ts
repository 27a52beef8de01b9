import { command } from '../command.ts';
import { CliError, withHelp } from '../errors.ts';
import { parseContainer } from './config/parse.ts';
import { checkPull, createContainer } from './create-call.ts';

export default command(function* (cli, flags, args) {
  const spec = yield* (function* () {
    try {
      checkPull(flags);
      return yield* parseContainer(cli, flags, args);
    } catch (error) {
      if (error instanceof CliError) throw new CliError(withHelp(error.message, 'create'), 125);
      throw error;
    }
  })();
  yield* cli.out.write(`${yield* createContainer(cli, flags, spec)}\n`);
});
