import { segment } from '../client.ts';
import { command } from '../command.ts';
import { CliError, DaemonError, messageOf } from '../errors.ts';

export default command(function* (cli, flags, names) {
  const client = yield* cli.client();
  let failed = false;
  for (const name of names) {
    try {
      yield* client.done('DELETE', `/networks/${segment(name)}`);
      yield* cli.out.write(`${name}\n`);
    } catch (error) {
      if (flags.bool('force') && error instanceof DaemonError && error.httpStatus === 404) continue;
      yield* cli.warn(messageOf(error));
      failed = true;
    }
  }
  if (failed) throw new CliError('exit status 1');
  return 0;
});
