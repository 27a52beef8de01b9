import { buildRecords } from '../../build/history.ts';
import { command } from '../../command.ts';
import { CliError, DaemonError } from '../../errors.ts';

export default command(function* (cli, flags, args) {
  const all = flags.bool('all');
  if (all && args.length > 0) throw new CliError('ERROR: rm requires either --all or at least one argument');
  if (!all && args.length === 0) throw new CliError('ERROR: rm requires at least one argument');
  const refs = all
    ? (yield* buildRecords(cli)).map((record) => record.Ref)
    : args.map((ref) => ref.replace(/^.*\//, ''));
  const client = yield* cli.client();
  for (const ref of refs) {
    try {
      yield* client.done('DELETE', `/build/history/${ref}`);
    } catch (error) {
      if (error instanceof DaemonError && error.httpStatus === 404)
        throw new CliError(`ERROR: lease "ref_${ref}": not found`);
      throw error;
    }
  }
  return 0;
});
