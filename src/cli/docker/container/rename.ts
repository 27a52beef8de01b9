import { segment } from '../client.ts';
import { command } from '../command.ts';
import { CliError, DaemonError } from '../errors.ts';

export default command(function* (cli, _flags, [from = '', to = '']) {
  const [old, fresh] = [from.trim(), to.trim()];
  if (old === '' || fresh === '') throw new CliError('Error: Neither old nor new names may be empty');
  const client = yield* cli.client();
  try {
    yield* client.done('POST', `/containers/${segment(old)}/rename`, { query: { name: fresh } });
  } catch (error) {
    if (!(error instanceof DaemonError)) throw error;
    throw new CliError(`${error.message}\nError: failed to rename container named ${old}`);
  }
  return 0;
});
